//! How alike two representations of the same inputs are.

use ndarray::{Array2, ArrayView2, Axis};

use super::real::Real;

/// Linear centred kernel alignment of two representations (rows × features, the same rows; Kornblith, Norouzi, Lee
/// and Hinton 2019):
///
/// ```text
/// CKA(X, Y) = ‖YᵀX‖²_F / (‖XᵀX‖_F ‖YᵀY‖_F),   every column of X and Y with mean 0
/// ```
/// From 0 to 1; 1 where one is the other turned, mirrored and scaled. Computed in double precision; the kernels XXᵀ
/// and YYᵀ take the place of the products where there are fewer rows than features. `None` where a representation
/// does not vary, is not finite, or the rows differ in number.
pub fn linear_cka<T: Real>(x: ArrayView2<'_, T>, y: ArrayView2<'_, T>) -> Option<f64> {
    if x.nrows() != y.nrows() || x.nrows() == 0 {
        return None;
    }
    let [x, y] = [centred(x)?, centred(y)?];
    let features = x.ncols().max(y.ncols());
    let [both, own, other] = if x.nrows() < features {
        let [x, y] = [&x, &y].map(|values| values.dot(&values.t()));
        [inner(&x, &y), inner(&x, &x).sqrt(), inner(&y, &y).sqrt()]
    } else {
        let square = |a: &Array2<f64>, b: &Array2<f64>| {
            let product = a.t().dot(b);
            inner(&product, &product)
        };
        [square(&y, &x), square(&x, &x).sqrt(), square(&y, &y).sqrt()]
    };
    let whole = own * other;
    (whole > 0.0 && whole.is_finite()).then(|| (both / whole).clamp(0.0, 1.0))
}

/// Columns less their means; what is left of a constant one is rounding, and counts as nothing.
fn centred<T: Real>(values: ArrayView2<'_, T>) -> Option<Array2<f64>> {
    const ROUNDING: f64 = 1e-10;
    let mut values = values.mapv(Real::double);
    let means = values.mean_axis(Axis(0))?;
    values -= &means;
    for (mut column, mean) in values.columns_mut().into_iter().zip(&means) {
        if column.iter().all(|value| value.abs() <= ROUNDING * mean.abs()) {
            column.fill(0.0);
        }
    }
    Some(values)
}

fn inner(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use rand::RngExt as _;

    use super::*;
    use crate::maths::stream::{Purpose, stream};

    fn random(rows: usize, columns: usize, index: u64) -> Array2<f64> {
        let rng = &mut stream(5, Purpose::Training, 0, index);
        Array2::from_shape_simple_fn((rows, columns), || rng.random_range(-1.0..1.0))
    }

    /// ‖AᵀB‖²_F entry by entry.
    fn naive_square(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
        let mut sum = 0.0;
        for i in 0..a.ncols() {
            for j in 0..b.ncols() {
                let mut entry = 0.0;
                for row in 0..a.nrows() {
                    let mean = |m: &Array2<f64>, column: usize| {
                        (0..m.nrows()).map(|row| m[[row, column]]).sum::<f64>() / m.nrows() as f64
                    };
                    entry += (a[[row, i]] - mean(a, i)) * (b[[row, j]] - mean(b, j));
                }
                sum += entry * entry;
            }
        }
        sum
    }

    /// More rows than features, and fewer.
    const SHAPES: [[usize; 3]; 4] = [[30, 4, 7], [12, 9, 2], [5, 8, 11], [7, 3, 9]];

    #[test]
    fn it_is_its_formula() {
        for (index, [rows, left, right]) in SHAPES.into_iter().enumerate() {
            let [x, y] = [random(rows, left, 2 * index as u64), random(rows, right, 2 * index as u64 + 1)];
            let expected = naive_square(&y, &x) / (naive_square(&x, &x).sqrt() * naive_square(&y, &y).sqrt());
            let found = linear_cka(x.view(), y.view()).unwrap_or(f64::NAN);
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
            assert!(found > 0.0 && found < 0.99);
        }
    }

    #[test]
    fn turns_scales_and_shifts_change_nothing() {
        for (index, [rows, left, right]) in SHAPES.into_iter().enumerate() {
            let [x, y] = [random(rows, left, 20 + index as u64), random(rows, right, 40 + index as u64)];
            // A turn in the first two features, a mirror, a permutation, another unit, another origin.
            let mut turned = x.clone();
            let (sin, cos) = 0.7f64.sin_cos();
            for row in 0..rows {
                turned[[row, 0]] = -(cos * x[[row, 0]] - sin * x[[row, 1]]);
                turned[[row, 1]] = sin * x[[row, 0]] + cos * x[[row, 1]];
            }
            turned.invert_axis(Axis(1));
            turned.mapv_inplace(|value| 3.7 * value + 11.0);
            let [same, before, after] = [(&x, &turned), (&x, &y), (&turned, &y)]
                .map(|(a, b)| linear_cka(a.view(), b.view()).unwrap_or(f64::NAN));
            assert!((same - 1.0).abs() < 1e-12, "{same}");
            assert!((before - after).abs() < 1e-12, "{before} {after}");
            let identical = linear_cka(y.view(), y.view()).unwrap_or(f64::NAN);
            assert!((identical - 1.0).abs() < 1e-12);
            // One feature alone in another unit is no such change.
            let mut stretched = x.clone();
            stretched.column_mut(0).mapv_inplace(|value| 5.0 * value);
            assert!(linear_cka(x.view(), stretched.view()).unwrap_or(f64::NAN) < 0.999);
        }
    }

    #[test]
    fn nothing_is_said_of_what_does_not_vary_or_is_not_finite() {
        let x = random(6, 3, 0);
        let constant = Array2::from_elem((6, 2), 0.1);
        assert_eq!(linear_cka(x.view(), constant.view()), None);
        assert_eq!(linear_cka(constant.view(), constant.view()), None);
        for bad in [f64::NAN, f64::INFINITY] {
            let mut broken = x.clone();
            broken[[2, 1]] = bad;
            assert_eq!(linear_cka(x.view(), broken.view()), None);
        }
        assert_eq!(linear_cka(x.view(), random(5, 3, 1).view()), None);
        assert_eq!(linear_cka(random(0, 3, 1).view(), random(0, 3, 1).view()), None);
    }

    #[test]
    fn one_feature_each_is_the_squared_correlation() {
        let x = Array2::from_shape_vec((4, 1), vec![1.0f32, 2.0, 3.0, 4.0]).unwrap_or_default();
        let y = Array2::from_shape_vec((4, 1), vec![1.0f32, 3.0, 2.0, 4.0]).unwrap_or_default();
        assert!((linear_cka(x.view(), y.view()).unwrap_or(f64::NAN) - 0.64).abs() < 1e-12);
    }
}
