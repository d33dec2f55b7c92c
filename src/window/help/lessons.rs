//! The lessons that there are.

use std::sync::Arc;

use egui::{Label, RichText, Ui};

use super::READ;
use crate::lessons;
use crate::text::{say, tell};
use crate::window::commands::{self, Ask, Commands, UiCommand};
use crate::window::theme::{GRID, Palette};

/// Draws the list, with a way to a file of one's own.
pub fn ui(ui: &mut Ui, commands: &mut Commands) {
    let palette = Palette::of(ui);
    let about = say(
        "Each asks what you expect, lets you bring something about, and measures both on the run. The first takes two minutes.",
        "每一课先问你的预期，再让你动手，两者都在运行中测量。第一课只要两分钟。",
    );
    ui.add(Label::new(RichText::new(about).color(palette.weak)).wrap());
    ui.horizontal(|ui| {
        commands::button(ui, UiCommand::AskForLesson, commands);
        let about = say(
            "For teachers: makes a lesson of the tasks, the knobs and the view that are on the screen now, or goes on with the one that was begun",
            "给老师：用现在屏幕上的任务、旋钮和视图制作一课，或继续写已经开始的那一课",
        );
        if ui.button(say("Lesson from this…", "由此制作课程……")).on_hover_text(about).clicked() {
            commands.push(Ask::Draft.into());
        }
    });
    ui.add_space(3.0 * GRID);
    for (index, lesson) in lessons::built_in().iter().enumerate() {
        ui.horizontal(|ui| {
            let label = say("Begin", "开始");
            let title = lesson.title.get();
            let button = ui.button(label).on_hover_text(say(
                "Begins the lesson with a run of its own; the present run can be brought back",
                "用课程自己的运行开始；现在的运行之后可以找回",
            ));
            if button.accessible_name(format!("{label}: {title}")).clicked() {
                commands.push(Ask::Begin(Arc::clone(lesson)).into());
            }
            let minutes = lesson.minutes;
            let minutes = tell(|| format!("{minutes} min"), || format!("{minutes} 分钟"));
            ui.label(RichText::new(format!("{}. {title}", index + 1)).size(READ).strong());
            ui.label(RichText::new(minutes).color(palette.weak));
        });
        ui.add(Label::new(lesson.goal.get()).wrap());
        ui.add_space(2.0 * GRID);
    }
}
