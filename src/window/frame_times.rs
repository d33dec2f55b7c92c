//! How long frames take, for those who ask.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use egui::{Align2, Area, Context, Frame, Id, Margin, Order, RichText, TextWrapMode, vec2};

use super::theme::{GRID, Palette};

/// Frames that are looked back on.
const KEPT: usize = 120;

/// One sentence: what the numbers are.
const ABOUT: &str = "Median and 95th percentile over the last 120 frames: the window's own work for a frame, and the whole frame until it is on the screen";

/// The readout. While it is hidden nothing is kept.
#[derive(Debug, Default)]
pub struct FrameTimes {
    open: bool,
    own: VecDeque<f32>,
    whole: RefCell<VecDeque<f32>>,
}

impl FrameTimes {
    /// Shows or hides it.
    pub fn toggle(&mut self) {
        *self = Self { open: !self.open, ..Self::default() };
    }

    /// The window's own work for the frame before.
    pub fn own(&mut self, secs: Option<f32>) {
        if let Some(secs) = secs.filter(|_| self.open) {
            keep(&mut self.own, secs);
        }
    }

    /// A frame is on the screen after so long.
    pub fn shown(&self, whole: Duration) {
        if self.open {
            keep(&mut self.whole.borrow_mut(), whole.as_secs_f32());
        }
    }

    /// Draws it in the lower right corner, if it is open.
    pub fn ui(&self, ctx: &Context) {
        if !self.open {
            return;
        }
        let text = format!("own work {} · whole frame {}", spread(&self.own), spread(&self.whole.borrow()));
        let palette = Palette::of_theme(ctx.theme());
        let frame = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(6, 1));
        Area::new(Id::unique("frame-times"))
            .order(Order::Foreground)
            .anchor(Align2::RIGHT_BOTTOM, vec2(-GRID, 0.0))
            .show(ctx, |ui| {
                ui.style_mut().wrap_mode = Some(TextWrapMode::Extend);
                frame.show(ui, |ui| ui.label(RichText::new(text).small().color(palette.weak)).on_hover_text(ABOUT))
            });
    }
}

fn keep(times: &mut VecDeque<f32>, secs: f32) {
    if times.len() == KEPT {
        times.pop_front();
    }
    times.push_back(secs);
}

fn spread(times: &VecDeque<f32>) -> String {
    let mut sorted: Vec<f32> = times.iter().copied().collect();
    sorted.sort_by(f32::total_cmp);
    let at = |share: f32| sorted.get((share * sorted.len().saturating_sub(1) as f32).round() as usize);
    match (at(0.5), at(0.95)) {
        (Some(median), Some(high)) => format!("{:.1} ms, 95 % below {:.1}", 1000.0 * median, 1000.0 * high),
        _ => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_frames_count_and_none_while_hidden() {
        let mut times = FrameTimes::default();
        times.own(Some(1.0));
        assert!(times.own.is_empty());
        times.toggle();
        times.own(Some(9.0));
        (0..KEPT).for_each(|_| times.own(Some(0.004)));
        times.shown(Duration::from_millis(21));
        assert_eq!(spread(&times.own), "4.0 ms, 95 % below 4.0");
        assert_eq!(spread(&times.whole.borrow()), "21.0 ms, 95 % below 21.0");
        times.toggle();
        assert!(times.own.is_empty());
    }
}
