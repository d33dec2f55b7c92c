//! A sweep: every cell of a plane of two settings is a run of its own, with the same seed and so the same
//! tasks, judged on validation tasks that are neither trained on nor used for testing.

use crate::meta::cancel::Cancel;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::CompareError;
use super::axis::{Axis, Value};
use super::store::fingerprint;
use crate::experiment::Experiment;
use crate::images::ImageSet;
use crate::settings::{RunSettings, Settings};
use crate::tasks::{Split, for_validation};
use crate::train::evaluation::Statistics;
use crate::train::snapshot::Init;
use crate::train::trainer::{Checkpoint, Saved, Step, TrainError, Trainer};

/// More cells than this are refused.
pub const MOST_CELLS: usize = 1024;

/// The plan of a sweep.
#[derive(Clone, Debug)]
pub struct Sweep {
    settings: Settings,
    axes: [Axis; 2],
    iterations: u64,
    images: Option<Arc<ImageSet>>,
    /// With those that are kept for testing.
    whole: Option<Arc<ImageSet>>,
    fingerprint: String,
}

/// What came of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellResult {
    /// The value on the first axis.
    pub x: Value,
    /// The value on the second axis.
    pub y: Value,
    /// Mean query loss of the validation tasks after the test-time steps; `None` if it is not finite or
    /// the run diverged.
    pub loss: Option<f64>,
    /// Half the width of the mean's 95 % confidence interval over the tasks.
    pub interval: Option<f64>,
    /// The meta-iteration at which the run diverged, if it did.
    pub diverged: Option<u64>,
    /// Meta-iterations done.
    pub iterations: u64,
}

impl Sweep {
    /// Plans a sweep around an experiment: x is the first axis, y the second. Tasks of images need the
    /// run's `images`; those held out of it are kept for testing, see [`for_validation`].
    ///
    /// # Errors
    /// If both axes vary the same, one of them would change nothing, a cell's settings are out of range,
    /// there are too many cells, too few images, or knob changes.
    pub fn new(
        experiment: &Experiment,
        axes: [Axis; 2],
        iterations: u64,
        images: Option<Arc<ImageSet>>,
    ) -> Result<Self, CompareError> {
        let settings = experiment.settings.clone();
        if !experiment.changes.is_empty() {
            return Err(CompareError::Changes);
        }
        let [x, y] = &axes;
        if x.swept == y.swept {
            return Err(CompareError::SameTwice { name: x.swept.id() });
        }
        let cells = x.values.len().saturating_mul(y.values.len());
        if cells > MOST_CELLS {
            return Err(CompareError::TooMany { cells });
        }
        for axis in &axes {
            if let Some(reason) = axis.swept.why_no_effect(&settings) {
                return Err(CompareError::NoEffect { name: axis.swept.id(), reason });
            }
        }
        let whole = images.clone();
        let images = match images {
            Some(images) if settings.run.tasks.needs_images() => {
                let classes = settings.run.tasks.needs_classes();
                let too_few = if classes { CompareError::TooFewClasses } else { CompareError::TooFewImages };
                let split = for_validation(&settings.run, &images).ok_or(too_few)?;
                Some(Arc::new(split))
            }
            _ => None,
        };
        let text = experiment.to_text()?;
        let text = format!("{text}\n{axes:?}\n{iterations}");
        let fingerprint = fingerprint(&text, images.as_deref());
        let sweep = Self { settings, axes, iterations, images, whole, fingerprint };
        (0..cells).try_for_each(|cell| sweep.settings(cell).validate()).map_err(CompareError::Value)?;
        Ok(sweep)
    }

    /// How many cells.
    pub fn cells(&self) -> usize {
        self.axes[0].values.len() * self.axes[1].values.len()
    }

    /// x, then y; cell 0 has the first value of both, the cells after it go along x.
    pub fn axes(&self) -> &[Axis; 2] {
        &self.axes
    }

    /// The settings that the axes vary.
    pub fn base(&self) -> &Settings {
        &self.settings
    }

    /// Meta-iterations of each cell.
    pub fn iterations(&self) -> u64 {
        self.iterations
    }

    /// What tells this sweep from others: settings, axes, meta-iterations, images, the program's version.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// A cell's values on both axes.
    pub fn values(&self, cell: usize) -> [Value; 2] {
        let [x, y] = &self.axes;
        let columns = x.values.len();
        [x.values[cell % columns], y.values[cell / columns % y.values.len()]]
    }

    /// A cell's settings.
    pub fn settings(&self, cell: usize) -> Settings {
        let mut settings = self.settings.clone();
        for (axis, value) in self.axes.iter().zip(self.values(cell)) {
            axis.swept.set(&mut settings, value);
        }
        settings
    }

    /// The run that goes on from what a cell has learned, on all images that its sweep was planned with, to be kept.
    ///
    /// # Errors
    /// If it cannot start.
    pub fn saved(&self, cell: usize, learned: &Checkpoint) -> Result<Option<Saved>, TrainError> {
        Ok(Trainer::resume(self.settings(cell), self.whole.clone(), 1, learned)?.saved())
    }

    /// The finished cell with the lowest loss, the first of equal ones.
    pub fn best(&self, results: &[Option<CellResult>]) -> Option<usize> {
        let losses = results.iter().enumerate().filter_map(|(cell, result)| Some((cell, result.as_ref()?.loss?)));
        losses.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(cell, _)| cell)
    }
}

/// Trains and validates one cell on the caller's thread, and leaves what it learned; `None` if
/// `cancel` is wanted. Where somebody may go on from it, joint pretraining is trained beside it, which changes nothing of
/// its result.
///
/// # Errors
/// If the run cannot start.
pub fn run_cell(
    sweep: &Sweep,
    cell: usize,
    goes_on: bool,
    cancel: Cancel<'_>,
) -> Result<Option<(CellResult, Checkpoint)>, TrainError> {
    let mut settings = sweep.settings(cell);
    settings.run.evaluate_every = RunSettings::NEVER;
    let begin = if goes_on { Trainer::new } else { Trainer::alone };
    let mut trainer = begin(settings, sweep.images.clone(), 1)?;
    let [x, y] = sweep.values(cell);
    while trainer.meta_iteration() < sweep.iterations {
        match trainer.step(cancel) {
            Step::Done(_) => {}
            Step::Interrupted => return Ok(None),
            Step::Diverged(event) => {
                let at = event.meta_iteration;
                let result = CellResult { x, y, loss: None, interval: None, diverged: Some(at), iterations: at };
                return Ok(Some((result, trainer.checkpoint())));
            }
        }
    }
    let tasks = trainer.held_out_tasks(Split::Validation, &trainer.settings().live);
    let (inner_rate, losses) = trainer.held_out_losses(Init::Learned, &tasks, trainer.settings().live.test_steps);
    let statistics = Statistics::new(&losses, inner_rate, false);
    let last = |values: &[f64]| values.last().copied().filter(|value| value.is_finite());
    let loss = last(&statistics.loss);
    let interval = loss.and_then(|_| last(&statistics.loss_interval));
    let result = CellResult { x, y, loss, interval, diverged: None, iterations: trainer.meta_iteration() };
    Ok(Some((result, trainer.checkpoint())))
}
