//! Studies: what views look at closely, computed little by little on the trainer's thread, and only while somebody
//! looks. A study takes its inputs when it begins, so that training may go on beneath it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::snapshot::Snapshot;
use super::trainer::Trainer;
use crate::settings::Settings;

mod heights;
mod landscape;
mod stability;
mod what_if;

pub use landscape::{Heights, Map};
pub use stability::Stability;
pub use what_if::{Tried, WhatIf};

/// What somebody looks at closely.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Focus {
    /// How long an inner step may be: [`Closeups::stability`].
    pub stability: bool,
    /// The loss around φ: [`Snapshot::landscape`].
    pub landscape: Option<Map>,
    /// Another place to begin at: [`Closeups::tried`].
    pub what_if: Option<WhatIf>,
}

/// What came of the studies; `None` where nobody looks, nothing is done yet, or there is no such thing.
#[derive(Clone, Debug, Default)]
pub struct Closeups {
    /// How long an inner step may be.
    pub stability: Option<Arc<Stability>>,
    /// Why there is no map of the loss around φ.
    pub no_landscape: Option<&'static str>,
    /// What came of beginning at another place than φ.
    pub tried: Option<Arc<Tried>>,
}

/// All studies together may take this share of the worker's time while it trains.
const SHARE: f64 = 0.06;

/// What came of a piece of a study.
enum Piece<T> {
    /// There is more to do.
    Unfinished,
    /// There is more to do, but this can be shown already.
    #[allow(dead_code, reason = "for studies that are refined")]
    Rough(T),
    /// This is all.
    Finished(T),
}

/// A computation that is done in pieces of a few milliseconds at most.
trait Study: Sized {
    /// What it finds.
    type Found;

    /// Takes what it needs; `None` where it makes no sense.
    fn begin(trainer: &Trainer, focus: &Focus) -> Option<Self>;

    /// Does the next piece.
    fn advance(&mut self) -> Piece<Self::Found>;
}

/// One kind of study, begun again whenever the run has moved on.
struct Repeated<S: Study> {
    study: Option<S>,
    found: Option<Arc<S::Found>>,
    /// The state that it was begun with last.
    begun: Option<(u64, Arc<Settings>, Focus)>,
}

impl<S: Study> Default for Repeated<S> {
    fn default() -> Self {
        Self { study: None, found: None, begun: None }
    }
}

impl<S: Study> Repeated<S> {
    /// Does a piece if somebody looks and there is something to do: says whether it did one, and whether there is
    /// something new to show.
    fn advance(&mut self, looked_at: bool, trainer: &Trainer, focus: &Focus) -> [bool; 2] {
        if !looked_at {
            let forgotten = self.found.is_some();
            *self = Self::default();
            return [false, forgotten];
        }
        if self.study.is_none() {
            let (now, settings) = (trainer.meta_iteration(), trainer.shared_settings());
            let same = |(at, with, for_focus): &(u64, Arc<Settings>, Focus)| {
                *at == now && Arc::ptr_eq(with, settings) && for_focus == focus
            };
            if self.begun.as_ref().is_some_and(same) {
                return [false, false];
            }
            self.begun = Some((now, Arc::clone(settings), focus.clone()));
            self.study = S::begin(trainer, focus);
            if self.study.is_none() {
                return [false, self.found.take().is_some()];
            }
        }
        let Some(study) = &mut self.study else { return [false, false] };
        match study.advance() {
            Piece::Unfinished => [true, false],
            Piece::Rough(found) => {
                self.found = Some(Arc::new(found));
                [true, true]
            }
            Piece::Finished(found) => {
                self.found = Some(Arc::new(found));
                self.study = None;
                [true, true]
            }
        }
    }
}

/// All studies of a run.
#[derive(Default)]
pub(super) struct Studies {
    focus: Focus,
    stability: Repeated<stability::Study>,
    landscapes: landscape::Landscapes,
    what_ifs: what_if::WhatIfs,
    /// When its last pieces were done, and how long they took.
    last: Option<(Instant, Duration)>,
}

impl Studies {
    /// Changes what is looked at.
    pub fn set_focus(&mut self, focus: Focus) {
        self.focus = focus;
    }

    /// Forgets everything about a run.
    pub fn forget(&mut self) {
        *self = Self { focus: std::mem::take(&mut self.focus), ..Self::default() };
    }

    /// Whether they have not had their share of the time while the trainer trains.
    pub fn are_due(&self) -> bool {
        self.last.is_none_or(|(at, took)| at.elapsed().as_secs_f64() * SHARE > took.as_secs_f64())
    }

    /// Does a piece of every study that is looked at: says whether there was one to do, and whether there is
    /// something new to show.
    pub fn advance(&mut self, trainer: &Trainer) -> [bool; 2] {
        let start = Instant::now();
        let Self { focus, stability, landscapes, last, .. } = self;
        let own = Focus { stability: focus.stability, ..Focus::default() };
        let done = [stability.advance(focus.stability, trainer, &own), landscapes.advance(focus.landscape, trainer)];
        *last = Some((Instant::now(), start.elapsed()));
        [0, 1].map(|part| done.iter().any(|done| done[part]))
    }

    /// Does what a hand on the map waits for, in a share of its own: says whether there was something to do, and
    /// whether there is something new to show.
    pub fn hurry(&mut self, trainer: &Trainer, trains: bool) -> [bool; 2] {
        let plane = self.landscapes.found().map(|found| &found.plane);
        self.what_ifs.advance(self.focus.what_if.as_ref(), plane, trainer, trains)
    }

    /// Adds what was found to a snapshot.
    pub fn show(&self, snapshot: &mut Snapshot) {
        snapshot.landscape = self.landscapes.found().cloned();
        snapshot.closeups = Closeups {
            stability: self.stability.found.clone(),
            no_landscape: self.landscapes.reason(),
            tried: self.what_ifs.found().cloned(),
        };
    }
}
