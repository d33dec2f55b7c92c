//! Numbers of an outer step, in words.

use crate::meta::dissection::TaskPart;
use crate::window::numbers;

/// An angle in degrees from its cosine.
pub(super) fn degrees(cosine: f64) -> String {
    let angle = cosine.clamp(-1.0, 1.0).acos().to_degrees();
    if angle >= 9.95 { format!("{angle:.0}°") } else { format!("{angle:.1}°") }
}

/// A number, or that it overflowed.
pub(super) fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "overflow".to_owned(), numbers::significant)
}

/// What a task adds, in words.
pub(super) fn in_words(index: usize, task: &TaskPart) -> String {
    let angle = task.turn.map_or_else(String::new, |cosine| format!(", turned by {}", degrees(cosine)));
    let mean = task.with_mean.map_or_else(String::new, |cosine| format!(", cosine with the mean {cosine:.2}"));
    format!(
        "task {}: first order {}, correction {}{angle}{mean}",
        index + 1,
        number(task.first),
        number(task.correction)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_angles_have_a_decimal() {
        assert_eq!([1.0, 0.999_999, 0.0, -1.0].map(degrees), ["0.0°", "0.1°", "90°", "180°"]);
    }
}
