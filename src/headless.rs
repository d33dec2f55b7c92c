//! The same trainer without a window: a progress bar on a terminal, and files for whoever comes after.

/// Sweeps and races.
pub mod choose;

mod filmstrip;
mod outputs;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::experiment::Experiment;
use crate::images::ImageSet;
use crate::train::snapshot::{Divergence, KnobMark};
use crate::train::trainer::{Step, TrainError, Trainer};
use outputs::Outputs;
pub use outputs::Summary;

/// A headless run.
#[derive(Clone, Debug)]
pub struct Job {
    /// Settings, and knob changes to replay.
    pub experiment: Experiment,
    /// Images, for the picture family.
    pub images: Option<Arc<ImageSet>>,
    /// Meta-iterations to do.
    pub iterations: u64,
    /// The folder for metrics.csv, samples.png, experiment.toml and summary.json; made if missing.
    pub out: PathBuf,
    /// Threads for the tasks of a meta-batch; the files do not depend on it.
    pub threads: usize,
}

/// Why a headless run failed.
#[derive(Debug, thiserror::Error)]
pub enum HeadlessError {
    /// The run cannot start.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// A knob change in the experiment is out of range.
    #[error("the change of {key} at meta-iteration {at}: {error}", key = change.knob.key(), at = change.at)]
    Change {
        /// The change.
        change: KnobMark,
        /// What is wrong with it.
        error: crate::settings::SettingError,
    },
    /// A file could not be written.
    #[error("cannot write {path}: {message}; choose another --out folder or free some space")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        message: String,
    },
}

impl HeadlessError {
    fn write(path: &Path, error: &dyn std::fmt::Display) -> Self {
        Self::Write { path: path.to_owned(), message: error.to_string() }
    }
}

/// Does the run and writes its files. A divergence ends it early; it is no error, but is in the summary.
///
/// # Errors
/// If the run cannot start or a file cannot be written.
pub fn run(job: &Job) -> Result<Summary, HeadlessError> {
    let start = Instant::now();
    let mut trainer = Trainer::new(job.experiment.settings.clone(), job.images.clone(), job.threads)?;
    // What ran is what is written: the inner rate may have been fitted to the tasks.
    let experiment = Experiment { settings: trainer.settings().clone(), ..job.experiment.clone() };
    let (asked, starts) = (job.experiment.settings.live.inner_rate, experiment.settings.live.inner_rate);
    if starts != asked {
        eprintln!(
            "α starts at {starts}: at its usual {asked} a step would overshoot on these tasks; --inner-rate sets it"
        );
    }
    let mut outputs = Outputs::create(&job.out, &experiment)?;
    outputs.row(&trainer.first_row())?;
    let bar = progress_bar(job.iterations);
    let pool = trainer.pool();
    let divergence = pool.run(|| train(job, &mut trainer, &mut outputs, &bar))?;
    bar.set_message("measuring held-out tasks");
    trainer.probe();
    let summary = Summary::new(&trainer, start.elapsed().as_secs_f64(), divergence);
    outputs.finish(&trainer, &summary)?;
    bar.finish_and_clear();
    Ok(summary)
}

/// All meta-iterations, or those before a divergence.
fn train(
    job: &Job,
    trainer: &mut Trainer,
    outputs: &mut Outputs,
    bar: &ProgressBar,
) -> Result<Option<Divergence>, HeadlessError> {
    while trainer.meta_iteration() < job.iterations {
        apply_changes(trainer, &job.experiment.changes)?;
        match trainer.step(&|| true) {
            Step::Done(row) => {
                if let Some(row) = row {
                    outputs.row(&row)?;
                }
                bar.set_position(trainer.meta_iteration());
            }
            Step::Interrupted => {}
            Step::Diverged(event) => {
                bar.suspend(|| eprintln!("{}", event.reason));
                return Ok(Some(event));
            }
        }
    }
    Ok(None)
}

fn apply_changes(trainer: &mut Trainer, changes: &[KnobMark]) -> Result<(), HeadlessError> {
    let now = trainer.meta_iteration();
    for change in changes.iter().filter(|change| change.at == now) {
        let mut live = trainer.settings().live.clone();
        change.knob.set(&mut live, change.value);
        trainer.set_live(live).map_err(|error| HeadlessError::Change { change: *change, error })?;
    }
    Ok(())
}

fn progress_bar(iterations: u64) -> ProgressBar {
    let bar = ProgressBar::new(iterations);
    let template = "{bar:32} {human_pos}/{human_len} meta-iterations · {per_sec} · {eta} left {msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
