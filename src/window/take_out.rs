//! What can be taken out of the window: each view as it stands, and all that a run can be written as.

use egui::{RichText, Ui};

use super::commands::{self, Commands, UiCommand};
use super::darkroom::film::FILMS;
use super::darkroom::views::{Place, VIEW_KINDS};
use super::theme::Palette;
use super::tooltip::tooltip;
use crate::keep::kinds::{KINDS, Kind};
use crate::text::say;

/// What a view can be written as.
pub fn view(ui: &mut Ui, place: Place, commands: &mut Commands) {
    for kind in &VIEW_KINDS {
        let button = ui.button(format!("{}… (.{})", kind.name, kind.ending));
        if tooltip(button, || kind.about.get().to_owned()).clicked() {
            commands.push(UiCommand::TakeView(place, kind));
            ui.close();
        }
    }
}

/// What the run can be written as, beside its own file.
pub fn run(ui: &mut Ui, commands: &mut Commands) {
    for kind in kinds() {
        let button = ui.button(format!("{}… (.{})", kind.name, kind.ending));
        if tooltip(button, || kind.about.get().to_owned()).clicked() {
            commands.push(UiCommand::TakeOut(kind));
            ui.close();
        }
    }
}

/// The entries of the menu.
pub fn all(ui: &mut Ui, table: bool, commands: &mut Commands) {
    ui.label(RichText::new(say("Take out", "导出")).color(Palette::of(ui).weak));
    let about = say("What it can be written as", "可以写成哪些文件");
    for place in Place::ALL {
        ui.menu_button(place.name().get(), |ui| view(ui, place, commands)).response.on_hover_text(about);
    }
    ui.menu_button(say("The run", "这次运行"), |ui| run(ui, commands)).response.on_hover_text(about);
    if table {
        compared(ui, commands);
    }
}

/// What sweeps and races have found, as a table.
pub fn compared(ui: &mut Ui, commands: &mut Commands) {
    if commands::button(ui, UiCommand::TakeTable, commands).clicked() {
        ui.close();
    }
}

/// All kinds of files that a run can be written as but its own.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    KINDS[1..].iter().chain(&FILMS)
}
