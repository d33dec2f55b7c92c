//! Conjugate gradients: solves A x = b for a symmetric positive definite A that is known by its
//! products alone (Hestenes and Stiefel 1952).

use super::real::Real;
use super::vector::{add_scaled, dot};

/// How a solution came about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Solution {
    /// Products with A.
    pub steps: usize,
    /// ‖b − A x‖ / ‖b‖, as the recurrence has it.
    pub residual: f64,
    /// Whether a direction p with pᵀAp ≤ 0 was met: A is not positive definite.
    pub indefinite: bool,
}

/// Solves A x = b in place (`x` holds b on entry), from x = 0, with at most `steps` products and until
/// the residual is `tolerance` of ‖b‖. `product` writes A p into its second argument. Where A is seen
/// not to be positive definite, x is the iterate before, or b itself if there is none. A b that is
/// not finite gives an x that is not finite.
pub fn conjugate_gradients<T: Real>(
    mut product: impl FnMut(&[T], &mut [T]),
    x: &mut [T],
    steps: usize,
    tolerance: f64,
    [residual, p, image]: &mut [Vec<T>; 3],
) -> Solution {
    residual.clear();
    residual.extend_from_slice(x);
    p.clone_from(residual);
    image.resize(x.len(), T::zero());
    let start = dot(residual, residual);
    let mut square = start;
    let mut solution = Solution { steps: 0, residual: 1.0, indefinite: false };
    if start == T::zero() || !start.is_finite() {
        return solution;
    }
    while solution.steps < steps && solution.residual > tolerance {
        product(p, image);
        let curvature = dot(p, image);
        if curvature <= T::zero() {
            solution.indefinite = true;
            break;
        }
        if solution.steps == 0 {
            x.fill(T::zero());
        }
        solution.steps += 1;
        let length = square / curvature;
        add_scaled(x, length, p);
        add_scaled(residual, -length, image);
        let next = dot(residual, residual);
        let turn = next / square;
        for (p, &residual) in p.iter_mut().zip(residual.iter()) {
            *p = residual + turn * *p;
        }
        square = next;
        solution.residual = (square / start).sqrt().double();
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A = diag(d) + 1 1ᵀ.
    fn product(d: &[f64]) -> impl FnMut(&[f64], &mut [f64]) {
        move |p, out| {
            let sum: f64 = p.iter().sum();
            out.iter_mut().zip(p.iter().zip(d)).for_each(|(out, (p, d))| *out = d * p + sum);
        }
    }

    #[test]
    fn as_many_steps_as_there_are_unknowns_solve_the_system() {
        let (d, b) = ([1.0, 2.0, 5.0, 9.0], [1.0, -2.0, 0.5, 3.0]);
        let mut x = b;
        let solution = conjugate_gradients(product(&d), &mut x, 4, 0.0, &mut Default::default());
        assert!(!solution.indefinite && solution.steps == 4 && solution.residual < 1e-12, "{solution:?}");
        let mut image = [0.0; 4];
        product(&d)(&x, &mut image);
        assert!(image.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-12), "{image:?}");
    }

    #[test]
    fn negative_curvature_is_reported_and_the_last_iterate_kept() {
        let mut x = [1.0, -1.0];
        let solution = conjugate_gradients(product(&[-1.0, -1.0]), &mut x, 9, 0.0, &mut Default::default());
        assert!(solution.indefinite && x == [1.0, -1.0], "{solution:?} {x:?}");
        let mut x = [1.0, 0.1, 0.0];
        let solution = conjugate_gradients(product(&[3.0, -2.0, 1.0]), &mut x, 9, 0.0, &mut Default::default());
        assert!(solution.indefinite && solution.steps > 0 && x.iter().all(|x| x.is_finite()), "{solution:?}");
    }

    #[test]
    fn nothing_to_solve_and_nothing_finite_are_left_as_they_are() {
        let mut zero = [0.0; 2];
        conjugate_gradients(product(&[1.0, 1.0]), &mut zero, 9, 1e-6, &mut Default::default());
        assert_eq!(zero, [0.0; 2]);
        let mut broken = [f64::NAN, 1.0];
        conjugate_gradients(product(&[1.0, 1.0]), &mut broken, 9, 1e-6, &mut Default::default());
        assert!(broken[0].is_nan());
    }
}
