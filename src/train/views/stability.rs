//! How long an inner step may be: 2/λ_max of the support losses of the coming meta-batch at φ.

use std::ops::Range;

use web_time::{Duration, Instant};

use super::Piece;
use crate::maths::network::Workspace;
use crate::meta::episode::Episode;
use crate::meta::stability::{Lanczos, PRODUCTS};
use crate::meta::{Learner, MetaParameters};
use crate::train::trainer::Trainer;

/// Tasks that are looked at, at most.
const TASKS: usize = 16;
/// Products are taken together until they have taken so long.
const PIECE: Duration = Duration::from_millis(1);

/// How long an inner step may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Stability {
    /// When it was measured.
    pub meta_iteration: u64,
    /// For each task of the coming meta-batch (the first few) the inner rate from which on a step overshoots:
    /// 2/λ_max of its support loss at φ in the parameters that α moves, for iMAML with its proximal term. Infinite
    /// where the loss is flat, 0 where it is not finite.
    pub limits: Vec<f64>,
}

impl Stability {
    /// The smallest limit and its task.
    pub fn smallest(&self) -> Option<(usize, f64)> {
        self.limits.iter().copied().enumerate().min_by(|a, b| a.1.total_cmp(&b.1))
    }
}

pub(super) struct View {
    learner: Learner,
    meta: MetaParameters<f32>,
    moved: Range<usize>,
    episodes: Vec<Episode<f32>>,
    search: Option<(Lanczos<f32>, usize)>,
    work: Workspace<f32>,
    found: Stability,
}

impl super::View for View {
    type Found = Stability;

    fn begin(trainer: &Trainer) -> Option<Self> {
        let learner = trainer.learner().clone();
        Some(Self {
            moved: learner.moved()?,
            learner,
            meta: trainer.meta_parameters().clone(),
            episodes: trainer.coming_episodes(TASKS),
            search: None,
            work: Workspace::default(),
            found: Stability { meta_iteration: trainer.meta_iteration(), limits: Vec::new() },
        })
    }

    fn advance(&mut self) -> Piece<Stability> {
        let begun = Instant::now();
        while let Some(episode) = self.episodes.get(self.found.limits.len()) {
            let (network, phi, work) = (&self.learner.network, self.meta.phi(), &mut self.work);
            let begin = || (Lanczos::new(network, phi, episode.support(0), self.moved.clone(), work), PRODUCTS);
            let (mut search, left) = self.search.take().unwrap_or_else(begin);
            if search.advance(network, phi, &mut self.work) && left > 1 {
                self.search = Some((search, left - 1));
            } else {
                self.found.limits.push(self.learner.longest_step(search.found().value));
            }
            if begun.elapsed() > PIECE && self.found.limits.len() < self.episodes.len() {
                return Piece::Unfinished;
            }
        }
        Piece::Finished(self.found.clone())
    }
}
