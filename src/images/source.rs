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

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use flate2::read::MultiGzDecoder;

use super::arrays::{self, Candidate};
use super::collect::Collector;
use super::{ImageError, ImageSet, Kind, Progress, archive, folder, foreign, tarball};
use crate::settings::ImageReading;

/// More bytes than this are not unpacked from one path.
pub const MAX_UNPACKED: u64 = 8 << 30;

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
    let refuse = |error: io::Error| ImageError::Path { path: path.to_owned(), reason: error.to_string() };
    let metadata = std::fs::metadata(path).map_err(refuse)?;
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

/// Why an archive is not read to its end.
pub(super) enum Stop {
    Error(ImageError),
    Refused(String),
}

impl From<String> for Stop {
    fn from(reason: String) -> Self {
        Self::Refused(reason)
    }
}

impl From<ImageError> for Stop {
    fn from(error: ImageError) -> Self {
        Self::Error(error)
    }
}

fn read_array(collector: &mut Collector, path: &Path, format: Format) -> Result<(), ImageError> {
    let beside = arrays::labels_beside(path, format);
    let files: Vec<PathBuf> = std::iter::once(path.to_owned()).chain(beside).collect();
    collector.listed(files.len(), 0);
    let candidate = |(place, path): (usize, &PathBuf)| {
        let name = folder::text_of(path.file_name().unwrap_or_default().as_encoded_bytes());
        let format = if place == 0 { format } else { Format::of(&name) };
        Candidate { name, path: path.clone(), format }
    };
    let candidates = files.iter().enumerate().map(candidate).collect();
    arrays::read(collector, &mut Files::new(files.into_iter()), candidates)
}

/// How a file is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Image,
    Npy,
    Idx,
    /// A table of pixels.
    Csv,
    /// CIFAR's binary file.
    Cifar,
    /// Names of classes, one a line.
    Names,
    Archive,
    Tar,
}

impl Format {
    pub fn of(name: &str) -> Self {
        let name = name.to_lowercase();
        let plain = name.strip_suffix(".gz").unwrap_or(&name);
        if plain.ends_with(".npy") {
            Self::Npy
        } else if plain.ends_with(".csv") {
            Self::Csv
        } else if name.ends_with(".bin") {
            Self::Cifar
        } else if ["batches.meta.txt", "label_names.txt", "class_names.txt", "classes.txt"]
            .iter()
            .any(|ending| name.ends_with(ending))
        {
            Self::Names
        } else if plain.ends_with("-ubyte") && plain.contains("idx") {
            Self::Idx
        } else if name.ends_with(".zip") || name.ends_with(".npz") {
            Self::Archive
        } else if plain.ends_with(".tar") || name.ends_with(".tgz") {
            Self::Tar
        } else {
            Self::Image
        }
    }

    fn of_file(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let by_name = Self::of(&name);
        // PyTorch's files are zip archives within.
        if foreign::by_name(&name).is_some() {
            return by_name;
        }
        let mut head = Vec::new();
        let read = File::open(path).map(|file| file.take(512).read_to_end(&mut head));
        match (by_name, read) {
            (Self::Image, Ok(Ok(_))) if head.starts_with(b"PK\x03\x04") => Self::Archive,
            (Self::Image, Ok(Ok(_))) if head.get(257..262) == Some(b"ustar") => Self::Tar,
            (Self::Image, Ok(Ok(_))) if head.starts_with(b"\x93NUMPY") => Self::Npy,
            (Self::Image, Ok(Ok(_))) if head.starts_with(&[0, 0, 8, 3]) => Self::Idx,
            _ => by_name,
        }
    }
}

/// Bytes that can be read, or passed over.
pub(super) trait Stream: Read {
    fn pass(&mut self, bytes: u64) -> io::Result<()> {
        io::copy(&mut self.take(bytes), &mut io::sink()).map(|_| ())
    }
}

impl Stream for BufReader<File> {
    fn pass(&mut self, bytes: u64) -> io::Result<()> {
        self.seek_relative(i64::try_from(bytes).map_err(io::Error::other)?)
    }
}

/// A reader that unpacks, and no more than what is left.
pub(super) struct Unpacked<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R> Unpacked<R> {
    pub fn new(inner: R, left: &Rc<Cell<u64>>) -> Self {
        Self { inner, left: Rc::clone(left) }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self.left.get().checked_sub(read as u64);
        self.left.set(left.unwrap_or_default());
        let whole = format!("more than {} GB come out of it: unpack it and take a part", MAX_UNPACKED >> 30);
        left.map(|_| read).ok_or_else(|| io::Error::new(ErrorKind::FileTooLarge, whole))
    }
}

impl<R: Read> Stream for Unpacked<R> {}

/// Opens what is to be read by its number: a file of a folder, or an entry of an archive.
pub(super) trait Store {
    /// The bytes, and how many there are if that is known.
    fn open(&mut self, index: usize) -> Result<(Box<dyn Stream + '_>, Option<u64>), String>;
}

/// Files on disk.
pub(super) struct Files {
    files: Vec<PathBuf>,
    left: Rc<Cell<u64>>,
}

impl Files {
    pub fn new(files: impl Iterator<Item = PathBuf>) -> Self {
        Self { files: files.collect(), left: Rc::new(Cell::new(MAX_UNPACKED)) }
    }
}

impl Store for Files {
    fn open(&mut self, index: usize) -> Result<(Box<dyn Stream + '_>, Option<u64>), String> {
        let path = &self.files[index];
        let unopened = |error: io::Error| format!("cannot be opened ({error})");
        let metadata = std::fs::metadata(path).map_err(unopened)?;
        // A pipe would be waited for until someone writes into it.
        if !metadata.is_file() {
            return Err("is not a file".to_owned());
        }
        let file = BufReader::new(File::open(path).map_err(unopened)?);
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz")) {
            let unpacked = Unpacked::new(BufReader::new(MultiGzDecoder::new(file)), &self.left);
            return Ok((Box::new(unpacked), None));
        }
        Ok((Box::new(file), Some(metadata.len())))
    }
}

/// Says that reading broke off.
pub(super) fn broke_off(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::FileTooLarge => error.to_string(),
        _ => format!("is damaged or cut off ({error}): copy or download it again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_formats() {
        let expected = [
            ("a.png", Format::Image),
            ("a.tar.gz", Format::Tar),
            ("a.TGZ", Format::Tar),
            ("a.gz", Format::Image),
            ("cat.npy", Format::Npy),
            ("CAT.NPY.GZ", Format::Npy),
            ("train-images-idx3-ubyte", Format::Idx),
            ("train-images.idx3-ubyte", Format::Idx),
            ("t10k-labels-idx1-ubyte.gz", Format::Idx),
            ("mnist.npz", Format::Archive),
            ("mnist_train.csv", Format::Csv),
            ("data_batch_1.bin", Format::Cifar),
            ("batches.meta.txt", Format::Names),
            ("cifar-100-binary/fine_label_names.txt", Format::Names),
            ("notes.txt", Format::Image),
            ("images.ZIP", Format::Archive),
        ];
        for (name, format) in expected {
            assert_eq!(Format::of(name), format, "{name}");
        }
    }

    #[test]
    fn no_more_is_unpacked_than_is_left() {
        let left = Rc::new(Cell::new(1_000));
        let read = |bytes: u64| io::copy(&mut Unpacked::new(io::repeat(0).take(bytes), &left), &mut io::sink());
        assert_eq!(read(600).ok(), Some(600));
        assert_eq!(read(600).map_err(|error| error.kind()), Err(ErrorKind::FileTooLarge));
    }
}
