//! Meta-SGD: MAML with one learned inner rate for each parameter (Li, Zhou, Chen and Li 2017).
//!
//! The outer optimiser moves ln a, so that rates stay positive: ∂J/∂ln a = a ⊙ ∂J/∂a.

use super::episode::Episode;
use super::learner::{Learner, TaskWork};
use super::rates::Sharing;
use super::sweep::Order;
use crate::maths::network::Network;
use crate::maths::real::Real;

/// One rate for each parameter.
pub(super) fn sharing(network: &Network) -> Sharing {
    Sharing::None(network.parameters())
}

/// ∂J/∂φ and ∂J/∂ln a.
pub(super) fn direction<T: Real>(learner: &Learner, episode: &Episode<T>, task: &mut TaskWork<T>) {
    learner.query_gradient(episode, task);
    learner.sweep_back(episode, Order::Second, &[], task);
    learner.to_log_rates(task);
}
