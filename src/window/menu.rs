//! The menu: runs as files and as text, and what is seldom wanted.

use std::path::PathBuf;

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, Label, PopupCloseBehavior, RichText, TextEdit, Ui};

use super::commands::{self, Ask, Commands, UiCommand};
use super::recent::Recent;
use super::take_out;
use super::theme::Palette;
use super::tooltip::tooltip;
use super::top_bar::SIZE;
use crate::keep::sessions::Earlier;
use crate::keep::share::{PREFIX, Share};
use crate::text::say;

/// Its state: what is being typed.
#[derive(Default)]
pub struct MainMenu {
    text: String,
    /// Whether Enter was pressed since it changed.
    entered: bool,
}

impl MainMenu {
    /// Draws its button, and the menu if it is open.
    pub fn ui(&mut self, ui: &mut Ui, recent: &Recent, earlier: &[Earlier], table: bool, commands: &mut Commands) {
        let menu = MenuButton::from_button(Button::new(RichText::new("☰").size(14.0)).min_size(SIZE));
        let menu = menu.config(MenuConfig::default().close_behavior(PopupCloseBehavior::CloseOnClickOutside));
        let (button, _) = menu.ui(ui, |ui| self.entries(ui, recent, earlier, table, commands));
        let about = say(
            "Saves this run, opens another one, and hands it on as a line of text",
            "保存这次运行、打开别的运行，或以一行文本分享",
        );
        tooltip(button.accessible_name(say("Menu", "菜单")), || about.to_owned());
    }

    fn entries(&mut self, ui: &mut Ui, recent: &Recent, earlier: &[Earlier], table: bool, commands: &mut Commands) {
        for command in [
            UiCommand::OpenFile,
            UiCommand::StartFromPhi,
            UiCommand::Save,
            UiCommand::SaveAs,
            UiCommand::CopyText,
            UiCommand::CopyCommand,
        ] {
            if commands::button(ui, command, commands).clicked() {
                ui.close();
            }
        }
        if !earlier.is_empty() || !recent.paths().is_empty() {
            let about = say(
                "Runs that were opened or saved, and those of closed windows",
                "打开或保存过的运行，以及关闭窗口时的运行",
            );
            let menu = ui.menu_button(say("Recent runs", "最近的运行"), |ui| runs(ui, recent, earlier, commands));
            menu.response.on_hover_text(about);
        }
        ui.separator();
        if commands::button(ui, Ask::List.into(), commands).clicked() {
            ui.close();
        }
        ui.separator();
        take_out::all(ui, table, commands);
        ui.separator();
        ui.label(RichText::new(say("A copied line of text", "复制的一行文本")).color(Palette::of(ui).weak));
        let hint = format!("{PREFIX}1 sine maml");
        let field = ui.add(TextEdit::singleline(&mut self.text).hint_text(hint).desired_width(220.0));
        let field = field.accessible_name(UiCommand::OpenText(String::new()).label());
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        self.entered = entered || self.entered && !field.changed();
        let field = tooltip(field, || UiCommand::OpenText(String::new()).tooltip().to_owned());
        if self.entered && !self.text.trim().is_empty() {
            match Share::parse(&self.text) {
                Ok(_) => {
                    commands.push(UiCommand::OpenText(std::mem::take(&mut self.text)));
                    self.entered = false;
                    ui.close();
                }
                // It stays there to be mended, and what is typed next is no shortcut.
                Err(error) => {
                    if entered {
                        field.request_focus();
                    }
                    let palette = Palette::of(ui);
                    let error = RichText::new(error.to_string()).color(palette.as_text(palette.danger));
                    ui.scope(|ui| {
                        ui.set_max_width(field.rect.width());
                        ui.add(Label::new(error).wrap());
                    });
                }
            }
        }
        ui.separator();
        commands::button(ui, UiCommand::Theme, commands);
    }
}

/// Runs that were opened or saved, then those of windows that were closed.
fn runs(ui: &mut Ui, recent: &Recent, earlier: &[Earlier], commands: &mut Commands) {
    let mut entry = |ui: &mut Ui, name: String, path: PathBuf| {
        let about = format!("{}\n{}", path.display(), UiCommand::OpenRun(PathBuf::new()).tooltip());
        if tooltip(ui.button(name), || about).clicked() {
            commands.push(UiCommand::OpenRun(path));
            ui.close();
        }
    };
    recent.named().for_each(|(path, name)| entry(ui, name, path.clone()));
    if !earlier.is_empty() {
        ui.label(RichText::new(say("When a window was closed", "关闭窗口时的运行")).color(Palette::of(ui).weak));
    }
    earlier.iter().for_each(|session| entry(ui, super::offer::ago(session.kept_at), session.run()));
}
