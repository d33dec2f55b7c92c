//! What views take from a run.

use super::Trainer;
use super::probes::Probed;
use crate::meta::{Learner, MetaParameters};
use crate::tasks::Family;
use crate::train::shown::Init;

impl Trainer {
    /// Where tasks come from.
    pub(in crate::train) fn family(&self) -> &Family {
        &self.family
    }

    /// What the last probe adapted to, from where, and what came of it.
    pub(in crate::train) fn probed(&self) -> Probed<'_> {
        self.probes.probed(&self.now.meta)
    }

    /// Network and algorithm that an initialisation is adapted with, the initialisation, and α: the baselines'
    /// best one.
    pub(in crate::train) fn start_of(&self, init: Init) -> (&Learner, MetaParameters<f32>, f64) {
        let [random, joint] = self.probes.baseline_rates();
        match init {
            Init::Learned => (&self.learner, self.now.meta.clone(), self.settings.live.inner_rate),
            Init::Random => (&self.plain, self.random.clone(), random),
            Init::Joint => (&self.plain, self.plain.meta_parameters(self.now.joint.clone(), 1.0), joint),
        }
    }
}
