//! Runs that are handed out to be kept: the present one every so often, and whenever somebody asks for it.

use std::path::Path;
use std::sync::OnceLock;

use web_time::{Duration, Instant};

use super::Session;
use super::beside::Beside;
use crate::meta::cancel::Cancel;
use crate::text::text;
use crate::train::link::Event;
use crate::train::shown::KnobMark;
use crate::train::trainer::{Saved, Trainer};

/// Gets runs and the knob changes that are still to come of them, for a path where somebody asked for that. It hands them
/// on and returns at once: the trainer waits for it.
pub type KeepSink = Box<dyn FnMut(Saved, &[KnobMark], Option<&Path>) + Send>;

/// A run that nobody asks to keep is kept this often: every half a minute, or every METASCOPE_KEEP_SECS.
pub fn keep_every() -> Duration {
    static EVERY: OnceLock<Duration> = OnceLock::new();
    *EVERY.get_or_init(|| {
        let asked = std::env::var("METASCOPE_KEEP_SECS").ok().and_then(|secs| secs.parse().ok());
        asked.and_then(|secs| Duration::try_from_secs_f64(secs).ok()).unwrap_or(Duration::from_secs(30))
    })
}

/// Who gets runs, and which one was kept last.
#[derive(Default)]
pub(super) struct Keeping {
    sink: Option<KeepSink>,
    kept_at: Option<Instant>,
    /// The run, how often it went on from an earlier state, its meta-iteration, and how many knobs were turned.
    kept: Option<(u64, u64, u64, usize)>,
}

impl Session {
    /// The same, whose runs are kept.
    #[must_use]
    pub fn keeping(mut self, sink: KeepSink) -> Self {
        self.keeping.sink = Some(sink);
        self
    }

    /// Hands out the present run if it is time, and it has gone on since the last time.
    pub(super) fn keep_in_passing(&mut self) {
        let kept_at = self.keeping.kept_at.get_or_insert_with(Instant::now);
        if self.keeping.sink.is_some() && kept_at.elapsed() >= keep_every() {
            self.keep_changed();
        }
    }

    /// The same whether it is time or not.
    pub fn keep_changed(&mut self) {
        self.keeping.kept_at = Some(Instant::now());
        let Some(trainer) = &self.trainer else { return };
        let past = trainer.past();
        let state = (self.run, past.branch, past.head, trainer.marks().len());
        if self.keeping.kept != Some(state) && self.keep(None) {
            self.keeping.kept = Some(state);
        }
    }

    /// Hands out the run for a path.
    pub(super) fn keep_at(&mut self, path: &Path) {
        if !self.keep(Some(path)) {
            let text = text("There is no run yet that could be kept", "还没有可以保存的运行");
            self.end.report(Event::Failed(text.into()));
        }
    }

    fn keep(&mut self, path: Option<&Path>) -> bool {
        // What is due is measured first, whatever waits: a run is kept between two meta-iterations with nothing due.
        if let Some(trainer) = &mut self.trainer
            && let Some(row) = trainer.settle(Cancel::NEVER)
            && let Some(metrics) = &mut self.metrics
        {
            metrics(&row);
        }
        let saved = self.trainer.as_ref().and_then(|trainer| trainer.saved());
        let (Some(saved), Some(sink)) = (saved, &mut self.keeping.sink) else { return false };
        sink(saved, &self.coming, path);
        true
    }
}

/// Turns the knobs that are to be turned before the coming meta-iteration.
pub(super) fn turn_coming(coming: &mut Vec<KnobMark>, trainer: &mut Trainer, beside: Option<&mut Beside>) {
    let at = trainer.meta_iteration();
    let before = trainer.settings().live.clone();
    let mut live = before.clone();
    coming.extract_if(.., |change| change.at <= at).for_each(|change| change.knob.set(&mut live, change.value));
    // Values out of range were refused when they were read.
    if live != before
        && trainer.set_live(live).is_ok()
        && let Some(beside) = beside
    {
        beside.turn(&before, &trainer.settings().live);
    }
}
