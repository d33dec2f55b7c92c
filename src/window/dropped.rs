//! What is dragged over the window and dropped on it.

use std::path::PathBuf;

use egui::{Area, Color32, Context, Id, Label, Order, RichText, Sense};

use super::commands::{Commands, UiCommand};
use super::theme::{GRID, Palette};
use crate::keep::png;
use crate::keep::run_file::ENDING;
use crate::lessons;
use crate::text::say;

/// Takes what was dropped, and covers the window while files hover over it.
pub fn ui(ctx: &Context, commands: &mut Commands) {
    let dropped = ctx.input(|input| input.raw.dropped_files.clone());
    let paths = dropped.iter().map(|file| file.path().to_owned());
    if let Some(first) = dropped.first().map(|file| file.path().to_owned()) {
        commands.push(if first.extension().is_some_and(|ending| ending == ENDING) {
            UiCommand::OpenRun(first)
        } else if lessons::file::is_lesson(&first) {
            UiCommand::OpenLesson(first)
        } else if let Some(text) = png::text_in(&first) {
            UiCommand::OpenText(text)
        } else {
            UiCommand::LoadImages(common_path(first, paths))
        });
    }
    overlay(ctx);
}

/// One dropped thing is opened as it is; several files stand for the folder that they share.
fn common_path(first: PathBuf, all: impl ExactSizeIterator<Item = PathBuf>) -> PathBuf {
    let alone = all.len() < 2;
    let parent = first.parent().map(PathBuf::from);
    match parent {
        Some(parent)
            if !alone
                && all.map(|path| path.parent().map(PathBuf::from)).all(|other| other.as_ref() == Some(&parent)) =>
        {
            parent
        }
        _ => first,
    }
}

fn overlay(ctx: &Context) {
    if ctx.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    Area::new(Id::unique("drop-overlay"))
        .order(Order::Foreground)
        .fixed_pos(egui::Pos2::ZERO)
        .interactable(false)
        .show(ctx, |ui| {
            let screen = ctx.content_rect();
            let palette = Palette::of(ui);
            let (rect, _) = ui.allocate_exact_size(screen.size(), Sense::hover());
            let veil: Color32 = palette.ground.gamma_multiply(0.85);
            ui.painter().rect_filled(rect, 0.0, veil);
            let frame = rect.shrink(6.0 * GRID);
            ui.painter().rect_stroke(frame, 8.0, egui::Stroke::new(2.0, palette.accent), egui::StrokeKind::Inside);
            let text = say(
                "Drop images or a folder to meta-learn on them, or a run that was saved",
                "拖入图像或文件夹，用它们进行元学习；也可拖入已保存的运行",
            );
            ui.put(frame, Label::new(RichText::new(text).heading()));
        });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_files_stand_for_their_folder() {
        let path = |text: &str| PathBuf::from(text);
        let common = |paths: &[&str]| {
            common_path(path(paths[0]), paths.iter().map(|text| path(text)).collect::<Vec<_>>().into_iter())
        };
        assert_eq!(common(&["/a/b.png"]), path("/a/b.png"));
        assert_eq!(common(&["/a/b.png", "/a/c.png"]), path("/a"));
        assert_eq!(common(&["/a/b.png", "/z/c.png"]), path("/a/b.png"));
    }
}
