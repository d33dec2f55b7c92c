//! What the program is set to so that something can be seen in it: tasks, an algorithm, knobs, a tab and a pace.

use crate::settings::{Algorithm, Knob, Settings, TaskFamily};
use crate::train::link::Pace;

/// A setting of the whole program. What it leaves open stays as it is, or, where a run begins for it, as in that run's
/// preset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scene {
    /// The id of the family that tasks are drawn from.
    pub tasks: Option<&'static str>,
    /// The id of the algorithm.
    pub algorithm: Option<&'static str>,
    /// The id of the algorithm of a second run beside it; `None`: one run alone where a run begins.
    pub beside: Option<&'static str>,
    /// Knobs, and what they are turned to.
    pub knobs: &'static [(Knob, f64)],
    /// The English name of the tab that gets the large place.
    pub tab: Option<&'static str>,
    /// How fast meta-iterations follow one another.
    pub pace: Option<Pace>,
}

impl Scene {
    /// Everything stays as it is.
    pub const OPEN: Self = Self { tasks: None, algorithm: None, beside: None, knobs: &[], tab: None, pace: None };

    /// Its tasks, where these are the present ones. An id that is unknown counts as none.
    pub fn tasks(&self, now: TaskFamily) -> TaskFamily {
        self.tasks.and_then(|id| id.parse().ok()).unwrap_or(now)
    }

    /// Its algorithm, where this is the present one. An id that is unknown counts as none.
    pub fn algorithm(&self, now: Algorithm) -> Algorithm {
        self.algorithm.and_then(|id| id.parse().ok()).unwrap_or(now)
    }

    /// The algorithm of the run beside. An id that is unknown counts as none.
    pub fn beside(&self) -> Option<Algorithm> {
        self.beside.and_then(|id| id.parse().ok())
    }

    /// Whether it takes another run than one with these settings.
    pub fn needs_another_run(&self, now: &Settings) -> bool {
        let wanted = (self.tasks(now.run.tasks), self.algorithm(now.run.algorithm));
        wanted != (now.run.tasks, now.run.algorithm)
    }

    /// What a run of its own begins with, where these are the present settings.
    pub fn preset(&self, now: &Settings) -> Settings {
        let mut preset = Settings::preset(self.tasks(now.run.tasks), self.algorithm(now.run.algorithm));
        for (knob, value) in self.knobs {
            knob.set(&mut preset.live, *value);
        }
        preset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_begins_only_for_other_tasks_or_another_algorithm() {
        let now = Settings::default();
        let knobs = &[(Knob::META_BATCH, 1.0)];
        let same = Scene { tasks: Some(now.run.tasks.id()), knobs, ..Scene::OPEN };
        assert!(!Scene::OPEN.needs_another_run(&now) && !same.needs_another_run(&now));
        let other = Scene { algorithm: Some("reptile"), knobs, ..Scene::OPEN };
        assert!(other.needs_another_run(&now));
        let preset = other.preset(&now);
        assert_eq!((preset.run.algorithm.id(), preset.live.meta_batch), ("reptile", 1));
        assert_eq!(preset.run.tasks, now.run.tasks);
    }

    #[test]
    fn an_unknown_id_changes_nothing() {
        let now = Settings::default();
        let unknown = Scene { tasks: Some("teapots"), algorithm: Some("alchemy"), ..Scene::OPEN };
        assert!(!unknown.needs_another_run(&now));
    }
}
