//! The inner loop: θ_0 = φ, θ_{k+1} = θ_k − a_k ⊙ ∇L(θ_k; S_k), or whatever else the step rule
//! makes of θ_k and the gradient.

use super::episode::Episode;
use super::step::{Step, StepRule};
use crate::maths::network::{Network, Workspace};
use crate::maths::real::Real;

/// Everything the backward sweep needs of an inner loop, and nothing else.
#[derive(Clone, Debug, Default)]
pub struct InnerLoop<T> {
    /// θ_0 … θ_K.
    pub thetas: Vec<Vec<T>>,
    /// g_0 … g_{K−1}.
    pub gradients: Vec<Vec<T>>,
    /// L(θ_k; S_k) for k = 0 … K−1.
    pub losses: Vec<T>,
}

impl<T: Real> InnerLoop<T> {
    /// θ_K.
    pub fn adapted(&self) -> &[T] {
        self.thetas.last().map_or(&[], Vec::as_slice)
    }

    /// K.
    pub fn steps(&self) -> usize {
        self.gradients.len()
    }

    /// Step k as it was done.
    pub(super) fn step(&self, index: usize) -> Step<'_, T> {
        Step { index, theta: &self.thetas[index], gradient: &self.gradients[index], loss: self.losses[index] }
    }

    pub(super) fn fit(&mut self, steps: usize, parameters: usize) {
        self.thetas.resize_with(steps + 1, Vec::new);
        self.gradients.resize_with(steps, Vec::new);
        self.losses.resize(steps, T::zero());
        for vector in self.thetas.iter_mut().chain(&mut self.gradients) {
            vector.resize(parameters, T::zero());
        }
    }
}

/// Adapts φ to the episode's support by `steps` gradient steps, into `inner`. Before each step it
/// asks `keep_going`; at a no it stops, and `inner` holds the steps done.
#[expect(clippy::too_many_arguments, reason = "every one is part of the formula")]
pub fn adapt<T: Real>(
    network: &Network,
    phi: &[T],
    rule: &impl StepRule<T>,
    episode: &Episode<T>,
    steps: usize,
    keep_going: &dyn Fn() -> bool,
    work: &mut Workspace<T>,
    inner: &mut InnerLoop<T>,
) {
    inner.fit(steps, phi.len());
    inner.thetas[0].copy_from_slice(phi);
    for step in 0..steps {
        if !keep_going() {
            inner.fit(step, phi.len());
            return;
        }
        let (done, next) = inner.thetas.split_at_mut(step + 1);
        let (theta, next) = (&done[step], &mut next[0]);
        let gradient = &mut inner.gradients[step];
        inner.losses[step] = network.gradient(theta, episode.support(step), work, gradient);
        rule.apply(Step { index: step, theta, gradient, loss: inner.losses[step] }, next);
    }
}
