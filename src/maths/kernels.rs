//! Dense products and element-wise loops for the instruction set of the processor at hand. This is
//! the one place where the set is chosen, at run time.
//!
//! Every element is accumulated in the same order whatever the vector width and however rows are
//! grouped, so machines with fused multiply-add agree to the bit.

use std::cell::Cell;

use pulp::{Arch, Scalar, Simd, WithSimd};

use super::real::Real;

mod narrow;
mod transpose;

pub use transpose::transpose;

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

/// What a product is added to.
#[derive(Clone, Copy)]
pub enum Onto<'a, T> {
    /// Nothing.
    Zero,
    /// This row, in every row; nothing if it is empty.
    Row(&'a [T]),
    /// What is there.
    Itself,
}

/// c ← onto + a·b: a is m × k, b row-major k × n, c row-major m × n.
pub fn product<T: Real>(onto: Onto<'_, T>, a: Strided<'_, T>, b: &[T], c: &mut [T], [m, k, n]: [usize; 3]) {
    debug_assert!(b.len() == k * n && c.len() == m * n, "product of {m} x {k} x {n}");
    T::product(onto, a, b, c, [m, k, n]);
}

/// Runs loops compiled for the processor at hand. Mark the closure and its callees
/// `#[inline(always)]`.
pub fn vectorised<R, F: FnOnce() -> R>(run: F) -> R {
    struct Loop<F>(F);
    impl<R, F: FnOnce() -> R> WithSimd for Loop<F> {
        type Output = R;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> R {
            (self.0)()
        }
    }
    dispatch(Loop(run))
}

/// Runs `run` with the instructions that every processor has, on this thread: for tests.
pub fn without_vectors<R>(run: impl FnOnce() -> R) -> R {
    let before = PLAIN.replace(true);
    let result = run();
    PLAIN.set(before);
    result
}

thread_local! {
    static PLAIN: Cell<bool> = const { Cell::new(false) };
}

#[inline(always)]
fn dispatch<F: WithSimd>(run: F) -> F::Output {
    if PLAIN.get() { run.with_simd(Scalar) } else { Arch::new().dispatch(run) }
}

/// Numbers that fill the registers of an instruction set.
pub trait Lanes: Sized {
    /// One register.
    type Vector<S: Simd>: Copy;

    /// How many numbers it holds.
    fn lanes<S: Simd>() -> usize;

    /// Whole registers of a slice.
    fn vectors<S: Simd>(slice: &[Self]) -> &[Self::Vector<S>];

    /// The same to be written to.
    fn vectors_mut<S: Simd>(slice: &mut [Self]) -> &mut [Self::Vector<S>];

    /// The same number in every place.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;

    /// a·b + c, rounded once where the processor can.
    fn fuse<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>, c: Self::Vector<S>) -> Self::Vector<S>;

    /// See [`product`]. Here so that it is compiled once for each kind of number, wherever it is used.
    fn product(onto: Onto<'_, Self>, a: Strided<'_, Self>, b: &[Self], c: &mut [Self], shape: [usize; 3]);

    /// Does the whole blocks of a [`transpose`] if there is a quick way; says whether it did.
    fn transpose_blocks(matrix: &[Self], columns: usize, out: &mut [Self]) -> bool;
}

macro_rules! lanes {
    ($number:ty, $vector:ident, $lanes:ident, $vectors:ident, $vectors_mut:ident, $splat:ident, $fuse:ident, $blocks:expr) => {
        impl Lanes for $number {
            type Vector<S: Simd> = S::$vector;

            #[inline(always)]
            fn lanes<S: Simd>() -> usize {
                S::$lanes
            }

            #[inline(always)]
            fn vectors<S: Simd>(slice: &[Self]) -> &[S::$vector] {
                S::$vectors(slice).0
            }

            #[inline(always)]
            fn vectors_mut<S: Simd>(slice: &mut [Self]) -> &mut [S::$vector] {
                S::$vectors_mut(slice).0
            }

            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> S::$vector {
                simd.$splat(value)
            }

            #[inline(always)]
            fn fuse<S: Simd>(simd: S, a: S::$vector, b: S::$vector, c: S::$vector) -> S::$vector {
                simd.$fuse(a, b, c)
            }

            fn product(onto: Onto<'_, Self>, a: Strided<'_, Self>, b: &[Self], c: &mut [Self], [m, k, n]: [usize; 3]) {
                dispatch(Product { onto, a, b, c, m, k, n });
            }

            fn transpose_blocks(matrix: &[Self], columns: usize, out: &mut [Self]) -> bool {
                $blocks(matrix, columns, out)
            }
        }
    };
}

lanes!(f32, f32s, F32_LANES, as_simd_f32s, as_mut_simd_f32s, splat_f32s, mul_add_e_f32s, transpose::blocks);
lanes!(f64, f64s, F64_LANES, as_simd_f64s, as_mut_simd_f64s, splat_f64s, mul_add_e_f64s, |_, _, _| false);

struct Product<'a, T> {
    onto: Onto<'a, T>,
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
    fn with_simd<S: Simd>(mut self, simd: S) {
        if self.a.column == 1 { self.columns::<S, true>(simd) } else { self.columns::<S, false>(simd) }
    }
}

impl<T: Real> Product<'_, T> {
    /// All columns, in panels of a few registers each.
    #[inline(always)]
    fn columns<S: Simd, const ROWS: bool>(&mut self, simd: S) {
        let lanes = T::lanes::<S>();
        if self.n < lanes || self.n <= narrow::WIDTH {
            if S::IS_SCALAR {
                self.narrow::<ROWS, false>()
            } else {
                self.narrow::<ROWS, true>()
            }
            return;
        }
        let vectors = self.n.div_ceil(lanes);
        let panels = vectors.div_ceil(if S::REGISTER_COUNT < 32 { 3 } else { 4 });
        let mut first = 0;
        for panel in 0..panels {
            let last = vectors * (panel + 1) / panels;
            let columns = first * lanes..self.n.min(last * lanes);
            match last - first {
                1 => self.rows::<S, ROWS, 1>(simd, columns),
                2 => self.rows::<S, ROWS, 2>(simd, columns),
                3 => self.rows::<S, ROWS, 3>(simd, columns),
                _ => self.rows::<S, ROWS, 4>(simd, columns),
            }
            first = last;
        }
    }

    /// All rows of a panel of `V` registers, in tiles of even height.
    #[inline(always)]
    fn rows<S: Simd, const ROWS: bool, const V: usize>(&mut self, simd: S, columns: std::ops::Range<usize>) {
        let most = if S::REGISTER_COUNT < 32 { 12 / V } else { 20 / V }.min(8);
        let tiles = self.m.div_ceil(most);
        let mut i = 0;
        for tile in 0..tiles {
            let end = self.m * (tile + 1) / tiles;
            let at = (i, columns.clone());
            match end - i {
                1 => self.tile::<S, ROWS, V, 1>(simd, at),
                2 => self.tile::<S, ROWS, V, 2>(simd, at),
                3 => self.tile::<S, ROWS, V, 3>(simd, at),
                4 => self.tile::<S, ROWS, V, 4>(simd, at),
                5 => self.tile::<S, ROWS, V, 5>(simd, at),
                6 => self.tile::<S, ROWS, V, 6>(simd, at),
                7 => self.tile::<S, ROWS, V, 7>(simd, at),
                _ => self.tile::<S, ROWS, V, 8>(simd, at),
            }
            i = end;
        }
    }

    /// A tile of c, `M` rows by `V` registers, held in registers while k runs. Where the columns do
    /// not fill the last register it reaches back into the one before.
    #[inline(always)]
    fn tile<S: Simd, const ROWS: bool, const V: usize, const M: usize>(
        &mut self,
        simd: S,
        (i, columns): (usize, std::ops::Range<usize>),
    ) {
        let Self { onto, a, b, m: _, k, n, .. } = *self;
        let lanes = T::lanes::<S>();
        // Loops and not closures: a closure is compiled for the plain processor unless it is inlined.
        let mut at = [0; V];
        for (v, at) in at.iter_mut().enumerate() {
            *at = (columns.start + v * lanes).min(columns.end - lanes);
        }
        let zero = T::splat(simd, T::zero());
        let mut sum = [[zero; V]; M];
        match onto {
            Onto::Zero | Onto::Row([]) => {}
            Onto::Row(row) => sum = [load::<T, S, V>(row, at, zero); M],
            Onto::Itself => {
                for (r, sum) in sum.iter_mut().enumerate() {
                    *sum = load::<T, S, V>(&self.c[(i + r) * n..][..n], at, zero);
                }
            }
        }
        let mut rows: [&[T]; M] = [&[]; M];
        if ROWS {
            for (r, row) in rows.iter_mut().enumerate() {
                *row = &a.data[(i + r) * a.row..][..k];
            }
        }
        for p in 0..k {
            let row = load::<T, S, V>(&b[p * n..][..n], at, zero);
            let factors = if ROWS { &[] } else { &a.data[p * a.column + i..][..M] };
            for (r, sum) in sum.iter_mut().enumerate() {
                let factor = T::splat(simd, if ROWS { rows[r][p] } else { factors[r] });
                for (sum, &value) in sum.iter_mut().zip(&row) {
                    *sum = T::fuse(simd, factor, value, *sum);
                }
            }
        }
        for (r, sum) in sum.iter().enumerate() {
            let row = &mut self.c[(i + r) * n..][..n];
            for (&at, &sum) in at.iter().zip(sum) {
                T::vectors_mut::<S>(&mut row[at..][..lanes])[0] = sum;
            }
        }
    }
}

/// Registers from these places of a row.
#[inline(always)]
fn load<T: Real, S: Simd, const V: usize>(row: &[T], at: [usize; V], zero: T::Vector<S>) -> [T::Vector<S>; V] {
    let mut loaded = [zero; V];
    for (loaded, &at) in loaded.iter_mut().zip(&at) {
        *loaded = T::vectors::<S>(&row[at..][..T::lanes::<S>()])[0];
    }
    loaded
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

    fn single(numbers: &[f64]) -> Vec<f32> {
        numbers.iter().map(|&number| number as f32).collect()
    }

    #[test]
    fn transposes_of_every_shape() {
        for rows in [1, 3, 8, 17, 40] {
            for columns in [1, 2, 8, 9, 40] {
                let matrix = numbers(rows * columns, 4);
                let mut out = vec![f64::NAN; rows * columns];
                transpose(&matrix, columns, &mut out);
                let mut short = vec![f32::NAN; rows * columns];
                transpose(&single(&matrix), columns, &mut short);
                for (index, value) in matrix.iter().enumerate() {
                    let at = index % columns * rows + index / columns;
                    assert!(out[at] == *value && short[at] == *value as f32, "{rows} x {columns}");
                }
            }
        }
    }

    /// A product from rows and from the transpose, in both precisions, against the definition.
    fn check([m, k, n]: [usize; 3]) {
        let (a, b, start, row) = (numbers(m * k, 1), numbers(k * n, 2), numbers(m * n, 3), numbers(n, 5));
        let mut a_transposed = vec![0.0; m * k];
        transpose(&a, k, &mut a_transposed);
        for onto in [Onto::Zero, Onto::Row(&row), Onto::Itself] {
            let (mut c, mut d) = (start.clone(), start.clone());
            product(onto, Strided::rows(&a, k), &b, &mut c, [m, k, n]);
            product(onto, Strided::transposed(&a_transposed, m), &b, &mut d, [m, k, n]);
            let (short_row, mut short) = (single(&row), single(&start));
            let short_onto = match onto {
                Onto::Zero => Onto::Zero,
                Onto::Row(_) => Onto::Row(&short_row[..]),
                Onto::Itself => Onto::Itself,
            };
            product(short_onto, Strided::rows(&single(&a), k), &single(&b), &mut short, [m, k, n]);
            for i in 0..m {
                for j in 0..n {
                    let sum: f64 = (0..k).map(|p| a[i * k + p] * b[p * n + j]).sum();
                    let at = i * n + j;
                    let expected = sum
                        + match onto {
                            Onto::Zero => 0.0,
                            Onto::Row(row) => row[j],
                            Onto::Itself => start[at],
                        };
                    let errors = [c[at], d[at], f64::from(short[at])].map(|value| (value - expected).abs());
                    assert!(errors[0] < 1e-13 && errors[1] < 1e-13 && errors[2] < 2e-5, "{m} {k} {n}: {errors:?}");
                }
            }
        }
    }

    /// Every shape up to the tile sizes and past them.
    #[test]
    fn products_of_every_shape_match_the_definition() {
        for m in [1, 2, 3, 7, 8, 10, 13, 48] {
            for k in [1, 2, 5, 16, 40, 300] {
                for n in [1, 3, 4, 5, 8, 15, 16, 17, 33, 40, 49, 71, 130] {
                    check([m, k, n]);
                    without_vectors(|| check([m, k, n]));
                }
            }
        }
    }

    /// A row's result does not depend on the rows that it is computed with.
    #[test]
    fn grouping_rows_changes_no_bit() {
        for n in [1, 3, 8, 40, 64] {
            let (m, k) = (23, 40);
            let (a, b) = (single(&numbers(m * k, 1)), single(&numbers(k * n, 2)));
            let mut whole = vec![0.0; m * n];
            product(Onto::Zero, Strided::rows(&a, k), &b, &mut whole, [m, k, n]);
            for (a, whole) in a.chunks_exact(k).zip(whole.chunks_exact(n)) {
                let mut row = vec![0.0; n];
                product(Onto::Zero, Strided::rows(a, k), &b, &mut row, [1, k, n]);
                assert!(row == whole, "{n}");
            }
        }
    }
}
