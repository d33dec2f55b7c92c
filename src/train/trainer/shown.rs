//! From numbers to what is drawn of one task.

use std::sync::Arc;

use crate::maths::network::{Network, Workspace};
use crate::meta::Learner;
use crate::tasks::{Adapted, HeldOut, Sheet};
use crate::train::evaluation::{Measured, Start, psnr};
use crate::train::shown::{ProbeTask, Trace};

/// A task and its adaptations, as they are drawn; `decibels` says whether losses are told in dB.
pub(super) fn probe_task(
    task: &HeldOut,
    measured: &[Measured; 3],
    starts: &[Start<'_>; 3],
    gallery: Option<Arc<[Sheet]>>,
    decibels: bool,
) -> ProbeTask {
    ProbeTask {
        name: task.name.clone(),
        given: task.given.clone().into(),
        choices: task.choices.clone(),
        shots: task.reading.known().map(|known| known.support.len()),
        score: task.reading.score(),
        gallery,
        traces: std::array::from_fn(|i| Trace {
            inner_rate: shown_rate(starts[i]),
            support_loss: measured[i].support_loss.clone(),
            query_loss: measured[i].query_loss.clone(),
            psnr: decibels.then(|| measured[i].query_loss.iter().map(|&loss| psnr(loss)).collect()),
            marks: measured[i].marks,
            scores: measured[i].reads.iter().filter_map(|read| read.score).collect(),
            outputs: measured[i].reads.iter().map(|read| read.panel.clone()).collect(),
        }),
    }
}

/// Further looks at a task's adaptation, beside the `next` task's.
pub(super) fn gallery(network: &Network, tasks: [&HeldOut; 2], measured: [&Measured; 2]) -> Option<Arc<[Sheet]>> {
    let adapted = |i: usize| {
        let (theta, outputs) = (measured[i].thetas.last()?, measured[i].outputs.last()?);
        Some(Adapted { task: tasks[i], theta, outputs: outputs.view() })
    };
    let work = &mut Workspace::default();
    Some(tasks[0].reading.gallery(network, adapted(0)?, adapted(1)?, work)?.into())
}

/// α, or the median of the learned rates where there are any.
pub(super) fn shown_rate(start: Start<'_>) -> f64 {
    let learner: &Learner = start.learner;
    if !learner.algorithm().learns_rates() {
        return start.inner_rate;
    }
    let mut rates = learner.rates(start.meta, start.inner_rate);
    rates.sort_by(f32::total_cmp);
    rates.get(rates.len() / 2).map_or(start.inner_rate, |&rate| f64::from(rate))
}
