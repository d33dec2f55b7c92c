//! A lesson under way on disk: the text of the lesson, and what came of it so far.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Progress, Stage, is_in_force};
use crate::files::{read_to_string, write_whole};
use crate::lessons::file;
use crate::lessons::lesson::{Kind, Lesson};
use crate::lessons::result::{LessonResult, Outcome};
use crate::settings::RunSettings;
use crate::train::snapshot::Snapshot;

impl Progress {
    /// Writes lesson and result to these files, as well as that can be done.
    pub fn keep_at(&self, [lesson, result]: &[PathBuf; 2]) {
        let Ok(text) = LessonResult::of(self, "").to_text() else { return };
        // The result comes last: without it there is nothing to go on with.
        let is_there = read_to_string(lesson).is_ok_and(|text| text == self.lesson.text);
        if is_there || write_whole(lesson, self.lesson.text.as_bytes()).is_ok() {
            let _ = write_whole(result, text.as_bytes());
        }
    }

    /// What was written there; `None` if there is nothing, what is there does not fit together, or the run that was kept
    /// beside it is not the lesson's.
    pub fn kept_at([lesson, result]: &[PathBuf; 2], run: &RunSettings) -> Option<Self> {
        let progress = Self::resumed(Arc::new(file::read(lesson).ok()?), LessonResult::read(result).ok()?)?;
        progress.is_of(run).then_some(progress)
    }

    /// Where a lesson was when this had come of it: at the last step that something came of. `None` if it came of
    /// another lesson.
    pub fn resumed(lesson: Arc<Lesson>, result: LessonResult) -> Option<Self> {
        let fits = result.fingerprint == lesson.fingerprint && result.steps.len() == lesson.steps.len();
        let LessonResult { steps: outcomes, runs, secs, .. } = Some(result).filter(|_| fits)?;
        let now = outcomes.iter().rposition(|outcome| *outcome != Outcome::default()).unwrap_or(0);
        let step_began = secs - outcomes[now].secs;
        let mut progress =
            Self { now, outcomes, runs, clock: secs, step_began, taken_up: true, ..Self::new(Arc::clone(&lesson)) };
        let predicted = lesson.steps.iter().zip(&progress.outcomes).filter(|(_, outcome)| outcome.chosen.is_some());
        let images = predicted.flat_map(|(step, _)| &step.turns).filter_map(|turn| turn.images.clone()).next_back();
        progress.images = images.unwrap_or(progress.images);
        let does = progress.step().is_some_and(|step| step.kind == Kind::Do && !step.stands);
        progress.goes_on = does && progress.stage(now) == Stage::Open;
        Some(progress)
    }

    /// Since when the outcome of the present prediction has been awaited, if it is.
    pub fn waits_since(&self) -> Option<u64> {
        let waits = self.stage(self.now) == Stage::Waiting;
        waits.then(|| Some(self.outcomes[self.now].committed?.at)).flatten()
    }

    /// Looks at the first run that is seen since the lesson was taken up again: whether it is the last one from before,
    /// where that was or further. If it is not, a prediction that is awaited, but of another past than this run's, is
    /// asked for again.
    pub(super) fn takes_up(&mut self, snapshot: &Snapshot) -> bool {
        if !std::mem::take(&mut self.taken_up) {
            return false;
        }
        let same = self.runs.last().is_some_and(|log| {
            snapshot.journal.starts_with(&log.journal)
                && snapshot.meta_iteration >= log.last
                && snapshot.beside.is_none()
        });
        if let Some(at) = self.waits_since().filter(|_| !same) {
            let turned = self.step().is_some_and(|step| step.turns.iter().all(|turn| is_in_force(turn, snapshot)));
            if !turned || snapshot.meta_iteration < at {
                self.outcomes[self.now] = Outcome { secs: self.outcomes[self.now].secs, ..Outcome::default() };
            }
        }
        same
    }
}
