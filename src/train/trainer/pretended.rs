//! A long past that never was, for measuring what a long run costs the window.

use std::sync::Arc;

use super::Trainer;
use crate::train::guard::Guard;

/// Measurements on held-out tasks that are made up at the most: more than any history keeps.
const MEASUREMENTS: u64 = 20_000;

impl Trainer {
    /// Fills the histories as if so many meta-iterations had been done since the start. Nothing is learned.
    pub fn pretend(&mut self, meta_iterations: u64) {
        let every = self.settings.run.evaluate_every.max(meta_iterations / MEASUREMENTS);
        let mut measured = self.probes.measured().to_vec();
        let mut state = self.settings.run.seed;
        // A little up and down, the same each time.
        let mut factor = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (0.3 * ((state >> 40) as f32 / (1u64 << 24) as f32 - 0.5)).exp()
        };
        let start = measured.iter().filter_map(|task| task[0].query_loss.first()).copied().fold(1e-3, f32::max);
        for at in 1..=meta_iterations {
            let fallen = start / (1.0 + 10.0 * at as f32 / meta_iterations as f32);
            self.record.training(at, fallen * factor(), 0.1 * fallen * factor());
            if at.is_multiple_of(every) {
                for (task, real) in measured.iter_mut().zip(self.probes.measured()) {
                    for (trace, real) in task.iter_mut().zip(real) {
                        let factor = factor();
                        trace.query_loss.clear();
                        trace.query_loss.extend(real.query_loss.iter().map(|loss| loss * factor));
                    }
                }
                self.record.held_out(at, &measured, self.settings.live.test_steps, true, self.in_decibels());
                self.record.rates(at, &self.probes.evaluation().rates);
            }
        }
        self.return_to_head();
        self.now.meta_iteration = meta_iterations;
        self.guard = Guard::new(meta_iterations, Arc::new(self.state()));
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::meta::cancel::Cancel;
    use crate::settings::{Algorithm, Settings, TaskFamily};
    use crate::train::shown::Phase;
    use crate::train::trainer::{Step, Trainer};

    #[test]
    fn a_run_goes_on_from_a_made_up_past() {
        let mut trainer =
            Trainer::new(Settings::preset(TaskFamily::named("plane"), Algorithm::default()), None, 1).unwrap();
        trainer.pretend(100_000);
        let snapshot = trainer.snapshot(1, 0.0, Phase::Running);
        assert_eq!(snapshot.meta_iteration, 100_000);
        assert!(snapshot.curves.training_after.points.len() > 1000);
        assert!(snapshot.curves.held_out_after.points.len() > 1000);
        assert!(matches!(trainer.step(Cancel::NEVER), Step::Done(_)));
        assert_eq!(trainer.meta_iteration(), 100_001);
    }
}
