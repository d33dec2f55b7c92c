//! Which arrays hold images, which labels, and which texts.

use super::super::ImageError;
use super::super::collect::Collector;
use super::super::numbers::{Number, NumberKind, read_exactly};
use super::super::source::{Store, broke_off};
use super::array::{Array, Candidate, layout, open};
use super::labels::{key, label, names_labels};
use crate::text::{Text, Words, text};

/// Bytes of an array that are looked at to tell what it is.
const LOOKED_AT: u64 = 1 << 20;
/// No row that tells a class by the place of its 1 has more columns.
const MAX_COLUMNS: u64 = 1 << 16;

const FRACTIONS: Text = text(
    "holds a list of numbers with fractions; labels must be whole numbers",
    "含有带小数的数的列表；标签必须是整数",
);
const SEVERAL: Text = text(
    "has rows of several labels for each image; one is read: save array.argmax(axis=1)",
    "每张图像有一行多个标签；只能有一个：请保存 array.argmax(axis=1)",
);

/// The arrays of a store by what they hold.
#[derive(Default)]
pub(super) struct Sorted {
    pub pictures: Vec<Array>,
    /// Whole numbers, or rows of which one number is 1.
    pub labels: Vec<Array>,
    pub texts: Vec<Array>,
    /// Numbers of the files that cannot be used.
    pub refused: Vec<usize>,
}

enum Role {
    Pictures,
    Labels,
    Texts,
}

/// Looks at the header of each file, and at the first rows where it does not tell.
pub(super) fn sort(
    collector: &mut Collector,
    store: &mut dyn Store,
    files: &[Candidate],
) -> Result<Sorted, ImageError> {
    let mut sorted = Sorted::default();
    for (index, file) in files.iter().enumerate() {
        collector.check_cancel()?;
        match look_at(store, index, file) {
            Ok((Role::Pictures, array)) => sorted.pictures.push(array),
            Ok((Role::Labels, array)) => sorted.labels.push(array),
            Ok((Role::Texts, array)) => sorted.texts.push(array),
            Err(reason) => {
                sorted.refused.push(index);
                collector.skip_uncounted(file.path.clone(), reason);
            }
        }
    }
    sorted.refuse_soft_labels(collector, files);
    Ok(sorted)
}

fn look_at(store: &mut dyn Store, index: usize, file: &Candidate) -> Result<(Role, Array), Words> {
    let array = Array { index, layout: layout(store, index, file.format)? };
    let layout = &array.layout;
    let role = if layout.number.is_text() {
        Role::Texts
    } else if layout.is_list() {
        if layout.number.kind == NumberKind::Float && !are_labels(store, &array, file)? {
            return Err(FRACTIONS.into());
        }
        Role::Labels
    } else if matches!(*layout.shape, [_, 2..=MAX_COLUMNS]) && are_labels(store, &array, file)? {
        Role::Labels
    } else {
        Role::Pictures
    };
    Ok((role, array))
}

/// Whether each of the first rows is a label.
fn are_labels(store: &mut dyn Store, array: &Array, file: &Candidate) -> Result<bool, Words> {
    let row = array.row();
    let rows = (LOOKED_AT / row.max(1)).clamp(1, array.layout.count());
    let mut stream = open(store, array, file.format)?;
    let mut bytes = Vec::new();
    for _ in 0..rows {
        let whole = read_exactly(&mut *stream, row, &mut bytes).map_err(|error| broke_off(&error))?;
        if !whole || label(array, &bytes).is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Array {
    /// Bytes for each first index.
    pub fn row(&self) -> u64 {
        let sides = self.layout.shape.get(1..).unwrap_or_default();
        sides.iter().fold(self.layout.number.size as u64, |bytes, &side| bytes.saturating_mul(side))
    }
}

impl Sorted {
    /// Rows that are called labels, and are as many as the images beside them, are no images themselves.
    fn refuse_soft_labels(&mut self, collector: &mut Collector, files: &[Candidate]) {
        let soft = |array: &Array| {
            let name = &files[array.index].name;
            let belongs = |other: &Array| {
                let other_name = &files[other.index].name;
                other.layout.count() == array.layout.count()
                    && !names_labels(other_name)
                    && key(other_name) == key(name)
            };
            array.layout.shape.len() == 2 && names_labels(name) && self.pictures.iter().any(belongs)
        };
        let soft: Vec<usize> = self.pictures.iter().filter(|array| soft(array)).map(|array| array.index).collect();
        self.pictures.retain(|array| !soft.contains(&array.index));
        for index in soft {
            collector.skip_uncounted(files[index].path.clone(), SEVERAL);
            self.refused.push(index);
        }
    }
}

/// Whether what lies three times before the pixels are images of their own. Three drawings are unlike each
/// other; the colours of an image have its outlines in common. In doubt they are colours.
pub(super) fn are_drawings(store: &mut dyn Store, array: &Array, file: &Candidate) -> Result<bool, Words> {
    const ALIKE: f64 = 0.6;
    const MOST: u64 = 64;
    let (row, number) = (array.row(), array.layout.number);
    let rows = (16 * LOOKED_AT / row.max(1)).clamp(1, array.layout.count().min(MOST));
    let mut stream = open(store, array, file.format)?;
    let (mut bytes, mut alike) = (Vec::new(), Vec::new());
    for _ in 0..rows {
        if !read_exactly(&mut *stream, row, &mut bytes).map_err(|error| broke_off(&error))? {
            break;
        }
        let planes: Vec<Vec<f64>> =
            bytes.chunks_exact((bytes.len() / 3).max(1)).map(|plane| values(plane, number)).collect();
        let pairs = [(0, 1), (0, 2), (1, 2)].into_iter();
        let pairs = pairs.filter_map(|(a, b)| Some((planes.get(a)?, planes.get(b)?)));
        alike.extend(pairs.filter_map(|(a, b)| correlation(a, b)).map(f64::abs));
    }
    alike.sort_by(f64::total_cmp);
    Ok(alike.get(alike.len() / 2).is_some_and(|&middle| middle < ALIKE))
}

fn values(raw: &[u8], number: Number) -> Vec<f64> {
    raw.chunks_exact(number.size.max(1)).map(|bytes| number.value(bytes)).collect()
}

/// Pearson's; `None` if either of the two is the same everywhere.
fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (of_a, of_b) = (mean(a), mean(b));
    let sums = a.iter().zip(b).fold([0.0; 3], |[both, one, other], (a, b)| {
        let (a, b) = (a - of_a, b - of_b);
        [both + a * b, one + a * a, other + b * b]
    });
    let length = (sums[1] * sums[2]).sqrt();
    (length > 0.0).then(|| sums[0] / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correlation_is_of_the_differences_from_the_mean() {
        let rising = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(correlation(&rising, &[10.0, 20.0, 30.0, 40.0]), Some(1.0));
        assert_eq!(correlation(&rising, &[4.0, 3.0, 2.0, 1.0]), Some(-1.0));
        assert_eq!(correlation(&rising, &[1.0, 0.0, 0.0, 1.0]), Some(0.0));
        assert_eq!(correlation(&rising, &[7.0; 4]), None);
    }
}
