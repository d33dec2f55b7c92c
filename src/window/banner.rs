//! The banner over the samples while the run is diverged, or has left its best state for good.

use egui::{Button, Frame, Margin, RichText, Stroke, Ui};

use super::commands::{self, Commands, UiCommand};
use super::numbers;
use super::theme::Palette;
use crate::settings::{Knob, RunSettings};
use crate::text::{say, tell};
use crate::train::snapshot::{Astray, Divergence, Phase, Snapshot};

/// Draws the reason and the ways out.
pub fn ui(ui: &mut Ui, divergence: &Divergence, run: &RunSettings, commands: &mut Commands) {
    let when = at(divergence.meta_iteration);
    let heading = tell(|| format!("Diverged at meta-iteration {when}"), || format!("在第 {when} 次元迭代发散"));
    warning(ui, &heading, &divergence.reason, |ui| {
        let outer = divergence.rate_to_lower(run) == Knob::OUTER_RATE;
        for command in [UiCommand::BackToBest, UiCommand::HalveAndGoOn, UiCommand::SetToMarkAndGoOn] {
            let why_not = match command {
                UiCommand::SetToMarkAndGoOn => divergence.why_no_mark(run),
                _ => None,
            };
            let label = match (&command, divergence.mark()) {
                (UiCommand::BackToBest, _) if !divergence.is_best => {
                    let kept = at(divergence.restored);
                    tell(|| format!("Back to {kept}"), || format!("回到第 {kept} 次"))
                }
                (UiCommand::HalveAndGoOn, _) if outer => say("Halve β and go on", "β 减半并继续").to_owned(),
                (UiCommand::SetToMarkAndGoOn, Some(mark)) if why_not.is_none() => {
                    let label = command.label();
                    tell(|| format!("{label} ({mark})"), || format!("{label}（{mark}）"))
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
    let (far, times, best) = (!times.is_finite(), numbers::significant(f64::from(times)), at(best));
    let goes_on = snapshot.phase == Phase::Running;
    let text = tell(
        || {
            let turned = turned.map_or_else(String::new, |turned| format!("{turned}. "));
            let times = if far { "far above".to_owned() } else { format!("{times} times") };
            format!(
                "The error on held-out tasks is {times} its best, which was at meta-iteration {best}, and has stayed high. {turned}{}",
                if goes_on { "Training goes on." } else { "" }
            )
        },
        || {
            let turned = turned.map_or_else(String::new, |turned| format!("{turned}。"));
            let times =
                if far { "远高于最佳值".to_owned() } else { format!("目前是最佳值的 {times} 倍") };
            format!(
                "留出任务的误差{times}，最佳在第 {best} 次元迭代，之后一直偏高。{turned}{}",
                if goes_on { "训练仍在继续。" } else { "" }
            )
        },
    );
    warning(ui, say("The run has left its best state", "运行已离开最佳状态"), &text, |ui| {
        commands::button(ui, UiCommand::BackToBest, commands);
        let stays = say("Closes this message; the mark on the timeline stays", "关闭这条消息；时间线上的标记仍在");
        if ui.button(say("Dismiss", "关闭")).on_hover_text(stays).clicked() {
            *hushed = Some(about);
        }
    });
}

fn at(iteration: u64) -> String {
    numbers::thousands(iteration)
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
            ui.label(RichText::new(heading).strong().color(palette.as_text(palette.danger)));
            ui.add(egui::Label::new(text).wrap());
            ui.horizontal(buttons);
        });
}
