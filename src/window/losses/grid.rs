//! The lines of an axis and what stands at them.

use egui_plot::{AxisHints, GridMark, Plot};

use crate::window::numbers;

/// Decades below which the axis has round values instead of powers of ten.
const NARROW: f64 = 0.6;

/// So far apart, or farther, numbers of an axis are shown: those side by side, and those above one another.
const APART: [f32; 2] = [60.0, 20.0];

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
    let every = (decades / 6.0).ceil().max(1.0);
    let mut marks = Vec::new();
    for exponent in low.floor() as i64..=high.ceil() as i64 {
        if exponent.rem_euclid(every as i64) == 0 {
            marks.push(GridMark { value: exponent as f64, step_size: every });
        }
        if decades < 3.0 {
            marks.extend(
                (2..=9).map(|digit| GridMark { value: exponent as f64 + f64::from(digit).log10(), step_size: 0.1 }),
            );
        }
    }
    marks.retain(|mark| (low..=high).contains(&mark.value));
    marks
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
    if decades < 2.0 && (digit == 2.0 || digit == 5.0) {
        numbers::compact(10f64.powf(mark.value))
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
