//! Dot products and the like on flat vectors.

use super::kernels::vectorised;
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
pub fn add_scaled<T: Real>(a: &mut [T], factor: T, b: &[T]) {
    vectorised::<T, _>(
        #[inline(always)]
        || {
            for (a, &b) in a.iter_mut().zip(b) {
                *a += factor * b;
            }
        },
    );
}

/// a ← a + b.
#[inline(always)]
pub fn add<T: Real>(a: &mut [T], b: &[T]) {
    for (a, &b) in a.iter_mut().zip(b) {
        *a += b;
    }
}

/// a ← a − b.
pub fn subtract<T: Real>(a: &mut [T], b: &[T]) {
    vectorised::<T, _>(
        #[inline(always)]
        || {
            for (a, &b) in a.iter_mut().zip(b) {
                *a -= b;
            }
        },
    );
}

/// The sum of a row-major matrix's rows into `out`, one number for each column.
#[inline(always)]
pub fn sum_rows<T: Real>(matrix: &[T], out: &mut [T]) {
    let columns = out.len();
    if columns == 0 {
        return;
    }
    let (wide, rest) = out.as_chunks_mut::<32>();
    let (narrow, rest) = rest.as_chunks_mut::<8>();
    let mut first = 0;
    for out in wide {
        *out = sum_columns(matrix, columns, first);
        first += out.len();
    }
    for out in narrow {
        *out = sum_columns(matrix, columns, first);
        first += out.len();
    }
    if !rest.is_empty() {
        rest.fill(T::zero());
        for row in matrix.chunks_exact(columns) {
            add(rest, &row[first..]);
        }
    }
}

/// The sums of some adjoining columns of a row-major matrix.
#[inline(always)]
fn sum_columns<T: Real, const TOGETHER: usize>(matrix: &[T], columns: usize, first: usize) -> [T; TOGETHER] {
    let mut sums = [T::zero(); TOGETHER];
    for row in matrix.chunks_exact(columns) {
        let Some(row) = row[first..].first_chunk::<TOGETHER>() else { break };
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
    sums
}

/// Whether every number is finite.
pub fn is_finite<T: Real>(a: &[T]) -> bool {
    // Zeros only become anything else by NaN and infinity; sums side by side need no branch in the loop.
    const LANES: usize = 64;
    vectorised::<T, _>(
        #[inline(always)]
        || {
            let (chunks, rest) = a.as_chunks::<LANES>();
            let mut sums = [T::zero(); LANES];
            for chunk in chunks {
                for (sum, &a) in sums.iter_mut().zip(chunk) {
                    *sum += a * T::zero();
                }
            }
            sums.iter().copied().chain(rest.iter().map(|&a| a * T::zero())).all(|zero| zero == T::zero())
        },
    )
}

/// e to the power of each number.
pub fn exponentials<T: Real>(logs: &[T]) -> Vec<T> {
    vectorised::<T, _>(
        #[inline(always)]
        || logs.iter().map(|log| log.exponential()).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_that_is_not_finite_is_found_anywhere() {
        for len in [0, 1, 63, 64, 65, 200] {
            let mut numbers = vec![f32::MAX; len];
            assert!(is_finite(&numbers));
            for at in 0..len {
                for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                    numbers[at] = bad;
                    assert!(!is_finite(&numbers), "{bad} at {at} of {len}");
                }
                numbers[at] = -1.0;
            }
        }
    }
}
