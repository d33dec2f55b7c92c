//! First order: the backward sweep without its Hessian term, so the outer direction is ∇L(θ_K; Q) as it stands
//! (FOMAML; Finn, Abbeel and Levine 2017, section 5.2).

use crate::maths::real::Real;
use crate::meta::episode::Episode;
use crate::meta::learner::{Learner, TaskWork};

/// ∇L(θ_K; Q).
pub(in crate::meta) fn direction<T: Real>(learner: &Learner, episode: &Episode<T>, task: &mut TaskWork<T>) {
    learner.query_gradient(episode, task);
}
