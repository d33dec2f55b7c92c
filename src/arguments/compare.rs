//! Arguments of the commands that compare many runs.

use std::path::PathBuf;

use clap::Args;

use super::planned::Planned;
use super::{ArgumentError, What};
use crate::compare::axis::{Axis, Cells, Range};
use crate::settings::Algorithm;
use crate::settings::table::{Setting, setting};

const ALGORITHM: &Setting = setting("run.algorithm");

/// `metascope sweep`.
#[derive(Debug, Args)]
pub struct SweepArguments {
    /// First setting and its range (LOW..HIGH) or list (A,B,C): a number among the options below, width (of every
    /// hidden layer) or algorithm.
    #[arg(long, default_value = "inner-rate=1e-3..1", value_name = "NAME=VALUES")]
    pub x: Range,
    /// Second setting and its range or list.
    #[arg(long, default_value = "outer-rate=1e-4..1e-1", value_name = "NAME=VALUES")]
    pub y: Range,
    /// How many values of each range.
    #[arg(long, default_value = "8x8", value_name = "COLUMNSxROWS")]
    pub cells: Cells,
    /// Meta-iterations of each cell.
    #[arg(long, default_value_t = 500)]
    pub iterations: u64,
    /// The folder for the files; made if missing. Cells that are finished there are not run again.
    #[arg(long)]
    pub out: PathBuf,
    /// Run this cell only, from 0, and write only its files: for job arrays.
    #[arg(long, value_name = "INDEX")]
    pub cell: Option<usize>,
    /// Run nothing: join the cells that are there, and list the missing ones.
    #[arg(long, conflicts_with = "cell")]
    pub merge: bool,
    /// What to train.
    #[command(flatten)]
    pub what: What,
}

/// `metascope race`.
#[derive(Debug, Args)]
pub struct RaceArguments {
    /// Algorithms, each with its own preset rates unless the file or an option sets them; the others are compared with
    /// the first.
    #[arg(long, value_delimiter = ',', required = true)]
    pub algorithms: Vec<Algorithm>,
    /// Meta-iterations of each run.
    #[arg(long, default_value_t = 500)]
    pub iterations: u64,
    /// How many seeds: --seed and those after it.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1000))]
    pub seeds: u64,
    /// The folder for the files; made if missing. Runs that are finished there are not done again.
    #[arg(long)]
    pub out: PathBuf,
    /// Print a Markdown table.
    #[arg(long)]
    pub table: bool,
    /// What to train. `--test-shots` may be a list.
    #[command(flatten)]
    pub what: What,
}

impl SweepArguments {
    /// Both axes.
    ///
    /// # Errors
    /// If an option sets a number that an axis varies. A swept width keeps how many layers there are, and a swept
    /// algorithm whose preset counts, so these may be set.
    pub fn axes(&self) -> Result<[Axis; 2], ArgumentError> {
        let [columns, rows] = self.cells.0;
        let axes = [self.x.axis(columns), self.y.axis(rows)];
        let lost = axes.iter().map(|axis| axis.swept).find(|swept| {
            let whole = swept.0 != ALGORITHM && swept.id() == swept.0.option();
            whole && self.what.options.given.sets(swept.0)
        });
        lost.map_or(Ok(axes), |swept| Err(ArgumentError::Swept { option: swept.id() }))
    }
}

impl RaceArguments {
    /// Every algorithm's experiment, in order.
    ///
    /// # Errors
    /// If the file cannot be used or a value is out of range.
    pub fn planned(&self) -> Result<Vec<Planned>, ArgumentError> {
        if self.what.options.given.sets(ALGORITHM) {
            return Err(ArgumentError::OneAlgorithm);
        }
        self.what.planned_for(&self.algorithms)
    }
}
