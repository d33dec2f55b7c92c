//! Which files lie in a folder, however deep.

use std::path::PathBuf;

use super::ImageError;
use super::collect::Collector;
use super::entries::is_hidden;
use super::limits::{MAX_FILES, most_files, too_many};
use crate::files::{self, Met};
use crate::text::Words;

/// Every file below a path, sorted; entries that cannot be listed are skipped with a reason.
pub(super) fn list(collector: &mut Collector) -> Result<Vec<PathBuf>, ImageError> {
    let path = collector.path;
    let refuse = |error: std::io::Error| ImageError::Path { path: path.to_owned(), reason: Words::of_error(&error) };
    if files::is_dir(path) {
        files::list(path).map_err(refuse)?;
    }
    let mut found = Vec::new();
    for met in files::walk(path, is_hidden) {
        collector.check_cancel()?;
        match met {
            Met::Folder => {}
            Met::File(file) if found.len() == MAX_FILES => {
                collector.skip_uncounted(file, too_many(most_files()));
                break;
            }
            Met::File(file) => found.push(file),
            Met::Closed { path, why } => {
                let reason = Words::both(format!("cannot be listed ({why})"), "无法列出".to_owned());
                collector.skip_uncounted(path, reason);
            }
        }
        if found.len().is_multiple_of(32) {
            collector.listing(found.len());
        }
    }
    Ok(found)
}
