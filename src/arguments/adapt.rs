//! Arguments of a kept run at work.

use std::path::PathBuf;

use clap::Args;

/// `metascope adapt`.
#[derive(Debug, PartialEq, Args)]
pub struct AdaptArguments {
    /// A kept run, such as run.safetensors in a folder of results.
    pub run: PathBuf,
    /// Images, as for --images: a folder, each of its sub-folders a class, an archive or an array.
    pub images: PathBuf,
    /// The folder for what it makes; made if missing.
    #[arg(long)]
    pub out: PathBuf,
    /// Write into a folder that holds files already.
    #[arg(long)]
    pub overwrite: bool,
    /// The images that it learned from, where they are not at their old place.
    #[arg(long, value_name = "PATH")]
    pub learned_from: Option<PathBuf>,
    /// Threads; the results do not depend on it.
    #[arg(long, allow_hyphen_values = true)]
    pub threads: Option<usize>,
}
