//! The film-strip: what the network puts out after every inner step, from the learned
//! initialisation and from the two baselines. The largest thing on the screen.

mod answers;
mod atlas;
mod cells;
mod closer;
mod gallery;
mod given;
mod grid;
mod plots;
mod steps;
mod strip;

use egui::{RichText, Ui};

use self::gallery::{Look, Sheets};
use self::strip::Strip;
use super::numbers;
use super::theme::Palette;
use crate::train::snapshot::{Evaluation, Given, Snapshot};

/// The view.
#[derive(Default)]
pub struct Samples {
    look: Look,
    strip: Strip,
    sheets: Sheets,
}

impl Samples {
    /// Draws it in all the space that is left.
    pub fn ui(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>) {
        let palette = Palette::of(ui);
        self.strip.update(snapshot.and_then(|snapshot| snapshot.enlarged.as_ref()));
        let evaluation = snapshot
            .and_then(|snapshot| snapshot.evaluation.as_ref())
            .filter(|evaluation| !evaluation.tasks.is_empty());
        ui.horizontal(|ui| {
            ui.heading("Samples");
            if let Some(evaluation) = evaluation {
                let at = numbers::thousands(i64::try_from(evaluation.meta_iteration).unwrap_or(i64::MAX));
                ui.label(
                    RichText::new(format!("held-out tasks while they adapt, at meta-iteration {at}"))
                        .small()
                        .color(palette.weak),
                );
                if has_gallery(evaluation) {
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        gallery::choose(ui, &mut self.look);
                    });
                }
            }
        });
        match evaluation {
            Some(evaluation) if self.look != Look::Strip && has_gallery(evaluation) => {
                self.sheets.ui(ui, self.look, evaluation);
            }
            Some(evaluation) => self.strip.ui(ui, evaluation),
            None => {
                let text =
                    if snapshot.is_some() { "The first evaluation is coming" } else { "The trainer is starting" };
                ui.centered_and_justified(|ui| ui.label(RichText::new(text).color(palette.weak)));
            }
        }
    }
}

/// Whether the tasks are classes.
fn has_gallery(evaluation: &Evaluation) -> bool {
    evaluation.tasks.iter().any(|task| matches!(task.given, Given::Class { .. }))
}
