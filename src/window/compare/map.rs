//! The heat map of a sweep.

use egui::{Align2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::compare::axis::{Axis, Value};
use crate::compare::sweep::{CellResult, Sweep};
use crate::text::{say, tell};
use crate::window::hatch::hatch;
use crate::window::numbers;
use crate::window::shades::{legend, shade};
use crate::window::theme::{GRID, Palette, small_font};

/// Draws all cells into `rect`, x to the right and y upwards; returns the cell that was clicked.
pub fn ui(ui: &mut Ui, rect: Rect, sweep: &Sweep, results: &[Option<CellResult>]) -> Option<usize> {
    let palette = Palette::of(ui);
    let painter = ui.painter().clone();
    let [x, y] = sweep.axes();
    let names: Vec<String> = y.values.iter().map(label).collect();
    let width = |text: &str| painter.layout_no_wrap(text.to_owned(), small_font(), palette.text).size().x;
    let left = names.iter().map(|name| width(name)).fold(0.0, f32::max) + 2.0 * GRID;
    let line = 4.0 * GRID;
    painter.text(rect.left_top(), Align2::LEFT_TOP, y.swept.label(), small_font(), palette.weak);
    let cells = Rect::from_min_max(rect.min + vec2(left, line + GRID), rect.max - vec2(2.0, 2.0 * line + GRID));
    let (columns, rows) = (x.values.len(), y.values.len());
    let size = vec2(cells.width() / columns as f32, cells.height() / rows as f32);
    let cell_rect = |cell: usize| {
        let (column, row) = (cell % columns, cell / columns);
        let corner = cells.min + vec2(column as f32 * size.x, (rows - 1 - row) as f32 * size.y);
        Rect::from_min_size(corner, size - vec2(1.0, 1.0))
    };
    for (row, name) in names.iter().enumerate() {
        let at = pos2(cells.left() - GRID, cells.bottom() - (row as f32 + 0.5) * size.y);
        painter.text(at, Align2::RIGHT_CENTER, name, small_font(), palette.text);
    }
    for (column, value) in x.values.iter().enumerate() {
        let at = pos2(cells.left() + (column as f32 + 0.5) * size.x, cells.bottom() + 2.0);
        painter.text(at, Align2::CENTER_TOP, label(value), small_font(), palette.text);
    }
    let below = pos2(cells.center().x, rect.bottom());
    painter.text(below, Align2::CENTER_BOTTOM, x.swept.label(), small_font(), palette.weak);

    let best = sweep.best(results);
    let losses = || results.iter().flatten().filter_map(|result| result.loss).map(f64::log10);
    let low = losses().fold(f64::INFINITY, f64::min);
    // A few runs that learned nothing must not take all the colours.
    let highest = losses().fold(f64::NEG_INFINITY, f64::max);
    let high = highest.min(low + 2.0);
    if high > low {
        let [least, most] = [low, high].map(|log| numbers::compact(numbers::rounded(10f64.powf(log), 2)));
        let most = if high < highest { format!("≥ {most}") } else { most };
        let least = tell(|| format!("loss {least}"), || format!("损失 {least}"));
        legend(&painter, rect.right_top(), Align2::RIGHT_TOP, [(least, 1.0), (most, 0.0)], palette);
    }
    let mut clicked = None;
    for (cell, result) in results.iter().enumerate() {
        let area = cell_rect(cell);
        let behind = match result {
            None => {
                let fill = palette.control.gamma_multiply(0.5);
                painter.rect_filled(area, 0.0, fill);
                fill
            }
            Some(CellResult { loss: Some(loss), .. }) => {
                let share = if high > low { ((high - loss.log10()) / (high - low)).clamp(0.0, 1.0) } else { 1.0 };
                let fill = shade(palette, share as f32);
                painter.rect_filled(area, 0.0, fill);
                fill
            }
            Some(_) => {
                hatch(&painter, area, 8.0, 0.6, palette);
                palette.danger_ground
            }
        };
        let text = match result {
            Some(CellResult { loss: Some(loss), .. }) => numbers::compact(numbers::rounded(*loss, 2)),
            Some(_) => say("diverged", "发散").to_owned(),
            None => String::new(),
        };
        let galley = painter.layout_no_wrap(text, small_font(), palette.text);
        if galley.size().x + 4.0 < area.width() {
            let colour = Palette::text_on(behind);
            painter.galley_with_override_text_color(area.center() - 0.5 * galley.size(), galley, colour);
        }
        if best == Some(cell) {
            painter.rect_stroke(area, 0.0, Stroke::new(2.0, palette.accent), StrokeKind::Inside);
        }
        if pick(ui, area, cell, sweep, result.as_ref(), best == Some(cell)) {
            clicked = Some(cell);
        }
    }
    let settings = sweep.base();
    let place = |axis: &Axis| axis.place(axis.swept.get(settings));
    if let [Some(column), Some(row)] = [place(x), place(y)] {
        let at = pos2(cells.left() + (column as f32 + 0.5) * size.x, cells.bottom() - (row as f32 + 0.5) * size.y);
        painter.circle_stroke(at, 0.42 * size.y.min(size.x), Stroke::new(2.0, palette.query));
    }
    clicked
}

/// One cell as a button with its numbers; true if it was clicked and there is something to go on from.
fn pick(ui: &mut Ui, area: Rect, cell: usize, sweep: &Sweep, result: Option<&CellResult>, best: bool) -> bool {
    let at: Vec<String> = (sweep.axes().iter().zip(sweep.values(cell)))
        .map(|(axis, value)| format!("{} {}", axis.swept.label(), label(&value)))
        .collect();
    let at = at.join(say(", ", "，"));
    let about = match result {
        None => tell(|| format!("{at}: not trained yet"), || format!("{at}：尚未训练")),
        Some(CellResult { loss: Some(loss), interval, .. }) => {
            let [loss, interval] = [*loss, interval.unwrap_or(f64::NAN)].map(numbers::significant);
            let note = if best { say("\nThe lowest of all.", "\n所有格中最低。") } else { "" };
            tell(
                || format!("{at}: validation loss {loss} ± {interval}{note}\nClick to go on from here."),
                || format!("{at}：验证损失 {loss} ± {interval}{note}\n点击即从此处继续。"),
            )
        }
        Some(CellResult { diverged: Some(when), .. }) => {
            let when = numbers::thousands(*when);
            tell(|| format!("{at}: diverged at meta-iteration {when}"), || format!("{at}：在第 {when} 次元迭代时发散"))
        }
        Some(_) => tell(|| format!("{at}: diverged on the validation tasks"), || format!("{at}：在验证任务上发散")),
    };
    let alive = result.is_some_and(|result| result.loss.is_some());
    let sense = if alive { Sense::click() } else { Sense::hover() };
    let response = ui.interact(area, ui.make_persistent_id(("cell", cell)), sense);
    response.widget_info(|| WidgetInfo::labeled(if alive { Role::Button } else { Role::Image }, true, &about));
    if alive && response.hovered() {
        let palette = Palette::of(ui);
        ui.painter().rect_stroke(area, 0.0, Stroke::new(1.0, palette.text), StrokeKind::Inside);
    }
    let clicked = response.clicked();
    response.on_hover_text(about);
    clicked
}

fn label(value: &Value) -> String {
    match value {
        Value::Number(number) => numbers::compact(*number),
        Value::Algorithm(algorithm) => algorithm.label().to_owned(),
    }
}
