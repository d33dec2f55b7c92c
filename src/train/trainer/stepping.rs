//! One meta-iteration.

use std::sync::Arc;

use super::meta_batch::{MetaBatch, Outer};
use super::{Step, Trainer};
use crate::maths::optimiser::clip;
use crate::maths::vector::{add_scaled, is_finite};
use crate::settings::OuterOptimiser;
use crate::train::divergence::{Finding, sums};

impl Trainer {
    /// One meta-iteration. `keep_going` is asked between inner steps.
    pub fn step(&mut self, keep_going: &(dyn Fn() -> bool + Sync)) -> Step {
        self.return_to_head();
        let measures = self.measures();
        self.learner.set_meta_iteration(self.now.meta_iteration);
        self.learner.set_measuring(measures);
        let Self { settings, family, learner, plain, now, pool, batch, accompanied, .. } = self;
        let joint = accompanied.then_some((&plain.network, now.joint.as_slice()));
        let meta_iteration = now.meta_iteration;
        let outer = Outer { settings, family, learner, meta: &now.meta, meta_iteration, joint };
        batch.go_through(pool, &outer, keep_going);
        if !measures && keep_going() && !is_finite(&batch.direction) {
            // Which task it was is known by its losses only.
            learner.set_measuring(true);
            let outer = Outer { settings, family, learner, meta: &now.meta, meta_iteration, joint };
            batch.go_through(pool, &outer, keep_going);
        }
        if !keep_going() {
            return Step::Interrupted;
        }
        let share = 1.0 / settings.live.meta_batch as f32;
        let losses = sums(batch.losses()).map(|sums| sums.map(|sum| share * sum));
        if let Some(finding) = self.watch.look(self.batch.losses(), &self.batch.direction) {
            let times = self.times_too_long(finding);
            if !matches!(finding, Finding::Suspect(_)) || times.is_some_and(|times| times > 1.0) {
                return Step::Diverged(self.diverge(finding, times));
            }
        }
        let MetaBatch { direction, joint_direction, .. } = &mut self.batch;
        let now = &mut self.now;
        let run = &self.settings.run;
        let rate = self.settings.live.outer_rate * run.outer.share_of_rate(now.meta_iteration);
        let decay = run.outer.weight_decay as f32;
        let parameters = now.meta.phi().len();
        if decay > 0.0 && run.optimiser != OuterOptimiser::AdamW {
            add_scaled(&mut direction[..parameters], decay, now.meta.phi());
        }
        if run.outer.clip_norm > 0.0 {
            clip(direction, run.outer.clip_norm);
        }
        if run.optimiser == OuterOptimiser::AdamW {
            let keep = 1.0 - rate as f32 * decay;
            now.meta.values[..parameters].iter_mut().for_each(|value| *value *= keep);
        }
        now.optimiser.step(&mut now.meta.values, direction, rate);
        if self.accompanied {
            now.joint_optimiser.step(&mut now.joint, joint_direction, self.joint_rate);
        }
        if !is_finite(&now.meta.values) || !now.optimiser.is_finite() {
            return Step::Diverged(self.diverge(Finding::Outer, None));
        }
        now.meta_iteration += 1;
        if let Some([before, after]) = losses {
            self.record.training(self.now.meta_iteration, before, after);
        }
        let due = self.now.meta_iteration.is_multiple_of(self.settings.run.evaluate_every);
        Step::Done(due.then(|| {
            if self.watch.is_calm() {
                self.good = Arc::new(self.now.clone());
            }
            let row = self.evaluate();
            self.keep();
            row
        }))
    }

    /// Whether the coming meta-iteration's query losses are measured even if its direction does not need them: always
    /// at first and where they cost next to nothing, else one in a few, as a curve has no room for all of them.
    fn measures(&self) -> bool {
        const ALL_OF: u64 = 2048;
        const ONE_IN: u64 = 8;
        let done = self.now.meta_iteration;
        done < ALL_OF
            || !self.learner.measuring_costs(self.settings.live.inner_steps)
            || (done + 1).is_multiple_of(ONE_IN.min(self.settings.run.evaluate_every))
    }
}
