//! How single values are read from a snapshot.

use super::{Arguments, Reading};
use crate::tasks::judge::Marks;
use crate::train::snapshot::{Curve, Heights, Init, Panel, Snapshot, Trace};

/// The mean over the probe tasks of a value of one start, or how it compares with that of another one.
pub(super) fn start(
    run: &Snapshot,
    asked: &Arguments,
    of: fn(&Trace, Option<usize>) -> Option<f64>,
    compare: fn(f64, f64) -> f64,
) -> Option<Reading> {
    let evaluation = run.evaluation.as_ref()?;
    let mean = |init: Init| {
        let values = evaluation.tasks.iter().map(|task| of(&task.traces[init as usize], asked.step));
        let values = values.collect::<Option<Vec<f64>>>()?;
        Some(values.iter().sum::<f64>() / values.len() as f64)
    };
    let own = mean(asked.init())?;
    let value = match asked.over {
        Some(other) => compare(own, mean(other)?),
        None => own,
    };
    Some(Reading { value, at: evaluation.meta_iteration })
}

fn at(values: &[f32], step: Option<usize>) -> Option<f64> {
    let step = step.or(values.len().checked_sub(1))?;
    values.get(step).map(|value| f64::from(*value))
}

pub(super) fn loss(trace: &Trace, step: Option<usize>) -> Option<f64> {
    at(&trace.query_loss, step)
}

pub(super) fn psnr(trace: &Trace, step: Option<usize>) -> Option<f64> {
    at(trace.psnr.as_ref()?, step)
}

pub(super) fn score(trace: &Trace, step: Option<usize>) -> Option<f64> {
    at(&trace.scores, step)
}

pub(super) fn last(curve: &Curve) -> Option<Reading> {
    curve.points.last().map(|point| Reading { value: f64::from(point.mean), at: point.at as u64 })
}

pub(super) fn over_least(curve: &Curve) -> Option<Reading> {
    let now = last(curve)?;
    let least = curve.points.iter().map(|point| f64::from(point.mean)).fold(f64::INFINITY, f64::min);
    Some(Reading { value: now.value / least, ..now })
}

/// The mean cosine between the directions of any two tasks.
pub(super) fn agreement(run: &Snapshot) -> Option<Reading> {
    let found = run.closeups.outer_step.as_ref()?;
    let rows = found.dissection.cosines.iter().enumerate();
    let pairs = rows.flat_map(|(row, cosines)| cosines[..row.min(cosines.len())].iter().copied());
    let pairs = pairs.collect::<Option<Vec<f64>>>().filter(|pairs| !pairs.is_empty())?;
    Some(Reading { value: pairs.iter().sum::<f64>() / pairs.len() as f64, at: found.meta_iteration })
}

/// After how many steps the mean query loss is least.
pub(super) fn best_step(run: &Snapshot, init: Init) -> Option<Reading> {
    let found = run.closeups.test_steps.as_ref().filter(|found| found.complete)?;
    let losses = found.adapted[init as usize].mean_query.iter().enumerate();
    let (step, _) = losses.filter(|(_, loss)| loss.is_finite()).min_by(|one, other| one.1.total_cmp(other.1))?;
    Some(Reading { value: step as f64, at: found.meta_iteration })
}

/// The mean query loss after a step, over the least of all steps.
pub(super) fn overshoot(run: &Snapshot, init: Init, step: Option<usize>) -> Option<Reading> {
    let found = run.closeups.test_steps.as_ref().filter(|found| found.complete)?;
    let losses = &found.adapted[init as usize].mean_query;
    let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
    let now = losses.get(step.or(losses.len().checked_sub(1))?)?;
    Some(Reading { value: now / least, at: found.meta_iteration })
}

/// The layer, from 1, that adaptation moves most for its length.
pub(super) fn most_moved(run: &Snapshot, init: Init) -> Option<Reading> {
    let evaluation = run.evaluation.as_ref()?;
    let layers = evaluation.movement.iter().map(|layer| layer.relative[init as usize]).enumerate();
    let (layer, _) = layers.max_by(|one, other| one.1.total_cmp(&other.1))?;
    Some(Reading { value: layer as f64 + 1.0, at: evaluation.meta_iteration })
}

/// The layer, from 1, whose weights have the greatest or the least learned rate in the first row of rates; and that rate.
pub(super) fn layer_by_rate(run: &Snapshot, before: fn(f64, f64) -> bool) -> Option<(Reading, f64)> {
    let evaluation = run.evaluation.as_ref()?;
    let rates = evaluation.rates.first()?;
    let weights = evaluation.tensors.iter().zip(rates).filter_map(|(name, rate)| {
        let layer: f64 = name.strip_prefix('W')?.parse().ok()?;
        Some((layer, rate.rate))
    });
    let (layer, rate) = weights.reduce(|one, other| if before(other.1, one.1) { other } else { one })?;
    Some((Reading { value: layer, at: evaluation.meta_iteration }, rate))
}

/// How large the curve is that the network draws, for how large the true one is: both are root mean squares.
pub(super) fn size(trace: &Trace, step: Option<usize>) -> Option<f64> {
    let outputs = &trace.outputs;
    let Panel::Curve { truth, fitted, .. } = outputs.get(step.or(outputs.len().checked_sub(1))?)? else { return None };
    let square = |values: &[f32]| values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>();
    Some((square(fitted.as_deref()?) / square(truth)).sqrt())
}

/// The height of the map of mean losses after adaptation at the place that a hand chose, over the least on it.
pub(super) fn adapted_over_least(run: &Snapshot) -> Option<Reading> {
    let map = run.landscape.as_ref().filter(|map| map.map.heights == Heights::Adapted)?;
    let [x, y] = run.closeups.tried.as_ref()?.at?;
    let rows = map.loss.len() / map.columns.max(1);
    let cell = |[low, high]: [f64; 2], at: f64, cells: usize| {
        let place = ((at - low) / (high - low) * (cells - 1) as f64).round();
        (0.0..cells as f64).contains(&place).then_some(place as usize)
    };
    let height = map.loss.get(cell(map.y, y, rows)? * map.columns + cell(map.x, x, map.columns)?)?;
    let least = map.loss.iter().copied().fold(f32::INFINITY, f32::min);
    Some(Reading { value: f64::from(height / least), at: map.meta_iteration })
}

/// The mean over the probe tasks of what is said of one start's drawings.
pub(super) fn marks(run: &Snapshot, init: Init, of: fn(&Marks) -> f64) -> Option<Reading> {
    let evaluation = run.evaluation.as_ref()?;
    let marks = evaluation.tasks.iter().map(|task| task.traces[init as usize].marks.as_ref().map(of));
    let marks = marks.collect::<Option<Vec<f64>>>().filter(|marks| !marks.is_empty())?;
    Some(Reading { value: marks.iter().sum::<f64>() / marks.len() as f64, at: evaluation.meta_iteration })
}
