//! Views: what views look at closely, computed little by little on the trainer's thread, and only while somebody
//! looks. A view takes its inputs when it begins, so that training may go on beneath it.

use std::sync::Arc;

use super::shown::Evaluation;
use super::snapshot::Snapshot;
use super::trainer::Trainer;
use crate::settings::Settings;
use crate::text::Text;

mod dissection;
mod heights;
mod landscape;
mod layers;
mod stability;
mod test_steps;
mod what_if;

pub use super::shown::{Heights, Map};
pub use dissection::OuterStep;
pub use layers::{LayerLook, Layers};
pub use stability::Stability;
pub use test_steps::{Adapted, TestSteps};
use web_time::{Duration, Instant};
pub use what_if::{Tried, WhatIf};

/// What somebody looks at closely.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Focus {
    /// How long an inner step may be: [`Closeups::stability`].
    pub stability: bool,
    /// What the coming outer step is made of: [`Closeups::outer_step`].
    pub outer_step: bool,
    /// Losses over many test-time steps: [`Closeups::test_steps`].
    pub test_steps: bool,
    /// What adaptation does to each layer's representation: [`Closeups::layers`].
    pub layers: bool,
    /// The loss around φ: [`Snapshot::landscape`].
    pub landscape: Option<Map>,
    /// Another place to begin at: [`Closeups::tried`].
    pub what_if: Option<WhatIf>,
    /// Whether somebody waits for what comes of it, so that it may take more of the time.
    pub awaited: bool,
}

impl Focus {
    /// Every view by itself, with its name.
    pub fn views() -> Vec<(&'static str, Self)> {
        let none = Self::default;
        let adapted = Map { heights: Heights::Adapted, ..Map::default() };
        vec![
            ("stability", Self { stability: true, ..none() }),
            ("outer step", Self { outer_step: true, ..none() }),
            ("test steps", Self { test_steps: true, ..none() }),
            ("layers", Self { layers: true, ..none() }),
            ("landscape", Self { landscape: Some(Map::default()), ..none() }),
            ("landscape after adaptation", Self { landscape: Some(adapted), ..none() }),
        ]
    }

    /// φ dragged to a place on the map of mean losses after adaptation; `shown` has that map, once it is there.
    pub fn drag(&mut self, at: [f64; 2], shown: Option<&Snapshot>) {
        let map = Map { heights: Heights::Adapted, ..Map::default() };
        self.landscape = Some(map);
        let found = shown.and_then(|snapshot| snapshot.landscape.as_ref());
        self.what_if = found.map(|found| WhatIf { plane: Arc::clone(&found.plane), at, map });
    }

    /// Whether a snapshot shows something of everything that is looked at.
    pub fn is_answered(&self, snapshot: &Snapshot) -> bool {
        let Self { stability, outer_step, test_steps, layers, landscape, what_if, awaited: _ } = self;
        let found = &snapshot.closeups;
        let tried = found.tried.as_ref().map(|tried| &tried.asked);
        (!stability || found.stability.is_some())
            && (!outer_step || found.outer_step.is_some())
            && (!test_steps || found.test_steps.is_some())
            && (!layers || found.layers.is_some())
            && landscape.is_none_or(|map| snapshot.landscape.as_ref().is_some_and(|found| found.map == map))
            && what_if.as_ref().is_none_or(|asked| tried == Some(asked))
    }
}

/// What came of the views; `None` where nobody looks, nothing is done yet, or there is no such thing.
#[derive(Clone, Debug, Default)]
pub struct Closeups {
    /// How long an inner step may be.
    pub stability: Option<Arc<Stability>>,
    /// What the coming outer step is made of.
    pub outer_step: Option<Arc<OuterStep>>,
    /// Losses over many test-time steps.
    pub test_steps: Option<Arc<TestSteps>>,
    /// What adaptation does to each layer's representation.
    pub layers: Option<Arc<Layers>>,
    /// Why there is no map of the loss around φ.
    pub no_landscape: Option<Text>,
    /// What came of beginning at another place than φ.
    pub tried: Option<Arc<Tried>>,
}

/// All views together may take this share of the worker's time while it trains.
const SHARE: f64 = 0.045;
/// The same where somebody waits for what they find: nothing is found yet, a knob was turned since, or a lesson asks.
const AWAITED: f64 = 0.3;

/// Pieces that follow one another are done at a time until this long has passed.
const TOGETHER: Duration = Duration::from_millis(2);

/// What came of a piece of a view.
enum Piece<T> {
    /// There is more to do.
    Unfinished,
    /// There is more to do, but this can be shown already where nothing whole is.
    Rough(T),
    /// This is all.
    Finished(T),
}

/// A computation that is done in pieces of a few milliseconds at most.
trait View: Sized {
    /// What it finds.
    type Found;

    /// Takes what it needs; `None` where it makes no sense.
    fn begin(trainer: &Trainer) -> Option<Self>;

    /// The same after another one was finished, of which it may keep what still holds.
    fn begin_after(trainer: &Trainer, _finished: Option<Self>) -> Option<Self> {
        Self::begin(trainer)
    }

    /// Does the next piece.
    fn advance(&mut self) -> Piece<Self::Found>;
}

/// What a view is begun with.
struct Begun {
    meta_iteration: u64,
    settings: Arc<Settings>,
    evaluation: Arc<Evaluation>,
}

impl Begun {
    fn now(trainer: &Trainer) -> Self {
        let (meta_iteration, settings) = (trainer.meta_iteration(), Arc::clone(trainer.shared_settings()));
        Self { meta_iteration, settings, evaluation: trainer.evaluation() }
    }

    fn is(&self, other: &Self) -> bool {
        self.meta_iteration == other.meta_iteration
            && Arc::ptr_eq(&self.settings, &other.settings)
            && Arc::ptr_eq(&self.evaluation, &other.evaluation)
    }
}

/// One kind of view, begun again whenever the run has moved on.
struct Repeated<S: View> {
    view: Option<S>,
    finished: Option<S>,
    found: Option<Arc<S::Found>>,
    /// With which settings what was found was begun, once that is whole.
    whole: Option<Arc<Settings>>,
    /// The state that it was begun with last.
    begun: Option<Begun>,
}

impl<S: View> Default for Repeated<S> {
    fn default() -> Self {
        Self { view: None, finished: None, found: None, whole: None, begun: None }
    }
}

impl<S: View> Repeated<S> {
    fn break_off(&mut self) {
        (self.view, self.begun) = (None, None);
    }

    /// Whether it is looked at, and nothing was found in full with the present settings.
    fn is_awaited(&self, looked_at: bool, trainer: &Trainer) -> bool {
        let settings = trainer.shared_settings();
        looked_at && self.whole.as_ref().is_none_or(|whole| !Arc::ptr_eq(whole, settings))
    }

    /// Does a piece or a few if somebody looks and there is something to do: says whether it did one, and whether there is
    /// something new to show.
    fn advance(&mut self, looked_at: bool, trainer: &Trainer) -> [bool; 2] {
        if !looked_at {
            let forgotten = self.found.is_some();
            *self = Self::default();
            return [false, forgotten];
        }
        if self.view.is_none() {
            let now = Begun::now(trainer);
            if self.begun.as_ref().is_some_and(|begun| begun.is(&now)) {
                return [false, false];
            }
            self.begun = Some(now);
            self.view = S::begin_after(trainer, self.finished.take());
            if self.view.is_none() {
                self.whole = Some(Arc::clone(trainer.shared_settings()));
                return [false, self.found.take().is_some()];
            }
        }
        let Some(view) = &mut self.view else { return [false, false] };
        let start = Instant::now();
        loop {
            match view.advance() {
                Piece::Unfinished if start.elapsed() < TOGETHER => {}
                Piece::Unfinished => return [true, false],
                Piece::Rough(_) if self.whole.is_some() => return [true, false],
                Piece::Rough(found) => {
                    self.found = Some(Arc::new(found));
                    return [true, true];
                }
                Piece::Finished(found) => {
                    self.found = Some(Arc::new(found));
                    self.whole = self.begun.as_ref().map(|begun| Arc::clone(&begun.settings));
                    self.finished = self.view.take();
                    return [true, true];
                }
            }
        }
    }
}

/// All views of a run.
#[derive(Default)]
pub(super) struct Views {
    focus: Focus,
    stability: Repeated<stability::View>,
    outer_step: Repeated<dissection::View>,
    test_steps: Repeated<test_steps::View>,
    layers: Repeated<layers::View>,
    landscapes: landscape::Landscapes,
    what_ifs: what_if::WhatIfs,
    /// When its last pieces were done, and how long they took.
    last: Option<(Instant, Duration)>,
}

impl Views {
    /// Changes what is looked at.
    pub fn set_focus(&mut self, focus: Focus) {
        self.focus = focus;
    }

    /// What is looked at.
    pub fn focus(&self) -> &Focus {
        &self.focus
    }

    /// Forgets everything about a run.
    pub fn forget(&mut self) {
        *self = Self { focus: std::mem::take(&mut self.focus), ..Self::default() };
    }

    /// Breaks off what is under way, as it is of another moment; what was found stays until there is something new.
    pub fn break_off(&mut self) {
        self.stability.break_off();
        self.outer_step.break_off();
        self.test_steps.break_off();
        self.layers.break_off();
        self.landscapes.break_off();
    }

    /// Whether they have not had their share of the time while the trainer trains.
    pub fn are_due(&self, trainer: &Trainer) -> bool {
        let share = if self.are_awaited(trainer) { AWAITED } else { SHARE };
        self.last.is_none_or(|(at, took)| at.elapsed().as_secs_f64() * share > took.as_secs_f64())
    }

    fn are_awaited(&self, trainer: &Trainer) -> bool {
        let Self { focus, stability, outer_step, test_steps, layers, .. } = self;
        focus.awaited
            || stability.is_awaited(focus.stability, trainer)
            || outer_step.is_awaited(focus.outer_step, trainer)
            || test_steps.is_awaited(focus.test_steps, trainer)
            || layers.is_awaited(focus.layers, trainer)
    }

    /// Does a piece of every view that is looked at: says whether there was one to do, and whether there is
    /// something new to show.
    pub fn advance(&mut self, trainer: &Trainer) -> [bool; 2] {
        let start = Instant::now();
        let Self { focus, stability, outer_step, test_steps, layers, landscapes, last, .. } = self;
        let done = [
            stability.advance(focus.stability, trainer),
            outer_step.advance(focus.outer_step, trainer),
            test_steps.advance(focus.test_steps, trainer),
            layers.advance(focus.layers, trainer),
            landscapes.advance(focus.landscape, trainer),
        ];
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
            outer_step: self.outer_step.found.clone(),
            test_steps: self.test_steps.found.clone(),
            layers: self.layers.found.clone(),
            no_landscape: self.landscapes.reason(),
            tried: self.what_ifs.found().cloned(),
        };
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::meta::cancel::Cancel;
    use crate::settings::{Algorithm, Knob, TaskFamily};

    /// Shows something rough, then the whole, of the meta-iteration that it was begun at.
    struct Slow(u64, bool);

    impl View for Slow {
        type Found = (u64, bool);

        fn begin(trainer: &Trainer) -> Option<Self> {
            Some(Self(trainer.meta_iteration(), false))
        }

        fn advance(&mut self) -> Piece<Self::Found> {
            let whole = std::mem::replace(&mut self.1, true);
            if whole { Piece::Finished((self.0, true)) } else { Piece::Rough((self.0, false)) }
        }
    }

    #[test]
    fn what_is_whole_stays_until_something_newer_is_and_is_awaited_after_a_turn() {
        let mut trainer =
            Trainer::new(Settings::preset(TaskFamily::named("plane"), Algorithm::default()), None, 1).unwrap();
        let mut view = Repeated::<Slow>::default();
        let found = |view: &Repeated<Slow>| view.found.as_deref().copied();
        assert!(view.is_awaited(true, &trainer) && !view.is_awaited(false, &trainer));
        assert_eq!((view.advance(true, &trainer), found(&view)), ([true, true], Some((0, false))));
        assert!(view.is_awaited(true, &trainer));
        assert_eq!((view.advance(true, &trainer), found(&view)), ([true, true], Some((0, true))));
        assert!(!view.is_awaited(true, &trainer));
        trainer.step(Cancel::NEVER);
        assert_eq!((view.advance(true, &trainer), found(&view)), ([true, false], Some((0, true))));
        let mut live = trainer.settings().live.clone();
        Knob::INNER_RATE.set(&mut live, 0.01);
        trainer.set_live(live).unwrap();
        // The one that was begun before does not count.
        assert_eq!((view.advance(true, &trainer), found(&view)), ([true, true], Some((1, true))));
        assert!(view.is_awaited(true, &trainer));
        assert_eq!(view.advance(true, &trainer), [true, false]);
        assert_eq!(view.advance(true, &trainer), [true, true]);
        assert!(!view.is_awaited(true, &trainer));
    }
}
