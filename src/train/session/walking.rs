//! A meta-iteration at once, or at a slow pace one sub-step after the other.

use std::sync::Arc;

use web_time::Instant;

use super::Session;
use crate::meta::cancel::Cancel;
use crate::train::link::Pace;
use crate::train::trainer::distance;
use crate::train::walk::{SubStep, Walk};

impl Session {
    /// A meta-iteration, or at a slow pace one of its sub-steps.
    pub(super) fn go_on(&mut self) {
        match self.pace {
            Pace::Full | Pace::PerSecond(_) => self.step(),
            Pace::Slow => self.walk_on(),
        }
    }

    /// The next sub-step. The last one is the meta-iteration itself, as training does it.
    pub(super) fn walk_on(&mut self) {
        let Some(trainer) = &mut self.trainer else { return };
        self.stepped_at = Instant::now();
        self.changed = true;
        let fits = |walk: &&mut Walk| {
            let ground = &walk.ground;
            !walk.is_over()
                && ground.meta_iteration == trainer.meta_iteration()
                && Arc::ptr_eq(&ground.settings, trainer.shared_settings())
        };
        let Some(walk) = self.walk.as_mut().filter(fits) else {
            self.walk = trainer.walk(Cancel::when(&self.end.ends_walk()));
            return;
        };
        walk.at += 1;
        if walk.now() == SubStep::Outer {
            let before = trainer.meta_parameters().phi().to_vec();
            self.step();
            if let (Some(trainer), Some(walk)) = (&self.trainer, &mut self.walk)
                && trainer.meta_iteration() > walk.ground.meta_iteration
            {
                walk.moved = Some(distance(&before, trainer.meta_parameters().phi()));
            }
        }
    }
}
