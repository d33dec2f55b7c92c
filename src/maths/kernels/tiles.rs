//! Products of any width: tiles of c stay in registers while k runs.

use pulp::{Simd, WithSimd};

use super::narrow::WIDTH;
use super::{Onto, Product};

/// Most rows of a tile.
const TALLEST: usize = 8;

impl WithSimd for Product<'_, f32> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        if S::IS_SCALAR {
            return if self.n <= WIDTH && self.a.column == 1 {
                self.narrow::<true, false>()
            } else {
                self.row_by_row::<false>()
            };
        }
        match (self.n <= WIDTH, self.a.column == 1) {
            (true, true) => self.narrow::<true, true>(),
            (true, false) => self.narrow::<false, true>(),
            (false, true) => self.panels::<S, true>(simd),
            (false, false) => self.panels::<S, false>(simd),
        }
    }
}

/// The most rows of a tile so many registers wide: sums, a row of b and a factor fit into the processor's.
const fn tallest(registers: usize, wide: usize) -> usize {
    let sums = if registers < 32 { 12 } else { 24 };
    let rows = sums / wide;
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
            Onto::Row(row) => sums = [load::<S, WIDE, FULL>(simd, &row[column..]); HIGH],
            Onto::Itself => {
                for (r, sums) in sums.iter_mut().enumerate() {
                    *sums = load::<S, WIDE, FULL>(simd, &self.product.c[(first + r) * n..][column..n]);
                }
            }
        }
        let mut rows: [&[f32]; HIGH] = [&[]; HIGH];
        if ROWS {
            for (r, row) in rows.iter_mut().enumerate() {
                *row = &a.data[(first + r) * a.row..][..k];
            }
        }
        let mut below = b[column..].chunks(n);
        let mut factors = if ROWS { [].chunks(1) } else { a.data[first..].chunks(a.column) };
        for p in 0..k {
            let Some(row) = below.next() else { break };
            let row = load::<S, WIDE, FULL>(simd, if FULL { row } else { &row[..n - column] });
            let mut factor = [0.0; HIGH];
            if ROWS {
                for (factor, row) in factor.iter_mut().zip(&rows) {
                    *factor = row[p];
                }
            } else if let Some(&values) = factors.next().and_then(<[f32]>::first_chunk::<HIGH>) {
                factor = values;
            }
            for (sums, &factor) in sums.iter_mut().zip(&factor) {
                let factor = simd.splat_f32s(factor);
                for (sum, &value) in sums.iter_mut().zip(&row) {
                    *sum = simd.mul_add_e_f32s(factor, value, *sum);
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
fn load<S: Simd, const WIDE: usize, const FULL: bool>(simd: S, row: &[f32]) -> [S::f32s; WIDE] {
    if FULL {
        match S::as_simd_f32s(row).0.first_chunk::<WIDE>() {
            Some(&loaded) => loaded,
            None => [simd.splat_f32s(0.0); WIDE],
        }
    } else {
        [simd.partial_load_f32s(row); WIDE]
    }
}
