//! Losses of the probe tasks over many more steps than were trained for.

use super::Piece;
use crate::maths::network::Workspace;
use crate::meta::episode::Episode;
use crate::meta::{Learner, MetaParameters};
use crate::train::snapshot::Init;
use crate::train::trainer::Trainer;

/// Losses over many test-time steps.
#[derive(Clone, Debug, PartialEq)]
pub struct TestSteps {
    /// When it was measured.
    pub meta_iteration: u64,
    /// K, the inner steps that φ is trained for.
    pub trained_steps: usize,
    /// From each of [`Init::ALL`].
    pub adapted: [Adapted; 3],
    /// Whether every task was adapted to from every initialisation.
    pub complete: bool,
}

/// Losses from one initialisation; index k is the inner step, 0 = before adaptation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Adapted {
    /// L(θ_k; S_k) of each task that is done; infinite where it overflowed.
    pub support: Vec<Vec<f32>>,
    /// L(θ_k; Q) of each task that is done; infinite where it overflowed.
    pub query: Vec<Vec<f32>>,
    /// The mean of `support` over the tasks; infinite where one overflowed.
    pub mean_support: Vec<f64>,
    /// The mean of `query` over the tasks; infinite where one overflowed.
    pub mean_query: Vec<f64>,
    /// The step with the smallest mean query loss, if it is not the last one.
    pub turning: Option<usize>,
    /// Whether the mean support loss goes on falling from there to the last step: the overfitting point.
    pub overfits: bool,
}

impl TestSteps {
    /// How many steps are looked at.
    pub const STEPS: usize = 50;
}

impl Adapted {
    fn add(&mut self, support: Vec<f32>, query: Vec<f32>) {
        self.support.push(support);
        self.query.push(query);
        self.mean_support = mean(&self.support);
        self.mean_query = mean(&self.query);
        let last = self.mean_query.len().saturating_sub(1);
        let least = self.mean_query.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1));
        self.turning = least.filter(|&(step, loss)| step < last && loss.is_finite()).map(|(step, _)| step);
        let support = |step: usize| self.mean_support.get(step).copied().unwrap_or(f64::INFINITY);
        self.overfits = self.turning.is_some_and(|step| support(last) < support(step));
    }
}

fn mean(tasks: &[Vec<f32>]) -> Vec<f64> {
    let steps = tasks.iter().map(Vec::len).min().unwrap_or(0);
    let at = |step: usize| tasks.iter().map(|task| f64::from(task[step])).sum::<f64>() / tasks.len() as f64;
    (0..steps).map(at).collect()
}

/// One initialisation.
struct Start {
    learner: Learner,
    meta: MetaParameters<f32>,
    rates: Vec<f32>,
}

pub(super) struct Study {
    starts: [Start; 3],
    episodes: Vec<Episode<f32>>,
    work: Workspace<f32>,
    theta: Vec<f32>,
    gradient: Vec<f32>,
    support: Vec<f32>,
    query: Vec<f32>,
    found: TestSteps,
}

impl super::Study for Study {
    type Found = TestSteps;

    fn begin(trainer: &Trainer) -> Option<Self> {
        let starts = Init::ALL.map(|init| {
            let (learner, meta, inner_rate) = trainer.start_of(init);
            Start { rates: learner.rates(&meta, inner_rate), learner: learner.clone(), meta }
        });
        Some(Self {
            starts,
            episodes: trainer.probed().tasks.iter().map(|task| task.episode.clone()).collect(),
            work: Workspace::default(),
            theta: Vec::new(),
            gradient: Vec::new(),
            support: Vec::new(),
            query: Vec::new(),
            found: TestSteps {
                meta_iteration: trainer.meta_iteration(),
                trained_steps: trainer.settings().live.inner_steps,
                adapted: Default::default(),
                complete: false,
            },
        })
    }

    /// One step of one task; what is there is shown after every task.
    fn advance(&mut self) -> Piece<TestSteps> {
        let Self { starts, episodes, work, theta, gradient, support, query, found } = self;
        let Some(init) = (0..starts.len()).find(|&init| found.adapted[init].query.len() < episodes.len()) else {
            found.complete = true;
            return Piece::Finished(found.clone());
        };
        let Start { learner, meta, rates } = &starts[init];
        let episode = &episodes[found.adapted[init].query.len()];
        if query.is_empty() {
            theta.clear();
            theta.extend_from_slice(meta.phi());
        }
        query.push(honest(learner.network.loss(theta, &episode.query, work)));
        let loss = learner.step_once(meta, rates, episode, support.len(), theta, gradient, work);
        support.push(honest(loss));
        if query.len() <= TestSteps::STEPS {
            return Piece::Unfinished;
        }
        found.adapted[init].add(std::mem::take(support), std::mem::take(query));
        Piece::Rough(found.clone())
    }
}

fn honest(loss: f32) -> f32 {
    if loss.is_nan() { f32::INFINITY } else { loss }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_turning_point_is_where_more_steps_make_it_worse() {
        let mut adapted = Adapted::default();
        adapted.add(vec![3.0, 2.0, 1.0, 0.5], vec![3.0, 1.0, 2.0, 3.0]);
        assert_eq!((adapted.turning, adapted.overfits), (Some(1), true));
        // The second task goes on learning, and so does the mean.
        adapted.add(vec![3.0, 2.0, 1.0, 0.5], vec![9.0, 8.0, 3.0, 1.0]);
        assert_eq!(adapted.mean_query, [6.0, 4.5, 2.5, 2.0]);
        assert_eq!(adapted.mean_support, [3.0, 2.0, 1.0, 0.5]);
        assert_eq!((adapted.turning, adapted.overfits), (None, false));
        // One that overflows ends the mean.
        adapted.add(vec![3.0; 4], vec![1.0, 1.0, f32::INFINITY, f32::INFINITY]);
        assert_eq!(adapted.turning, Some(1));
        assert!(adapted.overfits && adapted.mean_query[2].is_infinite());
        let mut lost = Adapted::default();
        lost.add(vec![f32::INFINITY; 2], vec![f32::INFINITY; 2]);
        assert_eq!(lost.turning, None);
    }
}
