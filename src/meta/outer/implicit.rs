//! Implicit: adaptation is held to φ by a proximal term, and the meta-gradient follows from where it
//! ends, not from the way there (iMAML; Rajeswaran, Finn, Kakade and Levine 2019).
//!
//! ```text
//! θ* = argmin L(θ; S) + λ/2 ‖θ − φ‖²,   dL(θ*; Q)/dφ = (I + H/λ)⁻¹ ∇L(θ*; Q),   H = ∇²L(θ*; S)
//! ```
//! θ* is approached by K steps of gradient descent from φ at rate α, and the system is solved by conjugate
//! gradients, so the direction is exact only where both have converged and I + H/λ is positive
//! definite. Where it is seen not to be, the outcome says so and the last good iterate serves. Where
//! each step has its own mini-batch, descent takes the step's and H is that of the last one.

use crate::maths::conjugate::conjugate_gradients;
use crate::maths::real::Real;
use crate::meta::episode::Episode;
use crate::meta::learner::{Learner, TaskWork};

/// Conjugate gradients stop at a residual of this share of the query gradient.
const RESIDUAL_TOLERANCE: f64 = 1e-6;

/// (I + H/λ)⁻¹ ∇L(θ_K; Q).
pub(in crate::meta) fn direction<T: Real>(learner: &Learner, episode: &Episode<T>, task: &mut TaskWork<T>) {
    learner.query_gradient(episode, task);
    let method = learner.method();
    let share = T::of(1.0 / method.regularisation);
    let TaskWork { inner, work, spare, direction, outcome, scratch, .. } = task;
    let support = episode.support(inner.steps().saturating_sub(1));
    scratch[0].resize(direction.len(), T::zero());
    learner.network.traced_gradient(inner.adapted(), support, spare, work, &mut scratch[0]);
    let product = |p: &[T], out: &mut [T]| {
        learner.network.hessian_vectors(inner.adapted(), p, spare, work, out);
        for (out, &p) in out.iter_mut().zip(p) {
            *out = p + share * *out;
        }
    };
    let solution = conjugate_gradients(product, direction, method.conjugate_steps, RESIDUAL_TOLERANCE, scratch);
    outcome.indefinite = solution.indefinite;
}
