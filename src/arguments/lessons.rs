//! Arguments of lessons.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `metascope lessons`.
#[derive(Debug, PartialEq, Args)]
pub struct LessonsArguments {
    /// What to do with them.
    #[command(subcommand)]
    pub command: LessonsCommand,
}

/// What can be done with lessons without a window.
#[derive(Debug, PartialEq, Subcommand)]
pub enum LessonsCommand {
    /// Say which lessons there are.
    List,
    /// Prove that lessons hold: not done at the start nor by waiting, done by their solutions on three seeds, exactly one
    /// answer true.
    Check {
        /// Lesson files, or names of built-in lessons; without any, all the built-in ones.
        lessons: Vec<String>,
        /// Threads of each run; lessons are checked side by side.
        #[arg(long, default_value_t = 1)]
        threads: usize,
    },
    /// Go through result files again and write grades.csv beside them.
    Grade {
        /// The folder of the result files.
        folder: PathBuf,
        /// A lesson file that results are of, beside the built-in lessons.
        #[arg(long, value_name = "FILE")]
        lesson: Vec<PathBuf>,
    },
}
