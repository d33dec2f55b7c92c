//! A session without a thread of its own: it does what is due in turns, and keeps the run that another one ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use metascope::settings::Settings;
use metascope::train::link::{Command, Pace};
use metascope::train::session::{Next, Session};
use metascope::train::snapshot::{Phase, Snapshot};

use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::Turns;

fn turns() -> Turns {
    Turns::of(|end| Session::new(end, 1, None))
}

fn begin(turns: &Turns, seed: u64) {
    let mut settings = Settings::preset(families::PLANE, algorithms::MAML);
    settings.run.seed = seed;
    turns.window.send(Command::Restart(Arc::new(settings), None));
}

#[test]
fn turns_end_when_there_is_nothing_to_do() {
    let mut turns = turns();
    assert!(matches!(turns.session.turn(Duration::from_secs(1)), Next::After(_)), "no run yet");
    begin(&turns, 0);
    assert_eq!(turns.session.turn(Duration::from_millis(5)), Next::AtOnce);
    turns.until(|snapshot| snapshot.meta_iteration > 10);
    turns.window.send(Command::Pause);
    let paused = turns.until(|snapshot| snapshot.phase == Phase::Paused);
    assert!(matches!(turns.session.turn(Duration::from_secs(1)), Next::After(_)));
    turns.window.send(Command::SetPace(Pace::PerSecond(1)));
    turns.window.send(Command::Play);
    let begun = Instant::now();
    turns.until(|snapshot| snapshot.meta_iteration >= paused.meta_iteration + 2);
    assert!(begun.elapsed() >= Duration::from_millis(900), "one a second");
    turns.window.send(Command::Quit);
    assert_eq!(turns.session.turn(Duration::from_secs(1)), Next::Never);
}

#[test]
fn the_run_before_is_brought_back_as_it_was_left_and_again() {
    let mut turns = turns();
    begin(&turns, 1);
    turns.until(|snapshot| snapshot.meta_iteration >= 50);
    turns.window.send(Command::Pause);
    let left = turns.until(|snapshot| snapshot.phase == Phase::Paused);
    begin(&turns, 2);
    let next = turns.until(|snapshot| snapshot.run == 2 && snapshot.meta_iteration >= 20);
    assert_eq!(next.settings.run.seed, 2);
    turns.window.send(Command::BringBack);
    let back = turns.until(|snapshot| snapshot.run == 3);
    assert_eq!((back.settings.run.seed, back.phase), (1, Phase::Paused));
    assert_eq!(back.meta_iteration, left.meta_iteration);
    let last = |snapshot: &Snapshot| snapshot.curves.training_after.points.last().map(|point| (point.at, point.mean));
    assert_eq!(last(&back), last(&left));
    turns.window.send(Command::BringBack);
    let other = turns.until(|snapshot| snapshot.run == 4);
    assert_eq!((other.settings.run.seed, other.phase), (2, Phase::Running));
    assert!(other.meta_iteration >= next.meta_iteration);
}

#[test]
fn runs_that_were_left_take_turns() {
    let mut turns = turns();
    for seed in 1..=6 {
        begin(&turns, seed);
        turns.until(|snapshot| snapshot.run == seed && snapshot.meta_iteration > 0);
    }
    let seeds = (7..=12).map(|run| {
        turns.window.send(Command::BringBack);
        turns.until(|snapshot| snapshot.run == run).settings.run.seed
    });
    assert_eq!(seeds.collect::<Vec<_>>(), [5, 4, 3, 2, 6, 5], "of six the first is too many");
}
