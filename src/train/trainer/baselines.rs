//! When the baselines are measured, and at which rates.

use serde::{Deserialize, Serialize};

use super::probes::Probes;
use crate::settings::{Knob, LiveSettings};

/// Joint pretraining is measured at every so many measurements.
pub(super) const JOINT_EVERY: u64 = 4;

/// When and how the baselines are measured into the curves. Measurements for display alone leave it as it is: whether
/// somebody paused or looked back changes no curve.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Baselines {
    /// Best rate of random init; `None` until first chosen.
    pub random: Option<f64>,
    /// The same of joint pretraining.
    pub joint: Option<f64>,
    /// Measurements since the joint rate was chosen, and how many to wait for the next choice.
    joint_age: [u64; 2],
    /// The knobs that shaped the last measurement, 0 for those that it does not depend on; empty before the first.
    shape: Vec<f64>,
    /// Whether samples were judged then.
    judged: bool,
}

impl Default for Baselines {
    fn default() -> Self {
        Self { random: None, joint: None, joint_age: [0, 1], shape: Vec::new(), judged: false }
    }
}

impl Baselines {
    /// For one more measurement: whether the joint rate is to be chosen again, and whether joint pretraining is to be
    /// measured.
    pub fn next(&mut self, live: &LiveSettings, judges: bool) -> [bool; 2] {
        let age = &mut self.joint_age;
        let choose_again = age[0] >= age[1];
        if choose_again {
            *age = [0, age[1].saturating_mul(2)];
        }
        age[0] += 1;
        let shapes = |knob| Probes::measures_anew(&[knob]) || knob == Knob::BASELINES_AT_ALPHA;
        let shape: Vec<_> = Knob::ALL.into_iter().map(|knob| if shapes(knob) { knob.get(live) } else { 0.0 }).collect();
        let reshaped = self.shape != shape || self.judged != judges;
        (self.shape, self.judged) = (shape, judges);
        [choose_again, choose_again || reshaped || age[0].is_multiple_of(JOINT_EVERY)]
    }
}
