//! The banner over the samples while the run is diverged.

use egui::{Frame, Margin, RichText, Stroke, Ui};

use super::commands::{Commands, UiCommand};
use super::numbers;
use super::theme::Palette;
use crate::settings::{Knob, RunSettings};
use crate::train::snapshot::Divergence;

/// Draws the reason and the two ways out.
pub fn ui(ui: &mut Ui, divergence: &Divergence, run: &RunSettings, commands: &mut Commands) {
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.danger_ground)
        .stroke(Stroke::new(1.0, palette.danger))
        .corner_radius(4)
        .inner_margin(Margin::symmetric(12, 8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let at = |iteration: u64| numbers::thousands(i64::try_from(iteration).unwrap_or(i64::MAX));
            ui.horizontal(|ui| {
                ui.label(
                    RichText::new(format!("Diverged at meta-iteration {}", at(divergence.meta_iteration)))
                        .strong()
                        .color(palette.danger),
                );
                let restored = format!("the state of {} is kept", at(divergence.restored));
                ui.label(RichText::new(restored).small().color(palette.weak));
            });
            ui.add(egui::Label::new(&divergence.reason).wrap());
            ui.horizontal(|ui| {
                for command in [UiCommand::GoBack, UiCommand::HalveAndGoOn] {
                    let outer = divergence.rate_to_lower(run) == Knob::OuterRate;
                    let label = match command {
                        UiCommand::HalveAndGoOn if outer => "Halve β and go on",
                        _ => command.label(),
                    };
                    if ui.button(label).on_hover_text(command.tooltip()).clicked() {
                        commands.push(command);
                    }
                }
            });
        });
}
