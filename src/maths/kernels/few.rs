//! Products with fewer columns than a register holds: the last layer of many networks.

use std::cell::Cell;

use super::registers::{Columns, Registers, with_registers};
use super::{Onto, Product, Strided, transpose};

/// Sums that are made together, one for each number of a small register.
const TOGETHER: usize = 4;
/// So few rows are not worth turning round.
const SHORT: usize = 16;

thread_local! {
    static SCRATCH: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

impl Product<'_, f32> {
    #[inline(always)]
    fn start(&self, at: usize) -> f32 {
        match self.onto {
            Onto::Zero | Onto::Row([]) => 0.0,
            Onto::Row(row) => row[at % self.n],
            Onto::Itself => self.c[at],
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
        let [mut row, mut column] = [0; 2];
        for at in (0..m * n).step_by(TOGETHER) {
            let mut pairs: [[&[f32]; 2]; TOGETHER] = [[&[]; 2]; TOGETHER];
            for pair in &mut pairs {
                // Surplus sums repeat the last row's.
                *pair = [&a.data[row.min(m - 1) * a.row..][..k], &columns[column * k..][..k]];
                column += 1;
                if column == n {
                    [row, column] = [row + 1, 0];
                }
            }
            let sums = [
                side_by_side(registers, pairs[0]),
                side_by_side(registers, pairs[1]),
                side_by_side(registers, pairs[2]),
                side_by_side(registers, pairs[3]),
            ];
            for (i, total) in registers.totals(sums).into_iter().enumerate().take(m * n - at) {
                self.c[at + i] = self.start(at + i) + total;
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
            return with_registers(&mut Product { onto: self.onto, a: turned, b: a.data, c: self.c, m: n, k, n: m });
        }
        let mut scratch = SCRATCH.take();
        scratch.resize(m * n, 0.0);
        with_registers(&mut Product { onto: Onto::Zero, a: turned, b: a.data, c: &mut scratch, m: n, k, n: m });
        for i in 0..m {
            for j in 0..n {
                self.c[i * n + j] = self.start(i * n + j) + scratch[j * m + i];
            }
        }
        SCRATCH.set(scratch);
    }
}

/// The dot product of two rows of numbers, in eight parts: that of every eighth pair, of which the odd and the even
/// eights are summed apart.
#[inline(always)]
fn side_by_side<R: Registers>(registers: R, [a, b]: [&[f32]; 2]) -> [f32; 8] {
    let mut sums = <(R::Eight, R::Eight)>::zero(registers);
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<16>(), b.as_chunks::<16>());
    for (a, b) in a.iter().zip(b) {
        let [a, b] = [a, b].map(
            #[inline(always)]
            |part| <(R::Eight, R::Eight)>::load(registers, part),
        );
        sums = sums.add_products(registers, a, b);
    }
    let ((a, a_rest), (b, b_rest)) = (a_rest.as_chunks::<8>(), b_rest.as_chunks::<8>());
    for (a, b) in a.iter().zip(b) {
        sums.0 = sums.0.add_products(registers, R::Eight::load(registers, a), R::Eight::load(registers, b));
    }
    if !a_rest.is_empty() {
        let (mut a, mut b) = ([0.0; 8], [0.0; 8]);
        a[..a_rest.len()].copy_from_slice(a_rest);
        b[..b_rest.len()].copy_from_slice(b_rest);
        sums.1 = sums.1.add_products(registers, R::Eight::load(registers, &a), R::Eight::load(registers, &b));
    }
    let [mut first, mut second] = [[0.0; 8]; 2];
    sums.0.store(&mut first);
    sums.1.store(&mut second);
    for (first, second) in first.iter_mut().zip(second) {
        *first += second;
    }
    first
}
