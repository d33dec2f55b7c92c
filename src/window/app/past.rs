//! Looking back, going on from there, and undoing turns of knobs.

use super::App;
use crate::settings::{LiveSettings, Settings};
use crate::text::tell;
use crate::train::link::Command;
use crate::train::snapshot::{Phase, Snapshot};
use crate::window::notices::Kind;
use crate::window::turns::Turns;
use crate::window::watching::Observer as _;

/// What belongs to the moment that is shown.
#[derive(Default)]
pub(super) struct Moment {
    /// Knobs that were turned.
    pub turns: Turns,
    /// The same of the present, while an earlier moment is shown.
    aside: Option<Turns>,
    /// Whether the knobs are to be those of the run's next branch: it goes back to a state with knobs of its own.
    pub follows: bool,
}

impl App {
    /// Turns knobs, which can be undone.
    pub(super) fn turn(&mut self, turn: impl FnOnce(&mut LiveSettings)) {
        let before = self.settings.live.clone();
        turn(&mut self.settings.live);
        self.moment.turns.note(&before, &self.settings.live);
        self.send_live();
    }

    pub(super) fn undo(&mut self) {
        if self.moment.turns.undo(&mut self.settings.live) {
            self.watching.get_mut().obeyed(format_args!("undo"));
            self.send_live();
        }
    }

    pub(super) fn redo(&mut self) {
        if self.moment.turns.redo(&mut self.settings.live) {
            self.watching.get_mut().obeyed(format_args!("redo"));
            self.send_live();
        }
    }

    pub(super) fn look_back(&mut self, at: u64) {
        self.watching.get_mut().obeyed(format_args!("look_back={at}"));
        self.intent = Some(Phase::Paused);
        self.link.look_at(Some(at));
    }

    pub(super) fn back_to_now(&mut self) {
        self.watching.get_mut().obeyed(format_args!("look_back=now"));
        self.link.look_at(None);
    }

    /// Goes on from the moment that is shown; the branch that is left stays in the plot.
    pub(super) fn continue_here(&mut self) {
        let Some(snapshot) = self.snapshot.clone() else { return };
        let Some(at) = snapshot.timeline.shown else { return };
        self.watching.get_mut().obeyed(format_args!("continue_here={at}"));
        if at < snapshot.timeline.head {
            self.losses.pin(&snapshot, Some(at));
        }
        self.ask(Command::ContinueHere(at), Phase::Paused);
        self.ask(Command::Play, Phase::Running);
    }

    /// Back to the run's best state, with the knobs of then.
    pub(super) fn back_to_best(&mut self) {
        self.watching.get_mut().obeyed(format_args!("back_to_best"));
        self.moment.turns.let_go();
        self.moment.follows = true;
        self.ask(Command::BackToBest, Phase::Paused);
    }

    pub(super) fn pin(&mut self) {
        match (self.losses.why_no_pin(self.snapshot.as_deref()), &self.snapshot) {
            (None, Some(snapshot)) => self.losses.pin(snapshot, None),
            (why, _) => self.notices.add(Kind::Error, why.unwrap_or_default()),
        }
    }

    /// A run may begin with a lower inner rate than its preset's.
    fn run_began(&mut self, new: &Snapshot) {
        let preset = Settings::preset(new.settings.run.tasks, new.settings.run.algorithm).live.inner_rate;
        // One that goes on, or whose rate was turned meanwhile, has said so.
        let Some(rate) = new.fitted.filter(|rate| *rate == new.settings.live.inner_rate) else { return };
        if self.settings.live.inner_rate != preset || self.settings.run != new.settings.run {
            return;
        }
        self.settings.live.inner_rate = rate;
        let text = tell(
            || format!("α starts at {rate}: at its usual {preset} a step would overshoot on these tasks"),
            || format!("α 从 {rate} 开始：用通常的 {preset}，在这些任务上步长会过大"),
        );
        self.notices.add(Kind::Done, text);
    }

    /// Knobs that the run has turned by itself, as it was asked to, stand here as there.
    pub(super) fn follow_coming(&mut self, new: &Snapshot) {
        let live = &mut self.settings.live;
        let head = new.timeline.head;
        let turned = self.coming.extract_if(.., |change| change.at < head);
        turned.for_each(|change| change.knob.set(live, change.value));
    }

    /// The knobs follow the moment that is shown; those of the present come back with it.
    pub(super) fn moment_changes(&mut self, new: &Snapshot) {
        let Some(known) = self.snapshot.as_ref().filter(|known| known.run == new.run) else {
            return self.run_began(new);
        };
        if self.moment.follows && new.timeline.branch != known.timeline.branch {
            self.moment.follows = false;
            let before = std::mem::replace(&mut self.settings.live, new.settings.live.clone());
            self.moment.turns.note(&before, &self.settings.live);
            self.moment.turns.let_go();
        }
        let (from, to) = (known.timeline.shown, new.timeline.shown);
        if from == to || self.settings.run != new.settings.run {
            return;
        }
        self.settings.live = new.settings.live.clone();
        let turns = std::mem::take(&mut self.moment.turns);
        match (from, to) {
            (None, _) => self.moment.aside = Some(turns),
            (Some(_), None) if new.timeline.branch == known.timeline.branch => {
                self.moment.turns = self.moment.aside.take().unwrap_or_default();
            }
            // Another branch: its knobs were turned on the way to it.
            (Some(_), None) => {
                self.moment.turns = turns;
                self.moment.aside = None;
            }
            (Some(_), Some(_)) => {}
        }
    }
}
