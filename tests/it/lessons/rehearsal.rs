//! What is gone through again is what happened.

use std::sync::Arc;

use metascope::settings::{Knob, Settings};
use metascope::train::link::Command;
use metascope::train::session::{Rehearsal, Session};
use metascope::train::shown::Deed;
use metascope::train::snapshot::{Phase, Snapshot};
use metascope::train::views::Focus;

use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::Turns;

fn paused(turns: &mut Turns) -> Arc<Snapshot> {
    turns.window.send(Command::Pause);
    turns.until(|snapshot| snapshot.phase == Phase::Paused)
}

/// Turned, failed, brought back, looked back at and gone on from: the run without a window comes to the same.
#[test]
fn a_run_is_gone_through_again_from_what_was_done_to_it() {
    let settings = Settings::preset(families::SINE, algorithms::MAML);
    let mut turns = Turns::of(|end| Session::new(end, 1, None));
    turns.window.send(Command::Restart(Arc::new(settings.clone()), None));
    turns.until(|snapshot| snapshot.meta_iteration > 150);
    let mut knobs = paused(&mut turns).settings.live.clone();
    Knob::OUTER_RATE.set(&mut knobs, 2e-3);
    turns.window.set_live(knobs.clone(), None);
    turns.until(|snapshot| snapshot.journal.len() == 1);
    turns.window.send(Command::Play);
    turns.until(|snapshot| snapshot.meta_iteration > 300);
    Knob::INNER_RATE.set(&mut knobs, 1.0);
    turns.window.set_live(knobs, None);
    turns.until(|snapshot| snapshot.phase == Phase::Diverged);
    turns.window.send(Command::BackToBest);
    let best = turns.until(|snapshot| snapshot.phase == Phase::Paused);
    turns.window.send(Command::Play);
    turns.until(|snapshot| snapshot.meta_iteration > best.meta_iteration + 100);
    let now = paused(&mut turns);
    turns.window.look_at(Some(best.meta_iteration));
    let past = turns.until(|snapshot| snapshot.timeline.shown.is_some());
    turns.window.send(Command::ContinueHere(past.timeline.shown.unwrap()));
    turns.window.send(Command::Play);
    turns.until(|snapshot| snapshot.meta_iteration > past.meta_iteration + 50);
    let last = paused(&mut turns);
    let kinds: Vec<_> = last.journal.iter().map(std::mem::discriminant).collect();
    assert!(kinds.len() >= 5 && now.journal.len() >= 4, "{:?}", last.journal);

    let mut again = Rehearsal::new(&settings, None, None, 2).unwrap();
    for deed in last.journal.iter() {
        again.train_until(deed.at() + u64::from(matches!(deed, Deed::Diverged { .. })));
        assert!(again.again(deed), "{deed:?}");
    }
    assert!(again.train_until(last.meta_iteration));
    assert_eq!(again.journal(), last.journal.as_slice());
    let seen = again.look(&Focus::default(), 1, true);
    let losses = |snapshot: &Snapshot| {
        let tasks = snapshot.evaluation.as_ref().unwrap().tasks.iter();
        tasks.map(|task| task.traces[0].query_loss.clone()).collect::<Vec<_>>()
    };
    assert_eq!(losses(&seen), losses(&last));
    assert_eq!(seen.settings.live, last.settings.live);
}

#[test]
fn a_failure_cannot_be_done() {
    let settings = Settings::preset(families::PLANE, algorithms::MAML);
    let mut run = Rehearsal::new(&settings, None, None, 1).unwrap();
    assert!(run.train_until(5) && !run.again(&Deed::Diverged { at: 5 }));
}
