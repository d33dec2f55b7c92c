//! Legend entries that switch their lines on and off.

use egui::{Color32, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::font;
use crate::train::snapshot::Init;
use crate::window::theme::{GRID, Palette, init_label, init_tooltip};

/// A toggle for each of [`Init::ALL`], in its colour.
pub fn inits(ui: &mut Ui, shown: &mut [bool; 3], large: bool) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(2.5 * GRID, 0.0);
        for (init, shown) in Init::ALL.into_iter().zip(shown) {
            toggle(ui, Palette::of(ui).init(init), [init_label(init), init_tooltip(init)], shown, large);
        }
    });
}

/// One toggle, with its name and what its tooltip says.
pub fn toggle(ui: &mut Ui, colour: Color32, [label, about]: [&str; 2], shown: &mut bool, large: bool) {
    let palette = Palette::of(ui);
    let galley = ui.painter().layout_no_wrap(label.to_owned(), font(large), palette.text);
    let sample = 1.2 * galley.size().y;
    let (rect, mut response) = ui.allocate_exact_size(galley.size() + vec2(sample + GRID, 2.0), Sense::click());
    if response.clicked() {
        *shown = !*shown;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *shown, label));
    let strength = if *shown { 1.0 } else { 0.3 };
    let ends = [pos2(rect.left(), rect.center().y), pos2(rect.left() + sample, rect.center().y)];
    ui.painter().line_segment(ends, Stroke::new(if large { 4.0 } else { 2.0 }, colour.gamma_multiply(strength)));
    let text = if response.hovered() { palette.accent } else { palette.switched(*shown) };
    let corner = pos2(rect.left() + sample + GRID, rect.center().y - 0.5 * galley.size().y);
    ui.painter().galley_with_override_text_color(corner, galley, text);
    response.on_hover_text(about);
}
