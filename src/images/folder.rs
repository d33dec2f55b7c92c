//! A folder of the user's own: every sub-folder that holds images is a class named by its path;
//! nested is fine. A single image file is refused: there would be none to hold out.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::arrays::{self, Candidate};
use super::collect::{CHUNK, Collector, MAX_FILES, too_many};
use super::source::{Files, Format};
use super::{ImageError, decode};

/// The class of files that lie in no sub-folder.
pub(super) const LOOSE: &str = "images";

/// Reads a folder, or a file that is none of the other formats. Images are read by several threads,
/// with the same result as by one.
pub(super) fn read(collector: &mut Collector) -> Result<(), ImageError> {
    let files = list(collector)?;
    let found = files.len();
    let lone = collector.path.is_file();
    let (mut images, mut candidates) = (Vec::new(), Vec::new());
    let names: HashSet<&Path> = files.iter().map(PathBuf::as_path).collect();
    for file in &files {
        match Format::of(&file.file_name().unwrap_or_default().to_string_lossy()) {
            _ if lone => images.push(file.clone()),
            Format::Image => images.push(file.clone()),
            Format::Archive => collector.skip_uncounted(
                file.clone(),
                "is an archive inside a folder: open it by itself, or unpack it".to_owned(),
            ),
            Format::Npy | Format::Idx | Format::Csv
                if file.extension() == Some(OsStr::new("gz")) && names.contains(&*file.with_extension("")) =>
            {
                collector.skip_uncounted(file.clone(), "is left out: it lies here unpacked too".to_owned());
            }
            format => candidates.push(Candidate { name: relative(collector.path, file), path: file.clone(), format }),
        }
    }
    collector.listed(found, images.len());
    read_images(collector, &images)?;
    arrays::read(collector, &mut Files::new(candidates.iter().map(|candidate| candidate.path.clone())), candidates)
}

fn read_images(collector: &mut Collector, files: &[PathBuf]) -> Result<(), ImageError> {
    for chunk in files.chunks(CHUNK) {
        let shared = &*collector;
        let read = |file: &PathBuf| {
            shared.check_cancel()?;
            let result = decode::file(file, shared.size);
            shared.count(result.is_err());
            Ok(result)
        };
        let results: Result<Vec<_>, ImageError> = chunk.par_iter().map(read).collect();
        for (file, result) in chunk.iter().zip(results?) {
            match result {
                Ok(_) if collector.room() == 0 => {
                    let most = collector.kept();
                    collector.skip(file.clone(), too_many(&format!("{most} images of this size")));
                    return Ok(());
                }
                Ok(image) => {
                    let folder = file.parent().map(|folder| relative(collector.path, folder)).unwrap_or_default();
                    let class = if folder.is_empty() { LOOSE } else { &folder };
                    collector.keep(file.file_stem().unwrap_or_default().to_string_lossy().into_owned(), class, &image);
                }
                Err(reason) => collector.skip(file.clone(), reason),
            }
        }
    }
    Ok(())
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Files that are no pictures of the user's, in a folder or an archive.
pub(super) fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name == "Thumbs.db" || name == "__MACOSX"
}

/// Every file below a path, sorted; entries that cannot be listed are skipped with a reason.
fn list(collector: &mut Collector) -> Result<Vec<PathBuf>, ImageError> {
    let path = collector.path;
    let refuse = |error: std::io::Error| ImageError::Path { path: path.to_owned(), reason: error.to_string() };
    if path.is_dir() {
        std::fs::read_dir(path).map_err(refuse)?;
    }
    let mut files = Vec::new();
    // Links are followed; walkdir finds loops and reports them as errors.
    let walk = WalkDir::new(path).follow_links(true).sort_by_file_name();
    let shown = |entry: &walkdir::DirEntry| entry.depth() == 0 || !is_hidden(&entry.file_name().to_string_lossy());
    for entry in walk.into_iter().filter_entry(shown) {
        collector.check_cancel()?;
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) if files.len() == MAX_FILES => {
                collector.skip_uncounted(entry.into_path(), too_many(&format!("{MAX_FILES} files")));
                break;
            }
            Ok(entry) => files.push(entry.into_path()),
            Err(error) => {
                let path = error.path().unwrap_or(path).to_owned();
                collector.skip_uncounted(path, format!("cannot be listed ({error})"));
            }
        }
        if files.len().is_multiple_of(32) {
            collector.listing(files.len());
        }
    }
    Ok(files)
}
