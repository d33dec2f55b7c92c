//! The backward sweep: the exact adjoint of the inner loop, K Hessian-vector products and no graph.
//!
//! ```text
//! v_K = ∇L(θ_K; Q)
//! v_k = v_{k+1} − H_k (a_k ⊙ v_{k+1}),   H_k = ∇²L(θ_k; S_k)
//! ∂J/∂φ = v_0,   ∂J/∂a_k = −g_k ⊙ v_{k+1}
//! ```

use super::adapt::InnerLoop;
use super::episode::Episode;
use super::rates::InnerRates;
use crate::maths::network::{Network, Workspace};
use crate::maths::real::Real;

/// How much of the second derivative the sweep keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Drops the Hessian term and nothing else.
    First,
    /// Exact.
    Second,
}

/// Carries v (v_K on entry, v_0 on return) back through the inner loop. If `rate_gradient` is
/// given, ∂J/∂a is added to it, laid out like the rates. `scaled` and `product` are scratch.
#[expect(clippy::too_many_arguments, reason = "every one is part of the formula")]
pub fn sweep<T: Real>(
    network: &Network,
    rates: &InnerRates<'_, T>,
    episode: &Episode<T>,
    inner: &InnerLoop<T>,
    order: Order,
    work: &mut Workspace<T>,
    [scaled, product]: [&mut Vec<T>; 2],
    v: &mut [T],
    mut rate_gradient: Option<&mut [T]>,
) {
    for step in (0..inner.steps()).rev() {
        if let Some(gradient) = &mut rate_gradient {
            rates.add_gradient(step, &inner.gradients[step], v, gradient);
        }
        if order == Order::First {
            continue;
        }
        for scratch in [&mut *scaled, &mut *product] {
            scratch.resize(v.len(), T::zero());
        }
        rates.scale(step, v, scaled);
        network.hessian_vector(&inner.thetas[step], scaled, episode.support(step), work, product);
        for (v, &product) in v.iter_mut().zip(product.iter()) {
            *v -= product;
        }
    }
}
