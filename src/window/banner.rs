//! The banner over the samples while the run is diverged, or has left its best state for good.

use egui::{Button, Frame, Margin, RichText, Stroke, Ui};

use super::commands::{Commands, UiCommand};
use super::numbers;
use super::theme::Palette;
use crate::settings::{Knob, RunSettings};
use crate::train::snapshot::{Astray, Divergence, Snapshot};

/// Draws the reason and the ways out.
pub fn ui(ui: &mut Ui, divergence: &Divergence, run: &RunSettings, commands: &mut Commands) {
    let heading = format!("Diverged at meta-iteration {}", at(divergence.meta_iteration));
    warning(ui, &heading, &divergence.reason, |ui| {
        let outer = divergence.rate_to_lower(run) == Knob::OUTER_RATE;
        for command in [UiCommand::BackToBest, UiCommand::HalveAndGoOn, UiCommand::SetToMarkAndGoOn] {
            let why_not = match command {
                UiCommand::SetToMarkAndGoOn => divergence.why_no_mark(run),
                _ => None,
            };
            let label = match (&command, divergence.mark()) {
                (UiCommand::BackToBest, _) if !divergence.is_best => {
                    format!("Back to {}", at(divergence.restored))
                }
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
}

/// Says that the error on held-out tasks has been far above its best for a while, with the way back; once for each best state of a
/// run, unless it is closed.
pub fn astray(ui: &mut Ui, snapshot: &Snapshot, hushed: &mut Option<(u64, u64)>, commands: &mut Commands) {
    let Some((Astray { times, turned }, best)) = snapshot.astray.zip(snapshot.timeline.best) else { return };
    let about = (snapshot.run, best);
    if *hushed == Some(about) {
        return;
    }
    let turned = turned.map_or_else(String::new, |turned| format!("{turned}. "));
    let times = if times.is_finite() {
        format!("{} times", numbers::significant(f64::from(times)))
    } else {
        "far above".to_owned()
    };
    let text = format!(
        "The error on held-out tasks has stayed at {times} its best, which was at meta-iteration {}. {turned}Training goes on.",
        at(best)
    );
    warning(ui, "The run has left its best state", &text, |ui| {
        let command = UiCommand::BackToBest;
        if ui.button(command.label()).on_hover_text(command.tooltip()).clicked() {
            commands.push(command);
        }
        if ui.button("Dismiss").on_hover_text("Closes this message; the mark on the timeline stays").clicked() {
            *hushed = Some(about);
        }
    });
}

fn at(iteration: u64) -> String {
    numbers::thousands(i64::try_from(iteration).unwrap_or(i64::MAX))
}

fn warning(ui: &mut Ui, heading: &str, text: &str, buttons: impl FnOnce(&mut Ui)) {
    let palette = Palette::of(ui);
    Frame::new()
        .fill(palette.danger_ground)
        .stroke(Stroke::new(1.0, palette.danger))
        .corner_radius(4)
        .inner_margin(Margin::symmetric(12, 8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.label(RichText::new(heading).strong().color(palette.danger));
            ui.add(egui::Label::new(text).wrap());
            ui.horizontal(buttons);
        });
}
