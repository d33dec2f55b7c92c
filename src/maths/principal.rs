//! Principal components: the few directions in which data varies most.

use nalgebra::{DMatrix, SymmetricEigen};
use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Data with more columns than this is looked at through its points' products instead.
const MOST_COLUMNS: usize = 1024;
/// And so is data with more columns than this times its points.
const POINTS_TO_SPARE: usize = 4;
/// So many points, evenly chosen, then stand for all.
const MOST_POINTS: usize = 512;

/// Mean and directions of greatest variance.
#[derive(Clone, Debug)]
pub struct Principal {
    mean: Array1<f32>,
    /// Orthonormal rows, greatest variance first.
    directions: Array2<f32>,
    /// Share of the variance that they keep.
    kept: f64,
}

impl Principal {
    /// Of data with one row for each point (at least one); at most `components` directions, fewer if the
    /// data varies in fewer. Each direction's largest entry is positive, so that they are unique.
    ///
    /// Beyond 1,024 columns, or four times as many as rows, the directions are those of at most 512 rows: X'u/√λ for each eigenvector
    /// u of XX' (Sirovich 1987).
    pub fn of(data: ArrayView2<'_, f32>, components: usize) -> Self {
        let wide = data.ncols() > MOST_COLUMNS || data.ncols() > POINTS_TO_SPARE * data.nrows();
        let every = if wide { data.nrows().div_ceil(MOST_POINTS) } else { 1 };
        let rows: Vec<usize> = (0..data.nrows()).step_by(every.max(1)).collect();
        let data = data.select(Axis(0), &rows).mapv(f64::from);
        let mean = data.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(data.ncols()));
        let centred = data - &mean;
        let products = if wide { centred.dot(&centred.t()) } else { centred.t().dot(&centred) };
        let side = products.nrows();
        let eigen = SymmetricEigen::new(DMatrix::from_fn(side, side, |i, j| products[[i, j]]));
        let largest = eigen.eigenvalues.iter().copied().fold(0.0, f64::max);
        let mut order: Vec<usize> = (0..side).filter(|&i| eigen.eigenvalues[i] > 1e-9 * largest).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        order.truncate(components);
        let vectors = Array2::from_shape_fn((order.len(), side), |(i, j)| eigen.eigenvectors[(j, order[i])]);
        let mut directions = if wide { vectors.dot(&centred) } else { vectors };
        for mut direction in directions.outer_iter_mut() {
            let largest = direction.iter().copied().fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
            let length = direction.iter().map(|entry| entry * entry).sum::<f64>().sqrt();
            direction.mapv_inplace(|entry| entry / length.copysign(largest));
        }
        let total: f64 = eigen.eigenvalues.iter().sum();
        let kept = order.iter().map(|&i| eigen.eigenvalues[i]).sum::<f64>() / total.max(f64::MIN_POSITIVE);
        Self { mean: mean.mapv(|x| x as f32), directions: directions.mapv(|x| x as f32), kept }
    }

    /// How many directions.
    pub fn components(&self) -> usize {
        self.directions.nrows()
    }

    /// Share of the data's variance that the directions keep, 0 to 1.
    pub fn kept(&self) -> f64 {
        self.kept
    }

    /// Rows of data as coordinates along the directions.
    pub fn project(&self, data: ArrayView2<'_, f32>) -> Array2<f32> {
        (&data - &self.mean).dot(&self.directions.t())
    }

    /// The data nearest to these coordinates.
    pub fn reconstruct(&self, coordinates: ArrayView2<'_, f32>) -> Array2<f32> {
        coordinates.dot(&self.directions) + &self.mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points along (3, 4)/5 with a little along (−4, 3)/5.
    fn data() -> Array2<f32> {
        Array2::from_shape_fn((40, 2), |(i, j)| {
            let (long, short) = (i as f32 - 19.5, if i % 2 == 0 { 0.5 } else { -0.5 });
            1.0 + if j == 0 { 0.6 * long - 0.8 * short } else { 0.8 * long + 0.6 * short }
        })
    }

    #[test]
    fn the_first_direction_is_the_long_one() {
        let principal = Principal::of(data().view(), 1);
        let direction = principal.directions.row(0);
        assert!((direction[0] - 0.6).abs() < 5e-3 && (direction[1] - 0.8).abs() < 5e-3, "{direction}");
        assert!(principal.kept() > 0.99 && principal.kept() < 1.0);
    }

    #[test]
    fn wide_data_has_the_directions_that_it_was_made_from() {
        // Two patterns, the first three times as strong, over 2,000 columns and 1,300 points.
        let pattern = |k: usize, j: usize| ((j * (k + 1)) as f32 * 0.01).sin();
        let data = Array2::from_shape_fn((1300, 2000), |(i, j)| {
            let strength = |k: usize| ((i * (7 + 4 * k)) % 101) as f32 / 50.0 - 1.0;
            3.0 * strength(0) * pattern(0, j) + strength(1) * pattern(1, j)
        });
        let principal = Principal::of(data.view(), 9);
        assert_eq!(principal.components(), 2);
        let again = principal.reconstruct(principal.project(data.view()).view());
        assert!((again - data).iter().all(|error| error.abs() < 1e-3));
        let product = principal.directions.dot(&principal.directions.t());
        assert!((product - Array2::<f32>::eye(2)).iter().all(|error| error.abs() < 1e-5));
    }

    #[test]
    fn equal_points_vary_in_no_direction() {
        let principal = Principal::of(Array2::ones((5, 3)).view(), 2);
        assert_eq!(principal.components(), 0);
        assert_eq!(principal.reconstruct(Array2::zeros((1, 0)).view()), Array2::<f32>::ones((1, 3)));
    }

    #[test]
    fn all_directions_lose_nothing_and_are_orthonormal() {
        let principal = Principal::of(data().view(), 9);
        assert_eq!(principal.components(), 2);
        assert!((principal.kept() - 1.0).abs() < 1e-12);
        let again = principal.reconstruct(principal.project(data().view()).view());
        assert!((again - data()).iter().all(|error| error.abs() < 1e-5));
        let product = principal.directions.dot(&principal.directions.t());
        assert!((product - Array2::<f32>::eye(2)).iter().all(|error| error.abs() < 1e-6));
    }
}
