//! Lessons: a prediction, something to do, something to see. Whether a prediction was right and a thing is done is
//! measured on the run itself, by the same code in the window, in the check of a lesson and when results are graded.
//!
//! Beginning with a prediction follows Crouch, Fagen, Callan and Mazur 2004 (Classroom demonstrations: learning tools or
//! entertainment?): whoever only watches understands no more than who saw nothing.

use std::sync::{Arc, OnceLock};

/// What a lesson is.
pub mod lesson;

/// Texts of a lesson in two languages.
pub mod said;

/// What can be measured.
pub mod measures;

/// What has to be so.
pub mod condition;

/// Reading and writing lessons.
pub mod file;

/// A lesson under way.
pub mod progress;

/// Lessons gone through without a window.
pub mod rehearse;

/// The proof that a lesson holds.
pub mod check;

/// What came of a lesson.
pub mod result;

/// What the results of a class come to.
#[cfg(feature = "desktop")]
pub mod grade;

/// Lessons made of what is on the screen.
pub mod draft;
use lesson::Lesson;

/// A built-in lesson: its file's name and text.
macro_rules! lesson {
    ($name:literal) => {
        ($name, include_str!(concat!("../assets/lessons/", $name)))
    };
}

/// The files of the built-in lessons, in order.
pub const FILES: [(&str, &str); 12] = [
    lesson!("01-good-start.toml"),
    lesson!("02-longest-step.toml"),
    lesson!("03-two-loops.toml"),
    lesson!("04-second-derivatives.toml"),
    lesson!("05-reptile.toml"),
    lesson!("06-the-mean.toml"),
    lesson!("07-one-step-too-many.toml"),
    lesson!("08-which-layers.toml"),
    lesson!("09-learned-rates.toml"),
    lesson!("10-not-the-loss.toml"),
    lesson!("11-choosing.toml"),
    lesson!("12-how-far.toml"),
];

/// The built-in lessons, in order. One that cannot be read is left out; a test reads them all.
pub fn built_in() -> &'static [Arc<Lesson>] {
    static ALL: OnceLock<Vec<Arc<Lesson>>> = OnceLock::new();
    ALL.get_or_init(|| {
        FILES.iter().filter_map(|(name, text)| file::parse(text, name.as_ref()).ok()).map(Arc::new).collect()
    })
}

/// The built-in lesson of this id, or of this place among them, counted from 1.
pub fn named(id: &str) -> Option<&'static Arc<Lesson>> {
    let place = id.parse().ok().and_then(|place: usize| place.checked_sub(1));
    built_in().iter().enumerate().find(|(index, lesson)| lesson.id == id || place == Some(*index)).map(|(_, l)| l)
}
