//! Looking through the run's past, and back at its present.

use web_time::Instant;

use super::{REST, SHORT_REST, Session};
use crate::meta::cancel::Cancel;
use crate::train::snapshot::Phase;

impl Session {
    /// Shows the moment that is asked for; whether one was. What takes longer than the probe tasks waits until nobody
    /// asks for another one.
    pub(super) fn take_look(&mut self) -> bool {
        let Some(look) = self.end.take_look() else { return false };
        match look {
            Some(at) => self.look_back(at),
            None => self.return_to_head(),
        }
        self.show(true);
        true
    }

    pub(super) fn look_back(&mut self, at: u64) {
        let Some(trainer) = &mut self.trainer else { return };
        // A diverged run holds its last good state.
        self.phase = Phase::Paused;
        self.divergence = None;
        trainer.look_back(at);
        if let Some(beside) = &mut self.beside {
            beside.look_back(at);
        }
        self.views.break_off();
        self.continued_at = None;
        self.walk = None;
        (self.enlarged_stale, self.changed) = (Some(Instant::now()), true);
    }

    /// Completes what was left out while somebody looked through the past, unless somebody goes on to: first the
    /// galleries, then what takes longest.
    pub(super) fn look_closer(&mut self) {
        let Some(since) = self.enlarged_stale else { return };
        let Some(trainer) = &mut self.trainer else { return };
        if since.elapsed() <= SHORT_REST {
            return;
        }
        if since.elapsed() <= REST {
            self.changed |= trainer.draw_galleries(Cancel::when(&self.end.ends_training()));
            return;
        }
        trainer.look_closer(Cancel::when(&self.end.ends_training()));
        if let Some(beside) = &mut self.beside {
            beside.look_closer(Cancel::when(&self.end.ends_training()));
        }
        if !self.end.is_asked_to_look() {
            self.draw_enlarged();
        }
        self.changed = true;
    }

    pub(super) fn return_to_head(&mut self) {
        let _ = self.end.take_look();
        let Some(trainer) = self.trainer.as_mut().filter(|trainer| trainer.looking_at().is_some()) else { return };
        trainer.return_to_head();
        if let Some(beside) = &mut self.beside {
            beside.return_to_head();
        }
        self.settle();
        self.views.break_off();
        (self.enlarged_stale, self.changed) = (Some(Instant::now()), true);
    }
}
