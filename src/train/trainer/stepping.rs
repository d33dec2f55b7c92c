//! One meta-iteration, and the measurement on the probe tasks that every so many are followed by.

use crate::meta::cancel::Cancel;
use std::sync::Arc;

use super::meta_batch::{MetaBatch, Outer};
use super::{MetricsRow, Step, Trainer};
use crate::maths::optimiser::clip;
use crate::maths::vector::{add_scaled, is_finite};
use crate::settings::OuterOptimiser;
use crate::train::divergence::{Finding, sums};

impl Trainer {
    /// One meta-iteration, and the measurement if one is due. `cancel` is asked between the meta-iteration's inner
    /// steps.
    pub fn step(&mut self, cancel: Cancel<'_>) -> Step {
        match self.advance(cancel) {
            Step::Done(_) => Step::Done(self.settle(Cancel::NEVER)),
            other => other,
        }
    }

    /// The measurement that is due, if one is: its row, or `None` where `cancel` is wanted, which is asked between inner
    /// steps. Then it is still due, and nothing has changed.
    pub(in crate::train) fn settle(&mut self, cancel: Cancel<'_>) -> Option<MetricsRow> {
        if !self.owes || self.head.is_some() {
            return None;
        }
        let row = self.evaluate(cancel)?;
        self.owes = false;
        let mut guard = self.guard.clone();
        guard.note(row.iteration, row.error(), self.watch.is_calm(), || Arc::new(self.state()));
        self.guard = guard;
        self.keep();
        Some(row)
    }

    /// Whether a measurement is due.
    pub(in crate::train) fn owes(&self) -> bool {
        self.owes
    }

    /// One meta-iteration without the measurement that may be due after it. One that is due before it is made, but
    /// gives no row.
    pub(in crate::train) fn advance(&mut self, cancel: Cancel<'_>) -> Step {
        self.return_to_head();
        self.settle(Cancel::NEVER);
        let measures = self.measures();
        self.learner.set_meta_iteration(self.now.meta_iteration);
        self.learner.set_measuring(measures);
        let Self { settings, family, learner, plain, now, pool, batch, accompanied, .. } = self;
        let joint = accompanied.then_some((&plain.network, now.joint.as_slice()));
        let meta_iteration = now.meta_iteration;
        let outer = Outer { settings, family, learner, meta: &now.meta, meta_iteration, joint };
        batch.go_through(pool, &outer, cancel);
        if !measures && !cancel.is_wanted() && !is_finite(&batch.direction) {
            // Which task it was is known by its losses only.
            learner.set_measuring(true);
            let outer = Outer { settings, family, learner, meta: &now.meta, meta_iteration, joint };
            batch.go_through(pool, &outer, cancel);
        }
        if cancel.is_wanted() {
            return Step::Interrupted;
        }
        let share = 1.0 / settings.live.meta_batch as f32;
        let losses = sums(batch.losses()).map(|sums| sums.map(|sum| share * sum));
        if let Some(finding) = self.watch.look(self.batch.losses(), &self.batch.direction) {
            let (finding, times) = self.blame(finding);
            if !matches!(finding, Finding::Suspect(_)) || times.is_some_and(|times| times > 1.0) {
                return Step::Diverged(self.diverge(finding, times));
            }
        }
        let MetaBatch { direction, joint_direction, .. } = &mut self.batch;
        let now = &mut self.now;
        let run = &self.settings.run;
        let rate = self.settings.live.outer_rate * run.outer.share_of_rate(now.meta_iteration);
        let decay = (run.outer.weight_decay * self.family.scarcity()) as f32;
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
            let preset = &self.joint_preset;
            let rate = preset.live.outer_rate * preset.run.outer.share_of_rate(now.meta_iteration);
            now.joint_optimiser.step(&mut now.joint, joint_direction, rate);
        }
        if !is_finite(&now.meta.values) || !now.optimiser.is_finite() {
            return Step::Diverged(self.diverge(Finding::Outer, None));
        }
        now.meta_iteration += 1;
        if let Some([before, after]) = losses {
            self.record.training(self.now.meta_iteration, before, after);
        }
        self.owes = self.now.meta_iteration.is_multiple_of(self.settings.run.evaluate_every);
        Step::Done(None)
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::settings::{Algorithm, Settings, TaskFamily};
    use crate::train::shown::Phase;

    fn trainer() -> Trainer {
        let mut settings = Settings::preset(TaskFamily::named("sine"), Algorithm::default());
        settings.run.network.hidden = vec![8];
        settings.run.evaluate_every = 3;
        let mut trainer = Trainer::new(settings, None, 1).unwrap();
        trainer.set_timeline_cap(1 << 20);
        trainer
    }

    /// Wherever a measurement is broken off, and whatever is looked at before it is made, it is the same.
    #[test]
    fn a_measurement_that_is_broken_off_is_made_later() {
        let [mut straight, mut broken_off] = [trainer(), trainer()];
        for round in 0..12 {
            let Step::Done(expected) = straight.step(Cancel::NEVER) else { panic!("it diverged") };
            assert_eq!(broken_off.advance(Cancel::NEVER), Step::Done(None));
            assert_eq!(broken_off.owes(), expected.is_some());
            for last in (0..).step_by(17) {
                let asked = AtomicUsize::new(0);
                let row = broken_off.settle(Cancel::when(&|| asked.fetch_add(1, Ordering::Relaxed) >= last));
                if row.is_some() || expected.is_none() {
                    assert_eq!(row, expected, "{round}");
                    break;
                }
                assert!(broken_off.owes());
                if last % 3 == 0 {
                    broken_off.look_back(round / 2);
                    assert_eq!(broken_off.settle(Cancel::NEVER), None);
                    broken_off.return_to_head();
                }
            }
            let curves = |trainer: &Trainer| trainer.snapshot(0, 0.0, Phase::Paused).curves;
            let [expected, found] = [&straight, &broken_off].map(curves);
            assert_eq!(found.joint_after.points, expected.joint_after.points);
            assert_eq!(found.held_out_after.points, expected.held_out_after.points);
        }
        assert_eq!(broken_off.meta_parameters(), straight.meta_parameters());
        // A knob that is turned before it is made has no part in it.
        let expected = straight.step(Cancel::NEVER);
        let expected = [expected, straight.step(Cancel::NEVER), straight.step(Cancel::NEVER)];
        (0..3).for_each(|_| drop(broken_off.advance(Cancel::NEVER)));
        let mut live = broken_off.settings().live.clone();
        live.inner_rate *= 3.0;
        broken_off.set_live(live).unwrap();
        assert!(!broken_off.owes());
        let Step::Done(Some(row)) = &expected[2] else { panic!("{expected:?}") };
        assert_eq!(broken_off.first_row().held_out, row.held_out);
    }
}
