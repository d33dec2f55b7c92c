//! The banner over the samples while the run is diverged.

use egui::{Button, Frame, Margin, RichText, Stroke, Ui};

use super::commands::{Commands, UiCommand};
use super::numbers;
use super::theme::Palette;
use crate::settings::{Knob, RunSettings};
use crate::train::snapshot::Divergence;

/// Draws the reason and the ways out.
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
            let heading = format!("Diverged at meta-iteration {}", at(divergence.meta_iteration));
            ui.label(RichText::new(heading).strong().color(palette.danger));
            ui.add(egui::Label::new(&divergence.reason).wrap());
            ui.horizontal(|ui| {
                let outer = divergence.rate_to_lower(run) == Knob::OuterRate;
                for command in [UiCommand::GoBack, UiCommand::HalveAndGoOn, UiCommand::SetToMarkAndGoOn] {
                    let why_not = match command {
                        UiCommand::SetToMarkAndGoOn => divergence.why_no_mark(run),
                        _ => None,
                    };
                    let label = match (&command, divergence.mark()) {
                        (UiCommand::HalveAndGoOn, _) if outer => "Halve β and go on".to_owned(),
                        (UiCommand::SetToMarkAndGoOn, Some(mark)) if why_not.is_none() => {
                            format!("{} ({mark})", command.label())
                        }
                        _ => command.label().to_owned(),
                    };
                    let response = ui
                        .add_enabled(why_not.is_none(), Button::new(label))
                        .on_hover_text(command.tooltip())
                        .on_disabled_hover_text(why_not.unwrap_or_default());
                    if response.clicked() {
                        commands.push(command);
                    }
                }
            });
        });
}
