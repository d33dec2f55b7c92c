//! Sweeps and races on threads of their own, for a window to watch.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use super::parallel::parallel;
use super::race::{Advance, Lane, Probe, Race, RunResult};
use super::sweep::{CellResult, Sweep, run_cell};
use crate::aside;
use crate::meta::cancel::Cancel;
use crate::text::{Words, text};
use crate::train::link::Wake;
use crate::train::trainer::{Checkpoint, TrainError};

/// What a sweep reports.
#[derive(Debug)]
pub enum SweepNews {
    /// A cell is finished; what it learned can be gone on from.
    Cell(usize, CellResult, Arc<Checkpoint>),
    /// Every cell is.
    Done,
    /// It cannot go on.
    Failed(Words),
}

/// What a race reports.
#[derive(Debug)]
pub enum RaceNews {
    /// A run went on.
    Probe(usize, Probe),
    /// A run is finished.
    Run(usize, RunResult),
    /// Every run is.
    Done,
    /// It cannot go on.
    Failed(Words),
}

/// The window's end. Dropping it breaks the work off.
pub struct Background<News> {
    news: Receiver<News>,
    stop: Arc<AtomicBool>,
}

/// The end of the work.
struct Report<News> {
    news: Sender<News>,
    stop: Arc<AtomicBool>,
    wake: Wake,
}

impl<News> Background<News> {
    /// What was reported since the last call, in order.
    pub fn take(&self) -> impl Iterator<Item = News> + '_ {
        self.news.try_iter()
    }
}

impl<News> Drop for Background<News> {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl<News> Report<News> {
    fn send(&self, news: News) {
        // Nobody listens any more: the next question whether to go on says so.
        let _ = self.news.send(news);
        (self.wake)();
    }

    /// Whether nobody wants more of it.
    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Begins a sweep with one thread for each cell under way; calls `wake` after each piece of news.
///
/// # Errors
/// If the system refuses a thread.
pub fn sweep(sweep: Arc<Sweep>, threads: usize, wake: Wake) -> std::io::Result<Background<SweepNews>> {
    start("sweep", wake, SweepNews::Failed, move |report| {
        let cells: Vec<usize> = (0..sweep.cells()).collect();
        let work = |cell: usize, cancel: Cancel<'_>| {
            (cell, run_cell(&sweep, cell, true, Cancel::when(&|| cancel.is_wanted() || report.is_over())))
        };
        let finished = parallel(&cells, threads, work, |(cell, result)| match result {
            Ok(Some((result, checkpoint))) => {
                report.send(SweepNews::Cell(cell, result, Arc::new(checkpoint)));
                Ok(())
            }
            Ok(None) => Err(None),
            Err(error) => Err(Some(error)),
        });
        match finished {
            Ok(()) => report.send(SweepNews::Done),
            Err(None) => {}
            Err(Some(error)) => report.send(SweepNews::Failed(Words::told(|| error.to_string()))),
        }
    })
}

/// Begins a race in which the run that is furthest behind goes on next; calls `wake` after each piece
/// of news.
///
/// # Errors
/// If the system refuses a thread.
pub fn race(race: Arc<Race>, threads: usize, wake: Wake) -> std::io::Result<Background<RaceNews>> {
    start("race", wake, RaceNews::Failed, move |report| match lanes(&race, report) {
        Err(error) => report.send(RaceNews::Failed(Words::told(|| error.to_string()))),
        Ok(lanes) => {
            let waiting = Mutex::new(lanes);
            std::thread::scope(|scope| {
                for _ in 0..threads.max(1) {
                    scope.spawn(|| while bring_forward(&race, &waiting, report) {});
                }
            });
            if !report.is_over() {
                report.send(RaceNews::Done);
            }
        }
    })
}

fn lanes(race: &Race, report: &Report<RaceNews>) -> Result<Vec<(usize, Lane)>, TrainError> {
    let lane = |run: usize| {
        let lane = Lane::new(race, run)?;
        if let Some(probe) = lane.first_probe() {
            report.send(RaceNews::Probe(run, probe.clone()));
        }
        Ok((run, lane))
    };
    (0..race.runs()).take_while(|_| !report.is_over()).map(lane).collect()
}

/// Brings one run to its next probe; false if none is waiting.
fn bring_forward(race: &Race, waiting: &Mutex<Vec<(usize, Lane)>>, report: &Report<RaceNews>) -> bool {
    let next = {
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let last = waiting.iter().enumerate().min_by_key(|(_, (run, lane))| (lane.meta_iteration(), *run));
        last.map(|(index, _)| index).map(|index| waiting.swap_remove(index))
    };
    let Some((run, mut lane)) = next else { return false };
    match lane.advance(race, Cancel::when(&|| report.is_over())) {
        Advance::Probed(probe) => {
            report.send(RaceNews::Probe(run, probe));
            waiting.lock().unwrap_or_else(PoisonError::into_inner).push((run, lane));
            true
        }
        Advance::Finished(result) => {
            report.send(RaceNews::Run(run, result));
            true
        }
        Advance::Interrupted => false,
    }
}

fn start<News: Send + 'static>(
    name: &str,
    wake: Wake,
    failed: fn(Words) -> News,
    work: impl FnOnce(&Report<News>) + Send + 'static,
) -> std::io::Result<Background<News>> {
    let (sender, receiver) = channel();
    let stop = Arc::new(AtomicBool::new(false));
    let report = Report { news: sender, stop: stop.clone(), wake };
    let run = move || {
        if catch_unwind(AssertUnwindSafe(|| work(&report))).is_err() {
            let text = text("it failed on an internal error; try other settings", "内部出错；请换用其他设置");
            report.send(failed(text.into()));
        }
    };
    if !aside::THREADS {
        return Err(aside::refused());
    }
    aside::begin(name, run)?;
    Ok(Background { news: receiver, stop })
}
