//! The last page of a lesson: what came of it.

use egui::{RichText, TextEdit, Ui};

use super::Classroom;
use super::card::{note, paragraph};
use crate::lessons;
use crate::lessons::lesson::Kind;
use crate::text::{say, tell};
use crate::window::commands::{Ask, Commands};
use crate::window::theme::{GRID, Palette};

impl Classroom {
    pub(super) fn last_page(&mut self, ui: &mut Ui, commands: &mut Commands) {
        let palette = Palette::of(ui);
        let lesson = std::sync::Arc::clone(self.progress.lesson());
        let result = self.result();
        let [right, predictions] = result.right(&lesson, Kind::Predict);
        let [done, tasks] = result.done(&lesson);
        let minutes = (result.secs / 60.0).ceil().max(1.0);
        note(ui, palette.adapted, say("The lesson is done.", "课程完成了。"));
        paragraph(
            ui,
            &tell(
                || {
                    format!(
                        "{right} of {predictions} predictions came true, {done} of {tasks} goals reached, in {minutes:.0} min."
                    )
                },
                || {
                    format!(
                        "{predictions} 个预测中有 {right} 个成真，{tasks} 个目标中达成 {done} 个，用时 {minutes:.0} 分钟。"
                    )
                },
            ),
            false,
        );
        paragraph(ui, lesson.goal.get(), true);
        ui.label(
            RichText::new(say("Your name, if somebody is to see the result", "姓名（如果结果要交给别人）")).small(),
        );
        let field = TextEdit::singleline(&mut self.name).desired_width(f32::INFINITY);
        let about = say("It goes into the file and nowhere else", "只写入文件，不会发往别处");
        ui.add(field).on_hover_text(about).accessible_name(say("Your name", "姓名"));
        ui.add_space(GRID);
        ui.horizontal_wrapped(|ui| {
            let about = say(
                "Writes your answers and what was done to the run into a file; nothing leaves this machine by itself",
                "把你的回答和对运行所做的一切写入文件；不会自动发往别处",
            );
            if ui.button(say("Save result…", "保存结果…")).on_hover_text(about).clicked() {
                commands.push(Ask::Save.into());
            }
            let all = lessons::built_in();
            let place = all.iter().position(|known| known.id == lesson.id);
            let next = place.and_then(|place| all.get(place + 1));
            if let Some(next) = next
                && ui.button(say("Next lesson", "下一课")).on_hover_text(next.title.get()).clicked()
            {
                commands.push(Ask::Begin(std::sync::Arc::clone(next)).into());
            }
            let about = say("Which lessons there are", "有哪些课程");
            if ui.button(say("All lessons", "全部课程")).on_hover_text(about).clicked() {
                commands.push(Ask::List.into());
            }
        });
        if self.saved {
            ui.add_space(GRID);
            paragraph(ui, say("Your result is written.", "结果已写入。"), true);
        }
        let about = say("Looks at the steps again", "再看各个步骤");
        if ui.button(say("Back", "上一步")).on_hover_text(about).clicked() {
            self.go(lesson.steps.len().saturating_sub(1));
        }
    }
}
