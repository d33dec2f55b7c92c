//! What is looked at closely, beside training.

use std::time::Instant;

use super::{GLANCE, Worker};
use crate::train::link::Pace;
use crate::train::snapshot::Phase;

impl Worker {
    /// Goes on with what is looked at closely: in its share of the time while the trainer trains, else for a glance.
    pub(super) fn study(&mut self) {
        if let Some(focus) = self.end.take_focus() {
            self.studies.set_focus(focus);
        }
        let Some(trainer) = &self.trainer else { return };
        let start = Instant::now();
        let trains = self.phase == Phase::Running && self.pace == Pace::Full;
        self.changed |= self.studies.hurry(trainer, trains)[1];
        if trains && !self.studies.are_due() {
            return;
        }
        loop {
            let [worked, news] = self.studies.advance(trainer);
            self.changed |= news;
            if !worked || trains || start.elapsed() > GLANCE || self.end.is_asked_to_look() {
                return;
            }
        }
    }
}
