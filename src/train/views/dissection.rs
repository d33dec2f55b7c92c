//! What the coming outer step is made of: first order, second order, and the ways that other algorithms would go.

use std::sync::Arc;

use super::Piece;
use crate::meta::adjoint::Order;
use crate::meta::dissection::{Dissection, Gathering, take_apart};
use crate::meta::recipe::Through;
use crate::meta::{Learner, MetaParameters, TaskWork};
use crate::settings::{Algorithm, Settings};
use crate::tasks::Family;
use crate::train::trainer::Trainer;

/// Tasks that are shown one by one, at most.
const SHOWN: usize = 16;
/// Tasks that the means are over, at most.
const COUNTED: usize = 256;

/// What the coming outer step is made of.
#[derive(Clone, Debug)]
pub struct OuterStep {
    /// Meta-iterations done before it.
    pub meta_iteration: u64,
    /// Whose inner loop and sweep these are.
    pub algorithm: Algorithm,
    /// Whether the step itself takes second derivatives along.
    pub second_order: bool,
    /// Tasks in the meta-batch.
    pub meta_batch: usize,
    /// Its parts; no number is NaN or infinite.
    pub dissection: Dissection,
}

pub(super) struct View {
    family: Family,
    settings: Arc<Settings>,
    learner: Learner,
    meta: MetaParameters<f32>,
    work: TaskWork<f32>,
    gathering: Gathering<f32>,
    next: usize,
    found: OuterStep,
}

impl super::View for View {
    type Found = OuterStep;

    fn begin(trainer: &Trainer) -> Option<Self> {
        let mut learner = trainer.learner().clone();
        learner.set_meta_iteration(trainer.meta_iteration());
        let (now, algorithm) = (trainer.meta_iteration(), learner.algorithm());
        let first_order = matches!(learner.recipe().through, Through::FirstOrder | Through::Difference)
            || learner.order() == Order::First;
        let settings = Arc::clone(trainer.shared_settings());
        let found = OuterStep {
            meta_iteration: now,
            algorithm,
            second_order: !first_order,
            meta_batch: settings.live.meta_batch,
            dissection: Dissection::default(),
        };
        Some(Self {
            family: trainer.family().clone(),
            settings,
            learner,
            meta: trainer.meta_parameters().clone(),
            work: TaskWork::default(),
            gathering: Gathering::new(SHOWN),
            next: 0,
            found,
        })
    }

    /// One task.
    fn advance(&mut self) -> Piece<OuterStep> {
        let Self { family, settings, learner, meta, work, gathering, next, found } = self;
        let live = &settings.live;
        let episode = family.training(live, settings.run.seed, found.meta_iteration, *next);
        gathering.add(take_apart(learner, meta, live.inner_rate, &episode, live.inner_steps, work));
        *next += 1;
        if *next < live.meta_batch.min(COUNTED) {
            return Piece::Unfinished;
        }
        found.dissection = gathering.found();
        Piece::Finished(found.clone())
    }
}
