//! Products with fewer columns than a register holds: the last layer of many networks.

use std::cell::Cell;

use super::registers::{Columns, Registers, with_registers};
use super::{Onto, Product, Products, Strided, Term, transpose};

/// Sums that are made together, one for each number of a small register.
const TOGETHER: usize = 4;
/// So few rows are not worth turning round.
const SHORT: usize = 16;

thread_local! {
    static SCRATCH: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

impl Product<'_, f32> {
    /// What element (i, j) begins with.
    #[inline(always)]
    fn start(&self, i: usize, j: usize) -> f32 {
        match self.onto {
            Onto::Zero | Onto::Row([]) => 0.0,
            Onto::Row(row) => row[j],
            Onto::Itself => self.c[i * self.n + j],
        }
    }

    /// a's rows, each with every column of b.
    #[inline(always)]
    pub(super) fn dots<R: Registers>(&mut self, registers: R) {
        let Self { b, k, n, .. } = *self;
        if n == 1 {
            return self.with_columns(registers, b);
        }
        let mut scratch = SCRATCH.take();
        scratch.resize(k * n, 0.0);
        transpose(b, n, &mut scratch);
        self.with_columns(registers, &scratch);
        SCRATCH.set(scratch);
    }

    /// The same with the columns of b one after the other in memory.
    #[inline(always)]
    fn with_columns<R: Registers>(&mut self, registers: R, columns: &[f32]) {
        let Self { a, m, k, n, .. } = *self;
        for first in (0..m).step_by(TOGETHER) {
            // Surplus rows repeat the last one.
            let row = |i: usize| &a.data[(first + i).min(m - 1) * a.row..][..k];
            let rows = [row(0), row(1), row(2), row(3)];
            for (j, column) in columns.chunks_exact(k).enumerate() {
                let totals = registers.totals(side_by_side(registers, rows, column));
                for (i, total) in totals.into_iter().enumerate().take(m - first) {
                    let i = first + i;
                    self.c[i * n + j] = self.start(i, j) + total;
                }
            }
        }
    }

    /// The same for a transposed a: cᵀ is a product with as many columns as a's rows have numbers.
    #[inline(always)]
    pub(super) fn across(&mut self) {
        let Self { a, b, m, k, n, .. } = *self;
        if m < SHORT {
            return self.row_by_row();
        }
        debug_assert!(a.column == m, "a's rows lie in memory one after the other");
        let turned = Strided { data: b, row: 1, column: n };
        if n == 1 && !matches!(self.onto, Onto::Row([_, ..])) {
            return with_registers(&mut Products {
                onto: self.onto,
                terms: &[Term { a: turned, b: a.data, k }],
                c: self.c,
                m: n,
                n: m,
            });
        }
        let mut scratch = SCRATCH.take();
        scratch.resize(m * n, 0.0);
        with_registers(&mut Products {
            onto: Onto::Zero,
            terms: &[Term { a: turned, b: a.data, k }],
            c: &mut scratch,
            m: n,
            n: m,
        });
        for i in 0..m {
            for j in 0..n {
                self.c[i * n + j] = self.start(i, j) + scratch[j * m + i];
            }
        }
        SCRATCH.set(scratch);
    }
}

/// The dot products of some rows with a column, each in eight parts: that of every eighth pair.
#[inline(always)]
fn side_by_side<R: Registers>(registers: R, rows: [&[f32]; TOGETHER], column: &[f32]) -> [[f32; 8]; TOGETHER] {
    let [r0, r1, r2, r3] = rows;
    let mut s0 = R::Eight::zero(registers);
    let (mut s1, mut s2, mut s3) = (s0, s0, s0);
    let ((r0, rest0), (r1, rest1)) = (r0.as_chunks::<8>(), r1.as_chunks::<8>());
    let ((r2, rest2), (r3, rest3)) = (r2.as_chunks::<8>(), r3.as_chunks::<8>());
    let (column, rest) = column.as_chunks::<8>();
    for ((((column, r0), r1), r2), r3) in column.iter().zip(r0).zip(r1).zip(r2).zip(r3) {
        let column = R::Eight::load(registers, column);
        s0 = s0.add_products(registers, R::Eight::load(registers, r0), column);
        s1 = s1.add_products(registers, R::Eight::load(registers, r1), column);
        s2 = s2.add_products(registers, R::Eight::load(registers, r2), column);
        s3 = s3.add_products(registers, R::Eight::load(registers, r3), column);
    }
    if !rest.is_empty() {
        let column = R::Eight::load(registers, &padded(rest));
        s0 = s0.add_products(registers, R::Eight::load(registers, &padded(rest0)), column);
        s1 = s1.add_products(registers, R::Eight::load(registers, &padded(rest1)), column);
        s2 = s2.add_products(registers, R::Eight::load(registers, &padded(rest2)), column);
        s3 = s3.add_products(registers, R::Eight::load(registers, &padded(rest3)), column);
    }
    let mut sums = [[0.0; 8]; TOGETHER];
    let [out0, out1, out2, out3] = &mut sums;
    s0.store(out0);
    s1.store(out1);
    s2.store(out2);
    s3.store(out3);
    sums
}

/// Eight numbers, zeros behind those given.
#[inline(always)]
fn padded(numbers: &[f32]) -> [f32; 8] {
    let mut eight = [0.0; 8];
    eight[..numbers.len()].copy_from_slice(numbers);
    eight
}
