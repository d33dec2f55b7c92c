//! What all algorithms share: the meta-parameters, the part that a few tasks have in a meta-iteration,
//! and the choice of algorithm.

mod directions;
mod stepping;

pub use stepping::Stepwise;

use super::adapt::{InnerLoop, Until, adapt};
use super::episode::Episode;
use super::meta_model::{self, MetaModel};
use super::proximal::Proximal;
use super::rates::{InnerRates, Sharing};
use super::recipe::{Moves, Rates, Recipe, Through};
use super::step::{Step, StepRule};
use crate::maths::network::{Network, Trace, Workspace};
use crate::maths::real::Real;
use crate::maths::vector::exponentials;
use crate::meta::cancel::Cancel;
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
    /// L(φ; Q); `None` where nobody measures it.
    pub query_before: Option<T>,
    /// L(θ_K; Q); `None` where nobody measures it and the direction does not need it.
    pub query_after: Option<T>,
    /// iMAML: whether the linear system was seen not to be positive definite, so that the direction is
    /// not the implicit gradient. False for every other algorithm.
    pub indefinite: bool,
}

/// One task's buffers and results; reused from one task to the next.
#[derive(Clone, Debug, Default)]
pub struct TaskWork<T> {
    /// Losses.
    pub outcome: Outcome<T>,
    /// The inner loop.
    pub inner: InnerLoop<T>,
    /// The network's buffers.
    pub work: Workspace<T>,
    /// This task's part of the outer direction, laid out like [`MetaParameters::values`], but for the first step's
    /// Hessian term if that is left over, and with ∂J/∂a where ln a is learned.
    pub(super) direction: Vec<T>,
    /// u of one task after the other, whose products with each one's H_0 are left to be subtracted; never shorter than
    /// it was.
    pub(super) first: Vec<T>,
    pub(super) spare: Trace<T>,
    pub(super) rates: Vec<T>,
    pub(super) scratch: [Vec<T>; 3],
    /// As which task's in `first` the sweep is to leave the first step's u to whoever has the pass at φ, if it is; the
    /// sweep that does takes it.
    pub(super) leaves_first: Option<usize>,
}

/// Losses of one task in one meta-iteration, those along the inner loop too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskLosses<T> {
    /// Before and after.
    pub outcome: Outcome<T>,
    /// L(θ_k; S_k), k = 0 … K−1; fewer where adaptation ended early.
    pub support: Vec<T>,
}

/// Several tasks' results and their common buffers; reused from one meta-iteration to the next.
#[derive(Clone, Debug, Default)]
pub struct Group<T> {
    /// The sum of the tasks' outer directions, laid out like [`MetaParameters::values`].
    pub direction: Vec<T>,
    /// Task by task.
    pub tasks: Vec<TaskLosses<T>>,
    /// The last task's inner loop, of which first-order algorithms keep the ends alone, and buffers.
    pub task: TaskWork<T>,
    at_phi: Trace<T>,
    product: Vec<T>,
}

/// A network and the algorithm that meta-trains it.
#[derive(Clone, Debug)]
pub struct Learner {
    /// The network that adapts; CAVIA's has a context.
    pub network: Network,
    recipe: &'static Recipe,
    sharing: Sharing,
    method: MethodSettings,
    learned_steps: usize,
    meta_iteration: u64,
    tolerance: f64,
    measures: bool,
}

impl Learner {
    /// Pairs a network with an algorithm as it is by default, for one inner step.
    pub fn new(network: Network, algorithm: Algorithm) -> Self {
        Self::with(network, algorithm, MethodSettings::default(), 1)
    }

    /// Pairs a network with an algorithm. What is learned step by step is learned for `steps` inner
    /// steps; those beyond use the last one's.
    pub fn with(network: Network, algorithm: Algorithm, method: MethodSettings, steps: usize) -> Self {
        let recipe = algorithm.recipe();
        let network = if recipe.moves == Moves::Context { network.with_context(method.context) } else { network };
        let sharing = Sharing::of(recipe, &network);
        let learned_steps = steps.max(1);
        let meta_iteration = u64::MAX;
        Self { network, recipe, sharing, method, learned_steps, meta_iteration, tolerance: 0.0, measures: true }
    }

    /// Says how many meta-iterations are done, which annealing goes by; until then it counts as over.
    pub fn set_meta_iteration(&mut self, meta_iteration: u64) {
        self.meta_iteration = meta_iteration;
    }

    /// Ends every inner loop early where its gradient is no longer than this; 0 for never.
    pub fn set_tolerance(&mut self, tolerance: f64) {
        self.tolerance = tolerance;
    }

    /// Says whether query losses that no direction needs are computed; until then they are.
    pub fn set_measuring(&mut self, measures: bool) {
        self.measures = measures;
    }

    /// Whether they take a considerable part of a meta-iteration with K = `steps`: of a forward pass each, against
    /// three for a gradient and six for a Hessian-vector product.
    pub fn measuring_costs(&self, steps: usize) -> bool {
        const CONSIDERABLE: f64 = 0.05;
        let (unneeded, step, query) = match self.recipe.through {
            Through::Difference => (2.0, 3.0, 0.0),
            Through::FirstOrder | Through::Implicit => (1.0, 3.0, 3.0),
            Through::Unrolled => (1.0, 9.0, 3.0),
        };
        unneeded > CONSIDERABLE * (step * steps as f64 + query)
    }

    /// Whether they are.
    pub(super) fn measures(&self) -> bool {
        self.measures
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
        self.recipe.algorithm()
    }

    /// What the algorithm is made of.
    pub fn recipe(&self) -> &'static Recipe {
        self.recipe
    }

    /// Meta-parameters that start at `phi`, with whatever else is learned such that every step is at α.
    pub fn meta_parameters<T: Real>(&self, phi: Vec<T>, inner_rate: f64) -> MetaParameters<T> {
        let len = phi.len();
        let mut values = phi;
        let log_rate = T::of(inner_rate.ln());
        match self.recipe.rates {
            Rates::Given => {}
            Rates::PerParameter => values.resize(len + self.sharing.groups(), log_rate),
            Rates::PerTensorAndStep => values.resize(len + self.learned_steps * self.sharing.groups(), log_rate),
            Rates::Model => values.extend(meta_model::initial(&self.sharing, len, log_rate)),
        }
        MetaParameters { values, phi: len }
    }

    /// The inner rates in force: α where the user owns them, the learned ones where they are learned.
    /// For the meta-model what its own rates are multiples of.
    pub fn rates<T: Real>(&self, meta: &MetaParameters<T>, inner_rate: f64) -> Vec<T> {
        let (none, given) = (T::zero(), T::of(inner_rate));
        match (self.recipe.rates, self.recipe.moves) {
            (Rates::PerParameter | Rates::PerTensorAndStep, _) => exponentials(meta.beside_phi()),
            (Rates::Model, _) => self.meta_model(meta).rates().to_vec(),
            (Rates::Given, Moves::All) => vec![given],
            (Rates::Given, Moves::Head | Moves::Body | Moves::Context) => vec![none, given, none],
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
        cancel: Cancel<'_>,
        task: &mut TaskWork<T>,
    ) {
        task.rates = self.rates(meta, inner_rate);
        self.descend(meta, episode, steps, cancel, None, task);
    }

    /// The same at the task's rates; `first` may be a pass at φ of which the batch with this index is S_0.
    fn descend<T: Real>(
        &self,
        meta: &MetaParameters<T>,
        episode: &Episode<T>,
        steps: usize,
        cancel: Cancel<'_>,
        first: Option<(&Trace<T>, usize)>,
        task: &mut TaskWork<T>,
    ) {
        let (network, phi) = (&self.network, meta.phi());
        let until = Until { steps, tolerance: self.tolerance };
        let TaskWork { work, inner, rates, .. } = task;
        let rule = self.rule(meta, rates);
        adapt(network, phi, &rule, episode, until, cancel, first, work, inner);
    }

    /// How an inner step is made at these rates.
    fn rule<'a, T: Real>(&'a self, meta: &'a MetaParameters<T>, rates: &'a [T]) -> Rule<'a, T> {
        match (self.recipe.through, self.recipe.rates) {
            (Through::Implicit, _) => {
                let inner_rate = rates.first().copied().unwrap_or_default();
                let regularisation = T::of(self.method.regularisation);
                Rule::Proximal(Proximal { phi: meta.phi(), inner_rate, regularisation })
            }
            (_, Rates::Model) => Rule::Model(self.meta_model(meta)),
            (_, Rates::Given | Rates::PerParameter | Rates::PerTensorAndStep) => {
                Rule::Rates(InnerRates::new(&self.sharing, rates))
            }
        }
    }

    /// The meta-model's step rule.
    pub(super) fn meta_model<'a, T: Real>(&'a self, meta: &'a MetaParameters<T>) -> MetaModel<'a, T> {
        MetaModel::new(&self.sharing, meta.beside_phi(), self.learned_steps)
    }
}

/// Every way to make an inner step.
enum Rule<'a, T> {
    /// θ − a ⊙ g.
    Rates(InnerRates<'a, T>),
    /// The same, held to φ.
    Proximal(Proximal<'a, T>),
    /// b ⊙ θ − a ⊙ g with what the meta-model says.
    Model(MetaModel<'a, T>),
}

impl<T: Real> StepRule<T> for Rule<'_, T> {
    fn apply(&self, step: Step<'_, T>, next: &mut [T]) {
        match self {
            Self::Rates(rule) => rule.apply(step, next),
            Self::Proximal(rule) => rule.apply(step, next),
            Self::Model(rule) => rule.apply(step, next),
        }
    }
}
