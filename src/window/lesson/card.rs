//! The card: a step at a time.

use std::sync::Arc;

use egui::{Align, Button, Frame, Label, Layout, Margin, Response, RichText, Stroke, TextEdit, Ui};

use super::dots::{self, Dots};
use super::{Classroom, Replay};
use crate::lessons::condition::Strictness;
use crate::lessons::lesson::{Kind, Step};
use crate::lessons::measures::Of;
use crate::lessons::progress::Stage;
use crate::lessons::result::Outcome;
use crate::lessons::said::Said;
use crate::text::{say, tell};
use crate::train::snapshot::{Phase, Snapshot};
use crate::window::commands::{Ask, Commands};
use crate::window::theme::{GRID, Palette};

/// Size of a text that is to be read.
pub(super) const READ: f32 = 14.0;

impl Classroom {
    /// Title, dots, and what can be done with the whole card.
    pub(super) fn head(&mut self, ui: &mut Ui, commands: &mut Commands) {
        let lesson = Arc::clone(self.progress.lesson());
        let title = RichText::new(lesson.title.get()).strong().size(16.0);
        ui.add(Label::new(title).wrap()).on_hover_text(lesson.goal.get());
        ui.horizontal(|ui| {
            dots::ui(ui, &Dots::of(&self.progress), 3.5);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = GRID;
                let small = |text: &str| Button::new(RichText::new(text).small()).small();
                let close = say("Close", "关闭");
                let about = say("Closes the lesson; the run goes on", "关闭课程，运行继续");
                if ui.add(small(close)).on_hover_text(about).clicked() {
                    commands.push(Ask::End.into());
                }
                let again = say("Again", "重来");
                let about = say("Begins the lesson again, with nothing answered", "重新开始课程，清除所有回答");
                if ui.add(small(again)).on_hover_text(about).clicked() {
                    commands.push(Ask::Restart.into());
                }
                let fold = if self.folded { say("Unfold", "展开") } else { say("Fold", "折叠") };
                let about = say("Folds the step away, or shows it", "折叠或展开这一步");
                if ui.add(small(fold)).on_hover_text(about).clicked() {
                    self.folded = !self.folded;
                }
                let all = if self.all_shown { say("Fewer", "精简") } else { say("Show all", "显示全部") };
                let about = say(
                    "Shows every control of the program, or those alone that the lesson needs",
                    "显示程序的全部控件，或只显示课程需要的",
                );
                if ui.add(small(all)).on_hover_text(about).clicked() {
                    self.all_shown = !self.all_shown;
                }
            });
        });
        ui.add_space(GRID);
    }

    /// One step, done or to be done.
    pub(super) fn step(&mut self, ui: &mut Ui, index: usize, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        let lesson = Arc::clone(self.progress.lesson());
        let Some(step) = lesson.steps.get(index) else { return };
        let (now, stage) = (self.progress.now(), self.progress.stage(index));
        let palette = Palette::of(ui);
        let count = lesson.steps.len();
        let place = tell(|| format!("{} of {count}", index + 1), || format!("第 {} 步，共 {count} 步", index + 1));
        let kind = step.kind.name();
        ui.label(RichText::new(format!("{kind} · {place}")).small().color(palette.weak));
        let text = self.tell(index, 0, &step.text, snapshot);
        paragraph(ui, &text, false);
        let outcome = self.progress.outcomes()[index].clone();
        match step.kind {
            Kind::Predict | Kind::Observe => {
                self.answers(ui, (index, step), &outcome, snapshot, index == now, commands)
            }
            Kind::Do => self.conditions(ui, (index, step), &outcome, snapshot, index == now && stage == Stage::Open),
            Kind::Write => {
                if index == now {
                    let about = say("It goes into your result", "会写入你的结果");
                    let field = TextEdit::multiline(&mut self.written).desired_rows(3).desired_width(f32::INFINITY);
                    let field = ui.add(field).on_hover_text(about);
                    if field.accessible_name(say("Your words", "你的话")).changed() {
                        self.progress.write(&self.written);
                    }
                } else {
                    paragraph(ui, &outcome.written, true);
                }
            }
        }
        let stage = self.progress.stage(index);
        if stage == Stage::Done
            && let Some(then) = &step.then
        {
            let then = self.tell(index, 1, then, snapshot);
            note(ui, palette.adapted, &then);
        }
        let mean = |text: &Said| {
            text.numbers().is_ok_and(|numbers| numbers.iter().any(|asked| asked.measure.of == Of::Probes))
        };
        if stage == Stage::Done && step.texts().any(mean) {
            let about = say(
                "Numbers are means over the held-out tasks; a single row may differ.",
                "文中的数是各留出任务的平均，单独一行可能不同。",
            );
            ui.label(RichText::new(about).small().color(palette.weak));
        }
        if stage == Stage::Unclear {
            note(
                ui,
                palette.danger,
                say(
                    "This run went another way than the lesson expects: begin the lesson again.",
                    "这次运行走的路与课程预期的不同：请重新开始课程。",
                ),
            );
        }
        // On other images the run of a prediction is on its way.
        if index == now && stage != Stage::Waiting && !self.progress.is_own_run() && !self.progress.is_beginning() {
            note(
                ui,
                palette.danger,
                say(
                    "This is another run than the lesson's, so nothing is measured. Begin the lesson again, or bring its run back (B).",
                    "现在的运行不是课程的运行，因此不作测量。请重新开始课程，或找回它的运行（B）。",
                ),
            );
        }
        self.ways(ui, index, stage == Stage::Done, commands);
    }

    /// Back and next.
    fn ways(&mut self, ui: &mut Ui, index: usize, done: bool, commands: &mut Commands) {
        ui.add_space(GRID);
        let row = ui.horizontal(|ui| {
            let about = say("Looks at the step before; nothing is undone", "看上一步，不会撤销什么");
            let back = ui.add_enabled(index > 0, Button::new(say("Back", "上一步")));
            if back.on_hover_text(about).on_disabled_hover_text(say("This is the first step", "这是第一步")).clicked()
            {
                self.go(index - 1);
            }
            let last = index + 1 == self.progress.lesson().steps.len();
            let label = if last { say("Finish", "完成") } else { say("Next", "下一步") };
            let next = ui.add_enabled(done || self.viewed.is_some(), Button::new(label));
            let why = say("This step is to be done first", "请先完成这一步");
            if next.on_hover_text(say("Goes on", "继续")).on_disabled_hover_text(why).clicked() {
                self.next(commands);
            }
        });
        // What a step has come to is read down to its end.
        if self.reveals > 0 {
            self.reveals -= 1;
            row.response.scroll_to_me(Some(Align::BOTTOM));
            ui.ctx().request_repaint();
        }
    }

    fn conditions(
        &mut self,
        ui: &mut Ui,
        (index, step): (usize, &Step),
        outcome: &Outcome,
        snapshot: Option<&Snapshot>,
        open: bool,
    ) {
        let palette = Palette::of(ui);
        for (place, condition) in step.until.iter().enumerate() {
            let met = outcome.met.get(place);
            let due = met.is_none() && place == outcome.met.len();
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = GRID;
                let colour = if met.is_some() { palette.as_text(palette.adapted) } else { palette.weak };
                ui.label(RichText::new(if met.is_some() { "✔" } else { "○" }).color(colour));
                let colour = if due || met.is_some() { palette.text } else { palette.weak };
                let text = RichText::new(condition.said()).color(colour);
                ui.add(Label::new(text).wrap()).on_hover_text(condition.asked.measure.name.get());
            });
            // What is so or not so is not told twice. The line is there from the beginning, so that nothing jumps.
            if due && open && condition.asked.measure.flag.is_none() {
                let read = snapshot.and_then(|snapshot| condition.read(snapshot));
                if let Some(reading) = read {
                    self.stood = Some(((index, place), condition.asked.measure.unit.said(reading.value)));
                }
                let stood = self.stood.as_ref().filter(|(of, _)| *of == (index, place)).map(|(_, stood)| stood);
                let held = snapshot.filter(|_| condition.hold > 0).and_then(|_| self.progress.held());
                let fresh = snapshot.and_then(|snapshot| condition.asked.read_fresh(snapshot));
                let runs = snapshot.is_some_and(|snapshot| snapshot.phase == Phase::Running);
                let text = match (stood, held) {
                    (Some(now), Some(held)) => {
                        tell(|| format!("now {now}, for {held}"), || format!("现为 {now}，已持续 {held} 次"))
                    }
                    (Some(was), None) if fresh.is_none() && runs => {
                        tell(|| format!("was {was}; being measured"), || format!("原为 {was}，正在重新测量"))
                    }
                    (Some(was), None) if fresh.is_none() => tell(|| format!("was {was}"), || format!("原为 {was}")),
                    (Some(now), None) => tell(|| format!("now {now}"), || format!("现为 {now}")),
                    (None, _) => "…".to_owned(),
                };
                let start = self.progress.stood_at_start(place);
                let holds = fresh.is_some_and(|read| condition.holds(read.value, start, Strictness::AsItStands));
                stands(ui, text, holds);
            }
            for other in &condition.and {
                let unit = other.asked.measure.unit;
                let read = snapshot.filter(|_| due && open).and_then(|snapshot| other.read(snapshot));
                let now = read.map(|read| unit.said(read.value));
                let said = within(&other.said());
                let text = tell(|| format!("and {said}"), || format!("同时，{said}"));
                let colour = if due || met.is_some() { palette.text } else { palette.weak };
                under(ui, RichText::new(text).color(colour)).on_hover_text(other.asked.measure.name.get());
                if due && open {
                    let now = now.unwrap_or_else(|| "…".to_owned());
                    let text = tell(|| format!("now {now}"), || format!("现为 {now}"));
                    let holds = read.is_some_and(|read| other.holds(read.value, None, Strictness::AsItStands));
                    stands(ui, text, holds);
                }
            }
        }
        for (place, hint) in step.hints.iter().enumerate().take(outcome.hints) {
            let hint = self.tell(index, 2 + place, hint, snapshot);
            note(ui, palette.accent, &hint);
        }
        let about = |phase| step.until.iter().any(|condition| condition.asked.measure.about == Some(phase));
        match snapshot.map(|snapshot| snapshot.phase) {
            Some(Phase::Paused) if open && !step.stands && !about(Phase::Paused) => {
                let text = say("The run is paused: press Space to go on.", "运行已暂停：按空格键继续。");
                note(ui, palette.query, text);
            }
            Some(Phase::Diverged) if open && !about(Phase::Diverged) => {
                let text = say(
                    "The run has failed, and what is read of it does not count: a button of the banner brings it back.",
                    "运行失败了，从它读到的数不算：用提示条上的按钮让它恢复。",
                );
                note(ui, palette.danger, text);
            }
            _ => {}
        }
        if open {
            ui.horizontal(|ui| self.help_me(ui, step, outcome));
        }
    }

    fn help_me(&mut self, ui: &mut Ui, step: &Step, outcome: &Outcome) {
        if self.replay.is_some() {
            let text = say("The solution is being played.", "正在演示解答。");
            ui.label(RichText::new(text).color(Palette::of(ui).weak));
        } else if outcome.hints < step.hints.len() {
            let about = say("Says a little more", "多说一点");
            let why =
                say("A hint comes after a try of yours, or in a few seconds", "先自己试一次，或稍等几秒，再看提示");
            let button = ui.add_enabled(self.progress.can_hint(), Button::new(say("Hint", "提示")));
            if button.on_hover_text(about).on_disabled_hover_text(why).clicked() {
                self.progress.hint();
            }
        } else if !step.solution.is_empty() {
            let about = say(
                "Turns the knobs as the solution does, so that you can watch; your result says so",
                "按解答来调旋钮给你看；结果中会注明",
            );
            if ui.button(say("Show me", "演示给我看")).on_hover_text(about).clicked() {
                self.progress.show_solution();
                self.replay = Some(Replay::new(step));
            }
        }
    }
}

/// Text that is to be read.
pub(super) fn paragraph(ui: &mut Ui, text: &str, weak: bool) {
    let text = RichText::new(text).size(READ);
    let text = if weak { text.color(Palette::of(ui).weak) } else { text };
    ui.add(Label::new(text).wrap());
    ui.add_space(GRID);
}

/// Something said beside a line of a colour.
pub(super) fn note(ui: &mut Ui, colour: egui::Color32, text: &str) {
    let frame = Frame::new().inner_margin(Margin { left: 10, top: 2, bottom: 2, right: 0 });
    let response = frame.show(ui, |ui| ui.add(Label::new(RichText::new(text).size(READ)).wrap())).response;
    let rect = response.rect;
    ui.painter().vline(rect.left() + 2.0, rect.y_range(), Stroke::new(3.0, colour));
    ui.add_space(GRID);
}

/// How a part of a goal stands, with a tick while it is as it has to be.
fn stands(ui: &mut Ui, text: String, holds: bool) {
    let palette = Palette::of(ui);
    let (text, colour) = match holds {
        true => (format!("{text} ✔"), palette.as_text(palette.adapted)),
        false => (text, palette.weak),
    };
    under(ui, RichText::new(text).color(colour));
}

/// What stands below a goal, in line with its text.
fn under(ui: &mut Ui, text: RichText) -> Response {
    let row = ui.horizontal_top(|ui| {
        ui.add_space(5.0 * GRID);
        ui.add(Label::new(text).wrap())
    });
    row.inner
}

/// A name within a sentence: it begins small, but for letters such as α and what is written large throughout.
fn within(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => name.to_owned(),
    }
}
