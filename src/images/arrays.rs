//! Images in arrays: NumPy's files, MNIST's IDX and csv, CIFAR's binary files. An array of images is one
//! class, named by its file, unless there are labels: a list of as many whole numbers or texts, or rows of
//! which one number is 1, in the file of that name, as `y_train` for `x_train` or `train-labels` for
//! `train-images`. Where every array of a folder is one image, the folder is the class. An array of
//! classes x images x height x width has a class for each first index.
//!
//! An array is used whole or, if it turns out to be damaged, not at all. If there are more images than a
//! set may have, every array gives as many as another, or all, and each of them evenly spread.

mod labels;
mod notes;
mod pixels;
mod series;
mod sort;

use std::path::PathBuf;

pub(super) use labels::labels_beside;

use super::ImageError;
use super::collect::Collector;
use super::numbers::Tones;
use super::rows::Rows;
use super::shapes::Layout;
use super::source::{Format, Store, Stream, broke_off};
use super::{cifar, idx, npy};

/// A file that should hold an array. Its number is that of the [`Store`].
pub(super) struct Candidate {
    /// Path below the folder or archive.
    pub name: String,
    pub path: PathBuf,
    pub format: Format,
}

impl Candidate {
    /// The folder it lies in, empty for none.
    fn folder(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The file's name without its endings, below the folders.
    fn stem(&self) -> &str {
        let name = self.name.strip_suffix(".gz").unwrap_or(&self.name);
        let name = name.strip_suffix("-ubyte").unwrap_or(name);
        let endings = [".npy", "-idx3", ".idx3", ".csv", ".bin"];
        endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
    }

    /// What its values are taken for until they say otherwise.
    fn tones(&self) -> Tones {
        if matches!(self.format, Format::Idx | Format::Cifar) { Tones::BYTE } else { Tones::UNIT }
    }
}

/// A file and what its header says.
struct Array {
    index: usize,
    layout: Layout,
}

enum Stop {
    Error(ImageError),
    Refused(String),
    /// Values are darker than black or brighter than white.
    Outside,
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

/// Reads all arrays of a store.
pub(super) fn read(collector: &mut Collector, store: &mut dyn Store, files: Vec<Candidate>) -> Result<(), ImageError> {
    let first = collector.kept();
    let arrays = sort::sort(collector, store, &files)?;
    let all = series::understand(collector, store, &files, &arrays)?;
    let counts: Vec<u64> = all.iter().map(series::Series::images).collect();
    let shares = shares(collector.room(), &counts);
    collector.expect(shares.iter().sum());
    let mut tones = Vec::new();
    for (series, share) in all.iter().zip(shares) {
        let read = pixels::read(collector, store, &files, series, share)?;
        let first = series.parts.first().map(|(array, _)| files[array.index].name.as_str());
        tones.extend(first.zip(read));
    }
    notes::tones(collector, &tones);
    collector.sort_by_class(first);
    Ok(())
}

/// What the header of a file says, or all that there is of one that has none.
fn layout(store: &mut dyn Store, index: usize, format: Format) -> Result<Layout, String> {
    let (mut stream, length) = store.open(index)?;
    let (layout, length) = match format {
        Format::Idx => (idx::layout(&mut *stream)?, length),
        Format::Cifar => (cifar::layout(&mut *stream, length)?, length),
        Format::Csv => (Rows::table(stream)?.layout()?, None),
        Format::Names => (Rows::names(stream).layout()?, None),
        _ => (npy::layout(&mut *stream)?, length),
    };
    if layout.shape.contains(&0) {
        return Err("holds no images".to_owned());
    }
    layout.check()?;
    let needed = layout.length().ok_or("promises more numbers than any file can hold: save it again")?;
    match length {
        Some(length) if length < needed => {
            Err(format!("promises {needed} bytes and has {length}: copy or download it again"))
        }
        Some(length) if length > needed => Err(format!("promises {needed} bytes and has {length}: save it again")),
        _ => Ok(layout),
    }
}

/// Opens an array where its rows begin.
fn open<'a>(store: &'a mut dyn Store, array: &Array, format: Format) -> Result<Box<dyn Stream + 'a>, String> {
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

/// Divides `room` images: every array as many as another, or all that it has.
fn shares(room: usize, counts: &[u64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|&i| counts[i]);
    let (mut left, mut shares) = (room, vec![0; counts.len()]);
    for (place, &i) in order.iter().enumerate() {
        let fair = left / (counts.len() - place);
        shares[i] = usize::try_from(counts[i]).map_or(fair, |count| count.min(fair));
        left -= shares[i];
    }
    shares
}

/// Number `k` of `share` evenly spread among `count`.
fn chosen(k: usize, share: usize, count: u64) -> u64 {
    ((k as u128 + 1) * u128::from(count)).div_ceil(share.max(1) as u128) as u64 - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_shared_fairly() {
        assert_eq!(shares(100, &[10, 20, 30]), [10, 20, 30]);
        assert_eq!(shares(100, &[1_000, 10, 1_000]), [45, 10, 45]);
        assert_eq!(shares(5, &[u64::MAX, u64::MAX]), [2, 3]);
        assert_eq!(shares(0, &[4]), [0]);
        assert!(shares(9, &[]).is_empty());
    }

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
