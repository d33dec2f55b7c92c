//! From numbers to what is drawn of one task.

use std::sync::Arc;

use ndarray::Array2;

use crate::maths::network::{Network, Workspace};
use crate::meta::Learner;
use crate::tasks::{Family, Gallery, Given, HeldOut};
use crate::train::evaluation::{Measured, Start, psnr};
use crate::train::snapshot::{Output, ProbeTask, Trace};

/// A task and its adaptations, as they are drawn.
pub(super) fn probe_task(
    family: &Family,
    task: &HeldOut,
    measured: &[Measured; 3],
    starts: &[Start<'_>; 3],
    gallery: Option<Arc<Gallery>>,
) -> ProbeTask {
    let is_picture = matches!(task.given, Given::Picture { .. });
    ProbeTask {
        name: task.name.clone(),
        given: task.given.clone(),
        gallery,
        traces: std::array::from_fn(|i| Trace {
            inner_rate: shown_rate(starts[i]),
            support_loss: measured[i].support_loss.clone(),
            query_loss: measured[i].query_loss.clone(),
            psnr: is_picture.then(|| measured[i].query_loss.iter().map(|&loss| psnr(loss)).collect()),
            marks: measured[i].marks,
            scores: measured[i].answers.iter().map(|answer| answer.score()).collect(),
            outputs: if measured[i].answers.is_empty() {
                measured[i].outputs.iter().map(|output| draw(family, output)).collect()
            } else {
                measured[i].answers.iter().cloned().map(Output::Answer).collect()
            },
        }),
    }
}

fn draw(family: &Family, output: &Array2<f32>) -> Output {
    match family {
        Family::Picture(pictures) => Output::Picture(Arc::new(pictures.draw(output))),
        Family::Class(classes) => Output::Picture(Arc::new(classes.draw(output))),
        _ => Output::Values(output.iter().copied().collect()),
    }
}

/// Further looks at a task's adaptation. Pictures are mixed with the `next` task's.
pub(super) fn gallery(
    family: &Family,
    network: &Network,
    [task, next]: [&HeldOut; 2],
    [learned, other]: [&Measured; 2],
) -> Option<Arc<Gallery>> {
    let work = &mut Workspace::default();
    match family {
        Family::Class(classes) => {
            let (theta, samples) = (learned.thetas.last()?, learned.outputs.last()?);
            classes.gallery(network, theta, task, samples.view(), work).map(Arc::new)
        }
        Family::Picture(pictures) => {
            let between = pictures.between(network, [learned.thetas.last()?, other.thetas.last()?], work)?;
            let ends = [task, next].map(|task| task.name.clone());
            Some(Arc::new(Gallery { way: None, nearest: None, between: Arc::new(between), ends }))
        }
        _ => None,
    }
}

/// α, or the median of the learned rates where there are any.
fn shown_rate(start: Start<'_>) -> f64 {
    let learner: &Learner = start.learner;
    if !learner.algorithm().learns_rates() {
        return start.inner_rate;
    }
    let mut rates = learner.rates(start.meta, start.inner_rate);
    rates.sort_by(f32::total_cmp);
    rates.get(rates.len() / 2).map_or(start.inner_rate, |&rate| f64::from(rate))
}
