//! Products with too few columns to fill a register: the last layer of most networks.

use super::{Onto, Product};
use crate::maths::real::Real;

/// Products with no more columns than this go by dot products and the like.
pub(super) const WIDTH: usize = 4;
/// Numbers that are summed side by side, whatever the processor.
const LANES: usize = 16;
/// Longest dot product, in groups of so many.
const GROUPS: usize = 32;

#[inline(always)]
fn fuse<T: Real, const FUSED: bool>(a: T, b: T, c: T) -> T {
    if FUSED { a.fused(b, c) } else { a * b + c }
}

impl<T: Real> Product<'_, T> {
    #[inline(always)]
    pub(super) fn narrow<const ROWS: bool, const FUSED: bool>(&mut self) {
        match (self.n, ROWS) {
            (1, false) => self.across::<FUSED, 1>(),
            (2, false) => self.across::<FUSED, 2>(),
            (3, false) => self.across::<FUSED, 3>(),
            (4, false) => self.across::<FUSED, 4>(),
            (1, true) if self.dots_pay() => self.dots::<FUSED, 1>(),
            (2, true) if self.dots_pay() => self.dots::<FUSED, 2>(),
            (3, true) if self.dots_pay() => self.dots::<FUSED, 3>(),
            (4, true) if self.dots_pay() => self.dots::<FUSED, 4>(),
            _ => self.row_by_row::<FUSED>(),
        }
    }

    #[inline(always)]
    fn start(&self, i: usize, j: usize) -> T {
        match self.onto {
            Onto::Zero | Onto::Row([]) => T::zero(),
            Onto::Row(row) => row[j],
            Onto::Itself => self.c[i * self.n + j],
        }
    }

    fn dots_pay(&self) -> bool {
        (LANES..=LANES * GROUPS).contains(&self.k)
    }

    /// a's rows times b's columns.
    #[inline(always)]
    fn dots<const FUSED: bool, const N: usize>(&mut self) {
        let groups = self.k.div_ceil(LANES);
        let mut columns = [[[T::zero(); LANES]; N]; GROUPS];
        for (p, row) in self.b.chunks_exact(N).enumerate() {
            for (column, &value) in columns[p / LANES].iter_mut().zip(row) {
                column[p % LANES] = value;
            }
        }
        let columns = &columns[..groups];
        for i in 0..self.m {
            let mut sums = [[T::zero(); LANES]; N];
            let (whole, rest) = self.a.data[i * self.a.row..][..self.k].as_chunks::<LANES>();
            let mut last = [T::zero(); LANES];
            last[..rest.len()].copy_from_slice(rest);
            for (row, columns) in whole.iter().chain([&last]).zip(columns) {
                for (sum, column) in sums.iter_mut().zip(columns) {
                    for ((sum, &a), &b) in sum.iter_mut().zip(row).zip(column) {
                        *sum = fuse::<T, FUSED>(a, b, *sum);
                    }
                }
            }
            for (j, sum) in sums.iter_mut().enumerate() {
                let mut width = LANES;
                while width > 1 {
                    width /= 2;
                    for lane in 0..width {
                        sum[lane] += sum[lane + width];
                    }
                }
                self.c[i * N + j] = self.start(i, j) + sum[0];
            }
        }
    }

    /// The same for a transposed a: every row of it that lies in memory adds to all of c.
    #[inline(always)]
    fn across<const FUSED: bool, const N: usize>(&mut self) {
        let mut i = 0;
        while i + LANES <= self.m {
            let mut sums = [[T::zero(); LANES]; N];
            for (j, sum) in sums.iter_mut().enumerate() {
                for (lane, sum) in sum.iter_mut().enumerate() {
                    *sum = self.start(i + lane, j);
                }
            }
            for (p, factors) in self.b.chunks_exact(N).enumerate() {
                let Some(row) = self.a.data[p * self.a.column + i..].first_chunk::<LANES>() else { continue };
                for (sum, &factor) in sums.iter_mut().zip(factors) {
                    for (sum, &a) in sum.iter_mut().zip(row) {
                        *sum = fuse::<T, FUSED>(factor, a, *sum);
                    }
                }
            }
            for (lane, out) in self.c[i * N..][..LANES * N].chunks_exact_mut(N).enumerate() {
                for (out, sum) in out.iter_mut().zip(&sums) {
                    *out = sum[lane];
                }
            }
            i += LANES;
        }
        for i in i..self.m {
            for j in 0..N {
                let mut sum = self.start(i, j);
                for p in 0..self.k {
                    sum = fuse::<T, FUSED>(self.b[p * N + j], self.a.data[p * self.a.column + i], sum);
                }
                self.c[i * N + j] = sum;
            }
        }
    }

    #[inline(always)]
    pub(super) fn row_by_row<const FUSED: bool>(&mut self) {
        for i in 0..self.m {
            for j in 0..self.n {
                self.c[i * self.n + j] = self.start(i, j);
            }
            let out = &mut self.c[i * self.n..][..self.n];
            for (p, row) in self.b.chunks_exact(self.n).enumerate() {
                let factor = self.a.data[i * self.a.row + p * self.a.column];
                for (out, &value) in out.iter_mut().zip(row) {
                    *out = fuse::<T, FUSED>(factor, value, *out);
                }
            }
        }
    }
}
