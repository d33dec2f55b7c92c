//! Images in arrays: NumPy's files and MNIST's. An array of images is one class, named by its file,
//! unless there are labels: a list of as many whole numbers, or the file of that name, as `y_train`
//! for `x_train` or `train-labels` for `train-images`.
//!
//! Values are 0 to 255; if none of an array exceeds 1, they are 0 to 1. An array is used whole or, if
//! it turns out to be damaged, not at all. If there are more images than a set may have, every array
//! gives as many as another, or all, and each of them evenly spread.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::collect::{CHUNK, Collector};
use super::numbers::{Grid, Layout, Number, Unsuited, White, brightness, read_exactly};
use super::source::{Store, Stream, broke_off};
use super::{ImageError, decode, idx, npy};

/// Bytes that are read between two conversions.
const BATCH: u64 = 64 << 20;

/// A file that should hold an array. Its number is that of the [`Store`].
pub(super) struct Candidate {
    /// Path below the folder or archive.
    pub name: String,
    pub path: PathBuf,
    pub idx: bool,
}

struct Array {
    index: usize,
    layout: Layout,
    /// `None` for labels.
    grid: Option<Grid>,
}

enum Stop {
    Error(ImageError),
    Refused(String),
    Brighter,
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
    let (mut images, mut labels, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (index, file) in files.iter().enumerate() {
        collector.check_cancel()?;
        match header(store, index, file.idx) {
            Ok(array) if array.grid.is_some() => images.push(array),
            Ok(array) => labels.push(array),
            Err(reason) => {
                refused.push(index);
                collector.skip_uncounted(file.path.clone(), reason);
            }
        }
    }
    let mut labelled = Vec::new();
    let mut used = vec![false; files.len()];
    for array in images {
        match labels_of(&array, &labels, &refused, &files) {
            Ok(labels) => {
                labels.iter().for_each(|labels| used[labels.index] = true);
                labelled.push((array, labels));
            }
            Err(reason) => collector.skip_uncounted(files[array.index].path.clone(), reason),
        }
    }
    for labels in labels.iter().filter(|labels| !used[labels.index]) {
        let reason = format!("holds {} labels, and no images that they belong to lie beside it", labels.layout.count());
        collector.skip_uncounted(files[labels.index].path.clone(), reason);
    }
    let counts: Vec<u64> = labelled.iter().map(|(array, _)| array.layout.count()).collect();
    let shares = shares(collector.room(), &counts);
    collector.expect(shares.iter().sum());
    for ((array, labels), share) in labelled.into_iter().zip(shares) {
        let (kept, counted) = (collector.kept(), collector.counted());
        let file = &files[array.index];
        let mut result =
            one(collector, store, file, &array, labels, share, if file.idx { White::Byte } else { White::One });
        if matches!(result, Err(Stop::Brighter)) {
            collector.forget(kept);
            collector.count_to(counted);
            result = one(collector, store, file, &array, labels, share, White::Byte);
        }
        match result {
            Ok(()) if (share as u64) < array.layout.count() => {
                let reason = format!(
                    "gives {share} of its {} images, evenly spread: a set holds no more of this size",
                    array.layout.count()
                );
                collector.skip(file.path.clone(), reason);
            }
            Ok(()) => {}
            Err(Stop::Error(error)) => return Err(error),
            Err(stop) => {
                collector.forget(kept);
                collector.count_to(counted + share);
                let brighter = "has values that changed while they were read: try again".to_owned();
                let reason = if let Stop::Refused(reason) = stop { reason } else { brighter };
                collector.skip_uncounted(file.path.clone(), reason);
            }
        }
    }
    collector.sort_by_class(first);
    Ok(())
}

fn header(store: &mut dyn Store, index: usize, is_idx: bool) -> Result<Array, String> {
    let (mut stream, length) = store.open(index)?;
    let layout = if is_idx { idx::layout(&mut *stream) } else { npy::layout(&mut *stream) }?;
    let grid = layout.grid()?;
    if layout.shape.contains(&0) {
        return Err("holds no images".to_owned());
    }
    let needed = layout.length().ok_or("promises more numbers than any file can hold: save it again")?;
    match length {
        Some(length) if length < needed => {
            Err(format!("promises {needed} bytes and has {length}: copy or download it again"))
        }
        Some(length) if length > needed => Err(format!("promises {needed} bytes and has {length}: save it again")),
        _ => Ok(Array { index, layout, grid }),
    }
}

/// The labels that belong to an array, by name, or else by their number if no others have it too.
fn labels_of<'a>(
    array: &Array,
    labels: &'a [Array],
    refused: &[usize],
    files: &[Candidate],
) -> Result<Option<&'a Array>, String> {
    let own = &files[array.index];
    let key = key(&own.name);
    let named = |index: usize| {
        files[index].idx == own.idx && names_labels(&files[index].name) && self::key(&files[index].name) == key
    };
    if let Some(&index) = refused.iter().find(|&&index| named(index)) {
        return Err(format!("is left out, as its labels in {} cannot be read", files[index].name));
    }
    let count = array.layout.count();
    if let Some(labels) = labels.iter().find(|labels| named(labels.index)) {
        let (name, others) = (&files[labels.index].name, labels.layout.count());
        if others != count {
            return Err(format!("has {count} images, but {name} has {others} labels: save or download both again"));
        }
        return Ok(Some(labels));
    }
    let mut fitting =
        labels.iter().filter(|labels| !own.idx && !files[labels.index].idx && labels.layout.count() == count);
    match (fitting.next(), fitting.next()) {
        (Some(labels), Some(other)) => Err(format!(
            "could have its labels in {} or in {}: keep one of them",
            files[labels.index].name, files[other.index].name
        )),
        (labels, _) => Ok(labels),
    }
}

const IMAGE_WORDS: [&str; 9] = ["x", "image", "images", "img", "imgs", "data", "features", "input", "inputs"];
const LABEL_WORDS: [&str; 7] = ["y", "label", "labels", "target", "targets", "class", "classes"];
const FORMAT_WORDS: [&str; 5] = ["idx1", "idx3", "ubyte", "npy", "gz"];

fn words(name: &str) -> impl Iterator<Item = String> {
    let words = name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect::<Vec<_>>();
    words.into_iter().filter(|word| !word.is_empty() && !FORMAT_WORDS.contains(&word.as_str()))
}

/// What the names of images and of their labels have in common.
fn key(name: &str) -> String {
    let of_kind = |word: &str| IMAGE_WORDS.contains(&word) || LABEL_WORDS.contains(&word);
    words(name).filter(|word| !of_kind(word)).collect::<Vec<_>>().join(" ")
}

fn names_labels(name: &str) -> bool {
    name.contains("idx1") || words(name).any(|word| LABEL_WORDS.contains(&word.as_str()))
}

/// The files of labels in the same folder that belong to an IDX file, unpacked ones first.
pub(super) fn labels_beside(path: &Path) -> Option<PathBuf> {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let own = name(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let fits = |other: &String| {
        super::source::Format::of(other) == super::source::Format::Idx
            && other.contains("idx1")
            && key(other) == key(&own)
    };
    beside.filter(|other| name(other) != own && fits(&name(other))).min()
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

/// Visits `share` of the array's rows.
fn visit(
    stream: &mut dyn Stream,
    layout: &Layout,
    row: u64,
    share: usize,
    mut look: impl FnMut(u64, &mut Vec<u8>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let unread = |error: std::io::Error| broke_off(&error);
    let count = layout.count();
    stream.pass(layout.header).map_err(unread)?;
    let (mut next, mut buffer) = (0, Vec::new());
    for k in 0..share {
        let index = chosen(k, share, count);
        stream.pass((index - next) * row).map_err(unread)?;
        if !read_exactly(stream, row, &mut buffer).map_err(unread)? {
            return Err(format!(
                "ends before number {} of the {count} that it promises: copy or download it again",
                index + 1
            )
            .into());
        }
        look(index, &mut buffer)?;
        next = index + 1;
    }
    // The last byte of a packed file is followed by its checksum, which is looked at only here.
    if read_exactly(stream, 1, &mut buffer).map_err(unread)? {
        return Err(format!("goes on after the {count} that it promises: save or download it again").into());
    }
    Ok(())
}

fn one(
    collector: &mut Collector,
    store: &mut dyn Store,
    file: &Candidate,
    array: &Array,
    labels: Option<&Array>,
    share: usize,
    white: White,
) -> Result<(), Stop> {
    let Some(grid) = array.grid.filter(|_| share > 0) else { return Ok(()) };
    let mut classes = Vec::new();
    if let Some(labels) = labels {
        let number = labels.layout.number;
        let (mut stream, _) = store.open(labels.index)?;
        let of_labels = visit(&mut *stream, &labels.layout, number.size as u64, share, |_, bytes| {
            collector.check_cancel()?;
            classes.extend(number.label(bytes));
            Ok(())
        });
        of_labels.map_err(|stop| match stop {
            Stop::Refused(reason) => Stop::Refused(format!("is left out, as the file of its labels {reason}")),
            stop => stop,
        })?;
    }
    let whole = stem(&file.name);
    let short = whole.rsplit('/').next().unwrap_or(whole).to_owned();
    let mut classes = classes.into_iter();
    let (mut stream, _) = store.open(array.index)?;
    let mut batch: Vec<(u64, Vec<u8>)> = Vec::new();
    let most = usize::try_from(BATCH / grid.bytes.max(1)).unwrap_or(CHUNK).clamp(1, CHUNK);
    let mut flush = |batch: &mut Vec<(u64, Vec<u8>)>, collector: &mut Collector| {
        for (index, image) in batch_images(collector, batch, grid, array.layout.number, white)? {
            let class = classes.next().map_or_else(|| whole.to_owned(), |label| label.to_string());
            collector.keep(format!("{short} {index}"), &class, &image);
        }
        batch.clear();
        Ok(())
    };
    visit(&mut *stream, &array.layout, grid.bytes, share, |index, bytes| {
        collector.check_cancel()?;
        batch.push((index, std::mem::take(bytes)));
        if batch.len() < most { Ok(()) } else { flush(&mut batch, collector) }
    })?;
    flush(&mut batch, collector)
}

fn batch_images(
    collector: &Collector,
    batch: &[(u64, Vec<u8>)],
    grid: Grid,
    number: Number,
    white: White,
) -> Result<Vec<(u64, decode::Decoded)>, Stop> {
    let convert = |(index, raw): &(u64, Vec<u8>)| {
        collector.check_cancel()?;
        let values = brightness(raw, number, white).map_err(|unsuited| match unsuited {
            Unsuited::Brighter => Stop::Brighter,
            Unsuited::Value(reason) => Stop::Refused(reason),
        })?;
        let image = decode::values(grid.width, grid.height, grid.channels, values, collector.square())?;
        collector.count(false);
        Ok((*index, image))
    };
    // Which of several reasons is given must not depend on the threads.
    batch.par_iter().map(convert).collect::<Vec<Result<_, Stop>>>().into_iter().collect()
}

/// A file's name without its endings.
fn stem(name: &str) -> &str {
    let name = name.strip_suffix(".gz").unwrap_or(name);
    let name = name.strip_suffix("-ubyte").unwrap_or(name);
    [".npy", "-idx3", ".idx3"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
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
    fn names_of_labels_belong_to_names_of_images() {
        for (images, labels) in [
            ("x_train.npy", "y_train.npy"),
            ("images.npy", "labels.npy"),
            ("train-images-idx3-ubyte", "train-labels.idx1-ubyte"),
            ("a/t10k-images-idx3-ubyte.gz", "a/t10k-labels-idx1-ubyte.gz"),
        ] {
            assert_eq!(key(images), key(labels));
            assert!(names_labels(labels) && !names_labels(images));
        }
        assert_ne!(key("x_train.npy"), key("y_test.npy"));
        assert_ne!(key("a/images.npy"), key("b/labels.npy"));
    }

    #[test]
    fn endings_are_no_part_of_a_name() {
        for (name, short) in [
            ("cat.npy", "cat"),
            ("animals/cat.npy.gz", "animals/cat"),
            ("train-images-idx3-ubyte.gz", "train-images"),
            ("train.idx3-ubyte", "train"),
            ("a.b", "a.b"),
        ] {
            assert_eq!(stem(name), short);
        }
    }
}
