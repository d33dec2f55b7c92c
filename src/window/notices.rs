//! Short messages in the lower right corner. They leave by themselves and can be read by a screen
//! reader; while they wait they cost no frames.

use std::time::Duration;

use egui::{Align2, Area, Context, Frame, Id, Margin, Order, RichText, Stroke, vec2};

use super::theme::{GRID, Palette};
use crate::text::{Words, say};

/// Seconds that a message stays, plus a little for every character.
const SECS: f64 = 4.0;
const SECS_PER_CHARACTER: f64 = 0.04;

/// What kind of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something worked.
    Done,
    /// Something failed.
    Error,
}

struct Notice {
    kind: Kind,
    text: Words,
    until: Option<f64>,
}

/// The messages on screen.
#[derive(Default)]
pub struct Notices {
    notices: Vec<Notice>,
}

impl Notices {
    /// Shows a message.
    pub fn add(&mut self, kind: Kind, text: impl Into<Words>) {
        let text = text.into();
        self.notices.retain(|notice| notice.text != text);
        self.notices.push(Notice { kind, text, until: None });
        if self.notices.len() > 4 {
            self.notices.remove(0);
        }
    }

    /// Draws them over everything else, so high above the lower edge.
    pub fn ui(&mut self, ctx: &Context, above: f32) {
        let now = ctx.input(|input| input.time);
        for notice in &mut self.notices {
            notice.until.get_or_insert(now + SECS + SECS_PER_CHARACTER * notice.text.chars().count() as f64);
        }
        self.notices.retain(|notice| notice.until.is_some_and(|until| until > now));
        let Some(next) = self.notices.iter().filter_map(|notice| notice.until).reduce(f64::min) else { return };
        ctx.request_repaint_after(Duration::from_secs_f64((next - now).max(0.05)));
        let mut closed = None;
        Area::new(Id::unique("notices"))
            .order(Order::Foreground)
            .anchor(Align2::RIGHT_BOTTOM, vec2(-3.0 * GRID, -3.0 * GRID - above))
            .show(ctx, |ui| {
                let palette = Palette::of(ui);
                for (index, notice) in self.notices.iter().enumerate() {
                    let colour = if notice.kind == Kind::Error { palette.danger } else { palette.accent };
                    Frame::popup(ui.style())
                        .inner_margin(Margin::symmetric(12, 8))
                        .stroke(Stroke::new(1.0, colour))
                        .show(ui, |ui| {
                            ui.set_max_width(360.0);
                            ui.horizontal(|ui| {
                                let close = ui
                                    .small_button("×")
                                    .on_hover_text(say("Closes this message", "关闭这条消息"))
                                    .accessible_name(say("Close message", "关闭消息"));
                                ui.add(egui::Label::new(RichText::new(notice.text.get())).wrap());
                                if close.clicked() {
                                    closed = Some(index);
                                }
                            });
                        });
                }
            });
        if let Some(index) = closed {
            self.notices.remove(index);
        }
    }
}
