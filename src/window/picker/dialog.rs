//! The system's file dialog on a thread of its own: it may block for as long as it likes.

use std::path::PathBuf;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use egui::Context;

use super::{Picked, Wanted};
use crate::aside;
use crate::keep::run_file::ENDING;
use crate::text::say;

/// Nobody cancels a dialog faster than this: no dialog was shown.
const FASTEST_PERSON: Duration = Duration::from_millis(150);

/// Opens it. Without a thread the sender is dropped.
pub fn ask(ctx: &Context, wanted: Wanted, sender: Sender<Picked>) {
    let ctx = ctx.clone();
    // The thread would say it in English.
    let title = match wanted {
        Wanted::Images => say("Choose a folder of images", "选择图像文件夹"),
        Wanted::Run => say("Open a run", "打开运行"),
        Wanted::Lesson => say("Open a lesson", "打开课程"),
        Wanted::Place { .. } => say("Save", "保存"),
    };
    let kind = say("Runs of Metascope", "Metascope 的运行");
    let lesson = say("Lessons of Metascope", "Metascope 的课程");
    let proposed = if let Wanted::Place { name, .. } = &wanted { Some(name.clone()) } else { None };
    let _ = aside::begin("file-dialog", move || {
        let begun = Instant::now();
        let dialog = rfd::FileDialog::new().set_title(title);
        let path = match wanted {
            Wanted::Images => dialog.pick_folder(),
            Wanted::Run => dialog.add_filter(kind, &[ENDING]).pick_file(),
            Wanted::Lesson => dialog.add_filter(lesson, &["toml"]).pick_file(),
            Wanted::Place { name, kinds } => {
                let dialog =
                    kinds.into_iter().fold(dialog, |dialog, (name, ending)| dialog.add_filter(name, &[ending]));
                dialog.set_file_name(name).save_file()
            }
        };
        if sender.send(judge(path, begun.elapsed(), proposed.as_ref())).is_ok() {
            ctx.request_repaint();
        }
    });
}

fn judge(path: Option<PathBuf>, after: Duration, name: Option<&String>) -> Picked {
    match path {
        Some(path) => Picked::Path(path),
        None if after < FASTEST_PERSON => Picked::NoDialog { name: name.cloned() },
        None => Picked::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quick_no_means_no_dialog() {
        assert_eq!(judge(None, Duration::from_millis(30), None), Picked::NoDialog { name: None });
        assert_eq!(judge(None, Duration::from_secs(2), None), Picked::Nothing);
        assert_eq!(judge(Some(PathBuf::from("/a")), Duration::ZERO, None), Picked::Path(PathBuf::from("/a")));
    }
}
