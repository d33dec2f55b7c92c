//! Images in arrays: NumPy's files, MNIST's IDX and csv, CIFAR's binary files. An array of images is one
//! class, named by its file, unless there are labels: a list of as many whole numbers or texts, or rows of
//! which one number is 1, in the file of that name, as `y_train` for `x_train` or `train-labels` for
//! `train-images`. Where every array of a folder is one image, the folder is the class. An array of
//! classes x images x height x width has a class for each first index.
//!
//! An array is used whole or, if it turns out to be damaged, not at all. If there are more images than a
//! set may have, every array gives as many as another, or all, and each of them evenly spread.

mod array;
mod labels;
mod notes;
mod pixels;
mod series;
mod sort;

pub(super) use array::Candidate;
pub(super) use labels::labels_beside;

use super::ImageError;
use super::collect::Collector;
use super::source::Store;

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
}
