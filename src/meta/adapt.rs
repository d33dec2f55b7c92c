//! The inner loop: θ_0 = φ, θ_{k+1} = θ_k − a_k ⊙ ∇L(θ_k; S_k), or whatever else the step rule
//! makes of θ_k and the gradient.

use crate::meta::cancel::Cancel;
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

/// Everything the backward sweep needs of an inner loop, and nothing else.
#[derive(Clone, Debug, Default)]
pub struct InnerLoop<T> {
    /// θ_0 … θ_K; where only the ends are kept, θ_0 first and θ_K where [`Self::adapted`] finds it.
    pub thetas: Vec<Vec<T>>,
    /// g_0 … g_{K−1}, if they are kept.
    pub gradients: Vec<Vec<T>>,
    /// L(θ_k; S_k) for k = 0 … K−1.
    pub losses: Vec<T>,
    /// What the gradients of the steps in `traced` left behind, for the sweep; later ones did not fit into
    /// [`TRACE_BYTES`] and are to be computed again, and step 0's may be in a pass over several tasks.
    traces: Vec<Trace<T>>,
    traced: Range<usize>,
    kept: Kept,
    end: usize,
}

/// What an inner loop keeps of its steps. The less it is, the more stays in the processor's caches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kept {
    /// States and gradients.
    #[default]
    Path,
    /// The same with traces for a sweep.
    Sweep,
    /// States and traces, for a sweep that asks for no gradient.
    BareSweep,
    /// The first and the last state.
    Ends,
}

impl Kept {
    fn traces(self) -> bool {
        matches!(self, Self::Sweep | Self::BareSweep)
    }

    /// Where θ_k is kept.
    fn state(self, k: usize) -> usize {
        match self {
            Self::Ends if k > 0 => 2 - k % 2,
            _ => k,
        }
    }

    /// Where g_k is kept.
    fn gradient(self, k: usize) -> usize {
        if matches!(self, Self::BareSweep | Self::Ends) { 0 } else { k }
    }
}

/// Memory for the traces of one task, and for that of a pass over several.
pub(super) const TRACE_BYTES: usize = 64 << 20;

impl<T: Real> InnerLoop<T> {
    /// θ_K.
    pub fn adapted(&self) -> &[T] {
        self.thetas.get(self.end).map_or(&[], Vec::as_slice)
    }

    /// K.
    pub fn steps(&self) -> usize {
        self.losses.len()
    }

    /// Step k as it was done; whoever kept no gradients must not ask for this one's.
    pub(super) fn step(&self, index: usize) -> Step<'_, T> {
        let gradient = self.gradients.get(index).map_or(&[][..], Vec::as_slice);
        Step { index, theta: &self.thetas[index], gradient, loss: self.losses[index] }
    }

    /// Lets the adapted parameters stand until step K, for a loop that ended before: afterwards there are
    /// K + 1 states and K losses.
    pub fn hold(&mut self, steps: usize, last_loss: T) {
        let end = self.adapted().to_vec();
        self.thetas.resize(steps + 1, end);
        self.losses.resize(steps, last_loss);
        self.end = steps;
    }

    /// What step k's gradient left behind, if it was kept here.
    pub(super) fn trace_of(&self, step: usize) -> Option<&Trace<T>> {
        self.traced.contains(&step).then(|| &self.traces[step])
    }

    /// Says what the next adaptations are to leave behind.
    pub(super) fn keep(&mut self, kept: Kept) {
        self.kept = kept;
    }

    /// Makes room for so many steps, or forgets those behind them.
    pub(super) fn fit(&mut self, steps: usize, parameters: usize) {
        let (states, gradients) = match self.kept {
            Kept::Path | Kept::Sweep => (steps + 1, steps),
            Kept::BareSweep => (steps + 1, steps.min(1)),
            Kept::Ends => (3, 1),
        };
        self.thetas.resize_with(states, Vec::new);
        self.gradients.resize_with(gradients, Vec::new);
        self.losses.resize(steps, T::zero());
        self.end = self.kept.state(steps);
        for vector in self.thetas.iter_mut().chain(&mut self.gradients) {
            vector.resize(parameters, T::zero());
        }
    }
}

/// Adapts φ to the episode's support until K steps are done or the gradient is short, into `inner`.
/// It ends before a step where `cancel` is wanted. Either way `inner` holds the steps done.
///
/// `first`, if there is any, is a pass at φ over several batches of which the one with this index is S_0.
/// They are to be adapted to in order, with the same `inner`.
#[expect(clippy::too_many_arguments, reason = "every one is part of the formula")]
pub fn adapt<T: Real>(
    network: &Network,
    phi: &[T],
    rule: &impl StepRule<T>,
    episode: &Episode<T>,
    until: Until,
    cancel: Cancel<'_>,
    first: Option<(&Trace<T>, usize)>,
    work: &mut Workspace<T>,
    inner: &mut InnerLoop<T>,
) {
    let Until { steps, tolerance } = until;
    inner.fit(steps, phi.len());
    // The tasks of a pass follow one another, and θ_0 is the same for all.
    if first.is_none_or(|(_, index)| index == 0) {
        inner.thetas[0].copy_from_slice(phi);
    }
    let kept = inner.kept;
    inner.traces.resize_with(inner.traces.len().max(if kept.traces() { steps } else { 0 }), Trace::default);
    inner.traced = 0..0;
    let mut room = if kept.traces() { TRACE_BYTES } else { 0 };
    for step in 0..steps {
        if cancel.is_wanted() {
            inner.fit(step, phi.len());
            break;
        }
        let Ok([theta, next]) = inner.thetas.get_disjoint_mut([kept.state(step), kept.state(step + 1)]) else { break };
        let (theta, gradient) = (&*theta, &mut inner.gradients[kept.gradient(step)]);
        let support = episode.support(step);
        let bytes = Trace::<T>::bytes(network, support.rows());
        inner.losses[step] = if let Some((trace, batch)) = first.filter(|_| step == 0) {
            inner.traced = 1..1;
            network.gradient_of(theta, batch, trace, gradient);
            trace.losses()[batch]
        } else if bytes <= room {
            room -= bytes;
            inner.traced.end = step + 1;
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
