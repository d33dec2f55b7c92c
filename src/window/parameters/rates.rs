//! Learned inner rates: a heat map of tensors by steps, and how they came to be.

use egui::{Align2, Painter, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::meta::tensor_rates::TensorRate;
use crate::text::{Text, say, tell, text};
use crate::train::snapshot::Curve;
use crate::window::numbers;
use crate::window::shades::{legend, shade};
use crate::window::theme::{GRID, Palette, blend, small_font};

/// Height of the line with the title, and of the axis below.
const LINE: f32 = 5.0 * GRID;

/// The heat map's name, and a sentence about it.
pub const MAP: (Text, Text) = (
    text("Rates", "学习率"),
    text("The inner rates that were learned, layer by step", "学到的内循环学习率，按层和步排列"),
);

/// The history's name, and a sentence about it.
pub const HISTORY: (Text, Text) = (
    text("History", "历史"),
    text("How the learned rates changed over meta-iterations", "学到的学习率怎样随元迭代变化"),
);

/// Draws the heat map into `rect`: a row for each tensor, a column for each inner step.
pub fn map(ui: &mut Ui, rect: Rect, rates: &[Vec<TensorRate>], tensors: &[String]) {
    let palette = Palette::of(ui);
    let painter = ui.painter().clone();
    let vanished = mean(rates.iter().flatten().map(|rate| rate.vanished));
    let [least, most] = rates
        .iter()
        .flatten()
        .fold([f64::INFINITY, 0.0f64], |[least, most], rate| [least.min(rate.rate), most.max(rate.rate)]);
    let [low, high] = range(rates.iter().flatten().map(|rate| rate.rate.log10()));
    let share = |rate: f64| if high > low { ((rate.log10() - low) / (high - low)) as f32 } else { 0.5 };
    let ends = [least, most].map(|rate| (numbers::compact(numbers::rounded(rate, 2)), share(rate)));
    let legend = legend(&painter, rect.left_top(), Align2::LEFT_TOP, ends, palette);
    if vanished > 0.0 {
        let share = numbers::significant(100.0 * vanished);
        let text = tell(|| format!("· {share} % vanished"), || format!("· {share} % 已消失"));
        painter.text(legend.right_top() + vec2(GRID, 0.0), Align2::LEFT_TOP, text, small_font(), palette.weak);
    }
    let rows = rates.first().map_or(0, Vec::len);
    let name = |row: usize| tensors.get(row).cloned().unwrap_or_default();
    let names: Vec<_> = (0..rows).map(|row| painter.layout_no_wrap(name(row), small_font(), palette.text)).collect();
    let name_width = names.iter().map(|galley| galley.size().x).fold(0.0, f32::max);
    let cells =
        Rect::from_min_max(pos2(rect.left() + name_width + 2.0 * GRID, rect.top() + LINE), rect.max - vec2(2.0, LINE));
    let size = vec2(cells.width() / rates.len() as f32, (cells.height() / rows as f32).min(44.0));
    for (row, name) in names.into_iter().enumerate() {
        let y = cells.top() + (row as f32 + 0.5) * size.y;
        painter.galley(pos2(rect.left(), y - 0.5 * name.size().y), name, palette.text);
    }
    for (step, row, rate) in rates
        .iter()
        .enumerate()
        .flat_map(|(step, rates)| rates.iter().enumerate().map(move |(row, rate)| (step, row, rate)))
    {
        let corner = cells.min + vec2(step as f32 * size.x, row as f32 * size.y);
        let cell = Rect::from_min_size(corner, size - vec2(1.0, 1.0));
        let fill = shade(palette, share(rate.rate));
        painter.rect_filled(cell, 0.0, fill);
        let text = painter.layout_no_wrap(numbers::compact(numbers::rounded(rate.rate, 2)), small_font(), palette.text);
        if text.size().x + 4.0 < cell.width() && text.size().y < cell.height() {
            painter.galley_with_override_text_color(cell.center() - 0.5 * text.size(), text, Palette::text_on(fill));
        }
        if rate.vanished > 0.5 {
            painter.line_segment([cell.left_top(), cell.right_bottom()], Stroke::new(1.0, palette.danger));
        }
        describe(ui, cell, (step, &name(row)), rates.len(), rate);
    }
    let bottom = cells.top() + rows as f32 * size.y + 2.0;
    if rates.len() == 1 {
        let text = say("every step", "每一步");
        painter.text(pos2(cells.center().x, bottom), Align2::CENTER_TOP, text, small_font(), palette.weak);
    } else {
        let every = (26.0 / size.x).ceil().max(1.0) as usize;
        for step in (0..rates.len()).step_by(every) {
            let x = cells.left() + (step as f32 + 0.5) * size.x;
            painter.text(pos2(x, bottom), Align2::CENTER_TOP, (step + 1).to_string(), small_font(), palette.weak);
        }
    }
}

fn describe(ui: &mut Ui, cell: Rect, (step, tensor): (usize, &str), steps: usize, rate: &TensorRate) {
    let (number, value) = (step + 1, numbers::significant(rate.rate));
    let mut about = match steps {
        1 => tell(
            || format!("{tensor} at every step: inner rate {value}"),
            || format!("{tensor} 在每一步：内循环学习率 {value}"),
        ),
        _ => tell(
            || format!("{tensor} at step {number}: inner rate {value}"),
            || format!("{tensor} 在第 {number} 步：内循环学习率 {value}"),
        ),
    };
    if rate.keep != 1.0 {
        let share = numbers::significant(100.0 * rate.keep);
        about +=
            &tell(|| format!(", after {share} % of the parameters were kept"), || format!("，此前参数保留 {share} %"));
    }
    if rate.vanished > 0.0 {
        let share = numbers::significant(100.0 * rate.vanished);
        about += &tell(
            || format!("\n{share} % of its rates are more than 100 times below α: they hardly adapt"),
            || format!("\n其中 {share} % 的学习率不到 α 的百分之一：几乎不适应"),
        );
    }
    let response = ui.interact(cell, ui.make_persistent_id(("rate", step, tensor)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &about));
    response.on_hover_text(about);
}

/// Draws the history into `rect`: a line for each tensor and step, later steps fainter. `all` is how many steps have
/// rates of their own, of which there may be no curve.
pub fn history(ui: &mut Ui, rect: Rect, curves: &[Vec<Curve>], tensors: &[String], all: usize) {
    let palette = Palette::of(ui);
    let painter = ui.painter().clone();
    let mut title = say("Learned rates over the run", "学到的学习率在运行中的变化").to_owned();
    let few = curves.len();
    if few < all {
        title += &tell(|| format!(", first {few} of {all} steps"), || format!("，{all} 步中的前 {few} 步"));
    }
    painter.text(rect.left_top(), Align2::LEFT_TOP, title, small_font(), palette.weak);
    let points = || curves.iter().flatten().flat_map(|curve| &curve.points);
    let last = points().map(|point| point.at).fold(1.0, f64::max);
    let [low, high] = range(points().map(|point| f64::from(point.mean).log10()));
    let plot = Rect::from_min_max(rect.min + vec2(44.0, LINE), rect.max - vec2(44.0, LINE));
    let height = |value: f64| plot.bottom() - ((value.log10() - low) / (high - low)) as f32 * plot.height();
    rates_axis(&painter, plot, [low, high], height, palette);
    for (x, align, at) in [(plot.left(), Align2::LEFT_TOP, 0.0), (plot.right(), Align2::RIGHT_TOP, last)] {
        let text = numbers::thousands(at as i64);
        painter.text(pos2(x, plot.bottom() + 2.0), align, text, small_font(), palette.weak);
    }
    let steps = curves.len();
    let rows = curves.first().map_or(0, Vec::len);
    let mut ends: Vec<(f32, usize)> = Vec::new();
    for (step, row, curve) in curves
        .iter()
        .enumerate()
        .rev()
        .flat_map(|(step, curves)| curves.iter().enumerate().map(move |(row, curve)| (step, row, curve)))
    {
        let colour = row_colour(palette, row, rows).gamma_multiply(1.0 - 0.7 * step as f32 / steps as f32);
        let every = (curve.points.len() / 120).max(1);
        let kept = curve.points.iter().enumerate().filter(|(i, _)| i % every == 0 || i + 1 == curve.points.len());
        let line = kept.map(|(_, point)| {
            pos2(plot.left() + (point.at / last) as f32 * plot.width(), height(f64::from(point.mean)))
        });
        let line: Vec<_> = line.collect();
        if let (0, Some(end)) = (step, line.last()) {
            ends.push((end.y, row));
        }
        painter.line(line, Stroke::new(if step == 0 { 2.0 } else { 1.2 }, colour));
    }
    // Names beside the ends, pushed apart where they would lie on each other.
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = f32::NEG_INFINITY;
    for (y, row) in ends {
        let y = y.max(free);
        free = y + 13.0;
        let colour = palette.as_text(row_colour(palette, row, rows));
        let name = tensors.get(row).map_or("", String::as_str);
        painter.text(pos2(plot.right() + 4.0, y), Align2::LEFT_CENTER, name, small_font(), colour);
    }
    let response = ui.interact(rect, ui.make_persistent_id("rate-history"), Sense::hover());
    let name = say("history of the learned rates", "学到的学习率的历史");
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    response.on_hover_text(say(
        "One line for each tensor; where steps have rates of their own, the first one is the strongest",
        "每个张量一条线；各步有自己的学习率时，第一步的线最深",
    ));
}

fn rates_axis(painter: &Painter, plot: Rect, [low, high]: [f64; 2], height: impl Fn(f64) -> f32, palette: &Palette) {
    let steps = if high - low < 2.0 { &[1.0, 2.0, 5.0][..] } else { &[1.0] };
    for exponent in low.floor() as i32..=high.ceil() as i32 {
        for digit in steps {
            let value = digit * 10f64.powi(exponent);
            if (low..=high).contains(&value.log10()) {
                let y = height(value);
                painter.hline(plot.x_range(), y, Stroke::new(1.0, palette.line));
                let text = numbers::compact(value);
                painter.text(pos2(plot.left() - 6.0, y), Align2::RIGHT_CENTER, text, small_font(), palette.weak);
            }
        }
    }
}

/// First tensor to last: from the colour of the joint baseline to that of adaptation.
fn row_colour(palette: &Palette, row: usize, rows: usize) -> egui::Color32 {
    blend(palette.joint, palette.adapted, row as f32 / rows.saturating_sub(1).max(1) as f32)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// Smallest and largest finite logarithm with a margin, at least a quarter of a decade.
fn range(logs: impl Iterator<Item = f64>) -> [f64; 2] {
    let (low, high) = logs
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return [-3.0, 0.0];
    }
    let (middle, half) = (0.5 * (low + high), (0.55 * (high - low)).max(0.125));
    [middle - half, middle + half]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_survive_anything() {
        assert_eq!(range(std::iter::empty()), [-3.0, 0.0]);
        assert_eq!(range([f64::NEG_INFINITY, f64::NAN].into_iter()), [-3.0, 0.0]);
        assert_eq!(range([-2.0].into_iter()), [-2.125, -1.875]);
        let [low, high] = range([-3.0, -1.0].into_iter());
        assert!(low < -3.0 && high > -1.0);
    }
}
