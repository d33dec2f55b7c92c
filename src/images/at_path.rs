//! What lies at a path, and how it is opened.
//!
//! | path | read as |
//! |---|---|
//! | a folder | images, each sub-folder a class; arrays and IDX files in it as below |
//! | `.zip`, `.npz`, `.tar`, `.tar.gz`, `.tgz` | the same, by the names of its entries, without unpacking it to disk; in a folder, as a folder |
//! | `.npy`, `.npy.gz` | images of one class, named by the file |
//! | MNIST's IDX, plain or `.gz` | images, with the labels of the file beside it |
//! | `.csv` of pixels, CIFAR's `.bin` | images with their labels |
//!
//! The name decides; a file of another name is known by its first bytes.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::arrays::{self, Candidate};
use super::collect::Collector;
use super::source::{Files, Format, Stop};
use super::{ImageError, ImageSet, Kind, Progress, archive, entries, folder, tarball};
use crate::files;
use crate::settings::ImageReading;
use crate::text::Words;

/// Reads what is at a path. `progress` is called from several threads, often; `cancel` is looked at
/// before each image.
///
/// # Errors
/// If nothing can be opened, fewer than 2 images can be used, or it was cancelled.
pub fn load(
    path: &Path,
    reading: ImageReading,
    progress: &(dyn Fn(Progress) + Sync),
    cancel: &AtomicBool,
) -> Result<ImageSet, ImageError> {
    let refuse = |error: io::Error| ImageError::Path { path: path.to_owned(), reason: Words::of_error(&error) };
    let metadata = files::metadata(path).map_err(refuse)?;
    let mut collector = Collector::new(path, reading, progress, cancel);
    let kind = if metadata.is_dir() {
        folder::read(&mut collector)?;
        Kind::Folder
    } else {
        match if metadata.is_file() { Format::of_file(path) } else { Format::Image } {
            format @ (Format::Archive | Format::Tar) => {
                read_archive(&mut collector, path, format, None)?;
                Kind::Archive
            }
            format @ (Format::Npy | Format::Idx | Format::Csv | Format::Cifar | Format::Names) => {
                read_array(&mut collector, path, format)?;
                if format == Format::Idx { Kind::Idx } else { Kind::Array }
            }
            Format::Image => {
                folder::read(&mut collector)?;
                Kind::Image
            }
        }
    };
    collector.finish(kind)
}

/// Reads an archive; `inside` is the name of the folder that it stands for, if it lies in one: then it is
/// skipped if it cannot be opened.
pub(super) fn read_archive(
    collector: &mut Collector,
    path: &Path,
    format: Format,
    inside: Option<&str>,
) -> Result<(), ImageError> {
    let read = if format == Format::Tar { tarball::read } else { archive::read };
    match read(collector, path, inside) {
        Ok(()) => Ok(()),
        Err(Stop::Error(error)) => Err(error),
        Err(Stop::Refused(reason)) if inside.is_none() => Err(ImageError::OneFile { path: path.to_owned(), reason }),
        Err(Stop::Refused(reason)) => {
            collector.skip_uncounted(path.to_owned(), reason);
            Ok(())
        }
    }
}

fn read_array(collector: &mut Collector, path: &Path, format: Format) -> Result<(), ImageError> {
    let beside = arrays::labels_beside(path, format);
    let files: Vec<PathBuf> = std::iter::once(path.to_owned()).chain(beside).collect();
    collector.listed(files.len(), 0);
    let candidate = |(place, path): (usize, &PathBuf)| {
        let name = entries::text_of(path.file_name().unwrap_or_default().as_encoded_bytes());
        let format = if place == 0 { format } else { Format::of(&name) };
        Candidate { name, path: path.clone(), format }
    };
    let candidates = files.iter().enumerate().map(candidate).collect();
    arrays::read(collector, &mut Files::new(files.into_iter()), candidates)
}
