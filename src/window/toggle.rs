//! An entry of a legend that switches its line on and off.

use egui::{FontId, Painter, Pos2, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::theme::{GRID, Palette};

/// A name with a sample of its line before it, which `sample` draws between two ends, fainter while the line is off.
/// `room` is how long the sample is, and how high the entry.
pub fn toggle(
    ui: &mut Ui,
    [label, about]: [&str; 2],
    shown: &mut bool,
    (font, room): (FontId, Vec2),
    sample: impl FnOnce(&Painter, [Pos2; 2], f32),
) {
    let palette = Palette::of(ui);
    let galley = ui.painter().layout_no_wrap(label.to_owned(), font, palette.text);
    let (rect, mut response) = ui.allocate_exact_size(room + vec2(GRID + galley.size().x, 0.0), Sense::click());
    if response.clicked() {
        *shown = !*shown;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *shown, label));
    let ends = [rect.left_center(), rect.left_center() + vec2(room.x, 0.0)];
    sample(ui.painter(), ends, if *shown { 1.0 } else { 0.3 });
    let text = if response.hovered() { palette.accent } else { palette.switched(*shown) };
    let corner = pos2(ends[1].x + GRID, rect.center().y - 0.5 * galley.size().y);
    ui.painter().galley_with_override_text_color(corner, galley, text);
    response.on_hover_text(about);
}
