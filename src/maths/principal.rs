//! Principal components: the few directions in which data varies most.

use nalgebra::{DMatrix, SymmetricEigen};
use ndarray::{Array1, Array2, ArrayView2, Axis};

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
    /// Of data with one row for each point (at least one); at most `components` directions, and no more than
    /// the data has columns. Each direction's largest entry is positive, so that they are unique.
    pub fn of(data: ArrayView2<'_, f32>, components: usize) -> Self {
        let columns = data.ncols();
        let data = data.mapv(f64::from);
        let mean = data.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(columns));
        let centred = data - &mean;
        let covariance = centred.t().dot(&centred);
        let eigen = SymmetricEigen::new(DMatrix::from_fn(columns, columns, |i, j| covariance[[i, j]]));
        let mut order: Vec<usize> = (0..columns).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        order.truncate(components);
        let mut directions = Array2::from_shape_fn((order.len(), columns), |(i, j)| eigen.eigenvectors[(j, order[i])]);
        for mut direction in directions.outer_iter_mut() {
            let largest = direction.iter().copied().fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
            if largest < 0.0 {
                direction.mapv_inplace(|entry| -entry);
            }
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
