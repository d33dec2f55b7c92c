//! What happens to the outer direction on its way to a step: schedule, clipping, weight decay.

use serde::{Deserialize, Serialize};

/// The outer loop beside β and the optimiser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OuterSettings {
    /// How β changes over meta-iterations.
    pub schedule: Schedule,
    /// Meta-iterations over which β rises linearly to its value; 0 for none.
    pub warm_up: u64,
    /// Inverse square root: meta-iterations before β begins to fall.
    pub knee: u64,
    /// Cosine: meta-iterations until β has reached its floor. Steps: meta-iterations between two of them.
    pub period: u64,
    /// Cosine: the floor as a share of β. Steps: what β is multiplied by at each.
    pub factor: f64,
    /// The outer direction is shortened to this length; 0 for no clipping.
    pub clip_norm: f64,
    /// How strongly φ is drawn to 0: decoupled with AdamW, else added to the direction (L2); 0 for none.
    pub weight_decay: f64,
}

/// How the outer rate changes over meta-iterations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// It does not.
    #[default]
    Constant,
    /// β·√(knee / t) from the knee on: falls for ever, and never to nothing. At a constant β the noise of the steps
    /// drives φ, slowly, to where the inner loop's curvature reaches 2/α and adaptation overshoots; steps that
    /// shrink let it settle short of there (the schedule of Vaswani et al. 2017, whose warm-up is a setting of its own).
    InverseSquareRoot,
    /// Half a cosine down to a floor (Loshchilov and Hutter 2017, without restarts).
    Cosine,
    /// Multiplied by a factor again and again.
    Step,
}

impl Default for OuterSettings {
    fn default() -> Self {
        Self {
            schedule: Schedule::Constant,
            warm_up: 0,
            knee: 2_000,
            period: 10_000,
            factor: 0.1,
            clip_norm: 0.0,
            weight_decay: 0.0,
        }
    }
}

impl OuterSettings {
    /// The share of β in force at a meta-iteration (the first is 0).
    pub fn share_of_rate(&self, meta_iteration: u64) -> f64 {
        let warm = if meta_iteration < self.warm_up { (meta_iteration + 1) as f64 / self.warm_up as f64 } else { 1.0 };
        // The schedule proper begins where the warm-up ends.
        let at = meta_iteration.saturating_sub(self.warm_up);
        warm * match self.schedule {
            Schedule::Constant => 1.0,
            Schedule::InverseSquareRoot => (self.knee as f64 / at.max(self.knee) as f64).sqrt(),
            Schedule::Cosine => {
                let done = (at as f64 / self.period as f64).min(1.0);
                self.factor + (1.0 - self.factor) * 0.5 * (1.0 + (std::f64::consts::PI * done).cos())
            }
            Schedule::Step => self.factor.powf((at / self.period) as f64),
        }
    }

    /// Whether β changes by itself.
    pub fn moves_the_rate(&self) -> bool {
        self.warm_up > 0 || self.schedule != Schedule::Constant
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_at_their_corners() {
        let constant = OuterSettings::default();
        assert_eq!((constant.share_of_rate(0), constant.share_of_rate(1_000_000)), (1.0, 1.0));
        let warm = OuterSettings { warm_up: 4, ..constant.clone() };
        assert_eq!([0, 1, 3, 4, 9].map(|at| warm.share_of_rate(at)), [0.25, 0.5, 1.0, 1.0, 1.0]);
        let root = OuterSettings { schedule: Schedule::InverseSquareRoot, knee: 100, warm_up: 10, ..constant.clone() };
        assert_eq!([4, 10, 110, 410, 10_010].map(|at| root.share_of_rate(at)), [0.5, 1.0, 1.0, 0.5, 0.1]);
        let cosine = OuterSettings { schedule: Schedule::Cosine, period: 100, ..constant.clone() };
        let [first, half, last, later] = [0, 50, 100, 5000].map(|at| cosine.share_of_rate(at));
        assert!((first - 1.0).abs() < 1e-12 && (half - 0.55).abs() < 1e-12);
        assert!((last - 0.1).abs() < 1e-12 && later == last);
        let step = OuterSettings { schedule: Schedule::Step, period: 10, factor: 0.5, warm_up: 2, ..constant };
        assert_eq!([0, 2, 11, 12, 22].map(|at| step.share_of_rate(at)), [0.5, 1.0, 1.0, 0.5, 0.25]);
    }
}
