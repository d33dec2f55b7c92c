//! A trainer and what is done beside training, as somebody at a window wants it: takes commands between
//! meta-iterations, shows at most 30 snapshots a second, and turns a panic into an event. It has no thread of its own:
//! whoever has one gives it turns.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::link::{Command, Event, Pace, TrainerEnd};
use super::snapshot::{Divergence, Enlarged, KnobMark, Phase};
use super::trainer::{MetricsRow, Step, Trainer};
use super::views::Views;
use super::walk::Walk;
use crate::meta::cancel::Cancel;
use crate::tasks::sketch::Sketch;
use crate::text::{Words, text};

mod beside;
mod keeping;
mod looking;
mod looking_closer;
mod obeying;
mod rehearsal;
mod speed;
mod walking;

use beside::Beside;
use keeping::Keeping;
use keeping::turn_coming;
pub use keeping::{KeepSink, keep_every};
pub use rehearsal::Rehearsal;
use speed::Speed;
use web_time::{Duration, Instant};

/// Snapshots are at least this far apart.
const FRAME: Duration = Duration::from_millis(33);
/// How often a waiting session looks for changed knobs.
const GLANCE: Duration = Duration::from_millis(20);
/// A moment of the past that is looked at for so long gets its galleries: whoever scrubs on does not wait for them.
const SHORT_REST: Duration = Duration::from_millis(50);
/// One that is looked at for so long is shown in full.
const REST: Duration = Duration::from_millis(120);
/// While the trainer runs, turned knobs have the probe tasks adapted at most this often.
const PROBE_EVERY: Duration = Duration::from_millis(400);
/// What kept states of a run may take, in bytes; a page has less room.
pub const TIMELINE_CAP: usize = if cfg!(feature = "desktop") { 256 << 20 } else { 32 << 20 };
/// So many runs can be taken up again; fewer where their kept states take more than a run's may.
pub const MOST_LEFT: usize = 4;
/// The enlarged images may take this share of the time while it trains.
const ENLARGED_SHARE: f64 = 0.06;

/// Gets every row of metrics, in order, on the thread that gives the turns or one of the pool's.
pub type MetricsSink = Box<dyn FnMut(&MetricsRow) + Send>;

/// When a session wants its next turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// At once: there is more to do.
    AtOnce,
    /// After this long, or as soon as the window asks for something.
    After(Duration),
    /// Never: the window has quit or is gone.
    Never,
}

/// What the window's other end is. It waits for [`Command::Restart`], and ends at [`Command::Quit`] or when the window's
/// end is dropped.
pub struct Session {
    end: TrainerEnd,
    /// That ended a wait.
    waiting: Option<Command>,
    threads: usize,
    metrics: Option<MetricsSink>,
    trainer: Option<Trainer>,
    beside: Option<Beside>,
    /// Runs that others took the place of, in the order in which they were left; the last is the next to come back.
    left: VecDeque<Left>,
    run: u64,
    phase: Phase,
    pace: Pace,
    divergence: Option<Arc<Divergence>>,
    sketch: Option<Arc<Sketch>>,
    enlarged: Option<Arc<Enlarged>>,
    views: Views,
    walk: Option<Walk>,
    enlarged_cost: Duration,
    enlarged_at: Instant,
    /// Since when they are of another moment than the one that is shown, if they are.
    enlarged_stale: Option<Instant>,
    /// Where it is to stop, if it is.
    stop_at: Option<u64>,
    /// From where the run goes on, if that is an earlier moment.
    continued_at: Option<u64>,
    shown_at: Instant,
    probed_at: Instant,
    stepped_at: Instant,
    speed: Speed,
    keeping: Keeping,
    /// Knob changes of the present run that are still to come.
    coming: Vec<KnobMark>,
    changed: bool,
}

/// A run that is not gone on with for now.
struct Left {
    trainer: Trainer,
    beside: Option<Beside>,
    phase: Phase,
    divergence: Option<Arc<Divergence>>,
}

impl Session {
    /// Nothing is trained yet. `threads` are used for the tasks of a meta-batch; `metrics` gets every measurement.
    pub fn new(end: TrainerEnd, threads: usize, metrics: Option<MetricsSink>) -> Self {
        let now = Instant::now();
        Self {
            end,
            waiting: None,
            threads,
            metrics,
            trainer: None,
            beside: None,
            left: VecDeque::new(),
            run: 0,
            phase: Phase::Paused,
            pace: Pace::Full,
            divergence: None,
            sketch: None,
            enlarged: None,
            views: Views::default(),
            walk: None,
            enlarged_cost: Duration::ZERO,
            enlarged_at: now,
            enlarged_stale: None,
            stop_at: None,
            continued_at: None,
            shown_at: now,
            probed_at: now,
            stepped_at: now,
            speed: Speed::new(),
            keeping: Keeping::default(),
            coming: Vec::new(),
            changed: false,
        }
    }

    /// Does what is due, until the budget is used up or there is nothing to do for now; a meta-iteration is not broken
    /// off for it. Never waits.
    pub fn turn(&mut self, budget: Duration) -> Next {
        let until = Instant::now() + budget;
        loop {
            // Many meta-iterations at a time, so that they need not be handed to the threads one by one.
            let command = match self.training().map(Trainer::pool) {
                Some(pool) => pool.run(|| self.train(until)),
                None => self.command(),
            };
            match command {
                Some(Command::Quit) => {
                    self.guard(Self::keep_changed);
                    return Next::Never;
                }
                Some(command) => self.guard(|session| session.obey(command)),
                None if self.training().is_some() => {
                    let pause = self.pause();
                    return if pause.is_zero() { Next::AtOnce } else { Next::After(pause.min(GLANCE)) };
                }
                None => {
                    self.guard(|session| session.glance(false));
                    return Next::After(GLANCE);
                }
            }
        }
    }

    /// Waits for something to do, for so long at the most.
    pub fn wait(&mut self, limit: Duration) {
        self.waiting = self.end.wait_command(limit);
    }

    fn command(&mut self) -> Option<Command> {
        self.waiting.take().or_else(|| self.end.try_command())
    }

    /// The trainer, if it is to go on.
    fn training(&self) -> Option<&Trainer> {
        self.trainer.as_ref().filter(|_| self.phase == Phase::Running)
    }

    /// How long until the next meta-iteration or sub-step.
    fn pause(&self) -> Duration {
        self.pace.apart().saturating_sub(self.stepped_at.elapsed())
    }

    /// Trains until then, or until there is a command, or nothing to train any more.
    fn train(&mut self, until: Instant) -> Option<Command> {
        loop {
            if let Some(command) = self.command() {
                return Some(command);
            }
            let now = self.pause().is_zero();
            self.guard(|session| session.glance(now));
            if !now || self.training().is_none() || Instant::now() >= until {
                return None;
            }
        }
    }

    /// Looks at what the window asks for, perhaps does a meta-iteration, and shows what is new.
    fn glance(&mut self, step: bool) {
        self.take_live();
        self.take_sketch();
        if !self.take_look() {
            self.look_closer();
        }
        if step && self.phase == Phase::Running {
            self.go_on();
        }
        self.view();
        self.keep_in_passing();
        self.show(false);
    }

    /// Runs part of the work; a panic in it ends the run, not the session.
    fn guard(&mut self, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_err() {
            (self.trainer, self.beside) = (None, None);
            self.phase = Phase::Paused;
            let failed = text(
                "The trainer failed on an internal error and was stopped. Press reset to start it again; if that fails too, choose other settings.",
                "训练器因内部错误而停止。请重新开始运行；如果仍然失败，请选择其他设置。",
            );
            self.end.report(Event::Failed(failed.into()));
        }
    }

    fn take_live(&mut self) {
        let Some((live, shown)) = self.end.take_live_at() else { return };
        self.settle();
        let Some(trainer) = &mut self.trainer else { return };
        // The window may not know yet that the run goes on from the moment that it shows.
        let meant = if shown == self.continued_at && trainer.looking_at().is_none() { None } else { shown };
        if trainer.looking_at() != meant {
            return;
        }
        let before = trainer.settings().live.clone();
        match trainer.set_live(live) {
            Err(error) => self.end.report(Event::Failed(Words::told(|| error.to_string()))),
            Ok(()) => {
                if let Some(beside) = &mut self.beside {
                    beside.turn(&before, &trainer.settings().live);
                }
                // The mark on the curves shows at once; adapting the probe tasks takes longer, so while
                // a knob is dragged over a running trainer not every value is tried.
                self.changed = true;
                self.show(true);
                let running = self.phase == Phase::Running;
                if !running || self.probed_at.elapsed() > PROBE_EVERY {
                    if let Some(trainer) = &mut self.trainer {
                        trainer.probe();
                    }
                    if let Some(beside) = &mut self.beside {
                        beside.probe();
                    }
                    self.probed_at = Instant::now();
                    if !running {
                        self.draw_enlarged();
                    }
                    self.changed = true;
                    self.show(true);
                }
            }
        }
    }

    fn take_sketch(&mut self) {
        let Some(sketch) = self.end.take_sketch() else { return };
        self.sketch = sketch;
        let Some(trainer) = &mut self.trainer else { return };
        trainer.set_sketch(self.sketch.clone());
        if let Some(beside) = &mut self.beside {
            beside.set_sketch(self.sketch.clone());
        }
        self.changed = true;
        self.show(true);
    }

    /// Makes the measurement that is due, if one is and nothing more urgent waits; whether it did.
    fn settle(&mut self) -> bool {
        let Some(trainer) = &mut self.trainer else { return false };
        let row = trainer.settle(Cancel::when(&self.end.ends_training()));
        if let (Some(row), Some(metrics)) = (&row, &mut self.metrics) {
            metrics(row);
        }
        row.is_some()
    }

    fn step(&mut self) {
        self.settle();
        if self.beside.as_ref().zip(self.trainer.as_ref()).is_some_and(|(beside, first)| beside.lags(first)) {
            self.changed = true;
            return self.follow();
        }
        let Some(trainer) = self.trainer.as_mut().filter(|trainer| !trainer.owes()) else { return };
        self.stepped_at = Instant::now();
        if !self.coming.is_empty() {
            turn_coming(&mut self.coming, trainer, self.beside.as_mut());
        }
        let step = trainer.advance(Cancel::when(&self.end.ends_training()));
        match step {
            Step::Interrupted => return,
            Step::Done(_) => {
                let measured = self.settle();
                self.follow();
                let shows = self.pace.shows_each();
                if let Some(trainer) = self.trainer.as_mut().filter(|trainer| shows && !measured && !trainer.owes()) {
                    trainer.probe();
                }
                if let Some(beside) = self.beside.as_mut().filter(|_| shows) {
                    beside.refresh();
                }
                self.speed.tick();
                if self.stop_at.is_some_and(|at| self.trainer.as_ref().is_none_or(|run| run.meta_iteration() >= at)) {
                    (self.phase, self.stop_at) = (Phase::Paused, None);
                    self.refresh();
                }
            }
            Step::Diverged(divergence) => {
                let divergence = Arc::new(divergence);
                self.phase = Phase::Diverged;
                self.divergence = Some(divergence.clone());
                self.end.report(Event::Diverged(divergence));
                self.refresh();
            }
        }
        self.changed = true;
        let since = self.enlarged_at.elapsed();
        if since.as_secs_f64() * ENLARGED_SHARE > self.enlarged_cost.as_secs_f64() && since > 4 * FRAME {
            self.draw_enlarged();
        }
    }

    /// Has the second run go where the first one is.
    fn follow(&mut self) {
        if let (Some(beside), Some(trainer)) = (&mut self.beside, &self.trainer) {
            beside.follow(trainer, Cancel::when(&self.end.ends_training()));
        }
    }

    /// Brings the strip up to the present state while nothing trains.
    fn refresh(&mut self) {
        self.follow();
        if let Some(beside) = &mut self.beside {
            beside.refresh();
        }
        if let Some(trainer) = &mut self.trainer
            && trainer.evaluation().meta_iteration != trainer.meta_iteration()
        {
            trainer.probe();
        }
        self.draw_enlarged();
        self.changed = true;
    }

    fn draw_enlarged(&mut self) {
        let Some(trainer) = &self.trainer else { return };
        let start = Instant::now();
        let enlarged = trainer.enlarged(Cancel::when(&self.end.ends_training()));
        if self.end.is_asked_to_look() {
            return;
        }
        self.enlarged = enlarged.map(Arc::new);
        self.enlarged_cost = start.elapsed();
        self.enlarged_at = Instant::now();
        self.enlarged_stale = None;
    }

    fn show(&mut self, now: bool) {
        let Some(trainer) = &self.trainer else { return };
        if !self.changed || (!now && self.shown_at.elapsed() < FRAME) {
            return;
        }
        let (run, per_second) = (self.run, self.speed.per_second());
        let mut snapshot = trainer.snapshot(run, per_second, self.phase);
        snapshot.enlarged = self.enlarged.clone();
        self.views.show(&mut snapshot);
        snapshot.walk = self.walk.clone();
        snapshot.divergence = self.divergence.clone();
        snapshot.beside = self.beside.as_ref().map(|beside| Arc::new(beside.snapshot(run, per_second, self.phase)));
        snapshot.can_bring_back = !self.left.is_empty();
        self.end.publish(snapshot);
        self.shown_at = Instant::now();
        self.changed = false;
    }
}
