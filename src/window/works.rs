//! Files that take long to be written: how far each is, how long it still takes, and a way to give it up.

use std::sync::Arc;
use std::time::Duration;

use egui::{Align2, Area, Context, Frame, Id, Margin, Order, ProgressBar, RichText, Stroke, vec2};

use super::compare::time_left;
use super::theme::{GRID, Palette};
use crate::keep::work::Work;
use crate::text::say;

/// Width of each, at least.
const WIDTH: f32 = 380.0;
/// What is done sooner is not spoken of.
const SOON: Duration = Duration::from_millis(700);
/// How often it is drawn anew while nothing else happens.
const DRAW_EVERY: Duration = Duration::from_millis(250);

/// Draws them in the lower right corner, over everything else; how much height they take there.
pub fn ui(ctx: &Context, works: &[Arc<Work>]) -> f32 {
    if works.is_empty() {
        return 0.0;
    }
    ctx.request_repaint_after(DRAW_EVERY);
    let area = Area::new(Id::unique("works"))
        .order(Order::Foreground)
        .anchor(Align2::RIGHT_BOTTOM, vec2(-3.0 * GRID, -3.0 * GRID))
        .show(ctx, |ui| {
            for work in works.iter().filter(|work| work.since() >= SOON) {
                let palette = Palette::of(ui);
                let frame = Frame::popup(ui.style()).inner_margin(Margin::symmetric(12, 8));
                frame.stroke(Stroke::new(1.0, palette.accent)).show(ui, |ui| {
                    ui.set_min_width(WIDTH);
                    ui.horizontal(|ui| {
                        let name = work.path().file_name().unwrap_or_default().to_string_lossy();
                        ui.label(RichText::new(name.as_ref())).on_hover_text(work.path().display().to_string());
                        let (share, since) = (work.share(), work.since());
                        let left = time_left((share * 1000.0) as u64, 1000, since, since);
                        let text = left.map_or_else(|| say("begins", "开始").to_owned(), super::compare::words);
                        ui.add(ProgressBar::new(share).desired_width(120.0).desired_height(8.0));
                        ui.label(RichText::new(text).small().color(palette.weak));
                        let about = say("Gives it up; nothing is written", "放弃，不写入任何文件");
                        if ui.button(say("Cancel", "取消")).on_hover_text(about).clicked() {
                            work.cancel();
                        }
                    });
                });
            }
        });
    area.response.rect.height()
}
