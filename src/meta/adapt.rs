//! The inner loop: θ_0 = φ, θ_{k+1} = θ_k − a_k ⊙ ∇L(θ_k; S_k), or whatever else the step rule
//! makes of θ_k and the gradient.

use std::ops::Range;

use super::episode::Episode;
use super::step::{Step, StepRule};
use crate::maths::network::{Network, Trace, Workspace};
use crate::maths::real::Real;
use crate::maths::vector::norm;

/// When the inner loop ends: after K steps, or before the first step whose gradient is no longer than
/// the tolerance (0: never before K).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Until {
    /// K.
    pub steps: usize,
    /// Length of ∇L(θ_k; S_k) that counts as converged.
    pub tolerance: f64,
}

impl From<usize> for Until {
    fn from(steps: usize) -> Self {
        Self { steps, tolerance: 0.0 }
    }
}

/// Everything the backward sweep needs of an inner loop, and nothing else.
#[derive(Clone, Debug, Default)]
pub struct InnerLoop<T> {
    /// θ_0 … θ_K.
    pub thetas: Vec<Vec<T>>,
    /// g_0 … g_{K−1}.
    pub gradients: Vec<Vec<T>>,
    /// L(θ_k; S_k) for k = 0 … K−1.
    pub losses: Vec<T>,
    /// What the gradients of the steps in `kept` left behind, for the sweep; later ones did not fit into
    /// [`TRACE_BYTES`] and are to be computed again, and step 0's may be in a pass over several tasks.
    traces: Vec<Trace<T>>,
    kept: Range<usize>,
    traced: bool,
}

/// Memory for the traces of one task, and for that of a pass over several.
pub(super) const TRACE_BYTES: usize = 64 << 20;

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

    /// Lets the adapted parameters stand until step K, for a loop that ended before: afterwards there are
    /// K + 1 states and K losses.
    pub fn hold(&mut self, steps: usize, last_loss: T) {
        let end = self.adapted().to_vec();
        self.thetas.resize(steps + 1, end);
        self.losses.resize(steps, last_loss);
    }

    /// What step k's gradient left behind, if it was kept here.
    pub(super) fn trace_of(&self, step: usize) -> Option<&Trace<T>> {
        self.kept.contains(&step).then(|| &self.traces[step])
    }

    /// Whether the next adaptations are to leave traces behind for a sweep.
    pub(super) fn set_traced(&mut self, traced: bool) {
        self.traced = traced;
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

/// Adapts φ to the episode's support until K steps are done or the gradient is short, into `inner`.
/// Before each step it asks `keep_going`; at a no it stops. Either way `inner` holds the steps done.
#[expect(clippy::too_many_arguments, reason = "every one is part of the formula")]
pub fn adapt<T: Real>(
    network: &Network,
    phi: &[T],
    rule: &impl StepRule<T>,
    episode: &Episode<T>,
    until: impl Into<Until>,
    keep_going: &dyn Fn() -> bool,
    work: &mut Workspace<T>,
    inner: &mut InnerLoop<T>,
) {
    adapt_from(network, phi, rule, episode, until.into(), keep_going, None, work, inner);
}

/// The same; `first`, if there is any, is a pass at φ over several batches of which the one with this index is S_0.
/// They are to be adapted to in order, with the same `inner`.
#[expect(clippy::too_many_arguments, reason = "every one is part of the formula")]
pub(super) fn adapt_from<T: Real>(
    network: &Network,
    phi: &[T],
    rule: &impl StepRule<T>,
    episode: &Episode<T>,
    Until { steps, tolerance }: Until,
    keep_going: &dyn Fn() -> bool,
    first: Option<(&Trace<T>, usize)>,
    work: &mut Workspace<T>,
    inner: &mut InnerLoop<T>,
) {
    inner.fit(steps, phi.len());
    // The tasks of a pass follow one another, and θ_0 is the same for all.
    if first.is_none_or(|(_, index)| index == 0) {
        inner.thetas[0].copy_from_slice(phi);
    }
    inner.traces.resize_with(inner.traces.len().max(if inner.traced { steps } else { 0 }), Trace::default);
    inner.kept = 0..0;
    let mut room = if inner.traced { TRACE_BYTES } else { 0 };
    for step in 0..steps {
        if !keep_going() {
            inner.fit(step, phi.len());
            break;
        }
        let (done, next) = inner.thetas.split_at_mut(step + 1);
        let (theta, next) = (&done[step], &mut next[0]);
        let gradient = &mut inner.gradients[step];
        let support = episode.support(step);
        let bytes = Trace::<T>::bytes(network, support.rows());
        inner.losses[step] = if let Some((trace, batch)) = first.filter(|_| step == 0) {
            inner.kept = 1..1;
            network.gradient_of(theta, batch, trace, gradient);
            trace.losses()[batch]
        } else if bytes <= room {
            room -= bytes;
            inner.kept.end = step + 1;
            network.traced_gradient(theta, support, &mut inner.traces[step], work, gradient)
        } else {
            room = 0;
            network.gradient(theta, support, work, gradient)
        };
        if tolerance > 0.0 && norm(gradient).double() <= tolerance {
            inner.fit(step, phi.len());
            break;
        }
        rule.apply(Step { index: step, theta, gradient, loss: inner.losses[step] }, next);
    }
}
