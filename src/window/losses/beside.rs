//! The held-out losses of the run beside: dashed in the colour of the learned start.

use std::sync::Arc;

use egui_plot::{Line, LineStyle, PlotPoint, PlotPoints, PlotUi};

use super::legend::Entry;
use super::series::{self, Series};
use crate::settings::Algorithm;
use crate::text::say;
use crate::train::snapshot::{Curves, Snapshot};
use crate::window::theme::Palette;

/// Columns that the line is divided into.
const COLUMNS: usize = 72;
/// Length of a dash.
const DASH: f32 = 6.0;

/// The line, made ready from one snapshot's histories.
#[derive(Default)]
pub struct Beside(Option<Prepared>);

struct Prepared {
    source: Arc<Curves>,
    algorithm: Algorithm,
    smoothing: f64,
    last: f64,
    points: Vec<PlotPoint>,
}

impl Beside {
    /// Makes it ready for an axis that reaches to `last`.
    pub fn prepare(&mut self, snapshot: &Snapshot, smoothing: f64, last: f64) {
        let Some(run) = &snapshot.beside else {
            self.0 = None;
            return;
        };
        let same = |known: &Prepared| {
            Arc::ptr_eq(&known.source, &run.curves) && (known.smoothing, known.last) == (smoothing, last)
        };
        if self.0.as_ref().is_some_and(same) {
            return;
        }
        let source = Arc::clone(&run.curves);
        let points = series::prepare_smooth(&source.held_out_after, last, 0.01 * smoothing * last, COLUMNS).smooth;
        self.0 = Some(Prepared { source, algorithm: run.settings.run.algorithm, smoothing, last, points });
    }

    /// The heights that are drawn.
    pub fn values(&self) -> impl Iterator<Item = f64> {
        self.0.iter().flat_map(|known| &known.points).map(|point| point.y)
    }

    /// Draws it.
    pub fn draw<'a>(&'a self, plot: &mut PlotUi<'a>, palette: &Palette) {
        let Some(known) = &self.0 else { return };
        let line = Line::new(known.algorithm.label(), PlotPoints::Borrowed(&known.points));
        let (colour, width, _) = Series::HeldOutAfter.look(palette);
        plot.line(line.color(colour).width(width).style(LineStyle::Dashed { length: DASH }));
    }
}

/// Its entry in the legend.
pub fn entry(snapshot: &Snapshot, palette: &Palette) -> Option<Entry> {
    let run = snapshot.beside.as_ref()?;
    let (colour, width, _) = Series::HeldOutAfter.look(palette);
    let about = say(
        "Held-out tasks after adaptation from the start that the run beside has learned",
        "留出任务从并排的运行学到的起点适应之后的损失",
    );
    Some(Entry { label: run.settings.run.algorithm.label().to_owned(), about, look: (colour, width, true) })
}
