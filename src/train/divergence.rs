//! When a run has diverged, and what to say.
//!
//! A meta-iteration has failed when a number in it is not finite. A run has also failed when
//! adaptation makes the tasks of several meta-iterations in a row much worse than it found them:
//! a bounded activation (sine, tanh) can hide an overshooting inner loop from the first test.

use super::snapshot::Divergence;
use crate::maths::vector::is_finite;
use crate::meta::stability::largest_eigenvalue;
use crate::meta::{Learner, MetaParameters, Outcome, TaskWork};
use crate::settings::Algorithm;

/// Adaptation counts as harmful when the loss after it is this many times the loss before.
const HARMFUL: f32 = 4.0;
/// This many harmful meta-iterations in a row are a divergence.
const IN_A_ROW: u32 = 3;

/// Watches the outcomes of meta-iterations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Watch {
    harmful: u32,
}

/// What a watch found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A task's inner loop is to blame.
    Task(usize),
    /// The outer step is: every task is finite, their mean direction or φ is not.
    Outer,
}

impl Watch {
    /// Looks at one meta-iteration's tasks and mean direction.
    pub fn look(&mut self, outcomes: &[Outcome<f32>], direction: &[f32]) -> Option<Finding> {
        let bad = |outcome: &Outcome<f32>| !outcome.query_after.is_finite() || !outcome.query_before.is_finite();
        if let Some(task) = outcomes.iter().position(bad) {
            return Some(Finding::Task(task));
        }
        if !is_finite(direction) {
            return Some(Finding::Outer);
        }
        let sum = |part: fn(&Outcome<f32>) -> f32| outcomes.iter().map(part).sum::<f32>();
        let harmful = sum(|outcome| outcome.query_after) > HARMFUL * sum(|outcome| outcome.query_before);
        self.harmful = if harmful { self.harmful + 1 } else { 0 };
        let ratio = |outcome: &Outcome<f32>| outcome.query_after / outcome.query_before.max(f32::MIN_POSITIVE);
        let worst = (0..outcomes.len()).max_by(|&a, &b| ratio(&outcomes[a]).total_cmp(&ratio(&outcomes[b])));
        worst.filter(|_| self.harmful >= IN_A_ROW).map(Finding::Task)
    }
}

/// α·λ_max/2 of an episode's support loss at φ; above 1 the inner step overshoots.
pub fn times_too_long(
    learner: &Learner,
    meta: &MetaParameters<f32>,
    inner_rate: f64,
    episode: &crate::meta::episode::Episode<f32>,
) -> Option<f64> {
    if learner.algorithm() == Algorithm::MetaSgd {
        return None;
    }
    let mut task = TaskWork::<f32>::default();
    let value = largest_eigenvalue(&learner.network, meta.phi(), episode.support(0), 20, &mut task.work);
    let times = inner_rate * value / 2.0;
    times.is_finite().then_some(times)
}

/// The event, with a sentence that says what happened and what to do.
pub fn explain(
    finding: Finding,
    meta_iteration: u64,
    restored: u64,
    inner_rate: f64,
    outer_rate: f64,
    times_too_long: Option<f64>,
) -> Divergence {
    let state = format!("The state of meta-iteration {restored} is kept.");
    let (task, reason) = match (finding, times_too_long) {
        (Finding::Task(task), Some(times)) if times > 1.0 => {
            let limit = two_digits_below(inner_rate / times);
            let what = format!(
                "the inner step was {times:.1} times too long for task {} at meta-iteration {meta_iteration}",
                task + 1
            );
            (Some(task), format!("Diverged: {what}. {state} Set the inner rate α below {limit} and go on."))
        }
        (Finding::Task(task), _) => {
            let what = format!("the inner loop of task {} blew up at meta-iteration {meta_iteration}", task + 1);
            (
                Some(task),
                format!(
                    "Diverged: {what}. {state} Lower the inner rate α ({inner_rate}) or the outer rate β ({outer_rate}) and go on."
                ),
            )
        }
        (Finding::Outer, _) => {
            let what = format!("the outer step overflowed at meta-iteration {meta_iteration}");
            (None, format!("Diverged: {what}. {state} Lower the outer rate β ({outer_rate}) and go on."))
        }
    };
    Divergence { meta_iteration, restored, task, times_too_long, reason }
}

/// Rounded down to two significant digits.
fn two_digits_below(value: f64) -> f64 {
    let scale = 10f64.powf(value.log10().floor() - 1.0);
    // Dividing by a whole number keeps the shortest decimal text where multiplying by 0.01 does not.
    if scale < 1.0 { (value / scale).floor() / (1.0 / scale).round() } else { (value / scale).floor() * scale }
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
        let outcome = |before, after| Outcome { query_before: before, query_after: after, support_before: before };
        let mut watch = Watch::default();
        let worse = [outcome(1.0, 2.0), outcome(1.0, 30.0)];
        assert_eq!(watch.look(&worse, &[0.0]), None);
        assert_eq!(watch.look(&worse, &[0.0]), None);
        assert_eq!(watch.look(&[outcome(1.0, 0.5)], &[0.0]), None);
        assert_eq!(watch.look(&worse, &[0.0]), None);
        assert_eq!(watch.look(&worse, &[0.0]), None);
        assert_eq!(watch.look(&worse, &[0.0]), Some(Finding::Task(1)));
        assert_eq!(Watch::default().look(&[outcome(1.0, f32::NAN)], &[0.0]), Some(Finding::Task(0)));
        assert_eq!(Watch::default().look(&[outcome(1.0, 0.5)], &[f32::NAN]), Some(Finding::Outer));
    }
}
