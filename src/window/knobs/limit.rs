//! The mark on α's track: from where on an inner step overshoots.

use std::sync::Arc;

use egui::{Painter, Rect, Stroke};

use crate::settings::table::Range;
use crate::text::{say, tell};
use crate::train::views::Stability;
use crate::window::hatch::hatch;
use crate::window::numbers;
use crate::window::theme::Palette;

/// What a new measurement weighs against those before: each has tasks of its own.
const WEIGHT: f64 = 0.2;
/// A limit that has changed by this factor is no jitter.
const JUMP: f64 = 2.0;
/// Distance between two stripes of what is beyond the limit.
const STRIPE: f32 = 5.0;

/// The limit as it is drawn.
#[derive(Default)]
pub struct Limit {
    source: Option<Arc<Stability>>,
    smoothed: Option<f64>,
}

impl Limit {
    /// Takes the newest measurement. While nothing `moves` it counts alone.
    pub fn update(&mut self, newest: Option<&Arc<Stability>>, moves: bool) {
        let Some(newest) = newest else { return *self = Self::default() };
        if self.source.as_ref().is_some_and(|known| Arc::ptr_eq(known, newest)) {
            return;
        }
        let smallest = newest.smallest().map(|(_, limit)| limit).filter(|limit| *limit > 0.0 && limit.is_finite());
        self.smoothed = match (self.smoothed, smallest) {
            (Some(before), Some(now)) if moves && (before / now).ln().abs() < JUMP.ln() => {
                Some((before.ln() + WEIGHT * (now / before).ln()).exp())
            }
            (_, now) => now,
        };
        self.source = Some(Arc::clone(newest));
    }

    /// A sentence about what was measured last.
    pub fn tooltip(&self) -> Option<String> {
        let limits = &self.source.as_ref()?.limits;
        let (task, smallest) = self.source.as_ref()?.smallest()?;
        if smallest.is_infinite() {
            let text = say(
                "No inner step overshoots here: no task's support loss bends upward at φ",
                "这里没有内循环步会过大：没有任务的支持集损失在 φ 处向上弯曲",
            );
            return Some(text.to_owned());
        }
        let others: Vec<f64> = limits.iter().enumerate().filter(|(index, _)| *index != task).map(|(_, v)| *v).collect();
        let low = others.iter().copied().fold(f64::INFINITY, f64::min);
        let high = others.iter().copied().fold(0.0, f64::max);
        let [from, low, high] = [smallest, low, high].map(numbers::compact);
        let (task, count) = (task + 1, others.len());
        Some(tell(
            || {
                let others = match count {
                    0 => String::new(),
                    1 => format!(" (limit of the other {low})"),
                    _ => format!(" (limits of the others {low} to {high})"),
                };
                format!(
                    "From {from} on the inner step overshoots: 2/λ_max of task {task}'s support loss{others}. A little beyond, a few steps may still help"
                )
            },
            || {
                let others = match count {
                    0 => String::new(),
                    1 => format!("（另一个任务的界限为 {low}）"),
                    _ => format!("（其他任务的界限为 {low} 到 {high}）"),
                };
                format!(
                    "从 {from} 起内循环步长过大：这是任务 {task} 支持集损失的 2/λ_max{others}。稍微超过一点，走几步仍可能有益"
                )
            },
        ))
    }

    /// Draws a tick at the limit and hatches the track beyond it, but for the handle.
    pub fn draw(&self, painter: &Painter, track: Rect, range: Range, value: f64, palette: &Palette) {
        let Range { low, high, .. } = range;
        let Some(mark) = self.smoothed.filter(|mark| *mark < high) else { return };
        let radius = track.height() / 2.5;
        let across = track.x_range().shrink(radius);
        let place =
            |value: f64| across.min + ((value.clamp(low, high) / low).ln() / (high / low).ln()) as f32 * across.span();
        let (at, handle) = (place(mark), place(value));
        let middle = track.center().y;
        let zone = Rect::from_x_y_ranges(at..=track.right(), middle - 3.0..=middle + 3.0);
        let gap = [handle - radius - 1.0, handle + radius + 1.0];
        for [left, right] in [[zone.left(), gap[0].min(zone.right())], [gap[1].max(zone.left()), zone.right()]] {
            if right > left {
                hatch(painter, Rect::from_x_y_ranges(left..=right, zone.y_range()), STRIPE, 0.8, palette);
            }
        }
        if !(gap[0]..=gap[1]).contains(&at) {
            painter.vline(at, middle - 6.0..=middle + 6.0, Stroke::new(2.0, palette.danger));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(limits: &[f64]) -> Option<Arc<Stability>> {
        Some(Arc::new(Stability { meta_iteration: 1, limits: limits.to_vec() }))
    }

    #[test]
    fn the_mark_is_calm_but_not_late() {
        let mut limit = Limit::default();
        limit.update(measured(&[0.9, 0.4, 0.5]).as_ref(), true);
        assert_eq!(limit.smoothed, Some(0.4));
        for _ in 0..3 {
            limit.update(measured(&[0.5]).as_ref(), true);
        }
        let calm = limit.smoothed.unwrap_or_default();
        assert!(calm > 0.43 && calm < 0.47, "{calm}");
        limit.update(measured(&[5.0]).as_ref(), true);
        assert_eq!(limit.smoothed, Some(5.0), "a jump is no jitter");
        limit.update(measured(&[4.0]).as_ref(), false);
        assert_eq!(limit.smoothed, Some(4.0), "what rests is exact");
        let same = measured(&[3.0]);
        limit.update(same.as_ref(), true);
        let once = limit.smoothed;
        limit.update(same.as_ref(), true);
        assert_eq!(limit.smoothed, once, "a measurement counts once");
        limit.update(None, true);
        assert_eq!(limit.smoothed, None);
    }

    #[test]
    fn what_it_says() {
        let said = |limits: &[f64]| {
            let mut limit = Limit::default();
            limit.update(measured(limits).as_ref(), true);
            limit.tooltip().unwrap_or_default()
        };
        assert_eq!(
            said(&[0.31, 0.9, 0.23]),
            "From 0.23 on the inner step overshoots: 2/λ_max of task 3's support loss (limits of the others 0.31 to 0.9). A little beyond, a few steps may still help"
        );
        assert!(said(&[0.2, 0.3]).contains("(limit of the other 0.3)"));
        assert!(said(&[0.2]).contains("support loss. A little"));
        assert!(said(&[f64::INFINITY]).starts_with("No inner step"));
    }
}
