//! While the window looks back: a line at that moment, and a veil over what came after it.

use egui::{Rect, Stroke, Ui};
use egui_plot::PlotTransform;

use crate::train::snapshot::Snapshot;
use crate::window::theme::Palette;

/// How much of what came after shows through.
const VEIL: f32 = 0.72;

/// Draws both over a plot.
pub fn veil(ui: &Ui, plot: &PlotTransform, snapshot: &Snapshot) {
    let Some(at) = snapshot.timeline.shown else { return };
    let palette = Palette::of(ui);
    let frame = *plot.frame();
    let x = plot.position_from_point_x(at as f64).clamp(frame.left(), frame.right());
    let after = Rect::from_x_y_ranges(x..=frame.right(), frame.y_range());
    let painter = ui.painter().with_clip_rect(frame);
    painter.rect_filled(after, 0.0, palette.panel.gamma_multiply(VEIL));
    painter.vline(x, frame.y_range(), Stroke::new(1.5, palette.accent));
}
