//! A solution that is played.

use std::collections::VecDeque;

use crate::lessons::lesson::{Act, Step};
use crate::lessons::rehearse::within;
use crate::train::snapshot::{Phase, Snapshot};
use crate::train::views::Focus;
use crate::window::commands::{Commands, UiCommand};

/// What is still to be done of it.
pub(super) struct Replay {
    acts: VecDeque<Act>,
    /// Where it began, once that is known.
    from: Option<u64>,
    /// Where φ is dragged to.
    place: Option<[f64; 2]>,
    plays: bool,
}

impl Replay {
    pub fn new(step: &Step) -> Self {
        Self { acts: step.solution.iter().cloned().collect(), from: None, place: None, plays: false }
    }

    /// Whether φ is to stay where it was dragged to.
    pub fn holds_phi(&self) -> bool {
        self.place.is_some()
    }

    /// Does what is due; whether there is more to come.
    pub fn act(&mut self, snapshot: &Snapshot, phase: Phase, commands: &mut Commands) -> bool {
        let from = *self.from.get_or_insert(snapshot.meta_iteration);
        let failed = phase == Phase::Diverged;
        let due = |act: &Act| {
            failed || phase == Phase::Paused && act.after == 0 || snapshot.meta_iteration >= from + act.after
        };
        while let Some(act) = self.acts.pop_front_if(|act| due(act)) {
            if let Some(knob) = act.knob {
                let limit = snapshot.closeups.stability.as_ref().and_then(|found| found.smallest());
                let value = act.value.or_else(|| Some(act.times_limit? * limit?.1));
                if let Some(value) = value {
                    commands.push(UiCommand::SetKnob(knob, within(knob, value)));
                }
            }
            if act.back_to_best {
                commands.push(UiCommand::BackToBest);
                self.plays = !self.acts.is_empty();
            }
            self.place = act.drag.or(self.place);
            if act.pause && phase == Phase::Running {
                commands.push(UiCommand::PlayPause);
            }
            if failed {
                return true;
            }
        }
        let waits = self.acts.iter().any(|act| act.after > 0) || self.plays;
        if phase == Phase::Paused && waits && !self.acts.is_empty() {
            self.plays = false;
            commands.push(UiCommand::PlayPause);
        }
        !self.acts.is_empty()
    }

    pub fn look(&self, focus: &mut Focus, snapshot: Option<&Snapshot>) {
        if let Some(at) = self.place {
            focus.drag(at, snapshot);
        }
    }
}
