//! What is looked at closely, beside training.

use std::time::Instant;

use super::{GLANCE, Session};
use crate::train::link::Pace;
use crate::train::snapshot::Phase;

impl Session {
    /// Goes on with what is looked at closely: in its share of the time while the trainer trains, else for a glance.
    pub(super) fn view(&mut self) {
        if let Some(focus) = self.end.take_focus() {
            self.views.set_focus(focus);
        }
        let Some(trainer) = &self.trainer else { return };
        let start = Instant::now();
        let trains = self.phase == Phase::Running && self.pace == Pace::Full;
        self.changed |= self.views.hurry(trainer, trains)[1];
        if trains && !self.views.are_due() {
            return;
        }
        loop {
            let [worked, news] = self.views.advance(trainer);
            self.changed |= news;
            if !worked || trains || start.elapsed() > GLANCE || self.end.is_asked_to_look() {
                return;
            }
        }
    }
}
