//! The legend: a row of toggles above the plot, so that it never covers data.

use egui::{Role, Sense, Shape, Slider, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::series::Series;
use crate::window::theme::{GRID, Palette, small_font};

/// Length of the drawn sample of a line.
const SAMPLE: f32 = 18.0;

/// One toggle for each of these entries.
pub fn toggles(ui: &mut Ui, shown: &mut [bool; Series::ALL.len()], entries: &[Series]) {
    let usual = ui.spacing().interact_size.y;
    ui.spacing_mut().interact_size.y = 4.0 * GRID;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(2.5 * GRID, 0.0);
        for (series, shown) in Series::ALL.into_iter().zip(shown).filter(|(series, _)| entries.contains(series)) {
            toggle(ui, series, shown);
        }
    });
    ui.spacing_mut().interact_size.y = usual;
}

fn toggle(ui: &mut Ui, series: Series, shown: &mut bool) {
    let palette = Palette::of(ui);
    let galley = ui.painter().layout_no_wrap(series.label().to_owned(), small_font(), palette.text);
    let (rect, mut response) =
        ui.allocate_exact_size(vec2(SAMPLE + GRID + galley.size().x, 4.0 * GRID), Sense::click());
    if response.clicked() {
        *shown = !*shown;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *shown, series.label()));
    let strength = if *shown { 1.0 } else { 0.3 };
    let (colour, width, dashed) = series.look(palette);
    let stroke = Stroke::new(width, colour.gamma_multiply(strength));
    let ends = [pos2(rect.left(), rect.center().y), pos2(rect.left() + SAMPLE, rect.center().y)];
    if dashed {
        ui.painter().extend(Shape::dashed_line(&ends, stroke, 5.0, 3.0));
    } else {
        ui.painter().line_segment(ends, stroke);
    }
    let text =
        if response.hovered() { palette.accent } else { palette.text.gamma_multiply(if *shown { 1.0 } else { 0.45 }) };
    let corner = pos2(rect.left() + SAMPLE + GRID, rect.center().y - 0.5 * galley.size().y);
    ui.painter().galley_with_override_text_color(corner, galley, text);
    response.on_hover_text(series.tooltip());
}

/// How far back the average looks.
pub fn smoothing(ui: &mut Ui, window: &mut f64) {
    let tooltip = "Averages over so much of the run; the raw curve stays visible behind";
    ui.spacing_mut().slider_width = 72.0;
    let text =
        if *window <= 0.0 { "off".to_owned() } else { format!("{} %", crate::window::numbers::compact(*window)) };
    let weak = Palette::of(ui).weak;
    let galley = ui.painter().layout_no_wrap(text, small_font(), weak);
    let (rect, _) = ui.allocate_exact_size(vec2(32.0, galley.size().y), Sense::hover());
    ui.painter().galley(rect.left_top(), galley, weak);
    let slider = Slider::new(window, 0.0..=10.0).step_by(0.5).show_value(false);
    ui.add(slider).on_hover_text(tooltip).accessible_name("Smoothing");
    ui.label(egui::RichText::new("Smoothing").small().color(weak)).on_hover_text(tooltip);
}
