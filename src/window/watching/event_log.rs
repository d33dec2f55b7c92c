//! Lines for scripts that watch the window.

use std::fmt::Arguments;

use super::Observer;
use crate::train::link::Event;
use crate::train::snapshot::Snapshot;

/// Writes `EVENT …` lines to standard error.
pub struct EventLog;

impl EventLog {
    /// If `METASCOPE_EVENTS=1`.
    pub fn from_env() -> Option<Self> {
        std::env::var("METASCOPE_EVENTS").is_ok_and(|value| value == "1").then_some(Self)
    }
}

impl Observer for EventLog {
    fn snapshot_came(&mut self, snapshot: &Snapshot, before: Option<&Snapshot>) {
        if before.is_none_or(|before| before.phase != snapshot.phase) {
            eprintln!("EVENT phase={:?}", snapshot.phase);
        }
        if before.is_none_or(|before| before.run != snapshot.run) {
            eprintln!("EVENT run={}", snapshot.run);
        }
    }

    fn obeyed(&mut self, what: Arguments<'_>) {
        eprintln!("EVENT {what}");
    }

    fn event_came(&mut self, event: &Event) {
        match event {
            Event::Diverged(divergence) => eprintln!("EVENT diverged={}", divergence.meta_iteration),
            Event::Failed(text) => eprintln!("EVENT failed={}", text.en()),
        }
    }
}
