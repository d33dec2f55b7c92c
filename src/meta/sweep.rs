//! The backward sweep: the exact adjoint of the inner loop, K Hessian-vector products and no graph.
//!
//! ```text
//! v_K = ∇L(θ_K; Q)
//! v_k = v_{k+1} − H_k (a_k ⊙ v_{k+1}),   H_k = ∇²L(θ_k; S_k)
//! ∂J/∂φ = v_0,   ∂J/∂a_k = −g_k ⊙ v_{k+1}
//! ```
//!
//! A step rule other than fixed rates says itself what takes the place of a_k ⊙ v_{k+1} and what else
//! flows back. Where J = Σ w_k L(θ_k; Q) counts earlier steps too, v_k also receives w_k ∇L(θ_k; Q).

use super::adapt::InnerLoop;
use super::episode::Episode;
use super::step::Adjoint;
use crate::maths::network::{Network, Trace, Workspace};
use crate::maths::real::Real;
use crate::maths::vector::add_scaled;

/// How much of the second derivative the sweep keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Drops the Hessian term and nothing else.
    First,
    /// Exact.
    Second,
}

/// Carries v (v_K on entry, v_0 on return) back through the inner loop. `weights` are w_1, w_2, … of the
/// query losses before the last; none where only the last counts. If `own_gradient` is given, ∂J by the
/// rule's own parameters is added to it. `spare`, `through` and `product` are scratch.
#[expect(clippy::too_many_arguments, reason = "every one is part of the formula")]
pub fn sweep<T: Real>(
    network: &Network,
    rule: &impl Adjoint<T>,
    episode: &Episode<T>,
    inner: &InnerLoop<T>,
    order: Order,
    weights: &[T],
    work: &mut Workspace<T>,
    spare: &mut Trace<T>,
    [through, product]: [&mut Vec<T>; 2],
    v: &mut [T],
    mut own_gradient: Option<&mut [T]>,
) {
    for scratch in [&mut *through, &mut *product] {
        scratch.resize(v.len(), T::zero());
    }
    for step in (0..inner.steps()).rev() {
        rule.pull_back(inner.step(step), v, through, own_gradient.as_deref_mut());
        if order == Order::Second {
            let (theta, support) = (&inner.thetas[step], episode.support(step));
            let trace = match inner.trace_of(step) {
                Some(trace) => trace,
                None => {
                    network.traced_gradient(theta, support, &mut *spare, work, product);
                    &*spare
                }
            };
            network.hessian_vector(theta, through, support, trace, work, product);
            for (v, &product) in v.iter_mut().zip(product.iter()) {
                *v -= product;
            }
        }
        if let Some(&weight) = step.checked_sub(1).and_then(|before| weights.get(before))
            && weight != T::zero()
        {
            network.gradient(&inner.thetas[step], &episode.query, work, product);
            add_scaled(v, weight, product);
        }
    }
}
