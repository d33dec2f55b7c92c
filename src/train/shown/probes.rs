//! The adaptation of probe tasks.

use std::sync::Arc;

use crate::meta::tensor_rates::TensorRate;
use crate::tasks::judge::Marks;
use crate::tasks::{Choice, Given, Panel, Picture, Sheet};
use crate::text::{Text, Words, say};

/// The three initialisations that are always compared, in the order of the film-strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Init {
    /// φ, the meta-learned initialisation.
    Learned,
    /// No training at all.
    Random,
    /// Plain training on the pooled tasks.
    Joint,
}

impl Init {
    /// All three, in the order of the film-strip and of [`ProbeTask::traces`].
    pub const ALL: [Self; 3] = [Self::Learned, Self::Random, Self::Joint];

    /// The name shown to people, as within a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Learned => say("learned start", "学到的起点"),
            Self::Random => say("random start", "随机起点"),
            Self::Joint => say("pretrained start", "预训练起点"),
        }
    }
}

/// The adaptation of the probe tasks (a few fixed held-out tasks) from each initialisation.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// When it was made.
    pub meta_iteration: u64,
    /// How much had been done to the run then: [`crate::train::snapshot::Snapshot::journal`] had so many entries.
    pub deeds: usize,
    /// The probe tasks.
    pub tasks: Vec<ProbeTask>,
    /// How far adaptation moves each layer, mean over the probe tasks, φ first to last layer.
    pub movement: Vec<LayerMovement>,
    /// Learned inner rates, step by step and tensor by tensor, mean over the probe tasks; one row where a rate
    /// serves every step, none where the user owns them.
    pub rates: Vec<Vec<TensorRate>>,
    /// The tensors' names: W1, b1, W2, …
    pub tensors: Vec<String>,
}

/// One probe task.
#[derive(Clone, Debug)]
pub struct ProbeTask {
    /// A name for people: an image's name, "A 2.30, p 1.10", "w = (0.50, 2.00)".
    pub name: Words,
    /// What is known of the task, column by column.
    pub given: Arc<[Given]>,
    /// The classes that can be the answer, where one of a few is asked for.
    pub choices: Arc<[Choice]>,
    /// How many images of its class adaptation sees, where new ones are made of a class of the set.
    pub shots: Option<usize>,
    /// The name of what `scores` are; `None` where the loss says all.
    pub score: Option<Text>,
    /// One trace for each of [`Init::ALL`].
    pub traces: [Trace; 3],
    /// Further looks at the learned initialisation's adaptation; `None` where there are none, or something in them is
    /// not finite.
    pub gallery: Option<Arc<[Sheet]>>,
}

/// Inner loop from one initialisation on one task; index k is the inner step, 0 = before adaptation.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The inner rate used (for Meta-SGD the median of the learned rates).
    pub inner_rate: f64,
    /// Support loss at each step; infinite where it overflowed.
    pub support_loss: Vec<f32>,
    /// Query loss at each step; infinite where it overflowed.
    pub query_loss: Vec<f32>,
    /// Peak signal-to-noise ratio of the query in dB at each step (pictures only).
    pub psnr: Option<Vec<f32>>,
    /// Accuracy (classify) or purity of clusters (cluster) at each step, 0 to 1; empty for other families.
    pub scores: Vec<f32>,
    /// What is said of the samples after the last step (classes only, and not before the first meta-iteration).
    pub marks: Option<Marks>,
    /// What the network puts out at each step.
    pub outputs: Vec<Panel>,
}

/// The probe tasks' images enlarged in two ways, one pair for each task.
#[derive(Clone, Debug)]
pub struct Enlarged {
    /// When it was made.
    pub meta_iteration: u64,
    /// Pixels a side for each of the image.
    pub factor: usize,
    /// The learned initialisation's function after the last step, evaluated on the finer grid; and the whole
    /// target enlarged bicubically.
    pub pairs: Vec<[Picture; 2]>,
}

/// How far one layer moves while adapting.
#[derive(Clone, Debug)]
pub struct LayerMovement {
    /// The layer's name, e.g. "layer 1".
    pub name: Words,
    /// ‖θ_K − φ‖ / ‖φ‖ of this layer for each of [`Init::ALL`]; infinite where it overflowed.
    pub relative: [f32; 3],
}
