//! A lesson under way: what was predicted, what has come about, where the pupil is. The window and whoever goes through a
//! lesson without one have the same.

mod hints;
mod kept;

use std::sync::Arc;

use super::condition::Strictness;
use super::lesson::{Kind, Lesson, Step, Turn};
use super::measures::Reading;
use super::result::{Met, Moment, Outcome, RunLog};
use crate::settings::{ImageSource, RunSettings};
use crate::train::snapshot::{Phase, Snapshot};
use crate::train::views::Focus;

/// A lesson under way.
#[derive(Clone, Debug)]
pub struct Progress {
    lesson: Arc<Lesson>,
    strictness: Strictness,
    /// The step to be done; as many as there are once all are.
    now: usize,
    outcomes: Vec<Outcome>,
    runs: Vec<RunLog>,
    /// The number of the last run that was seen, by which the window tells runs apart.
    run: Option<u64>,
    /// Whether the last run seen is the lesson's own.
    own: bool,
    /// The images that its tasks are made of by now.
    images: ImageSource,
    /// What was read when the step to be done began, condition by condition.
    start: Vec<Option<f64>>,
    /// Whether it was taken up again, and its run has not been seen since.
    taken_up: bool,
    /// Whether its run, which stands since then, is to go on before anything is judged.
    goes_on: bool,
    /// Since when the condition that is to be met holds, and until when that was measured.
    held: Option<[u64; 2]>,
    /// Seconds since the lesson began.
    clock: f64,
    /// When the step began, and when the last hint to it was given, and how much had been done to the run then.
    step_began: f64,
    hinted: Option<(f64, usize)>,
}

/// How far the present step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Something is to be chosen, done or written.
    Open,
    /// A prediction is made; its outcome is still to come.
    Waiting,
    /// The run came to a moment where not exactly one answer is true: the lesson must begin again.
    Unclear,
    /// It is done.
    Done,
}

impl Progress {
    /// At its beginning.
    pub fn new(lesson: Arc<Lesson>) -> Self {
        Self {
            strictness: Strictness::AsItStands,
            now: 0,
            outcomes: vec![Outcome::default(); lesson.steps.len()],
            runs: Vec::new(),
            run: None,
            own: true,
            images: lesson.settings().run.images.clone(),
            start: Vec::new(),
            taken_up: false,
            goes_on: false,
            held: None,
            clock: 0.0,
            step_began: 0.0,
            hinted: None,
            lesson,
        }
    }

    /// The same, where what has to be so is judged like this.
    #[must_use]
    pub fn judging(self, strictness: Strictness) -> Self {
        Self { strictness, ..self }
    }

    /// The lesson.
    pub fn lesson(&self) -> &Arc<Lesson> {
        &self.lesson
    }

    /// The step to be done, from 0; as many as there are once all are done.
    pub fn now(&self) -> usize {
        self.now
    }

    /// The same itself; `None` once all are done.
    pub fn step(&self) -> Option<&Step> {
        self.lesson.steps.get(self.now)
    }

    /// What came of each step so far.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// The runs so far.
    pub fn runs(&self) -> &[RunLog] {
        &self.runs
    }

    /// Whether what is on the screen is the lesson's run; only that is measured.
    pub fn is_own_run(&self) -> bool {
        self.own
    }

    /// Whether this is what was seen last of the lesson's run.
    pub fn is_seen(&self, snapshot: &Snapshot) -> bool {
        self.own && self.run == Some(snapshot.run)
    }

    /// For how many meta-iterations the condition that is to be met has held on end, as far as that was measured.
    pub fn held(&self) -> Option<u64> {
        self.held.map(|[from, to]| to - from)
    }

    /// What a condition of the present step read when that began, by its place.
    pub fn stood_at_start(&self, place: usize) -> Option<f64> {
        self.start.get(place).copied().flatten()
    }

    /// Whether the run stands, and is to go on before anything is judged.
    pub fn is_to_go_on(&self) -> bool {
        self.goes_on && self.run.is_some()
    }

    /// Whether its run has not been seen yet.
    pub fn is_beginning(&self) -> bool {
        self.run.is_none()
    }

    /// How far the run must still go for the outcome of a prediction, where what changes with that has changed.
    pub fn awaited(&self, snapshot: &Snapshot) -> Option<u64> {
        let step = self.step().filter(|_| self.stage(self.now) == Stage::Waiting && self.is_seen(snapshot))?;
        let at = self.outcomes[self.now].committed?.at + step.after;
        let turned = step.turns.iter().all(|turn| is_in_force(turn, snapshot));
        (turned && snapshot.meta_iteration < at).then_some(at)
    }

    /// Seconds since it began.
    pub fn secs(&self) -> f64 {
        self.clock
    }

    /// How far a step is.
    pub fn stage(&self, index: usize) -> Stage {
        let Some((outcome, step)) = self.outcomes.get(index).zip(self.lesson.steps.get(index)) else {
            return Stage::Done;
        };
        match step.kind {
            Kind::Predict if outcome.done && outcome.truth.is_none() => Stage::Unclear,
            _ if outcome.done => Stage::Done,
            Kind::Predict if outcome.chosen.is_some() => Stage::Waiting,
            _ => Stage::Open,
        }
    }

    /// What has to be looked at closely for the present step, and whether its outcome waits for that.
    pub fn looks(&self, focus: &mut Focus) {
        let Some(step) = self.step() else { return };
        let mut own = Focus::default();
        step.looks(&mut own);
        let stage = self.stage(self.now);
        let waits = stage == Stage::Waiting || stage == Stage::Open && step.kind == Kind::Do;
        focus.awaited |= waits && own != Focus::default();
        step.looks(focus);
    }

    /// Takes note of the time, in seconds since the lesson began.
    pub fn tick(&mut self, secs: f64) {
        if self.now >= self.lesson.steps.len() {
            return;
        }
        self.clock = secs;
        if let Some(outcome) = self.outcomes.get_mut(self.now).filter(|outcome| !outcome.done) {
            outcome.secs = secs - self.step_began;
        }
    }

    /// Looks at the run, and sees what has come about.
    pub fn see(&mut self, snapshot: &Snapshot) {
        self.follow(snapshot);
        self.goes_on &= snapshot.phase == Phase::Paused;
        if !self.own || self.goes_on || snapshot.timeline.shown.is_some() {
            return;
        }
        let lesson = Arc::clone(&self.lesson);
        let Some(step) = lesson.steps.get(self.now) else { return };
        if self.start.len() < step.until.len() {
            self.start = step.until.iter().map(|_| None).collect();
        }
        for (start, condition) in self.start.iter_mut().zip(&step.until) {
            if start.is_none() {
                *start = condition.asked.read_fresh(snapshot).map(|reading| reading.value);
            }
        }
        match self.stage(self.now) {
            Stage::Waiting => self.await_outcome(step, snapshot),
            Stage::Open if step.kind == Kind::Do => self.judge(step, snapshot),
            _ => {}
        }
    }

    /// Keeps account of runs and of what is done to them.
    fn follow(&mut self, snapshot: &Snapshot) {
        let lesson = Arc::clone(&self.lesson);
        let lesson = lesson.settings();
        self.own = self.is_of(&snapshot.settings.run);
        if self.run != Some(snapshot.run) && self.own {
            self.run = Some(snapshot.run);
            if self.takes_up(snapshot) {
                return;
            }
            let settings = snapshot.timeline.start.as_deref().unwrap_or(&snapshot.settings).clone();
            let carried = settings.run.images != lesson.run.images;
            let began = snapshot.timeline.first;
            self.runs.push(RunLog { settings, carried, began, journal: Vec::new(), last: 0 });
            self.held = None;
        }
        if !self.own {
            return;
        }
        if let Some(log) = self.runs.last_mut() {
            if log.journal.len() != snapshot.journal.len() {
                log.journal = snapshot.journal.to_vec();
            }
            log.last = snapshot.meta_iteration;
        }
    }

    /// Whether a run is the lesson's own.
    pub fn is_of(&self, run: &RunSettings) -> bool {
        let own = &self.lesson.settings().run;
        *run == RunSettings { images: self.images.clone(), procedural: run.procedural, ..own.clone() }
    }

    fn moment(&self, at: u64, snapshot: &Snapshot) -> Moment {
        Moment { run: self.runs.len().saturating_sub(1), at, deeds: snapshot.journal.len() }
    }

    fn await_outcome(&mut self, step: &Step, snapshot: &Snapshot) {
        let outcome = &self.outcomes[self.now];
        let from = outcome.committed.map_or(0, |moment| moment.at);
        // What changes with the prediction must have changed, and time have passed since.
        let turned = step.turns.iter().all(|turn| is_in_force(turn, snapshot));
        let mut readings = Vec::new();
        for condition in step.options.iter().flat_map(|answer| &answer.true_if) {
            let reading = condition.asked.read_fresh(snapshot);
            // A run that has failed on the way has come to its outcome.
            let there = |reading: &Reading| snapshot.phase == Phase::Diverged || reading.at >= from + step.after;
            let Some(reading) = reading.filter(|reading| turned && there(reading)) else { return };
            readings.push(reading);
        }
        let Some(&latest) = readings.iter().max_by_key(|reading| reading.at) else { return };
        let moment = self.moment(latest.at, snapshot);
        let outcome = &mut self.outcomes[self.now];
        (outcome.truth, outcome.done) = (the_true_one(step, &readings), true);
        outcome.measured = Some(moment);
        outcome.values = readings.iter().map(|reading| reading.value).collect();
    }

    /// What holds now need not have held all the time.
    pub fn look_away(&mut self) {
        self.held = None;
    }

    fn judge(&mut self, step: &Step, snapshot: &Snapshot) {
        while let Some(condition) = step.until.get(self.outcomes[self.now].met.len()) {
            let start = self.start.get(self.outcomes[self.now].met.len()).copied().flatten();
            // A run that has failed stands where it was best: what is read there is no achievement.
            let failed = snapshot.phase == Phase::Diverged && condition.asked.measure.about != Some(Phase::Diverged);
            let Some(reading) = condition.asked.read_fresh(snapshot).filter(|_| !failed) else { return };
            let strictness = self.strictness;
            let too = condition.and.iter().all(|other| {
                let read = other.asked.read_fresh(snapshot);
                read.is_some_and(|reading| other.holds(reading.value, None, strictness))
            });
            if !too || !condition.holds(reading.value, start, strictness) {
                self.held = None;
                return;
            }
            let [since, _] = self.held.unwrap_or([reading.at; 2]);
            if reading.at < since {
                self.held = None;
                return;
            }
            self.held = Some([since, reading.at]);
            if reading.at - since < condition.hold {
                return;
            }
            self.held = None;
            let moment = self.moment(reading.at, snapshot);
            let place = snapshot.closeups.tried.as_ref().map(|tried| tried.asked.at);
            self.outcomes[self.now].met.push(Met { moment, value: reading.value, start, place });
        }
        self.outcomes[self.now].done = true;
    }

    /// Takes an answer: a prediction once, an observation until it is right. Returns what the lesson changes now.
    pub fn answer(&mut self, choice: usize, snapshot: &Snapshot) -> Vec<Turn> {
        let lesson = Arc::clone(&self.lesson);
        let Some(step) = lesson.steps.get(self.now).filter(|step| choice < step.options.len()) else {
            return Vec::new();
        };
        let now = self.moment(snapshot.meta_iteration, snapshot);
        let stage = self.stage(self.now);
        let outcome = &mut self.outcomes[self.now];
        match (step.kind, stage) {
            (Kind::Predict, Stage::Open) => {
                (outcome.chosen, outcome.committed) = (Some(choice), Some(now));
                if let Some(source) = step.turns.iter().find_map(|turn| turn.images.clone()) {
                    self.images = source;
                }
                step.turns.clone()
            }
            (Kind::Observe, Stage::Open) if self.own => {
                let readings = step.options.iter().flat_map(|answer| &answer.true_if);
                let readings: Option<Vec<Reading>> =
                    readings.map(|condition| condition.asked.read_fresh(snapshot)).collect();
                let Some(readings) = readings else { return Vec::new() };
                outcome.tries += 1;
                outcome.first.get_or_insert(choice);
                (outcome.chosen, outcome.truth) = (Some(choice), the_true_one(step, &readings));
                outcome.values = readings.iter().map(|reading| reading.value).collect();
                outcome.done = outcome.truth == Some(choice);
                let latest = readings.iter().max_by_key(|reading| reading.at).copied();
                let moment = latest.map(|latest| self.moment(latest.at, snapshot));
                self.outcomes[self.now].measured = moment;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Takes what was written; the step is done once that is not empty.
    pub fn write(&mut self, text: &str) {
        if self.step().is_some_and(|step| step.kind == Kind::Write) {
            let outcome = &mut self.outcomes[self.now];
            outcome.written = text.to_owned();
            outcome.done = !text.trim().is_empty();
        }
    }

    /// Goes to the next step, if this one is done; whether it did.
    pub fn go_on(&mut self) -> bool {
        let goes = self.now < self.lesson.steps.len() && self.stage(self.now) == Stage::Done;
        if goes {
            self.now += 1;
            (self.start, self.held, self.hinted) = (Vec::new(), None, None);
            self.step_began = self.clock;
        }
        goes
    }
}

/// Whether what a lesson has changed by itself is in force.
fn is_in_force(turn: &Turn, snapshot: &Snapshot) -> bool {
    let knob = turn.knob.zip(turn.value);
    knob.is_none_or(|(knob, value)| knob.get(&snapshot.settings.live) == value)
        && turn.images.as_ref().is_none_or(|images| snapshot.settings.run.images == *images)
}

/// The answer whose conditions all hold, if there is exactly one.
fn the_true_one(step: &Step, readings: &[Reading]) -> Option<usize> {
    let mut readings = readings.iter();
    let mut found = None;
    for (index, answer) in step.options.iter().enumerate() {
        let mut holds = true;
        for condition in &answer.true_if {
            let value = readings.next()?.value;
            holds &= condition.holds(value, None, Strictness::AsItStands);
        }
        if holds && found.replace(index).is_some() {
            return None;
        }
    }
    found
}
