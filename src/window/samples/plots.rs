//! The small plots of the strip: fitted curves, predicted against actual, and the race of the
//! rows. Painted by hand, because there are many of them.

use egui::{Align2, Color32, Mesh, Painter, Pos2, Rangef, Rect, Shape, Stroke, pos2};
use egui_plot::GridMark;

use super::rows::Row;
use crate::text::{say, tell};
use crate::train::snapshot::{Init, Panel, ProbeTask, Trace};
use crate::window::losses::{FLOOR, log_grid, log_label};
use crate::window::numbers;
use crate::window::theme::{Palette, small_font};

/// Points of a line are this far apart on the screen, or farther.
const APART: f32 = 3.0;

/// Numbers at an axis are this far apart, or farther.
const NUMBERS_APART: f64 = 16.0;

/// Heights of the title above a race and of the numbers below it.
const ABOVE: f32 = 22.0;
const BELOW: f32 = 16.0;

/// Query points of a scatter plot, of which there is one for every cell of the strip.
const MOST_SQUARES: usize = 32;

/// A rectangle of values that is shown in a rectangle of the screen.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Where it is painted.
    pub rect: Rect,
    /// Left and right edge.
    pub x: [f32; 2],
    /// Bottom and top edge.
    pub y: [f32; 2],
}

impl View {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        let share = |value: f32, [low, high]: [f32; 2]| if high > low { (value - low) / (high - low) } else { 0.5 };
        pos2(
            self.rect.left() + share(x, self.x) * self.rect.width(),
            // Far outside is as good as any other place outside, and keeps the numbers small.
            self.rect.bottom() - share(y, self.y).clamp(-20.0, 20.0) * self.rect.height(),
        )
    }

    /// A line through the points, without what lies above or below the view; of many points some, with both ends.
    ///
    /// The line is cut here and not by a clip rectangle, because every change of that rectangle costs
    /// a draw call, and there is one plot for every cell of the strip.
    fn line(&self, xs: &[f32], ys: &[f32]) -> Vec<Vec<Pos2>> {
        let (last, apart) = (xs.len().saturating_sub(1), (self.rect.width() / APART).max(2.0) as usize);
        let every = (xs.len() / apart).max(1);
        let points = xs.iter().zip(ys).enumerate().filter(|(index, _)| index % every == 0 || *index == last);
        let points = points.filter(|(_, (_, y))| y.is_finite()).map(|(_, (&x, &y))| self.at(x, y));
        within(&points.collect::<Vec<_>>(), self.rect.y_range())
    }

    fn holds(&self, at: Pos2) -> bool {
        self.rect.expand(1.0).contains(at)
    }
}

/// The scales that all small plots of a task share.
pub struct CommonRange {
    /// Left and right edge.
    pub x: [f32; 2],
    /// Bottom and top edge.
    pub y: [f32; 2],
}

impl CommonRange {
    /// Of one task, for the steps that are shown.
    pub fn of(task: &ProbeTask, steps: &[usize]) -> Self {
        match task.given.first().map(|given| &given.panel) {
            Some(Panel::Curve { support, xs, truth, .. }) => {
                let x = [xs.first().copied().unwrap_or(0.0), xs.last().copied().unwrap_or(1.0)];
                let [low, high] = range(truth.iter().copied().chain(support.iter().map(|point| point[1])));
                // The learned curves widen the range, but one that flies off does not flatten the rest.
                let reach = 0.35 * (high - low);
                let learned = task.traces.first().map_or(&[][..], |trace| &trace.outputs);
                let fitted = steps.iter().filter_map(|&step| match learned.get(step) {
                    Some(Panel::Curve { fitted: Some(values), .. }) => Some(values),
                    _ => None,
                });
                let fitted = fitted.flatten().map(|value| value.clamp(low - reach, high + reach));
                Self { x, y: range(fitted.chain([low, high])) }
            }
            Some(Panel::Scatter { actual, .. }) => {
                let x = range(actual.iter().copied());
                Self { x, y: x }
            }
            _ => Self { x: [0.0, 1.0], y: [0.0, 1.0] },
        }
    }
}

/// The pieces of a line within a range of heights.
fn within(points: &[Pos2], heights: Rangef) -> Vec<Vec<Pos2>> {
    let mut pieces: Vec<Vec<Pos2>> = Vec::new();
    let mut open = false;
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let (low, high) = (from.y.min(to.y), from.y.max(to.y));
        if high < heights.min || low > heights.max {
            open = false;
            continue;
        }
        let cut = |at: Pos2| {
            let y = at.y.clamp(heights.min, heights.max);
            if y == at.y { at } else { pos2(from.x + (to.x - from.x) * (y - from.y) / (to.y - from.y), y) }
        };
        let (start, end) = (cut(from), cut(to));
        match pieces.last_mut().filter(|_| open) {
            Some(piece) => piece.push(end),
            None => pieces.push(vec![start, end]),
        }
        open = end == to;
    }
    pieces
}

fn draw(painter: &Painter, pieces: Vec<Vec<Pos2>>, stroke: Stroke) {
    for piece in pieces {
        painter.line(piece, stroke);
    }
}

/// Smallest and largest finite value with a margin.
pub fn range(values: impl Iterator<Item = f32>) -> [f32; 2] {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return [-1.0, 1.0];
    }
    let margin = ((high - low) * 0.12).max(1e-3);
    [low - margin, high + margin]
}

/// The true curve, the support points and, if there is one, a fitted curve.
pub fn curve(
    painter: &Painter,
    view: View,
    given: (&[f32], &[f32], &[[f32; 2]]),
    fitted: Option<(&[f32], Color32)>,
    palette: &Palette,
) {
    let (xs, truth, support) = given;
    ground(painter, view.rect, palette);
    painter.hline(view.rect.x_range(), view.at(0.0, 0.0).y, Stroke::new(1.0, palette.line));
    let true_line = view.line(xs, truth);
    match fitted {
        None => draw(painter, true_line, Stroke::new(2.0, palette.query)),
        Some((values, colour)) => {
            draw(painter, true_line, Stroke::new(1.0, palette.query.gamma_multiply(0.7)));
            draw(painter, view.line(xs, values), Stroke::new(2.0, colour));
        }
    }
    for point in support {
        let at = view.at(point[0], point[1]);
        if view.holds(at) {
            disc(painter, at, 2.5, palette);
        }
    }
}

/// Predicted against actual values; on the diagonal they agree.
pub fn scatter(
    painter: &Painter,
    view: View,
    actual: &[f32],
    support: usize,
    predicted: &[f32],
    colour: Color32,
    palette: &Palette,
) {
    ground(painter, view.rect, palette);
    painter.line_segment(
        [view.at(view.x[0], view.x[0]), view.at(view.x[1], view.x[1])],
        Stroke::new(1.0, palette.weak.gamma_multiply(0.6)),
    );
    let points = actual.iter().zip(predicted).filter(|(_, y)| y.is_finite()).map(|(&x, &y)| view.at(x, y));
    let every = actual.len().saturating_sub(support).div_ceil(MOST_SQUARES).max(1);
    let points = points.enumerate().filter(|(_, at)| view.holds(*at));
    // One mesh of squares: there are many points, and a circle of this size has ten times the corners.
    let mut squares = Mesh::default();
    for (_, at) in points.clone().filter(|(index, _)| *index >= support && index % every == 0) {
        let square = Rect::from_center_size(at, egui::Vec2::splat(3.0));
        squares.add_colored_rect(square, colour.gamma_multiply(0.75));
    }
    painter.add(squares);
    for (_, at) in points.filter(|(index, _)| *index < support) {
        disc(painter, at, 3.0, palette);
    }
}

/// Behind a small plot: two triangles, where a rectangle with soft edges would be twenty.
pub fn ground(painter: &Painter, rect: Rect, palette: &Palette) {
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(rect, palette.ground);
    painter.add(mesh);
}

/// A support point with a rim that sets it off from lines.
fn disc(painter: &Painter, at: Pos2, radius: f32, palette: &Palette) {
    painter.circle_filled(at, radius + 1.0, palette.ground);
    painter.circle_filled(at, radius, palette.support);
}

/// Where numbers stand at an axis of such a height, and which; an axis that is not even is logarithmic.
fn told((low, high): (f64, f64), even: bool, height: f32) -> Vec<(f64, String)> {
    if even {
        let ticks = numbers::ticks(low, high, if height > 120.0 { 5 } else { 3 });
        return ticks.into_iter().map(|value| (value, numbers::compact(value))).collect();
    }
    let decades = high - low;
    let roomy = |mark: &GridMark| mark.step_size / decades * f64::from(height) >= NUMBERS_APART;
    let numbers = log_grid((low, high)).into_iter().filter(roomy).map(|mark| (mark.value, log_label(mark, decades)));
    numbers.filter(|(_, number)| !number.is_empty()).collect()
}

/// PSNR or loss over the inner steps, one line for each row, dashed where it is of the run beside.
pub fn race(painter: &Painter, rect: Rect, task: &ProbeTask, rows: &[(Row, &Trace)], palette: &Palette) {
    let psnr = rows.iter().all(|(_, trace)| trace.psnr.is_some());
    let score = rows.iter().all(|(_, trace)| !trace.scores.is_empty());
    let values: Vec<Vec<f32>> = rows
        .iter()
        .map(|(_, trace)| match &trace.psnr {
            Some(values) if psnr => values.clone(),
            _ if score => trace.scores.iter().map(|score| 100.0 * score).collect(),
            _ => trace.query_loss.iter().map(|loss| loss.max(FLOOR as f32).log10()).collect(),
        })
        .collect();
    let title = match task.score {
        Some(score) => tell(|| format!("{score} in % at step k"), || format!("第 k 步的{score}（%）")),
        None if psnr => say("PSNR in dB at step k", "第 k 步的 PSNR（dB）").to_owned(),
        None => say("Query loss at step k", "第 k 步的查询损失").to_owned(),
    };
    // Both are read on an even axis; losses on a logarithmic one.
    let even = psnr || score;
    let title = painter.layout_no_wrap(title, small_font(), palette.weak);
    if title.size().x <= rect.width() {
        painter.galley(rect.left_top(), title, palette.weak);
    }
    let [low, high] = range(values.iter().flatten().copied());
    let last = values.iter().map(Vec::len).max().unwrap_or(1).saturating_sub(1).max(1);
    let heights = Rangef::new(rect.top() + ABOVE, rect.bottom() - BELOW);
    let ticks = told((f64::from(low), f64::from(high)), even, heights.span());
    let labels =
        ticks.into_iter().map(|(value, text)| (value as f32, painter.layout_no_wrap(text, small_font(), palette.weak)));
    let labels: Vec<_> = labels.collect();
    let label_width = labels.iter().map(|(_, galley)| galley.size().x).fold(0.0, f32::max);
    let plot = Rect::from_x_y_ranges(rect.left() + label_width + 6.0..=rect.right() - 4.0, heights);
    let view = View { rect: plot, x: [0.0, last as f32], y: [low, high] };
    for (value, galley) in labels {
        let y = view.at(0.0, value).y;
        painter.hline(plot.x_range(), y, Stroke::new(1.0, palette.line));
        let size = galley.size();
        painter.galley(pos2(plot.left() - 6.0 - size.x, y - 0.5 * size.y), galley, palette.weak);
    }
    for step in [0, last] {
        let x = view.at(step as f32, low).x;
        let align = if step == 0 { Align2::LEFT_TOP } else { Align2::RIGHT_TOP };
        painter.text(pos2(x, plot.bottom() + 2.0), align, step.to_string(), small_font(), palette.weak);
    }
    let steps: Vec<f32> = (0..=last).map(|step| step as f32).collect();
    for ((row, _), values) in rows.iter().zip(&values).rev() {
        let colour = row.colour(palette);
        if let Some(end) = values.last().filter(|value| value.is_finite()) {
            painter.circle_filled(view.at(last as f32, *end), 2.5, colour);
        }
        let line = view.line(&steps, values);
        let stroke = Stroke::new(if row.init == Init::Learned { 2.0 } else { 1.5 }, colour);
        if row.beside {
            line.iter().for_each(|piece| painter.extend(Shape::dashed_line(piece, stroke, 4.0, 3.0)));
        } else {
            draw(painter, line, stroke);
        }
    }
}

/// What a screen reader says about the race.
pub fn race_text(rows: &[(Row, &Trace)]) -> String {
    let ends = rows.iter().map(|(row, trace)| {
        let psnr = trace.psnr.as_ref().and_then(|values| values.last());
        let (value, unit) = match (psnr, trace.scores.last()) {
            (Some(psnr), _) => (*psnr, " dB"),
            (None, Some(score)) => (100.0 * score, " %"),
            (None, None) => (trace.query_loss.last().copied().unwrap_or(f32::NAN), ""),
        };
        let (init, value) = (row.label(), numbers::significant(f64::from(value)));
        tell(|| format!("{init} ends at {value}{unit}"), || format!("{init}最终为 {value}{unit}"))
    });
    ends.collect::<Vec<_>>().join(say(", ", "，"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_race_of_losses_has_numbers() {
        let texts = |range, height| told(range, false, height).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(texts((-4.2, 0.3), 92.0), ["10⁻⁴", "10⁻²", "10⁰"]);
        assert_eq!(texts((1.1f64.log10(), 6.0f64.log10()), 92.0), ["2", "5"]);
        for tenth in 0..60 {
            let low = -3.0 + 0.1 * f64::from(tenth);
            assert!((1..30).all(|decades| !texts((low, low + 0.2 * f64::from(decades)), 72.0).is_empty()), "{low}");
        }
    }

    #[test]
    fn lines_end_at_the_edge() {
        let line = [pos2(0.0, 5.0), pos2(1.0, 15.0), pos2(2.0, 15.0), pos2(3.0, 5.0), pos2(4.0, -5.0)];
        let pieces = within(&line, Rangef::new(0.0, 10.0));
        assert_eq!(
            pieces,
            [vec![pos2(0.0, 5.0), pos2(0.5, 10.0)], vec![pos2(2.5, 10.0), pos2(3.0, 5.0), pos2(3.5, 0.0)]]
        );
        assert!(within(&line[1..3], Rangef::new(0.0, 10.0)).is_empty());
        assert_eq!(within(&line[..2], Rangef::new(0.0, 20.0)), [line[..2].to_vec()]);
    }
}
