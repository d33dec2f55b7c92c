//! Descent that is held to φ, as iMAML's adaptation is ([`super::outer::implicit`]).

use super::step::{Step, StepRule};
use crate::maths::real::Real;
use crate::maths::vector::norm;

/// Descent rests where the proximal gradient is no longer than this.
const PROXIMAL_TOLERANCE: f64 = 1e-8;

/// θ_{k+1} = θ_k − α (g_k + λ (θ_k − φ)).
pub(super) struct Proximal<'a, T> {
    pub phi: &'a [T],
    /// α.
    pub inner_rate: T,
    /// λ.
    pub regularisation: T,
}

impl<T: Real> StepRule<T> for Proximal<'_, T> {
    fn apply(&self, step: Step<'_, T>, next: &mut [T]) {
        let states = step.theta.iter().zip(self.phi).zip(step.gradient);
        for (next, ((&theta, &phi), &gradient)) in next.iter_mut().zip(states) {
            *next = gradient + self.regularisation * (theta - phi);
        }
        let rest = norm(next) <= T::of(PROXIMAL_TOLERANCE);
        for (next, &theta) in next.iter_mut().zip(step.theta) {
            *next = if rest { theta } else { theta - self.inner_rate * *next };
        }
    }
}
