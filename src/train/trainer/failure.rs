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
        let turned = self.turned_since_best();
        self.note(Deed::Diverged { at: meta_iteration });
        self.back_to_learned();
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
            turned,
        };
        let divergence = explain(failure, self.now.meta_iteration, self.best().is_some());
        self.probe();
        divergence
    }

    /// Whether the run has left its best state for good.
    pub(in crate::train) fn astray(&self) -> Option<Astray> {
        let times = self.guard.astray().filter(|_| self.looking_at().is_none())?;
        Some(Astray { times, turned: self.turned_since_best() })
    }

    /// The knob that was turned last since the best state, if it stands otherwise than then.
    fn turned_since_best(&self) -> Option<Turned> {
        let best = self.guard.best();
        let then = &best.state.settings.live;
        let since = self.record.marks().iter().rev().filter(|mark| mark.at >= best.meta_iteration);
        // What the baselines do has no part in it.
        let since = since.filter(|mark| mark.knob != Knob::BASELINES_AT_ALPHA);
        let turned =
            since.map(|mark| Turned { knob: mark.knob, at: mark.at, from: mark.knob.get(then), to: mark.value });
        turned.into_iter().find(|turned| turned.from != turned.to)
    }
}
