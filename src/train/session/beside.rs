//! A second run on the same tasks, which goes with the first one step by step.

use std::sync::Arc;

use web_time::{Duration, Instant};

use crate::images::ImageSet;
use crate::meta::cancel::Cancel;
use crate::settings::{LiveSettings, Settings};
use crate::tasks::sketch::Sketch;
use crate::train::snapshot::{Divergence, Phase, Snapshot};
use crate::train::trainer::{Step, TrainError, Trainer};
use crate::train::views::{Focus, Views};

/// How long it takes to follow at once.
const AT_ONCE: Duration = Duration::from_millis(30);

/// The second run. It has an algorithm and rates of its own, and whatever is turned or looked back at on the first one is
/// turned or looked back at here.
pub(super) struct Beside {
    trainer: Trainer,
    views: Views,
    divergence: Option<Arc<Divergence>>,
}

impl Beside {
    /// What its kept states take, in bytes.
    pub fn timeline_bytes(&self) -> usize {
        self.trainer.timeline_bytes()
    }

    /// At its start, on the threads of the first one.
    pub fn new(settings: Settings, images: Option<Arc<ImageSet>>, first: &Trainer) -> Result<Self, TrainError> {
        let mut trainer = Trainer::sharing(first, settings, images)?;
        trainer.set_timeline_cap(super::TIMELINE_CAP);
        Ok(Self { trainer, views: Views::default(), divergence: None })
    }

    /// Goes on, or back, to where the first one is, if it can: one that has diverged stays at its best state until the
    /// first one goes back to where it still was well. Of a long way on only so much is gone at once as nobody notices.
    pub fn follow(&mut self, first: &Trainer, cancel: Cancel<'_>) {
        let (begun, there) = (Instant::now(), first.meta_iteration());
        let failed = self.divergence.as_ref().map(|divergence| divergence.meta_iteration);
        if self.trainer.meta_iteration() > there || failed.is_some_and(|at| at > there + 1) {
            self.go_back(first);
        }
        while self.lags(first) {
            match self.trainer.advance(cancel) {
                Step::Interrupted => return,
                Step::Done(_) => drop(self.trainer.settle(cancel)),
                Step::Diverged(divergence) => self.divergence = Some(Arc::new(divergence)),
            }
            if begun.elapsed() > AT_ONCE {
                return;
            }
        }
    }

    /// Whether it is still to go on to where the first one is.
    pub fn lags(&self, first: &Trainer) -> bool {
        self.divergence.is_none() && self.trainer.meta_iteration() < first.meta_iteration()
    }

    /// Goes back to where the first one is, or to its last state before; with the knobs that were turned on the first
    /// one as they stand there now.
    pub fn go_back(&mut self, first: &Trainer) {
        self.divergence = None;
        self.trainer.look_back(first.meta_iteration());
        self.trainer.continue_here();
        self.views.break_off();
        let mut live = self.trainer.settings().live.clone();
        for mark in first.marks() {
            mark.knob.set(&mut live, mark.knob.get(&first.settings().live));
        }
        // Values that the first one took are in range.
        let _ = self.trainer.set_live(live);
    }

    /// Turns the knobs that were turned on the first one to the same values.
    pub fn turn(&mut self, before: &LiveSettings, after: &LiveSettings) {
        let mut live = self.trainer.settings().live.clone();
        for knob in before.turned(after) {
            knob.set(&mut live, knob.get(after));
        }
        // Values that the first one took are in range.
        let _ = self.trainer.set_live(live);
    }

    /// Adapts the probe tasks again, for display.
    pub fn probe(&mut self) {
        self.trainer.probe();
    }

    /// The same if they were not adapted from the present state.
    pub fn refresh(&mut self) {
        if self.trainer.evaluation().meta_iteration != self.trainer.meta_iteration() {
            self.trainer.probe();
        }
    }

    /// Shows an earlier moment.
    pub fn look_back(&mut self, at: u64) {
        self.trainer.look_back(at);
        self.views.break_off();
    }

    /// Completes what was left out while somebody looked through the past.
    pub fn look_closer(&mut self, cancel: Cancel<'_>) {
        self.trainer.draw_galleries(cancel);
        self.trainer.look_closer(cancel);
    }

    /// Goes on from the moment that is shown, that is `at` on the first one: it is well again if it failed later.
    pub fn continue_here(&mut self, at: u64) {
        self.trainer.continue_here();
        self.divergence.take_if(|divergence| divergence.meta_iteration > at);
        self.views.break_off();
    }

    /// Shows the present again.
    pub fn return_to_head(&mut self) {
        self.trainer.return_to_head();
        self.views.break_off();
    }

    /// Adapts to a drawing too.
    pub fn set_sketch(&mut self, sketch: Option<Arc<Sketch>>) {
        self.trainer.set_sketch(sketch);
    }

    /// Looks at the same as the first one, but for places that a hand chose on the first one's map.
    pub fn set_focus(&mut self, focus: &Focus) {
        self.views.set_focus(Focus { what_if: None, ..focus.clone() });
    }

    /// Forgets what was found by looking closely.
    pub fn forget(&mut self) {
        self.views.forget();
    }

    /// Does a piece of what is looked at closely: says whether there was one to do, and whether there is something new.
    pub fn view(&mut self, trains: bool) -> [bool; 2] {
        if trains && !self.views.are_due(&self.trainer) { [false, false] } else { self.views.advance(&self.trainer) }
    }

    /// One picture of it, with the first one's number and speed.
    pub fn snapshot(&self, run: u64, per_second: f64, phase: Phase) -> Snapshot {
        let phase = if self.divergence.is_some() { Phase::Diverged } else { phase };
        let mut snapshot = self.trainer.snapshot(run, per_second, phase);
        self.views.show(&mut snapshot);
        snapshot.divergence = self.divergence.clone();
        snapshot
    }
}
