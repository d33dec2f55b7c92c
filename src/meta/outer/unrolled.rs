//! Unrolled, meta-gradient descent: the outer direction is the exact ∂J/∂φ through all K inner steps, second derivatives
//! included, and ∂J by whatever the step rule learns (MAML; Finn, Abbeel and Levine 2017).
//!
//! ```text
//! J = Σ_k w_k L(θ_k; Q)
//! ```
//! As a rule only the last loss counts. MAML++ begins with every step's alike (Antoniou, Edwards and Storkey 2019):
//!
//! ```text
//! w_k = (1 − t)/K for k < K,   w_K = 1 − (K − 1)(1 − t)/K
//! ```
//! t grows evenly from 0 to 1 over `multi_step_iterations`; the authors' code stops short of that, at 0.03/K for the
//! earlier steps. Its sweep drops the Hessian term for the first `first_order_iterations`. The paper's batch-norm
//! statistics have no place in these networks, and its cosine outer rate is left to the outer loop.

use crate::maths::real::Real;
use crate::meta::adjoint::Order;
use crate::meta::episode::Episode;
use crate::meta::learner::{Learner, MetaParameters, TaskWork};
use crate::meta::recipe::QueryLoss;

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
    /// w_1 … w_K of the query losses that the outer loss counts at this meta-iteration.
    pub fn query_weights<T: Real>(&self, steps: usize) -> Vec<T> {
        let annealing = match self.recipe().query_loss {
            QueryLoss::Last => 0,
            QueryLoss::EveryStepAtFirst => self.method().multi_step_iterations,
        };
        if steps == 0 { Vec::new() } else { step_weights(steps, self.meta_iteration(), annealing) }
    }

    /// How much of the second derivative the sweep keeps at this meta-iteration.
    pub fn order(&self) -> Order {
        let first = match self.recipe().query_loss {
            QueryLoss::Last => 0,
            QueryLoss::EveryStepAtFirst => self.method().first_order_iterations,
        };
        if self.meta_iteration() < first { Order::First } else { Order::Second }
    }
}

/// ∂J/∂φ, and ∂J by what is learned beside it.
pub(in crate::meta) fn direction<T: Real>(
    learner: &Learner,
    meta: &MetaParameters<T>,
    episode: &Episode<T>,
    task: &mut TaskWork<T>,
) {
    let weights: Vec<T> = learner.query_weights(task.inner.steps());
    let (&last, earlier) = weights.split_last().unwrap_or((&T::one(), &[]));
    learner.query_gradient(episode, task);
    if last != T::one() {
        task.direction.iter_mut().for_each(|v| *v *= last);
    }
    learner.sweep_back(meta, episode, learner.order(), earlier, task);
}
