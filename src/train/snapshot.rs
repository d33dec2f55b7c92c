//! What the trainer shows: one immutable picture of the run, that shares whatever has not changed since the one before.

use std::sync::Arc;

use super::trainer::Trainer;
use super::views::Closeups;
use super::walk::Walk;
use crate::settings::Settings;

pub use super::shown::*;
pub use crate::tasks::judge::Marks;
pub use crate::tasks::scores::{Clustering, Confusion};
pub use crate::tasks::taught::Taught;
pub use crate::tasks::{Choice, Given, Panel, Picture, Sheet};

/// One picture of the run.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Counts restarts; a view that keeps state drops it when this changes.
    pub run: u64,
    /// Runs that had been asked for, which the link notes; one that could not begin leaves another in its place.
    pub asked: u64,
    /// The inner rate that the run began with in place of its preset's, if that would have overshot.
    pub fitted: Option<f64>,
    /// Meta-iterations done, in the state that is shown.
    pub meta_iteration: u64,
    /// Meta-iterations per second while training, smoothed.
    pub per_second: f64,
    /// What the trainer is doing.
    pub phase: Phase,
    /// The settings in force.
    pub settings: Arc<Settings>,
    /// Parameters that the network has.
    pub parameters: usize,
    /// Loss histories.
    pub curves: Arc<Curves>,
    /// The latest adaptation of the probe tasks.
    pub evaluation: Option<Arc<Evaluation>>,
    /// The same of the task that the user draws, alone, if there is one.
    pub sketch: Option<Arc<Evaluation>>,
    /// The latest map of the loss around φ.
    pub landscape: Option<Arc<Landscape>>,
    /// The adapted functions drawn finer than the images, where tasks are images.
    pub enlarged: Option<Arc<Enlarged>>,
    /// What came of looking closely.
    pub closeups: Closeups,
    /// In slow motion: where the present meta-iteration is.
    pub walk: Option<Walk>,
    /// Every knob change of this run.
    pub marks: Arc<[KnobMark]>,
    /// All that was done to this run, in order.
    pub journal: Arc<Vec<Deed>>,
    /// Which states of the run can be looked at again, and which one is.
    pub timeline: Past,
    /// Why the run stopped, if it did.
    pub divergence: Option<Arc<Divergence>>,
    /// Whether the run has left its best state for good.
    pub astray: Option<Astray>,
    /// The run on the same tasks that goes with this one step by step, if there is one.
    pub beside: Option<Arc<Snapshot>>,
    /// Whether the run before can be taken up again.
    pub can_bring_back: bool,
}

impl Trainer {
    /// One picture of the run.
    pub fn snapshot(&self, run: u64, per_second: f64, phase: Phase) -> Snapshot {
        Snapshot {
            run,
            asked: 0,
            fitted: self.fitted(),
            meta_iteration: self.meta_iteration(),
            per_second,
            phase,
            settings: Arc::clone(self.shared_settings()),
            parameters: self.learner().network.parameters(),
            curves: self.curves(),
            evaluation: Some(self.evaluation()),
            sketch: self.sketch(),
            landscape: None,
            enlarged: None,
            closeups: Closeups::default(),
            walk: None,
            marks: self.marks().into(),
            journal: Arc::clone(self.journal()),
            timeline: self.past(),
            astray: self.astray(),
            divergence: None,
            beside: None,
            can_bring_back: false,
        }
    }
}
