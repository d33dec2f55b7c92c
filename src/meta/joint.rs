//! Joint pretraining, the baseline that every meta-learner must beat: plain training of one network
//! on the pooled tasks, blind to which task a point comes from.

use super::episode::Episode;
use crate::maths::network::{Network, Workspace};
use crate::maths::real::Real;

/// This task's part of the pooled gradient, ½(∇L(θ; S_0) + ∇L(θ; Q)), into `gradient`.
pub fn task_gradient<T: Real>(
    network: &Network,
    theta: &[T],
    episode: &Episode<T>,
    work: &mut Workspace<T>,
    [gradient, scratch]: [&mut Vec<T>; 2],
) {
    for vector in [&mut *gradient, &mut *scratch] {
        vector.resize(theta.len(), T::zero());
    }
    network.gradient(theta, episode.support(0), work, gradient);
    network.gradient(theta, &episode.query, work, scratch);
    for (gradient, &other) in gradient.iter_mut().zip(scratch.iter()) {
        *gradient = T::of(0.5) * (*gradient + other);
    }
}
