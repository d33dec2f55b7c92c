//! A square image in blocks, each of which has one mean.

use ndarray::{Array2, ArrayView2};

/// The blocks.
pub struct Blocks {
    /// The pixels of each, row by row.
    pixels: Vec<Vec<usize>>,
    /// How many lie side by side.
    pub side: usize,
}

/// How many blocks a side there are of an image of `size` pixels a side, where they are `times` fewer; one at least.
pub fn fewer(size: usize, times: usize) -> usize {
    (size / times).max(1)
}

impl Blocks {
    /// `side` blocks a side of an image of `size` pixels a side, at least as many; where there is a rest, some are a pixel
    /// larger than others.
    pub fn of(size: usize, side: usize) -> Self {
        let edge = |block: usize| block * size / side;
        let block = |i: usize| {
            let (left, top) = (i % side, i / side);
            let row = |y: usize| (edge(left)..edge(left + 1)).map(move |x| y * size + x);
            (edge(top)..edge(top + 1)).flat_map(row).collect()
        };
        Self { pixels: (0..side * side).map(block).collect(), side }
    }

    /// The mean of each block, of what has a row for each pixel.
    pub fn means(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        let mut means = Array2::zeros((self.pixels.len(), rows.ncols()));
        for (pixels, mut mean) in self.pixels.iter().zip(means.outer_iter_mut()) {
            pixels.iter().for_each(|&pixel| mean += &rows.row(pixel));
            mean /= pixels.len() as f32;
        }
        means
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_is_in_one_block_and_means_are_over_it() {
        for (size, side) in [(8, 2), (32, 8), (7, 3), (5, 5), (4, 1)] {
            let blocks = Blocks::of(size, side);
            let mut pixels: Vec<usize> = blocks.pixels.concat();
            pixels.sort_unstable();
            assert_eq!(pixels, (0..size * size).collect::<Vec<_>>());
            let [least, most] = [blocks.pixels.iter().map(Vec::len).min(), blocks.pixels.iter().map(Vec::len).max()];
            assert!(most <= least.map(|least| least + 2 * (size / side) + 1), "{size} {side}");
        }
        let rows = Array2::from_shape_fn((16, 1), |(pixel, _)| (pixel % 4 + 10 * (pixel / 4)) as f32);
        let means = Blocks::of(4, 2).means(rows.view());
        assert_eq!(means.column(0).to_vec(), [5.5, 7.5, 25.5, 27.5]);
    }
}
