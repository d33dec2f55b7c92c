//! What becomes of a run that has failed: why, and back to its best state.

use super::Trainer;
use crate::meta::recipe::Moves;
use crate::settings::Knob;
use crate::train::divergence::{Failure, Finding, explain, first_harmful_step, limit, worst};
use crate::train::shown::{Astray, Deed, Divergence, Turned};

/// Tasks of the coming meta-batch whose limits are measured.
const TASKS: usize = 16;

impl Trainer {
    /// How far the inner rate is beyond stability for the task in question; `None` where that makes no sense.
    pub(super) fn times_too_long(&self, finding: Finding) -> Option<f64> {
        let (Finding::Task(task) | Finding::Suspect(task)) = finding else { return None };
        // A context begins at 0 in every task: φ may learn to live with a step of it that overshoots.
        if self.learner.recipe().moves == Moves::Context && finding == Finding::Suspect(task) {
            return None;
        }
        let live = &self.settings.live;
        let episode = self.family.training(live, self.settings.run.seed, self.now.meta_iteration, task);
        let times = live.inner_rate / limit(&self.learner, &self.now.meta, &episode)?;
        times.is_finite().then_some(times)
    }

    /// The finding with its task, where one can be blamed: if every task is finite and the outer direction is not, the
    /// one whose inner step is too long. With how far its inner rate is beyond stability.
    pub(super) fn blame(&self, finding: Finding) -> (Finding, Option<f64>) {
        if finding == Finding::Outer
            && let Some(task) = worst(self.batch.losses())
            && let Some(times) = self.times_too_long(Finding::Task(task)).filter(|times| *times > 1.0)
        {
            return (Finding::Task(task), Some(times));
        }
        (finding, self.times_too_long(finding))
    }

    /// Goes back to what the best state had learned and says why.
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
        let [turned, rate] = [false, true].map(|steps_too_long| self.turned_since_best(None, steps_too_long));
        self.note(Deed::Diverged { at: meta_iteration });
        self.back_to_learned();
        let episodes: Vec<_> = self.coming_episodes(TASKS).into_iter().chain(blamed).collect();
        let limits = self.pool.map(episodes.len(), |i| limit(&self.learner, &self.now.meta, &episodes[i]));
        let limit = limits.into_iter().flatten().reduce(f64::min);
        let too_long =
            times_too_long.is_some_and(|times| times > 1.0) || limit.is_some_and(|most| live.inner_rate > most);
        let failure = Failure {
            finding,
            meta_iteration,
            rates: [live.inner_rate, live.outer_rate],
            steps: live.inner_steps,
            times_too_long,
            inner_step,
            limit,
            turned: if too_long { rate } else { turned },
        };
        let divergence = explain(failure, self.now.meta_iteration, self.best().is_some());
        self.probe();
        divergence
    }

    /// Whether the run has left its best state for good; not where a turned knob has mended it by what was measured last.
    pub(in crate::train) fn astray(&self) -> Option<Astray> {
        let negligible = self.negligible();
        let times = self.guard.astray(negligible).filter(|_| self.looking_at().is_none())?;
        if self.guard.far(negligible).is_some_and(|far| self.first_row().error() <= far) {
            return None;
        }
        Some(Astray { times, turned: self.turned_since_best(self.left_best(), false) })
    }

    /// An error that nobody would mind.
    fn negligible(&self) -> f32 {
        self.settings.run.tasks.card().negligible_error()
    }

    /// The first of the latest measurements that all were far above the best.
    fn left_best(&self) -> Option<u64> {
        let (best, far) = (self.guard.best().meta_iteration, self.guard.far(self.negligible())?);
        let since = self.record.rows().iter().rev().take_while(|row| row.iteration > best);
        let wrong = since.take_while(|row| row.error() > far || row.error().is_nan());
        wrong.last().map(|row| row.iteration)
    }

    /// The knob that was turned last since the best state, and stands elsewhere than then; α before any other if its
    /// steps are too long. Before this moment, as what was turned later may be the cure; and a rate, or K, that was
    /// lowered is no cause either.
    fn turned_since_best(&self, before: Option<u64>, steps_too_long: bool) -> Option<Turned> {
        let best = self.guard.best();
        let then = &best.state.settings.live;
        let moments = best.meta_iteration..before.unwrap_or(u64::MAX);
        let since = self.record.marks().iter().rev().filter(|mark| moments.contains(&mark.at));
        // What the baselines do has no part in it.
        let since = since.filter(|mark| mark.knob != Knob::BASELINES_AT_ALPHA);
        let mut latest: Vec<Turned> = Vec::new();
        for mark in since {
            if latest.iter().all(|known| known.knob != mark.knob) {
                latest.push(Turned { knob: mark.knob, at: mark.at, from: mark.knob.get(then), to: mark.value });
            }
        }
        let only_raised = [Knob::INNER_RATE, Knob::OUTER_RATE, Knob::INNER_STEPS];
        let is_cause =
            |turned: &Turned| turned.to > turned.from || turned.to < turned.from && !only_raised.contains(&turned.knob);
        latest.retain(is_cause);
        let rate = latest.iter().find(|turned| steps_too_long && turned.knob == Knob::INNER_RATE);
        rate.or(latest.first()).copied()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::meta::cancel::Cancel;
    use crate::settings::{Algorithm, LiveSettings, Settings, TaskFamily};
    use crate::train::trainer::Step;

    #[test]
    fn the_cure_is_not_blamed() {
        let mut settings = Settings::preset(TaskFamily::named("plane"), Algorithm::default());
        settings.live.inner_rate = 0.25;
        settings.run.evaluate_every = 1;
        let mut trainer = Trainer::new(settings.clone(), None, 1).unwrap();
        let go_on = |trainer: &mut Trainer, steps: usize| (0..steps).for_each(|_| drop(trainer.step(Cancel::NEVER)));
        let turn = |trainer: &mut Trainer, inner_rate: f64| {
            trainer.set_live(LiveSettings { inner_rate, ..settings.live.clone() }).unwrap();
        };
        go_on(&mut trainer, 30);
        turn(&mut trainer, 0.45);
        go_on(&mut trainer, 8);
        let blamed = |trainer: &Trainer| trainer.astray().and_then(|astray| astray.turned).map(|turned| turned.to);
        assert_eq!(blamed(&trainer), Some(0.45));
        turn(&mut trainer, 0.2);
        assert_eq!(blamed(&trainer), Some(0.45));
        trainer.probe();
        assert!(trainer.astray().is_none());
        go_on(&mut trainer, 8);
        assert!(trainer.astray().is_none());
    }

    #[test]
    fn what_made_steps_too_long_is_blamed_before_what_was_turned_later_and_what_was_lowered_never() {
        let preset = Settings::preset(TaskFamily::named("plane"), Algorithm::default());
        let blamed = |first: f64, then: [(f64, usize); 2]| {
            let mut settings = preset.clone();
            settings.live.inner_rate = first;
            let mut trainer = Trainer::new(settings, None, 1).unwrap();
            for (inner_rate, inner_steps) in then {
                trainer.set_live(LiveSettings { inner_rate, inner_steps, ..preset.live.clone() }).unwrap();
            }
            let divergence = (0..200).find_map(|_| match trainer.step(Cancel::NEVER) {
                Step::Diverged(divergence) => Some(divergence),
                Step::Done(_) | Step::Interrupted => None,
            });
            divergence.unwrap().turned.map(|turned| (turned.knob, turned.to))
        };
        let steps = preset.live.inner_steps;
        assert_eq!(blamed(0.1, [(9.0, steps), (9.0, 7)]), Some((Knob::INNER_RATE, 9.0)));
        assert_eq!(blamed(10.0, [(9.5, steps), (9.0, steps)]), None);
        assert_eq!(blamed(9.0, [(9.9, steps), (8.0, steps)]), None, "what was turned up is down again");
    }
}
