//! A folder of the user's own: every sub-folder that holds images is a class named by its path;
//! nested is fine. A single image file is refused: there would be none to hold out.
//!
//! A set keeps at most [`MAX_FILES`] images and [`MAX_BYTES`], at size² · 3 bytes an image while they
//! are read: 100,000 images of 3 KB at 32 x 32, 21,845 of 48 KB at 128 x 128.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;
use walkdir::WalkDir;

use super::decode::{self, Decoded};
use super::{ImageError, ImageSet, LabelledImage, Progress, Skipped};
use crate::maths::stream::Purpose;

/// More files than this are not read.
pub const MAX_FILES: usize = 100_000;
/// All images of a set together, in bytes.
pub const MAX_BYTES: usize = 1 << 30;
/// Files between two looks at how much memory is left.
const CHUNK: usize = 1024;

/// Reads a folder to images of `size` x `size`; `seed` chooses the held-out ones.
/// Files are read by several threads, with the same result as by one. `progress` is called from any
/// of them, often; `cancel` is looked at before each file.
///
/// # Errors
/// If nothing can be opened, fewer than 2 images can be used, or it was cancelled.
pub fn load(
    path: &Path,
    size: usize,
    seed: u64,
    progress: &(dyn Fn(Progress) + Sync),
    cancel: &AtomicBool,
) -> Result<ImageSet, ImageError> {
    let (files, mut skipped) = list(path, progress, cancel)?;
    if files.is_empty() && skipped.is_empty() {
        return Err(ImageError::Empty { path: path.to_owned() });
    }
    let (done, failed) = (AtomicUsize::new(0), AtomicUsize::new(skipped.len()));
    let read = |file: &PathBuf| {
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        let result = decode::file(file, size);
        if result.is_err() {
            failed.fetch_add(1, Ordering::Relaxed);
        }
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        progress(Progress {
            found: files.len(),
            done,
            skipped: failed.load(Ordering::Relaxed),
            finished_listing: true,
        });
        Some(result)
    };
    let most = most_images(size);
    let mut usable = Vec::new();
    for chunk in files.chunks(CHUNK) {
        let results: Option<Vec<_>> = chunk.par_iter().map(read).collect();
        for (file, result) in chunk.iter().zip(results.ok_or(ImageError::Cancelled)?) {
            match result {
                Ok(image) => usable.push((file, image)),
                Err(reason) => skipped.push(Skipped { path: file.clone(), reason }),
            }
        }
        if let Some((first, _)) = usable.get(most) {
            skipped.push(Skipped { path: (*first).clone(), reason: too_many(&format!("{most} images of this size")) });
            usable.truncate(most);
            break;
        }
    }
    if usable.len() < 2 && path.is_file() {
        let alone = "is a single image, and at least 2 are needed: choose the folder that holds it".to_owned();
        let reason = skipped.pop().map_or(alone, |skipped| skipped.reason);
        return Err(ImageError::OneFile { path: path.to_owned(), reason });
    }
    if usable.len() < 2 {
        return Err(ImageError::TooFew { path: path.to_owned(), usable: usable.len(), files: files.len(), skipped });
    }
    Ok(assemble(path, size, seed, usable, skipped))
}

/// How many images of this size are kept.
fn most_images(size: usize) -> usize {
    (MAX_BYTES / (size * size * 3).max(1)).min(MAX_FILES)
}

fn too_many(limit: &str) -> String {
    format!("and what comes after it is left out: at most {limit} are kept; choose a smaller folder")
}

/// Every file below a path, sorted; entries that cannot be listed are skipped with a reason.
fn list(
    path: &Path,
    progress: &(dyn Fn(Progress) + Sync),
    cancel: &AtomicBool,
) -> Result<(Vec<PathBuf>, Vec<Skipped>), ImageError> {
    let refuse = |error: std::io::Error| ImageError::Path { path: path.to_owned(), reason: error.to_string() };
    if std::fs::metadata(path).map_err(refuse)?.is_dir() {
        std::fs::read_dir(path).map_err(refuse)?;
    }
    let (mut files, mut skipped) = (Vec::new(), Vec::new());
    let hidden = |name: &std::ffi::OsStr| {
        let name = name.to_string_lossy();
        name.starts_with('.') || name == "Thumbs.db" || name == "__MACOSX"
    };
    // Links are followed; walkdir finds loops and reports them as errors.
    let walk = WalkDir::new(path).follow_links(true).sort_by_file_name();
    for entry in walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !hidden(entry.file_name())) {
        if cancel.load(Ordering::Relaxed) {
            return Err(ImageError::Cancelled);
        }
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) if files.len() == MAX_FILES => {
                skipped.push(Skipped { path: entry.into_path(), reason: too_many(&format!("{MAX_FILES} files")) });
                break;
            }
            Ok(entry) => files.push(entry.into_path()),
            Err(error) => {
                let path = error.path().unwrap_or(path).to_owned();
                skipped.push(Skipped { path, reason: format!("cannot be listed ({error})") });
            }
        }
        if files.len().is_multiple_of(256) {
            progress(Progress { found: files.len(), ..Progress::default() });
        }
    }
    Ok((files, skipped))
}

fn assemble(path: &Path, size: usize, seed: u64, usable: Vec<(&PathBuf, Decoded)>, skipped: Vec<Skipped>) -> ImageSet {
    let channels = if usable.iter().all(|(_, image)| image.grey) { 1 } else { 3 };
    let class_of = |file: &Path| {
        let folder = file.parent().and_then(|folder| folder.strip_prefix(path).ok());
        let name = folder.map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
        if name.is_empty() { "images".to_owned() } else { name }
    };
    let names: BTreeMap<String, usize> = usable.iter().map(|(file, _)| (class_of(file), 0)).collect();
    let classes: Vec<String> = names.into_keys().collect();
    let held_out = super::hold_out(usable.len(), seed, Purpose::Split);
    let images = usable.into_iter().zip(held_out).map(|((file, image), held_out)| LabelledImage {
        name: file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        class: classes.binary_search(&class_of(file)).unwrap_or_default(),
        held_out,
        pixels: image.rgb.chunks_exact(3).flat_map(|rgb| &rgb[..channels]).copied().collect(),
    });
    let foreground = classes.len();
    ImageSet { images: images.collect(), name: name_of(path), size, channels, classes, foreground, skipped }
}

/// The folder's own name, also for `.` and `..`.
fn name_of(path: &Path) -> String {
    let own = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = own(path).or_else(|| own(&path.canonicalize().ok()?));
    name.unwrap_or_else(|| path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_bounds_the_number_of_images() {
        for (size, most) in [(16, MAX_FILES), (32, MAX_FILES), (64, 87_381), (128, 21_845)] {
            assert_eq!(most_images(size), most);
            assert!(most * size * size * 3 <= MAX_BYTES);
        }
    }

    #[test]
    fn a_folder_is_named_after_itself() {
        let here = std::env::current_dir().map(|path| name_of(&path)).unwrap_or_default();
        for (path, name) in [("a/b", "b"), ("a/b/", "b"), ("/", "/"), (".", here.as_str())] {
            assert_eq!(name_of(Path::new(path)), name);
        }
    }
}
