//! The files of a headless run.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::{HeadlessError, Summary, check_vacant};
use crate::experiment::Experiment;
use crate::files::{FileError, Locked, create_whole, write_picture, write_whole};
use crate::keep::film_strip;
use crate::keep::metrics::{self, Columns};
use crate::train::snapshot::Evaluation;
use crate::train::trainer::MetricsRow;

/// The files of a run, the one that is written last at the end.
pub(super) const FILES: [&str; 6] = [EXPERIMENT, METRICS, RUN, SAMPLES, BEST, SUMMARY];
const EXPERIMENT: &str = "experiment.toml";
const METRICS: &str = "metrics.csv";
pub(super) const RUN: &str = "run.safetensors";
const SAMPLES: &str = "samples.png";
const BEST: &str = "best.png";
const SUMMARY: &str = "summary.json";

/// The output folder while the run goes on.
pub(super) struct Outputs {
    folder: PathBuf,
    _lock: Locked,
    metrics: File,
    /// Length of metrics.csv in bytes.
    written: u64,
    columns: Columns,
    /// What experiment.toml holds below its title.
    experiment: String,
}

/// What of another run may be in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replaces {
    /// Nothing.
    Nothing,
    /// Any run: nothing of it stays.
    AnyRun,
    /// What this very run has written before it was ended.
    Itself,
}

impl Outputs {
    /// Makes the folder, metrics.csv with the rows so far, and experiment.toml of a run of so many meta-iterations.
    pub fn create(
        folder: &Path,
        (experiment, iterations): (&Experiment, u64),
        replaces: Replaces,
        rows: &[MetricsRow],
    ) -> Result<Self, HeadlessError> {
        let text = experiment.to_text()?;
        let lock = Locked::new(folder)?;
        if replaces == Replaces::Nothing {
            check_vacant(folder)?;
        }
        // The summary first: without it nobody takes the rest for a finished run. Until it is written again the run
        // itself is all that there is of it.
        let kept = if replaces == Replaces::Itself { RUN } else { "" };
        for name in FILES.into_iter().rev().filter(|name| *name != kept) {
            let path = folder.join(name);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(FileError::write(&path, &error).into()),
                _ => {}
            }
        }
        let path = folder.join(METRICS);
        let table = metrics::table(experiment, rows).map_err(|error| FileError::write(&path, &error))?;
        let file = create_whole(&path, &table)?;
        let (columns, written) = (Columns::of(experiment), table.len() as u64);
        let outputs =
            Self { folder: folder.to_owned(), _lock: lock, metrics: file, written, columns, experiment: text };
        outputs.write_experiment(iterations)?;
        Ok(outputs)
    }

    fn write_experiment(&self, iterations: u64) -> Result<(), FileError> {
        let replay = format!("`metascope run {EXPERIMENT} --iterations {iterations}` replays it bit for bit");
        let text = format!("# A Metascope experiment: {replay}.\n{}", self.experiment);
        write_whole(&self.folder.join(EXPERIMENT), text.as_bytes())
    }

    /// Appends a row to metrics.csv: a whole line, or nothing.
    pub fn row(&mut self, row: &MetricsRow) -> Result<(), HeadlessError> {
        let fail = |error: &dyn std::fmt::Display| FileError::write(&self.folder.join(METRICS), error);
        let line = metrics::row(row, self.columns).map_err(|error| fail(&error))?;
        if let Err(error) = self.metrics.write_all(&line) {
            let _ = self.metrics.set_len(self.written);
            return Err(fail(&error).into());
        }
        self.written += line.len() as u64;
        Ok(())
    }

    /// Writes everything else, the summary last. `last` is the film-strip's content, `best` the same of the best state.
    pub fn finish(self, summary: &Summary, last: &Evaluation, best: Option<&Evaluation>) -> Result<(), HeadlessError> {
        let path = self.folder.join(METRICS);
        self.metrics.sync_all().map_err(|error| FileError::write(&path, &error))?;
        if summary.interrupted {
            self.write_experiment(summary.iterations)?;
        }
        for (name, shown) in [(SAMPLES, Some(last)), (BEST, best)] {
            if let Some(shown) = shown {
                write_picture(&self.folder.join(name), &film_strip::draw(shown))?;
            }
        }
        let path = self.folder.join(SUMMARY);
        let text = serde_json::to_string_pretty(summary).map_err(|error| FileError::write(&path, &error))?;
        Ok(write_whole(&path, (text + "\n").as_bytes())?)
    }
}
