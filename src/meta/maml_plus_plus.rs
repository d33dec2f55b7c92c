//! MAML++: MAML with learned inner rates for each layer and step, a loss that at first counts every
//! step, and second derivatives that may come in later (Antoniou, Edwards and Storkey 2019).
//!
//! ```text
//! J = Σ_k w_k L(θ_k; Q),   w_k = (1 − t)/K for k < K,   w_K = 1 − (K − 1)(1 − t)/K
//! ```
//! t grows evenly from 0 to 1 over `multi_step_iterations`, so the weights go from every step alike to
//! the last alone; the authors' code stops short of that, at 0.03/K for the earlier steps. The sweep
//! is FOMAML's for the first `first_order_iterations`. The optimiser moves ln a. Steps beyond those
//! that have rates use the last one's. The paper's batch-norm statistics have no place in these
//! networks, and its cosine outer rate is left to the outer loop.

use super::episode::Episode;
use super::learner::{Learner, TaskWork};
use super::rates::Sharing;
use super::sweep::Order;
use crate::maths::network::Network;
use crate::maths::real::Real;
use crate::settings::Algorithm;

/// One rate for each layer's weights and one for its biases, as in the authors' code.
pub(super) fn sharing(network: &Network) -> Sharing {
    Sharing::tensors(network.layout())
}

/// w_1 … w_K at a meta-iteration; they sum to 1.
pub fn step_weights<T: Real>(steps: usize, meta_iteration: u64, multi_step_iterations: u64) -> Vec<T> {
    let earlier = if meta_iteration < multi_step_iterations {
        (1.0 - meta_iteration as f64 / multi_step_iterations as f64) / steps as f64
    } else {
        0.0
    };
    let mut weights = vec![T::of(earlier); steps];
    if let Some(last) = weights.last_mut() {
        *last = T::of(1.0 - (steps - 1) as f64 * earlier);
    }
    weights
}

impl Learner {
    /// w_1 … w_K of the query losses that the outer loss counts at this meta-iteration: the last alone, but for MAML++.
    pub fn query_weights<T: Real>(&self, steps: usize) -> Vec<T> {
        let annealing = match self.algorithm() {
            Algorithm::MamlPlusPlus => self.method().multi_step_iterations,
            _ => 0,
        };
        if steps == 0 { Vec::new() } else { step_weights(steps, self.meta_iteration(), annealing) }
    }
}

/// ∂J/∂φ and ∂J/∂a.
pub(super) fn direction<T: Real>(learner: &Learner, episode: &Episode<T>, task: &mut TaskWork<T>) {
    let (now, method) = (learner.meta_iteration(), learner.method());
    let weights: Vec<T> = learner.query_weights(task.inner.steps());
    let order = if now < method.first_order_iterations { Order::First } else { Order::Second };
    learner.query_gradient(episode, task);
    if let Some((&last, earlier)) = weights.split_last() {
        task.direction.iter_mut().for_each(|v| *v *= last);
        learner.sweep_back(episode, order, earlier, task);
    }
}
