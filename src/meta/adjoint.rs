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

/// An inner loop to be gone through backwards.
#[derive(Clone, Copy, Debug)]
pub struct Sweep<'a, T> {
    /// The network that was adapted.
    pub network: &'a Network,
    /// To what it was.
    pub episode: &'a Episode<T>,
    /// How.
    pub inner: &'a InnerLoop<T>,
    /// How much of the second derivative counts.
    pub order: Order,
    /// w_1, w_2, … of the query losses before the last; none where only the last counts.
    pub weights: &'a [T],
}

/// What a sweep needs room for.
#[derive(Debug)]
pub struct Scratch<'a, T> {
    /// The network's buffers.
    pub work: &'a mut Workspace<T>,
    /// A pass that was not kept.
    pub spare: &'a mut Trace<T>,
    /// u, as long as v.
    pub through: &'a mut [T],
    /// H_k u, as long.
    pub product: &'a mut [T],
}

impl<T: Real> Sweep<'_, T> {
    /// Carries v (v_K on entry, v_0 on return) back through the inner loop. If `own` is given, ∂J by the rule's own
    /// parameters is added to it.
    pub fn back(&self, rule: &impl Adjoint<T>, scratch: &mut Scratch<'_, T>, v: &mut [T], own: Option<&mut [T]>) {
        self.back_to_first(rule, scratch, v, own);
        if self.order == Order::Second && self.inner.steps() > 0 {
            self.subtract_product(0, scratch, v);
        }
    }

    /// The same but for the Hessian term of the first step: the scratch holds u, whose product with H_0 is still to be
    /// subtracted from v. It is 0 where no step was done.
    pub(super) fn back_to_first(
        &self,
        rule: &impl Adjoint<T>,
        scratch: &mut Scratch<'_, T>,
        v: &mut [T],
        mut own: Option<&mut [T]>,
    ) {
        if self.inner.steps() == 0 {
            scratch.through.fill(T::zero());
        }
        for step in (0..self.inner.steps()).rev() {
            rule.vjp(self.inner.step(step), v, scratch.through, own.as_deref_mut());
            if step == 0 {
                break;
            }
            if self.order == Order::Second {
                self.subtract_product(step, scratch, v);
            }
            if let Some(&weight) = self.weights.get(step - 1)
                && weight != T::zero()
            {
                let theta = &self.inner.thetas[step];
                self.network.gradient(theta, &self.episode.query, scratch.work, scratch.product);
                add_scaled(v, weight, scratch.product);
            }
        }
    }

    /// v ← v − H_k u.
    fn subtract_product(&self, step: usize, scratch: &mut Scratch<'_, T>, v: &mut [T]) {
        let Scratch { work, spare, through, product } = scratch;
        let theta = &self.inner.thetas[step];
        let trace = match self.inner.trace_of(step) {
            Some(trace) => trace,
            None => {
                self.network.traced_gradient(theta, self.episode.support(step), spare, work, product);
                &**spare
            }
        };
        self.network.hessian_vectors(theta, through, trace, work, product);
        subtract(v, product);
    }
}
