//! What the trainer shows: one immutable picture of the run. It holds finished numbers only, so a
//! view needs no mathematics, and shares whatever has not changed since the snapshot before.
//!
//! No value here is NaN or infinite unless its field says so.

use std::sync::Arc;

use super::divergence::slightly_below;
use super::landscape::Plane;
use super::studies::{Closeups, Map};
use super::walk::Walk;
use crate::meta::tensor_rates::TensorRate;
use crate::settings::{Knob, RunSettings, Settings};

pub use crate::tasks::judge::Marks;
pub use crate::tasks::scores::{Clustering, Confusion};
pub use crate::tasks::taught::Taught;
pub use crate::tasks::{Choice, Given, Panel, Picture, Sheet};

/// One picture of the run.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Counts restarts; a view that keeps state drops it when this changes.
    pub run: u64,
    /// Meta-iterations done, in the state that is shown.
    pub meta_iteration: u64,
    /// Meta-iterations per second while training, smoothed.
    pub per_second: f64,
    /// What the trainer is doing.
    pub phase: Phase,
    /// The settings in force.
    pub settings: Arc<Settings>,
    /// Parameters that the network has.
    pub parameters: usize,
    /// Loss histories.
    pub curves: Arc<Curves>,
    /// The latest adaptation of the probe tasks.
    pub evaluation: Option<Arc<Evaluation>>,
    /// The same of the task that the user draws, alone, if there is one.
    pub sketch: Option<Arc<Evaluation>>,
    /// The latest map of the loss around φ.
    pub landscape: Option<Arc<Landscape>>,
    /// The adapted functions drawn finer than the images, where tasks are images.
    pub enlarged: Option<Arc<Enlarged>>,
    /// What came of looking closely.
    pub closeups: Closeups,
    /// In slow motion: where the present meta-iteration is.
    pub walk: Option<Walk>,
    /// Every knob change of this run.
    pub marks: Arc<[KnobMark]>,
    /// Which states of the run can be looked at again, and which one is.
    pub timeline: Past,
    /// Why the run stopped, if it did.
    pub divergence: Option<Arc<Divergence>>,
    /// Whether the run has left its best state for good.
    pub astray: Option<Astray>,
}

/// A run whose error on held-out tasks has been far above its best for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Astray {
    /// How many times its best it is.
    pub times: f32,
    /// The knob that was turned last since the best state, if one was.
    pub turned: Option<Turned>,
}

/// The states of the run that are kept.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Meta-iterations done by the run, whatever is shown of it.
    pub head: u64,
    /// When an earlier state is shown in place of that: where it was.
    pub shown: Option<u64>,
    /// Counts how often the run went on from an earlier state.
    pub branch: u64,
    /// Where the first state was that is kept.
    pub first: u64,
    /// Where the last one was.
    pub last: u64,
    /// Where the best one was by its error on held-out tasks, once there are enough measurements.
    pub best: Option<u64>,
    /// The others are at multiples of this.
    pub every: u64,
    /// What all of them take, in bytes.
    pub bytes: usize,
    /// What they may take.
    pub cap: usize,
    /// The settings that the run began with.
    pub start: Option<Arc<Settings>>,
}

impl Past {
    /// The last state at or before this meta-iteration.
    pub fn kept(&self, at: u64) -> u64 {
        if at >= self.last { self.last } else { (at - at % self.every.max(1)).max(self.first) }
    }
}

/// What the trainer is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Meta-iterations follow one another.
    Running,
    /// Waiting for the user.
    Paused,
    /// Stopped by a divergence, holding the last good state.
    Diverged,
}

/// A knob change, as drawn on the curves and written to the experiment file.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnobMark {
    /// The change takes effect when this many meta-iterations have been done.
    pub at: u64,
    /// Which knob.
    pub knob: Knob,
    /// Its new value.
    pub value: f64,
}

/// Why a run stopped.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Divergence {
    /// The meta-iteration that failed.
    pub meta_iteration: u64,
    /// The meta-iteration that was gone back to.
    pub restored: u64,
    /// The task of the meta-batch where it showed first, if one task is to blame.
    pub task: Option<usize>,
    /// The first of its inner steps, counted from 1, that raised the support loss that it descended on, or overflowed.
    pub inner_step: Option<usize>,
    /// α·λ_max/2 of that task's support loss at φ: above 1 an inner step overshoots. `None` where the inner rates are
    /// learned or λ_max is not finite.
    pub times_too_long: Option<f64>,
    /// α when it happened.
    pub inner_rate: f64,
    /// The smallest 2/λ_max at the state that was gone back to, over the coming meta-batch and the task in question:
    /// from there on α overshoots. `None` where there is no such limit.
    pub limit: Option<f64>,
    /// The knob that was turned last since the state that was gone back to, if one was.
    pub turned: Option<Turned>,
    /// Whether that state is the run's best one by its error on held-out tasks; else it is the last one without concern.
    pub is_best: bool,
    /// A sentence for people, with what to do.
    pub reason: String,
}

/// A turn of a knob.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Turned {
    /// Which knob.
    pub knob: Knob,
    /// The meta-iterations that had been done.
    pub at: u64,
    /// Its value before.
    pub from: f64,
    /// Its value after.
    pub to: f64,
}

impl std::fmt::Display for Turned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { knob, at, from, to } = self;
        let name = knob.name();
        write!(f, "You turned {name} from {from} to {to} at meta-iteration {at}")
    }
}

impl Divergence {
    /// The inner rate to go on with, slightly below the limit, if that is lower than it was and a value of the knob.
    pub fn mark(&self) -> Option<f64> {
        let mark = slightly_below(self.limit?);
        (mark < self.inner_rate && mark >= Knob::INNER_RATE.range().low).then_some(mark)
    }

    /// Why α is not to be set to the mark, or `None` if it is.
    pub fn why_no_mark(&self, run: &RunSettings) -> Option<&'static str> {
        if let Some(reason) = Knob::INNER_RATE.why_dead(run) {
            return Some(reason);
        }
        match self.limit {
            _ if self.task.is_none() => Some("The outer step overflowed: α is not to blame, lower β"),
            None => Some("No limit of α could be measured at the state that is kept"),
            Some(_) if self.mark().is_some() => None,
            Some(limit) if limit < self.inner_rate => Some("The limit is below what α can be set to"),
            Some(_) => Some("At the state that is kept α is within its limit: lower β"),
        }
    }

    /// The rate to lower: the one that was turned last, else β where no single task is to blame, α has no effect or α was within its limit, else α.
    pub fn rate_to_lower(&self, run: &RunSettings) -> Knob {
        if let Some(Turned { knob, from, to, .. }) = self.turned
            && [Knob::INNER_RATE, Knob::OUTER_RATE].contains(&knob)
            && to > from
        {
            return knob;
        }
        let within = self.limit.is_some_and(|limit| self.inner_rate <= limit) && self.mark().is_none();
        let inner = self.task.is_some() && Knob::INNER_RATE.why_dead(run).is_none() && !within;
        if inner { Knob::INNER_RATE } else { Knob::OUTER_RATE }
    }
}

/// A bounded history of one quantity over meta-iterations.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// Oldest first; a point stands for one value or for a run of values.
    pub points: Vec<CurvePoint>,
}

/// One or several neighbouring values of a history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// First meta-iteration that it covers.
    pub at: f64,
    /// Mean of the values.
    pub mean: f32,
    /// Smallest value.
    pub min: f32,
    /// Largest value.
    pub max: f32,
}

/// Mean losses over meta-iterations. Query losses, on the task's own scale (mean squared error).
#[derive(Clone, Debug, Default)]
pub struct Curves {
    /// Training tasks of the meta-batch, before adaptation.
    pub training_before: Curve,
    /// The same after K inner steps.
    pub training_after: Curve,
    /// Probe (held-out) tasks before adaptation.
    pub held_out_before: Curve,
    /// Probe tasks after the test-time steps.
    pub held_out_after: Curve,
    /// Probe tasks after the same steps from the random init, at its best rate.
    pub random_after: Curve,
    /// Probe tasks after the same steps from joint pretraining, at its best rate: measured less often.
    pub joint_after: Curve,
    /// After adaptation, one curve for each probe task.
    pub held_out_tasks: Vec<Curve>,
    /// For each of [`Init::ALL`], after adaptation: the share of samples that are recognised among the held-out
    /// classes (class), accuracy (classify) or purity (cluster), 0 to 1; empty for other families.
    pub scores: [Curve; 3],
    /// Learned inner rates, laid out like [`Evaluation::rates`].
    pub rates: Vec<Vec<Curve>>,
}

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
}

/// The adaptation of the probe tasks (a few fixed held-out tasks) from each initialisation.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// When it was made.
    pub meta_iteration: u64,
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
    /// A name for people: an image's name, "amplitude 2.3, phase 1.1", "w = (0.5, 2)".
    pub name: String,
    /// What is known of the task, column by column.
    pub given: Arc<[Given]>,
    /// The classes that can be the answer, where one of a few is asked for.
    pub choices: Arc<[Choice]>,
    /// How many images of its class adaptation sees, where new ones are made of a class of the set.
    pub shots: Option<usize>,
    /// The name of what `scores` are; `None` where the loss says all.
    pub score: Option<&'static str>,
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
    pub name: String,
    /// ‖θ_K − φ‖ / ‖φ‖ of this layer for each of [`Init::ALL`]; infinite where it overflowed.
    pub relative: [f32; 3],
}

/// The loss around φ on a plane in parameter space.
#[derive(Clone, Debug)]
pub struct Landscape {
    /// When it was made.
    pub meta_iteration: u64,
    /// What was asked for.
    pub map: Map,
    /// Whether the plane is the whole parameter space (plane family) or a slice of it.
    pub exact: bool,
    /// What the heights are, e.g. "query loss of face-12".
    pub title: String,
    /// Axis names, e.g. "w₁", "w₂", or "towards face-12".
    pub axes: [String; 2],
    /// Left and right edge.
    pub x: [f64; 2],
    /// Bottom and top edge.
    pub y: [f64; 2],
    /// Columns of `loss`; rows follow from its length, the bottom row first. Cell (c, r) is at x[0] + (x[1]-x[0])·c/(columns-1).
    pub columns: usize,
    /// Loss at each grid point; infinite where it overflowed.
    pub loss: Vec<f32>,
    /// Adaptation paths, each beginning at its initialisation, projected onto the plane.
    pub paths: Vec<LandscapePath>,
    /// The minimum of the drawn loss, where it is known in closed form.
    pub optimum: Option<[f64; 2]>,
    /// The plane.
    pub plane: Arc<Plane>,
}

/// One inner loop on the landscape.
#[derive(Clone, Debug)]
pub struct LandscapePath {
    /// Which initialisation it starts from.
    pub init: Init,
    /// Task name.
    pub task: String,
    /// Whether this task's loss is in the heights.
    pub own: bool,
    /// θ_0, θ_1, … in the plane's coordinates; only finite points.
    pub points: Vec<[f64; 2]>,
}
