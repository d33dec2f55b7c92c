//! Random Fourier features (Tancik et al. 2020): a fixed, unlearned layer in front of the network.

use ndarray::{Array2, ArrayView2};
use rand::Rng;
use rand_distr::{Distribution as _, StandardNormal};

use super::real::Real;

/// x → (cos 2πBx, sin 2πBx) with B ~ N(0, scale²), features × inputs.
#[derive(Clone, Debug)]
pub struct FourierFeatures {
    frequencies: Array2<f64>,
}

impl FourierFeatures {
    /// Draws the frequencies, in periods per unit of input.
    pub fn draw(features: usize, inputs: usize, scale: f64, rng: &mut impl Rng) -> Self {
        let mut frequency = || {
            let normal: f64 = StandardNormal.sample(rng);
            normal * scale
        };
        Self { frequencies: Array2::from_shape_simple_fn((features, inputs), &mut frequency) }
    }

    /// How many numbers come out for each row.
    pub fn outputs(&self) -> usize {
        2 * self.frequencies.nrows()
    }

    /// rows × inputs → rows × 2·features, cosines first.
    pub fn apply<T: Real>(&self, x: ArrayView2<'_, T>) -> Array2<T> {
        let phases = x.mapv(Real::double).dot(&self.frequencies.t()) * std::f64::consts::TAU;
        let features = self.frequencies.nrows();
        Array2::from_shape_fn((x.nrows(), 2 * features), |(i, j)| {
            let phase = phases[[i, j % features]];
            T::of(if j < features { phase.cos() } else { phase.sin() })
        })
    }
}
