//! Whether the tasks agree: the cosines of their query gradients as a heat map.

use egui::{Align2, Color32, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::font;
use crate::text::{say, tell};
use crate::window::theme::{GRID, Palette, blend};

/// Draws the matrix into `rect`.
pub fn ui(ui: &mut Ui, rect: Rect, cosines: &[Vec<Option<f64>>], large: bool) {
    let palette = Palette::of(ui);
    let painter = ui.painter().clone();
    let font = font(large);
    let title = say("Cosines of query gradients", "查询梯度的余弦相似度");
    let title = painter.text(rect.left_top(), Align2::LEFT_TOP, title, font.clone(), palette.weak);
    let top = title.bottom() + GRID;
    let legend = title.height() + GRID;
    let side = rect.width().min(rect.bottom() - top - legend).max(0.0);
    let cell = side / cosines.len().max(1) as f32;
    let corner = pos2(rect.left(), top);
    for (row, cosines) in cosines.iter().enumerate() {
        for (column, cosine) in cosines.iter().enumerate() {
            let at = corner + cell * vec2(column as f32, row as f32);
            let gap = if cell > 6.0 { 1.0 } else { 0.0 };
            let place = Rect::from_min_size(at, vec2(cell - gap, cell - gap));
            let fill = cosine.map_or(palette.panel, |cosine| shade(palette, cosine));
            painter.rect_filled(place, 0.0, fill);
            let text = cosine.map_or_else(|| "-".to_owned(), |cosine| format!("{cosine:.2}"));
            let galley = (cell > 1.5 * font.size).then(|| painter.layout_no_wrap(text, font.clone(), palette.text));
            if let Some(galley) = galley
                && galley.size().x + 2.0 < place.width()
                && galley.size().y < place.height()
            {
                let corner = place.center() - 0.5 * galley.size();
                painter.galley_with_override_text_color(corner, galley, Palette::text_on(fill));
            }
            let (one, other) = (row + 1, column + 1);
            let undefined = || say("not defined", "没有定义").to_owned();
            let cosine = cosine.map_or_else(undefined, |cosine| format!("{cosine:.3}"));
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
    let ends = [
        (-1.0, scale.left(), Align2::LEFT_TOP, say("-1 against", "-1 相反")),
        (1.0, scale.right(), Align2::RIGHT_TOP, say("1 alike", "1 一致")),
    ];
    for (value, x, align, text) in ends {
        painter.text(pos2(x, scale.top()), align, text, font.clone(), palette.as_text(shade(palette, value)));
    }
}

/// From -1 over the ground to 1.
fn shade(palette: &Palette, cosine: f64) -> Color32 {
    let [against, alike] = palette.signs;
    blend(palette.ground, if cosine < 0.0 { against } else { alike }, 0.08 + 0.92 * cosine.abs() as f32)
}
