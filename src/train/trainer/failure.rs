//! What becomes of a run that has failed: why, and back to the last good state.

use super::{Learned, Trainer};
use crate::settings::Algorithm;
use crate::train::divergence::{Failure, Finding, Watch, explain, first_harmful_step, limit};
use crate::train::snapshot::Divergence;

/// Tasks of the coming meta-batch whose limits are measured.
const TASKS: usize = 16;

impl Trainer {
    /// How far the inner rate is beyond stability for the task in question; `None` where that makes no sense.
    pub(super) fn times_too_long(&self, finding: Finding) -> Option<f64> {
        let (Finding::Task(task) | Finding::Suspect(task)) = finding else { return None };
        // A context begins at 0 in every task: φ may learn to live with a step of it that overshoots.
        if self.learner.algorithm() == Algorithm::Cavia && finding == Finding::Suspect(task) {
            return None;
        }
        let live = &self.settings.live;
        let episode = self.family.training(live, self.settings.run.seed, self.now.meta_iteration, task);
        let times = live.inner_rate / limit(&self.learner, &self.now.meta, &episode)?;
        times.is_finite().then_some(times)
    }

    /// Goes back to the last good state and says why.
    pub(super) fn diverge(&mut self, finding: Finding, times_too_long: Option<f64>) -> Divergence {
        let live = self.settings.live.clone();
        let meta_iteration = self.now.meta_iteration;
        let blamed = match finding {
            Finding::Task(task) | Finding::Suspect(task) => {
                Some(self.family.training(&live, self.settings.run.seed, meta_iteration, task))
            }
            Finding::Outer => None,
        };
        let inner_step = blamed.as_ref().and_then(|episode| {
            first_harmful_step(&self.learner, &self.now.meta, live.inner_rate, episode, live.inner_steps)
        });
        self.now = Learned::clone(&self.good);
        self.watch = Watch::default();
        self.forget_after(self.now.meta_iteration);
        let episodes: Vec<_> = self.coming_episodes(TASKS).into_iter().chain(blamed).collect();
        let limits = self.pool.map(episodes.len(), |i| limit(&self.learner, &self.now.meta, &episodes[i]));
        let failure = Failure {
            finding,
            meta_iteration,
            rates: [live.inner_rate, live.outer_rate],
            steps: live.inner_steps,
            times_too_long,
            inner_step,
            limit: limits.into_iter().flatten().reduce(f64::min),
        };
        let divergence = explain(failure, self.now.meta_iteration);
        self.probe();
        divergence
    }
}
