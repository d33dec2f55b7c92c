//! How a run starts: from a random initialisation, or from what another one has learned.

use std::sync::Arc;

use super::meta_batch::MetaBatch;
use super::probes::Probes;
use super::record::Record;
use super::sketching::Sketching;
use super::{Checkpoint, Learned, TrainError, Trainer};
use crate::images::ImageSet;
use crate::maths::optimiser::{Optimiser, Rule};
use crate::meta::Learner;
use crate::settings::{Algorithm, OuterOptimiser, Settings};
use crate::tasks::Family;
use crate::train::divergence::Watch;
use crate::train::judging::Judging;
use crate::train::pool::Pool;
use crate::train::timeline::Timeline;

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
            branch: 0,
            settings: Arc::new(settings),
            batch: MetaBatch::default(),
            pool: Pool::new(threads),
            watch: Watch::default(),
            record: Record::default(),
            owes: false,
            family,
            learner,
            plain,
            now,
        };
        for learner in [&mut trainer.learner, &mut trainer.plain] {
            learner.set_tolerance(trainer.settings.live.tolerance);
        }
        if accompanied {
            trainer.evaluate(&|| true);
        }
        trainer.keep();
        Ok(trainer)
    }
}
