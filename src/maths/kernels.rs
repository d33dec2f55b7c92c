//! Dense products and element-wise loops for the instruction set of the processor at hand. This is
//! the one place where the set is chosen, at run time.
//!
//! Every element is accumulated in the same order whatever the vector width and however rows are
//! grouped, so processors with fused multiply-add agree to the bit. Double precision, which only
//! checks, goes by plain loops.

use std::cell::Cell;

use pulp::{Arch, Scalar, Simd, WithSimd};

use super::real::Real;

mod few;
mod peak;
mod registers;
mod tiles;
mod transpose;

pub use peak::multiply_adds;
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
    T::product(Product { onto, a, b, c, m, k, n });
}

/// Runs loops over numbers of type `T`, compiled for the processor at hand. Mark the closure and its
/// callees `#[inline(always)]`.
#[inline(always)]
pub fn vectorised<T: Real, R>(run: impl FnOnce() -> R) -> R {
    T::vectorised(run)
}

/// Runs `run` with the instructions that every processor has, on this thread: for tests.
pub fn without_vectors<R>(run: impl FnOnce() -> R) -> R {
    at_most(Level::Plain, run)
}

/// How much of what the processor has is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Plain,
    /// Products as on a processor without the widest registers: for tests.
    #[allow(dead_code, reason = "constructed by tests only")]
    Narrow,
    All,
}

fn at_most<R>(level: Level, run: impl FnOnce() -> R) -> R {
    let before = LEVEL.replace(level);
    let result = run();
    LEVEL.set(before);
    result
}

thread_local! {
    static LEVEL: Cell<Level> = const { Cell::new(Level::All) };
}

#[inline(always)]
fn dispatch<F: WithSimd>(run: F) -> F::Output {
    if LEVEL.get() == Level::Plain { run.with_simd(Scalar) } else { Arch::new().dispatch(run) }
}

/// A product to be done, see [`product`].
pub struct Product<'a, T> {
    onto: Onto<'a, T>,
    a: Strided<'a, T>,
    b: &'a [T],
    c: &'a mut [T],
    m: usize,
    k: usize,
    n: usize,
}

impl<T: Real> Product<'_, T> {
    /// Plain loops, for any processor.
    fn row_by_row(&mut self) {
        let Self { onto, a, b, m, n, .. } = *self;
        for i in 0..m {
            let out = &mut self.c[i * n..][..n];
            match onto {
                Onto::Zero | Onto::Row([]) => out.fill(T::zero()),
                Onto::Row(row) => out.copy_from_slice(row),
                Onto::Itself => {}
            }
            for (p, row) in b.chunks_exact(n).enumerate() {
                let factor = a.data[i * a.row + p * a.column];
                for (out, &value) in out.iter_mut().zip(row) {
                    *out += factor * value;
                }
            }
        }
    }
}

/// How a kind of number is computed with. Not generic over instruction sets, so that everything is compiled
/// once for each kind, wherever it is used.
pub trait Kernels: Sized {
    /// See [`product`].
    fn product(product: Product<'_, Self>);

    /// See [`vectorised`].
    fn vectorised<R>(run: impl FnOnce() -> R) -> R;

    /// Does the whole blocks of a [`transpose`] if there is a quick way; says whether it did.
    fn transpose_blocks(matrix: &[Self], columns: usize, out: &mut [Self]) -> bool;
}

impl Kernels for f64 {
    fn product(mut product: Product<'_, Self>) {
        product.row_by_row();
    }

    #[inline(always)]
    fn vectorised<R>(run: impl FnOnce() -> R) -> R {
        run()
    }

    fn transpose_blocks(_: &[Self], _: usize, _: &mut [Self]) -> bool {
        false
    }
}

impl Kernels for f32 {
    fn product(mut product: Product<'_, Self>) {
        registers::with_registers(&mut product);
    }

    #[inline(always)]
    fn vectorised<R>(run: impl FnOnce() -> R) -> R {
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

    fn transpose_blocks(matrix: &[Self], columns: usize, out: &mut [Self]) -> bool {
        transpose::blocks(matrix, columns, out)
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

    /// A product from rows and from the transpose, in both precisions, against the definition; gives those in single
    /// precision.
    fn check([m, k, n]: [usize; 3]) -> Vec<f32> {
        let mut all = Vec::new();
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
            let mut turned = short.clone();
            product(short_onto, Strided::rows(&single(&a), k), &single(&b), &mut short, [m, k, n]);
            product(short_onto, Strided::transposed(&single(&a_transposed), m), &single(&b), &mut turned, [m, k, n]);
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
                    let ours = [c[at], d[at], f64::from(short[at]), f64::from(turned[at])];
                    let errors = ours.map(|value| (value - expected).abs());
                    let within = errors.iter().zip([1e-13, 1e-13, 2e-5, 2e-5]).all(|(error, most)| *error < most);
                    assert!(within, "{m} {k} {n}: {errors:?}");
                }
            }
            all.extend([short, turned].concat());
        }
        all
    }

    /// Every shape up to the tile sizes and past them; wide and narrow registers agree to the bit.
    #[test]
    fn products_of_every_shape_match_the_definition() {
        for m in [1, 2, 3, 7, 8, 10, 13, 48] {
            for k in [1, 2, 5, 16, 40, 300] {
                for n in [1, 3, 4, 5, 8, 12, 15, 16, 17, 24, 33, 40, 49, 56, 71, 130] {
                    let (wide, narrow) = (check([m, k, n]), at_most(Level::Narrow, || check([m, k, n])));
                    assert!(wide == narrow, "{m} {k} {n}");
                    without_vectors(|| check([m, k, n]));
                }
            }
        }
    }

    /// A row's result does not depend on the rows that it is computed with.
    #[test]
    fn grouping_rows_changes_no_bit() {
        for n in [1, 3, 8, 12, 40, 64] {
            let (m, k) = (23, 40);
            let (a, b) = (single(&numbers(m * k, 1)), single(&numbers(k * n, 2)));
            let mut whole = vec![0.0; m * n];
            product(Onto::Zero, Strided::rows(&a, k), &b, &mut whole, [m, k, n]);
            let mut narrow = whole.clone();
            at_most(Level::Narrow, || product(Onto::Zero, Strided::rows(&a, k), &b, &mut narrow, [m, k, n]));
            assert!(narrow == whole, "{n}");
            for (a, whole) in a.chunks_exact(k).zip(whole.chunks_exact(n)) {
                let mut row = vec![0.0; n];
                product(Onto::Zero, Strided::rows(a, k), &b, &mut row, [1, k, n]);
                assert!(row == whole, "{n}");
            }
        }
    }
}
