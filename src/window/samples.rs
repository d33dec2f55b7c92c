//! The film-strip: what the network puts out after every inner step, from the learned
//! initialisation and from the two baselines. The largest thing on the screen.

mod answers;
mod atlas;
mod cells;
mod closer;
mod draw;
mod gallery;
mod given;
mod grid;
mod panel;
mod plots;
mod steps;
mod strip;
mod taught;
mod walk;

use std::sync::Arc;

use egui::{Align, Layout, RichText, Ui};

use self::draw::Draw;
use self::gallery::{Look, Sheets};
use self::strip::Strip;
use self::walk::WalkView;
use super::commands::Commands;
use super::numbers;
use super::theme::Palette;
use super::watching::spot;
use crate::images::ImageSet;
use crate::train::snapshot::Snapshot;

/// The view.
#[derive(Default)]
pub struct Samples {
    look: Look,
    strip: Strip,
    sheets: Sheets,
    draw: Draw,
    walk: WalkView,
    /// Whether something else is looked at in slow motion.
    aside: bool,
    canvas: bool,
}

impl Samples {
    /// Whether there is a canvas to draw on.
    pub fn has_canvas(&self) -> bool {
        self.canvas
    }

    /// Draws it in all the space that is left.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        snapshot: Option<&Snapshot>,
        images: Option<&Arc<ImageSet>>,
        commands: &mut Commands,
    ) {
        self.canvas = false;
        let palette = Palette::of(ui);
        spot(ui.ctx(), "samples", ui.available_rect_before_wrap());
        self.strip.update(snapshot.and_then(|snapshot| snapshot.enlarged.as_ref()));
        let shown = snapshot.and_then(|snapshot| {
            let evaluation = snapshot.evaluation.as_ref().filter(|evaluation| !evaluation.tasks.is_empty())?;
            Some((snapshot, evaluation))
        });
        let family = shown.map(|(snapshot, _)| snapshot.settings.run.tasks);
        let looks = family.map_or_else(Vec::new, Look::of);
        let walk = snapshot.and_then(|snapshot| snapshot.walk.as_ref());
        self.aside &= walk.is_some();
        let walks = walk.is_some() && !self.aside;
        ui.horizontal(|ui| {
            ui.heading(if walks { "Slow motion" } else { "Samples" });
            if let Some(walk) = walk.filter(|_| walks) {
                let at = i64::try_from(walk.ground.meta_iteration + 1).unwrap_or(i64::MAX);
                let text = format!("training tasks of meta-iteration {}", numbers::thousands(at));
                ui.label(RichText::new(text).small().color(palette.weak));
            } else if let Some((_, evaluation)) = shown {
                let at = numbers::thousands(i64::try_from(evaluation.meta_iteration).unwrap_or(i64::MAX));
                let what = if self.look == Look::Draw { "your own task" } else { "held-out tasks" };
                ui.label(
                    RichText::new(format!("{what} while adapting, at meta-iteration {at}")).small().color(palette.weak),
                );
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if looks.len() > 1 && !walks {
                    gallery::choose(ui, &mut self.look, &looks);
                }
                if walk.is_some() {
                    let about = "One meta-iteration in sub-steps, or the held-out tasks as usual";
                    let other = if walks { "Held-out tasks" } else { "Sub-steps" };
                    if ui.button(RichText::new(other).small()).on_hover_text(about).clicked() {
                        self.aside = walks;
                    }
                }
            });
        });
        if let Some(walk) = walk.filter(|_| walks) {
            self.draw.rest(commands);
            return self.walk.ui(ui, walk);
        }
        let look = self.look.among(&looks);
        self.canvas = look == Look::Draw;
        if !self.canvas {
            self.draw.rest(commands);
        }
        if let Some((_, evaluation)) = shown.filter(|_| !self.canvas) {
            taught::ui(ui, evaluation);
        }
        match (shown, look) {
            (Some((_, evaluation)), Look::Strip) => self.strip.ui(ui, evaluation),
            (Some((snapshot, _)), Look::Draw) => self.draw.ui(ui, snapshot, images, commands),
            (Some((_, evaluation)), look) => self.sheets.ui(ui, look, evaluation),
            (None, _) => {
                let text =
                    if snapshot.is_some() { "The first evaluation is coming" } else { "The trainer is starting" };
                ui.centered_and_justified(|ui| ui.label(RichText::new(text).color(palette.weak)));
            }
        }
    }
}
