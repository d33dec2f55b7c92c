//! The lines of an axis and what stands at them.

use std::ops::RangeInclusive;

use egui_plot::{AxisHints, GridMark, Plot};

use crate::window::numbers;
use crate::window::theme::Palette;

/// The smallest loss that is told from zero.
pub const FLOOR: f64 = 1e-12;

/// Decades below which the axis has round values instead of powers of ten.
const NARROW: f64 = 0.6;

/// So far apart, or farther, numbers of an axis are shown: those side by side, and those above one another.
const APART: [f32; 2] = [60.0, 20.0];

/// About how wide a digit is at an axis.
const DIGIT: f64 = 6.5;

/// So far beyond the end of an axis something may stand.
const BEYOND: f64 = 6.0;

/// The plot without gestures of its own, and with numbers at its axes that are there or not; egui's own fade before
/// they leave, and are hard to read.
pub fn fixed(plot: Plot<'_>) -> Plot<'_> {
    let [x, y] = APART.map(|apart| apart..=apart);
    plot.allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_background(false)
        .set_margin_fraction(egui::Vec2::ZERO)
        .custom_x_axes(vec![AxisHints::new_x().label_spacing(x)])
        .custom_y_axes(vec![AxisHints::new_y().label_spacing(y)])
}

/// The same for losses as decimal logarithms.
pub fn log_plot<'a>(id: &'static str, palette: &Palette) -> Plot<'a> {
    fixed(Plot::new(id))
        .grid_color(palette.line)
        .y_grid_spacer(|input| log_grid(input.bounds))
        .y_axis_formatter(|mark, range| log_label(mark, range.end() - range.start()))
}

/// The decimal logarithm of a loss.
pub fn log(loss: f64) -> f64 {
    loss.max(FLOOR).log10()
}

/// The range of these, if there are any, in half decades so that it rarely moves.
pub fn half_decades(logs: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    let [low, high] = logs.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], log| [low.min(log), high.max(log)]);
    (low <= high).then(|| [(2.0 * low - 0.1).floor() / 2.0, (2.0 * high + 0.1).ceil() / 2.0])
}

/// Whole numbers at an axis of such a width, but for one that would run over its end.
pub fn whole_within(width: f32) -> impl Fn(GridMark, &RangeInclusive<f64>) -> String {
    move |mark, range| {
        let text = numbers::thousands(mark.value.round() as i64);
        let left = (range.end() - mark.value) / (range.end() - range.start()) * f64::from(width);
        let half = 0.5 * DIGIT * text.chars().count() as f64;
        if left + BEYOND < half { String::new() } else { text }
    }
}

/// A line at each of a few round numbers.
pub fn even_grid((low, high): (f64, f64)) -> Vec<GridMark> {
    let ticks = numbers::ticks(low, high, 4);
    let step_size = ticks.get(1).map_or(high - low, |second| second - ticks[0]);
    ticks.into_iter().map(|value| GridMark { value, step_size }).collect()
}

/// A line at every power of ten, and fainter ones at 2 to 9 times it; round values where the range
/// is too narrow for these.
pub fn log_grid((low, high): (f64, f64)) -> Vec<GridMark> {
    if !(high - low).is_finite() || high - low > 100.0 {
        return Vec::new();
    }
    let decades = (high - low).max(1e-6);
    if decades < NARROW {
        let round = numbers::ticks(10f64.powf(low), 10f64.powf(high), 4).into_iter().filter(|value| *value > 0.0);
        return round.map(|value| GridMark { value: value.log10(), step_size: 1.0 }).collect();
    }
    let every = (decades / 4.0).ceil().max(1.0);
    let mut marks = Vec::new();
    for exponent in low.floor() as i64..=high.ceil() as i64 {
        if exponent.rem_euclid(every as i64) == 0 {
            marks.push(GridMark { value: exponent as f64, step_size: every });
        }
        if decades < 3.0 {
            // The numbers at 2 and 5 have as much room as there is from 1 to 2.
            let step_size = |digit| if is_told(digit, decades) { 2f64.log10() } else { 0.1 };
            marks.extend(
                (2..=9)
                    .map(f64::from)
                    .map(|digit| GridMark { value: exponent as f64 + digit.log10(), step_size: step_size(digit) }),
            );
        }
    }
    marks.retain(|mark| (low..=high).contains(&mark.value));
    marks
}

/// Whether a number stands at so many times a power of ten.
fn is_told(digit: f64, decades: f64) -> bool {
    decades < 2.0 && (digit == 2.0 || digit == 5.0)
}

/// What stands at such a line; nothing at most of the fainter ones.
pub fn log_label(mark: GridMark, decades: f64) -> String {
    if decades < NARROW {
        return numbers::compact(10f64.powf(mark.value));
    }
    let exponent = mark.value.round();
    if (mark.value - exponent).abs() < 1e-9 {
        return numbers::power_of_ten(exponent as i32);
    }
    let digit = 10f64.powf(mark.value - mark.value.floor()).round();
    if is_told(digit, decades) { numbers::compact(10f64.powf(mark.value)) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_would_be_cut_is_left_out() {
        let label = whole_within(500.0);
        let at = |value| label(GridMark { value, step_size: 500.0 }, &(0.0..=1510.0));
        assert_eq!([500.0, 1000.0, 1500.0].map(at), ["500", "1,000", ""]);
        assert_eq!(label(GridMark { value: 1500.0, step_size: 500.0 }, &(0.0..=1600.0)), "1,500");
    }

    /// Between two powers of ten, too, on a plot so low that their marks at 0.1 decades would have no numbers.
    #[test]
    fn every_log_axis_has_numbers() {
        const HIGH: f64 = 84.0;
        for low in (0..40).map(|tenth| -4.0 + 0.1 * f64::from(tenth)) {
            for decades in (0..150).map(|tenth| 0.2 * 1.04f64.powi(tenth)).filter(|decades| *decades < 70.0) {
                let marks = log_grid((low, low + decades));
                let roomy = |mark: &GridMark| mark.step_size / decades * HIGH >= f64::from(APART[1]);
                let told = marks.into_iter().filter(roomy).filter(|mark| !log_label(*mark, decades).is_empty()).count();
                assert!(told > 0, "no number from {low} over {decades} decades");
            }
        }
    }

    #[test]
    fn log_axis() {
        let marks = log_grid((-2.2, 0.3));
        let labels: Vec<String> =
            marks.into_iter().map(|mark| log_label(mark, 2.5)).filter(|label| !label.is_empty()).collect();
        assert_eq!(labels, ["10⁻²", "10⁻¹", "10⁰"]);
        let mark = GridMark { value: 0.02f64.log10(), step_size: 0.1 };
        assert_eq!(log_label(mark, 1.0), "0.02");
        let narrow = log_grid((0.03f64.log10(), 0.05f64.log10()));
        let labels: Vec<String> = narrow.into_iter().map(|mark| log_label(mark, 0.2)).collect();
        assert!(labels.len() >= 3 && labels.contains(&"0.04".to_owned()), "{labels:?}");
        assert!(log_grid((f64::NEG_INFINITY, 0.0)).is_empty());
    }
}
