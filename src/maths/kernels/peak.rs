//! What the processor can do at the most.

use pulp::{Simd, WithSimd};

use super::dispatch;

/// Chains that do not wait for each other.
const CHAINS: usize = 10;

struct Chains {
    rounds: usize,
    start: f32,
}

impl WithSimd for Chains {
    type Output = (f32, usize);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (f32, usize) {
        let factor = simd.splat_f32s(self.start);
        let mut chains = [factor; CHAINS];
        for _ in 0..self.rounds {
            for chain in &mut chains {
                *chain = simd.mul_add_e_f32s(*chain, factor, factor);
            }
        }
        let mut sum = chains[0];
        for &chain in &chains[1..] {
            sum = simd.add_f32s(sum, chain);
        }
        (simd.reduce_sum_f32s(sum), 2 * self.rounds * CHAINS * S::F32_LANES)
    }
}

/// Does nothing but multiply and add numbers held in registers, so many rounds of them; `start` should be
/// unknown to the compiler and below 1. Returns a result, to be kept from the compiler too, and how many
/// floating-point operations it took.
pub fn multiply_adds(rounds: usize, start: f32) -> (f32, usize) {
    dispatch(Chains { rounds, start })
}
