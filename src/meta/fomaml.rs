//! FOMAML: MAML's sweep without its Hessian term, so the outer direction is ∇L(θ_K; Q) as it stands
//! (Finn, Abbeel and Levine 2017, section 5.2).

use super::episode::Episode;
use super::learner::{Learner, TaskWork};
use crate::maths::real::Real;

/// ∇L(θ_K; Q).
pub(super) fn direction<T: Real>(learner: &Learner, episode: &Episode<T>, task: &mut TaskWork<T>) {
    learner.query_gradient(episode, task);
}
