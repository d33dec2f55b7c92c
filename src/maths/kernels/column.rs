//! Products with a single column, which fill no register from left to right: the last layer of many networks.

use super::{Onto, Product};

/// Numbers that are summed side by side, whatever the processor.
const LANES: usize = 16;

impl Product<'_, f32> {
    #[inline(always)]
    fn start(&self, i: usize) -> f32 {
        match self.onto {
            Onto::Zero | Onto::Row([]) => 0.0,
            Onto::Row(row) => row[0],
            Onto::Itself => self.c[i],
        }
    }

    /// a's rows, each with b.
    #[inline(always)]
    pub(super) fn dots(&mut self) {
        let (b, b_rest) = self.b.as_chunks::<LANES>();
        for i in 0..self.m {
            let (a, a_rest) = self.a.data[i * self.a.row..][..self.k].as_chunks::<LANES>();
            let mut sums = [0.0_f32; LANES];
            for (a, b) in a.iter().zip(b) {
                for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
                    *sum = a.mul_add(b, *sum);
                }
            }
            for ((sum, &a), &b) in sums.iter_mut().zip(a_rest).zip(b_rest) {
                *sum = a.mul_add(b, *sum);
            }
            let mut width = LANES;
            while width > 1 {
                width /= 2;
                for lane in 0..width {
                    sums[lane] += sums[lane + width];
                }
            }
            self.c[i] = self.start(i) + sums[0];
        }
    }

    /// The same for a transposed a: every row of it that lies in memory adds to all of c.
    #[inline(always)]
    pub(super) fn across(&mut self) {
        let whole = self.m - self.m % LANES;
        for i in (0..whole).step_by(LANES) {
            let mut sums = [0.0_f32; LANES];
            for (lane, sum) in sums.iter_mut().enumerate() {
                *sum = self.start(i + lane);
            }
            for (row, &factor) in self.a.data.chunks_exact(self.a.column).zip(self.b) {
                let Some(row) = row[i..].first_chunk::<LANES>() else { break };
                for (sum, &a) in sums.iter_mut().zip(row) {
                    *sum = factor.mul_add(a, *sum);
                }
            }
            self.c[i..][..LANES].copy_from_slice(&sums);
        }
        for i in whole..self.m {
            let mut sum = self.start(i);
            for (row, &factor) in self.a.data.chunks_exact(self.a.column).zip(self.b) {
                sum = factor.mul_add(row[i], sum);
            }
            self.c[i] = sum;
        }
    }
}
