//! What is gone through again is what happened.

use std::sync::Arc;
use std::time::Duration;

use metascope::settings::{Knob, Settings};
use metascope::train::link::{Command, WindowEnd, link};
use metascope::train::session::{Rehearsal, Session};
use metascope::train::shown::Deed;
use metascope::train::snapshot::{Phase, Snapshot};
use metascope::train::views::Focus;

use crate::common::algorithms;
use crate::common::families;
use crate::common::waiting::wait_until;

struct Live {
    window: WindowEnd,
    session: Session,
}

impl Live {
    fn until(&mut self, what: &str, wanted: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        wait_until(what, || {
            self.session.turn(Duration::from_millis(2));
            self.window.take_snapshot().filter(|snapshot| wanted(snapshot))
        })
    }

    fn paused(&mut self) -> Arc<Snapshot> {
        self.window.send(Command::Pause);
        self.until("a pause", |snapshot| snapshot.phase == Phase::Paused)
    }
}

/// Turned, failed, brought back, looked back at and gone on from: the run without a window comes to the same.
#[test]
fn a_run_is_gone_through_again_from_what_was_done_to_it() {
    let settings = Settings::preset(families::SINE, algorithms::MAML);
    let (window, end) = link(Arc::new(|| {}));
    let mut live = Live { window, session: Session::new(end, 1, None) };
    live.window.send(Command::Restart(Arc::new(settings.clone()), None));
    live.until("some training", |snapshot| snapshot.meta_iteration > 150);
    let mut knobs = live.paused().settings.live.clone();
    Knob::OUTER_RATE.set(&mut knobs, 2e-3);
    live.window.set_live(knobs.clone());
    live.until("the turn", |snapshot| snapshot.journal.len() == 1);
    live.window.send(Command::Play);
    live.until("more", |snapshot| snapshot.meta_iteration > 300);
    Knob::INNER_RATE.set(&mut knobs, 1.0);
    live.window.set_live(knobs);
    live.until("a failure", |snapshot| snapshot.phase == Phase::Diverged);
    live.window.send(Command::BackToBest);
    let best = live.until("the best", |snapshot| snapshot.phase == Phase::Paused);
    live.window.send(Command::Play);
    live.until("more", |snapshot| snapshot.meta_iteration > best.meta_iteration + 100);
    let now = live.paused();
    live.window.look_at(Some(best.meta_iteration));
    let past = live.until("the past", |snapshot| snapshot.timeline.shown.is_some());
    live.window.send(Command::ContinueHere(past.timeline.shown.unwrap()));
    live.window.send(Command::Play);
    live.until("more", |snapshot| snapshot.meta_iteration > past.meta_iteration + 50);
    let last = live.paused();
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
