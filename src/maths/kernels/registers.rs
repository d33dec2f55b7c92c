//! The instruction sets that products are written for.

use pulp::bytemuck::cast_slice;
#[cfg(target_arch = "x86_64")]
use pulp::x86::{V3, V4};
use pulp::{Arch, Scalar, Simd};

use super::{LEVEL, Level};

/// An instruction set, perhaps with a narrower register beside the widest: it takes the columns that are left
/// over, at half the price.
pub(super) trait Registers: Simd {
    /// The instruction set with the narrower register.
    type Half: Simd;
    /// Whether it is narrower.
    const HALVES: bool;
    /// Eight numbers.
    type Eight: Columns<Self>;

    fn half(self) -> Self::Half;

    /// The sum of each eight numbers, neighbours first.
    #[inline(always)]
    fn totals(self, eights: [[f32; 8]; 4]) -> [f32; 4] {
        let mut totals = [0.0; 4];
        for (total, [a, b, c, d, e, f, g, h]) in totals.iter_mut().zip(eights) {
            *total = ((a + b) + (c + d)) + ((e + f) + (g + h));
        }
        totals
    }
}

/// The same by the instructions for neighbours.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn totals(V3 { avx, sse, .. }: V3, eights: [[f32; 8]; 4]) -> [f32; 4] {
    let [a, b, c, d] = eights;
    let pairs = avx._mm256_hadd_ps(
        avx._mm256_hadd_ps(pulp::cast(a), pulp::cast(b)),
        avx._mm256_hadd_ps(pulp::cast(c), pulp::cast(d)),
    );
    let upper = avx._mm256_extractf128_ps::<1>(pairs);
    pulp::cast(sse._mm_add_ps(avx._mm256_castps256_ps128(pairs), upper))
}

macro_rules! whole_registers {
    ($simd:ty, $eight:ty, $($totals:item)?) => {
        impl Registers for $simd {
            type Half = Self;
            const HALVES: bool = false;
            type Eight = $eight;

            #[inline(always)]
            fn half(self) -> Self {
                self
            }

            $($totals)?
        }
    };
}

// Never asked for: the plain processor goes by plain loops.
whole_registers!(Scalar, Full<Self>,);
#[cfg(target_arch = "x86_64")]
whole_registers!(
    V3,
    Full<Self>,
    #[inline(always)]
    fn totals(self, eights: [[f32; 8]; 4]) -> [f32; 4] {
        totals(self, eights)
    }
);
#[cfg(target_arch = "aarch64")]
whole_registers!(pulp::aarch64::Neon, (Full<Self>, Full<Self>),);
#[cfg(target_arch = "wasm32")]
whole_registers!(pulp::wasm::Simd128, (Full<Self>, Full<Self>),);

#[cfg(target_arch = "x86_64")]
impl Registers for V4 {
    type Half = V3;
    const HALVES: bool = true;
    type Eight = Half<Self>;

    #[inline(always)]
    fn half(self) -> V3 {
        *self
    }

    #[inline(always)]
    fn totals(self, eights: [[f32; 8]; 4]) -> [f32; 4] {
        totals(*self, eights)
    }
}

/// Work that is written for any of them. It is for the work itself to have its loops compiled for them, by
/// `Simd::vectorize`.
pub(super) trait Work {
    fn run<R: Registers>(self, registers: R);
}

/// Does the work with the registers of the processor at hand.
#[inline(always)]
pub(super) fn with_registers(work: impl Work) {
    let level = LEVEL.get();
    if level == Level::Plain {
        return work.run(Scalar);
    }
    match Arch::new() {
        #[cfg(target_arch = "x86_64")]
        Arch::V4(registers) if level == Level::Narrow => work.run(*registers),
        #[cfg(target_arch = "x86_64")]
        Arch::V4(registers) => work.run(registers),
        #[cfg(target_arch = "x86_64")]
        Arch::V3(registers) => work.run(registers),
        #[cfg(target_arch = "aarch64")]
        Arch::Neon(registers) => work.run(registers),
        #[cfg(target_arch = "wasm32")]
        Arch::Simd128(registers) => work.run(registers),
        _ => work.run(Scalar),
    }
}

/// Numbers side by side in one or more registers.
pub(super) trait Columns<R: Registers>: Copy {
    /// How many numbers.
    const LANES: usize;
    /// How many registers.
    const REGISTERS: usize;

    fn zero(registers: R) -> Self;

    /// The first numbers of a row; zeros if it is shorter.
    fn load(registers: R, row: &[f32]) -> Self;

    /// self + factor·values.
    fn add(self, registers: R, factor: f32, values: Self) -> Self;

    /// self + a ⊙ b.
    fn add_products(self, registers: R, a: Self, b: Self) -> Self;

    /// Stores all at the beginning of a row.
    fn store(self, row: &mut [f32]);

    /// The same without the first `done` numbers.
    fn store_from(self, done: usize, row: &mut [f32]);
}

macro_rules! single {
    ($name:ident, $set:ty, $registers:ident, $of:expr) => {
        #[derive(Clone, Copy)]
        pub(super) struct $name<R: Registers>(<$set as Simd>::f32s)
        where
            $set: Simd;

        impl<R: Registers> Columns<R> for $name<R> {
            const LANES: usize = <$set as Simd>::F32_LANES;
            const REGISTERS: usize = 1;

            #[inline(always)]
            fn zero($registers: R) -> Self {
                Self($of.splat_f32s(0.0))
            }

            #[inline(always)]
            fn load(registers: R, row: &[f32]) -> Self {
                match <$set>::as_simd_f32s(row).0.first() {
                    Some(&numbers) => Self(numbers),
                    None => Self::zero(registers),
                }
            }

            #[inline(always)]
            fn add(self, $registers: R, factor: f32, values: Self) -> Self {
                let set = $of;
                Self(set.mul_add_e_f32s(set.splat_f32s(factor), values.0, self.0))
            }

            #[inline(always)]
            fn add_products(self, $registers: R, a: Self, b: Self) -> Self {
                Self($of.mul_add_e_f32s(a.0, b.0, self.0))
            }

            #[inline(always)]
            fn store(self, row: &mut [f32]) {
                if let Some(out) = <$set>::as_mut_simd_f32s(row).0.first_mut() {
                    *out = self.0;
                }
            }

            #[inline(always)]
            fn store_from(self, done: usize, row: &mut [f32]) {
                let numbers: &[f32] = cast_slice(std::slice::from_ref(&self.0));
                row[done..Self::LANES].copy_from_slice(&numbers[done..]);
            }
        }
    };
}

single!(Full, R, registers, registers);
single!(Half, R::Half, registers, registers.half());

impl<R: Registers, A: Columns<R>, B: Columns<R>> Columns<R> for (A, B) {
    const LANES: usize = A::LANES + B::LANES;
    const REGISTERS: usize = A::REGISTERS + B::REGISTERS;

    #[inline(always)]
    fn zero(registers: R) -> Self {
        (A::zero(registers), B::zero(registers))
    }

    #[inline(always)]
    fn load(registers: R, row: &[f32]) -> Self {
        (A::load(registers, row), B::load(registers, &row[A::LANES..]))
    }

    #[inline(always)]
    fn add(self, registers: R, factor: f32, values: Self) -> Self {
        (self.0.add(registers, factor, values.0), self.1.add(registers, factor, values.1))
    }

    #[inline(always)]
    fn add_products(self, registers: R, a: Self, b: Self) -> Self {
        (self.0.add_products(registers, a.0, b.0), self.1.add_products(registers, a.1, b.1))
    }

    #[inline(always)]
    fn store(self, row: &mut [f32]) {
        let (first, second) = row.split_at_mut(A::LANES);
        self.0.store(first);
        self.1.store(second);
    }

    /// Never asked for: only single registers overlap others.
    #[inline(always)]
    fn store_from(self, _: usize, row: &mut [f32]) {
        self.store(row);
    }
}
