//! Waiting for what a trainer shows.

use std::sync::Arc;

use metascope::train::link::WindowEnd;
use metascope::train::snapshot::Snapshot;

use super::waiting::wait_until;

/// The next snapshot for which this holds.
pub fn wait_for_snapshot(window: &WindowEnd, what: &str, right: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    wait_until(what, || window.take_snapshot().filter(|snapshot| right(snapshot)))
}
