//! How the learned start compares over the same tasks: with another start, with what needs no learning, or with the
//! learned start of another run.

use super::probes::{Evaluation, Init, ProbeTask};
use crate::text::say;

/// What starts are compared by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum By {
    /// Peak signal-to-noise ratio.
    Decibels,
    /// A share, in percent.
    Points(&'static str),
    /// The logarithm of the loss.
    Loss,
}

/// What the learned start has to be better than.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rival {
    /// Another start.
    Start(Init),
    /// What is reached without learning: its column of what is known of each task.
    Unlearned(usize),
}

impl Rival {
    /// All that an evaluation has.
    pub fn all(evaluation: &Evaluation) -> impl Iterator<Item = Self> {
        let given = evaluation.tasks.first().map_or(&[][..], |task| &task.given[..]);
        let unlearned = given.iter().enumerate().filter(|(_, given)| !given.reaches.is_empty());
        let starts = [Init::Random, Init::Joint].map(Self::Start);
        starts.into_iter().chain(unlearned.map(|(column, _)| Self::Unlearned(column)))
    }
}

/// By how much the learned start is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lead {
    /// What is compared.
    pub by: By,
    /// The mean difference; for losses of their negative logarithms.
    pub mean: f64,
    /// Half of the 95 % interval of the mean.
    pub half: f64,
}

impl Lead {
    /// Of these values, one for each task.
    fn of(pairs: impl Iterator<Item = Option<(By, f64)>>) -> Option<Self> {
        let pairs = pairs.collect::<Option<Vec<_>>>()?;
        let (by, count) = (pairs.first()?.0, pairs.len() as f64);
        let mean = pairs.iter().map(|(_, difference)| difference).sum::<f64>() / count;
        let square = pairs.iter().map(|(_, difference)| (difference - mean).powi(2)).sum::<f64>();
        let half = if pairs.len() < 2 { 0.0 } else { student(pairs.len()) * (square / (count - 1.0) / count).sqrt() };
        mean.is_finite().then_some(Self { by, mean, half })
    }

    /// The learned start of an evaluation against a rival; `None` where there is nothing finite to compare.
    pub fn over(evaluation: &Evaluation, rival: Rival) -> Option<Self> {
        Self::of(evaluation.tasks.iter().map(|task| {
            let (by, learned) = merit(task, Init::Learned)?;
            let other = match rival {
                Rival::Start(init) => merit(task, init)?.1,
                Rival::Unlearned(column) => {
                    let (_, reached) = task.given.get(column)?.reaches.first()?;
                    f64::from(*reached) * if by == By::Decibels { 1.0 } else { 100.0 }
                }
            };
            Some((by, learned - other))
        }))
    }

    /// The learned start of one run against that of another one; `None` where one of them was measured before a knob was
    /// turned that the other one was measured after.
    pub fn between(first: &Evaluation, second: &Evaluation) -> Option<Self> {
        if first.deeds != second.deeds {
            return None;
        }
        Self::of(first.tasks.iter().zip(&second.tasks).map(|(left, right)| {
            let same = left.traces[0].query_loss.len() == right.traces[0].query_loss.len();
            let [(by, one), (other_by, other)] = [merit(left, Init::Learned)?, merit(right, Init::Learned)?];
            (same && by == other_by).then_some((by, one - other))
        }))
    }

    /// Whether the difference is clear of its interval.
    pub fn is_clear(&self) -> bool {
        self.mean.abs() > self.half
    }
}

/// The quantile of Student's t for so many values that 95 % lie within.
fn student(values: usize) -> f64 {
    const QUANTILES: [f64; 9] = [12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26];
    QUANTILES.get(values.saturating_sub(2)).copied().unwrap_or(2.23)
}

/// How good a task is done after the last step; more is better.
fn merit(task: &ProbeTask, init: Init) -> Option<(By, f64)> {
    let trace = &task.traces[init as usize];
    if let Some(psnr) = &trace.psnr {
        return Some((By::Decibels, f64::from(*psnr.last()?)));
    }
    if let (Some(name), Some(score)) = (task.score, trace.scores.last()) {
        return Some((By::Points(name.get()), 100.0 * f64::from(*score)));
    }
    if let Some(marks) = trace.marks {
        return Some((By::Points(say("recognised", "被识别")), 100.0 * marks.recognised_held_out));
    }
    let loss = f64::from(*trace.query_loss.last()?);
    (loss > 0.0).then(|| (By::Loss, -loss.ln()))
}
