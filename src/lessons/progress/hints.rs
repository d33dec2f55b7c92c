//! Hints, and the solution behind the last one.

use super::{Progress, Stage};

/// A new hint is given after another try, or after so many seconds.
const HINT_SECS: f64 = 20.0;

impl Progress {
    /// Whether another hint may be given now: after another try, or some time.
    pub fn can_hint(&self) -> bool {
        let left = self.step().is_some_and(|step| self.outcomes[self.now].hints < step.hints.len());
        let deeds = self.runs.last().map_or(0, |log| log.journal.len());
        let (since, then) = self.hinted.unwrap_or((self.step_began, deeds));
        left && (self.clock - since >= HINT_SECS || self.hinted.is_some() && deeds > then)
    }

    /// Whether only time is missing for the next one.
    pub fn waits_for_hint(&self) -> bool {
        let left = self.step().is_some_and(|step| self.outcomes[self.now].hints < step.hints.len());
        left && self.stage(self.now) == Stage::Open && !self.can_hint()
    }

    /// Gives another hint, if that may be.
    pub fn hint(&mut self) {
        if self.can_hint() {
            self.outcomes[self.now].hints += 1;
            self.hinted = Some((self.clock, self.runs.last().map_or(0, |log| log.journal.len())));
        }
    }

    /// Whether all hints are given, so that the solution may be shown.
    pub fn can_show_solution(&self) -> bool {
        let open = self.stage(self.now) == Stage::Open;
        open && self
            .step()
            .is_some_and(|step| !step.solution.is_empty() && self.outcomes[self.now].hints >= step.hints.len())
    }

    /// Notes that the solution was shown.
    pub fn show_solution(&mut self) {
        if self.can_show_solution() {
            self.outcomes[self.now].solution = true;
        }
    }
}
