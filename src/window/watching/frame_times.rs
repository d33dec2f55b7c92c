//! How long frames take, for those who ask.

use std::collections::VecDeque;
use std::time::Duration;

use egui::{Align2, Area, Context, Frame, Id, Margin, Order, RichText, TextWrapMode, vec2};

use super::Observer;
use super::recorder::Spread;
use crate::text::{Text, tell, text};
use crate::train::snapshot::Snapshot;
use crate::window::theme::{GRID, Palette};

/// Frames that are looked back on.
const KEPT: usize = 120;

/// One sentence: what the numbers are.
const ABOUT: Text = text(
    "Median and 95th percentile over the last 120 frames: the window's own work for a frame, and the whole frame until it is on the screen",
    "最近 120 帧的中位数和 95 % 分位数：窗口自己为一帧所做的工作，以及直到这一帧出现在屏幕上的全部时间",
);

/// The readout. While it is hidden nothing is kept.
#[derive(Debug, Default)]
pub struct FrameTimes {
    open: bool,
    own: VecDeque<f32>,
    whole: VecDeque<f32>,
}

impl FrameTimes {
    /// Shows or hides it.
    pub fn toggle(&mut self) {
        *self = Self { open: !self.open, ..Self::default() };
    }

    /// Draws it in the lower right corner, if it is open.
    pub fn ui(&self, ctx: &Context) {
        if !self.open {
            return;
        }
        let [own, whole] = [&self.own, &self.whole].map(spread);
        let text =
            tell(|| format!("own work {own} · whole frame {whole}"), || format!("自身工作 {own} · 整帧 {whole}"));
        let palette = Palette::of_theme(ctx.theme());
        let frame = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(6, 1));
        Area::new(Id::unique("frame-times"))
            .order(Order::Foreground)
            .anchor(Align2::RIGHT_BOTTOM, vec2(-GRID, 0.0))
            .show(ctx, |ui| {
                ui.style_mut().wrap_mode = Some(TextWrapMode::Extend);
                frame
                    .show(ui, |ui| ui.label(RichText::new(text).small().color(palette.weak)).on_hover_text(ABOUT.get()))
            });
    }
}

impl Observer for FrameTimes {
    fn frame_begins(&mut self, last_own: Option<f32>) {
        if let Some(secs) = last_own.filter(|_| self.open) {
            keep(&mut self.own, secs);
        }
    }

    fn frame_shown(&mut self, whole: Duration, _: Option<&Snapshot>) {
        if self.open {
            keep(&mut self.whole, whole.as_secs_f32());
        }
    }
}

fn keep(times: &mut VecDeque<f32>, secs: f32) {
    if times.len() == KEPT {
        times.pop_front();
    }
    times.push_back(1000.0 * secs);
}

fn spread(times: &VecDeque<f32>) -> String {
    if times.is_empty() {
        return "-".to_owned();
    }
    let Spread { p50, p95, .. } = Spread::of(times);
    tell(|| format!("{p50:.1} ms, 95 % below {p95:.1}"), || format!("{p50:.1} ms，95 % 低于 {p95:.1}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_frames_count_and_none_while_hidden() {
        let mut times = FrameTimes::default();
        times.frame_begins(Some(1.0));
        assert!(times.own.is_empty());
        times.toggle();
        times.frame_begins(Some(9.0));
        (0..KEPT).for_each(|_| times.frame_begins(Some(0.004)));
        times.frame_shown(Duration::from_millis(21), None);
        assert_eq!(spread(&times.own), "4.0 ms, 95 % below 4.0");
        assert_eq!(spread(&times.whole), "21.0 ms, 95 % below 21.0");
        times.toggle();
        assert!(times.own.is_empty());
    }
}
