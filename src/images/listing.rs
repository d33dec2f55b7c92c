//! Which files lie in a folder, however deep.

use std::path::PathBuf;

use super::ImageError;
use super::collect::Collector;
use super::entries::is_hidden;
use super::limits::{MAX_FILES, most_files, too_many};
#[cfg(not(feature = "desktop"))]
use crate::files;
#[cfg(feature = "desktop")]
use crate::text::Words;

/// Every file below a path, sorted; entries that cannot be listed are skipped with a reason.
#[cfg(feature = "desktop")]
pub(super) fn list(collector: &mut Collector) -> Result<Vec<PathBuf>, ImageError> {
    let path = collector.path;
    let refuse = |error: std::io::Error| ImageError::Path { path: path.to_owned(), reason: Words::of_error(&error) };
    if path.is_dir() {
        std::fs::read_dir(path).map_err(refuse)?;
    }
    let mut files = Vec::new();
    // Links are followed; walkdir finds loops and reports them as errors.
    let walk = walkdir::WalkDir::new(path).follow_links(true).sort_by_file_name();
    let shown = |entry: &walkdir::DirEntry| entry.depth() == 0 || !is_hidden(&entry.file_name().to_string_lossy());
    for entry in walk.into_iter().filter_entry(shown) {
        collector.check_cancel()?;
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) if files.len() == MAX_FILES => {
                collector.skip_uncounted(entry.into_path(), too_many(most_files()));
                break;
            }
            Ok(entry) => files.push(entry.into_path()),
            Err(error) => {
                let path = error.path().unwrap_or(path).to_owned();
                let reason = Words::both(format!("cannot be listed ({error})"), "无法列出".to_owned());
                collector.skip_uncounted(path, reason);
            }
        }
        if files.len().is_multiple_of(32) {
            collector.listing(files.len());
        }
    }
    Ok(files)
}

/// Every file below a path, sorted.
#[cfg(not(feature = "desktop"))]
pub(super) fn list(collector: &mut Collector) -> Result<Vec<PathBuf>, ImageError> {
    let path = collector.path;
    if files::is_file(path) {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = files::below(path);
    let hidden = |file: &PathBuf| {
        let below = file.strip_prefix(path).unwrap_or(file);
        below.components().any(|part| is_hidden(&part.as_os_str().to_string_lossy()))
    };
    files.retain(|file| !hidden(file));
    if files.len() > MAX_FILES {
        collector.skip_uncounted(files.swap_remove(MAX_FILES), too_many(most_files()));
        files.truncate(MAX_FILES);
    }
    collector.listing(files.len());
    Ok(files)
}
