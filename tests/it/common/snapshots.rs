//! Waiting for what a trainer shows.

use std::sync::Arc;

use metascope::settings::Settings;
use metascope::train::link::{Command, WindowEnd};
use metascope::train::snapshot::{Phase, Snapshot};
use metascope::train::views::Focus;
use metascope::train::worker::spawn;

use super::sets;
use super::waiting::wait_until;

/// All close-up views but the map.
pub const ALL: Focus = Focus {
    stability: true,
    outer_step: true,
    test_steps: true,
    layers: true,
    landscape: None,
    what_if: None,
    awaited: false,
};

/// The next snapshot for which this holds.
pub fn wait_for_snapshot(window: &WindowEnd, what: &str, right: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    wait_until(what, || window.take_snapshot().filter(|snapshot| right(snapshot)))
}

/// Everything is there and of the present state.
pub fn complete(snapshot: &Snapshot) -> bool {
    let (closeups, now) = (&snapshot.closeups, snapshot.meta_iteration);
    snapshot.phase == Phase::Paused
        && closeups.outer_step.as_ref().is_some_and(|found| found.meta_iteration == now)
        && closeups.test_steps.as_ref().is_some_and(|found| found.complete && found.meta_iteration == now)
        && closeups.layers.as_ref().is_some_and(|found| found.meta_iteration == now)
}

/// A run of this kind, paused, with everything that is to be seen closely.
pub fn looked_at(settings: Settings) -> Arc<Snapshot> {
    let (window, thread) = spawn(Arc::new(|| {}), 1, None).unwrap();
    window.set_focus(ALL);
    let set = sets::for_settings(&settings);
    window.send(Command::Restart(Arc::new(settings), Some(set)));
    window.send(Command::Pause);
    window.send(Command::Step);
    let snapshot = wait_for_snapshot(&window, "close-ups", complete);
    window.send(Command::Quit);
    thread.join().unwrap();
    snapshot
}
