//! What is looked at closely, beside training.

use web_time::Instant;

use super::{GLANCE, Session};
use crate::train::link::Pace;
use crate::train::snapshot::Phase;

impl Session {
    /// Goes on with what is looked at closely: in its share of the time while the trainer trains, else for a glance.
    pub(super) fn view(&mut self) {
        if let Some(focus) = self.end.take_focus() {
            if let Some(beside) = &mut self.beside {
                beside.set_focus(&focus);
            }
            self.views.set_focus(focus);
        }
        let Some(trainer) = &self.trainer else { return };
        let start = Instant::now();
        let trains = self.phase == Phase::Running && self.pace == Pace::Full;
        self.changed |= self.views.hurry(trainer, trains)[1];
        loop {
            let mut worked = false;
            let mut took = |[more, news]: [bool; 2]| {
                worked |= more;
                self.changed |= news;
            };
            if !trains || self.views.are_due(trainer) {
                took(self.views.advance(trainer));
            }
            if let Some(beside) = &mut self.beside {
                took(beside.view(trains));
            }
            if !worked || trains || start.elapsed() > GLANCE || self.end.is_asked_to_look() {
                return;
            }
        }
    }
}
