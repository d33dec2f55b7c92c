//! Earlier states of the run: kept after measurements, looked at again, and gone on from.

use crate::meta::cancel::Cancel;
use std::sync::Arc;

use super::baselines::Baselines;
use super::probes::Probes;
use super::{Learned, Trainer};
use crate::settings::Settings;
use crate::train::divergence::Watch;
use crate::train::evaluation::Known;
use crate::train::guard::Guard;
use crate::train::shown::{Deed, Past};

/// Everything that is needed to go on bit for bit. States are kept right after a measurement on the probe tasks, so
/// that nothing waits for the next one.
#[derive(Clone)]
pub(super) struct Kept {
    state: Arc<State>,
    guard: Guard<State>,
}

/// A run right after a measurement on the probe tasks.
#[derive(Clone)]
pub(super) struct State {
    pub now: Learned,
    pub settings: Arc<Settings>,
    pub watch: Watch,
    pub baselines: Baselines,
    pub known: Arc<[Known]>,
}

/// Where the run is, set aside while an earlier state is shown.
pub(super) struct Head {
    pub now: Learned,
    pub settings: Arc<Settings>,
    pub probes: Probes,
}

impl Kept {
    pub fn state(&self) -> Arc<State> {
        Arc::clone(&self.state)
    }
}

impl Learned {
    fn bytes(&self) -> usize {
        let optimisers = self.optimiser.numbers() + self.joint_optimiser.numbers();
        size_of::<Self>() + size_of::<f32>() * (self.meta.values.len() + self.joint.len() + optimisers)
    }
}

impl State {
    /// A run before its first measurement.
    pub fn first(now: Learned, settings: Arc<Settings>, probes: &Probes) -> Self {
        Self { now, settings, watch: Watch::default(), baselines: probes.baselines(), known: probes.known() }
    }

    fn bytes(&self) -> usize {
        let losses: usize = self.known.iter().map(|known| known.query_loss.len()).sum();
        size_of::<Kept>() + size_of_val(&*self.known) + size_of::<f32>() * losses + self.now.bytes()
    }
}

impl Trainer {
    /// What kept states take, in bytes.
    pub fn timeline_bytes(&self) -> usize {
        self.timeline.bytes()
    }

    /// Lets states take so many bytes, to be looked at again; without it the first is kept alone.
    pub fn set_timeline_cap(&mut self, bytes: usize) {
        self.timeline.set_cap(bytes);
    }

    /// Keeps the present state, if it is due.
    pub(super) fn keep(&mut self) {
        let at = self.now.meta_iteration;
        if !self.timeline.is_due(at) {
            return;
        }
        let guard = self.guard.clone();
        let best = &guard.best().state;
        let state = if guard.best().meta_iteration == at { Arc::clone(best) } else { Arc::new(self.state()) };
        // States that lie side by side mostly have the same one to go back to, which is counted once.
        let counted = [Some(&state), self.timeline.nearest(at).map(|(_, kept)| &kept.guard.best().state)];
        let shared = counted.into_iter().flatten().any(|other| Arc::ptr_eq(other, best));
        let bytes = state.bytes() + if shared { 0 } else { best.bytes() };
        self.timeline.keep(at, bytes, Kept { state, guard });
    }

    /// The run as it is, right after a measurement.
    pub(super) fn state(&self) -> State {
        State {
            now: self.now.clone(),
            settings: Arc::clone(&self.settings),
            watch: self.watch,
            baselines: self.probes.baselines(),
            known: self.probes.known(),
        }
    }

    /// Shows the last kept state at or before this meta-iteration in place of the present one, with the settings of
    /// then; returns where it was. The run itself stays where it is. To be quick, the probe tasks are adapted from φ
    /// alone if they are the same as before, and their query losses are those of then.
    pub fn look_back(&mut self, at: u64) -> Option<u64> {
        let (at, state) = self.timeline.nearest(at).map(|(at, kept)| (at, Arc::clone(&kept.state)))?;
        if self.head.is_some() && self.now.meta_iteration == at {
            return Some(at);
        }
        if self.head.is_none() {
            let (settings, probes) = (Arc::clone(&self.settings), self.probes.clone());
            self.head = Some(Head { now: self.now.clone(), settings, probes });
        }
        self.put_state(&state);
        self.probe();
        Some(at)
    }

    /// Puts another state in the place of the present one, as it was then.
    pub(super) fn put_state(&mut self, state: &State) {
        self.now = state.now.clone();
        self.put_settings(Arc::clone(&state.settings));
        self.probes.at_another_moment(state.baselines.clone(), Arc::clone(&state.known));
    }

    /// Goes back to the run's best state, with the settings of then; what it did since is forgotten.
    pub fn back_to_best(&mut self) {
        self.return_to_head();
        self.note(Deed::BackToBest { at: self.now.meta_iteration });
        let state = Arc::clone(&self.guard.best().state);
        self.put_state(&state);
        self.be_at_best(state.watch);
        self.adapt_probes(false, Cancel::NEVER);
    }

    /// Goes back to what was learned at the run's best state, with the settings in force.
    pub(super) fn back_to_learned(&mut self) {
        self.now = self.guard.best().state.now.clone();
        self.be_at_best(Watch::default());
    }

    fn be_at_best(&mut self, watch: Watch) {
        self.watch = watch;
        self.owes = false;
        self.guard.went_back();
        self.forget_after(self.now.meta_iteration);
    }

    /// Draws further looks at the probe tasks where looking back was in haste; whether it did. `cancel` is asked
    /// between tasks; where it is wanted nothing changes.
    pub fn draw_galleries(&mut self, cancel: Cancel<'_>) -> bool {
        self.probes.draw_galleries(&self.pool, &self.learner.network, cancel)
    }

    /// Adapts from joint pretraining too, where looking back was in haste. `cancel` is asked between inner steps;
    /// where it is wanted nothing changes.
    pub fn look_closer(&mut self, cancel: Cancel<'_>) {
        if self.head.is_some() && self.probes.are_rough() {
            self.adapt_probes(false, cancel);
        }
    }

    /// Shows the run again as it is.
    pub fn return_to_head(&mut self) {
        let Some(Head { now, settings, probes }) = self.head.take() else { return };
        self.now = now;
        self.put_settings(settings);
        self.probes = probes;
        self.adapt_sketch();
    }

    /// Goes on from the state that is shown, with the settings in force: what the run did since is forgotten.
    /// False where no earlier state is shown.
    pub fn continue_here(&mut self) -> bool {
        self.look_closer(Cancel::NEVER);
        let Some(head) = self.head.take() else { return false };
        self.owes = false;
        let at = self.now.meta_iteration;
        self.note(Deed::WentOnFrom { at: head.now.meta_iteration, from: at });
        if let Some((_, kept)) = self.timeline.nearest(at) {
            let then = &kept.state.settings.live;
            let turned = then.turned(&self.settings.live);
            let measures_anew = Probes::measures_anew(&turned);
            (self.guard, self.watch) = (kept.guard.clone(), kept.state.watch);
            if measures_anew {
                self.guard.measures_anew();
            }
            for knob in turned {
                self.note(Deed::Turned { at, knob, value: knob.get(&self.settings.live) });
            }
        }
        self.forget_after(at);
        true
    }

    /// Where the state was that is shown in place of the present one.
    pub fn looking_at(&self) -> Option<u64> {
        self.head.as_ref().map(|_| self.now.meta_iteration)
    }

    /// Forgets what the run did after `at`, from where it goes on with the settings in force.
    pub(super) fn forget_after(&mut self, at: u64) {
        self.branch += 1;
        self.timeline.forget_after(at);
        let start = self.start();
        self.record.go_on_from(at, &start.live, &self.settings.live);
    }

    /// The settings that the run began with.
    pub fn start(&self) -> Arc<Settings> {
        Arc::clone(self.timeline.first().map_or(&self.settings, |(_, kept)| &kept.state.settings))
    }

    /// When the run's best state was, and its error on held-out tasks then, the mean of ten measurements; `None` before
    /// there are as many.
    pub fn best(&self) -> Option<(u64, f32)> {
        let best = self.guard.best();
        best.loss.map(|loss| (best.meta_iteration, loss))
    }

    /// What can be looked at again.
    pub(in crate::train) fn past(&self) -> Past {
        let timeline = &self.timeline;
        let first = timeline.first();
        Past {
            head: self.head.as_ref().map_or(self.now.meta_iteration, |head| head.now.meta_iteration),
            shown: self.looking_at(),
            first: first.map_or(0, |(at, _)| at),
            best: self.best().map(|(at, _)| at),
            last: timeline.last().unwrap_or(0),
            branch: self.branch,
            every: timeline.every(),
            bytes: timeline.bytes(),
            cap: timeline.cap(),
            start: Some(self.start()),
        }
    }
}
