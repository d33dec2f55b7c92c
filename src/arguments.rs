//! The command line.

mod bench;
mod choose;
mod experiment;
mod planned;
mod procedural;
mod run;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::experiment::ExperimentError;
use crate::settings::{
    Algorithm, ImageColour, ImageFit, ImageSource, OuterOptimiser, Schedule, SettingError, TaskFamily,
};
pub use bench::BenchArguments;
pub use choose::{RaceArguments, SweepArguments};
pub use experiment::threads;
pub use planned::Planned;
pub use procedural::ProceduralArguments;
pub use run::RunArguments;

/// See meta-learning happen: a meta-learner trains live while you turn its rates.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    subcommand_precedence_over_arg = true,
    after_help = "Without a command the window opens, already training."
)]
pub struct Arguments {
    /// What to do instead of opening the window.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What to train.
    #[command(flatten)]
    pub what: What,
}

/// Commands that need no window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train without a window and write metrics.csv, samples.png, experiment.toml and summary.json.
    Run(RunArguments),
    /// Try many values of two settings and write sweep.csv, sweep.png and best.toml.
    Sweep(SweepArguments),
    /// Train algorithms on the same tasks and write race.csv and race.json.
    Race(RaceArguments),
    /// Compare every algorithm's meta-gradient with finite differences in float64.
    Check,
    /// Measure how many meta-iterations this machine does in a second.
    Bench(BenchArguments),
}

/// What to train: a file, and single settings that override it.
#[derive(Debug, Default, PartialEq, Args)]
pub struct What {
    /// An experiment file.
    pub experiment: Option<PathBuf>,
    /// Task family.
    #[arg(long)]
    pub tasks: Option<TaskFamily>,
    /// Meta-learning algorithm.
    #[arg(long)]
    pub algorithm: Option<Algorithm>,
    /// α, the length of one adaptation step.
    #[arg(long, allow_hyphen_values = true)]
    pub inner_rate: Option<f64>,
    /// β, the learning rate of the outer optimiser.
    #[arg(long, allow_hyphen_values = true)]
    pub outer_rate: Option<f64>,
    /// K, adaptation steps while meta-training.
    #[arg(long, allow_hyphen_values = true)]
    pub inner_steps: Option<usize>,
    /// Tasks per meta-iteration.
    #[arg(long, allow_hyphen_values = true)]
    pub meta_batch: Option<usize>,
    /// Support points per training task.
    #[arg(long, allow_hyphen_values = true)]
    pub shots: Option<usize>,
    /// Support points per held-out task.
    #[arg(long, allow_hyphen_values = true, value_delimiter = ',')]
    pub test_shots: Vec<usize>,
    /// Share of an image's pixels that a task adapts on; for completion a held-out task.
    #[arg(long, allow_hyphen_values = true)]
    pub support_share: Option<f64>,
    /// Completion: share of an image's pixels that a training task adapts on.
    #[arg(long, allow_hyphen_values = true)]
    pub training_share: Option<f64>,
    /// Adaptation steps on held-out tasks.
    #[arg(long, allow_hyphen_values = true)]
    pub test_steps: Option<usize>,
    /// Length of the noise that a class's samples start from, as a share of what training saw.
    #[arg(long, allow_hyphen_values = true)]
    pub temperature: Option<f64>,
    /// Steps of a sample's flow from noise.
    #[arg(long, allow_hyphen_values = true)]
    pub flow_steps: Option<usize>,
    /// 1 to follow the flow by Euler's method, 2 by Heun's.
    #[arg(long, allow_hyphen_values = true)]
    pub flow_order: Option<usize>,
    /// Support points per inner step of a training task; 0 for all of them.
    #[arg(long, allow_hyphen_values = true)]
    pub inner_batch: Option<usize>,
    /// Length of the support gradient at which adaptation ends early; 0 for never.
    #[arg(long, allow_hyphen_values = true)]
    pub tolerance: Option<f64>,
    /// How the outer direction becomes a step.
    #[arg(long)]
    pub optimiser: Option<OuterOptimiser>,
    /// How β changes over meta-iterations.
    #[arg(long)]
    pub schedule: Option<Schedule>,
    /// Meta-iterations over which β rises to its value.
    #[arg(long)]
    pub warm_up: Option<u64>,
    /// Meta-iterations before an inverse-square-root schedule begins to fall.
    #[arg(long)]
    pub knee: Option<u64>,
    /// Meta-iterations until a cosine schedule is at its floor, or between two steps of a step schedule.
    #[arg(long)]
    pub period: Option<u64>,
    /// The floor of a cosine schedule as a share of β, or what each step multiplies β by.
    #[arg(long, allow_hyphen_values = true)]
    pub factor: Option<f64>,
    /// Longest outer direction; 0 for no clipping.
    #[arg(long, allow_hyphen_values = true)]
    pub clip_norm: Option<f64>,
    /// Weight decay of φ.
    #[arg(long, allow_hyphen_values = true)]
    pub weight_decay: Option<f64>,
    /// MAML++: meta-iterations over which its loss goes from every step alike to the last alone.
    #[arg(long)]
    pub multi_step_iterations: Option<u64>,
    /// MAML++: meta-iterations that it begins with without second derivatives.
    #[arg(long)]
    pub first_order_iterations: Option<u64>,
    /// iMAML: λ, how firmly adaptation is held to the initialisation.
    #[arg(long, allow_hyphen_values = true)]
    pub regularisation: Option<f64>,
    /// iMAML: steps of conjugate gradients at most.
    #[arg(long, allow_hyphen_values = true)]
    pub conjugate_steps: Option<usize>,
    /// CAVIA: numbers in the context.
    #[arg(long, allow_hyphen_values = true)]
    pub context: Option<usize>,
    /// Classify and cluster: N, the classes of a task.
    #[arg(long, allow_hyphen_values = true)]
    pub ways: Option<usize>,
    /// Held-out tasks measured at the end of a headless run.
    #[arg(long, allow_hyphen_values = true)]
    pub held_out_tasks: Option<usize>,
    /// Threads; the results do not depend on it.
    #[arg(long, allow_hyphen_values = true)]
    pub threads: Option<usize>,
    /// The one number that every random stream is derived from.
    #[arg(long, allow_hyphen_values = true)]
    pub seed: Option<u64>,
    /// A folder of images, each of its sub-folders a class; or a .zip, .tar, .npz, .npy or MNIST's IDX file.
    #[arg(long)]
    pub images: Option<PathBuf>,
    /// A built-in image set: faces, hand, scripts, characters, digits, creatures or textures.
    #[arg(long, conflicts_with = "images", value_parser = built_in_set)]
    pub set: Option<ImageSource>,
    /// Own images: side of the square that they are resized to, in pixels; if not given 32, for tasks of classes 16, and for
    /// drawings 16 to 32, by their strokes.
    #[arg(long, allow_hyphen_values = true)]
    pub image_size: Option<usize>,
    /// Own images: as they are, all grey, or all with three channels.
    #[arg(long)]
    pub image_colour: Option<ImageColour>,
    /// Own images: black becomes white; drawings of thin dark strokes are turned to light on dark even without it.
    #[arg(long)]
    pub invert: bool,
    /// Own images that are not square: their middle, or all of them with bars beside it.
    #[arg(long)]
    pub image_fit: Option<ImageFit>,
    /// How sets made from formulas are made.
    #[command(flatten)]
    pub procedural: ProceduralArguments,
}

fn built_in_set(name: &str) -> Result<ImageSource, String> {
    let known = || ImageSource::BUILT_IN.iter().filter_map(ImageSource::id).collect::<Vec<_>>().join(", ");
    let found = ImageSource::BUILT_IN.into_iter().find(|source| source.id() == Some(name));
    found.ok_or_else(|| format!("there is no such set: choose one of {}", known()))
}

/// Why the command line cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum ArgumentError {
    /// The experiment file.
    #[error(transparent)]
    Experiment(#[from] ExperimentError),
    /// Images for a family that has none.
    #[error(
        "--{option} goes with picture, completion and class tasks, not with {tasks} tasks: use --tasks with one of them, or leave it out"
    )]
    ImagesUnused {
        /// The option.
        option: &'static str,
        /// The family.
        tasks: &'static str,
    },
    /// How own images are read, where there are none.
    #[error("--{option} goes with own images: name them with --images PATH, or leave it out")]
    ReadingUnused {
        /// The option.
        option: &'static str,
    },
    /// How sets from formulas are made, where there is none.
    #[error("--{option} goes with sets made from formulas: use --set creatures or --set textures, or leave it out")]
    MakingUnused {
        /// The option.
        option: &'static str,
    },
    /// A setting of another algorithm.
    #[error("--{option} belongs to {owner} and would change nothing here: leave it out")]
    MethodUnused {
        /// The option.
        option: String,
        /// Whose it is.
        owner: &'static str,
    },
    /// Options in front of a command, which has its own.
    #[error("the options of a command stand behind its name, as in `metascope run --tasks sine`")]
    BeforeCommand,
    /// A list where one number is needed.
    #[error("--test-shots takes one number here; a list of them goes with `metascope race`")]
    OneNumber,
    /// One algorithm where several are compared.
    #[error("--algorithm goes with a single run: name those to compare with --algorithms")]
    OneAlgorithm,
    /// More than the images can give.
    #[error("--{option} {value}: “{name}” gives at most {most} {what}; use --{option} {most}, or a set that has more")]
    TooMany {
        /// The option.
        option: &'static str,
        /// As asked for.
        value: usize,
        /// The most there is.
        most: usize,
        /// Of what, and why no more.
        what: &'static str,
        /// The set.
        name: String,
    },
    /// A value.
    #[error("--{}: {error}", procedural::option_of(.error))]
    Value {
        /// What is wrong.
        error: SettingError,
    },
}

impl Arguments {
    /// Whether options are where they count.
    ///
    /// # Errors
    /// If there are options in front of a command.
    pub fn check(&self) -> Result<(), ArgumentError> {
        let lost = self.command.is_some() && self.what != What::default();
        if lost { Err(ArgumentError::BeforeCommand) } else { Ok(()) }
    }
}
