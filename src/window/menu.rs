//! The menu: runs as files and as text, and what is seldom wanted.

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, PopupCloseBehavior, RichText, TextEdit, Ui};

use super::commands::{Commands, UiCommand};
use super::theme::Palette;
use super::tooltip::tooltip;
use super::top_bar::SIZE;
use crate::keep::kinds::KINDS;
use crate::keep::sessions::Earlier;
use crate::keep::share::PREFIX;
use crate::text::say;

/// Its state: what is being typed.
#[derive(Default)]
pub struct MainMenu {
    text: String,
}

impl MainMenu {
    /// Draws its button, and the menu if it is open.
    pub fn ui(&mut self, ui: &mut Ui, earlier: &[Earlier], commands: &mut Commands) {
        let menu = MenuButton::from_button(Button::new(RichText::new("☰").size(14.0)).min_size(SIZE));
        let menu = menu.config(MenuConfig::default().close_behavior(PopupCloseBehavior::CloseOnClickOutside));
        let (button, _) = menu.ui(ui, |ui| self.entries(ui, earlier, commands));
        let about = say(
            "Saves this run, opens another one, and hands it on as a line of text",
            "保存这次运行、打开别的运行，或以一行文本分享",
        );
        tooltip(button.accessible_name(say("Menu", "菜单")), || about.to_owned());
    }

    fn entries(&mut self, ui: &mut Ui, earlier: &[Earlier], commands: &mut Commands) {
        for command in [UiCommand::OpenFile, UiCommand::Save, UiCommand::SaveAs, UiCommand::CopyText] {
            let button = ui.button(command.label());
            if tooltip(button, || command.tooltip_with_key()).clicked() {
                commands.push(command);
                ui.close();
            }
        }
        ui.separator();
        let weak = Palette::of(ui).weak;
        ui.label(RichText::new(say("Take out", "导出")).color(weak));
        for kind in &KINDS[1..] {
            let label = format!("{}… (.{})", kind.name, kind.ending);
            if tooltip(ui.button(label), || kind.about.get().to_owned()).clicked() {
                commands.push(UiCommand::TakeOut(kind));
                ui.close();
            }
        }
        ui.separator();
        ui.label(RichText::new(say("A copied line of text", "复制的一行文本")).color(weak));
        let hint = format!("{PREFIX}1 sine maml");
        let field = ui.add(TextEdit::singleline(&mut self.text).hint_text(hint).desired_width(220.0));
        let field = field.accessible_name(UiCommand::OpenText(String::new()).label());
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        tooltip(field, || UiCommand::OpenText(String::new()).tooltip().to_owned());
        if entered && !self.text.trim().is_empty() {
            commands.push(UiCommand::OpenText(std::mem::take(&mut self.text)));
            ui.close();
        }
        if !earlier.is_empty() {
            ui.separator();
            ui.label(RichText::new(say("When a window was closed", "关闭窗口时的运行")).color(weak));
        }
        for session in earlier {
            let command = UiCommand::OpenRun(session.run());
            let about = command.tooltip().to_owned();
            if tooltip(ui.button(super::offer::ago(session.kept_at)), || about).clicked() {
                commands.push(command);
                ui.close();
            }
        }
        ui.separator();
        let command = UiCommand::Theme;
        if tooltip(ui.button(command.label()), || command.tooltip_with_key()).clicked() {
            commands.push(command);
        }
    }
}
