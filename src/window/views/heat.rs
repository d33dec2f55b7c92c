//! Whether the tasks agree: the cosines of their query gradients as a heat map.

use egui::{Align2, Color32, FontId, Painter, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{fitting, font};
use crate::text::{say, tell};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette, blend};

/// Smaller numbers cannot be read.
const SMALLEST: f32 = 9.0;

/// Draws the matrix into `rect`.
pub fn ui(ui: &mut Ui, rect: Rect, cosines: &[Vec<Option<f64>>], large: bool) {
    let palette = Palette::of(ui);
    let painter = ui.painter().clone();
    let font = font(large);
    let width = |text: &str| painter.layout_no_wrap(text.to_owned(), font.clone(), palette.weak).size().x;
    let title = fitting(
        [say("Cosines of query gradients", "查询梯度的余弦相似度"), say("Cosines", "余弦")],
        rect.width(),
        width,
    );
    let title = painter.text(rect.left_top(), Align2::LEFT_TOP, title, font.clone(), palette.weak);
    let top = title.bottom() + GRID;
    let legend = title.height() + GRID;
    let side = rect.width().min(rect.bottom() - top - legend).max(0.0);
    let cell = side / cosines.len().max(1) as f32;
    let corner = pos2(rect.left(), top);
    let style = Style::within(&painter, cell - 3.0, &font);
    for (row, cosines) in cosines.iter().enumerate() {
        for (column, cosine) in cosines.iter().enumerate() {
            let at = corner + cell * vec2(column as f32, row as f32);
            let gap = if cell > 6.0 { 1.0 } else { 0.0 };
            let place = Rect::from_min_size(at, vec2(cell - gap, cell - gap));
            let fill = cosine.map_or(palette.panel, |cosine| shade(palette, cosine));
            painter.rect_filled(place, 0.0, fill);
            if let Some(style) = &style {
                let text = cosine.map_or_else(|| "-".to_owned(), |cosine| style.write(cosine));
                let galley = painter.layout_no_wrap(text, style.font.clone(), palette.text);
                let corner = place.center() - 0.5 * galley.size();
                painter.galley_with_override_text_color(corner, galley, Palette::text_on(fill));
            }
            let (one, other) = (row + 1, column + 1);
            let undefined = || say("not defined", "没有定义").to_owned();
            let cosine = cosine.map_or_else(undefined, |cosine| numbers::decimals(cosine, 3));
            let about = tell(
                || format!("tasks {one} and {other}: cosine {cosine}"),
                || format!("任务 {one} 和 {other}：余弦 {cosine}"),
            );
            let response = ui.interact(place, ui.make_persistent_id(("cosine", row, column)), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &about));
            response.on_hover_text(about);
        }
    }
    let scale = Rect::from_min_size(corner + vec2(0.0, side + GRID), vec2(side, legend - GRID));
    let words = [say("-1 against", "-1 相反"), say("1 alike", "1 一致")];
    let both = words.into_iter().map(width).sum::<f32>() + 2.0 * GRID;
    let [against, alike] = if both <= side { words } else { ["-1", "1"] };
    let ends = [(-1.0, scale.left(), Align2::LEFT_TOP, against), (1.0, scale.right(), Align2::RIGHT_TOP, alike)];
    for (value, x, align, text) in ends {
        painter.text(pos2(x, scale.top()), align, text, font.clone(), palette.as_text(shade(palette, value)));
    }
}

/// How the numbers are written, whatever they are.
struct Style {
    font: FontId,
    /// Whether the 0 before the point is left out.
    is_short: bool,
}

impl Style {
    /// The largest that leaves every number in a cell so wide; none where it could not be read.
    fn within(painter: &Painter, width: f32, font: &FontId) -> Option<Self> {
        let widest = |text: &str| painter.layout_no_wrap(text.to_owned(), font.clone(), Color32::WHITE).size().x;
        if widest("-0.00") <= width {
            return Some(Self { font: font.clone(), is_short: false });
        }
        let size = (font.size * width / widest("-.00")).min(font.size).floor();
        (size >= SMALLEST).then(|| Self { font: FontId { size, ..font.clone() }, is_short: true })
    }

    fn write(&self, cosine: f64) -> String {
        let text = numbers::decimals(cosine, 2);
        match text.as_str() {
            _ if !self.is_short => text,
            "0.00" => "0".to_owned(),
            "1.00" => "1".to_owned(),
            "-1.00" => "-1".to_owned(),
            _ => text.replacen("0.", ".", 1),
        }
    }
}

/// From -1 over the ground to 1.
fn shade(palette: &Palette, cosine: f64) -> Color32 {
    let [against, alike] = palette.signs;
    blend(palette.ground, if cosine < 0.0 { against } else { alike }, 0.08 + 0.92 * cosine.abs() as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_little_room_numbers_are_short() {
        let written = |is_short| {
            let style = Style { font: FontId::default(), is_short };
            [1.0, 0.314, -0.05, -0.004, -0.999].map(|cosine| style.write(cosine))
        };
        assert_eq!(written(false), ["1.00", "0.31", "-0.05", "0.00", "-1.00"]);
        assert_eq!(written(true), ["1", ".31", "-.05", "0", "-1"]);
    }

    #[test]
    fn every_number_of_a_cell_is_written_or_none_is() {
        let font = FontId::proportional(16.0);
        let mut output = egui::Context::default().run_ui(egui::RawInput::default(), |ui| {
            let painter = ui.painter();
            let style = |width| Style::within(painter, width, &font);
            assert!(style(80.0).is_some_and(|style| !style.is_short && style.font.size == 16.0));
            assert!(style(4.0).is_none());
            for width in 4..80 {
                let Some(style) = style(width as f32) else { continue };
                for cosine in [-0.88, 0.88, 1.0, -1.0] {
                    let text = style.write(cosine);
                    let galley = painter.layout_no_wrap(text, style.font.clone(), Color32::WHITE);
                    assert!(galley.size().x <= width as f32 + 1.0, "{width}: {cosine}");
                }
            }
        });
        output.textures_delta.clear();
    }
}
