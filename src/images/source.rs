//! How the bytes of a file are had: its format by its name or its first bytes, files and archives' entries by their
//! numbers, unpacked no further than a limit.

use std::cell::Cell;
use std::io::{self, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;

use super::{ImageError, foreign};
use crate::files::{self, File};
use crate::text::{Text, Words, tell, text};

/// More bytes than this are not unpacked from one path.
pub const MAX_UNPACKED: u64 = 8 << 30;

/// Why an archive is not read to its end.
pub(super) enum Stop {
    Error(ImageError),
    Refused(Words),
}

impl From<Words> for Stop {
    fn from(reason: Words) -> Self {
        Self::Refused(reason)
    }
}

impl From<ImageError> for Stop {
    fn from(error: ImageError) -> Self {
        Self::Error(error)
    }
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

    pub fn of_file(path: &Path) -> Self {
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
        let most = MAX_UNPACKED >> 30;
        let too_much = || {
            Words::both(
                format!("more than {most} GB come out of it: unpack it and take a part"),
                format!("解压后超过 {most} GB：请解压后取一部分"),
            )
        };
        left.map(|_| read).ok_or_else(|| io::Error::new(ErrorKind::FileTooLarge, too_much()))
    }
}

impl<R: Read> Stream for Unpacked<R> {}

/// Opens what is to be read by its number: a file of a folder, or an entry of an archive.
pub(super) trait Store {
    /// The bytes, and how many there are if that is known.
    fn open(&mut self, index: usize) -> Result<(Box<dyn Stream + '_>, Option<u64>), Words>;
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
    fn open(&mut self, index: usize) -> Result<(Box<dyn Stream + '_>, Option<u64>), Words> {
        let path = &self.files[index];
        let metadata = files::metadata(path).map_err(unopened)?;
        // A pipe would be waited for until someone writes into it.
        if !metadata.is_file() {
            return Err(NO_FILE.into());
        }
        let file = BufReader::new(File::open(path).map_err(unopened)?);
        if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz")) {
            let unpacked = Unpacked::new(BufReader::new(MultiGzDecoder::new(file)), &self.left);
            return Ok((Box::new(unpacked), None));
        }
        Ok((Box::new(file), Some(metadata.len())))
    }
}

/// Said of what lies at a path and is neither a file nor a folder.
pub(super) const NO_FILE: Text = text("is not a file", "不是文件");

/// Says that a file cannot be opened.
pub(super) fn unopened(error: io::Error) -> Words {
    let why = Words::of_error(&error);
    Words::told(|| tell(|| format!("cannot be opened ({why})"), || format!("无法打开（{why}）")))
}

/// Says that reading broke off.
pub(super) fn broke_off(error: &io::Error) -> Words {
    let why = Words::of_error(error);
    match error.kind() {
        ErrorKind::FileTooLarge => why,
        _ => Words::told(|| {
            tell(
                || format!("is damaged or cut off ({why}): copy or download it again"),
                || format!("已损坏或不完整（{why}）：请重新复制或下载"),
            )
        }),
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
