//! Where knobs were turned: a thin vertical line with the new value.

use egui::{Align2, RichText};
use egui_plot::{PlotPoint, PlotUi, Text, VLine};

use crate::settings::{Knob, LiveSettings};
use crate::train::snapshot::{KnobMark, Snapshot};
use crate::window::numbers;
use crate::window::theme::{Palette, SMALL_TEXT};

/// Marks of one knob that are closer than this were one turn of it.
const ONE_TURN_POINTS: f32 = 12.0;
/// Space that a label needs, for each of its letters and around it.
const LETTER_POINTS: f64 = 6.5;
const AROUND_POINTS: f64 = 10.0;

/// The marks of the run, and one for each knob of `live` that the trainer has not obeyed yet.
pub fn with_pending(snapshot: &Snapshot, live: &LiveSettings) -> Vec<KnobMark> {
    let at = snapshot.meta_iteration;
    let waiting = Knob::ALL.into_iter().filter(|knob| knob.get(live) != knob.get(&snapshot.settings.live));
    let waiting = waiting.map(|knob| KnobMark { at, knob, value: knob.get(live) });
    snapshot.marks.iter().copied().chain(waiting).collect()
}

/// Draws the marks; a turn of a slider leaves one mark, where it began, with its last value.
pub fn draw(plot: &mut PlotUi<'_>, marks: &[KnobMark], palette: &Palette) {
    let bounds = plot.plot_bounds();
    let (top, width) = (bounds.max()[1], bounds.width());
    let points = plot.response().rect.width().max(1.0);
    let per_point = width / f64::from(points);
    let mut labelled = f64::NEG_INFINITY;
    for mark in one_per_turn(marks, f64::from(ONE_TURN_POINTS) * per_point) {
        let at = mark.at as f64;
        plot.vline(VLine::new("", at).color(palette.accent.gamma_multiply(0.55)).width(1.0).allow_hover(false));
        let text = format!("{} {}", mark.knob.short, numbers::knob_value(mark.knob, mark.value));
        let space = (LETTER_POINTS * text.chars().count() as f64 + AROUND_POINTS) * per_point;
        let near_right = bounds.max()[0] - at < space;
        let left = if near_right { at - space } else { at };
        if left < labelled {
            continue;
        }
        labelled = left + space;
        let (anchor, shift) = if near_right { (Align2::RIGHT_TOP, -3.0) } else { (Align2::LEFT_TOP, 3.0) };
        let position = PlotPoint::new(at + shift * per_point, top);
        let text = RichText::new(text).size(SMALL_TEXT);
        plot.text(Text::new("", position, text).color(palette.accent).anchor(anchor).allow_hover(false));
    }
}

/// Marks of one knob, each nearer than this to the one before, become one: where the first was, with the last value.
pub fn one_per_turn(marks: &[KnobMark], near: f64) -> Vec<KnobMark> {
    let of_one_turn = |earlier: &KnobMark, later: &KnobMark| {
        earlier.knob == later.knob && (later.at.saturating_sub(earlier.at) as f64) < near
    };
    marks.chunk_by(of_one_turn).filter_map(|turn| Some(KnobMark { at: turn.first()?.at, ..*turn.last()? })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_one_mark() {
        let mark = |at, knob, value| KnobMark { at, knob, value };
        let marks = [
            mark(10, Knob::INNER_RATE, 0.1),
            mark(11, Knob::INNER_RATE, 0.2),
            mark(14, Knob::INNER_RATE, 0.3),
            // Further from the first than a turn is long, and yet of it.
            mark(18, Knob::INNER_RATE, 0.4),
            mark(19, Knob::OUTER_RATE, 1e-3),
            mark(90, Knob::OUTER_RATE, 1e-4),
        ];
        let turns: Vec<(u64, f64)> = one_per_turn(&marks, 5.0).iter().map(|mark| (mark.at, mark.value)).collect();
        assert_eq!(turns, [(10, 0.4), (19, 1e-3), (90, 1e-4)]);
    }
}
