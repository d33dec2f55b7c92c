//! Answers: chosen, committed, and compared with what is measured.

use egui::{Button, Label, RadioButton, RichText, Ui};

use super::Classroom;
use super::card::{READ, note, paragraph};
use crate::lessons::lesson::{Kind, Step};
use crate::lessons::progress::Stage;
use crate::lessons::result::Outcome;
use crate::text::{say, tell};
use crate::train::snapshot::Snapshot;
use crate::window::commands::{Ask, Commands};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette};

/// Texts of answers come behind those of the step and its hints.
const TEXTS: usize = 100;

impl Classroom {
    pub(super) fn answers(
        &mut self,
        ui: &mut Ui,
        (index, step): (usize, &Step),
        outcome: &Outcome,
        snapshot: Option<&Snapshot>,
        present: bool,
        commands: &mut Commands,
    ) {
        let stage = self.progress.stage(index);
        if stage == Stage::Open && present {
            self.choice(ui, step, snapshot, commands);
        } else {
            given(ui, step, outcome, stage);
        }
        let palette = Palette::of(ui);
        // What is said of an answer is not said of another one that is chosen next.
        let is_sent = self.chosen.is_none_or(|chosen| outcome.chosen == Some(chosen));
        let mut why = |ui: &mut Ui| {
            let chosen = outcome.chosen.and_then(|chosen| Some((chosen, step.options.get(chosen)?.because.as_ref()?)));
            if let Some((chosen, because)) = chosen {
                let because = self.tell(index, TEXTS + chosen, because, snapshot);
                paragraph(ui, &because, false);
            }
        };
        match (step.kind, stage) {
            (Kind::Predict, Stage::Waiting) => {
                let at =
                    snapshot.and_then(|snapshot| self.progress.awaited(snapshot)).and_then(|at| i64::try_from(at).ok());
                let text = match at.map(numbers::thousands) {
                    Some(at) => tell(
                        || format!("Now watch: the outcome comes at meta-iteration {at}."),
                        || format!("请看：结果将在第 {at} 次元迭代得出。"),
                    ),
                    None => say("Now watch: the outcome comes.", "请看：结果就要出来了。").to_owned(),
                };
                note(ui, palette.accent, &text);
            }
            (_, Stage::Done) if outcome.is_right() => {
                note(ui, palette.adapted, say("So it is: you were right.", "正是这样：你说对了。"));
            }
            (Kind::Predict, Stage::Done) => {
                note(ui, palette.query, say("It turned out differently from what you said.", "结果与你说的不同。"));
                why(ui);
            }
            (Kind::Observe, Stage::Open) if outcome.tries > 0 && is_sent => {
                note(ui, palette.query, say("Look again.", "再看一看。"));
                why(ui);
            }
            (Kind::Observe, Stage::Done) => {
                let text = say(
                    "This time you are right: the answer in green is what was measured. The dot marks your first one.",
                    "这次你说对了：绿色的就是测量到的结果。圆点标出你的第一次回答。",
                );
                note(ui, palette.adapted, text);
            }
            _ => {}
        }
    }

    fn choice(&mut self, ui: &mut Ui, step: &Step, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        for (index, answer) in step.options.iter().enumerate() {
            let label = RichText::new(answer.text.get()).size(READ);
            let radio = ui.add(RadioButton::new(self.chosen == Some(index), label));
            if radio.on_hover_text(say("An answer", "一个回答")).clicked() {
                self.chosen = Some(index);
            }
        }
        let conditions = || step.options.iter().flat_map(|answer| &answer.true_if);
        let read = |run: &Snapshot| conditions().all(|condition| condition.asked.read_fresh(run).is_some());
        let measured = step.kind == Kind::Predict || snapshot.is_some_and(read);
        let (label, about) = match step.kind {
            Kind::Predict => (
                say("That is my prediction", "这就是我的预测"),
                say("Commits it; then the run goes on", "确定预测，然后运行继续"),
            ),
            _ => (
                say("That is what I see", "这就是我看到的"),
                say("Compares it with what is measured", "与测量结果比较"),
            ),
        };
        let why = match measured {
            true => say("Choose an answer first", "请先选一个回答"),
            false => say("It is still being measured", "还在测量"),
        };
        let button = ui.add_enabled(self.chosen.is_some() && measured, Button::new(label));
        if button.on_hover_text(about).on_disabled_hover_text(why).clicked()
            && let Some(chosen) = self.chosen
        {
            commands.push(Ask::Answer(chosen).into());
        }
        if !measured {
            let text = say("It is still being measured; that takes a moment.", "还在测量，请稍等。");
            ui.label(RichText::new(text).small().color(Palette::of(ui).weak));
        }
    }
}

/// The answers, of which one was given, and one may be known to be true.
fn given(ui: &mut Ui, step: &Step, outcome: &Outcome, stage: Stage) {
    let palette = Palette::of(ui);
    for (index, answer) in step.options.iter().enumerate() {
        let own = outcome.first.or(outcome.chosen) == Some(index);
        let label = RichText::new(answer.text.get()).size(READ);
        let label = match stage == Stage::Done && outcome.truth == Some(index) {
            true => label.color(palette.as_text(palette.adapted)).strong(),
            false => label,
        };
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GRID;
            let colour = if own { ui.visuals().strong_text_color() } else { palette.weak };
            let mark = RichText::new(if own { "●" } else { "○" }).color(colour);
            // One of them is wider.
            ui.add_sized([4.0 * GRID, READ + 4.0], Label::new(mark));
            let about = if own { say("Your answer", "你的回答") } else { say("Another answer", "另一个回答") };
            ui.add(Label::new(label).wrap()).on_hover_text(about);
        });
    }
}
