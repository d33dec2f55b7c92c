//! The same trainer without a window: a progress bar on a terminal, and files for whoever comes after.

/// Kept runs at work.
pub mod adapt;

/// Sweeps and races.
pub mod compare;

mod interrupt;
mod outputs;
mod summary;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use crate::experiment::Experiment;
use crate::files::FileError;
use crate::images::ImageSet;
use crate::keep::keeper::{Keeper, News};
use crate::keep::run_file::{RunFile, RunFileError};
use crate::meta::cancel::Cancel;
use crate::said::note;
use crate::train::snapshot::{Divergence, Evaluation, Init, KnobMark};
use crate::train::trainer::{Step, TrainError, Trainer};
pub use interrupt::Interrupt;
use outputs::{Outputs, Replaces};
pub use summary::{Best, Summary};
use web_time::{Duration, Instant};

/// A headless run.
#[derive(Clone, Debug, Default)]
pub struct Job {
    /// Settings, and knob changes to replay.
    pub experiment: Experiment,
    /// Images, if the tasks are of any.
    pub images: Option<Arc<ImageSet>>,
    /// Meta-iterations to do.
    pub iterations: u64,
    /// The folder for the files; made if missing.
    pub out: PathBuf,
    /// Threads for the tasks of a meta-batch; the files do not depend on it.
    pub threads: usize,
    /// Whether the folder's files of another run may be replaced.
    pub overwrite: bool,
    /// Whether the best state on the way is measured too.
    pub keep_best: bool,
    /// A kept run to go on with, in place of one that begins with the experiment's settings: its changes are then those
    /// that are still to come.
    pub resume: Option<(PathBuf, Arc<RunFile>)>,
    /// A kept run whose φ this one starts at.
    pub phi: Option<Arc<RunFile>>,
    /// Ends training early; what was reached is measured and written.
    pub interrupt: Interrupt,
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
    /// A file that may not be replaced.
    #[error("{} holds {file} of another run: add --overwrite to replace that run, or choose another --out folder", folder.display())]
    Taken {
        /// The folder.
        folder: PathBuf,
        /// The file.
        file: &'static str,
    },
    /// Files.
    #[error(transparent)]
    File(#[from] FileError),
    /// A run cannot be kept, or gone on with.
    #[error(transparent)]
    Keep(#[from] RunFileError),
    /// A run that is already as long.
    #[error("{} has done {done} meta-iterations: --iterations says how many it is to have in all, and must not be less", file.display())]
    Done {
        /// Its file.
        file: PathBuf,
        /// Meta-iterations.
        done: u64,
    },
    /// The system refuses a thread.
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
    /// The experiment cannot be written down.
    #[error(transparent)]
    Experiment(#[from] crate::experiment::ExperimentError),
}

/// How training ended before its time.
#[derive(Debug, Default)]
struct Ended {
    diverged: Option<Divergence>,
    interrupted: bool,
}

/// Whether a folder holds no run yet.
///
/// # Errors
/// If it does.
pub fn check_vacant(folder: &Path) -> Result<(), HeadlessError> {
    match outputs::FILES.into_iter().find(|file| folder.join(file).exists()) {
        Some(file) => Err(HeadlessError::Taken { folder: folder.to_owned(), file }),
        None => Ok(()),
    }
}

/// Does the run and writes its files. A divergence or an interruption ends it early; it is no error, but is in the
/// summary.
///
/// # Errors
/// If the run cannot start, another one is or was in the folder, or a file cannot be written.
pub fn run(job: &Job) -> Result<Summary, HeadlessError> {
    let start = Instant::now();
    let (mut trainer, mut outputs) = match &job.resume {
        Some((path, file)) => go_on(job, path, file)?,
        None => begin(job)?,
    };
    let bar = progress_bar(job.iterations);
    let pool = trainer.pool();
    let mut keeper = Keeper::start(|| {}).map_err(HeadlessError::Thread)?;
    let ended = pool.run(|| train(job, &mut trainer, &mut outputs, &bar, &mut keeper))?;
    keep(job, &trainer, &mut keeper);

    let said = AtomicBool::new(ended.interrupted);
    let stepped = || {
        bar.inc(1);
        if job.interrupt.came() && !said.swap(true, Ordering::Relaxed) {
            bar.suspend(|| note("all is trained; it is still measured and written, and a second signal ends at once"));
        }
    };
    trainer.probe_all();
    measuring(&bar, &trainer);
    let mut summary = Summary::new(&trainer, job, ended, &stepped);
    let last = trainer.evaluation();
    for News { written, .. } in keeper.finish() {
        written.unwrap_or_else(|error| bar.suspend(|| note(error)));
    }
    let best = if job.keep_best { measure_best(&mut trainer, &bar, &stepped) } else { None };
    let (best, best_shown) = best.unzip();
    summary.best = best;
    summary.elapsed_secs = start.elapsed().as_secs_f64();
    bar.finish_and_clear();
    outputs.finish(&summary, &last, best_shown.as_deref())?;
    Ok(summary)
}

/// A run that begins, and its files.
fn begin(job: &Job) -> Result<(Trainer, Outputs), HeadlessError> {
    let (settings, images) = (job.experiment.settings.clone(), job.images.clone());
    let trainer = match &job.phi {
        Some(file) => Trainer::from_phi(settings, images, job.threads, &file.reopened()).map_err(RunFileError::from)?,
        None => Trainer::new(settings, images, job.threads)?,
    };
    // What ran is what is written: the inner rate may have been fitted to the tasks.
    let experiment = Experiment { settings: trainer.settings().clone(), ..job.experiment.clone() };
    let (asked, starts) = (job.experiment.settings.live.inner_rate, experiment.settings.live.inner_rate);
    if starts != asked {
        note(format!(
            "α starts at {starts}: at its usual {asked} a step would overshoot on these tasks; --inner-rate sets it"
        ));
    }
    let (decay, times) = (experiment.settings.run.outer.weight_decay, trainer.scarcity());
    if decay > 0.0 && times > 1.0 {
        note(format!("there are few classes, soon known by heart: the weight decay {decay} counts {times:.1} times"));
    }
    let replaces = if job.overwrite { Replaces::AnyRun } else { Replaces::Nothing };
    let outputs = Outputs::create(&job.out, (&experiment, job.iterations), replaces, trainer.rows())?;
    Ok((trainer, outputs))
}

/// A run that goes on, and its files: in its own folder they go on too.
fn go_on(job: &Job, path: &Path, file: &RunFile) -> Result<(Trainer, Outputs), HeadlessError> {
    if file.meta_iteration > job.iterations {
        return Err(HeadlessError::Done { file: path.to_owned(), done: file.meta_iteration });
    }
    let trainer = file.restore(job.images.clone(), job.threads)?;
    let settings = trainer.start().as_ref().clone();
    let changes = trainer.marks().iter().chain(&job.experiment.changes).copied().collect();
    let experiment = Experiment { settings, changes, ..Experiment::default() };
    let own = path.canonicalize().ok() == job.out.join(outputs::RUN).canonicalize().ok();
    let replaces = match (own, job.overwrite) {
        (true, _) => Replaces::Itself,
        (false, true) => Replaces::AnyRun,
        (false, false) => Replaces::Nothing,
    };
    let outputs = Outputs::create(&job.out, (&experiment, job.iterations), replaces, trainer.rows())?;
    Ok((trainer, outputs))
}

/// Has the run kept with what is still to come of it.
fn keep(job: &Job, trainer: &Trainer, keeper: &mut Keeper) {
    let Some(saved) = trainer.saved() else { return };
    let at = saved.meta_iteration();
    let coming = job.experiment.changes.iter().filter(|change| change.at >= at).copied().collect();
    keeper.keep(saved, coming, job.out.join(outputs::RUN));
}

/// What the best state on the way does on the held-out tasks, and on the probe tasks; `None` where none is known.
fn measure_best(
    trainer: &mut Trainer,
    bar: &ProgressBar,
    stepped: &(dyn Fn() + Sync),
) -> Option<(Best, Arc<Evaluation>)> {
    let (iterations, _) = trainer.best()?;
    trainer.back_to_best();
    measuring(bar, trainer);
    let held_out = trainer.statistics_of(Init::Learned, stepped, &mut None);
    Some((Best { iterations, held_out }, trainer.evaluation()))
}

/// All meta-iterations, or those before a divergence or an interruption.
fn train(
    job: &Job,
    trainer: &mut Trainer,
    outputs: &mut Outputs,
    bar: &ProgressBar,
    keeper: &mut Keeper,
) -> Result<Ended, HeadlessError> {
    let say = |line: &str| bar.suspend(|| note(line));
    while trainer.meta_iteration() < job.iterations {
        if keeper.is_due() {
            keep(job, trainer, keeper);
            // A full disk may have room again later: the run goes on.
            while let Some(News { written, .. }) = keeper.news() {
                written.unwrap_or_else(|error| say(&error.to_string()));
            }
        }
        apply_changes(trainer, &job.experiment.changes)?;
        match trainer.step(Cancel::when(&|| job.interrupt.came())) {
            Step::Done(row) => {
                if let Some(row) = row {
                    outputs.row(&row)?;
                }
                bar.set_position(trainer.meta_iteration());
            }
            Step::Interrupted => {
                let (done, all) = (trainer.meta_iteration(), job.iterations);
                say(&format!(
                    "interrupted after {done} of {all} meta-iterations; what was learned is measured and written, \
                     and a second signal ends at once"
                ));
                return Ok(Ended { interrupted: true, diverged: None });
            }
            Step::Diverged(event) => {
                say(&event.reason);
                return Ok(Ended { diverged: Some(event), interrupted: false });
            }
        }
    }
    Ok(Ended::default())
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
    restyle(&bar, "{bar:32} {human_pos}/{human_len} meta-iterations · {per_sec} · {eta} left");
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// From now on the bar shows how far the measurement of the trainer's state is.
fn measuring(bar: &ProgressBar, trainer: &Trainer) {
    restyle(bar, "{bar:32} {percent} % of the held-out tasks measured · {eta} left");
    bar.set_length(trainer.statistics_steps());
    bar.reset();
}

/// Has a bar look like this from now on.
pub fn restyle(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}
