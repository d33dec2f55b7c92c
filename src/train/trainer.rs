//! The trainer: a plain state machine that does one meta-iteration at a time. The worker thread,
//! the headless run and the tests drive the same one.

use crate::meta::cancel::Cancel;
use std::sync::Arc;

use super::divergence::Watch;
use super::evaluation::Start;
use super::guard::Guard;
use super::judging::Judging;
use super::pool::Pool;
use super::shown::{Curves, Deed, Divergence, Enlarged, Evaluation, Init, KnobMark};
use super::timeline::Timeline;
use crate::images::ImageSet;
use crate::maths::optimiser::Optimiser;
use crate::meta::episode::Episode;
use crate::meta::{Learner, MetaParameters};
use crate::settings::{Knob, LiveSettings, SettingError, Settings};
use crate::tasks::sketch::Sketch;
use crate::tasks::{Family, FamilyError};
use crate::text::say;

mod adapting;
mod baselines;
mod closeups;
mod failure;
mod from_phi;
mod kept;
mod meta_batch;
mod pretended;
mod probes;
mod record;
mod reel;
mod rows;
mod saving;
mod shown;
mod sketching;
mod starting;
mod statistics;
mod stepping;
mod teaching;
mod walking;

pub use adapting::{AdaptedTask, Answered};
use kept::{Head, Kept, State};
use meta_batch::MetaBatch;
pub(super) use probes::Probed;
use probes::{Moment, Probes};
pub use record::MetricsRow;
use record::Record;
pub use reel::Reel;
pub use saving::{Reopened, RestoreError, Saved};
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
    #[error(
        "{}",
        say(
            "the state to go on from has another number of parameters: it belongs to another network or other images",
            "要接着训练的状态参数个数不同：它属于另一个网络或另一些图像",
        )
    )]
    Checkpoint,
}

/// What came of a call to [`Trainer::step`].
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A meta-iteration was done; every so many it comes with measurements.
    Done(Option<MetricsRow>),
    /// It was broken off; nothing changed.
    Interrupted,
    /// It failed; the trainer holds what its best state had learned, with the settings in force.
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
    images: Option<Arc<ImageSet>>,
    learner: Learner,
    /// Adapts the baselines: plain gradient descent on every parameter, and never a context.
    plain: Learner,
    random: MetaParameters<f32>,
    /// The inner rate that it began with in place of its preset's.
    fitted: Option<f64>,
    now: Learned,
    guard: Guard<State>,
    /// Earlier states; headless runs keep the first alone.
    timeline: Timeline<Kept>,
    /// What it began with, where that is what another run had learned.
    begun: Option<Learned>,
    /// Where the run is, while it shows an earlier state.
    head: Option<Head>,
    branch: u64,
    batch: MetaBatch,
    /// Joint pretraining has β and its schedule from here.
    joint_preset: Settings,
    pool: Pool,
    watch: Watch,
    probes: Probes,
    sketching: Sketching,
    judging: Option<Judging>,
    accompanied: bool,
    record: Record,
    /// All that was done to it, even what it has gone back on.
    journal: Arc<Vec<Deed>>,
    /// Whether the present state is still to be measured on the probe tasks.
    owes: bool,
}

impl Trainer {
    /// What was learned so far.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint(self.now.clone())
    }

    /// The threads for the tasks of a meta-batch: whoever takes many steps does so on one of them, [`Pool::run`], as
    /// handing over every step costs more than a small one takes.
    pub fn pool(&self) -> Pool {
        self.pool.clone()
    }

    /// The inner rate that it began with in place of its preset's, if that would have overshot.
    pub fn fitted(&self) -> Option<f64> {
        self.fitted
    }

    /// How many times λ counts.
    pub fn scarcity(&self) -> f64 {
        self.family.scarcity()
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

    /// Every row of metrics so far.
    pub fn rows(&self) -> &[MetricsRow] {
        self.record.rows()
    }

    /// Every knob change so far.
    pub fn marks(&self) -> &[KnobMark] {
        self.record.marks()
    }

    /// All that was done to the run so far, in order.
    pub fn journal(&self) -> &Arc<Vec<Deed>> {
        &self.journal
    }

    pub(super) fn note(&mut self, deed: Deed) {
        Arc::make_mut(&mut self.journal).push(deed);
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
        // What is due is measured with the settings that it was due with.
        self.settle(Cancel::NEVER);
        let (at, start) = (self.now.meta_iteration, self.start());
        let turned = self.put_settings(Arc::new(settings));
        if self.head.is_none() && Probes::measures_anew(&turned) {
            self.guard.measures_anew();
        }
        for knob in turned {
            // What is tried on an earlier state belongs to the run only once it goes on from there.
            if self.head.is_none() {
                let value = knob.get(&self.settings.live);
                self.record.mark(KnobMark { at, knob, value }, &start.live);
                self.note(Deed::Turned { at, knob, value });
            }
        }
        Ok(())
    }

    /// Puts other settings in force; returns the knobs that they turn.
    fn put_settings(&mut self, settings: Arc<Settings>) -> Vec<Knob> {
        for learner in [&mut self.learner, &mut self.plain] {
            learner.set_tolerance(settings.live.tolerance);
        }
        let changed = self.settings.live.turned(&settings.live);
        self.settings = settings;
        if self.probes.turned(&changed, &self.settings) {
            self.sketching.settings_changed(&self.family, &self.settings);
        }
        changed
    }

    /// Adapts the probe tasks from the present φ and notes their losses; returns what goes into metrics.csv, or `None` at
    /// a wanted `cancel`.
    fn evaluate(&mut self, cancel: Cancel<'_>) -> Option<MetricsRow> {
        let joint = self.adapt_probes(true, cancel)?;
        self.record.rates(self.now.meta_iteration, &self.probes.evaluation().rates);
        let (live_steps, picture) = (self.settings.live.test_steps, self.in_decibels());
        Some(self.record.held_out(self.now.meta_iteration, self.probes.measured(), live_steps, joint, picture))
    }

    /// The measurements at this moment, without noting them: for meta-iteration 0 and for display.
    pub fn first_row(&self) -> MetricsRow {
        MetricsRow::of(self.now.meta_iteration, [0.0; 3], self.probes.measured(), self.in_decibels())
    }

    /// Adapts the probe tasks again, for display only: after a knob change, or at a slow pace.
    pub fn probe(&mut self) {
        self.adapt_probes(false, Cancel::NEVER);
    }

    /// The same from every start, joint pretraining as it is now too.
    pub fn probe_all(&mut self) {
        self.probes.measures_joint();
        self.probe();
    }

    /// Adapts the probe tasks; whether joint pretraining is to be noted. `None` if it was broken off.
    fn adapt_probes(&mut self, into_curves: bool, cancel: Cancel<'_>) -> Option<bool> {
        let Self { learner, plain, now, random, settings, pool, probes, judging, journal, .. } = self;
        // The first picture does not wait for the judge.
        let judging = judging.as_ref().filter(|_| now.meta_iteration > 0);
        let joint = plain.meta_parameters(now.joint.clone(), 1.0);
        let start = |init| match init {
            Init::Learned => Start { learner, meta: &now.meta, inner_rate: settings.live.inner_rate },
            Init::Random => Start { learner: plain, meta: random, inner_rate: 1.0 },
            Init::Joint => Start { learner: plain, meta: &joint, inner_rate: 1.0 },
        };
        let (live, meta_iteration, deeds) = (&settings.live, now.meta_iteration, journal.len());
        let moment = Moment { live, meta_iteration, deeds, into_curves };
        let joint_due = probes.measure(pool, start, judging, moment, cancel)?;
        self.adapt_sketch();
        Some(joint_due)
    }

    /// Adapts to another drawing of the user's, or to none; nothing of it is learned or noted.
    pub fn set_sketch(&mut self, sketch: Option<Arc<Sketch>>) {
        self.sketching.set(sketch, &self.family, &self.settings);
        self.adapt_sketch();
    }

    fn adapt_sketch(&mut self) {
        let Self { learner, plain, now, random, settings, pool, probes, sketching, .. } = self;
        let decibels = settings.run.tasks.is_told_in_decibels();
        let joint = plain.meta_parameters(now.joint.clone(), 1.0);
        let [random_rate, joint_rate] = probes.baseline_rates();
        let starts = [
            Start { learner, meta: &now.meta, inner_rate: settings.live.inner_rate },
            Start { learner: plain, meta: random, inner_rate: random_rate },
            Start { learner: plain, meta: &joint, inner_rate: joint_rate },
        ];
        sketching.measure(pool, starts, decibels, settings.live.test_steps, now.meta_iteration);
    }

    /// The probe tasks' functions, as the last probe found them, on a finer grid; `None` where tasks are no
    /// images or large ones, or where `cancel` is wanted, which is asked between tasks.
    pub fn enlarged(&self, cancel: Cancel<'_>) -> Option<Enlarged> {
        self.probes.enlarged(&self.pool, &self.learner.network, cancel)
    }

    /// Histories of the losses.
    pub(super) fn curves(&self) -> Arc<Curves> {
        self.record.curves()
    }

    /// How the user's drawing was adapted to last, if there is one.
    pub(super) fn sketch(&self) -> Option<Arc<Evaluation>> {
        self.sketching.shown()
    }

    /// The latest adaptation of the probe tasks.
    pub fn evaluation(&self) -> Arc<Evaluation> {
        self.probes.evaluation()
    }

    /// Whether losses are told in dB.
    fn in_decibels(&self) -> bool {
        self.settings.run.tasks.is_told_in_decibels()
    }
}
