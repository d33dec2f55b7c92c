//! Files that somebody chooses: by the system's dialog, or by the browser's.

#[cfg(not(feature = "desktop"))]
mod browser;
#[cfg(feature = "desktop")]
mod dialog;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

#[cfg(not(feature = "desktop"))]
use browser::ask;
#[cfg(feature = "desktop")]
use dialog::ask;
use egui::Context;

/// What is asked for.
pub enum Wanted {
    /// A folder of images.
    Images,
    /// A kept run.
    Run,
    /// A lesson.
    Lesson,
    /// Where a file is to be written: a name for it, and the kinds that it can be of with their endings.
    Place {
        /// What is proposed.
        name: String,
        /// The first is the usual one.
        #[cfg_attr(
            not(feature = "desktop"),
            expect(dead_code, reason = "a download is of the kind that was asked for")
        )]
        kinds: Vec<(&'static str, &'static str)>,
    },
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Picked {
    /// A file or a folder.
    Path(PathBuf),
    /// The dialog was cancelled.
    Nothing,
    /// There is no dialog on this system; the name that would have been proposed.
    NoDialog {
        /// Of a file that is to be written.
        name: Option<String>,
    },
}

/// An open dialog.
pub struct Picker {
    answer: Receiver<Picked>,
    name: Option<String>,
}

impl Picker {
    /// Opens it; the context is woken when there is an answer. It is never waited for.
    pub fn open(ctx: &Context, wanted: Wanted) -> Self {
        let (sender, answer) = channel();
        let name = if let Wanted::Place { name, .. } = &wanted { Some(name.clone()) } else { None };
        ask(ctx, wanted, sender);
        Self { answer, name }
    }

    /// The answer, once.
    pub fn poll(&self) -> Option<Picked> {
        match self.answer.try_recv() {
            Ok(picked) => Some(picked),
            Err(TryRecvError::Empty) => None,
            // Nobody could be asked.
            Err(TryRecvError::Disconnected) => Some(Picked::NoDialog { name: self.name.clone() }),
        }
    }
}
