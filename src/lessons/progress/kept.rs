//! A lesson under way on disk: the text of the lesson, and what came of it so far.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Progress, Stage};
use crate::files::write_whole;
use crate::lessons::file;
use crate::lessons::lesson::{Kind, Lesson};
use crate::lessons::result::{LessonResult, Outcome};

impl Progress {
    /// Writes lesson and result to these files, as well as that can be done.
    pub fn keep_at(&self, [lesson, result]: &[PathBuf; 2]) {
        let Ok(text) = LessonResult::of(self, "").to_text() else { return };
        // The result comes last: without it there is nothing to go on with.
        if write_whole(lesson, self.lesson.text.as_bytes()).is_ok() {
            let _ = write_whole(result, text.as_bytes());
        }
    }

    /// What was written there; `None` if there is nothing, or what is there does not fit together.
    pub fn kept_at([lesson, result]: &[PathBuf; 2]) -> Option<Self> {
        Self::resumed(Arc::new(file::read(lesson).ok()?), LessonResult::read(result).ok()?)
    }

    /// Where a lesson was when this had come of it: at the first step that is not done. A prediction whose outcome was
    /// still awaited is asked for again where its run begins again, as one does that had another run beside it. `None`
    /// if it came of another lesson.
    pub fn resumed(lesson: Arc<Lesson>, result: LessonResult) -> Option<Self> {
        let fits = result.fingerprint == lesson.fingerprint && result.steps.len() == lesson.steps.len();
        let LessonResult { steps: outcomes, runs, secs, .. } = Some(result).filter(|_| fits)?;
        let now = outcomes.iter().position(|outcome| !outcome.done).unwrap_or(outcomes.len());
        let mut progress = Self { now, outcomes, runs, clock: secs, ..Self::new(lesson) };
        let lesson = Arc::clone(&progress.lesson);
        if lesson.beside().is_some() && progress.stage(now) == Stage::Waiting {
            progress.outcomes[now] = Outcome { secs: progress.outcomes[now].secs, ..Outcome::default() };
        }
        let predicted = lesson.steps.iter().zip(&progress.outcomes).filter(|(_, outcome)| outcome.chosen.is_some());
        let images = predicted.flat_map(|(step, _)| &step.turns).filter_map(|turn| turn.images.clone()).next_back();
        progress.images = images.unwrap_or(progress.images);
        progress.step_began = secs - progress.outcomes.get(now).map_or(0.0, |outcome| outcome.secs);
        progress.stands = progress.step().is_some_and(|step| step.kind == Kind::Do && !step.stands);
        Some(progress)
    }
}
