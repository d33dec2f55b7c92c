//! The task that the user draws: adapted as the probe tasks are, but never measured into the curves.

use crate::meta::cancel::Cancel;
use std::sync::Arc;

use super::shown::probe_task;
use crate::settings::Settings;
use crate::tasks::sketch::Sketch;
use crate::tasks::{Family, HeldOut};
use crate::train::evaluation::{Start, measure};
use crate::train::pool::Pool;
use crate::train::shown::Evaluation;

/// What was drawn last, and how it was adapted last.
#[derive(Default)]
pub(super) struct Sketching {
    sketch: Option<Arc<Sketch>>,
    task: Option<HeldOut>,
    shown: Option<Arc<Evaluation>>,
}

impl Sketching {
    /// Another drawing, or none. One that does not fit the family is no task.
    pub fn set(&mut self, sketch: Option<Arc<Sketch>>, family: &Family, settings: &Settings) {
        self.sketch = sketch;
        self.settings_changed(family, settings);
        if self.task.is_none() {
            self.shown = None;
        }
    }

    /// Makes the task again, for settings that may shape it.
    pub fn settings_changed(&mut self, family: &Family, settings: &Settings) {
        let sketch = self.sketch.as_ref();
        self.task = sketch.and_then(|sketch| family.sketched(sketch, &settings.live, settings.run.seed));
    }

    /// Adapts it from each initialisation; `decibels` says whether losses are told in dB.
    pub fn measure(&mut self, pool: &Pool, starts: [Start<'_>; 3], decibels: bool, steps: usize, meta_iteration: u64) {
        let Some(task) = &self.task else { return };
        let measured = pool.map(starts.len(), |i| measure(starts[i], task, steps, Cancel::NEVER));
        let Ok(measured) = <[_; 3]>::try_from(measured) else { return };
        self.shown = Some(Arc::new(Evaluation {
            meta_iteration,
            tasks: vec![probe_task(task, &measured, &starts, None, decibels)],
            ..Evaluation::default()
        }));
    }

    /// How it was adapted last.
    pub fn shown(&self) -> Option<Arc<Evaluation>> {
        self.shown.clone()
    }
}
