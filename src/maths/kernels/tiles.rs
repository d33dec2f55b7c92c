//! Products of any width: tiles of c stay in registers while k runs.

use std::marker::PhantomData;

use pulp::{Simd, WithSimd};

use super::registers::{Columns, Full, Half, Registers, Work};
use super::{Onto, Product};

/// Most rows of a tile.
const TALLEST: usize = 8;
/// Fewer columns than this go another way, on every processor.
const FEW: usize = 8;
/// Steps of k that are checked together where a's rows lie in memory.
const STEPS: usize = 4;

impl Work for &mut Product<'_, f32> {
    #[inline(always)]
    fn run<R: Registers>(self, registers: R) {
        if R::IS_SCALAR {
            self.row_by_row();
        } else if self.n >= FEW {
            match self.a.column {
                1 => self.panels::<R, true>(registers),
                _ => self.panels::<R, false>(registers),
            }
        } else if self.a.column == 1 {
            Simd::vectorize(registers, Dots { product: self, registers });
        } else {
            self.across();
        }
    }
}

/// A product with few columns, by dots.
struct Dots<'p, 'a, R> {
    product: &'p mut Product<'a, f32>,
    registers: R,
}

impl<R: Registers> WithSimd for Dots<'_, '_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.product.dots(self.registers);
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

type Two<R> = (Full<R>, Full<R>);
type Three<R> = (Two<R>, Full<R>);
type Four<R> = (Three<R>, Full<R>);

impl Product<'_, f32> {
    /// All columns, in panels of a few registers each. What fills no register at the end is done by one that
    /// overlaps the panel before.
    #[inline(always)]
    fn panels<R: Registers, const ROWS: bool>(&mut self, registers: R) {
        let (n, lanes, half) = (self.n, R::F32_LANES, <R::Half as Simd>::F32_LANES);
        let (whole, rest) = (n / lanes, n % lanes);
        let most = if R::REGISTER_COUNT < 32 { 3 } else { 4 };
        let panels = whole.div_ceil(most);
        let mut first = 0;
        for panel in 0..panels {
            let last = whole * (panel + 1) / panels;
            let column = first * lanes;
            if R::HALVES && rest == half && panel + 1 == panels && last - first < most {
                match last - first {
                    1 => self.panel::<R, (Full<R>, Half<R>), ROWS>(registers, column, 0),
                    2 => self.panel::<R, (Two<R>, Half<R>), ROWS>(registers, column, 0),
                    _ => self.panel::<R, (Three<R>, Half<R>), ROWS>(registers, column, 0),
                }
                return;
            }
            match last - first {
                1 => self.panel::<R, Full<R>, ROWS>(registers, column, 0),
                2 => self.panel::<R, Two<R>, ROWS>(registers, column, 0),
                3 => self.panel::<R, Three<R>, ROWS>(registers, column, 0),
                _ if const { R::REGISTER_COUNT >= 32 } => self.panel::<R, Four<R>, ROWS>(registers, column, 0),
                _ => {}
            }
            first = last;
        }
        if rest > 0 && (!R::HALVES || whole > 0 && rest > half) {
            self.panel::<R, Full<R>, ROWS>(registers, n - lanes, lanes - rest);
        } else if rest > 0 {
            if rest > half {
                self.panel::<R, Half<R>, ROWS>(registers, 0, 0);
            }
            let done = if rest > half { 2 * half - rest } else { half - rest };
            self.panel::<R, Half<R>, ROWS>(registers, n - half, done);
        }
    }

    /// All rows of some columns. Another panel has done the first few of them.
    #[inline(always)]
    fn panel<R: Registers, C: Columns<R>, const ROWS: bool>(&mut self, registers: R, column: usize, done: usize) {
        let panel: Panel<'_, '_, R, C, ROWS> = Panel { product: self, registers, column, done, of: PhantomData };
        Simd::vectorize(registers, panel);
    }
}

/// A panel of c, to be done by a function of its own: that is for the compiler's sake.
struct Panel<'p, 'a, R, C, const ROWS: bool> {
    product: &'p mut Product<'a, f32>,
    registers: R,
    column: usize,
    done: usize,
    of: PhantomData<C>,
}

impl<R: Registers, C: Columns<R>, const ROWS: bool> WithSimd for Panel<'_, '_, R, C, ROWS> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        let tiles = self.product.m.div_ceil(const { tallest(R::REGISTER_COUNT, C::REGISTERS) });
        let mut row = 0;
        for tile in 0..tiles {
            let end = self.product.m * (tile + 1) / tiles;
            match end - row {
                1 => self.tile_1(row),
                2 => self.tile_2(row),
                3 => self.tile_3(row),
                4 if const { tallest(R::REGISTER_COUNT, C::REGISTERS) >= 4 } => self.tile_4(row),
                5 if const { tallest(R::REGISTER_COUNT, C::REGISTERS) >= 5 } => self.tile_5(row),
                6 if const { tallest(R::REGISTER_COUNT, C::REGISTERS) >= 6 } => self.tile_6(row),
                7 if const { tallest(R::REGISTER_COUNT, C::REGISTERS) >= 7 } => self.tile_7(row),
                _ if const { tallest(R::REGISTER_COUNT, C::REGISTERS) >= 8 } => self.tile_8(row),
                _ => {}
            }
            row = end;
        }
    }
}

impl<R: Registers, C: Columns<R>, const ROWS: bool> Panel<'_, '_, R, C, ROWS> {
    /// What a row of sums begins with.
    #[inline(always)]
    fn start(&self, row: usize) -> C {
        match self.product.onto {
            Onto::Zero | Onto::Row([]) => C::zero(self.registers),
            Onto::Row(row) => C::load(self.registers, &row[self.column..]),
            Onto::Itself => C::load(self.registers, &self.product.c[row * self.product.n + self.column..]),
        }
    }

    #[inline(always)]
    fn store(&mut self, row: usize, sums: C) {
        let out = &mut self.product.c[row * self.product.n + self.column..];
        // Added onto itself, a column must not be stored by a panel that did not find it as it was.
        if self.done > 0 && matches!(self.product.onto, Onto::Itself) {
            sums.store_from(self.done, out);
        } else {
            sums.store(out);
        }
    }
}

/// Functions for tiles of so many rows. Every row's sums have a variable of their own: as an array they would be
/// kept in memory. No closures either: they are compiled for the plain processor unless they are inlined.
macro_rules! tile {
    ($name:ident, $high:literal: $($sum:ident $row:ident $r:literal),*) => {
        #[inline(always)]
        fn $name(&mut self, first: usize) {
            let Product { a, b, k, n, .. } = *self.product;
            let (registers, column) = (self.registers, self.column);
            $(let mut $sum = self.start(first + $r);)*
            if ROWS {
                $(let $row = &a.data[(first + $r) * a.row..][..k];)*
                let whole = k - k % STEPS;
                for (block, below) in b[..whole * n].chunks_exact(STEPS * n).enumerate() {
                    $(let Some($row) = $row.as_chunks::<STEPS>().0.get(block) else { break };)*
                    for (step, below) in (0..STEPS).zip(below.chunks_exact(n)) {
                        let below = C::load(registers, &below[column..]);
                        $($sum = $sum.add(registers, $row[step], below);)*
                    }
                }
                for (p, below) in (whole..k).zip(b[whole * n..].chunks_exact(n)) {
                    let below = C::load(registers, &below[column..]);
                    $($sum = $sum.add(registers, $row[p], below);)*
                }
            } else {
                // Chunks are all alike, so that the compiler checks their bounds once and not at every step.
                for (factors, below) in a.data.chunks_exact(a.column).zip(b.chunks_exact(n)) {
                    let Some(factors) = factors[first..].first_chunk::<$high>() else { break };
                    let below = C::load(registers, &below[column..]);
                    $($sum = $sum.add(registers, factors[$r], below);)*
                }
            }
            $(self.store(first + $r, $sum);)*
        }
    };
}

impl<R: Registers, C: Columns<R>, const ROWS: bool> Panel<'_, '_, R, C, ROWS> {
    tile!(tile_1, 1: s0 r0 0);
    tile!(tile_2, 2: s0 r0 0, s1 r1 1);
    tile!(tile_3, 3: s0 r0 0, s1 r1 1, s2 r2 2);
    tile!(tile_4, 4: s0 r0 0, s1 r1 1, s2 r2 2, s3 r3 3);
    tile!(tile_5, 5: s0 r0 0, s1 r1 1, s2 r2 2, s3 r3 3, s4 r4 4);
    tile!(tile_6, 6: s0 r0 0, s1 r1 1, s2 r2 2, s3 r3 3, s4 r4 4, s5 r5 5);
    tile!(tile_7, 7: s0 r0 0, s1 r1 1, s2 r2 2, s3 r3 3, s4 r4 4, s5 r5 5, s6 r6 6);
    tile!(tile_8, 8: s0 r0 0, s1 r1 1, s2 r2 2, s3 r3 3, s4 r4 4, s5 r5 5, s6 r6 6, s7 r7 7);
}
