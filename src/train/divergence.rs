//! When a run has diverged, and what to say.
//!
//! A meta-iteration has failed when a number in it is not finite. A run has also failed when meta-
//! iterations keep adapting to query losses above those that they began with, and the inner rate is
//! indeed beyond stability, α > 2/λ_max: a bounded activation (sine, tanh) hides an overshooting
//! inner loop from the first test. A step that overshoots within a loop that gains in the end is no
//! reason for concern: training goes to the edge of stability and stays there (Cohen et al. 2021,
//! "Gradient descent on neural networks typically occurs at the edge of stability").

use super::shown::{Divergence, Turned, two_digits_below};
use crate::maths::network::Workspace;
use crate::maths::vector::is_finite;
use crate::meta::cancel::Cancel;
use crate::meta::episode::Episode;
use crate::meta::stability::{PRODUCTS, largest_eigenvalue};
use crate::meta::{Learner, MetaParameters, Outcome, TaskLosses, TaskWork};
use crate::settings::Knob;
use crate::text::{Words, tell};

/// An inner loop counts as harmful when the mean query loss after it is this many times the one before it.
const HARMFUL: f32 = 1.2;
/// This many more harmful meta-iterations than harmless ones are a suspicion.
const SURPLUS: u32 = 5;

/// Watches the outcomes of meta-iterations.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Watch {
    harmful: u32,
}

/// What a watch found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A number of this task is not finite.
    Task(usize),
    /// Every task is finite, their mean direction or φ is not.
    Outer,
    /// Adaptation has made the tasks worse for a while, this one most. It is a divergence if the
    /// inner rate is beyond stability for it.
    Suspect(usize),
}

/// L(φ; Q) and L(θ_K; Q), if they were measured.
fn query(losses: &TaskLosses<f32>) -> Option<[f32; 2]> {
    Some([losses.outcome.query_before?, losses.outcome.query_after?])
}

/// The sums of both over all tasks, if they were measured.
pub(super) fn sums<'a>(mut tasks: impl Iterator<Item = &'a TaskLosses<f32>>) -> Option<[f32; 2]> {
    tasks.try_fold([0.0; 2], |[before, after], losses| {
        let [own_before, own_after] = query(losses)?;
        Some([before + own_before, after + own_after])
    })
}

/// The factor by which the number of a pair, before and after, has risen.
fn rise([before, after]: [f32; 2]) -> f32 {
    after / before.max(f32::MIN_POSITIVE)
}

/// The support loss before the first inner step and before the last.
fn support(losses: &TaskLosses<f32>) -> [f32; 2] {
    [losses.support.first(), losses.support.last()].map(|loss| loss.copied().unwrap_or(0.0))
}

/// The largest factor by which adaptation raised a task's losses.
fn rise_of(losses: &TaskLosses<f32>) -> f32 {
    rise(support(losses)).max(query(losses).map_or(0.0, rise))
}

/// The task that its adaptation made worse by the largest factor.
pub(super) fn worst<'a>(tasks: impl Iterator<Item = &'a TaskLosses<f32>>) -> Option<usize> {
    let worst = tasks.enumerate().max_by(|a, b| rise_of(a.1).total_cmp(&rise_of(b.1)));
    worst.map(|(index, _)| index)
}

impl Watch {
    /// Looks at one meta-iteration's tasks and mean direction.
    pub fn look<'a>(
        &mut self,
        tasks: impl Iterator<Item = &'a TaskLosses<f32>> + Clone,
        direction: &[f32],
    ) -> Option<Finding> {
        let overflowed = |losses: &TaskLosses<f32>| {
            let Outcome { query_before, query_after, .. } = losses.outcome;
            query_before.into_iter().chain(query_after).any(|loss| !loss.is_finite())
        };
        if let Some(task) = tasks.clone().position(overflowed) {
            return Some(Finding::Task(task));
        }
        if !is_finite(direction) {
            return Some(Finding::Outer);
        }
        let query_sums = sums(tasks.clone())?;
        self.harmful = if rise(query_sums) > HARMFUL { self.harmful + 1 } else { self.harmful.saturating_sub(1) };
        if self.harmful < SURPLUS {
            return None;
        }
        worst(tasks).map(Finding::Suspect)
    }

    /// Whether the last meta-iteration gave no reason for concern.
    pub fn is_calm(&self) -> bool {
        self.harmful == 0
    }
}

/// The inner rate from which on an inner step overshoots: 2/λ_max of an episode's support loss at φ, for iMAML with its
/// proximal term. `None` where the inner rates are learned.
pub fn limit(learner: &Learner, meta: &MetaParameters<f32>, episode: &Episode<f32>) -> Option<f64> {
    let work = &mut Workspace::default();
    let support = episode.support(0);
    let found = largest_eigenvalue(&learner.network, meta.phi(), support, learner.moved()?, PRODUCTS, work);
    found.value.is_finite().then(|| learner.longest_step(found.value))
}

/// The first inner step, counted from 1, that did not lower the support loss that it descended on, or that overflowed:
/// the first k with not L(θ_k; S_{k−1}) ≤ L(θ_{k−1}; S_{k−1}).
pub fn first_harmful_step(
    learner: &Learner,
    meta: &MetaParameters<f32>,
    inner_rate: f64,
    episode: &Episode<f32>,
    steps: usize,
) -> Option<usize> {
    let mut task = TaskWork::default();
    learner.adapt(meta, inner_rate, episode, steps, Cancel::NEVER, &mut task);
    let TaskWork { inner, work, .. } = &mut task;
    (0..inner.steps()).find_map(|k| {
        let after = learner.network.loss(&inner.thetas[k + 1], episode.support(k), work);
        let fell = after <= inner.losses[k] && after.is_finite();
        (!fell).then_some(k + 1)
    })
}

/// What was found out about a failure.
#[derive(Clone, Copy, Debug)]
pub struct Failure {
    /// What failed.
    pub finding: Finding,
    /// When.
    pub meta_iteration: u64,
    /// α and β at that moment.
    pub rates: [f64; 2],
    /// K.
    pub steps: usize,
    /// α over the task's limit at the φ that failed.
    pub times_too_long: Option<f64>,
    /// The first inner step that harmed.
    pub inner_step: Option<usize>,
    /// The smallest limit of α at the state that was gone back to.
    pub limit: Option<f64>,
    /// The turn of a knob since that state that is to blame.
    pub turned: Option<Turned>,
}

/// The event, with a sentence that says what happened and what to do. `is_best` says that the state gone back to is the
/// run's best one by the held-out loss.
pub fn explain(failure: Failure, restored: u64, is_best: bool) -> Divergence {
    let Failure { finding, meta_iteration, rates, times_too_long, inner_step, limit, turned, .. } = failure;
    let task = match finding {
        Finding::Task(task) | Finding::Suspect(task) => Some(task),
        Finding::Outer => None,
    };
    let divergence = Divergence {
        meta_iteration,
        restored,
        task,
        inner_step,
        times_too_long,
        inner_rate: rates[0],
        limit: limit.filter(|limit| limit.is_finite()),
        turned,
        is_best,
        reason: Words::default(),
    };
    Divergence { reason: Words::told(|| sentence(&divergence, &failure)), ..divergence }
}

fn sentence(divergence: &Divergence, failure: &Failure) -> String {
    let Failure { meta_iteration: at, rates: [inner_rate, outer_rate], steps, limit, turned, .. } = *failure;
    let (task, restored) = (divergence.task, divergence.restored);
    let what = match (task.map(|task| task + 1), failure.times_too_long) {
        (None, _) => tell(
            || format!("the outer step overflowed at meta-iteration {at}"),
            || format!("外循环步在第 {at} 次元迭代溢出"),
        ),
        (Some(task), Some(times)) if times > 1.0 => tell(
            || format!("the inner step was {times:.1} times too long for task {task} at meta-iteration {at}"),
            || format!("第 {at} 次元迭代时，任务 {task} 的内循环步长是稳定界限的 {times:.1} 倍"),
        ),
        (Some(task), _) => tell(
            || format!("the inner loop of task {task} blew up at meta-iteration {at}"),
            || format!("第 {at} 次元迭代时，任务 {task} 的内循环失控"),
        ),
    };
    let first = failure.inner_step.map_or_else(String::new, |step| {
        tell(
            || format!(", where inner step {step} of {steps} first raised its support loss"),
            || format!("，{steps} 个内循环步中的第 {step} 步首先使支持集损失上升"),
        )
    });
    let turn = turned.map_or_else(String::new, |turned| tell(|| format!("{turned}. "), || format!("{turned}。")));
    let state = match divergence.is_best {
        true => tell(
            || format!("The best state so far, of meta-iteration {restored}, is kept."),
            || format!("保留了目前的最佳状态，它在第 {restored} 次元迭代。"),
        ),
        false => tell(
            || format!("The state of meta-iteration {restored} is kept."),
            || format!("保留了第 {restored} 次元迭代的状态。"),
        ),
    };
    let advice = match (divergence.mark(), divergence.limit) {
        (mark, _) if let Some(Turned { knob, from, .. }) = turned => {
            let mark = mark.filter(|_| knob == Knob::INNER_RATE && task.is_some() && limit.is_some());
            let below = mark.map_or_else(String::new, |mark| {
                tell(|| format!(", or set it to {mark} or less"), || format!("，或者设为不超过 {mark}"))
            });
            let name = knob.name();
            tell(
                || format!("Go back to it, with {name} at {from} again{below}."),
                || format!("请回到这个状态，把“{name}”调回 {from}{below}。"),
            )
        }
        // Without a limit the inner rates are learned.
        _ if task.is_none() || limit.is_none() => tell(
            || format!("Lower the outer rate β ({outer_rate}) and go on."),
            || format!("请调低外循环学习率 β（{outer_rate}），再继续。"),
        ),
        (Some(mark), _) => tell(
            || format!("Set the inner rate α to {mark} or less and go on."),
            || format!("请把内循环学习率 α 设为不超过 {mark}，再继续。"),
        ),
        (None, Some(limit)) if inner_rate <= limit => {
            let limit = two_digits_below(limit);
            tell(
                || {
                    format!(
                        "There α ({inner_rate}) is within its limit ({limit}): the outer step left such a state. Lower the outer rate β ({outer_rate}) and go on."
                    )
                },
                || {
                    format!(
                        "那里 α（{inner_rate}）在界限（{limit}）之内：是外循环步离开了这样的状态。请调低外循环学习率 β（{outer_rate}），再继续。"
                    )
                },
            )
        }
        _ => tell(
            || format!("Lower the inner rate α ({inner_rate}) or the outer rate β ({outer_rate}) and go on."),
            || format!("请调低内循环学习率 α（{inner_rate}）或外循环学习率 β（{outer_rate}），再继续。"),
        ),
    };
    tell(
        || format!("Diverged: {what}{first}. {turn}{state} {advice}"),
        || format!("已发散：{what}{first}。{turn}{state}{advice}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_is_rounded_towards_safety() {
        for (value, text) in [(0.0128, "0.012"), (0.999, "0.99"), (12.7, "12"), (0.000_345, "0.00034")] {
            assert_eq!(two_digits_below(value).to_string(), text);
        }
    }

    #[test]
    fn harm_must_last_to_count_but_nan_counts_at_once() {
        let losses = |support: &[f32], query: [f32; 2]| TaskLosses {
            outcome: Outcome { query_before: Some(query[0]), query_after: Some(query[1]), indefinite: false },
            support: support.to_vec(),
        };
        let course = |before: f32, after: f32| losses(&[1.0, 9.0, 0.5], [before, after]);
        let mut watch = Watch::default();
        let worse = [course(1.0, 1.1), course(1.0, 3.0)];
        for _ in 1..SURPLUS {
            assert_eq!(watch.look(worse.iter(), &[0.0]), None);
        }
        assert!(!watch.is_calm());
        assert_eq!(watch.look([course(1.0, 0.9)].iter(), &[0.0]), None);
        assert_eq!(watch.look(worse.iter(), &[0.0]), None);
        assert_eq!(watch.look(worse.iter(), &[0.0]), Some(Finding::Suspect(1)));
        assert!((0..=SURPLUS).all(|_| watch.look([course(1.0, 0.02)].iter(), &[0.0]).is_none()));
        assert!(watch.is_calm(), "a loss that swings on the way and falls is no reason for concern");
        let early = |support: &[f32]| losses(support, [1.0, 1.0]);
        let early = [early(&[]), early(&[1.0, 0.5]), early(&[2.0])];
        assert_eq!(Watch::default().look(early.iter(), &[0.0]), None);
        let broken = losses(&[1.0, 1.0], [1.0, f32::NAN]);
        assert_eq!(Watch::default().look([broken].iter(), &[0.0]), Some(Finding::Task(0)));
        let mut unmeasured = losses(&[1.0, 9.0], [1.0, f32::NAN]);
        unmeasured.outcome.query_before = None;
        assert_eq!(Watch::default().look([unmeasured.clone()].iter(), &[0.0]), Some(Finding::Task(0)));
        unmeasured.outcome.query_after = Some(9.0);
        let mut watch = Watch::default();
        assert_eq!(watch.look([unmeasured].iter(), &[0.0]), None);
        assert!(watch.is_calm(), "what was not measured is no reason for concern");
        assert_eq!(Watch::default().look([course(1.0, 0.5)].iter(), &[f32::NAN]), Some(Finding::Outer));
    }
}
