//! How long an inner step may be: 2/λ_max of the support losses of the coming meta-batch at φ.

use super::{Focus, Piece};
use crate::maths::network::Workspace;
use crate::meta::episode::Episode;
use crate::meta::stability::largest_eigenvalue;
use crate::meta::{Learner, MetaParameters};
use crate::settings::Algorithm;
use crate::train::trainer::Trainer;

/// Iterations of the power method.
const ITERATIONS: usize = 20;
/// Tasks that are looked at, at most.
const TASKS: usize = 16;

/// How long an inner step may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Stability {
    /// When it was measured.
    pub meta_iteration: u64,
    /// For each task of the coming meta-batch (the first few) the inner rate from which on a step overshoots,
    /// 2/λ_max of its support loss at φ, for iMAML with its proximal term; infinite where the loss is flat.
    pub limits: Vec<f64>,
}

impl Stability {
    /// The smallest limit and its task.
    pub fn smallest(&self) -> Option<(usize, f64)> {
        self.limits.iter().copied().enumerate().min_by(|a, b| a.1.total_cmp(&b.1))
    }
}

pub(super) struct Study {
    learner: Learner,
    meta: MetaParameters<f32>,
    episodes: Vec<Episode<f32>>,
    work: Workspace<f32>,
    found: Stability,
}

impl super::Study for Study {
    type Found = Stability;

    fn begin(trainer: &Trainer, _: &Focus) -> Option<Self> {
        let learner = trainer.learner().clone();
        let algorithm = learner.algorithm();
        if algorithm.learns_rates() || algorithm == Algorithm::Cavia {
            return None;
        }
        let episodes = trainer.coming_episodes(TASKS);
        let found = Stability { meta_iteration: trainer.meta_iteration(), limits: Vec::new() };
        Some(Self { learner, meta: trainer.meta_parameters().clone(), episodes, work: Workspace::default(), found })
    }

    fn advance(&mut self) -> Piece<Stability> {
        let Self { learner, meta, episodes, work, found } = self;
        let Some(episode) = episodes.get(found.limits.len()) else { return Piece::Finished(found.clone()) };
        let value = largest_eigenvalue(&learner.network, meta.phi(), episode.support(0), ITERATIONS, work);
        let proximal = if learner.algorithm() == Algorithm::Imaml { learner.method().regularisation } else { 0.0 };
        let limit = 2.0 / (value + proximal);
        found.limits.push(if limit.is_nan() { 0.0 } else { limit });
        if found.limits.len() < episodes.len() { Piece::Unfinished } else { Piece::Finished(found.clone()) }
    }
}
