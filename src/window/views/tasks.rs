//! Bars for each task: how long its first-order gradient is, and what second derivatives add.

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::arrows::colour;
use super::font;
use super::words::in_words;
use crate::meta::dissection::{TaskPart, Way};
use crate::text::say;
use crate::window::numbers;
use crate::window::theme::{GRID, Palette};

/// A row needs this many times the height of its text to hold any.
const LEGIBLE: f32 = 1.02;
/// Rows are not higher than this many times that of their text.
const HIGHEST: f32 = 2.4;

/// Numbers may take this share of the width.
const NUMBERS: f32 = 0.66;

/// Most numbers are not wider than this one.
const USUAL: &str = "0.0000";

/// Draws the rows into `rect`.
pub fn ui(ui: &mut Ui, rect: Rect, tasks: &[TaskPart], large: bool) {
    let palette = Palette::of(ui);
    let painter = ui.painter().with_clip_rect(rect.expand(1.0));
    let font = font(large);
    let text = painter.layout_no_wrap("-0.00".to_owned(), font.clone(), palette.text).size();
    let top = rect.top() + text.y + GRID;
    let height = ((rect.bottom() - top) / tasks.len().max(1) as f32).min(HIGHEST * text.y);
    let legible = height >= LEGIBLE * text.y;
    let numbers = |task: &TaskPart| {
        let cosine = task.with_mean.map_or_else(|| "-".to_owned(), |cosine| numbers::decimals(cosine, 2));
        [short(task.first), short(task.correction), cosine]
    };
    // Up to three columns of numbers, as wide as their longest, but so wide that most changes move nothing; bars in what
    // is left.
    let widths = std::iter::once(USUAL.to_owned()).chain(tasks.iter().flat_map(numbers));
    let widths = widths.map(|text| painter.layout_no_wrap(text, font.clone(), palette.text).size().x);
    let column = widths.fold(0.0, f32::max) + 2.0 * GRID;
    let count = if legible { (NUMBERS * rect.width() / column).floor().clamp(0.0, 3.0) } else { 0.0 };
    let name_width = 0.6 * text.x;
    let bars =
        Rect::from_min_max(pos2(rect.left() + name_width, top), pos2(rect.right() - count * column, rect.bottom()));
    let most = tasks.iter().flat_map(|task| [task.first, task.correction]).flatten().fold(0.0, f64::max);
    let title = |x: f32, align: Align2, text: &str, colour| {
        painter.text(pos2(x, rect.top()), align, text, font.clone(), colour);
    };
    let [first, exact] = [Way::First, Way::Exact].map(|way| palette.as_text(colour(palette, way)));
    let titles = [(say("1st", "一阶"), first), (say("2nd", "二阶"), exact), (say("cos", "余弦"), palette.weak)];
    let places = [1.0, 2.0, 3.0].map(|place| bars.right() + place * column);
    let places = places.into_iter().filter(|_| legible).take(count as usize);
    for (x, (text, colour)) in places.clone().zip(titles) {
        title(x, Align2::RIGHT_TOP, text, colour);
    }
    if bars.width() > 5.5 * text.x {
        title(bars.left(), Align2::LEFT_TOP, say("first order", "一阶"), first);
        title(bars.left() + 2.6 * text.x, Align2::LEFT_TOP, say("second adds", "二阶增加"), exact);
    }
    for (index, task) in tasks.iter().enumerate() {
        let row = Rect::from_min_size(pos2(rect.left(), top + index as f32 * height), vec2(rect.width(), height));
        let thick = (0.5 * height - 1.5).clamp(1.0, 9.0);
        for (order, (way, value)) in [(Way::First, task.first), (Way::Exact, task.correction)].into_iter().enumerate() {
            let share = value.filter(|_| most > 0.0).map_or(1.0, |value| (value / most) as f32);
            let fill = if value.is_some() { colour(palette, way) } else { palette.danger };
            let corner = pos2(bars.left(), row.center().y + (order as f32 - 1.0) * thick);
            let size = vec2((share * (bars.width() - 2.0 * GRID)).max(1.0), thick - 0.5);
            painter.rect_filled(Rect::from_min_size(corner, size), 0.0, fill);
        }
        if legible {
            let middle = row.center().y;
            let name = (index + 1).to_string();
            painter.text(pos2(rect.left(), middle), Align2::LEFT_CENTER, name, font.clone(), palette.weak);
            for (x, text) in places.clone().zip(numbers(task)) {
                painter.text(pos2(x, middle), Align2::RIGHT_CENTER, text, font.clone(), palette.text);
            }
        }
        let about = in_words(index, task);
        let response = ui.interact(row, ui.make_persistent_id(("task-part", index)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &about));
        response.on_hover_text(about);
    }
}

/// A number that fits into a column.
fn short(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), numbers::significant)
}
