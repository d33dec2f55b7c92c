//! Products of any width: tiles of c stay in registers while k runs.

use pulp::{Simd, WithSimd};

use super::{Onto, Product};

/// Most rows of a tile.
const TALLEST: usize = 8;

impl WithSimd for Product<'_, f32> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        if S::IS_SCALAR {
            self.row_by_row();
        } else if self.n == 1 && self.a.column == 1 {
            self.dots();
        } else if self.n == 1 {
            self.across();
        } else if self.a.column == 1 {
            self.panels::<S, true>(simd);
        } else {
            self.panels::<S, false>(simd);
        }
    }
}

/// The most rows of a tile so many registers wide: sums, a row of b and a factor fit into the processor's.
const fn tallest(registers: usize, wide: usize) -> usize {
    let rows = match (registers < 32, wide) {
        (true, 3) => 3,
        (true, _) => 12 / wide,
        (false, _) => 24 / wide,
    };
    if rows < TALLEST { rows } else { TALLEST }
}

impl Product<'_, f32> {
    /// All columns, in panels of a few registers each; those that fill no register come last.
    #[inline(always)]
    fn panels<S: Simd, const ROWS: bool>(&mut self, simd: S) {
        let whole = self.n / S::F32_LANES;
        let panels = whole.div_ceil(if S::REGISTER_COUNT < 32 { 3 } else { 4 });
        let mut first = 0;
        for panel in 0..panels {
            let last = whole * (panel + 1) / panels;
            let column = first * S::F32_LANES;
            match last - first {
                1 => simd.vectorize(Panel::<ROWS, 1, true> { product: self, column }),
                2 => simd.vectorize(Panel::<ROWS, 2, true> { product: self, column }),
                3 => simd.vectorize(Panel::<ROWS, 3, true> { product: self, column }),
                _ if const { S::REGISTER_COUNT >= 32 } => {
                    simd.vectorize(Panel::<ROWS, 4, true> { product: self, column })
                }
                _ => {}
            }
            first = last;
        }
        let column = whole * S::F32_LANES;
        if column < self.n {
            simd.vectorize(Panel::<ROWS, 1, false> { product: self, column });
        }
    }
}

/// All rows of `WIDE` registers' columns. A function of its own for the compiler's sake. If not `FULL`, the
/// one register holds the columns that are left.
struct Panel<'p, 'a, const ROWS: bool, const WIDE: usize, const FULL: bool> {
    product: &'p mut Product<'a, f32>,
    column: usize,
}

impl<const ROWS: bool, const WIDE: usize, const FULL: bool> WithSimd for Panel<'_, '_, ROWS, WIDE, FULL> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let tiles = self.product.m.div_ceil(const { tallest(S::REGISTER_COUNT, WIDE) });
        let mut row = 0;
        for tile in 0..tiles {
            let end = self.product.m * (tile + 1) / tiles;
            match end - row {
                1 => self.tile::<S, 1>(simd, row),
                2 => self.tile::<S, 2>(simd, row),
                3 => self.tile::<S, 3>(simd, row),
                4 if const { tallest(S::REGISTER_COUNT, WIDE) >= 4 } => self.tile::<S, 4>(simd, row),
                5 if const { tallest(S::REGISTER_COUNT, WIDE) >= 5 } => self.tile::<S, 5>(simd, row),
                6 if const { tallest(S::REGISTER_COUNT, WIDE) >= 6 } => self.tile::<S, 6>(simd, row),
                7 if const { tallest(S::REGISTER_COUNT, WIDE) >= 7 } => self.tile::<S, 7>(simd, row),
                _ if const { tallest(S::REGISTER_COUNT, WIDE) >= 8 } => self.tile::<S, 8>(simd, row),
                _ => {}
            }
            row = end;
        }
    }
}

impl<const ROWS: bool, const WIDE: usize, const FULL: bool> Panel<'_, '_, ROWS, WIDE, FULL> {
    // No closures and no `map` below: they are compiled for the plain processor unless they are inlined.
    #[inline(always)]
    fn tile<S: Simd, const HIGH: usize>(&mut self, simd: S, first: usize) {
        let Product { onto, a, b, m: _, k, n, .. } = *self.product;
        let column = self.column;
        let mut sums = [[simd.splat_f32s(0.0); WIDE]; HIGH];
        match onto {
            Onto::Zero | Onto::Row([]) => {}
            Onto::Row(row) => sums = [load::<S, WIDE, FULL>(simd, &row[column..]).unwrap_or(sums[0]); HIGH],
            Onto::Itself => {
                for (r, sums) in sums.iter_mut().enumerate() {
                    let row = &self.product.c[(first + r) * n..][column..n];
                    *sums = load::<S, WIDE, FULL>(simd, row).unwrap_or(*sums);
                }
            }
        }
        // Chunks are all alike, so that the compiler checks their bounds once and not at every step.
        let below = b.chunks_exact(n);
        if ROWS {
            let mut rows: [&[f32]; HIGH] = [&[]; HIGH];
            for (r, row) in rows.iter_mut().enumerate() {
                *row = &a.data[(first + r) * a.row..][..k];
            }
            for (p, below) in (0..k).zip(below) {
                let Some(below) = load::<S, WIDE, FULL>(simd, &below[column..]) else { break };
                for (sums, row) in sums.iter_mut().zip(&rows) {
                    let factor = simd.splat_f32s(row[p]);
                    for (sum, &value) in sums.iter_mut().zip(&below) {
                        *sum = simd.mul_add_e_f32s(factor, value, *sum);
                    }
                }
            }
        } else {
            for (factors, below) in a.data.chunks_exact(a.column).zip(below) {
                let Some(below) = load::<S, WIDE, FULL>(simd, &below[column..]) else { break };
                let Some(factors) = factors[first..].first_chunk::<HIGH>() else { break };
                for (sums, factor) in sums.iter_mut().zip(factors) {
                    let factor = simd.splat_f32s(*factor);
                    for (sum, &value) in sums.iter_mut().zip(&below) {
                        *sum = simd.mul_add_e_f32s(factor, value, *sum);
                    }
                }
            }
        }
        for (r, sums) in sums.iter().enumerate() {
            let out = &mut self.product.c[(first + r) * n..][column..n];
            if FULL {
                for (out, &sum) in S::as_mut_simd_f32s(out).0.iter_mut().zip(sums) {
                    *out = sum;
                }
            } else {
                simd.partial_store_f32s(out, sums[0]);
            }
        }
    }
}

/// Registers from the beginning of a row.
#[inline(always)]
fn load<S: Simd, const WIDE: usize, const FULL: bool>(simd: S, row: &[f32]) -> Option<[S::f32s; WIDE]> {
    if FULL { S::as_simd_f32s(row).0.first_chunk::<WIDE>().copied() } else { Some([simd.partial_load_f32s(row); WIDE]) }
}
