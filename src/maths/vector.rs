//! Dot products and the like on flat vectors.

use super::real::Real;

/// a·b.
pub fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    a.iter().zip(b).map(|(&a, &b)| a * b).sum()
}

/// ‖a‖.
pub fn norm<T: Real>(a: &[T]) -> T {
    dot(a, a).sqrt()
}

/// a ← a + factor·b.
#[inline(always)]
pub fn add_scaled<T: Real>(a: &mut [T], factor: T, b: &[T]) {
    for (a, &b) in a.iter_mut().zip(b) {
        *a += factor * b;
    }
}

/// a ← a + b.
#[inline(always)]
pub fn add<T: Real>(a: &mut [T], b: &[T]) {
    for (a, &b) in a.iter_mut().zip(b) {
        *a += b;
    }
}

/// The sum of a row-major matrix's rows into `out`, one number for each column.
#[inline(always)]
pub fn sum_rows<T: Real>(matrix: &[T], out: &mut [T]) {
    let columns = out.len();
    if columns == 0 {
        return;
    }
    out.fill(T::zero());
    for row in matrix.chunks_exact(columns) {
        add(out, row);
    }
}

/// Whether every number is finite.
pub fn is_finite<T: Real>(a: &[T]) -> bool {
    // A sum of zeros stays zero only without NaN and infinity, and needs no branch in the loop.
    a.iter().map(|&a| a * T::zero()).sum::<T>() == T::zero()
}
