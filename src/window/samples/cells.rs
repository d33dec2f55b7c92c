//! What everything painted in the samples view shares: captions, names for screen readers, places.

use egui::{Color32, Pos2, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2};

use super::grid::CAPTION;
use crate::window::theme::small_font;
use crate::window::tooltip::tooltip;

/// A line under a cell, cut to this width.
pub fn caption(ui: &Ui, rect: Rect, width: f32, text: &str, colour: Color32) {
    let job = egui::text::LayoutJob::simple_singleline(text.to_owned(), small_font(), colour);
    let job = egui::text::LayoutJob { wrap: egui::text::TextWrapping::truncate_at_width(width), ..job };
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(pos2(rect.left(), rect.bottom() + 0.5 * (CAPTION - 2.0 - galley.size().y)), galley, colour);
}

/// Gives something painted a name for screen readers and a tooltip.
pub fn describe(ui: &mut Ui, rect: Rect, name: impl Fn() -> String, about: impl FnOnce() -> String) -> Response {
    let id = ui.make_persistent_id(("strip", rect.min.x as i32, rect.min.y as i32));
    let response = ui.interact(rect, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name()));
    tooltip(response, about)
}

/// Lays things out in a rectangle.
pub fn place<R>(ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.scope_builder(UiBuilder::new().max_rect(rect), add).inner
}

/// The nearest whole pixel of the screen.
pub fn snap(ui: &Ui, at: Pos2) -> Pos2 {
    let scale = ui.ctx().pixels_per_point();
    pos2((at.x * scale).round() / scale, (at.y * scale).round() / scale)
}
