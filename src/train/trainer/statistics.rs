//! What is said of a run at its end: many held-out tasks, adapted from each initialisation.

use crate::meta::cancel::Cancel;
use std::collections::BTreeMap;

use super::Trainer;
use crate::settings::LiveSettings;
use crate::tasks::judge::Marks;
use crate::tasks::{HeldOut, Split};
use crate::train::evaluation::{CANDIDATE_RATES, Start, Statistics, best_rate, judged, query_losses};
use crate::train::shown::Init;

impl Trainer {
    /// Statistics over `held_out_tasks` held-out tasks for each initialisation, the baselines at their best rate.
    pub fn statistics(&self) -> [Statistics; 3] {
        self.statistics_watched(&|| {})
    }

    /// About how often [`Self::statistics_watched`] calls.
    pub fn statistics_steps(&self) -> u64 {
        let tasks = self.settings.run.held_out_tasks.min(self.family.held_out_tasks());
        let loops = 1 + 2 * (1 + CANDIDATE_RATES.len());
        (tasks * loops * self.settings.live.test_steps) as u64
    }

    /// [`Self::statistics`], with a call about every inner step.
    pub fn statistics_watched(&self, stepped: &(dyn Fn() + Sync)) -> [Statistics; 3] {
        let mut by_support = None;
        Init::ALL.map(|init| self.statistics_of(init, stepped, &mut by_support))
    }

    /// The same for one initialisation. `by_support` is what the support alone teaches, task by task, which is the same
    /// for all of them.
    pub fn statistics_of(
        &self,
        init: Init,
        stepped: &(dyn Fn() + Sync),
        by_support: &mut Option<Vec<f64>>,
    ) -> Statistics {
        let tasks = self.held_out_tasks(Split::Test, &self.settings.live);
        let steps = self.settings.live.test_steps;
        let judging = self.judging.as_ref();
        let (inner_rate, results) =
            self.on_held_out(init, &tasks, stepped, |start, task| judged(start, task, steps, judging));
        let losses: Vec<_> = results.iter().map(|judged| judged.query_loss.clone()).collect();
        let scores: Vec<_> = results.iter().map(|judged| judged.scores.clone()).collect();
        let mut marks: Vec<_> = results.iter().filter_map(|judged| judged.marks).collect();
        let samples = results.iter().map(|judged| Some(judged.samples.as_ref()?.view())).collect::<Option<Vec<_>>>();
        if let Some((judging, samples)) = judging.zip(samples) {
            let taught = judging.taught(&self.pool, &tasks, &[samples], by_support.take(), Cancel::NEVER);
            let taught = taught.concat();
            marks.iter_mut().zip(&taught).for_each(|(marks, taught)| marks.taught = Some(*taught));
            *by_support = Some(taught.iter().map(|taught| taught.by_support).collect());
        }
        let statistics = Statistics::new(&losses, inner_rate, self.in_decibels());
        statistics.with_marks(&marks).with_scores(&scores, self.settings.run.tasks.card().step_score())
    }

    /// What is said of the real images of the held-out classes, in place of samples; mean over the classes.
    pub fn real_marks(&self) -> Option<Marks> {
        let judging = self.judging.as_ref()?;
        let tasks = self.held_out_tasks(Split::Test, &self.settings.live);
        let marks: Option<Vec<_>> = tasks.iter().map(|task| judging.real(task)).collect();
        Marks::mean(&marks?)
    }

    /// What other ways than learning reach on the same held-out tasks, mean over them; by the names in summary.json.
    pub fn references(&self) -> BTreeMap<&'static str, f64> {
        let tasks = self.held_out_tasks(Split::Test, &self.settings.live);
        let mut sums: BTreeMap<&'static str, (f64, usize)> = BTreeMap::new();
        for (name, reached) in tasks.iter().flat_map(|task| &task.given).flat_map(|given| &given.reaches) {
            let (sum, count) = sums.entry(name).or_default();
            (*sum, *count) = (*sum + f64::from(*reached), *count + 1);
        }
        sums.into_iter().map(|(name, (sum, count))| (name, sum / count as f64)).collect()
    }

    /// `held_out_tasks` tasks of a split (for pictures not more than there are images), shaped by `live`.
    pub fn held_out_tasks(&self, split: Split, live: &LiveSettings) -> Vec<HeldOut> {
        let run = &self.settings.run;
        let count = run.held_out_tasks.min(self.family.held_out_tasks());
        (0..count).map(|i| self.family.held_out_of(split, live, run.seed, i)).collect()
    }

    /// Each task's query loss after 0, 1, … `steps` steps from one initialisation, a baseline at the best of its
    /// candidate rates for these tasks and the test-time steps; with the inner rate, `None` where it is learned.
    pub fn held_out_losses(&self, init: Init, tasks: &[HeldOut], steps: usize) -> (Option<f64>, Vec<Vec<f32>>) {
        self.on_held_out(init, tasks, &|| {}, |start, task| query_losses(start, task, steps))
    }

    fn on_held_out<R: Send>(
        &self,
        init: Init,
        tasks: &[HeldOut],
        stepped: &(dyn Fn() + Sync),
        work: impl Fn(Start<'_>, &HeldOut) -> R + Sync + Send,
    ) -> (Option<f64>, Vec<R>) {
        let live = &self.settings.live;
        let joint = self.plain.meta_parameters(self.now.joint.clone(), 1.0);
        let plain = |meta| {
            let start = Start { learner: &self.plain, meta, inner_rate: 1.0 };
            let counted = || {
                stepped();
                false
            };
            let cancel = Cancel::when(&counted);
            Start { inner_rate: best_rate(&self.pool, start, tasks, live.test_steps, None, cancel), ..start }
        };
        let start = match init {
            Init::Learned => Start { learner: &self.learner, meta: &self.now.meta, inner_rate: live.inner_rate },
            Init::Random => plain(&self.random),
            Init::Joint => plain(&joint),
        };
        let results = self.pool.map(tasks.len(), |i| {
            let result = work(start, &tasks[i]);
            (0..live.test_steps).for_each(|_| stepped());
            result
        });
        let own = !start.learner.algorithm().learns_rates();
        (own.then_some(start.inner_rate), results)
    }
}
