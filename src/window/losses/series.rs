//! Which curves there are, how they look, and their points made ready for drawing: thinned,
//! logarithmic, smoothed.

use egui::Color32;
use egui_plot::PlotPoint;

use crate::train::snapshot::{Curve, Curves};
use crate::window::theme::Palette;

/// Points that a line has at most.
pub const MOST_POINTS: usize = 2000;

/// Points that a smoothed line has at most: enough for its shape, few enough for clean dashes.
const MOST_SMOOTH_POINTS: usize = 300;

/// The smallest loss that is told from zero.
const FLOOR: f64 = 1e-12;

/// One entry of the legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// Training tasks before adaptation.
    TrainingBefore,
    /// Training tasks after it.
    TrainingAfter,
    /// Held-out tasks before adaptation.
    HeldOutBefore,
    /// Held-out tasks after it.
    HeldOutAfter,
    /// Held-out tasks after adaptation from a random init.
    Random,
    /// Held-out tasks after adaptation from joint pretraining.
    Joint,
    /// One thin line for each held-out task.
    EachTask,
}

impl Series {
    /// Every entry, in the order of the legend.
    pub const ALL: [Self; 7] = [
        Self::TrainingBefore,
        Self::TrainingAfter,
        Self::HeldOutBefore,
        Self::HeldOutAfter,
        Self::Random,
        Self::Joint,
        Self::EachTask,
    ];

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::TrainingBefore => "training before",
            Self::TrainingAfter => "training after",
            Self::HeldOutBefore => "held-out before",
            Self::HeldOutAfter => "held-out after",
            Self::Random => "random init",
            Self::Joint => "joint pretraining",
            Self::EachTask => "each task",
        }
    }

    /// One sentence: what the curve is.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::TrainingBefore => {
                "Query loss of the meta-batch before adaptation; it may rise while the loss after falls"
            }
            Self::TrainingAfter => "Query loss of the meta-batch after K inner steps: what meta-training lowers",
            Self::HeldOutBefore => "Query loss of the held-out tasks before adaptation",
            Self::HeldOutAfter => "Query loss of the held-out tasks after the test-time steps: what counts",
            Self::Random => "Held-out tasks after the same steps from random parameters",
            Self::Joint => "Held-out tasks after the same steps from parameters trained on all tasks at once",
            Self::EachTask => "One thin line for each held-out task after adaptation",
        }
    }

    /// Colour, width, and whether the line is dashed.
    pub fn look(self, palette: &Palette) -> (Color32, f32, bool) {
        match self {
            Self::TrainingBefore => (palette.initial, 1.2, true),
            Self::TrainingAfter => (palette.adapted.gamma_multiply(0.75), 1.2, false),
            Self::HeldOutBefore => (palette.initial, 2.0, true),
            Self::HeldOutAfter => (palette.adapted, 2.4, false),
            Self::Random => (palette.random, 1.6, false),
            Self::Joint => (palette.joint, 1.6, false),
            Self::EachTask => (palette.adapted.gamma_multiply(0.35), 1.0, false),
        }
    }

    /// The curves of this entry.
    pub fn curves(self, curves: &Curves) -> &[Curve] {
        let one = std::slice::from_ref;
        match self {
            Self::TrainingBefore => one(&curves.training_before),
            Self::TrainingAfter => one(&curves.training_after),
            Self::HeldOutBefore => one(&curves.held_out_before),
            Self::HeldOutAfter => one(&curves.held_out_after),
            Self::Random => one(&curves.random_after),
            Self::Joint => one(&curves.joint_after),
            Self::EachTask => &curves.held_out_tasks,
        }
    }
}

/// A curve ready for drawing; y is log10 of the loss.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    /// As measured, thinned.
    pub raw: Vec<PlotPoint>,
    /// The moving average.
    pub smooth: Vec<PlotPoint>,
}

/// Thins and smooths a curve. `window` is the number of meta-iterations that an average looks back;
/// below 1 nothing is smoothed. Values that are not finite are left out.
pub fn prepare(curve: &Curve, window: f64) -> Prepared {
    let finite: Vec<(f64, f64)> = curve
        .points
        .iter()
        .filter(|point| point.mean.is_finite())
        .map(|point| (point.at, f64::from(point.mean).max(FLOOR)))
        .collect();
    let thinned = thin(&finite, MOST_POINTS);
    let raw: Vec<PlotPoint> = thinned.iter().map(|&(at, loss)| PlotPoint::new(at, loss.log10())).collect();
    let smooth = if window < 1.0 { raw.clone() } else { every_nth(average(&thinned, window), MOST_SMOOTH_POINTS) };
    Prepared { raw, smooth }
}

/// At most `most` points, each the mean of its neighbours.
fn thin(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    let group = points.len().div_ceil(most).max(1);
    points
        .chunks(group)
        .map(|group| (group[group.len() / 2].0, group.iter().map(|point| point.1).sum::<f64>() / group.len() as f64))
        .collect()
}

/// At most about `most` of the points, always with the first and the last one.
fn every_nth(points: Vec<PlotPoint>, most: usize) -> Vec<PlotPoint> {
    let (step, last) = (points.len().div_ceil(most).max(1), points.len().saturating_sub(1));
    points
        .into_iter()
        .enumerate()
        .filter(|(index, _)| index % step == 0 || *index == last)
        .map(|(_, point)| point)
        .collect()
}

/// Exponential average over meta-iterations that starts without a bias.
fn average(points: &[(f64, f64)], window: f64) -> Vec<PlotPoint> {
    let (mut sum, mut weight) = (0.0, 0.0);
    let mut before: Option<f64> = None;
    points
        .iter()
        .map(|&(at, loss)| {
            let keep = before.map_or(0.0, |before| (-(at - before).max(0.0) / window).exp());
            sum = sum * keep + loss.log10();
            weight = weight * keep + 1.0;
            before = Some(at);
            PlotPoint::new(at, sum / weight)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::snapshot::CurvePoint;

    fn curve(losses: impl Iterator<Item = f32>) -> Curve {
        let points =
            losses.enumerate().map(|(at, mean)| CurvePoint { at: at as f64, mean, min: mean, max: mean }).collect();
        Curve { points }
    }

    #[test]
    fn long_curves_are_thinned() {
        let prepared = prepare(&curve((0..9001).map(|_| 0.1)), 50.0);
        assert!(prepared.raw.len() <= MOST_POINTS && prepared.raw.len() > MOST_POINTS / 2);
        assert!(prepared.smooth.len() <= MOST_SMOOTH_POINTS + 1);
        assert_eq!(prepared.smooth.first().map(|point| point.x), prepared.raw.first().map(|point| point.x));
        assert_eq!(prepared.smooth.last().map(|point| point.x), prepared.raw.last().map(|point| point.x));
        assert!(prepared.smooth.iter().all(|point| (point.y + 1.0).abs() < 1e-6));
    }

    #[test]
    fn overflow_and_zero_are_survived() {
        let prepared = prepare(&curve([0.0, f32::NAN, f32::INFINITY, 1.0].into_iter()), 10.0);
        assert_eq!(prepared.raw.len(), 2);
        assert!(prepared.smooth.iter().all(|point| point.y.is_finite()));
        assert!(prepare(&Curve::default(), 10.0).raw.is_empty());
    }

    #[test]
    fn the_average_starts_at_the_first_value_and_lags() {
        let prepared = prepare(&curve((0..100).map(|at| if at < 50 { 1.0 } else { 0.01 })), 10.0);
        assert_eq!(prepared.smooth[0].y, 0.0);
        assert!(prepared.smooth[55].y > -1.5 && prepared.smooth[99].y < -1.9);
    }
}
