//! Difference: the outer direction is φ − θ_K, so the initialisation moves to where adaptation ends. It needs no query
//! gradient and no sweep (Reptile; Nichol, Achiam and Schulman 2018).

use crate::maths::real::Real;
use crate::meta::episode::Episode;
use crate::meta::learner::{Learner, TaskWork};

/// φ − θ_K.
pub(in crate::meta) fn direction<T: Real>(learner: &Learner, episode: &Episode<T>, task: &mut TaskWork<T>) {
    let TaskWork { inner, direction, outcome, work, .. } = task;
    outcome.query_after = learner.measures().then(|| learner.network.loss(inner.adapted(), &episode.query, work));
    for ((direction, &phi), &theta) in direction.iter_mut().zip(&inner.thetas[0]).zip(inner.adapted()) {
        *direction = phi - theta;
    }
}
