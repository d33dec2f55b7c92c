//! Which curves there are, how they look, and their points made ready for drawing: in columns,
//! logarithmic, smoothed.

use egui::Color32;
use egui_plot::PlotPoint;

use super::grid::FLOOR;
use crate::text::say;
use crate::train::snapshot::{Curve, Curves, Init};
use crate::window::theme::Palette;

/// Columns that the axis of meta-iterations is divided into: enough for a curve's shape, few enough
/// for a quick frame.
const COLUMNS: usize = 128;

/// The same for dashed lines, each dash of which is a shape of its own.
const DASHED_COLUMNS: usize = 72;

/// The same for the many thin lines.
const FEW_COLUMNS: usize = 40;

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

    /// The entry that stands for what an initialisation gives after adaptation.
    pub fn after(init: Init) -> Self {
        match init {
            Init::Learned => Self::HeldOutAfter,
            Init::Random => Self::Random,
            Init::Joint => Self::Joint,
        }
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::TrainingBefore => say("training tasks, before", "训练任务（适应前）"),
            Self::TrainingAfter => say("training tasks", "训练任务"),
            Self::HeldOutBefore => say("before adaptation", "适应之前"),
            Self::HeldOutAfter => Init::Learned.name(),
            Self::Random => Init::Random.name(),
            Self::Joint => Init::Joint.name(),
            Self::EachTask => say("each task", "每个任务"),
        }
    }

    /// One sentence: what the curve is.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::TrainingBefore => say(
                "Query loss of the meta-batch before adaptation; it may rise while the loss after falls",
                "元批次在适应前的查询损失；适应后的损失下降时，它可能上升",
            ),
            Self::TrainingAfter => say(
                "Query loss of the meta-batch after K inner steps: what meta-training lowers",
                "元批次经过 K 个内循环步后的查询损失：元训练降低的就是它",
            ),
            Self::HeldOutBefore => {
                say("Query loss of the held-out tasks before adaptation", "留出任务在适应前的查询损失")
            }
            Self::HeldOutAfter => say(
                "Query loss of the held-out tasks after the test-time steps: what counts",
                "留出任务经过测试时步数后的查询损失：真正要看的就是它",
            ),
            Self::Random => say(
                "Held-out tasks after the same steps from random parameters",
                "从随机参数出发，经过同样步数后的留出任务",
            ),
            Self::Joint => say(
                "Held-out tasks after the same steps from parameters trained on all tasks at once",
                "从在所有任务上同时训练的参数出发，经过同样步数后的留出任务",
            ),
            Self::EachTask => {
                say("One thin line for each held-out task after adaptation", "适应后每个留出任务各一条细线")
            }
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

    /// Columns that its curves are divided into.
    pub fn columns(self) -> usize {
        match self {
            Self::TrainingBefore | Self::HeldOutBefore => DASHED_COLUMNS,
            Self::EachTask => FEW_COLUMNS,
            _ => COLUMNS,
        }
    }

    /// Whether what was measured is drawn behind the average.
    pub fn draws_raw(self) -> bool {
        self != Self::EachTask
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
    /// As measured.
    pub raw: Raw,
    /// The moving average.
    pub smooth: Vec<PlotPoint>,
}

/// What was measured: every point while they are few, later the range that they fill.
#[derive(Clone, Debug)]
pub enum Raw {
    /// One point for each measurement.
    Points(Vec<PlotPoint>),
    /// Smallest and largest loss in each column: x, low, high.
    Band(Vec<[f64; 3]>),
}

impl Default for Raw {
    fn default() -> Self {
        Self::Points(Vec::new())
    }
}

/// Measurements that fall into one column.
#[derive(Clone, Copy)]
struct Column {
    at: f64,
    /// Meta-iterations that they stand for.
    weight: f64,
    /// Of the logarithms.
    mean: f64,
    /// Of the losses themselves, so that one logarithm for all of them is enough.
    low: f32,
    high: f32,
}

impl Column {
    fn range(&self) -> [f64; 3] {
        let [low, high] = [self.low, self.high].map(|loss| f64::from(loss).log10());
        [self.at, low, high]
    }
}

/// A column while measurements fall into it.
struct Filling {
    /// Where the next column begins.
    end: f64,
    /// Weighted.
    at_sum: f64,
    weight: f64,
    logarithms: LogarithmSum,
    low: f32,
    high: f32,
}

impl Filling {
    fn column(self) -> Column {
        let Self { at_sum, weight, logarithms, low, high, .. } = self;
        Column { at: at_sum / weight, weight, mean: logarithms.total() / weight, low, high }
    }
}

/// A weighted sum of logarithms, of which one is taken for many values: that of their product.
struct LogarithmSum {
    sum: f64,
    product: f64,
    weight: f64,
}

impl LogarithmSum {
    /// Products between these have room for any other loss.
    const ROOM: std::ops::Range<f64> = 1e-200..1e200;

    fn new() -> Self {
        Self { sum: 0.0, product: 1.0, weight: 0.0 }
    }

    fn add(&mut self, value: f32, weight: f64) {
        if weight != self.weight || !Self::ROOM.contains(&self.product) {
            *self = Self { sum: self.total(), product: 1.0, weight };
        }
        self.product *= f64::from(value);
    }

    fn total(&self) -> f64 {
        self.sum + self.weight * self.product.log10()
    }
}

/// Divides a curve that reaches to `last` into at most `columns` columns and smooths it. `window` is
/// the number of meta-iterations that an average looks back; below 1 nothing is smoothed. Values
/// that are not finite are left out.
pub fn prepare(curve: &Curve, last: f64, window: f64, columns: usize) -> Prepared {
    let columns = divide(curve, last, columns);
    let raw = match &columns {
        Columns::Single(columns) => Raw::Points(means(columns)),
        Columns::Filled(columns) => Raw::Band(columns.iter().map(Column::range).collect()),
    };
    Prepared { raw, smooth: smooth(columns, window) }
}

/// The same without what was measured.
pub fn prepare_smooth(curve: &Curve, last: f64, window: f64, columns: usize) -> Prepared {
    Prepared { raw: Raw::default(), smooth: smooth(divide(curve, last, columns), window) }
}

/// A curve in columns.
enum Columns {
    /// Each has a measurement of its own.
    Single(Vec<Column>),
    /// Each has all that fall into it.
    Filled(Vec<Column>),
}

fn divide(curve: &Curve, last: f64, columns: usize) -> Columns {
    let finite = curve.points.iter().filter(|point| point.mean.is_finite());
    let width = last.max(1.0) / columns as f64;
    let divide = curve.points.len() > columns;
    let (mut filled, mut before): (Vec<Column>, Option<f64>) = (Vec::new(), None);
    let mut filling: Option<Filling> = None;
    for point in finite {
        // History keeps one point for many old meta-iterations and one for each recent one.
        let weight = before.map_or(1.0, |before| (point.at - before).max(1e-9));
        before = Some(point.at);
        if let Some(full) = filling.take_if(|filling| !divide || point.at >= filling.end) {
            filled.push(full.column());
        }
        let [mean, low, high] = [point.mean, point.min, point.max].map(|loss| loss.max(FLOOR as f32));
        let column = filling.get_or_insert_with(|| {
            let end = width * ((point.at / width).floor() + 1.0);
            Filling { end, at_sum: 0.0, weight: 0.0, logarithms: LogarithmSum::new(), low, high }
        });
        column.at_sum += weight * point.at;
        column.weight += weight;
        column.logarithms.add(mean, weight);
        (column.low, column.high) = (column.low.min(low), column.high.max(high));
    }
    filled.extend(filling.map(Filling::column));
    // The line ends where the measurements do.
    if let (Some(column), Some(end)) = (filled.last_mut(), before) {
        column.at = end;
    }
    if divide { Columns::Filled(filled) } else { Columns::Single(filled) }
}

fn means(columns: &[Column]) -> Vec<PlotPoint> {
    columns.iter().map(|column| PlotPoint::new(column.at, column.mean)).collect()
}

fn smooth(columns: Columns, window: f64) -> Vec<PlotPoint> {
    let (Columns::Single(columns) | Columns::Filled(columns)) = columns;
    if window < 1.0 { means(&columns) } else { average(&columns, window) }
}

/// Exponential average over meta-iterations that starts without a bias.
fn average(columns: &[Column], window: f64) -> Vec<PlotPoint> {
    let (mut sum, mut total) = (0.0, 0.0);
    let mut before: Option<f64> = None;
    columns
        .iter()
        .map(|column| {
            let keep = before.map_or(0.0, |before| (-(column.at - before).max(0.0) / window).exp());
            sum = sum * keep + column.weight * column.mean;
            total = total * keep + column.weight;
            before = Some(column.at);
            PlotPoint::new(column.at, sum / total)
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

    fn band(prepared: &Prepared) -> &[[f64; 3]] {
        match &prepared.raw {
            Raw::Band(band) => band,
            Raw::Points(_) => &[],
        }
    }

    #[test]
    fn long_curves_become_columns_with_their_range() {
        let noisy = curve((0..9001).map(|at| if at % 2 == 0 { 0.1 } else { 0.001 }));
        let prepared = prepare(&noisy, 9000.0, 90.0, COLUMNS);
        let band = band(&prepared);
        assert!(band.len() <= COLUMNS + 1 && band.len() >= COLUMNS);
        assert!(band.iter().rev().skip(1).all(|[_, low, high]| (low + 3.0).abs() < 1e-6 && (high + 1.0).abs() < 1e-6));
        assert!(prepared.smooth.iter().skip(1).all(|point| (point.y + 2.0).abs() < 0.05));
        assert_eq!(prepared.smooth.last().map(|point| point.x), Some(9000.0));
        assert_eq!(prepare_smooth(&noisy, 9000.0, 90.0, COLUMNS).smooth, prepared.smooth);
    }

    #[test]
    fn thinned_and_recent_points_weigh_as_much_as_they_stand_for() {
        let old = (1..=100).map(|at| CurvePoint { at: f64::from(at) * 100.0, mean: 0.1, min: 0.01, max: 1.0 });
        let recent = (10_001..=10_500).map(|at| CurvePoint { at: f64::from(at), mean: 0.1, min: 0.1, max: 0.1 });
        let prepared = prepare(&Curve { points: old.chain(recent).collect() }, 10_500.0, 0.0, 10);
        let band = band(&prepared);
        // The last column holds 5 old points and 500 recent ones: half of its meta-iterations each.
        assert!((band[9][1] + 2.0).abs() < 1e-6 && band[9][2] == 0.0);
        assert!(prepared.smooth.iter().all(|point| (point.y + 1.0).abs() < 1e-6));
    }

    #[test]
    fn overflow_and_zero_are_survived() {
        let prepared = prepare(&curve([0.0, f32::NAN, f32::INFINITY, 1.0].into_iter()), 3.0, 10.0, COLUMNS);
        assert!(matches!(&prepared.raw, Raw::Points(points) if points.len() == 2));
        assert!(prepared.smooth.iter().all(|point| point.y.is_finite()));
        assert!(prepare(&Curve::default(), 0.0, 10.0, COLUMNS).smooth.is_empty());
    }

    #[test]
    fn the_average_starts_at_the_first_value_and_lags() {
        let prepared = prepare(&curve((0..100).map(|at| if at < 50 { 1.0 } else { 0.01 })), 99.0, 10.0, COLUMNS);
        assert_eq!(prepared.smooth[0].y, 0.0);
        assert!(prepared.smooth[55].y > -1.5 && prepared.smooth[99].y < -1.9);
    }
}
