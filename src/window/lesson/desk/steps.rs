//! One step while it is written.

use egui::{Button, RichText, Ui};

use super::conditions::conditions;
use super::{Desk, count, said};
use crate::lessons::draft::{WITHIN, acts, answer};
use crate::lessons::lesson::{Kind, Step};
use crate::lessons::said::Said;
use crate::text::{say, tell};
use crate::train::snapshot::Snapshot;
use crate::window::numbers;
use crate::window::theme::{GRID, Palette};

impl Desk {
    pub(super) fn step(&mut self, ui: &mut Ui, index: usize, snapshot: Option<&Snapshot>) {
        let Some(step) = self.draft.steps.get_mut(index) else {
            self.page = 0;
            return;
        };
        let asked = match step.kind {
            Kind::Do => say("What is to be done", "要做什么"),
            Kind::Predict | Kind::Observe | Kind::Write => say("Question", "问题"),
        };
        let numbers = say(
            "A measure in braces, such as {psnr step=5}, stands for what it reads then",
            "花括号中的测量，例如 {psnr step=5}，表示当时的读数",
        );
        said(ui, asked, numbers, &mut step.text, 3);
        if matches!(step.kind, Kind::Predict | Kind::Observe) {
            let mut removed = None;
            for (index, option) in step.options.iter_mut().enumerate() {
                ui.push_id(index, |ui| {
                    ui.separator();
                    let label = tell(|| format!("Answer {}", index + 1), || format!("回答 {}", index + 1));
                    said(ui, &label, say("What can be answered", "可以这样回答"), &mut option.text, 1);
                    ui.label(say("It is true if", "成立的条件"));
                    conditions(ui, &mut option.true_if, snapshot);
                    let label = say("Why it is not so, where it is not true", "不成立时，说明原因");
                    said(
                        ui,
                        label,
                        say("Shown to whoever chose it", "给选了它的人看"),
                        option.because.get_or_insert_default(),
                        2,
                    );
                    let about = say("Takes this answer away", "去掉这个回答");
                    if ui.add(Button::new(say("Remove", "去掉")).small()).on_hover_text(about).clicked() {
                        removed = Some(index);
                    }
                });
            }
            removed.map(|index| step.options.remove(index));
            ui.separator();
            if ui
                .button(say("Add an answer", "添加回答"))
                .on_hover_text(say("One more answer", "再加一个回答"))
                .clicked()
            {
                step.options.push(answer());
            }
        }
        match step.kind {
            Kind::Predict => {
                let about = say("So long after the prediction its outcome is measured", "预测之后过这么久测量结果");
                let around = [say("Measured after", "在"), say("", "之后测量")];
                count(ui, around, about, &mut step.after);
            }
            Kind::Do => {
                ui.label(say("It is done once this has come about, in this order", "依次达到以下各条，就算完成"));
                conditions(ui, &mut step.until, snapshot);
                let about = say(
                    "It is not done by waiting so long, and can be done in it",
                    "光等这么久不会完成，但在这段时间内可以做到",
                );
                let around = [say("Within", "在"), say("", "之内")];
                count(ui, around, about, &mut step.within);
                hints(ui, &mut step.hints);
                solution(ui, step, snapshot);
            }
            Kind::Observe | Kind::Write => {}
        }
        said(
            ui,
            say("What it showed", "说明了什么"),
            say("Said once the step is done", "步骤完成后显示"),
            step.then.get_or_insert_default(),
            2,
        );
        let about = say("Takes this step away", "去掉这一步");
        if ui.button(say("Remove this step", "去掉这一步")).on_hover_text(about).clicked() {
            self.draft.steps.remove(index);
            self.page = index;
        }
    }
}

fn hints(ui: &mut Ui, hints: &mut Vec<Said>) {
    for (index, hint) in hints.iter_mut().enumerate() {
        let label = tell(|| format!("Hint {}", index + 1), || format!("提示 {}", index + 1));
        ui.push_id(("hint", index), |ui| {
            said(ui, &label, say("From a nudge to nearly all", "从轻轻一推到几乎全部"), hint, 1)
        });
    }
    if ui.button(say("Add a hint", "添加提示")).on_hover_text(say("One more hint", "再加一个提示")).clicked()
    {
        hints.push(Said::default());
    }
}

/// The solution, taken over from what was done to the run, which the step then leaves time for.
fn solution(ui: &mut Ui, step: &mut Step, snapshot: Option<&Snapshot>) {
    ui.add_space(GRID);
    ui.label(say("Solution", "解答"));
    for act in &step.solution {
        let at = act.after;
        let what = match (act.knob, act.value) {
            (Some(knob), Some(value)) => format!("{} = {}", knob.label.get(), numbers::knob_value(knob, value)),
            _ => say("back to the best", "回到最佳状态").to_owned(),
        };
        let text = tell(|| format!("after {at}: {what}"), || format!("{at} 次之后：{what}"));
        ui.label(RichText::new(text).color(Palette::of(ui).weak));
    }
    let journal = snapshot.map(|snapshot| snapshot.journal.as_slice()).unwrap_or_default();
    let about = say(
        "Every turn of a knob in this run, and every way back to the best, with its meta-iteration: do it once, then press this",
        "这次运行中对旋钮的每次改动和每次回到最佳状态，连同元迭代数：先自己做一遍，再按这里",
    );
    let why = say("Nothing was done to this run yet", "还没有对这次运行做过什么");
    let button = ui.add_enabled(!journal.is_empty(), Button::new(say("Take what I have done", "采用我所做的")));
    if button.on_hover_text(about).on_disabled_hover_text(why).clicked() {
        step.solution = acts(journal, 0);
        let last = step.solution.iter().map(|act| act.after).max().unwrap_or_default();
        step.within = step.within.max(last + WITHIN);
    }
}
