//! How a run starts: from a random initialisation, or from what another one has learned.

use crate::meta::cancel::Cancel;
use std::sync::Arc;

use super::kept::State;
use super::meta_batch::MetaBatch;
use super::probes::Probes;
use super::record::Record;
use super::sketching::Sketching;
use super::{Checkpoint, Learned, TrainError, Trainer};
use crate::images::ImageSet;
use crate::maths::optimiser::{Optimiser, Rule};
use crate::meta::Learner;
use crate::settings::{Algorithm, Knob, OuterOptimiser, Settings};
use crate::tasks::Family;
use crate::train::divergence::{Watch, limit};
use crate::train::guard::Guard;
use crate::train::judging::Judging;
use crate::train::pool::Pool;
use crate::train::shown::two_digits_below;
use crate::train::timeline::Timeline;

impl Trainer {
    /// A run at its start. Tasks of images need `images`. The result of a run does not depend on `threads`.
    ///
    /// # Errors
    /// A setting out of range, or images missing or too few.
    pub fn new(settings: Settings, images: Option<Arc<ImageSet>>, threads: usize) -> Result<Self, TrainError> {
        Self::begin(settings, images, Pool::new(threads), None, true)
    }

    /// A run at its start on the threads of another one, for two that take turns.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(in crate::train) fn sharing(
        other: &Self,
        settings: Settings,
        images: Option<Arc<ImageSet>>,
    ) -> Result<Self, TrainError> {
        Self::begin(settings, images, other.pool(), None, true)
    }

    /// A run with nothing beside it, for benchmarks and the cells of sweeps: no joint pretraining, no judge of samples,
    /// and nothing is measured at the start.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn alone(settings: Settings, images: Option<Arc<ImageSet>>, threads: usize) -> Result<Self, TrainError> {
        Self::begin(settings, images, Pool::new(threads), None, false)
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
        Self::begin(settings, images, Pool::new(threads), Some(from), true)
    }

    fn begin(
        mut settings: Settings,
        images: Option<Arc<ImageSet>>,
        pool: Pool,
        from: Option<&Checkpoint>,
        accompanied: bool,
    ) -> Result<Self, TrainError> {
        settings.validate()?;
        let family = Family::new(&settings.run, images.clone())?;
        let fitted = if from.is_none() { fitting_rate(&settings, &family, &pool) } else { None };
        settings.live.inner_rate = fitted.unwrap_or(settings.live.inner_rate);
        let run = &settings.run;
        let network = family.network(run);
        let learner = Learner::with(network.clone(), run.algorithm, run.method, settings.live.inner_steps);
        let phi = family.initialise(&learner.network, run.seed);
        let meta = learner.meta_parameters(phi, settings.live.inner_rate);
        let phi = family.initialise(&network, run.seed);
        let plain = Learner::new(network, Algorithm::default());
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
        let classes = family.makes_images().filter(|_| accompanied);
        let judging = classes.map(|classes| Judging::start(classes.clone(), run.seed));
        let (probes, settings) = (Probes::new(&family, &settings), Arc::new(settings));
        let joint_preset = Settings::preset(settings.run.tasks, Algorithm::default());
        let state = State::first(now.clone(), Arc::clone(&settings), &probes);
        let mut trainer = Self {
            probes,
            judging,
            accompanied,
            sketching: Sketching::default(),
            random: plain.meta_parameters(phi, settings.live.inner_rate),
            fitted,
            joint_preset,
            guard: Guard::new(now.meta_iteration, Arc::new(state)),
            timeline: Timeline::new(settings.run.evaluate_every, 0),
            begun: from.map(|Checkpoint(from)| from.clone()),
            head: None,
            branch: 0,
            settings,
            batch: MetaBatch::default(),
            pool,
            watch: Watch::default(),
            record: Record::default(),
            journal: Arc::default(),
            owes: false,
            family,
            images,
            learner,
            plain,
            now,
        };
        for learner in [&mut trainer.learner, &mut trainer.plain] {
            learner.set_tolerance(trainer.settings.live.tolerance);
        }
        if accompanied {
            trainer.evaluate(Cancel::NEVER);
            trainer.guard = Guard::new(trainer.now.meta_iteration, Arc::new(trainer.state()));
        }
        trainer.keep();
        Ok(trainer)
    }
}

/// Tasks, the first ones, whose limits of α are measured.
const TASKS: usize = 16;

/// The inner rate that a run on other images than its preset's should start with, so that it does not overshoot: half of
/// the median limit 2/λ_max of the first tasks at φ_0, in two digits, and at most the preset's. Where rates are learned
/// it is that of plain gradient descent, since they all start there. `None` where α was given, or stays as it is.
fn fitting_rate(settings: &Settings, family: &Family, pool: &Pool) -> Option<f64> {
    let Settings { live, run } = settings;
    let preset = Settings::preset(run.tasks, run.algorithm);
    let usual = preset.live.inner_rate;
    let own_images = !run.tasks.needs_images() || run.images == preset.run.images;
    if own_images || !run.fit_inner_rate || live.inner_rate != usual {
        return None;
    }
    let algorithm = if run.algorithm.learns_rates() { Algorithm::default() } else { run.algorithm };
    let learner = Learner::with(family.network(run), algorithm, run.method, live.inner_steps);
    let meta = learner.meta_parameters(family.initialise(&learner.network, run.seed), usual);
    let limits = pool.map(TASKS, |task| limit(&learner, &meta, &family.training(live, run.seed, 0, task)));
    let mut limits: Vec<f64> = limits.into_iter().flatten().collect();
    limits.sort_by(f64::total_cmp);
    let rate = two_digits_below(0.5 * limits.get(limits.len() / 2)?).max(Knob::INNER_RATE.range().low);
    (rate < usual).then_some(rate)
}
