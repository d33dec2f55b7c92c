//! The settings that belong to single algorithms, one by one.

use super::{Algorithm, MethodSettings};

/// One setting of [`MethodSettings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodKnob {
    /// How long MAML++'s loss counts every step.
    MultiStep,
    /// How long MAML++ goes without second derivatives.
    FirstOrder,
    /// λ of iMAML.
    Regularisation,
    /// Conjugate gradients of iMAML.
    ConjugateSteps,
    /// Size of CAVIA's context.
    Context,
}

impl MethodKnob {
    /// Every one.
    pub const ALL: [Self; 5] =
        [Self::MultiStep, Self::FirstOrder, Self::Regularisation, Self::ConjugateSteps, Self::Context];

    /// The algorithm that has it.
    pub fn algorithm(self) -> Algorithm {
        Algorithm::all().find(|algorithm| algorithm.recipe().knobs.contains(&self.key())).unwrap_or_default()
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::MultiStep => "Multi-step until",
            Self::FirstOrder => "1st order until",
            Self::Regularisation => "Hold λ",
            Self::ConjugateSteps => "Solver steps",
            Self::Context => "Context",
        }
    }

    /// The key in an experiment file.
    pub fn key(self) -> &'static str {
        match self {
            Self::MultiStep => "multi_step_iterations",
            Self::FirstOrder => "first_order_iterations",
            Self::Regularisation => "regularisation",
            Self::ConjugateSteps => "conjugate_steps",
            Self::Context => "context",
        }
    }

    /// One sentence: what it is and does.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::MultiStep => {
                "Meta-iterations over which the loss goes from counting every step alike to the last alone; 0 for the last alone"
            }
            Self::FirstOrder => "Meta-iterations at the start without second derivatives: faster, and less exact",
            Self::Regularisation => {
                "How firmly adaptation is held to the initialisation: the larger, the less a task may move away"
            }
            Self::ConjugateSteps => {
                "Steps of conjugate gradients that solve for the meta-gradient at most: more are more exact and slower"
            }
            Self::Context => "Numbers beside the inputs that adapt to a task: more can tell more tasks apart",
        }
    }

    /// Lowest and highest value.
    pub fn range(self) -> [f64; 2] {
        match self {
            Self::MultiStep | Self::FirstOrder => [0.0, 1e9],
            Self::Regularisation => [1e-3, 1e6],
            Self::ConjugateSteps => [1.0, 200.0],
            Self::Context => [1.0, 256.0],
        }
    }

    /// Whether the value is a whole number.
    pub fn is_whole(self) -> bool {
        self != Self::Regularisation
    }

    /// The value in these settings.
    pub fn get(self, method: &MethodSettings) -> f64 {
        match self {
            Self::MultiStep => method.multi_step_iterations as f64,
            Self::FirstOrder => method.first_order_iterations as f64,
            Self::Regularisation => method.regularisation,
            Self::ConjugateSteps => method.conjugate_steps as f64,
            Self::Context => method.context as f64,
        }
    }

    /// Sets the value; whole numbers are cut off.
    pub fn set(self, method: &mut MethodSettings, value: f64) {
        match self {
            Self::MultiStep => method.multi_step_iterations = value as u64,
            Self::FirstOrder => method.first_order_iterations = value as u64,
            Self::Regularisation => method.regularisation = value,
            Self::ConjugateSteps => method.conjugate_steps = value as usize,
            Self::Context => method.context = value as usize,
        }
    }
}
