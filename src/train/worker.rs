//! The thread that gives a session its turns.

use std::time::Duration;

use super::link::{TrainerEnd, Wake, WindowEnd, link};
use super::session::{MetricsSink, Next, Session};
use crate::aside::{self, Aside};

/// How long a turn is.
const TURN: Duration = Duration::from_millis(200);

/// Starts the thread of a new session; see [`Session::new`].
///
/// # Errors
/// If the system refuses a thread.
pub fn spawn(wake: Wake, threads: usize, metrics: Option<MetricsSink>) -> std::io::Result<(WindowEnd, Aside<()>)> {
    start(wake, move |end| Session::new(end, threads, metrics))
}

/// Starts the thread of a session that is made at its end of the link.
///
/// # Errors
/// If the system refuses a thread.
pub fn start(
    wake: Wake,
    make: impl FnOnce(TrainerEnd) -> Session + Send + 'static,
) -> std::io::Result<(WindowEnd, Aside<()>)> {
    let (window, trainer) = link(wake);
    let run = move || {
        let mut session = make(trainer);
        loop {
            match session.turn(TURN) {
                Next::AtOnce => {}
                Next::After(limit) => session.wait(limit),
                Next::Never => return,
            }
        }
    };
    Ok((window, aside::begin("trainer", run)?))
}
