//! Joint pretraining, the baseline that every meta-learner must beat: plain training of one network
//! on the pooled tasks, blind to which task a point comes from.

use super::episode::Episode;
use crate::maths::network::{Network, Trace, Workspace};
use crate::maths::real::Real;

/// Buffers of the pooled gradient; reused from one meta-iteration to the next.
#[derive(Clone, Debug, Default)]
pub struct Pooled<T> {
    /// The sum over tasks of ½(∇L(θ; S_0) + ∇L(θ; Q)).
    pub gradient: Vec<T>,
    trace: Trace<T>,
}

/// Several tasks' part of the pooled gradient. They are gone through together, as they share θ.
pub fn gradient<T: Real>(
    network: &Network,
    theta: &[T],
    episodes: &[Episode<T>],
    work: &mut Workspace<T>,
    Pooled { gradient, trace }: &mut Pooled<T>,
) {
    gradient.resize(theta.len(), T::zero());
    let batches = episodes.iter().flat_map(|episode| [episode.support(0), &episode.query]);
    network.pass(theta, batches, 2 * episodes.len(), false, trace, work);
    network.gradient_sum(theta, 2 * episodes.len(), trace, gradient);
    gradient.iter_mut().for_each(|gradient| *gradient *= T::of(0.5));
}
