//! Dense products and element-wise loops for the instruction set of the processor at hand, chosen
//! at run time. The loops are plain Rust that the compiler vectorises once per instruction set.
//!
//! Every element is accumulated in the same order whatever the vector width, so machines with
//! fused multiply-add agree to the bit.

use pulp::{Arch, Simd, WithSimd};

use super::real::Real;

/// A matrix as strides into a slice: element (i, j) is `data[i·row + j·column]`.
#[derive(Clone, Copy)]
pub struct Strided<'a, T> {
    data: &'a [T],
    row: usize,
    column: usize,
}

impl<'a, T> Strided<'a, T> {
    /// A row-major matrix with this many columns.
    pub fn rows(data: &'a [T], columns: usize) -> Self {
        Self { data, row: columns, column: 1 }
    }

    /// The transpose of a row-major matrix with this many columns.
    pub fn transposed(data: &'a [T], columns: usize) -> Self {
        Self { data, row: 1, column: columns }
    }
}

/// c ← a·b, or c ← c + a·b: a is m × k, b row-major k × n, c row-major m × n.
pub fn product<T: Real>(add: bool, a: Strided<'_, T>, b: &[T], c: &mut [T], [m, k, n]: [usize; 3]) {
    debug_assert!(b.len() == k * n && c.len() == m * n, "product of {m} x {k} x {n}");
    Arch::new().dispatch(Product { add, a, b, c, m, k, n });
}

/// out ← transpose of the row-major rows × columns matrix, in blocks that stay in registers.
pub fn transpose<T: Real>(matrix: &[T], columns: usize, out: &mut [T]) {
    const BLOCK: usize = 8;
    let rows = matrix.len() / columns.max(1);
    debug_assert!(out.len() == rows * columns, "transpose of {rows} x {columns}");
    let (whole_rows, whole_columns) = (rows - rows % BLOCK, columns - columns % BLOCK);
    elementwise(
        #[inline(always)]
        || {
            for i in (0..whole_rows).step_by(BLOCK) {
                for j in (0..whole_columns).step_by(BLOCK) {
                    let mut block = [[T::zero(); BLOCK]; BLOCK];
                    for (r, row) in block.iter_mut().enumerate() {
                        row.copy_from_slice(&matrix[(i + r) * columns + j..][..BLOCK]);
                    }
                    for c in 0..BLOCK {
                        let column: [T; BLOCK] = std::array::from_fn(|r| block[r][c]);
                        out[(j + c) * rows + i..][..BLOCK].copy_from_slice(&column);
                    }
                }
            }
        },
    );
    let mut rest = |rows_left: std::ops::Range<usize>, columns_left: std::ops::Range<usize>| {
        for i in rows_left {
            for j in columns_left.clone() {
                out[j * rows + i] = matrix[i * columns + j];
            }
        }
    };
    rest(0..rows, whole_columns..columns);
    rest(whole_rows..rows, 0..whole_columns);
}

/// Runs an element-wise loop compiled for the processor at hand. Mark the closure's callees
/// `#[inline(always)]`.
pub fn elementwise<F: FnOnce()>(run: F) {
    struct Loop<F>(F);
    impl<F: FnOnce()> WithSimd for Loop<F> {
        type Output = ();
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) {
            (self.0)();
        }
    }
    Arch::new().dispatch(Loop(run));
}

struct Product<'a, T> {
    add: bool,
    a: Strided<'a, T>,
    b: &'a [T],
    c: &'a mut [T],
    m: usize,
    k: usize,
    n: usize,
}

impl<T: Real> WithSimd for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        let mut j = 0;
        if S::IS_SCALAR {
            j = self.panels::<4, false>(j);
            self.panels::<1, false>(j);
        } else {
            if S::F32_LANES >= 16 {
                j = self.panels::<32, true>(j);
            }
            j = self.panels::<16, true>(j);
            j = self.panels::<8, true>(j);
            j = self.panels::<4, true>(j);
            self.panels::<1, true>(j);
        }
    }
}

impl<T: Real> Product<'_, T> {
    /// All rows of as many panels of `N` columns as fit, from column `j`; returns the next column.
    #[inline(always)]
    fn panels<const N: usize, const FUSED: bool>(&mut self, mut j: usize) -> usize {
        while j + N <= self.n {
            let mut i = 0;
            while i + 8 <= self.m && N <= 32 {
                self.tile::<8, N, FUSED>(i, j);
                i += 8;
            }
            while i + 4 <= self.m {
                self.tile::<4, N, FUSED>(i, j);
                i += 4;
            }
            while i + 2 <= self.m {
                self.tile::<2, N, FUSED>(i, j);
                i += 2;
            }
            while i < self.m {
                self.tile::<1, N, FUSED>(i, j);
                i += 1;
            }
            j += N;
        }
        j
    }

    /// The M × N tile of c at (i, j), held in registers while k runs.
    #[inline(always)]
    fn tile<const M: usize, const N: usize, const FUSED: bool>(&mut self, i: usize, j: usize) {
        let mut sum = [[T::zero(); N]; M];
        if self.add {
            for (r, sum) in sum.iter_mut().enumerate() {
                sum.copy_from_slice(&self.c[(i + r) * self.n + j..][..N]);
            }
        }
        for (p, row) in self.b.chunks_exact(self.n).enumerate() {
            let Some(row) = row[j..].first_chunk::<N>() else { continue };
            for (r, sum) in sum.iter_mut().enumerate() {
                let factor = self.a.data[(i + r) * self.a.row + p * self.a.column];
                for (sum, &value) in sum.iter_mut().zip(row) {
                    *sum = if FUSED { factor.fused(value, *sum) } else { factor * value + *sum };
                }
            }
        }
        for (r, sum) in sum.iter().enumerate() {
            self.c[(i + r) * self.n + j..][..N].copy_from_slice(sum);
        }
        debug_assert!(self.k * self.n == self.b.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize, seed: u64) -> Vec<f64> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as f64 / f64::from(1u32 << 31) - 0.5
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn transposes_of_every_shape() {
        for rows in [1, 3, 8, 17, 40] {
            for columns in [1, 2, 8, 9, 40] {
                let matrix = numbers(rows * columns, 4);
                let mut out = vec![f64::NAN; rows * columns];
                transpose(&matrix, columns, &mut out);
                for (index, value) in matrix.iter().enumerate() {
                    assert_eq!(out[index % columns * rows + index / columns], *value, "{rows} x {columns}");
                }
            }
        }
    }

    /// Every shape up to the tile sizes and past them, against the definition.
    #[test]
    fn products_of_every_shape_match_the_definition() {
        for m in [1, 2, 3, 7, 8, 10, 13] {
            for k in [1, 2, 5, 40] {
                for n in [1, 3, 4, 8, 15, 16, 33, 40, 71] {
                    let (a, b) = (numbers(m * k, 1), numbers(k * n, 2));
                    let start = numbers(m * n, 3);
                    let mut a_transposed = vec![0.0; m * k];
                    transpose(&a, k, &mut a_transposed);
                    for add in [false, true] {
                        let (mut c, mut d) = (start.clone(), start.clone());
                        product(add, Strided::rows(&a, k), &b, &mut c, [m, k, n]);
                        product(add, Strided::transposed(&a_transposed, m), &b, &mut d, [m, k, n]);
                        assert_eq!(c, d, "{m} {k} {n}");
                        for i in 0..m {
                            for j in 0..n {
                                let sum: f64 = (0..k).map(|p| a[i * k + p] * b[p * n + j]).sum();
                                let expected = sum + if add { start[i * n + j] } else { 0.0 };
                                assert!((c[i * n + j] - expected).abs() < 1e-13, "{m} {k} {n}");
                            }
                        }
                    }
                }
            }
        }
    }
}
