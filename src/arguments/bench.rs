//! Arguments of the benchmark.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

/// What to measure, and for how long.
#[derive(Debug, PartialEq, Args)]
pub struct BenchArguments {
    /// Threads for the tasks of a meta-batch (default: as many as the machine has).
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// The cases to measure, such as sine/maml-1,class/maml-5, with --closeups views, such as sine/landscape,plane
    /// (default: all).
    #[arg(long, value_delimiter = ',')]
    pub cases: Vec<String>,
    /// Seconds for each figure.
    #[arg(long, default_value_t = 2.0)]
    pub seconds: f64,
    /// A file for the figures as JSON.
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// Also a table of how the cost grows with tasks, points, inner steps and width.
    #[arg(long)]
    pub scaling: bool,
    /// Measure instead what looking closely costs the trainer, without a window: each view for so many seconds.
    #[arg(long, conflicts_with_all = ["scaling", "window"])]
    pub closeups: bool,
    /// Measure the window instead: it opens and is driven through every view, each for so many seconds.
    #[arg(long, conflicts_with_all = ["cases", "scaling"])]
    pub window: bool,
    /// Begin every run in that window with the history of so many meta-iterations.
    #[arg(long, default_value_t = 0, requires = "window")]
    pub history: u64,
}

impl BenchArguments {
    /// The time for each figure.
    ///
    /// # Errors
    /// A number that is no time.
    pub fn each(&self) -> Result<Duration, String> {
        let each = Duration::try_from_secs_f64(self.seconds).ok().filter(|each| !each.is_zero());
        each.ok_or_else(|| "--seconds must be a number above 0, such as 2".to_owned())
    }
}
