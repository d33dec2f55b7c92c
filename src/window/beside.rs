//! Two runs side by side: which one is beside, what both show, and by how much they differ.

use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, Label, PopupCloseBehavior, RichText, TextStyle, Ui};

use super::commands::{Commands, UiCommand};
use super::numbers;
use super::theme::{GRID, Palette};
use super::tooltip::{self, tooltip};
use super::verdict;
use crate::settings::Algorithm;
use crate::text::{say, tell};
use crate::train::snapshot::{Phase, Snapshot};

/// Space between the two halves of a view.
const BETWEEN: f32 = 6.0 * GRID;

/// In less width the difference takes two lines.
const WIDE: f32 = 170.0 * GRID;

/// A menu of the algorithms that a second run can be by.
#[derive(Default)]
pub struct Menu {
    keeps_rates: bool,
}

impl Menu {
    /// Draws its button, and the menu if it is open. The first run is by `own`, the second one, if there is one, by
    /// `beside`.
    pub fn ui(&mut self, ui: &mut Ui, own: Algorithm, beside: Option<Algorithm>, commands: &mut Commands) {
        let name = UiCommand::Beside(None).label();
        let with = say("Side by side…", "与另一算法并排…");
        let text = beside.map_or_else(|| with.to_owned(), |other| format!("{} | {}", own.label(), other.label()));
        let menu = MenuButton::from_button(Button::new(text).selected(beside.is_some()));
        let menu = menu.config(MenuConfig::default().close_behavior(PopupCloseBehavior::CloseOnClickOutside));
        let (button, _) = menu.ui(ui, |ui| self.entries(ui, own, beside, commands));
        tooltip(button.accessible_name(name), || UiCommand::Beside(None).tooltip().to_owned());
    }

    fn entries(&mut self, ui: &mut Ui, own: Algorithm, beside: Option<Algorithm>, commands: &mut Commands) {
        let about = say("The first run goes on by itself", "第一个运行独自继续");
        if beside.is_some() && ui.button(say("One run alone", "只看一个运行")).on_hover_text(about).clicked() {
            commands.push(UiCommand::Beside(None));
            ui.close();
        }
        for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| *algorithm != own) {
            let chosen = beside == Some(algorithm);
            if ui.selectable_label(chosen, algorithm.label()).on_hover_text(algorithm.about()).clicked() {
                commands.push(UiCommand::Beside(Some((algorithm, self.keeps_rates))));
                ui.close();
            }
        }
        ui.separator();
        let about = say(
            "The second run begins with α, β and K as they stand; otherwise with its algorithm's usual ones. Either way every knob that is turned later turns both",
            "第二个运行用当前的 α、β 和 K 开始；否则用它的算法通常的取值。无论哪种，之后每次改动都同时作用于两者",
        );
        ui.checkbox(&mut self.keeps_rates, say("At my rates", "用我的学习率")).on_hover_text(about);
    }
}

/// Says by how much the two runs differ, or that the second one has failed; whether there are two.
pub fn difference(ui: &mut Ui, snapshot: &Snapshot) -> bool {
    let Some(beside) = &snapshot.beside else { return false };
    let palette = Palette::of(ui);
    let failed = beside.divergence.as_ref().filter(|_| beside.phase == Phase::Diverged);
    let (text, colour) = match failed {
        Some(divergence) => {
            let at = numbers::thousands(divergence.meta_iteration);
            let name = beside.settings.run.algorithm.label();
            let text = tell(
                || {
                    format!(
                        "{name} failed at meta-iteration {at} and shows its best state: look back and continue, or begin again"
                    )
                },
                || format!("{name} 在第 {at} 次元迭代失败，显示的是它的最佳状态：请回看后继续，或重新开始"),
            );
            (text, palette.as_text(palette.danger))
        }
        None if snapshot.meta_iteration == 0 => {
            (say("Nothing is learned yet", "还没有学到东西").to_owned(), palette.weak)
        }
        None => {
            let none =
                || say("There is nothing to compare: a loss is not finite", "无法比较：有的损失不是有限值").to_owned();
            (verdict::between(snapshot, beside).unwrap_or_else(none), palette.text)
        }
    };
    let about = say(
        "The learned starts of both runs after the last step on the held-out tasks that are shown, task by task; they differ where the interval of their mean difference leaves out 0 (for losses 1 ×)",
        "两个运行学到的起点在所示留出任务最后一步之后的逐任务比较；平均差的置信区间不含 0（对损失为 1 ×）时，才算有差别",
    );
    let text = RichText::new(text).color(colour);
    if ui.available_width() >= WIDE {
        tooltip::line(ui, text, about);
    } else {
        ui.vertical(|ui| {
            // Whatever the numbers are, nothing below moves.
            ui.set_min_height(2.0 * ui.text_style_height(&TextStyle::Body));
            ui.add(Label::new(text).wrap()).on_hover_text(about);
        });
    }
    true
}

/// Draws a view of the run, or where there are two runs of each in one half, with its name.
pub fn halves(ui: &mut Ui, snapshot: &Snapshot, mut draw: impl FnMut(&mut Ui, usize, &Snapshot)) {
    let Some(beside) = &snapshot.beside else { return draw(ui, 0, snapshot) };
    let usual = std::mem::replace(&mut ui.spacing_mut().item_spacing.x, BETWEEN);
    ui.columns_const(|columns: &mut [Ui; 2]| {
        for (half, (ui, run)) in columns.iter_mut().zip([snapshot, beside]).enumerate() {
            ui.spacing_mut().item_spacing.x = usual;
            ui.strong(run.settings.run.algorithm.label());
            // What is drawn twice is two things to whoever points at it.
            ui.push_id(half, |ui| draw(ui, half, run));
        }
    });
}
