//! Random streams. Each is derived from (seed, purpose, meta-iteration, index) alone, so pausing, the
//! choice of algorithm and the number of threads never change the data.

use rand::SeedableRng as _;
use rand::rngs::Xoshiro256PlusPlus;

/// A portable generator: the same numbers on every machine.
pub type Stream = Xoshiro256PlusPlus;

/// What a stream is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The first parameters.
    Initialisation,
    /// Training tasks.
    Training,
    /// Held-out tasks.
    HeldOut,
    /// The frequencies of Fourier features.
    Features,
    /// Which images are held out.
    Split,
    /// Held-out tasks for choosing between settings.
    Validation,
    /// The classifier of samples.
    Judge,
    /// Images made from formulas.
    Images,
    /// The first centres of clusters.
    Clusters,
    /// Tasks that a person draws.
    Sketch,
}

/// The stream of one purpose, meta-iteration and index.
pub fn stream(seed: u64, purpose: Purpose, meta_iteration: u64, index: u64) -> Stream {
    let state =
        [purpose as u64 + 1, meta_iteration, index].into_iter().fold(mix(seed), |state, word| mix(state ^ mix(word)));
    Stream::seed_from_u64(state)
}

/// SplitMix64's finaliser (Steele, Lea and Flood 2014): every input bit reaches every output bit.
fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt as _;

    #[test]
    fn streams_differ_in_every_argument_and_repeat() {
        let first = |seed, purpose, iteration, index| stream(seed, purpose, iteration, index).random::<u64>();
        let base = first(0, Purpose::Training, 0, 0);
        assert_eq!(base, first(0, Purpose::Training, 0, 0));
        let others = [
            first(1, Purpose::Training, 0, 0),
            first(0, Purpose::HeldOut, 0, 0),
            first(0, Purpose::Training, 1, 0),
            first(0, Purpose::Training, 0, 1),
        ];
        assert!(others.iter().all(|&other| other != base));
    }
}
