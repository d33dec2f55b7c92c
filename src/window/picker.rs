//! The system's file dialog on a thread of its own: it may block for as long as it likes.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use egui::Context;

use crate::keep::kinds::{KINDS, Kind};
use crate::keep::run_file::ENDING;
use crate::text::say;

/// Nobody cancels a dialog faster than this: no dialog was shown.
const FASTEST_PERSON: Duration = Duration::from_millis(150);

/// What is asked for.
pub enum Wanted {
    /// A folder of images.
    Images,
    /// A kept run.
    Run,
    /// Where a run is to be written, as this kind of file or another one, and a name for it.
    Place(&'static Kind, String),
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Picked {
    /// A file or a folder.
    Path(PathBuf),
    /// The dialog was cancelled.
    Nothing,
    /// There is no dialog on this system.
    NoDialog,
}

/// An open dialog.
pub struct Picker {
    answer: Receiver<(Option<PathBuf>, Duration)>,
}

impl Picker {
    /// Opens it; the context is woken when there is an answer. The thread is never waited for.
    pub fn open(ctx: &Context, wanted: Wanted) -> Self {
        let (sender, answer) = channel();
        let ctx = ctx.clone();
        // The thread would say it in English.
        let title = match wanted {
            Wanted::Images => say("Choose a folder of images", "选择图像文件夹"),
            Wanted::Run => say("Open a run", "打开运行"),
            Wanted::Place(..) => say("Save", "保存"),
        };
        let kind = say("Runs of Metascope", "Metascope 的运行");
        let names: Vec<&str> = match wanted {
            Wanted::Place(first, _) => {
                let others = KINDS.iter().filter(|other| other.ending != first.ending);
                std::iter::once(first).chain(others).map(|kind| kind.name.get()).collect()
            }
            _ => Vec::new(),
        };
        let spawned = thread::Builder::new().name("file-dialog".to_owned()).spawn(move || {
            let begun = Instant::now();
            let dialog = rfd::FileDialog::new().set_title(title);
            let path = match wanted {
                Wanted::Images => dialog.pick_folder(),
                Wanted::Run => dialog.add_filter(kind, &[ENDING]).pick_file(),
                Wanted::Place(kind, name) => {
                    let others = KINDS.iter().filter(|other| other.ending != kind.ending);
                    let kinds = std::iter::once(kind).chain(others).zip(names);
                    let dialog = kinds.fold(dialog, |dialog, (kind, name)| dialog.add_filter(name, &[kind.ending]));
                    dialog.set_file_name(name).save_file()
                }
            };
            if sender.send((path, begun.elapsed())).is_ok() {
                ctx.request_repaint();
            }
        });
        // Without a thread the channel is closed, which reads as "no dialog".
        drop(spawned);
        Self { answer }
    }

    /// The answer, once.
    pub fn poll(&self) -> Option<Picked> {
        match self.answer.try_recv() {
            Ok((path, after)) => Some(judge(path, after)),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Picked::NoDialog),
        }
    }
}

fn judge(path: Option<PathBuf>, after: Duration) -> Picked {
    match path {
        Some(path) => Picked::Path(path),
        None if after < FASTEST_PERSON => Picked::NoDialog,
        None => Picked::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quick_no_means_no_dialog() {
        assert_eq!(judge(None, Duration::from_millis(30)), Picked::NoDialog);
        assert_eq!(judge(None, Duration::from_secs(2)), Picked::Nothing);
        assert_eq!(judge(Some(PathBuf::from("/a")), Duration::ZERO), Picked::Path(PathBuf::from("/a")));
    }
}
