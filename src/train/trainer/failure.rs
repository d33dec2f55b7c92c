//! What becomes of a run that has failed: why, and back to the last good state.

use super::{Learned, Trainer};
use crate::train::divergence::{Finding, Watch, explain, times_too_long};
use crate::train::snapshot::Divergence;

impl Trainer {
    /// How far the inner rate is beyond stability for the task in question; `None` where that makes no sense.
    pub(super) fn times_too_long(&self, finding: Finding) -> Option<f64> {
        let (Finding::Task(task) | Finding::Suspect(task)) = finding else { return None };
        let live = &self.settings.live;
        let episode = self.family.training(live, self.settings.run.seed, self.now.meta_iteration, task);
        times_too_long(&self.learner, &self.now.meta, live.inner_rate, &episode)
    }

    /// Goes back to the last good state and says why.
    pub(super) fn diverge(&mut self, finding: Finding, times_too_long: Option<f64>) -> Divergence {
        let failed = self.now.meta_iteration;
        self.now = Learned::clone(&self.good);
        self.watch = Watch::default();
        let restored = self.now.meta_iteration;
        self.forget_after(restored);
        let live = &self.settings.live;
        let divergence = explain(finding, failed, restored, live.inner_rate, live.outer_rate, times_too_long);
        self.probe();
        divergence
    }
}
