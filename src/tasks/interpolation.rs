//! Completion without learning: an unknown pixel is the mean of the four known ones nearest to it,
//! each weighted by one over its distance.

use ndarray::{Array2, Axis};

/// Known pixels that an unknown one is made from.
const NEIGHBOURS: usize = 4;

/// Fills in the unknown pixels of an image.
///
/// `colours` has a row for each pixel, row by row in lines of `width`; `known` says which of them
/// count and stay as they are. Of pixels at the same distance the first ones count. Where fewer than
/// four are known all count; where none is the image is 0.
pub fn interpolate(colours: &Array2<f32>, known: &[bool], width: usize) -> Array2<f32> {
    let mut filled = Array2::zeros(colours.raw_dim());
    for (pixel, mut colour) in filled.outer_iter_mut().enumerate() {
        if known[pixel] {
            colour.assign(&colours.index_axis(Axis(0), pixel));
            continue;
        }
        let near = nearest(pixel, known, width);
        let weights = near.iter().map(|&(square, _)| 1.0 / (square as f32).sqrt());
        let total: f32 = weights.clone().sum();
        for (weight, &(_, neighbour)) in weights.zip(&near) {
            colour.scaled_add(weight / total, &colours.index_axis(Axis(0), neighbour));
        }
    }
    filled
}

/// Squared distances and indices of the nearest known pixels, nearest first.
fn nearest(pixel: usize, known: &[bool], width: usize) -> Vec<(usize, usize)> {
    let height = known.len() / width;
    let (x, y) = (pixel % width, pixel / width);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for reach in 1..width.max(height) {
        // Whatever lies on this square or beyond it is at least this far away.
        if found.len() >= NEIGHBOURS && found[NEIGHBOURS - 1].0 < reach * reach {
            break;
        }
        for row in y.saturating_sub(reach)..=(y + reach).min(height - 1) {
            let edge = row.abs_diff(y) == reach;
            for column in x.saturating_sub(reach)..=(x + reach).min(width - 1) {
                let across = column.abs_diff(x);
                if (edge || across == reach) && known[row * width + column] {
                    found.push((across * across + row.abs_diff(y).pow(2), row * width + column));
                }
            }
        }
        found.sort_unstable();
        found.truncate(NEIGHBOURS);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f32]) -> Array2<f32> {
        Array2::from_shape_fn((values.len(), 1), |(i, _)| values[i])
    }

    #[test]
    fn weights_are_one_over_the_distance() {
        // One line of pixels; the middle one is 1, 1, 2 and 2 pixels from the others.
        let filled = interpolate(&of(&[8.0, 1.0, 99.0, 3.0, 5.0]), &[true, true, false, true, true], 5);
        let expected = (8.0 / 2.0 + 1.0 + 3.0 + 5.0 / 2.0) / 3.0;
        assert_eq!(filled.column(0).to_vec(), [8.0, 1.0, expected, 3.0, 5.0]);
    }

    #[test]
    fn a_corner_counts_by_its_true_distance() {
        // A diagonal neighbour is farther than one beside, and a fifth known pixel does not count.
        let known = [true, true, false, true, false, true, false, true, false];
        let filled = interpolate(&of(&[100.0, 1.0, 0.0, 2.0, 0.0, 3.0, 0.0, 6.0, 0.0]), &known, 3);
        assert_eq!(filled[[4, 0]], 3.0);
    }

    #[test]
    fn the_same_neighbours_as_a_search_through_all() {
        let (width, height) = (13, 9);
        let known: Vec<bool> = (0..width * height).map(|i| i * i % 17 < 3).collect();
        for pixel in (0..known.len()).filter(|&pixel| !known[pixel]) {
            let square =
                |i: usize| (i % width).abs_diff(pixel % width).pow(2) + (i / width).abs_diff(pixel / width).pow(2);
            let mut all: Vec<_> = (0..known.len()).filter(|&i| known[i]).map(|i| (square(i), i)).collect();
            all.sort_unstable();
            all.truncate(NEIGHBOURS);
            assert_eq!(nearest(pixel, &known, width), all);
        }
    }

    #[test]
    fn few_or_no_known_pixels() {
        assert_eq!(interpolate(&of(&[0.5, 0.0, 0.0, 0.0]), &[true, false, false, false], 2), of(&[0.5; 4]));
        assert_eq!(interpolate(&of(&[0.5; 4]), &[false; 4], 2), of(&[0.0; 4]));
    }
}
