//! What everything painted in the samples view shares: captions, names for screen readers, places.

use egui::{Color32, Pos2, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2};

use super::grid::CAPTION;
use crate::window::theme::small_font;
use crate::window::tooltip::tooltip;

/// A line under a cell, cut to this width.
pub fn caption(ui: &Ui, rect: Rect, width: f32, text: &str, colour: Color32) {
    let fits = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), small_font(), colour).size().x <= width;
    let job = egui::text::LayoutJob::simple_singleline(shortened(text, fits).to_owned(), small_font(), colour);
    let job = egui::text::LayoutJob { wrap: egui::text::TextWrapping::truncate_at_width(width), ..job };
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(pos2(rect.left(), rect.bottom() + 0.5 * (CAPTION - 2.0 - galley.size().y)), galley, colour);
}

/// Of a text that begins with a number as many words as fit, as half a number would be another one.
fn shortened(text: &str, fits: impl Fn(&str) -> bool) -> &str {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return text;
    }
    let mut short = text;
    while !fits(short) {
        let Some((rest, _)) = short.rsplit_once(' ') else { break };
        // What stood between two numbers leaves with the second one.
        short = [" of", " /", " ·"].into_iter().fold(rest, |rest, between| rest.strip_suffix(between).unwrap_or(rest));
    }
    short
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_is_cut_while_a_word_can_go() {
        let within = |most: usize| move |text: &str| text.chars().count() <= most;
        for (text, most, short) in [
            ("154 of 1024 px", 14, "154 of 1024 px"),
            ("154 of 1024 px", 13, "154 of 1024"),
            ("154 of 1024 px", 10, "154"),
            ("154 / 1024 像素", 12, "154 / 1024"),
            ("154 / 1024 像素", 9, "154"),
            ("93 % · 0.123", 8, "93 %"),
            ("10.4 dB", 5, "10.4"),
            ("154", 2, "154"),
            ("a long name 7", 5, "a long name 7"),
        ] {
            assert_eq!(shortened(text, within(most)), short, "{text} in {most}");
        }
    }
}
