//! How far adaptation moves each layer: three bars a layer on a logarithmic scale.

use egui::{Align2, Painter, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2};

use crate::text::{say, tell};
use crate::train::snapshot::{Init, LayerMovement};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette, init_label, small_font};
use crate::window::tooltip::tooltip;

/// Height of the axis under the bars.
const AXIS: f32 = 16.0;

/// Draws the bars into `rect`.
pub fn ui(ui: &mut Ui, rect: Rect, movement: &[LayerMovement]) {
    let palette = Palette::of(ui);
    let painter = ui.painter().with_clip_rect(rect.expand(1.0));
    let title = say("Movement per layer", "每层的移动");
    painter.text(rect.left_top(), Align2::LEFT_TOP, title, small_font(), palette.weak);
    let names = movement.iter().map(|layer| layer.name.get().to_owned());
    let names = names.map(|name| painter.layout_no_wrap(name, small_font(), palette.text));
    let names: Vec<_> = names.collect();
    let name_width = names.iter().map(|galley| galley.size().x).fold(0.0, f32::max).min(0.4 * rect.width());
    let bars = Rect::from_min_max(
        pos2(rect.left() + name_width + 2.0 * GRID, rect.top() + 5.0 * GRID),
        rect.max - egui::vec2(2.0, AXIS),
    );
    let [low, high] = decades(movement);
    let height = (bars.height() / movement.len().max(1) as f32).min(44.0);
    let bars = bars.with_max_y(bars.top() + height * movement.len() as f32);
    axis(&painter, bars, low, high, palette);
    for (index, (layer, name)) in movement.iter().zip(names).enumerate() {
        let row = Rect::from_min_size(
            pos2(bars.left(), bars.top() + index as f32 * height),
            egui::vec2(bars.width(), height),
        );
        let name_y = row.center().y - 0.5 * name.size().y;
        painter.galley(pos2(rect.left(), name_y), name, palette.text);
        let bar = ((height - 5.0) / 3.0).clamp(1.5, 10.0);
        let top = row.center().y - 1.5 * bar;
        for (order, (init, value)) in Init::ALL.into_iter().zip(layer.relative).enumerate() {
            let share =
                if value.is_finite() { ((value.max(1e-20).log10() - low) / (high - low)).clamp(0.0, 1.0) } else { 1.0 };
            let colour = if value.is_finite() { palette.init(init) } else { palette.danger };
            let left_top = pos2(row.left(), top + order as f32 * bar);
            painter.rect_filled(Rect::from_min_size(left_top, egui::vec2(share * row.width(), bar - 1.0)), 0.0, colour);
        }
        let text = || {
            let text = Init::ALL.into_iter().zip(layer.relative).map(|(init, value)| {
                let percent = if value.is_finite() {
                    format!("{} %", numbers::significant(f64::from(value) * 100.0))
                } else {
                    say("overflow", "溢出").to_owned()
                };
                format!("{} {percent}", init_label(init))
            });
            text.collect::<Vec<_>>().join(say(", ", "，"))
        };
        let response =
            ui.interact(row.with_min_x(rect.left()), ui.make_persistent_id(("movement", index)), Sense::hover());
        let name = || {
            let (layer, text) = (&layer.name, text());
            tell(|| format!("movement of {layer}: {text}"), || format!("{layer}的移动：{text}"))
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name()));
        tooltip(response, || {
            let (layer, text) = (&layer.name, text());
            tell(
                || format!("How far adaptation moves {layer}, in percent of its length\n{text}"),
                || format!("适应使{layer}移动多远，占其长度的百分比\n{text}"),
            )
        });
    }
}

/// Whole decades around all values, at least two and at most six.
pub fn decades(movement: &[LayerMovement]) -> [f32; 2] {
    let logs = movement
        .iter()
        .flat_map(|layer| layer.relative)
        .filter(|value| value.is_finite() && *value > 0.0)
        .map(f32::log10);
    let (low, high) = logs.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), log| (low.min(log), high.max(log)));
    if low > high {
        return [-3.0, 0.0];
    }
    let high = high.ceil();
    [(low - 0.2).floor().clamp(high - 6.0, high - 2.0), high]
}

fn axis(painter: &Painter, bars: Rect, low: f32, high: f32, palette: &Palette) {
    let (first, last) = (low as i32, high as i32);
    let every = if bars.width() / (high - low) < 36.0 { 2 } else { 1 };
    for exponent in first..=last {
        let x = bars.left() + (exponent as f32 - low) / (high - low) * bars.width();
        painter.vline(x, bars.y_range(), Stroke::new(1.0, palette.line));
        if (exponent - last) % every == 0 {
            let align = if exponent == last { Align2::RIGHT_TOP } else { Align2::CENTER_TOP };
            painter.text(
                pos2(x, bars.bottom() + 2.0),
                align,
                numbers::power_of_ten(exponent),
                small_font(),
                palette.weak,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_survives_anything() {
        let layer = |relative| LayerMovement { name: "layer 1".into(), relative };
        assert_eq!(decades(&[layer([0.02, 0.4, 0.003])]), [-3.0, 0.0]);
        assert_eq!(decades(&[layer([f32::INFINITY, 0.0, f32::INFINITY])]), [-3.0, 0.0]);
        assert_eq!(decades(&[]), [-3.0, 0.0]);
        assert_eq!(decades(&[layer([1e-12, 0.5, 0.5])]), [-6.0, 0.0]);
    }
}
