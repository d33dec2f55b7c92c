//! Adaptation of held-out tasks from one initialisation, measured.
//!
//! A loss that overflowed is kept as infinity (NaN becomes infinity too).

use crate::meta::cancel::Cancel;
use std::collections::BTreeMap;

use super::judging::Judging;
use super::pool::Pool;
use crate::maths::network::Workspace;
use crate::maths::vector::norm;
use crate::meta::tensor_rates::TensorRate;
use crate::meta::{Learner, MetaParameters, TaskWork};
use crate::tasks::card::Score;
use crate::tasks::judge::Marks;
pub use crate::tasks::scores::psnr;
use crate::tasks::{HeldOut, Read};
use ndarray::Array2;

/// Inner rates that the baselines choose from: 0.001 to 1, three to a decade.
pub const CANDIDATE_RATES: [f64; 10] = [0.001, 0.0022, 0.0046, 0.01, 0.022, 0.046, 0.1, 0.22, 0.46, 1.0];

/// Where adaptation starts from, and how it steps.
#[derive(Clone, Copy)]
pub struct Start<'a> {
    /// Network and algorithm.
    pub learner: &'a Learner,
    /// φ and any learned rates.
    pub meta: &'a MetaParameters<f32>,
    /// α.
    pub inner_rate: f64,
}

/// One task's inner loop; index k is the inner step, 0 = before adaptation.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// L(θ_k; S).
    pub support_loss: Vec<f32>,
    /// L(θ_k; Q).
    pub query_loss: Vec<f32>,
    /// What is drawn: outputs at the task's display inputs, or samples (more of them after the last step).
    pub outputs: Vec<Array2<f32>>,
    /// What they are read as.
    pub reads: Vec<Read>,
    /// What is said of the samples after the last step.
    pub marks: Option<Marks>,
    /// ‖θ_K − φ‖ / ‖φ‖ for each layer.
    pub movement: Vec<f32>,
    /// Learned rates, step by step and tensor by tensor.
    pub rates: Vec<Vec<TensorRate>>,
    /// θ_0 … θ_K.
    pub thetas: Vec<Vec<f32>>,
    /// Inner steps that were done before adaptation rested.
    pub done: usize,
}

/// What a measurement found that costs much to find, and can be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// L(θ_k; Q), k = 0 … K.
    pub query_loss: Vec<f32>,
    /// What is said of the samples after the last step.
    pub marks: Option<Marks>,
}

/// Query losses alone.
pub fn query_losses(start: Start<'_>, task: &HeldOut, steps: usize) -> Vec<f32> {
    losses_until(start, task, steps, Cancel::NEVER).0
}

/// A held-out task's adaptation without what is drawn of it; index k is the inner step.
#[derive(Clone, Debug)]
pub struct Judged {
    /// L(θ_k; Q).
    pub query_loss: Vec<f32>,
    /// Accuracy or purity, where outputs are answers.
    pub scores: Vec<f32>,
    /// What is said of the samples after the last step.
    pub marks: Option<Marks>,
    /// Those samples, where somebody judges them.
    pub samples: Option<Array2<f32>>,
}

/// Query losses, scores, and what is said of the samples after the last step.
pub fn judged(start: Start<'_>, task: &HeldOut, steps: usize, judging: Option<&Judging>) -> Judged {
    let (query_loss, mut task_work) = losses_until(start, task, steps, Cancel::NEVER);
    let TaskWork { inner, work, .. } = &mut task_work;
    let network = &start.learner.network;
    // Outputs are computed only where somebody reads them.
    let (display, reading) = (task.display(), &task.reading);
    let samples = judging.map(|_| reading.outputs(network, inner.adapted(), display, true, work));
    let marks = judging.zip(samples.as_ref()).and_then(|(judging, samples)| judging.marks(task, samples.view()));
    let scored = inner.thetas.iter().enumerate().take_while(|_| reading.score().is_some());
    let scores = scored.filter_map(|(step, theta)| {
        reading.read(reading.outputs(network, theta, display, step == steps, work).view()).score
    });
    let mut scores: Vec<f32> = scores.collect();
    if let Some(&last) = scores.last() {
        scores.resize(steps + 1, last);
    }
    Judged { query_loss, scores, marks, samples }
}

fn losses_until(start: Start<'_>, task: &HeldOut, steps: usize, cancel: Cancel<'_>) -> (Vec<f32>, TaskWork<f32>) {
    let mut task_work = TaskWork::default();
    start.learner.adapt(start.meta, start.inner_rate, &task.episode, steps, cancel, &mut task_work);
    let TaskWork { inner, work, .. } = &mut task_work;
    let mut losses: Vec<f32> =
        inner.thetas.iter().map(|theta| honest(start.learner.network.loss(theta, &task.episode.query, work))).collect();
    // A loop that converged early stays where it is.
    losses.resize(steps + 1, losses.last().copied().unwrap_or(f32::INFINITY));
    (losses, task_work)
}

/// Everything that is drawn of an adaptation. `cancel` is asked between inner steps; where it is wanted, what comes back is
/// incomplete: discard it.
pub fn measure(start: Start<'_>, task: &HeldOut, steps: usize, cancel: Cancel<'_>) -> Measured {
    measure_again(start, task, steps, None, None, cancel)
}

/// The same with what is said of samples, where some of it may be known already from the same measurement at an
/// earlier time.
pub(super) fn measure_again(
    start: Start<'_>,
    task: &HeldOut,
    steps: usize,
    judging: Option<&Judging>,
    known: Option<&Known>,
    cancel: Cancel<'_>,
) -> Measured {
    let known = known.filter(|known| known.query_loss.len() == steps + 1);
    let network = &start.learner.network;
    let mut task_work = TaskWork::default();
    start.learner.adapt(start.meta, start.inner_rate, &task.episode, steps, cancel, &mut task_work);
    let mut inner = task_work.inner;
    let work = &mut Workspace::default();
    let last_loss = network.loss(inner.adapted(), task.episode.support(0), work);
    let rates = start.learner.tensor_rates(start.meta, start.inner_rate, &inner);
    let done = inner.steps();
    inner.hold(steps, last_loss);
    let mut support_loss: Vec<f32> = inner.losses.iter().copied().map(honest).collect();
    support_loss.push(honest(last_loss));
    let mut outputs = Vec::with_capacity(steps + 1);
    let mut query_loss = Vec::with_capacity(steps + 1);
    for (step, theta) in inner.thetas.iter().enumerate().take_while(|_| !cancel.is_wanted()) {
        let output = task.reading.outputs(network, theta, task.display(), step == steps, work);
        query_loss.push(match known {
            Some(known) => known.query_loss[step],
            None if task.display.is_none() => {
                let predicted = output.as_slice().unwrap_or_default();
                let query = task.episode.query.y();
                honest(network.loss_kind().value(predicted, query.as_slice().unwrap_or_default(), output.ncols()))
            }
            None => honest(network.loss(theta, &task.episode.query, work)),
        });
        outputs.push(output);
    }
    let layout = network.layout();
    let movement = (0..layout.layers()).map(|layer| {
        let [from, to] = [&inner.thetas[0], inner.adapted()].map(|theta| &theta[layout.layer(layer)]);
        let difference: Vec<f32> = from.iter().zip(to).map(|(a, b)| a - b).collect();
        honest(norm(&difference) / norm(from).max(f32::MIN_POSITIVE))
    });
    let movement = movement.collect();
    let marks = match known {
        Some(known) => known.marks,
        None => judging.filter(|_| !cancel.is_wanted()).and_then(|judging| judging.marks(task, outputs.last()?.view())),
    };
    let drawn = outputs.iter().take_while(|_| !cancel.is_wanted());
    let reads = drawn.map(|output| task.reading.read(output.view())).collect();
    Measured { reads, support_loss, query_loss, outputs, marks, movement, rates, thetas: inner.thetas, done }
}

/// The candidate rate with the least mean logarithm of the query loss over tasks and steps 1 … K, among those whose mean
/// loss no step raises by more than a twentieth if there is one; if it was `known`, only that one and its neighbours are
/// tried. A rate that is best at the last step alone may overshoot on the way. `cancel` is asked between inner
/// steps; where it is wanted, discard the answer.
pub(super) fn best_rate(
    pool: &Pool,
    start: Start<'_>,
    tasks: &[HeldOut],
    steps: usize,
    known: Option<f64>,
    cancel: Cancel<'_>,
) -> f64 {
    let near = known.and_then(|known| CANDIDATE_RATES.iter().position(|rate| *rate == known));
    let candidates = match near {
        Some(index) => &CANDIDATE_RATES[index.saturating_sub(1)..(index + 2).min(CANDIDATE_RATES.len())],
        None => &CANDIDATE_RATES,
    };
    let losses = pool.map(candidates.len() * tasks.len(), |i| {
        let start = Start { inner_rate: candidates[i / tasks.len()], ..start };
        losses_until(start, &tasks[i % tasks.len()], steps, cancel).0
    });
    let verdicts = losses.chunks(tasks.len().max(1)).map(verdict);
    let best = candidates.iter().zip(verdicts).min_by(|a, b| a.1.0.cmp(&b.1.0).then(a.1.1.total_cmp(&b.1.1)));
    best.map_or(CANDIDATE_RATES[0], |(&rate, _)| rate)
}

/// Of tasks' losses at each step: whether their mean rises on the way, and their mean logarithm after the first.
fn verdict(losses: &[Vec<f32>]) -> (bool, f64) {
    const RISE: f32 = 1.05;
    let steps = losses.iter().map(Vec::len).min().unwrap_or(0);
    let sum = |k: usize| losses.iter().map(|task| task[k]).sum::<f32>();
    let rises = (1..steps).any(|k| sum(k) > RISE * sum(k - 1) || !sum(k).is_finite());
    let logarithms = losses.iter().flat_map(|task| task.iter().skip(1));
    (rises, logarithms.map(|loss| f64::from(loss.max(f32::MIN_POSITIVE)).ln()).sum())
}

/// Statistics over many held-out tasks; index k is the inner step.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Statistics {
    /// How many tasks.
    pub tasks: usize,
    /// The inner rate used; `None` where the algorithm learned its own.
    pub inner_rate: Option<f64>,
    /// Mean query loss.
    pub loss: Vec<f64>,
    /// Half the width of the mean's 95 % confidence interval (normal approximation).
    pub loss_interval: Vec<f64>,
    /// Median query loss.
    pub loss_median: Vec<f64>,
    /// Share of tasks whose loss is not finite or above ten times their loss before adaptation.
    pub diverged_share: Vec<f64>,
    /// Mean peak signal-to-noise ratio in dB, for pictures.
    pub psnr: Option<Vec<f64>>,
    /// The mean of what answers are judged by, by the name of its [`Score`]; empty for other tasks.
    #[serde(flatten)]
    pub scores: BTreeMap<&'static str, Vec<f64>>,
    /// For classes the mean query loss again, which is that of the flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_loss: Option<Vec<f64>>,
    /// What is said of the samples of each class after the last step, mean over the classes.
    #[serde(flatten)]
    pub marks: Option<Marks>,
}

impl Statistics {
    /// With what was said of each task's samples (nothing but for classes).
    #[must_use]
    pub fn with_marks(self, marks: &[Marks]) -> Self {
        let flow_loss = (!marks.is_empty()).then(|| self.loss.clone());
        Self { flow_loss, marks: Marks::mean(marks), ..self }
    }

    /// With each task's scores at each step.
    #[must_use]
    pub fn with_scores(self, scores: &[Vec<f32>], score: Option<Score>) -> Self {
        let at = |k: usize| scores.iter().map(|task| f64::from(task[k])).sum::<f64>() / scores.len() as f64;
        let steps = scores.iter().map(Vec::len).min().unwrap_or(0);
        let mean = || (0..steps).map(at).collect();
        Self { scores: score.filter(|_| steps > 0).map(|score| (score.id, mean())).into_iter().collect(), ..self }
    }

    /// From each task's query losses.
    pub fn new(losses: &[Vec<f32>], inner_rate: Option<f64>, picture: bool) -> Self {
        let steps = losses.first().map_or(0, Vec::len);
        let tasks = losses.len().max(1) as f64;
        let at = |k: usize| losses.iter().map(move |task| f64::from(task[k]));
        let mean = |k: usize| at(k).sum::<f64>() / tasks;
        let each = |statistic: &dyn Fn(usize) -> f64| (0..steps).map(statistic).collect::<Vec<f64>>();
        Self {
            tasks: losses.len(),
            inner_rate,
            loss: each(&mean),
            loss_interval: each(&|k| {
                let variance = at(k).map(|loss| (loss - mean(k)).powi(2)).sum::<f64>() / (tasks - 1.0).max(1.0);
                1.96 * (variance / tasks).sqrt()
            }),
            loss_median: each(&|k| median(at(k).collect())),
            diverged_share: each(&|k| {
                let diverged = losses.iter().filter(|task| !task[k].is_finite() || task[k] > 10.0 * task[0]);
                diverged.count() as f64 / tasks
            }),
            psnr: picture.then(|| each(&|k| at(k).map(|loss| f64::from(psnr(loss as f32))).sum::<f64>() / tasks)),
            scores: BTreeMap::new(),
            flow_loss: None,
            marks: None,
        }
    }
}

/// A loss as it is kept: infinite where it overflowed.
pub(super) fn honest(loss: f32) -> f32 {
    if loss.is_nan() { f32::INFINITY } else { loss }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_overshoots_on_the_way_is_no_baseline() {
        let calm = [vec![4.0, 3.0, 2.0], vec![2.0, 1.0, 1.0]];
        let leap = [vec![4.0, 9.0, 0.1], vec![2.0, 3.0, 0.1]];
        let [calm, leap] = [verdict(&calm), verdict(&leap)];
        assert!(!calm.0 && leap.0 && leap.1 < calm.1, "{calm:?} {leap:?}");
        assert!((calm.1 - 6f64.ln()).abs() < 1e-6);
        assert!(verdict(&[vec![1.0, f32::INFINITY]]).0);
    }

    #[test]
    fn statistics_of_a_known_sample() {
        let losses = [vec![1.0, 0.1], vec![2.0, 0.2], vec![3.0, f32::INFINITY], vec![0.5, 5.5]];
        let statistics = Statistics::new(&losses, Some(0.1), true);
        assert_eq!(statistics.loss[0], 1.625);
        assert_eq!(statistics.loss_median[0], 1.5);
        assert_eq!(statistics.diverged_share, [0.0, 0.5]);
        assert!(statistics.loss[1].is_infinite());
        assert!((f64::from(psnr(0.01)) - 20.0).abs() < 1e-5);
    }
}
