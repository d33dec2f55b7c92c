//! Looking back while a worker trains.

use std::sync::Arc;

use metascope::settings::LiveSettings;
use metascope::train::link::{Command, WindowEnd};
use metascope::train::snapshot::Phase;
use metascope::train::trainer::MetricsRow;
use metascope::train::worker::spawn;

use super::small;
use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::worker_with_rows;
use crate::common::snapshots::wait_for_snapshot;

/// The worker: looking back pauses, playing goes on from the head, continuing repeats the same rows.
#[test]
fn the_worker_looks_back_and_goes_on() {
    let settings = small(families::SINE, algorithms::MAML);
    let (window, thread, coming) = worker_with_rows();
    window.send(Command::Restart(Arc::new(settings), None));
    wait_for_snapshot(&window, "the run", |snapshot| snapshot.meta_iteration >= 40);
    window.look_at(Some(30));
    window.look_at(Some(14));
    let past = wait_for_snapshot(&window, "the past", |snapshot| snapshot.timeline.shown.is_some());
    assert_eq!((past.phase, past.meta_iteration), (Phase::Paused, 12));
    let (head, shown) = (past.timeline.head, past.evaluation.as_ref().unwrap().meta_iteration);
    assert!(head >= 40 && shown == 12);
    window.look_at(None);
    let now = wait_for_snapshot(&window, "the head", |snapshot| snapshot.timeline.shown.is_none());
    assert_eq!((now.meta_iteration, now.phase), (head, Phase::Paused));
    window.look_at(Some(20));
    wait_for_snapshot(&window, "the past", |snapshot| snapshot.timeline.shown == Some(20));
    window.send(Command::Step);
    let now = wait_for_snapshot(&window, "a step", |snapshot| snapshot.timeline.shown.is_none());
    assert_eq!(now.meta_iteration, head + 1);
    window.send(Command::Play);
    wait_for_snapshot(&window, "training", |snapshot| snapshot.meta_iteration > head + 20);
    window.send(Command::ContinueHere(9));
    let branch = wait_for_snapshot(&window, "the branch", |snapshot| snapshot.timeline.head == 8);
    assert_eq!((branch.phase, branch.timeline.shown), (Phase::Paused, None));
    window.send(Command::Play);
    wait_for_snapshot(&window, "training", |snapshot| snapshot.meta_iteration > head);
    window.send(Command::Quit);
    thread.join().unwrap();
    let rows: Vec<MetricsRow> = coming.try_iter().collect();
    let second = rows.iter().rposition(|row| row.iteration == 12).unwrap();
    let first = rows.iter().position(|row| row.iteration == 12).unwrap();
    assert!(second > first + 5);
    for (row, again) in rows[first..second].iter().zip(&rows[second..]) {
        assert_eq!(row, again);
    }
}

/// A run of sine tasks under way, with a worker of its own, and how it began.
fn under_way() -> (WindowEnd, std::thread::JoinHandle<()>, LiveSettings) {
    let settings = small(families::SINE, algorithms::MAML);
    let (window, thread) = spawn(Arc::new(|| {}), 1, None).unwrap();
    window.send(Command::Restart(Arc::new(settings.clone()), None));
    wait_for_snapshot(&window, "a run", |snapshot| snapshot.meta_iteration > 100);
    (window, thread, settings.live)
}

/// What is asked for in one breath happens in that order, and to the moment that was shown.
#[test]
fn a_knob_of_the_past_never_reaches_the_present() {
    let (window, thread, start) = under_way();
    let now = LiveSettings { outer_rate: 7e-4, ..start.clone() };
    window.set_live(now.clone(), None);
    wait_for_snapshot(&window, "another β", |snapshot| snapshot.settings.live == now);
    window.look_at(Some(0));
    wait_for_snapshot(&window, "the past", |snapshot| snapshot.timeline.shown == Some(0));
    let turned = LiveSettings { inner_rate: 0.003, ..start.clone() };
    window.set_live(turned.clone(), Some(0));
    wait_for_snapshot(&window, "a turn there", |snapshot| snapshot.settings.live == turned);
    window.set_live(LiveSettings { inner_rate: 0.002, ..start }, Some(0));
    window.send(Command::Play);
    let running = wait_for_snapshot(&window, "the present", |snapshot| snapshot.phase == Phase::Running);
    let later = running.meta_iteration + 50;
    let later = wait_for_snapshot(&window, "some more", |snapshot| snapshot.meta_iteration > later);
    assert_eq!(later.settings.live, now);
    assert_eq!(later.marks.len(), 1, "{:?}", later.marks);
    window.send(Command::Quit);
    thread.join().unwrap();
}

#[test]
fn play_after_a_look_back_plays() {
    let (window, thread, _) = under_way();
    for _ in 0..5 {
        window.look_at(Some(100));
        window.send(Command::Play);
        let from = wait_for_snapshot(&window, "any", |_| true).meta_iteration;
        wait_for_snapshot(&window, "going on", |snapshot| {
            snapshot.phase == Phase::Running && snapshot.timeline.shown.is_none() && snapshot.meta_iteration > from
        });
    }
    window.send(Command::Quit);
    thread.join().unwrap();
}
