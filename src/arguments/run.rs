//! Arguments of a run without a window.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use super::What;

/// `metascope run`.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// Meta-iterations to do.
    #[arg(long, default_value_t = 500)]
    pub iterations: u64,
    /// The folder for the files; made if missing.
    #[arg(long)]
    pub out: PathBuf,
    /// Take the place of a run that is in that folder.
    #[arg(long)]
    pub overwrite: bool,
    /// A kept run to go on with, such as run.safetensors in the folder of one that was ended: then --iterations says how
    /// many meta-iterations it is to have in all, and options turn knobs from here on.
    #[arg(long, value_name = "FILE", conflicts_with = "experiment")]
    pub resume: Option<PathBuf>,
    /// Start at the φ that a kept run has learned, whatever its algorithm and images; its network must have the same shape.
    /// The experiment.toml of such a run does not say so.
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub phi: Option<PathBuf>,
    /// Measure the best state on the way too, and write its results beside the last one's.
    #[arg(long, value_name = "BOOL", default_value_t = true, default_missing_value = "true", num_args = 0..=1, require_equals = true, action = ArgAction::Set)]
    pub keep_best: bool,
    /// What to train.
    #[command(flatten)]
    pub what: What,
}
