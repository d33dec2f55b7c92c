//! What all algorithms share: the meta-parameters, one task's part of a meta-iteration, and the
//! choice of algorithm.

use super::adapt::{InnerLoop, adapt};
use super::episode::Episode;
use super::rates::{InnerRates, Sharing};
use super::sweep::{Order, sweep};
use super::{anil, fomaml, maml, meta_sgd, reptile};
use crate::maths::network::{Network, Workspace};
use crate::maths::real::Real;
use crate::settings::Algorithm;

/// What the outer optimiser moves: φ, then the logarithms of the learned inner rates if there are any.
#[derive(Clone, Debug, PartialEq)]
pub struct MetaParameters<T> {
    /// All numbers, one flat vector.
    pub values: Vec<T>,
    phi: usize,
}

impl<T: Real> MetaParameters<T> {
    /// φ, the learned initialisation.
    pub fn phi(&self) -> &[T] {
        &self.values[..self.phi]
    }

    /// ln a of the learned inner rates; empty unless the algorithm learns them.
    pub fn log_rates(&self) -> &[T] {
        &self.values[self.phi..]
    }
}

/// Losses of one task in one meta-iteration.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome<T> {
    /// L(φ; Q).
    pub query_before: T,
    /// L(θ_K; Q).
    pub query_after: T,
    /// L(φ; S_0).
    pub support_before: T,
}

/// One task's buffers and results; reused from one meta-iteration to the next.
#[derive(Clone, Debug, Default)]
pub struct TaskWork<T> {
    /// Losses.
    pub outcome: Outcome<T>,
    /// This task's part of the outer direction, laid out like [`MetaParameters::values`].
    pub direction: Vec<T>,
    /// The inner loop.
    pub inner: InnerLoop<T>,
    /// The network's buffers.
    pub work: Workspace<T>,
    pub(super) rates: Vec<T>,
    scratch: [Vec<T>; 2],
}

/// A network and the algorithm that meta-trains it.
#[derive(Clone, Debug)]
pub struct Learner {
    /// The network that adapts.
    pub network: Network,
    algorithm: Algorithm,
    sharing: Sharing,
}

impl Learner {
    /// Pairs a network with an algorithm.
    pub fn new(network: Network, algorithm: Algorithm) -> Self {
        let sharing = match algorithm {
            Algorithm::Maml | Algorithm::Fomaml | Algorithm::Reptile => Sharing::All,
            Algorithm::MetaSgd => meta_sgd::sharing(&network),
            Algorithm::Anil => anil::sharing(&network),
        };
        Self { network, algorithm, sharing }
    }

    /// Which algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Meta-parameters that start at `phi`, with learned rates (if any) at α.
    pub fn meta_parameters<T: Real>(&self, phi: Vec<T>, inner_rate: f64) -> MetaParameters<T> {
        let len = phi.len();
        let mut values = phi;
        if self.algorithm == Algorithm::MetaSgd {
            values.resize(len + self.sharing.groups(), T::of(inner_rate.ln()));
        }
        MetaParameters { values, phi: len }
    }

    /// The inner rates in force: α where the user owns them, the learned ones where they are learned.
    pub fn rates<T: Real>(&self, meta: &MetaParameters<T>, inner_rate: f64) -> Vec<T> {
        match self.algorithm {
            Algorithm::Maml | Algorithm::Fomaml | Algorithm::Reptile => vec![T::of(inner_rate)],
            Algorithm::MetaSgd => meta.log_rates().iter().map(|log| log.exp()).collect(),
            Algorithm::Anil => anil::rates(inner_rate),
        }
    }

    /// Which parameters share an inner rate.
    pub fn sharing(&self) -> &Sharing {
        &self.sharing
    }

    /// Adapts φ to an episode, as a new task is adapted to at test time.
    pub fn adapt<T: Real>(
        &self,
        meta: &MetaParameters<T>,
        inner_rate: f64,
        episode: &Episode<T>,
        steps: usize,
        keep_going: &dyn Fn() -> bool,
        task: &mut TaskWork<T>,
    ) {
        task.rates = self.rates(meta, inner_rate);
        let rates = InnerRates::new(&self.sharing, &task.rates);
        adapt(&self.network, meta.phi(), &rates, episode, steps, keep_going, &mut task.work, &mut task.inner);
    }

    /// One task's part of a meta-iteration: adapts with K = `steps`, then leaves this task's outer
    /// direction and losses in `task`. At a no of `keep_going`, asked before each inner step, what
    /// is left in `task` is worthless.
    pub fn task_direction<T: Real>(
        &self,
        meta: &MetaParameters<T>,
        inner_rate: f64,
        episode: &Episode<T>,
        steps: usize,
        keep_going: &dyn Fn() -> bool,
        task: &mut TaskWork<T>,
    ) {
        self.adapt(meta, inner_rate, episode, steps, keep_going, task);
        if !keep_going() {
            return;
        }
        task.outcome.support_before = task.inner.losses.first().copied().unwrap_or_default();
        task.outcome.query_before = self.network.loss(meta.phi(), &episode.query, &mut task.work);
        task.direction.clear();
        task.direction.resize(meta.values.len(), T::zero());
        match self.algorithm {
            Algorithm::Maml => maml::direction(self, episode, task),
            Algorithm::Fomaml => fomaml::direction(self, episode, task),
            Algorithm::Reptile => reptile::direction(self, episode, task),
            Algorithm::MetaSgd => meta_sgd::direction(self, episode, task),
            Algorithm::Anil => anil::direction(self, episode, task),
        }
    }

    /// v_K = ∇L(θ_K; Q) into the φ part of the direction; records the query loss.
    pub(super) fn query_gradient<T: Real>(&self, episode: &Episode<T>, task: &mut TaskWork<T>) {
        let phi = self.network.parameters();
        let TaskWork { inner, work, direction, outcome, .. } = task;
        outcome.query_after = self.network.gradient(inner.adapted(), &episode.query, work, &mut direction[..phi]);
    }

    /// Carries the φ part of the direction back through the inner loop, with ∂J/∂a in the rest if
    /// there is any.
    pub(super) fn sweep_back<T: Real>(&self, episode: &Episode<T>, order: Order, task: &mut TaskWork<T>) {
        let TaskWork { direction, inner, work, rates, scratch: [scaled, product], .. } = task;
        let (v, rate_gradient) = direction.split_at_mut(self.network.parameters());
        let rates = InnerRates::new(&self.sharing, rates);
        let rate_gradient = (!rate_gradient.is_empty()).then_some(rate_gradient);
        sweep(&self.network, &rates, episode, inner, order, work, [scaled, product], v, rate_gradient);
    }
}
