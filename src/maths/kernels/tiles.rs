//! Products of any width: tiles of c stay in registers while k runs.

use std::cell::Cell;
use std::marker::PhantomData;

use pulp::{Simd, WithSimd};

use super::registers::{Columns, Full, Half, Registers, Work};
use super::{Onto, Product, Products, Term};

/// Most rows of a tile.
const TALLEST: usize = 8;
/// From so many rows on, where b's are larger than so many numbers, their panels are copied one after the other: in
/// place, a panel's rows would drive each other out of the cache.
const PACKED_ROWS: usize = 16;
const PACKED: usize = 4096;
/// Fewer columns than this go another way, on every processor.
const FEW: usize = 8;
/// So few steps of k need b but once.
const FEW_STEPS: usize = 3;
/// Steps of k that are checked together where a's rows lie in memory.
const STEPS: usize = 4;

thread_local! {
    static PACK: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

impl Work for &mut Products<'_, f32> {
    #[inline(always)]
    fn run<R: Registers>(self, registers: R) {
        if R::IS_SCALAR {
            self.one_by_one(|mut product| product.row_by_row());
        } else if self.n >= FEW {
            match self.terms {
                [] => {}
                [term] if (1..=FEW_STEPS).contains(&term.k) || self.m == 1 => {
                    Simd::vectorize(registers, Thin { products: self, registers });
                }
                [first, ..] if first.a.column == 1 => self.panels::<R, true, false>(registers),
                _ => self.panels::<R, false, false>(registers),
            }
        } else {
            self.one_by_one(
                #[inline(always)]
                |mut product| match product.a.column {
                    1 => Simd::vectorize(registers, Dots { product, registers }),
                    _ => product.across(),
                },
            );
        }
    }
}

/// A product with next to no steps, or of one row: so little to do that all panels are in one function.
struct Thin<'p, 'a, R> {
    products: &'p mut Products<'a, f32>,
    registers: R,
}

impl<R: Registers> WithSimd for Thin<'_, '_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        // A single row's numbers lie side by side, whichever way they are given.
        self.products.panels::<R, true, true>(self.registers);
    }
}

/// A product with few columns, by dots.
struct Dots<'a, R> {
    product: Product<'a, f32>,
    registers: R,
}

impl<R: Registers> WithSimd for Dots<'_, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        self.product.dots(self.registers);
    }
}

/// The most rows of a tile so many registers wide: sums, a row of b and a factor fit into the processor's.
const fn tallest(registers: usize, wide: usize) -> usize {
    let rows = match (registers < 32, wide) {
        (true, 3) => 3,
        (true, 5) => 2,
        (true, _) => 12 / wide,
        (false, _) => 24 / wide,
    };
    if rows < TALLEST { rows } else { TALLEST }
}

type Two<R> = (Full<R>, Full<R>);
type Three<R> = (Two<R>, Full<R>);
type Four<R> = (Three<R>, Full<R>);
type Five<R> = (Four<R>, Full<R>);

impl Products<'_, f32> {
    /// All columns, in panels of a few registers each. What fills no register at the end is done by one that
    /// overlaps the panel before.
    #[inline(always)]
    fn panels<R: Registers, const ROWS: bool, const THIN: bool>(&mut self, registers: R) {
        let (n, lanes, half) = (self.n, R::F32_LANES, <R::Half as Simd>::F32_LANES);
        let (whole, rest) = (n / lanes, n % lanes);
        let most = match R::REGISTER_COUNT {
            // Two rows of five leave no register idle; panels of two and three do where rows are few.
            ..32 if whole == 5 => 5,
            ..32 => 3,
            _ => 4,
        };
        let panels = whole.div_ceil(most);
        let mut first = 0;
        for panel in 0..panels {
            let last = whole * (panel + 1) / panels;
            let column = first * lanes;
            if R::HALVES && rest == half && panel + 1 == panels && last - first < most {
                match last - first {
                    1 => self.panel::<R, (Full<R>, Half<R>), ROWS, THIN>(registers, column, 0),
                    2 => self.panel::<R, (Two<R>, Half<R>), ROWS, THIN>(registers, column, 0),
                    _ => self.panel::<R, (Three<R>, Half<R>), ROWS, THIN>(registers, column, 0),
                }
                return;
            }
            match last - first {
                1 => self.panel::<R, Full<R>, ROWS, THIN>(registers, column, 0),
                2 => self.panel::<R, Two<R>, ROWS, THIN>(registers, column, 0),
                3 => self.panel::<R, Three<R>, ROWS, THIN>(registers, column, 0),
                4 if const { R::REGISTER_COUNT >= 32 } => self.panel::<R, Four<R>, ROWS, THIN>(registers, column, 0),
                5 if const { R::REGISTER_COUNT < 32 } => self.panel::<R, Five<R>, ROWS, THIN>(registers, column, 0),
                _ => {}
            }
            first = last;
        }
        if rest > 0 && (!R::HALVES || whole > 0 && rest > half) {
            self.panel::<R, Full<R>, ROWS, THIN>(registers, n - lanes, lanes - rest);
        } else if rest > 0 {
            if rest > half {
                self.panel::<R, Half<R>, ROWS, THIN>(registers, 0, 0);
            }
            let done = if rest > half { 2 * half - rest } else { half - rest };
            self.panel::<R, Half<R>, ROWS, THIN>(registers, n - half, done);
        }
    }

    /// All rows of some columns. Another panel has done the first few of them.
    #[inline(always)]
    fn panel<R: Registers, C: Columns<R>, const ROWS: bool, const THIN: bool>(
        &mut self,
        registers: R,
        column: usize,
        done: usize,
    ) {
        let Self { onto, terms, m, n, .. } = *self;
        let mut packed = Vec::new();
        let steps: usize = terms.iter().map(|term| term.k).sum();
        let packs = !THIN && m >= PACKED_ROWS && steps * n > PACKED && C::LANES < n;
        if packs {
            packed = PACK.take();
            packed.resize(packed.len().max(steps * C::LANES), 0.0);
        }
        let mut panel: Panel<'_, R, C, ROWS> = Panel {
            onto,
            terms,
            packed: &mut packed,
            packs,
            c: &mut *self.c,
            rows: m,
            stride: n,
            registers,
            column,
            done,
            of: PhantomData,
        };
        if THIN {
            return panel.thin();
        }
        Simd::vectorize(registers, panel);
        if packs {
            PACK.set(packed);
        }
    }
}

/// A panel of c, to be done by a function of its own: that is for the compiler's sake.
struct Panel<'a, R, C, const ROWS: bool> {
    onto: Onto<'a, f32>,
    terms: &'a [Term<'a, f32>],
    /// The panel of every b, row after row, if it `packs`.
    packed: &'a mut [f32],
    packs: bool,
    c: &'a mut [f32],
    rows: usize,
    stride: usize,
    registers: R,
    column: usize,
    done: usize,
    of: PhantomData<C>,
}

impl<R: Registers, C: Columns<R>, const ROWS: bool> WithSimd for Panel<'_, R, C, ROWS> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, _: S) {
        if self.rows == 0 {
            return;
        }
        self.pack();
        let most = const { tallest(R::REGISTER_COUNT, C::REGISTERS) };
        let tiles = self.rows.div_ceil(most);
        let [height, higher] = [self.rows / tiles, self.rows % tiles];
        let mut row = 0;
        for tile in 0..tiles {
            let height = height + usize::from(tile < higher);
            match height {
                1 => self.tile_1(row),
                2 => self.tile_2(row),
                3 if const { tallest(R::REGISTER_COUNT, C::REGISTERS) >= 3 } => self.tile_3(row),
                4 if const { tallest(R::REGISTER_COUNT, C::REGISTERS) >= 4 } => self.tile_4(row),
                5 if const { tallest(R::REGISTER_COUNT, C::REGISTERS) >= 5 } => self.tile_5(row),
                6 if const { tallest(R::REGISTER_COUNT, C::REGISTERS) >= 6 } => self.tile_6(row),
                7 if const { tallest(R::REGISTER_COUNT, C::REGISTERS) >= 7 } => self.tile_7(row),
                _ if const { tallest(R::REGISTER_COUNT, C::REGISTERS) >= 8 } => self.tile_8(row),
                _ => {}
            }
            row += height;
        }
    }
}

impl<R: Registers, C: Columns<R>, const ROWS: bool> Panel<'_, R, C, ROWS> {
    #[inline(always)]
    fn thin(&mut self) {
        match self.terms {
            [term] if term.k == 1 => self.few_steps::<1>(term),
            [term] if term.k == 2 => self.few_steps::<2>(term),
            [term] if term.k == FEW_STEPS => self.few_steps::<FEW_STEPS>(term),
            _ => {
                for row in 0..self.rows {
                    self.tile_1(row);
                }
            }
        }
    }

    /// All rows where k is so small that b's stay in registers.
    #[inline(always)]
    fn few_steps<const K: usize>(&mut self, Term { a, b, .. }: &Term<'_, f32>) {
        let mut below = [C::zero(self.registers); K];
        for (p, below) in below.iter_mut().enumerate() {
            *below = C::load(self.registers, &b[p * self.stride + self.column..]);
        }
        for row in 0..self.rows {
            let mut sums = self.start(row);
            for (p, &below) in below.iter().enumerate() {
                sums = sums.add(self.registers, a.data[row * a.row + p * a.column], below);
            }
            self.store(row, sums);
        }
    }

    /// Lays the panel of every b where it does not share cache lines with other panels.
    #[inline(always)]
    fn pack(&mut self) {
        if !self.packs {
            return;
        }
        let mut out = &mut *self.packed;
        for term in self.terms {
            for row in term.b.chunks_exact(self.stride) {
                let Some((place, rest)) = out.split_at_mut_checked(C::LANES) else { return };
                C::load(self.registers, &row[self.column..]).store(place);
                out = rest;
            }
        }
    }

    /// What a row of sums begins with.
    #[inline(always)]
    fn start(&self, row: usize) -> C {
        match self.onto {
            Onto::Zero | Onto::Row([]) => C::zero(self.registers),
            Onto::Row(row) => C::load(self.registers, &row[self.column..]),
            Onto::Itself => C::load(self.registers, &self.c[row * self.stride + self.column..]),
        }
    }

    #[inline(always)]
    fn store(&mut self, row: usize, sums: C) {
        let out = &mut self.c[row * self.stride + self.column..];
        // Added onto itself, a column must not be stored by a panel that did not find it as it was.
        if self.done > 0 && matches!(self.onto, Onto::Itself) {
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
            let registers = self.registers;
            $(let mut $sum = self.start(first + $r);)*
            let mut packed = &*self.packed;
            for &Term { a, b, k } in self.terms {
                let (b, wide, column) = match self.packs {
                    true => {
                        let (b, rest) = packed.split_at(k * C::LANES);
                        packed = rest;
                        (b, C::LANES, 0)
                    }
                    false => (b, self.stride, self.column),
                };
                if ROWS {
                    // Piece by piece: pairs of chunks would divide, to know how many they are, every few steps.
                    let mut b = b.get(column..).unwrap_or_default();
                    $(let $row = &a.data[(first + $r) * a.row..][..k];)*
                    for block in 0..k / STEPS {
                        $(let Some($row) = $row.as_chunks::<STEPS>().0.get(block) else { break };)*
                        for step in 0..STEPS {
                            let Some(below) = b.get(..C::LANES) else { break };
                            let below = C::load(registers, below);
                            $($sum = $sum.add(registers, $row[step], below);)*
                            b = b.get(wide..).unwrap_or_default();
                        }
                    }
                    for p in k - k % STEPS..k {
                        let Some(below) = b.get(..C::LANES) else { break };
                        let below = C::load(registers, below);
                        $($sum = $sum.add(registers, $row[p], below);)*
                        b = b.get(wide..).unwrap_or_default();
                    }
                } else {
                    // Chunks are all alike, so that the compiler checks their bounds once and not at every step.
                    for (factors, below) in a.data.chunks_exact(a.column).zip(b.chunks_exact(wide)) {
                        let Some(factors) = factors[first..].first_chunk::<$high>() else { break };
                        let Some(below) = below[column..].get(..C::LANES) else { break };
                        let below = C::load(registers, below);
                        $($sum = $sum.add(registers, factors[$r], below);)*
                    }
                }
            }
            $(self.store(first + $r, $sum);)*
        }
    };
}

impl<R: Registers, C: Columns<R>, const ROWS: bool> Panel<'_, R, C, ROWS> {
    tile!(tile_1, 1: s0 r0 0);
    tile!(tile_2, 2: s0 r0 0, s1 r1 1);
    tile!(tile_3, 3: s0 r0 0, s1 r1 1, s2 r2 2);
    tile!(tile_4, 4: s0 r0 0, s1 r1 1, s2 r2 2, s3 r3 3);
    tile!(tile_5, 5: s0 r0 0, s1 r1 1, s2 r2 2, s3 r3 3, s4 r4 4);
    tile!(tile_6, 6: s0 r0 0, s1 r1 1, s2 r2 2, s3 r3 3, s4 r4 4, s5 r5 5);
    tile!(tile_7, 7: s0 r0 0, s1 r1 1, s2 r2 2, s3 r3 3, s4 r4 4, s5 r5 5, s6 r6 6);
    tile!(tile_8, 8: s0 r0 0, s1 r1 1, s2 r2 2, s3 r3 3, s4 r4 4, s5 r5 5, s6 r6 6, s7 r7 7);
}
