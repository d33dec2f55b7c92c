//! MAML, meta-gradient descent: the outer direction is the exact ∂J/∂φ, second derivatives included
//! (Finn, Abbeel and Levine 2017).

use super::episode::Episode;
use super::learner::{Learner, TaskWork};
use super::sweep::Order;
use crate::maths::real::Real;

/// ∂L(θ_K; Q)/∂φ through all K inner steps, and ∂J/∂a where rates are learned.
pub(super) fn direction<T: Real>(learner: &Learner, episode: &Episode<T>, task: &mut TaskWork<T>) {
    learner.query_gradient(episode, task);
    learner.sweep_back(episode, Order::Second, &[], task);
}
