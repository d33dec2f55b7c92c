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
    sum_of_products(onto, &[Term { a, b, k }], c, [m, n]);
}

/// c ← onto + a₁·b₁ + a₂·b₂ + …, in this order. The a's are all given by rows or all transposed.
pub fn sum_of_products<T: Real>(onto: Onto<'_, T>, terms: &[Term<'_, T>], c: &mut [T], [m, n]: [usize; 2]) {
    debug_assert!(c.len() == m * n && terms.iter().all(|term| term.b.len() == term.k * n), "products to {m} x {n}");
    T::product(Products { onto, terms, c, m, n });
}

/// One product of a sum: a is m × k, b row-major k × n.
#[derive(Clone, Copy)]
pub struct Term<'a, T> {
    /// The left factor.
    pub a: Strided<'a, T>,
    /// The right factor.
    pub b: &'a [T],
    /// How many numbers each element sums over.
    pub k: usize,
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

/// Has a page's products go by vectors of WebAssembly; whoever loads the page has made sure that there are some.
#[cfg(target_arch = "wasm32")]
pub fn use_vectors() {
    pulp::wasm::enable_simd128();
}

thread_local! {
    static LEVEL: Cell<Level> = const { Cell::new(Level::All) };
}

#[inline(always)]
fn dispatch<F: WithSimd>(run: F) -> F::Output {
    if LEVEL.get() == Level::Plain { run.with_simd(Scalar) } else { Arch::new().dispatch(run) }
}

/// Products to be summed, see [`sum_of_products`].
pub struct Products<'a, T> {
    onto: Onto<'a, T>,
    terms: &'a [Term<'a, T>],
    c: &'a mut [T],
    m: usize,
    n: usize,
}

impl<T: Real> Products<'_, T> {
    /// One product after the other, each added to those before.
    #[inline(always)]
    fn one_by_one(&mut self, mut work: impl FnMut(Product<'_, T>)) {
        let Self { m, n, .. } = *self;
        for (index, &Term { a, b, k }) in self.terms.iter().enumerate() {
            let onto = if index == 0 { self.onto } else { Onto::Itself };
            work(Product { onto, a, b, c: &mut *self.c, m, k, n });
        }
    }
}

/// One product to be done, see [`product`].
struct Product<'a, T> {
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
    /// See [`sum_of_products`].
    fn product(products: Products<'_, Self>);

    /// See [`vectorised`].
    fn vectorised<R>(run: impl FnOnce() -> R) -> R;

    /// Does the whole blocks of a [`transpose`] if there is a quick way; says whether it did.
    fn transpose_blocks(matrix: &[Self], columns: usize, out: &mut [Self]) -> bool;
}

impl Kernels for f64 {
    fn product(mut products: Products<'_, Self>) {
        products.one_by_one(|mut product| product.row_by_row());
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
    fn product(mut products: Products<'_, Self>) {
        registers::with_registers(&mut products);
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

    /// Terms that are summed in registers give the bits of products that are added one after the other.
    #[test]
    fn sums_of_products_are_products_added_up() {
        for [m, n] in [[1, 1], [1, 40], [3, 8], [10, 40], [17, 3], [40, 130], [48, 64], [64, 49]] {
            for [k, l] in [[1, 1], [2, 40], [10, 10], [40, 3], [130, 80]] {
                let (b, d) = (single(&numbers(k * n, 2)), single(&numbers(l * n, 3)));
                let (a, c) = (single(&numbers(k * m, 1)), single(&numbers(l * m, 4)));
                for rows in [true, false] {
                    let strided = |data, k| if rows { Strided::rows(data, k) } else { Strided::transposed(data, m) };
                    let terms = [Term { a: strided(&a, k), b: &b, k }, Term { a: strided(&c, l), b: &d, k: l }];
                    let row = single(&numbers(n, 5));
                    for onto in [Onto::Zero, Onto::Row(&row), Onto::Itself] {
                        let mut together = single(&numbers(m * n, 6));
                        let mut apart = together.clone();
                        sum_of_products(onto, &terms, &mut together, [m, n]);
                        sum_of_products(onto, &terms[..1], &mut apart, [m, n]);
                        sum_of_products(Onto::Itself, &terms[1..], &mut apart, [m, n]);
                        assert!(together == apart, "{m} x {n} over {k} and {l}");
                    }
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
