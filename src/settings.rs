//! Everything a user can set, in two halves: [`LiveSettings`] take effect at the next
//! meta-iteration, [`RunSettings`] need a restart. The compiler says which is which.
//!
//! [`table`] says all that is known about each of them; a [`Knob`] is one that is live.

mod ids;
mod images;
mod knob;
mod outer;
mod preset;
mod procedural;
/// Seeds in files.
pub mod seed;
/// What is known about each setting.
pub mod table;
mod validate;

use serde::{Deserialize, Serialize};

pub use ids::NoSuch;
pub(crate) use ids::ids_of;
pub use images::{ImageColour, ImageFit, ImageKey, ImageMaking, ImageReading, ImageSource};
pub use knob::Knob;
pub use outer::{OuterSettings, Schedule};
pub use procedural::ProceduralSettings;
pub use table::Setting;
pub use validate::SettingError;

/// A complete description of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub struct Settings {
    /// What can change while the run goes on.
    pub live: LiveSettings,
    /// What needs a restart.
    pub run: RunSettings,
}

/// Settings that take effect at the next meta-iteration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LiveSettings {
    /// α, the length of one adaptation step; where rates are learned, the rate that they start with.
    pub inner_rate: f64,
    /// β, the learning rate of the outer optimiser.
    pub outer_rate: f64,
    /// K, the adaptation steps per task during meta-training.
    pub inner_steps: usize,
    /// Adaptation steps shown and measured on held-out tasks.
    pub test_steps: usize,
    /// 1: the two other starts adapt with the learned start's rate; 0: each with its own best one.
    pub baselines_at_alpha: usize,
    /// Tasks per meta-iteration.
    pub meta_batch: usize,
    /// Support points, or images of a class, per training task.
    pub shots: usize,
    /// The same per held-out task.
    pub test_shots: usize,
    /// Share of an image's pixels that a task may adapt on (picture), or a held-out task (completion).
    pub support_share: f64,
    /// Share of an image's pixels that a training task adapts on (completion).
    pub training_share: f64,
    /// How many times fewer blocks than pixels a side are seen (upscale).
    pub reduction: usize,
    /// Random pixels per inner step, fresh at each step (picture).
    pub pixels_per_step: usize,
    /// Support points per inner step of a training task, drawn again at each step; 0 for all of them.
    pub inner_batch: usize,
    /// An inner loop ends before its last step where its gradient is no longer than this; 0 for never.
    pub tolerance: f64,
    /// Standard deviation of the noise added to support targets.
    pub noise: f64,
    /// Length of the noise that a class's samples start from, as a share of what training saw.
    pub temperature: f64,
    /// Steps of a sample's flow from noise.
    pub flow_steps: usize,
    /// 1: Euler's method; 2: Heun's.
    pub flow_order: usize,
}

/// Settings that need a restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunSettings {
    /// The family that tasks are drawn from.
    pub tasks: TaskFamily,
    /// Who owns the inner rates, and how the query loss flows back.
    pub algorithm: Algorithm,
    /// The one number that every random stream is derived from.
    #[serde(with = "seed")]
    pub seed: u64,
    /// Whether an inner rate that stands at its preset starts lower where that would overshoot on other images than the
    /// preset's.
    pub fit_inner_rate: bool,
    /// How the outer direction becomes a step.
    pub optimiser: OuterOptimiser,
    /// Schedule of β, clipping, weight decay.
    pub outer: OuterSettings,
    /// Held-out tasks measured at the end of a run without a window, of a race and of a sweep's cells.
    pub held_out_tasks: usize,
    /// Meta-iterations between two measurements on the probe tasks.
    pub evaluate_every: u64,
    /// Where the images come from.
    pub images: ImageSource,
    /// N, the classes of a task (classify and cluster); fewer where the images have no more.
    pub ways: usize,
    /// Side of the square working image in pixels (own images; built-in sets have their own size); `None` for what
    /// suits the tasks, or the strokes of drawings.
    pub image_size: Option<usize>,
    /// Which colours own images are read with.
    pub image_colour: ImageColour,
    /// Whether black and white of own images change places.
    pub image_invert: bool,
    /// What becomes of own images that are not square.
    pub image_fit: ImageFit,
    /// How sets made from formulas are made.
    pub procedural: ProceduralSettings,
    /// The network that adapts.
    pub network: NetworkSettings,
    /// What belongs to single algorithms.
    pub method: MethodSettings,
}

/// A dense stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkSettings {
    /// Width of each hidden layer; none makes the model linear.
    pub hidden: Vec<usize>,
    /// Between the layers.
    pub activation: ActivationKind,
    /// Frequency of the sine activation (SIREN).
    pub w0: f64,
    /// Random Fourier features in front of the network; 0 for none.
    pub fourier_features: usize,
    /// Standard deviation of their frequencies, in periods per unit of input.
    pub fourier_scale: f64,
}

/// What belongs to single algorithms; each value says to which.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MethodSettings {
    /// Meta-iterations over which MAML++'s loss goes from counting every step alike to the last alone;
    /// 0 for the last alone from the start.
    pub multi_step_iterations: u64,
    /// Meta-iterations that MAML++ begins with without second derivatives.
    pub first_order_iterations: u64,
    /// λ, how firmly iMAML's adaptation is held to the initialisation.
    pub regularisation: f64,
    /// Steps of conjugate gradients that iMAML does at most.
    pub conjugate_steps: usize,
    /// Numbers in CAVIA's context.
    pub context: usize,
}

/// The family that tasks are drawn from: the id of one of [`crate::tasks::FAMILIES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct TaskFamily(&'static str);

/// The meta-learning algorithm: the id of one of [`crate::meta::recipes::RECIPES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Algorithm(&'static str);

/// What a network has to become on a task, on which rates depend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// A linear function.
    Linear,
    /// A curve over one variable.
    Curve,
    /// An image: from position to colour.
    Image,
    /// An image of which most is hidden.
    HiddenImage,
    /// A flow from noise to images.
    Flow,
    /// Scores of labels.
    Labels,
    /// Places of images that belong together.
    Embedding,
}

/// The non-linearity between layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivationKind {
    /// Hyperbolic tangent.
    Tanh,
    /// max(0, x).
    Relu,
    /// sin(w0 x) (SIREN, Sitzmann et al. 2020).
    #[default]
    Sine,
    /// z/(1 + e^−z).
    Silu,
}

/// How the outer direction becomes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OuterOptimiser {
    /// Plain gradient descent.
    Sgd,
    /// Heavy-ball momentum 0.9.
    Momentum,
    /// Adam with β1 0.9, β2 0.999.
    #[default]
    Adam,
    /// Adam whose weight decay does not pass through its averages (Loshchilov and Hutter 2019).
    AdamW,
}

impl RunSettings {
    /// `evaluate_every` of a run that is not measured on the way.
    pub const NEVER: u64 = 1_000_000_000;
}

impl TaskFamily {
    /// That of this id, if there is such a family.
    pub(crate) const fn of(id: &'static str) -> Self {
        Self(id)
    }

    /// The name used in files and on the command line.
    pub const fn id(self) -> &'static str {
        self.0
    }
}

impl Algorithm {
    /// That of this id, if there is such an algorithm.
    pub(crate) const fn of(id: &'static str) -> Self {
        Self(id)
    }

    /// The name used in files and on the command line.
    pub const fn id(self) -> &'static str {
        self.0
    }
}
