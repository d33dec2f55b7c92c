//! Numbers of an outer step, in words.

use crate::meta::dissection::TaskPart;
use crate::text::{say, tell};
use crate::window::numbers;

/// An angle in degrees from its cosine.
pub(super) fn degrees(cosine: f64) -> String {
    let angle = cosine.clamp(-1.0, 1.0).acos().to_degrees();
    if angle >= 9.95 { format!("{angle:.0}°") } else { format!("{angle:.1}°") }
}

/// A number, or that it overflowed.
pub(super) fn number(value: Option<f64>) -> String {
    value.map_or_else(|| say("overflow", "溢出").to_owned(), numbers::significant)
}

/// What a task adds, in words.
pub(super) fn in_words(index: usize, task: &TaskPart) -> String {
    let (index, first, correction) = (index + 1, number(task.first), number(task.correction));
    let [turn, mean] = [task.turn.map(degrees), task.with_mean.map(|cosine| numbers::decimals(cosine, 2))];
    tell(
        || {
            let turn = turn.as_ref().map_or_else(String::new, |angle| format!(", turned by {angle}"));
            let mean = mean.as_ref().map_or_else(String::new, |cosine| format!(", cosine with the mean {cosine}"));
            format!("task {index}: first order {first}, correction {correction}{turn}{mean}")
        },
        || {
            let turn = turn.as_ref().map_or_else(String::new, |angle| format!("，转过 {angle}"));
            let mean = mean.as_ref().map_or_else(String::new, |cosine| format!("，与平均方向的余弦 {cosine}"));
            format!("任务 {index}：一阶 {first}，修正 {correction}{turn}{mean}")
        },
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
