//! Lessons gone through without a window: as their solutions say, or as a pupil did.

use std::sync::Arc;

use super::condition::Strictness;
use super::lesson::{Act, Answer, Kind, Lesson, Step, Turn};
use super::progress::{Progress, Stage};
use crate::images::{self, ImageError, ImageSet};
use crate::settings::{Knob, ProceduralSettings, Settings};
use crate::text::{say, tell};
use crate::train::session::Rehearsal;
use crate::train::shown::Deed;
use crate::train::snapshot::Snapshot;
use crate::train::trainer::TrainError;
use crate::train::views::Focus;

/// Why a lesson cannot be gone through.
#[derive(Debug, thiserror::Error)]
pub enum RehearseError {
    /// Its run cannot begin.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// Its images cannot be had.
    #[error(transparent)]
    Images(#[from] ImageError),
}

/// A pupil who does as the solutions say.
pub struct Pupil {
    /// Where the lesson is.
    pub progress: Progress,
    rehearsal: Rehearsal,
    threads: usize,
    run: u64,
    place: Option<[f64; 2]>,
    paused: bool,
}

/// How a step went.
#[derive(Clone, Debug, PartialEq)]
pub enum Went {
    /// It is done.
    Well,
    /// It is not done in the meta-iterations that it has.
    TooLong,
    /// Not exactly one answer is true, with the margin: how many are, and what was read.
    Unclear(usize, Vec<Option<f64>>),
}

impl Pupil {
    /// At the beginning of a lesson whose run has this seed.
    ///
    /// # Errors
    /// If the run cannot begin.
    pub fn new(lesson: &Arc<Lesson>, seed: u64, threads: usize, strictness: Strictness) -> Result<Self, RehearseError> {
        let mut seeded = lesson.as_ref().clone();
        seeded.experiment.settings.run.seed = seed;
        let lesson = Arc::new(seeded);
        let rehearsal = begin(&lesson, lesson.settings(), threads)?;
        let progress = Progress::new(lesson).judging(strictness);
        Ok(Self { progress, rehearsal, threads, run: 0, place: None, paused: false })
    }

    /// Looks at the run with all that the present step asks for.
    pub fn look(&mut self) -> Snapshot {
        let mut focus = Focus::default();
        self.progress.looks(&mut focus);
        let snapshot = look_from(&mut self.rehearsal, self.place, focus, self.run, self.paused);
        self.progress.see(&snapshot);
        snapshot
    }

    /// Does the present step as its solution says, and goes to the next one if that went well.
    ///
    /// # Errors
    /// If a run on other images cannot begin.
    pub fn solve(&mut self) -> Result<Went, RehearseError> {
        self.solve_until(|_| {})
    }

    /// The same, with something done before the next step.
    ///
    /// # Errors
    /// As [`Self::solve`].
    pub fn solve_until(&mut self, done: impl FnOnce(&mut Self)) -> Result<Went, RehearseError> {
        let lesson = Arc::clone(self.progress.lesson());
        let Some(step) = lesson.steps.get(self.progress.now()) else { return Ok(Went::Well) };
        // A step that is done pauses the run; something to do lets it go on.
        self.paused = step.kind != Kind::Do;
        let went = match step.kind {
            Kind::Predict => self.predict(step)?,
            Kind::Observe => self.observe(step),
            Kind::Do => self.act(step, &step.solution),
            Kind::Write => {
                self.progress.write(say("Written.", "已写。"));
                Went::Well
            }
        };
        if went == Went::Well {
            done(self);
            self.progress.go_on();
        }
        Ok(went)
    }

    /// Does nothing for as long as the present step has; whether that does it.
    pub fn wait(&mut self, step: &Step) -> bool {
        self.paused = false;
        self.act(step, &[]) == Went::Well
    }

    fn predict(&mut self, step: &Step) -> Result<Went, RehearseError> {
        let snapshot = self.look();
        let turns = self.progress.answer(0, &snapshot);
        for turn in &turns {
            self.turn(turn)?;
        }
        self.paused = false;
        let from = self.rehearsal.meta_iteration();
        self.rehearsal.train_until(from + step.after);
        let snapshot = self.look();
        let went = clear(step, &snapshot);
        Ok(if self.progress.stage(self.progress.now()) == Stage::Done { went } else { unclear(step, &snapshot) })
    }

    fn turn(&mut self, turn: &Turn) -> Result<(), RehearseError> {
        if let Some((knob, value)) = turn.knob.zip(turn.value) {
            self.rehearsal.again(&Deed::Turned { at: self.rehearsal.meta_iteration(), knob, value });
        }
        if let Some(source) = &turn.images {
            let mut settings = self.rehearsal.settings().clone();
            settings.run.images = source.clone();
            settings.run.procedural = ProceduralSettings::of(source);
            self.rehearsal = self.rehearsal.carried(&settings, images::for_run(&settings.run)?, self.threads)?;
            self.run += 1;
        }
        Ok(())
    }

    fn observe(&mut self, step: &Step) -> Went {
        let snapshot = self.look();
        for choice in 0..step.options.len() {
            self.progress.answer(choice, &snapshot);
            if self.progress.stage(self.progress.now()) == Stage::Done {
                return clear(step, &snapshot);
            }
        }
        unclear(step, &snapshot)
    }

    fn act(&mut self, step: &Step, acts: &[Act]) -> Went {
        let (began, now) = (self.rehearsal.meta_iteration(), self.progress.now());
        let every = self.rehearsal.settings().run.evaluate_every.max(1);
        let end = began + step.within;
        let mut acts = acts.iter().peekable();
        self.look();
        loop {
            let failed = self.rehearsal.has_failed();
            let at = self.rehearsal.meta_iteration();
            while let Some(act) = acts.next_if(|act| failed || self.paused || at >= began + act.after) {
                self.do_(act);
                if failed {
                    break;
                }
            }
            self.look();
            if self.progress.stage(now) == Stage::Done {
                return Went::Well;
            }
            let at = self.rehearsal.meta_iteration();
            let stands = self.paused || self.rehearsal.has_failed();
            if at >= end || acts.peek().is_none() && stands {
                return Went::TooLong;
            }
            if !stands {
                let due = acts.peek().map_or(end, |act| (began + act.after).max(at + 1));
                self.rehearsal.train_until((at - at % every + every).min(due).min(end));
            }
        }
    }

    fn do_(&mut self, act: &Act) {
        let at = self.rehearsal.meta_iteration();
        if let Some(knob) = act.knob {
            let mut limit = || {
                let focus = Focus { stability: true, ..Focus::default() };
                let found = self.rehearsal.look(&focus, self.run, self.paused).closeups.stability?;
                Some(found.smallest()?.1)
            };
            let value = act.value.or_else(|| Some(act.times_limit? * limit()?));
            if let Some(value) = value {
                self.rehearsal.again(&Deed::Turned { at, knob, value: within(knob, value) });
            }
        }
        if act.back_to_best {
            self.rehearsal.again(&Deed::BackToBest { at });
        }
        if let Some(place) = act.drag {
            self.place = Some(place);
        }
        self.paused |= act.pause;
    }
}

/// Looks at a run, with φ dragged to a place on the map of mean losses after adaptation, if it is.
pub(super) fn look_from(
    rehearsal: &mut Rehearsal,
    place: Option<[f64; 2]>,
    mut focus: Focus,
    run: u64,
    paused: bool,
) -> Snapshot {
    if let Some(at) = place {
        focus.drag(at, None);
        let snapshot = rehearsal.look(&focus, run, paused);
        focus.drag(at, Some(&snapshot));
    }
    rehearsal.look(&focus, run, paused)
}

/// A knob's value in its range.
pub fn within(knob: Knob, value: f64) -> f64 {
    value.clamp(knob.range().low, knob.range().high)
}

/// The run that a lesson begins with, with these settings.
///
/// # Errors
/// If it cannot begin.
pub fn begin(lesson: &Lesson, settings: &Settings, threads: usize) -> Result<Rehearsal, RehearseError> {
    let images: Option<Arc<ImageSet>> = images::for_run(&settings.run)?;
    let beside = lesson.beside().map(|algorithm| settings.by(algorithm, false));
    Ok(Rehearsal::new(settings, beside.as_ref(), images, threads)?)
}

/// Whether exactly one answer is true, with the margin to either side.
fn clear(step: &Step, snapshot: &Snapshot) -> Went {
    match [Strictness::WithMargin, Strictness::Nearly].map(|strictness| true_answers(step, snapshot, strictness)) {
        [1, 1] => Went::Well,
        _ => unclear(step, snapshot),
    }
}

fn unclear(step: &Step, snapshot: &Snapshot) -> Went {
    let conditions = step.options.iter().flat_map(|answer| &answer.true_if);
    let values = conditions.map(|condition| condition.read(snapshot).map(|reading| reading.value)).collect();
    Went::Unclear(true_answers(step, snapshot, Strictness::AsItStands), values)
}

fn true_answers(step: &Step, snapshot: &Snapshot, strictness: Strictness) -> usize {
    let holds = |answer: &&Answer| answer.true_if.iter().all(|condition| condition.holds_in(snapshot, strictness));
    step.options.iter().filter(holds).count()
}

impl std::fmt::Display for Went {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let read = |values: &[Option<f64>]| {
            let all =
                values.iter().map(|value| value.map_or_else(|| "-".to_owned(), crate::text::numbers::significant));
            all.collect::<Vec<_>>().join(", ")
        };
        f.write_str(&match self {
            Self::Well => say("done", "已完成").to_owned(),
            Self::TooLong => {
                say("not done in the meta-iterations of “within”", "在 within 次元迭代内没有完成").to_owned()
            }
            Self::Unclear(count, values) => tell(
                || format!("{count} answers are true, or one hardly is; read: {}", read(values)),
                || format!("有 {count} 个答案为真，或者勉强为真；读数：{}", read(values)),
            ),
        })
    }
}
