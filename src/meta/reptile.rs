//! Reptile: the outer direction is φ − θ_K, so the initialisation moves to where adaptation ends.
//! It drops the query gradient and the sweep (Nichol, Achiam and Schulman 2018).

use super::episode::Episode;
use super::learner::{Learner, TaskWork};
use crate::maths::real::Real;

/// φ − θ_K.
pub(super) fn direction<T: Real>(learner: &Learner, episode: &Episode<T>, task: &mut TaskWork<T>) {
    let TaskWork { inner, direction, outcome, work, .. } = task;
    outcome.query_after = learner.measures().then(|| learner.network.loss(inner.adapted(), &episode.query, work));
    for ((direction, &phi), &theta) in direction.iter_mut().zip(&inner.thetas[0]).zip(inner.adapted()) {
        *direction = phi - theta;
    }
}
