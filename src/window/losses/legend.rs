//! The legend: a row of names above the plot, so that it never covers data, and toggles for a menu.

use egui::{Color32, Painter, Pos2, Rect, Role, Sense, Shape, Slider, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::series::Series;
use crate::text::{say, tell};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette, small_font};
use crate::window::toggle::toggle;

/// Height of a plot and a timeline that can be read.
const PLOT: f32 = 84.0;

/// Height of a row of names.
const ROW: f32 = 4.0 * GRID;

/// Length of the drawn sample of a line.
const SAMPLE: f32 = 18.0;

/// How long the sample of a toggle is, and how high the toggle.
pub const TOGGLE: Vec2 = vec2(SAMPLE, ROW);

/// One toggle for each of these entries, below one another.
pub fn toggles(ui: &mut Ui, shown: &mut [bool; Series::ALL.len()], entries: &[Series]) {
    for (series, shown) in Series::ALL.into_iter().zip(shown).filter(|(series, _)| entries.contains(series)) {
        let look = series.look(Palette::of(ui));
        let draw = |painter: &Painter, ends, strength| sample(painter, ends, look, strength);
        toggle(ui, [series.label(), series.tooltip()], shown, (small_font(), TOGGLE), draw);
    }
}

/// A line that has a name.
pub struct Entry {
    /// The name.
    pub label: String,
    /// One sentence: what it is.
    pub about: &'static str,
    /// Colour, width, and whether it is dashed.
    pub look: (Color32, f32, bool),
}

impl Entry {
    /// Of a series.
    pub fn of(series: Series, palette: &Palette) -> Self {
        Self { label: series.label().to_owned(), about: series.tooltip(), look: series.look(palette) }
    }
}

/// The names of these entries, in as many rows as they take, but for what the plot needs more.
pub fn names(ui: &mut Ui, entries: impl Iterator<Item = Entry>) {
    let palette = Palette::of(ui);
    let room = ui.available_width();
    let most = ((ui.available_height() - PLOT) / ROW).floor().max(1.0);
    let (mut left, mut row) = (0.0, 0.0);
    let mut placed: Vec<_> = entries
        .map(|entry| {
            let galley = ui.painter().layout_no_wrap(entry.label.clone(), small_font(), palette.text);
            let width = SAMPLE + GRID + galley.size().x;
            if left > 0.0 && left + width > room {
                (left, row) = (0.0, row + 1.0);
            }
            let place = vec2(left, row * ROW);
            left += width + 3.0 * GRID;
            (entry, galley, place, width)
        })
        .collect();
    let row = row.min(most - 1.0);
    placed.retain(|(_, _, place, _)| place.y <= row * ROW);
    let (all, _) = ui.allocate_exact_size(vec2(room, (row + 1.0) * ROW), Sense::hover());
    for (index, (Entry { label, about, look }, galley, place, width)) in placed.into_iter().enumerate() {
        let rect = Rect::from_min_size(all.min + place, vec2(width, ROW));
        sample(ui.painter(), [rect.left_center(), rect.left_center() + vec2(SAMPLE, 0.0)], look, 1.0);
        let corner = pos2(rect.left() + SAMPLE + GRID, rect.center().y - 0.5 * galley.size().y);
        ui.painter().galley(corner, galley, palette.text);
        let response = ui.interact(rect, ui.scope_id().with(("legend", index)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
        response.on_hover_text(about);
    }
}

/// A piece of a line.
fn sample(painter: &Painter, ends: [Pos2; 2], (colour, width, dashed): (Color32, f32, bool), strength: f32) {
    let stroke = Stroke::new(width, colour.gamma_multiply(strength));
    if dashed {
        painter.extend(Shape::dashed_line(&ends, stroke, 5.0, 3.0));
    } else {
        painter.line_segment(ends, stroke);
    }
}

/// How far back the average looks.
pub fn smoothing(ui: &mut Ui, window: &mut f64) {
    let tooltip = say(
        "Averages over so much of the run; the raw curve stays visible behind",
        "按运行的这一比例取平均；原始曲线在后面仍可见",
    );
    let share = numbers::compact(*window);
    let text = match *window <= 0.0 {
        true => say("Smoothing off", "平滑：关").to_owned(),
        false => tell(|| format!("Smoothing {share} %"), || format!("平滑 {share} %")),
    };
    ui.label(text).on_hover_text(tooltip);
    let slider = Slider::new(window, 0.0..=10.0).step_by(0.5).show_value(false);
    ui.add(slider).on_hover_text(tooltip).accessible_name(say("Smoothing", "平滑"));
}
