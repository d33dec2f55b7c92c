//! A run without a window, gone through exactly as one with it: the same deeds at the same meta-iterations, and the same
//! numbers where somebody looks.

use std::sync::Arc;

use super::TIMELINE_CAP;
use super::beside::Beside;
use crate::images::ImageSet;
use crate::meta::cancel::Cancel;
use crate::settings::Settings;
use crate::train::shown::{Deed, Divergence, Phase};
use crate::train::snapshot::Snapshot;
use crate::train::trainer::{Step, TrainError, Trainer};
use crate::train::views::{Focus, Views};

/// Such a run, perhaps with a second one in step.
pub struct Rehearsal {
    trainer: Trainer,
    beside: Option<Beside>,
    divergence: Option<Arc<Divergence>>,
}

impl Rehearsal {
    /// At its start. The result does not depend on `threads`.
    ///
    /// # Errors
    /// As [`Trainer::new`].
    pub fn new(
        settings: &Settings,
        beside: Option<&Settings>,
        images: Option<Arc<ImageSet>>,
        threads: usize,
    ) -> Result<Self, TrainError> {
        let mut trainer = Trainer::new(settings.clone(), images.clone(), threads)?;
        trainer.set_timeline_cap(TIMELINE_CAP);
        let beside = beside.map(|settings| Beside::new(settings.clone(), images, &trainer)).transpose()?;
        Ok(Self { trainer, beside, divergence: None })
    }

    /// A run with other settings, say on other images, that goes on from what this one has learned.
    ///
    /// # Errors
    /// As [`Trainer::resume`].
    pub fn carried(
        &self,
        settings: &Settings,
        images: Option<Arc<ImageSet>>,
        threads: usize,
    ) -> Result<Self, TrainError> {
        let mut trainer = Trainer::resume(settings.clone(), images, threads, &self.trainer.checkpoint())?;
        trainer.set_timeline_cap(TIMELINE_CAP);
        Ok(Self { trainer, beside: None, divergence: None })
    }

    /// Meta-iterations done.
    pub fn meta_iteration(&self) -> u64 {
        self.trainer.meta_iteration()
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        self.trainer.settings()
    }

    /// Whether it has failed, and nothing was done about it yet.
    pub fn has_failed(&self) -> bool {
        self.divergence.is_some()
    }

    /// All that was done so far.
    pub fn journal(&self) -> &[Deed] {
        self.trainer.journal()
    }

    /// Trains until so many meta-iterations are done, or until the run fails: whether it came so far. A run that has
    /// failed goes on once something is done to it.
    pub fn train_until(&mut self, meta_iteration: u64) -> bool {
        if self.divergence.is_some() {
            return false;
        }
        let pool = self.trainer.pool();
        pool.run(|| {
            while self.trainer.meta_iteration() < meta_iteration {
                if let Step::Diverged(divergence) = self.trainer.step(Cancel::NEVER) {
                    self.divergence = Some(Arc::new(divergence));
                    return false;
                }
                if let Some(beside) = &mut self.beside {
                    while beside.lags(&self.trainer) {
                        beside.follow(&self.trainer, Cancel::NEVER);
                    }
                }
            }
            true
        })
    }

    /// Does what was done, now. A failure cannot be done: the run must have failed by itself. Whether it could be done.
    pub fn again(&mut self, deed: &Deed) -> bool {
        let trainer = &mut self.trainer;
        match *deed {
            Deed::Diverged { .. } => return self.divergence.is_some(),
            Deed::Turned { knob, value, .. } => {
                let before = trainer.settings().live.clone();
                let mut live = before.clone();
                knob.set(&mut live, value);
                if trainer.set_live(live.clone()).is_err() {
                    return false;
                }
                if let Some(beside) = &mut self.beside {
                    beside.turn(&before, &live);
                }
            }
            Deed::BackToBest { .. } => {
                trainer.back_to_best();
                if let Some(beside) = &mut self.beside {
                    beside.go_back(trainer);
                }
            }
            Deed::WentOnFrom { from, .. } => {
                if trainer.look_back(from) != Some(from) {
                    trainer.return_to_head();
                    return false;
                }
                trainer.continue_here();
                if let Some(beside) = &mut self.beside {
                    beside.look_back(from);
                    beside.continue_here(from);
                }
            }
        }
        self.divergence = None;
        true
    }

    /// One picture of it, with all that somebody looks at; `run` is its number, and it says whether it is paused.
    pub fn look(&mut self, focus: &Focus, run: u64, paused: bool) -> Snapshot {
        let Self { trainer, beside, divergence } = self;
        let stale = trainer.evaluation();
        if stale.meta_iteration != trainer.meta_iteration() || stale.deeds != trainer.journal().len() {
            trainer.probe();
        }
        let phase = match divergence {
            Some(_) => Phase::Diverged,
            None if paused => Phase::Paused,
            None => Phase::Running,
        };
        let mut snapshot = trainer.snapshot(run, 0.0, phase);
        let mut views = Views::default();
        views.set_focus(focus.clone());
        while views.advance(trainer)[0] {}
        while views.hurry(trainer, false)[0] {}
        views.show(&mut snapshot);
        snapshot.divergence = divergence.clone();
        if let Some(beside) = beside {
            beside.refresh();
            snapshot.beside = Some(Arc::new(beside.snapshot(run, 0.0, phase)));
        }
        snapshot
    }
}
