//! What can be asked about lessons.

use std::sync::Arc;

use super::UiCommand;
use crate::lessons::lesson::Lesson;

/// Something about a lesson.
#[derive(Clone, Debug)]
pub enum Ask {
    /// Show which lessons there are.
    List,
    /// Begin this one.
    Begin(Arc<Lesson>),
    /// Begin the present one again.
    Restart,
    /// Close it.
    End,
    /// Let the run go on, if it can.
    GoOn,
    /// Take this answer.
    Answer(usize),
    /// Write down what came of it.
    Save,
    /// Show the lesson that is being made, or begin one.
    Draft,
    /// Make a lesson of what is on the screen.
    NewDraft,
    /// Write the lesson that is being made.
    SaveDraft,
}

impl From<Ask> for UiCommand {
    fn from(ask: Ask) -> Self {
        Self::Lesson(ask)
    }
}
