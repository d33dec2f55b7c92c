//! Joint pretraining, the baseline that every meta-learner must beat: plain training of one network
//! on the pooled tasks, blind to which task a point comes from.

use super::adapt::TRACE_BYTES;
use super::episode::Episode;
use crate::maths::network::{Network, Trace, Workspace};
use crate::maths::real::Real;
use crate::maths::vector::add_scaled;

/// Buffers of the pooled gradient; reused from one meta-iteration to the next.
#[derive(Clone, Debug, Default)]
pub struct Pooled<T> {
    /// The sum over tasks of ½(∇L(θ; S_0) + ∇L(θ; Q)).
    pub gradient: Vec<T>,
    part: Vec<T>,
    trace: Trace<T>,
}

/// Several tasks' part of the pooled gradient. They are gone through together, as they share θ, if
/// that does not take too much memory.
pub fn gradient<T: Real>(
    network: &Network,
    theta: &[T],
    episodes: &[Episode<T>],
    work: &mut Workspace<T>,
    Pooled { gradient, part, trace }: &mut Pooled<T>,
) {
    gradient.clear();
    gradient.resize(theta.len(), T::zero());
    part.resize(theta.len(), T::zero());
    let rows = |episode: &Episode<T>| episode.support(0).rows() + episode.query.rows();
    let all = Trace::<T>::bytes(network, episodes.iter().map(rows).sum());
    for episodes in episodes.chunks(if all <= TRACE_BYTES { episodes.len() } else { 1 }) {
        let batches = episodes.iter().flat_map(|episode| [episode.support(0), &episode.query]);
        network.pass(theta, batches, 2 * episodes.len(), false, trace, work);
        network.gradient_sum(theta, 2 * episodes.len(), trace, part);
        add_scaled(gradient, T::of(0.5), part);
    }
}
