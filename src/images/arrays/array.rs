//! One array: what its file says of it, and how its rows are come by.

use std::path::PathBuf;

use super::super::ImageError;
use super::super::numbers::Tones;
use super::super::rows::Rows;
use super::super::shapes::Layout;
use super::super::source::{Format, Store, Stream, broke_off};
use super::super::{cifar, idx, npy};
use crate::text::{Text, Words, text};

/// A file that should hold an array. Its number is that of the [`Store`].
pub(in crate::images) struct Candidate {
    /// Path below the folder or archive.
    pub name: String,
    pub path: PathBuf,
    pub format: Format,
}

impl Candidate {
    /// The folder it lies in, empty for none.
    pub(super) fn folder(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The file's name without its endings, below the folders.
    pub(super) fn stem(&self) -> &str {
        let name = self.name.strip_suffix(".gz").unwrap_or(&self.name);
        let name = name.strip_suffix("-ubyte").unwrap_or(name);
        let endings = [".npy", "-idx3", ".idx3", ".csv", ".bin"];
        endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
    }

    /// What its values are taken for until they say otherwise.
    pub(super) fn tones(&self) -> Tones {
        if matches!(self.format, Format::Idx | Format::Cifar) { Tones::BYTE } else { Tones::UNIT }
    }
}

const TOO_MANY: Text =
    text("promises more numbers than any file can hold: save it again", "声称的数比任何文件能容纳的都多：请重新保存");

/// A file and what its header says.
pub(super) struct Array {
    pub index: usize,
    pub layout: Layout,
}

pub(super) enum Stop {
    Error(ImageError),
    Refused(Words),
    /// Values are darker than black or brighter than white.
    Outside,
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

/// What the header of a file says, or all that there is of one that has none.
pub(super) fn layout(store: &mut dyn Store, index: usize, format: Format) -> Result<Layout, Words> {
    let (mut stream, length) = store.open(index)?;
    let (layout, length) = match format {
        Format::Idx => (idx::layout(&mut *stream)?, length),
        Format::Cifar => (cifar::layout(&mut *stream, length)?, length),
        Format::Csv => (Rows::table(stream)?.layout()?, None),
        Format::Names => (Rows::names(stream).layout()?, None),
        _ => (npy::layout(&mut *stream)?, length),
    };
    if layout.shape.contains(&0) {
        return Err(text("holds no images", "不含图像").into());
    }
    layout.check()?;
    let needed = layout.length().ok_or(TOO_MANY)?;
    match length {
        Some(length) if length < needed => Err(Words::both(
            format!("promises {needed} bytes and has {length}: copy or download it again"),
            format!("声称有 {needed} 字节，实际只有 {length}：请重新复制或下载"),
        )),
        Some(length) if length > needed => Err(Words::both(
            format!("promises {needed} bytes and has {length}: save it again"),
            format!("声称有 {needed} 字节，实际有 {length}：请重新保存"),
        )),
        _ => Ok(layout),
    }
}

/// Opens an array where its rows begin.
pub(super) fn open<'a>(store: &'a mut dyn Store, array: &Array, format: Format) -> Result<Box<dyn Stream + 'a>, Words> {
    let (mut stream, _) = store.open(array.index)?;
    match format {
        Format::Csv => Ok(Box::new(Rows::table(stream)?)),
        Format::Names => Ok(Box::new(Rows::names(stream))),
        _ => {
            stream.pass(array.layout.header).map_err(|error| broke_off(&error))?;
            Ok(stream)
        }
    }
}

/// Number `k` of `share` evenly spread among `count`.
pub(super) fn chosen(k: usize, share: usize, count: u64) -> u64 {
    ((k as u128 + 1) * u128::from(count)).div_ceil(share.max(1) as u128) as u64 - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_images_are_evenly_spread() {
        let all = |share: usize, count: u64| (0..share).map(|k| chosen(k, share, count)).collect::<Vec<_>>();
        assert_eq!(all(4, 4), [0, 1, 2, 3]);
        assert_eq!(all(2, 10), [4, 9]);
        assert_eq!(all(3, 7), [2, 4, 6]);
        assert_eq!(chosen(99_999, 100_000, u64::MAX), u64::MAX - 1);
    }

    #[test]
    fn endings_are_no_part_of_a_name() {
        for (name, short) in [
            ("cat.npy", "cat"),
            ("animals/cat.npy.gz", "animals/cat"),
            ("train-images-idx3-ubyte.gz", "train-images"),
            ("train.idx3-ubyte", "train"),
            ("data_batch_1.bin", "data_batch_1"),
            ("a.b", "a.b"),
        ] {
            let file = Candidate { name: name.to_owned(), path: PathBuf::new(), format: Format::Npy };
            assert_eq!(file.stem(), short);
        }
    }
}
