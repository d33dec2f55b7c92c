//! Sweeps and races without a window: finished runs are kept in the folder, and what they add up to is
//! written anew after each.

use std::path::Path;
use std::time::Duration;

use indicatif::ProgressBar;

use super::{Interrupt, restyle};
use crate::compare::parallel::parallel;
use crate::compare::race::{Race, RunResult, Summary, run_one};
use crate::compare::store::{Store, StoreError};
use crate::compare::sweep::{CellResult, Sweep, run_cell};
use crate::compare::{CompareError, heat_map, tables};
use crate::experiment::Experiment;
use crate::files::{FileError, Locked, write_picture, write_whole};
use crate::keep::run_file::{ENDING, ImageFacts, RunFile, RunFileError};
use crate::meta::cancel::Cancel;
use crate::train::trainer::{Saved, TrainError};

/// Which cells of a sweep to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All that are missing.
    Missing,
    /// One alone, whose file is all that is written: many can run at the same time on many machines.
    Cell(usize),
    /// None; what is there is joined.
    None,
}

/// Why a sweep or a race failed.
#[derive(Debug, thiserror::Error)]
pub enum ChoiceError {
    /// It cannot be done like that.
    #[error(transparent)]
    Choose(#[from] CompareError),
    /// A run cannot start.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// The folder of finished runs.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Other files.
    #[error(transparent)]
    File(#[from] FileError),
    /// What a run has learned cannot be kept.
    #[error(transparent)]
    Keep(#[from] RunFileError),
    /// A signal came before all was done.
    #[error("interrupted: {done} of {all} {what} are done and kept; the same command goes on from there")]
    Interrupted {
        /// Finished ones.
        done: usize,
        /// All of them.
        all: usize,
        /// Cells or runs.
        what: &'static str,
    },
    /// A cell that the sweep does not have.
    #[error("--cell {cell}: the sweep has cells 0 to {last}", last = cells.saturating_sub(1))]
    NoSuchCell {
        /// As asked for.
        cell: usize,
        /// How many there are.
        cells: usize,
    },
}

/// Runs a sweep in a folder, with one thread for each cell. Returns every cell's result, `None` where
/// it is missing.
///
/// # Errors
/// If a run cannot start, a file cannot be written, the folder belongs to another sweep, or a signal comes.
pub fn sweep(
    sweep: &Sweep,
    part: Part,
    out: &Path,
    threads: usize,
    interrupt: &Interrupt,
) -> Result<Vec<Option<CellResult>>, ChoiceError> {
    let cells = sweep.cells();
    // Single cells may be run side by side, and joined meanwhile.
    let _lock = if part == Part::Missing { Some(Locked::new(out)?) } else { None };
    let store = Store::open(&out.join("cells"), sweep.fingerprint())?;
    let mut results = store.all::<CellResult>(cells);
    let missing: Vec<usize> = match part {
        Part::Cell(cell) if cell >= cells => return Err(ChoiceError::NoSuchCell { cell, cells }),
        Part::Cell(cell) => [cell].into_iter().filter(|&cell| results[cell].is_none()).collect(),
        Part::Missing => (0..cells).filter(|&cell| results[cell].is_none()).collect(),
        Part::None => Vec::new(),
    };
    let alone = matches!(part, Part::Cell(_));
    if !alone {
        write_sweep(sweep, &results, out)?;
    }
    let bar = progress_bar(&missing, cells, "cells");
    let work = |cell: usize, cancel: Cancel<'_>| {
        let wanted = || cancel.is_wanted() || interrupt.came();
        let Some((result, learned)) = run_cell(sweep, cell, false, Cancel::when(&wanted))? else {
            return Ok((cell, None));
        };
        if result.diverged.is_none() {
            keep_run(sweep.saved(cell, &learned)?, &store.beside(cell, ENDING))?;
        }
        Ok::<_, ChoiceError>((cell, Some(result)))
    };
    parallel(&missing, threads, work, |finished| {
        let (cell, Some(result)) = finished? else { return Err(interrupted(&results, "cells")) };
        store.keep(cell, &result)?;
        results[cell] = Some(result);
        if !alone {
            write_sweep(sweep, &results, out)?;
        }
        bar.inc(1);
        Ok::<(), ChoiceError>(())
    })?;
    bar.finish_and_clear();
    Ok(results)
}

/// Keeps what a run has learned, so that somebody can go on with it.
fn keep_run(saved: Option<Saved>, path: &Path) -> Result<(), ChoiceError> {
    let Some(saved) = saved else { return Ok(()) };
    let images = saved.images().map(|set| ImageFacts::of(set));
    Ok(RunFile::new(&saved, images)?.write(path)?)
}

fn interrupted<R>(results: &[Option<R>], what: &'static str) -> ChoiceError {
    ChoiceError::Interrupted { done: results.iter().flatten().count(), all: results.len(), what }
}

fn write_sweep(sweep: &Sweep, results: &[Option<CellResult>], out: &Path) -> Result<(), FileError> {
    write_csv(&out.join("sweep.csv"), tables::sweep(sweep, results))?;
    write_picture(&out.join("sweep.png"), &heat_map::draw(sweep, results))?;
    if let Some(best) = sweep.best(results) {
        write_experiment(&out.join("best.toml"), &Experiment { settings: sweep.settings(best), ..Default::default() })?;
    }
    Ok(())
}

/// Runs a race in a folder, with one thread for each run, and returns what all runs add up to.
///
/// # Errors
/// If a run cannot start, a file cannot be written, the folder belongs to another race, or a signal comes.
pub fn race(race: &Race, out: &Path, threads: usize, interrupt: &Interrupt) -> Result<Summary, ChoiceError> {
    let _lock = Locked::new(out)?;
    let store = Store::open(&out.join("runs"), race.fingerprint())?;
    let mut results = store.all::<RunResult>(race.runs());
    let missing: Vec<usize> = (0..race.runs()).filter(|&run| results[run].is_none()).collect();
    let bar = progress_bar(&missing, race.runs(), "runs");
    let work = |run: usize, cancel: Cancel<'_>| {
        let wanted = || cancel.is_wanted() || interrupt.came();
        let Some((result, saved)) = run_one(race, run, Cancel::when(&wanted))? else { return Ok((run, None)) };
        keep_run(saved, &store.beside(run, ENDING))?;
        Ok::<_, ChoiceError>((run, Some(result)))
    };
    parallel(&missing, threads, work, |finished| {
        let (run, Some(result)) = finished? else { return Err(interrupted(&results, "runs")) };
        store.keep(run, &result)?;
        results[run] = Some(result);
        write_race(race, &results, out)?;
        bar.inc(1);
        Ok::<(), ChoiceError>(())
    })?;
    bar.finish_and_clear();
    Ok(write_race(race, &results, out)?)
}

fn write_race(race: &Race, results: &[Option<RunResult>], out: &Path) -> Result<Summary, FileError> {
    write_csv(&out.join("race.csv"), tables::race(results))?;
    let summary = Summary::new(race, results);
    let path = out.join("race.json");
    let text = serde_json::to_string_pretty(&summary).map_err(|error| FileError::write(&path, &error))?;
    write_whole(&path, (text + "\n").as_bytes())?;
    Ok(summary)
}

fn write_csv(path: &Path, table: csv::Result<Vec<u8>>) -> Result<(), FileError> {
    write_whole(path, &table.map_err(|error| FileError::write(path, &error))?)
}

fn write_experiment(path: &Path, experiment: &Experiment) -> Result<(), FileError> {
    let text = experiment.to_text().map_err(|error| FileError::write(path, &error))?;
    write_whole(path, format!("# The best cell of a sweep, for `metascope run`.\n{text}").as_bytes())
}

fn progress_bar(missing: &[usize], all: usize, what: &str) -> ProgressBar {
    let bar = ProgressBar::new(missing.len() as u64);
    let kept = all - missing.len();
    let template = format!("{{bar:32}} {{pos}}/{{len}} {what} ({kept} of {all} are there) · {{eta}} left");
    restyle(&bar, &template);
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}
