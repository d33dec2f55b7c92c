//! Short runs: settings for them, trainers, and sessions and workers to be watched.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use metascope::meta::cancel::Cancel;
use metascope::settings::{Algorithm, ImageSource, Settings, TaskFamily};
use metascope::train::link::{TrainerEnd, WindowEnd, link};
use metascope::train::session::Session;
use metascope::train::snapshot::Snapshot;
use metascope::train::trainer::{MetricsRow, Step, Trainer};
use metascope::train::worker::spawn;

use super::families;
use super::sets;
use super::waiting::wait_until;

/// Settings with small networks and few examples.
pub fn small(tasks: TaskFamily, algorithm: Algorithm) -> Settings {
    let mut settings = Settings::preset(tasks, algorithm);
    if tasks.is_told_in_decibels() {
        settings.run.network.hidden = vec![8, 8];
        settings.live.pixels_per_step = 32;
        settings.run.images = ImageSource::Hand;
    }
    if tasks.needs_classes() {
        settings.run.network.hidden = vec![12, 12];
    }
    if tasks == families::CLASSIFY {
        (settings.live.shots, settings.live.test_shots) = (3, 3);
    }
    settings.live.meta_batch = 3;
    settings.live.inner_steps = 2;
    settings.live.test_steps = 3;
    settings.run.evaluate_every = 3;
    settings
}

/// A run that begins, on a set that suits it.
pub fn begun(settings: &Settings, threads: usize) -> Trainer {
    Trainer::new(settings.clone(), Some(sets::for_settings(settings)), threads).unwrap()
}

/// Trains until `last`; every row of metrics on the way.
pub fn train_to(trainer: &mut Trainer, last: u64) -> Vec<MetricsRow> {
    let mut rows = Vec::new();
    while trainer.meta_iteration() < last {
        match trainer.step(Cancel::NEVER) {
            Step::Done(row) => rows.extend(row),
            other => panic!("{:?} {:?}: {other:?}", trainer.settings().run.tasks, trainer.settings().run.algorithm),
        }
    }
    rows
}

/// A session that a test gives turns, and the window's end of it.
pub struct Turns {
    pub window: WindowEnd,
    pub session: Session,
}

impl Turns {
    pub fn of(session: impl FnOnce(TrainerEnd) -> Session) -> Self {
        let (window, end) = link(Arc::new(|| {}));
        Self { window, session: session(end) }
    }

    /// Gives turns until a snapshot is as wanted.
    #[track_caller]
    pub fn until(&mut self, wanted: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        wait_until("a snapshot", || {
            self.session.turn(Duration::from_millis(5));
            self.window.take_snapshot().filter(|snapshot| wanted(snapshot))
        })
    }
}

/// A worker of two threads, and the rows of metrics that it gives.
pub fn worker_with_rows() -> (WindowEnd, JoinHandle<()>, Receiver<MetricsRow>) {
    let (sender, rows) = channel();
    let sink = Box::new(move |row: &MetricsRow| drop(sender.send(row.clone())));
    let (window, thread) = spawn(Arc::new(|| {}), 2, Some(sink)).unwrap();
    (window, thread, rows)
}
