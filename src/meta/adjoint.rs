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
use crate::maths::vector::{add_scaled, subtract};

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
    own_gradient: Option<&mut [T]>,
) {
    through.resize(v.len(), T::zero());
    product.resize(v.len(), T::zero());
    let scratch = [&mut through[..], &mut product[..]];
    sweep_to_first(network, rule, episode, inner, order, weights, work, spare, scratch, v, own_gradient);
    if order == Order::Second && inner.steps() > 0 {
        subtract_product(network, episode, inner, 0, work, spare, [through, product], v);
    }
}

/// The same but for the Hessian term of the first step: `through` holds u, whose product with H_0 is still to be
/// subtracted from v. It is 0 where no step was done. Both vectors of scratch are as long as v.
#[expect(clippy::too_many_arguments, reason = "every one is part of the formula")]
pub(super) fn sweep_to_first<T: Real>(
    network: &Network,
    rule: &impl Adjoint<T>,
    episode: &Episode<T>,
    inner: &InnerLoop<T>,
    order: Order,
    weights: &[T],
    work: &mut Workspace<T>,
    spare: &mut Trace<T>,
    [through, product]: [&mut [T]; 2],
    v: &mut [T],
    mut own_gradient: Option<&mut [T]>,
) {
    if inner.steps() == 0 {
        through.fill(T::zero());
    }
    for step in (0..inner.steps()).rev() {
        rule.vjp(inner.step(step), v, through, own_gradient.as_deref_mut());
        if step == 0 {
            break;
        }
        if order == Order::Second {
            subtract_product(network, episode, inner, step, work, spare, [&mut *through, &mut *product], v);
        }
        if let Some(&weight) = weights.get(step - 1)
            && weight != T::zero()
        {
            network.gradient(&inner.thetas[step], &episode.query, work, product);
            add_scaled(v, weight, product);
        }
    }
}

/// v ← v − H_k u with u in `through`.
#[expect(clippy::too_many_arguments, reason = "every one is part of the formula")]
fn subtract_product<T: Real>(
    network: &Network,
    episode: &Episode<T>,
    inner: &InnerLoop<T>,
    step: usize,
    work: &mut Workspace<T>,
    spare: &mut Trace<T>,
    [through, product]: [&mut [T]; 2],
    v: &mut [T],
) {
    let theta = &inner.thetas[step];
    let trace = match inner.trace_of(step) {
        Some(trace) => trace,
        None => {
            network.traced_gradient(theta, episode.support(step), &mut *spare, work, product);
            &*spare
        }
    };
    network.hessian_vectors(theta, through, trace, work, product);
    subtract(v, product);
}
