//! The live settings, one by one.

use serde::{Deserialize, Serialize};

use super::{LiveSettings, RunSettings, TaskFamily};

/// One live setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Knob {
    /// α.
    InnerRate,
    /// β.
    OuterRate,
    /// K.
    InnerSteps,
    /// Steps on held-out tasks.
    TestSteps,
    /// Tasks per meta-iteration.
    MetaBatch,
    /// Support points per training task.
    Shots,
    /// Support points per held-out task.
    TestShots,
    /// Share of pixels to adapt on.
    SupportShare,
    /// Share of pixels that a training task adapts on.
    TrainingShare,
    /// Pixels per inner step.
    PixelsPerStep,
    /// Support points per inner step.
    InnerBatch,
    /// Gradient that ends the inner loop.
    Tolerance,
    /// Noise on support targets.
    Noise,
    /// Length of the noise that samples start from.
    Temperature,
    /// Steps of a sample's flow.
    FlowSteps,
    /// Order of the method that follows the flow.
    FlowOrder,
}

impl Knob {
    /// Every knob, in the order of the panel.
    pub const ALL: [Self; 16] = [
        Self::InnerRate,
        Self::OuterRate,
        Self::InnerSteps,
        Self::TestSteps,
        Self::MetaBatch,
        Self::Shots,
        Self::TestShots,
        Self::SupportShare,
        Self::TrainingShare,
        Self::PixelsPerStep,
        Self::InnerBatch,
        Self::Tolerance,
        Self::Noise,
        Self::Temperature,
        Self::FlowSteps,
        Self::FlowOrder,
    ];

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::InnerRate => "Inner rate α",
            Self::OuterRate => "Outer rate β",
            Self::InnerSteps => "Inner steps K",
            Self::TestSteps => "Test-time steps",
            Self::MetaBatch => "Meta-batch",
            Self::Shots => "Shots",
            Self::TestShots => "Test shots",
            Self::SupportShare => "Support share",
            Self::TrainingShare => "Training share",
            Self::PixelsPerStep => "Pixels per step",
            Self::InnerBatch => "Points per step",
            Self::Tolerance => "Stop at gradient",
            Self::Noise => "Noise",
            Self::Temperature => "Temperature",
            Self::FlowSteps => "Flow steps",
            Self::FlowOrder => "Flow order",
        }
    }

    /// The name within a sentence.
    pub fn name(self) -> String {
        let mut letters = self.label().chars();
        letters.next().map_or_else(String::new, |first| format!("the {}{}", first.to_lowercase(), letters.as_str()))
    }

    /// The key in an experiment file.
    pub fn key(self) -> &'static str {
        match self {
            Self::InnerRate => "inner_rate",
            Self::OuterRate => "outer_rate",
            Self::InnerSteps => "inner_steps",
            Self::TestSteps => "test_steps",
            Self::MetaBatch => "meta_batch",
            Self::Shots => "shots",
            Self::TestShots => "test_shots",
            Self::SupportShare => "support_share",
            Self::TrainingShare => "training_share",
            Self::PixelsPerStep => "pixels_per_step",
            Self::InnerBatch => "inner_batch",
            Self::Tolerance => "tolerance",
            Self::Noise => "noise",
            Self::Temperature => "temperature",
            Self::FlowSteps => "flow_steps",
            Self::FlowOrder => "flow_order",
        }
    }

    /// One sentence: what it is and what it does to the picture.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::InnerRate => {
                "Length of one adaptation step: too small and nothing appears, too large and the picture breaks up"
            }
            Self::OuterRate => {
                "How far the initialisation moves per meta-iteration: the speed and the roughness of the curves"
            }
            Self::InnerSteps => {
                "Adaptation steps per task while meta-training: how much work the initialisation may leave to them"
            }
            Self::TestSteps => "Adaptation steps on held-out tasks: the columns of the film-strip",
            Self::MetaBatch => {
                "Tasks averaged per meta-iteration: more make the curves calmer and each meta-iteration slower"
            }
            Self::Shots => "Support points, or images of each class, that a training task adapts on",
            Self::TestShots => {
                "Support points, or images of each class, that a held-out task adapts on: what the film-strip shows as support"
            }
            Self::SupportShare => "Share of an image's pixels that adaptation may see; the rest must be guessed",
            Self::TrainingShare => {
                "Share of an image's pixels that a training task adapts on, the same at every inner step; held-out images have the support share"
            }
            Self::PixelsPerStep => "Random pixels used by one adaptation step: fewer are faster and noisier",
            Self::InnerBatch => {
                "Support points drawn for each inner step of a training task: fewer make adaptation stochastic; 0 uses all"
            }
            Self::Tolerance => {
                "Adaptation ends as soon as its gradient is this short, at the latest after its steps; 0 never ends early"
            }
            Self::Noise => {
                "Noise on the support: on its targets, or on the images where classes are told apart; how well the learned prior averages it out"
            }
            Self::Temperature => {
                "Length of the noise that samples start from, 1 as in training: less makes them alike and clean, more varied and wild"
            }
            Self::FlowSteps => "Steps from noise to a sample: few are quick and blurred, many change little any more",
            Self::FlowOrder => {
                "How the flow is followed: 1 is Euler's method, 2 is Heun's, which needs fewer steps and twice the work for each"
            }
        }
    }

    /// Lowest and highest value a user can set.
    pub fn range(self) -> (f64, f64) {
        match self {
            Self::InnerRate => (1e-4, 10.0),
            Self::OuterRate => (1e-6, 1.0),
            Self::InnerSteps => (1.0, 20.0),
            Self::TestSteps => (1.0, 50.0),
            Self::MetaBatch => (1.0, 1000.0),
            Self::Shots | Self::TestShots => (1.0, 100.0),
            Self::SupportShare | Self::TrainingShare => (0.01, 1.0),
            Self::PixelsPerStep => (16.0, 4096.0),
            Self::InnerBatch => (0.0, 100.0),
            Self::Tolerance => (0.0, 10.0),
            Self::Noise | Self::Temperature => (0.0, 2.0),
            Self::FlowSteps => (1.0, 100.0),
            Self::FlowOrder => (1.0, 2.0),
        }
    }

    /// Whether the value is a whole number.
    pub fn is_integer(self) -> bool {
        !matches!(
            self,
            Self::InnerRate
                | Self::OuterRate
                | Self::SupportShare
                | Self::TrainingShare
                | Self::Tolerance
                | Self::Noise
                | Self::Temperature
        )
    }

    /// Whether a slider for it should be logarithmic.
    pub fn is_logarithmic(self) -> bool {
        !matches!(
            self,
            Self::InnerSteps
                | Self::TestSteps
                | Self::SupportShare
                | Self::TrainingShare
                | Self::InnerBatch
                | Self::Noise
                | Self::Temperature
                | Self::FlowOrder
        )
    }

    /// The value in these settings.
    pub fn get(self, live: &LiveSettings) -> f64 {
        match self {
            Self::InnerRate => live.inner_rate,
            Self::OuterRate => live.outer_rate,
            Self::InnerSteps => live.inner_steps as f64,
            Self::TestSteps => live.test_steps as f64,
            Self::MetaBatch => live.meta_batch as f64,
            Self::Shots => live.shots as f64,
            Self::TestShots => live.test_shots as f64,
            Self::SupportShare => live.support_share,
            Self::TrainingShare => live.training_share,
            Self::PixelsPerStep => live.pixels_per_step as f64,
            Self::InnerBatch => live.inner_batch as f64,
            Self::Tolerance => live.tolerance,
            Self::Noise => live.noise,
            Self::Temperature => live.temperature,
            Self::FlowSteps => live.flow_steps as f64,
            Self::FlowOrder => live.flow_order as f64,
        }
    }

    /// Sets the value; whole-number knobs round.
    pub fn set(self, live: &mut LiveSettings, value: f64) {
        let whole = value.round().max(0.0) as usize;
        match self {
            Self::InnerRate => live.inner_rate = value,
            Self::OuterRate => live.outer_rate = value,
            Self::InnerSteps => live.inner_steps = whole,
            Self::TestSteps => live.test_steps = whole,
            Self::MetaBatch => live.meta_batch = whole,
            Self::Shots => live.shots = whole,
            Self::TestShots => live.test_shots = whole,
            Self::SupportShare => live.support_share = value,
            Self::TrainingShare => live.training_share = value,
            Self::PixelsPerStep => live.pixels_per_step = whole,
            Self::InnerBatch => live.inner_batch = whole,
            Self::Tolerance => live.tolerance = value,
            Self::Noise => live.noise = value,
            Self::Temperature => live.temperature = value,
            Self::FlowSteps => live.flow_steps = whole,
            Self::FlowOrder => live.flow_order = whole,
        }
    }

    /// Why this knob has no effect on such a run, or `None` if it has.
    pub fn why_disabled(self, run: &RunSettings) -> Option<&'static str> {
        let picture = run.tasks.is_picture();
        let completion = run.tasks == TaskFamily::Completion;
        let class = run.tasks == TaskFamily::Class;
        let cluster = run.tasks == TaskFamily::Cluster;
        match self {
            Self::Shots | Self::TestShots if picture => {
                Some("A picture task is one image: use the support share instead")
            }
            Self::Shots | Self::TestShots if cluster => Some("A pile has eight images of each class"),
            Self::InnerBatch if cluster => Some("Clusters are learned from the whole pile at every step"),
            Self::InnerBatch if class => {
                Some("Class tasks draw all support images anew, with fresh noise, at each step")
            }
            Self::Noise if class => Some("Class tasks mix noise into every image already: the flow begins with it"),
            Self::Temperature | Self::FlowSteps | Self::FlowOrder if !class => {
                Some("Only samples of class tasks come from noise by a flow")
            }
            Self::TrainingShare if !completion => {
                Some("Only completion tasks train on another share than they are tested on")
            }
            Self::InnerBatch | Self::PixelsPerStep if completion => {
                Some("Completion tasks adapt on all given pixels at every step")
            }
            Self::InnerBatch if picture => Some("Picture tasks have the pixels per step instead"),
            Self::SupportShare | Self::PixelsPerStep if !picture => Some("Only picture tasks have pixels"),
            Self::InnerRate if run.algorithm.learns_rates() => Some(
                "This algorithm learns its own inner rates; α was their start value and counts again after a reset",
            ),
            _ => None,
        }
    }
}
