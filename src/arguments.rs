//! The command line.

mod adapt;
mod bench;
mod compare;
mod experiment;
mod lessons;
mod options;
mod planned;
mod run;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::ending;
use crate::experiment::ExperimentError;
use crate::keep::share::ShareError;
use crate::text::Language;
pub use adapt::AdaptArguments;
pub use bench::BenchArguments;
pub use compare::{RaceArguments, SweepArguments};
pub use experiment::threads;
pub use lessons::{LessonsArguments, LessonsCommand};
pub use options::Options;
pub use planned::Planned;
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
    /// A kept run to go on with in the window, or a picture that was taken out of one, to begin the run that it shows.
    #[arg(long, value_name = "FILE")]
    pub open: Option<PathBuf>,
    /// A lesson to begin with: its name or number as `metascope lessons list` says, or a lesson file.
    #[arg(long, value_name = "NAME|FILE")]
    pub lesson: Option<String>,
    /// The window's language, en or zh; otherwise the one that it spoke last, at first the system's.
    #[arg(long, value_parser = ["en", "zh"])]
    pub language: Option<String>,
}

impl Arguments {
    /// The language that the window is to speak, and that of the system.
    pub fn languages(&self) -> [Option<Language>; 2] {
        [self.language.clone(), sys_locale::get_locale()].map(|locale| Some(Language::of_locale(&locale?)))
    }
}

/// Commands that need no window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train without a window and write metrics.csv, samples.png, experiment.toml and summary.json.
    #[command(after_long_help = ending::help())]
    Run(RunArguments),
    /// Try many values of two settings and write sweep.csv, sweep.png and best.toml.
    #[command(after_long_help = ending::help())]
    Sweep(SweepArguments),
    /// Train algorithms on the same tasks and write race.csv and race.json.
    #[command(after_long_help = ending::help())]
    Race(RaceArguments),
    /// Adapt a kept run to images that it never saw: complete them, sharpen them, make new ones of their kind.
    #[command(after_long_help = ending::help())]
    Adapt(AdaptArguments),
    /// List lessons, prove that they hold, grade what came of them.
    Lessons(LessonsArguments),
    /// Compare every algorithm's meta-gradient with finite differences in float64.
    Check,
    /// Measure how many meta-iterations this machine does in a second.
    Bench(BenchArguments),
}

/// What to train: a file, and single settings that override it.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct What {
    /// An experiment file, or in quotation marks a line of text that the window copies, as in "metascope:1 sine maml".
    pub experiment: Option<PathBuf>,
    /// Threads; the results do not depend on it.
    #[arg(long, allow_hyphen_values = true)]
    pub threads: Option<usize>,
    /// Single settings.
    #[command(flatten)]
    pub options: Options,
}

/// Why the command line cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum ArgumentError {
    /// The experiment file.
    #[error(transparent)]
    Experiment(#[from] ExperimentError),
    /// A line of text.
    #[error(transparent)]
    Share(#[from] ShareError),
    /// The user's own images that a line of text tells of.
    #[error("the text tells of its author's own images, “{name}”: say where they are with --images")]
    OwnImages {
        /// What they were called.
        name: String,
    },
    /// A setting that none of the runs has.
    #[error("--{option} {reason}")]
    Unused {
        /// The option.
        option: String,
        /// Why, and what to do.
        reason: String,
    },
    /// A setting that a run has from its beginning.
    #[error("--{option} needs a new run: a run that goes on keeps what it began with, and only knobs can be turned")]
    Begun {
        /// The option.
        option: String,
    },
    /// Options in front of a command, which has its own.
    #[error("the options of a command stand behind its name, as in `metascope run --tasks sine`")]
    BeforeCommand,
    /// A list where one number is needed.
    #[error("--test-shots takes one number here; a list of them goes with `metascope race`")]
    OneNumber,
    /// One value of what a sweep varies.
    #[error("--{option} is varied by the sweep: leave it out, or choose other axes with --x and --y")]
    Swept {
        /// The option.
        option: String,
    },
    /// One algorithm where several are compared.
    #[error("--algorithm goes with a single run: name those to compare with --algorithms")]
    OneAlgorithm,
    /// More than the images can give.
    #[error("--{option} {value}: “{name}” gives at most {most} {what}; use --{option} {most}, or a set that has more")]
    TooMany {
        /// The option.
        option: String,
        /// As asked for.
        value: f64,
        /// The most there is.
        most: f64,
        /// Of what, and why no more.
        what: &'static str,
        /// The set.
        name: String,
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
