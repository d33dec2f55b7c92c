//! The trainer: a plain state machine that does one meta-iteration at a time. The worker thread,
//! the headless run and the tests drive the same one.

use std::sync::Arc;

use super::divergence::{Finding, Watch, sums};
use super::evaluation::Start;
use super::judging::Judging;
use super::pool::Pool;
use super::snapshot::{Divergence, Enlarged, Evaluation, Init, KnobMark, Phase, Snapshot};
use super::studies::Closeups;
use super::timeline::Timeline;
use crate::images::ImageSet;
use crate::maths::optimiser::{Optimiser, Rule, clip};
use crate::maths::vector::{add_scaled, is_finite};
use crate::meta::episode::Episode;
use crate::meta::{Learner, MetaParameters};
use crate::settings::{Algorithm, Knob, LiveSettings, OuterOptimiser, SettingError, Settings};
use crate::tasks::sketch::Sketch;
use crate::tasks::{Family, FamilyError};

mod closeups;
mod failure;
mod kept;
mod meta_batch;
mod pretended;
mod probes;
mod record;
mod shown;
mod sketching;
mod statistics;
mod walking;

use kept::{Head, Kept};
use meta_batch::{MetaBatch, Outer};
pub(super) use probes::Probed;
use probes::Probes;
pub use record::MetricsRow;
use record::Record;
use sketching::Sketching;
pub(super) use walking::distance;

/// Why a run cannot start.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainError {
    /// A setting makes no sense.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The task family cannot be made.
    #[error(transparent)]
    Family(#[from] FamilyError),
    /// A checkpoint that does not fit.
    #[error("the state to go on from has another number of parameters: it belongs to another network or other images")]
    Checkpoint,
}

/// What came of a call to [`Trainer::step`].
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A meta-iteration was done; every so many it comes with measurements.
    Done(Option<MetricsRow>),
    /// It was broken off; nothing changed.
    Interrupted,
    /// It failed; the trainer holds the last good state.
    Diverged(Divergence),
}

/// Everything that a run has learned so far, to go on from it in another one.
#[derive(Clone, Debug)]
pub struct Checkpoint(Learned);

/// What the outer loop has learned so far.
#[derive(Clone, Debug)]
struct Learned {
    meta: MetaParameters<f32>,
    optimiser: Optimiser<f32>,
    joint: Vec<f32>,
    joint_optimiser: Optimiser<f32>,
    meta_iteration: u64,
}

impl Learned {
    fn fits(&self, other: &Self) -> bool {
        self.meta.values.len() == other.meta.values.len()
            && self.joint.len() == other.joint.len()
            && self.optimiser.rule() == other.optimiser.rule()
    }
}

/// A meta-training run.
pub struct Trainer {
    settings: Arc<Settings>,
    family: Family,
    learner: Learner,
    /// Adapts the baselines: plain gradient descent on every parameter, and never a context.
    plain: Learner,
    random: MetaParameters<f32>,
    now: Learned,
    good: Arc<Learned>,
    /// Earlier states; headless runs keep the first alone.
    timeline: Timeline<Kept>,
    /// Where the run is, while it shows an earlier state.
    head: Option<Head>,
    batch: MetaBatch,
    joint_rate: f64,
    pool: Pool,
    watch: Watch,
    probes: Probes,
    sketching: Sketching,
    judging: Option<Judging>,
    accompanied: bool,
    record: Record,
}

impl Trainer {
    /// A run at its start. Picture tasks need `images`. The result of a run does not depend on `threads`.
    ///
    /// # Errors
    /// A setting out of range, or images missing or too few.
    pub fn new(settings: Settings, images: Option<Arc<ImageSet>>, threads: usize) -> Result<Self, TrainError> {
        Self::begin(settings, images, threads, None, true)
    }

    /// A run with nothing beside it, for benchmarks: no joint pretraining, no judge of samples, and nothing is
    /// measured at the start.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn alone(settings: Settings, images: Option<Arc<ImageSet>>, threads: usize) -> Result<Self, TrainError> {
        Self::begin(settings, images, threads, None, false)
    }

    /// A run that goes on from what another one, with as many parameters, has learned.
    ///
    /// # Errors
    /// As [`Self::new`]; or if the checkpoint has other parameters.
    pub fn resume(
        settings: Settings,
        images: Option<Arc<ImageSet>>,
        threads: usize,
        from: &Checkpoint,
    ) -> Result<Self, TrainError> {
        Self::begin(settings, images, threads, Some(from), true)
    }

    /// What was learned so far.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint(self.now.clone())
    }

    fn begin(
        settings: Settings,
        images: Option<Arc<ImageSet>>,
        threads: usize,
        from: Option<&Checkpoint>,
        accompanied: bool,
    ) -> Result<Self, TrainError> {
        settings.validate()?;
        let run = &settings.run;
        let family = Family::new(run, images)?;
        let network = family.network(run);
        let learner = Learner::with(network.clone(), run.algorithm, run.method, settings.live.inner_steps);
        let phi = family.initialise(&learner.network, run.seed);
        let meta = learner.meta_parameters(phi, settings.live.inner_rate);
        let phi = family.initialise(&network, run.seed);
        let plain = Learner::new(network, Algorithm::Maml);
        let rule = match run.optimiser {
            OuterOptimiser::Sgd => Rule::Sgd,
            OuterOptimiser::Momentum => Rule::MOMENTUM,
            OuterOptimiser::Adam | OuterOptimiser::AdamW => Rule::ADAM,
        };
        let start = Learned {
            optimiser: Optimiser::new(rule, meta.values.len()),
            joint_optimiser: Optimiser::new(Rule::ADAM, phi.len()),
            joint: phi.clone(),
            meta,
            meta_iteration: 0,
        };
        let now = match from {
            Some(Checkpoint(from)) if !from.fits(&start) => return Err(TrainError::Checkpoint),
            Some(Checkpoint(from)) => from.clone(),
            None => start,
        };
        let judging = match &family {
            Family::Class(classes) if accompanied => Some(Judging::start(classes.clone(), run.seed)),
            _ => None,
        };
        let mut trainer = Self {
            probes: Probes::new(&family, &settings),
            judging,
            accompanied,
            sketching: Sketching::default(),
            random: plain.meta_parameters(phi, settings.live.inner_rate),
            joint_rate: Settings::preset(run.tasks, Algorithm::Maml).live.outer_rate,
            good: Arc::new(now.clone()),
            timeline: Timeline::new(settings.run.evaluate_every, 0),
            head: None,
            settings: Arc::new(settings),
            batch: MetaBatch::default(),
            pool: Pool::new(threads),
            watch: Watch::default(),
            record: Record::default(),
            family,
            learner,
            plain,
            now,
        };
        for learner in [&mut trainer.learner, &mut trainer.plain] {
            learner.set_tolerance(trainer.settings.live.tolerance);
        }
        if accompanied {
            trainer.evaluate();
        }
        trainer.keep();
        Ok(trainer)
    }

    /// The threads for the tasks of a meta-batch: whoever takes many steps does so on one of them, [`Pool::run`], as
    /// handing over every step costs more than a small one takes.
    pub fn pool(&self) -> Pool {
        self.pool.clone()
    }

    /// Meta-iterations done.
    pub fn meta_iteration(&self) -> u64 {
        self.now.meta_iteration
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The same, shared: another one whenever something changes.
    pub(super) fn shared_settings(&self) -> &Arc<Settings> {
        &self.settings
    }

    /// The network and its algorithm.
    pub fn learner(&self) -> &Learner {
        &self.learner
    }

    /// The first tasks of the coming meta-batch, at most so many.
    pub fn coming_episodes(&self, most: usize) -> Vec<Episode<f32>> {
        let (live, seed, now) = (&self.settings.live, self.settings.run.seed, self.now.meta_iteration);
        (0..live.meta_batch.min(most)).map(|task| self.family.training(live, seed, now, task)).collect()
    }

    /// Every knob change so far.
    pub fn marks(&self) -> &[KnobMark] {
        self.record.marks()
    }

    /// φ and any learned rates.
    pub fn meta_parameters(&self) -> &MetaParameters<f32> {
        &self.now.meta
    }

    /// Changes live settings from the next meta-iteration on, and notes each change.
    ///
    /// # Errors
    /// A value out of range; then nothing changes.
    pub fn set_live(&mut self, live: LiveSettings) -> Result<(), SettingError> {
        let settings = Settings { live, run: self.settings.run.clone() };
        settings.validate()?;
        let (at, start) = (self.now.meta_iteration, self.start());
        for knob in self.put_settings(Arc::new(settings)) {
            // What is tried on an earlier state belongs to the run only once it goes on from there.
            if self.head.is_none() {
                self.record.mark(KnobMark { at, knob, value: knob.get(&self.settings.live) }, &start.live);
            }
        }
        Ok(())
    }

    /// Puts other settings in force; returns the knobs that they turn.
    fn put_settings(&mut self, settings: Arc<Settings>) -> Vec<Knob> {
        for learner in [&mut self.learner, &mut self.plain] {
            learner.set_tolerance(settings.live.tolerance);
        }
        let changed = |knob: &Knob| knob.get(&settings.live) != knob.get(&self.settings.live);
        let changed: Vec<Knob> = Knob::ALL.into_iter().filter(changed).collect();
        self.settings = settings;
        let shapes_held_out = |knob: &Knob| {
            matches!(knob, Knob::TestShots | Knob::SupportShare | Knob::Noise | Knob::Tolerance)
                || matches!(knob, Knob::Temperature | Knob::FlowSteps | Knob::FlowOrder)
        };
        if changed.iter().any(shapes_held_out) {
            self.probes.settings_changed(&self.family, &self.settings);
            self.sketching.settings_changed(&self.family, &self.settings);
        }
        changed
    }

    /// One meta-iteration. `keep_going` is asked between inner steps.
    pub fn step(&mut self, keep_going: &(dyn Fn() -> bool + Sync)) -> Step {
        self.return_to_head();
        let measures = self.measures();
        self.learner.set_meta_iteration(self.now.meta_iteration);
        self.learner.set_measuring(measures);
        let Self { settings, family, learner, plain, now, pool, batch, accompanied, .. } = self;
        let joint = accompanied.then_some((&plain.network, now.joint.as_slice()));
        let meta_iteration = now.meta_iteration;
        let outer = Outer { settings, family, learner, meta: &now.meta, meta_iteration, joint };
        batch.go_through(pool, &outer, keep_going);
        if !measures && keep_going() && !is_finite(&batch.direction) {
            // Which task it was is known by its losses only.
            learner.set_measuring(true);
            let outer = Outer { settings, family, learner, meta: &now.meta, meta_iteration, joint };
            batch.go_through(pool, &outer, keep_going);
        }
        if !keep_going() {
            return Step::Interrupted;
        }
        let share = 1.0 / settings.live.meta_batch as f32;
        let losses = sums(batch.losses()).map(|sums| sums.map(|sum| share * sum));
        if let Some(finding) = self.watch.look(self.batch.losses(), &self.batch.direction) {
            let times = self.times_too_long(finding);
            if !matches!(finding, Finding::Suspect(_)) || times.is_some_and(|times| times > 1.0) {
                return Step::Diverged(self.diverge(finding, times));
            }
        }
        let MetaBatch { direction, joint_direction, .. } = &mut self.batch;
        let now = &mut self.now;
        let run = &self.settings.run;
        let rate = self.settings.live.outer_rate * run.outer.share_of_rate(now.meta_iteration);
        let decay = run.outer.weight_decay as f32;
        let parameters = now.meta.phi().len();
        if decay > 0.0 && run.optimiser != OuterOptimiser::AdamW {
            add_scaled(&mut direction[..parameters], decay, now.meta.phi());
        }
        if run.outer.clip_norm > 0.0 {
            clip(direction, run.outer.clip_norm);
        }
        if run.optimiser == OuterOptimiser::AdamW {
            let keep = 1.0 - rate as f32 * decay;
            now.meta.values[..parameters].iter_mut().for_each(|value| *value *= keep);
        }
        now.optimiser.step(&mut now.meta.values, direction, rate);
        if self.accompanied {
            now.joint_optimiser.step(&mut now.joint, joint_direction, self.joint_rate);
        }
        if !is_finite(&now.meta.values) || !now.optimiser.is_finite() {
            return Step::Diverged(self.diverge(Finding::Outer, None));
        }
        now.meta_iteration += 1;
        if let Some([before, after]) = losses {
            self.record.training(self.now.meta_iteration, before, after);
        }
        let due = self.now.meta_iteration.is_multiple_of(self.settings.run.evaluate_every);
        Step::Done(due.then(|| {
            if self.watch.is_calm() {
                self.good = Arc::new(self.now.clone());
            }
            let row = self.evaluate();
            self.keep();
            row
        }))
    }

    /// Whether the coming meta-iteration's query losses are measured even if its direction does not need them: always
    /// at first and where they cost next to nothing, else one in a few, as a curve has no room for all of them.
    fn measures(&self) -> bool {
        const ALL_OF: u64 = 2048;
        const ONE_IN: u64 = 8;
        let done = self.now.meta_iteration;
        done < ALL_OF
            || !self.learner.measuring_costs(self.settings.live.inner_steps)
            || (done + 1).is_multiple_of(ONE_IN.min(self.settings.run.evaluate_every))
    }

    /// Adapts the probe tasks from the present φ and notes their losses; returns what goes into metrics.csv.
    fn evaluate(&mut self) -> MetricsRow {
        self.probe();
        self.record.rates(self.now.meta_iteration, &self.probes.evaluation().rates);
        let live_steps = self.settings.live.test_steps;
        self.record.held_out(self.now.meta_iteration, self.probes.measured(), live_steps, self.is_picture())
    }

    /// The measurements at this moment, without noting them: for meta-iteration 0 and for display.
    pub fn first_row(&self) -> MetricsRow {
        MetricsRow::of(self.now.meta_iteration, None, self.probes.measured(), self.is_picture())
    }

    /// Adapts the probe tasks again, for display only: after a knob change, or at a slow pace.
    pub fn probe(&mut self) {
        let Self { learner, plain, now, random, settings, pool, probes, judging, .. } = self;
        // The first picture does not wait for the judge.
        let judging = judging.as_ref().filter(|_| now.meta_iteration > 0);
        let joint = plain.meta_parameters(now.joint.clone(), 1.0);
        let start = |init| match init {
            Init::Learned => Start { learner, meta: &now.meta, inner_rate: settings.live.inner_rate },
            Init::Random => Start { learner: plain, meta: random, inner_rate: 1.0 },
            Init::Joint => Start { learner: plain, meta: &joint, inner_rate: 1.0 },
        };
        probes.measure(pool, start, judging, settings.live.test_steps, now.meta_iteration);
        self.adapt_sketch();
    }

    /// Adapts to another drawing of the user's, or to none; nothing of it is learned or noted.
    pub fn set_sketch(&mut self, sketch: Option<Arc<Sketch>>) {
        self.sketching.set(sketch, &self.family, &self.settings);
        self.adapt_sketch();
    }

    fn adapt_sketch(&mut self) {
        let Self { learner, plain, now, random, settings, pool, probes, sketching, family, .. } = self;
        let joint = plain.meta_parameters(now.joint.clone(), 1.0);
        let [random_rate, joint_rate] = probes.baseline_rates();
        let starts = [
            Start { learner, meta: &now.meta, inner_rate: settings.live.inner_rate },
            Start { learner: plain, meta: random, inner_rate: random_rate },
            Start { learner: plain, meta: &joint, inner_rate: joint_rate },
        ];
        sketching.measure(pool, starts, family, settings.live.test_steps, now.meta_iteration);
    }

    /// The probe tasks' functions, as the last probe found them, on a finer grid; `None` where tasks are no
    /// images or large ones.
    pub fn enlarged(&self) -> Option<Enlarged> {
        self.probes.enlarged(&self.pool, &self.learner.network)
    }

    /// The latest adaptation of the probe tasks.
    pub fn evaluation(&self) -> Arc<Evaluation> {
        self.probes.evaluation()
    }

    /// One picture of the run.
    pub fn snapshot(&self, run: u64, per_second: f64, phase: Phase) -> Snapshot {
        Snapshot {
            run,
            meta_iteration: self.now.meta_iteration,
            per_second,
            phase,
            settings: self.settings.clone(),
            parameters: self.learner.network.parameters(),
            curves: self.record.curves(),
            evaluation: Some(self.probes.evaluation()),
            sketch: self.sketching.shown(),
            landscape: None,
            enlarged: None,
            closeups: Closeups::default(),
            walk: None,
            marks: self.record.marks().into(),
            timeline: self.past(),
            divergence: None,
        }
    }

    fn is_picture(&self) -> bool {
        matches!(self.family, Family::Picture(_))
    }
}
