//! What all algorithms share: the meta-parameters, one task's part of a meta-iteration, and the
//! choice of algorithm.

use super::adapt::{InnerLoop, Until, adapt};
use super::episode::Episode;
use super::meta_model::MetaModel;
use super::rates::{InnerRates, Sharing};
use super::step::Adjoint;
use super::sweep::{Order, sweep};
use super::{anil, cavia, fomaml, imaml, maml, maml_plus_plus, meta_model, meta_sgd, reptile};
use crate::maths::network::{Network, Trace, Workspace};
use crate::maths::real::Real;
use crate::settings::{Algorithm, MethodSettings};

/// What the outer optimiser moves: φ, then whatever else the algorithm learns.
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

    /// What is learned beside φ: ln a of learned inner rates (MAML++: step after step), the meta-model's
    /// ln α and ψ, or nothing.
    pub fn beside_phi(&self) -> &[T] {
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
    /// iMAML: whether the linear system was seen not to be positive definite, so that the direction is
    /// not the implicit gradient. False for every other algorithm.
    pub indefinite: bool,
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
    pub(super) spare: Trace<T>,
    pub(super) rates: Vec<T>,
    pub(super) scratch: [Vec<T>; 3],
}

/// A network and the algorithm that meta-trains it.
#[derive(Clone, Debug)]
pub struct Learner {
    /// The network that adapts; CAVIA's has a context.
    pub network: Network,
    algorithm: Algorithm,
    sharing: Sharing,
    method: MethodSettings,
    learned_steps: usize,
    meta_iteration: u64,
    tolerance: f64,
}

impl Learner {
    /// Pairs a network with an algorithm as it is by default, for one inner step.
    pub fn new(network: Network, algorithm: Algorithm) -> Self {
        Self::with(network, algorithm, MethodSettings::default(), 1)
    }

    /// Pairs a network with an algorithm. What is learned step by step is learned for `steps` inner
    /// steps; those beyond use the last one's.
    pub fn with(network: Network, algorithm: Algorithm, method: MethodSettings, steps: usize) -> Self {
        let network = if algorithm == Algorithm::Cavia { network.with_context(method.context) } else { network };
        let sharing = match algorithm {
            Algorithm::Maml | Algorithm::Fomaml | Algorithm::Reptile | Algorithm::Imaml => Sharing::All,
            Algorithm::MetaSgd => meta_sgd::sharing(&network),
            Algorithm::MamlPlusPlus => maml_plus_plus::sharing(&network),
            Algorithm::Anil => anil::sharing(&network),
            Algorithm::Cavia => cavia::sharing(&network),
            Algorithm::MetaModel => meta_model::sharing(&network),
        };
        let learned_steps = steps.max(1);
        Self { network, algorithm, sharing, method, learned_steps, meta_iteration: u64::MAX, tolerance: 0.0 }
    }

    /// Says how many meta-iterations are done, which annealing goes by; until then it counts as over.
    pub fn set_meta_iteration(&mut self, meta_iteration: u64) {
        self.meta_iteration = meta_iteration;
    }

    /// Ends every inner loop early where its gradient is no longer than this; 0 for never.
    pub fn set_tolerance(&mut self, tolerance: f64) {
        self.tolerance = tolerance;
    }

    /// When an inner loop of at most so many steps ends.
    pub(super) fn until(&self, steps: usize) -> Until {
        Until { steps, tolerance: self.tolerance }
    }

    /// Meta-iterations done.
    pub fn meta_iteration(&self) -> u64 {
        self.meta_iteration
    }

    /// What belongs to single algorithms.
    pub fn method(&self) -> &MethodSettings {
        &self.method
    }

    /// Which algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Meta-parameters that start at `phi`, with whatever else is learned such that every step is at α.
    pub fn meta_parameters<T: Real>(&self, phi: Vec<T>, inner_rate: f64) -> MetaParameters<T> {
        let len = phi.len();
        let mut values = phi;
        let log_rate = T::of(inner_rate.ln());
        match self.algorithm {
            Algorithm::MetaSgd => values.resize(len + self.sharing.groups(), log_rate),
            Algorithm::MamlPlusPlus => values.resize(len + self.learned_steps * self.sharing.groups(), log_rate),
            Algorithm::MetaModel => values.extend(meta_model::initial(&self.sharing, len, log_rate)),
            _ => {}
        }
        MetaParameters { values, phi: len }
    }

    /// The inner rates in force: α where the user owns them, the learned ones where they are learned.
    /// For the meta-model what its own rates are multiples of.
    pub fn rates<T: Real>(&self, meta: &MetaParameters<T>, inner_rate: f64) -> Vec<T> {
        match self.algorithm {
            Algorithm::MetaSgd | Algorithm::MamlPlusPlus => meta.beside_phi().iter().map(|log| log.exp()).collect(),
            Algorithm::MetaModel => self.meta_model(meta).rates().to_vec(),
            Algorithm::Anil => anil::rates(inner_rate),
            Algorithm::Cavia => cavia::rates(inner_rate),
            _ => vec![T::of(inner_rate)],
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
        let (network, phi) = (&self.network, meta.phi());
        match self.algorithm {
            Algorithm::Imaml => imaml::adapt(self, meta, episode, steps, keep_going, task),
            Algorithm::MetaModel => {
                let rule = self.meta_model(meta);
                adapt(network, phi, &rule, episode, self.until(steps), keep_going, &mut task.work, &mut task.inner);
            }
            _ => {
                let rates = InnerRates::new(&self.sharing, &task.rates);
                adapt(network, phi, &rates, episode, self.until(steps), keep_going, &mut task.work, &mut task.inner);
            }
        }
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
        let first_order = matches!(self.algorithm, Algorithm::Fomaml | Algorithm::Reptile | Algorithm::Imaml);
        task.inner.set_traced(!first_order);
        self.adapt(meta, inner_rate, episode, steps, keep_going, task);
        task.inner.set_traced(false);
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
            Algorithm::MamlPlusPlus => maml_plus_plus::direction(self, episode, task),
            Algorithm::Anil => anil::direction(self, episode, task),
            Algorithm::Cavia => cavia::direction(self, episode, task),
            Algorithm::Imaml => imaml::direction(self, episode, task),
            Algorithm::MetaModel => meta_model::direction(self, meta, episode, task),
        }
    }

    /// v_K = ∇L(θ_K; Q) into the φ part of the direction; records the query loss.
    pub(super) fn query_gradient<T: Real>(&self, episode: &Episode<T>, task: &mut TaskWork<T>) {
        let phi = self.network.parameters();
        let TaskWork { inner, work, direction, outcome, .. } = task;
        outcome.query_after = self.network.gradient(inner.adapted(), &episode.query, work, &mut direction[..phi]);
    }

    /// Carries the φ part of the direction back through the inner loop, with ∂J/∂a in the rest if
    /// there is any. `weights` are those of the query losses before the last step.
    pub(super) fn sweep_back<T: Real>(
        &self,
        episode: &Episode<T>,
        order: Order,
        weights: &[T],
        task: &mut TaskWork<T>,
    ) {
        let rates = std::mem::take(&mut task.rates);
        self.sweep_with(&InnerRates::new(&self.sharing, &rates), episode, order, weights, task);
        task.rates = rates;
    }

    /// The same for any step rule.
    pub(super) fn sweep_with<T: Real>(
        &self,
        rule: &impl Adjoint<T>,
        episode: &Episode<T>,
        order: Order,
        weights: &[T],
        task: &mut TaskWork<T>,
    ) {
        let TaskWork { direction, inner, work, spare, scratch: [through, product, _], .. } = task;
        let (v, own) = direction.split_at_mut(self.network.parameters());
        let own = (!own.is_empty()).then_some(own);
        sweep(&self.network, rule, episode, inner, order, weights, work, spare, [through, product], v, own);
    }

    /// Turns ∂J/∂a in the direction into ∂J/∂ln a = a ⊙ ∂J/∂a.
    pub(super) fn to_log_rates<T: Real>(&self, task: &mut TaskWork<T>) {
        let log_rates = &mut task.direction[self.network.parameters()..];
        for (gradient, &rate) in log_rates.iter_mut().zip(&task.rates) {
            *gradient *= rate;
        }
    }

    /// The meta-model's step rule.
    pub(super) fn meta_model<'a, T: Real>(&'a self, meta: &'a MetaParameters<T>) -> MetaModel<'a, T> {
        MetaModel::new(&self.sharing, meta.beside_phi(), self.learned_steps)
    }
}
