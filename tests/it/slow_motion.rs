//! Slow motion: what is shown of a meta-iteration is what training does, and looking changes nothing.

use metascope::meta::cancel::Cancel;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use egui::accesskit::Role;
use metascope::settings::{Algorithm, OuterOptimiser, Settings, TaskFamily};
use metascope::tasks::Family;
use metascope::train::link::{Command, Pace};
use metascope::train::snapshot::Phase;
use metascope::train::walk::SubStep;
use metascope::train::worker::spawn;

use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::runs::{begun, train_to};
use crate::common::sets;
use crate::common::snapshots::wait_for_snapshot;
use crate::common::waiting::wait_until;

fn settings(tasks: TaskFamily, algorithm: Algorithm) -> Settings {
    let mut settings = Settings::preset(tasks, algorithm);
    settings.live.test_steps = 2;
    if tasks.needs_images() {
        settings.run.network.hidden = vec![16, 16];
    }
    settings
}

#[test]
fn a_shown_training_task_is_the_one_that_is_trained_on() {
    for tasks in TaskFamily::ALL {
        let mut settings = settings(tasks, algorithms::MAML);
        settings.live.noise = 0.05;
        let family = Family::new(&settings.run, Some(sets::for_settings(&settings))).unwrap();
        for (meta_iteration, index) in [(0, 0), (7, 0), (7, 1)] {
            let trained = family.training(&settings.live, 3, meta_iteration, index);
            let shown = family.shown_training(&settings.live, 3, meta_iteration, index);
            assert_eq!(shown.episode.support, trained.support, "{tasks:?}");
            assert_eq!(shown.episode.query, trained.query, "{tasks:?}");
        }
    }
}

#[test]
fn walking_changes_no_bit_and_shows_finite_numbers() {
    for tasks in TaskFamily::ALL {
        for algorithm in Algorithm::ALL {
            let settings = settings(tasks, algorithm);
            let [mut walked, mut straight] = [begun(&settings, 1), begun(&settings, 1)];
            for iteration in 1..=2 {
                let walk = walked.walk(Cancel::NEVER).unwrap();
                let ground = &walk.ground;
                let what = format!("{tasks:?} {algorithm:?}");
                assert_eq!(ground.passages.len() + ground.others, settings.live.meta_batch, "{what}");
                assert!(ground.direction.is_finite() && ground.direction > 0.0, "{what}");
                for passage in &ground.passages {
                    assert_eq!(passage.moved.len(), settings.live.inner_steps, "{what}");
                    let numbers = passage.moved.iter().chain([&passage.query_gradient, &passage.direction]);
                    assert!(numbers.clone().all(|number| number.is_finite() && *number >= 0.0), "{what}: {passage:?}");
                    assert_eq!(passage.path.is_empty(), walked.meta_parameters().phi().len() != 2, "{what}");
                }
                for trainer in [&mut walked, &mut straight] {
                    train_to(trainer, iteration);
                }
            }
            assert_eq!(walked.meta_parameters(), straight.meta_parameters());
        }
    }
}

/// With plain gradient descent outside, φ moves by β times the mean direction.
#[test]
fn the_outer_step_is_as_long_as_the_walk_says() {
    for algorithm in [algorithms::MAML, algorithms::FOMAML, algorithms::REPTILE] {
        let mut settings = settings(families::SINE, algorithm);
        settings.run.optimiser = OuterOptimiser::Sgd;
        let mut trainer = begun(&settings, 1);
        let before = trainer.meta_parameters().phi().to_vec();
        let walk = trainer.walk(Cancel::NEVER).unwrap();
        train_to(&mut trainer, 1);
        let after = trainer.meta_parameters().phi();
        let moved = before.iter().zip(after).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt();
        let expected = walk.ground.outer_rate * f64::from(walk.ground.direction);
        assert!((moved / expected - 1.0).abs() < 1e-3, "{algorithm:?}: {moved} {expected}");
    }
}

#[test]
fn a_step_at_a_slow_pace_is_one_sub_step() {
    let settings = settings(families::PLANE, algorithms::MAML);
    let (window, thread) = spawn(Arc::new(|| ()), 1, None).unwrap();
    window.send(Command::Restart(Arc::new(settings.clone()), None));
    window.send(Command::Pause);
    let start = wait_for_snapshot(&window, "the pause", |snapshot| snapshot.phase == Phase::Paused).meta_iteration;
    window.send(Command::SetPace(Pace::Slow));
    let first = wait_for_snapshot(&window, "the walk", |snapshot| snapshot.walk.is_some()).walk.clone().unwrap();
    assert_eq!((first.at, first.now(), first.ground.meta_iteration), (0, SubStep::Draw, start));
    let last = first.ground.sub_steps.len() - 1;
    for at in 1..=last {
        window.send(Command::Step);
        let snapshot = wait_for_snapshot(&window, "a sub-step", |snapshot| {
            snapshot.walk.as_ref().is_some_and(|walk| walk.at == at)
        });
        assert_eq!(snapshot.meta_iteration, start + u64::from(at == last));
        assert_eq!(snapshot.walk.as_ref().unwrap().moved.is_some(), at == last);
    }
    window.send(Command::Step);
    let next = wait_for_snapshot(&window, "the next meta-iteration", |snapshot| {
        snapshot.walk.as_ref().is_some_and(|walk| walk.at == 0)
    });
    assert_eq!(next.walk.as_ref().unwrap().ground.meta_iteration, start + 1);
    // A turned knob begins the walk again: what was shown would not happen.
    window.send(Command::Step);
    wait_for_snapshot(&window, "its second sub-step", |snapshot| {
        snapshot.walk.as_ref().is_some_and(|walk| walk.at == 1)
    });
    let mut live = settings.live;
    live.inner_rate *= 0.5;
    window.set_live(live.clone(), None);
    window.send(Command::Step);
    let again =
        wait_for_snapshot(&window, "another walk", |snapshot| snapshot.walk.as_ref().is_some_and(|walk| walk.at == 0));
    assert_eq!(again.walk.as_ref().unwrap().ground.settings.live, live);
    window.send(Command::SetPace(Pace::Full));
    wait_for_snapshot(&window, "the end of the walk", |snapshot| snapshot.walk.is_none());
    window.send(Command::Quit);
    thread.join().unwrap();
}

/// What takes long can be broken off between inner steps, and nothing has changed.
#[test]
fn a_walk_can_be_broken_off_between_inner_steps() {
    for tasks in [families::SINE, families::CLASS] {
        for algorithm in [algorithms::MAML, algorithms::IMAML, algorithms::REPTILE] {
            let mut settings = settings(tasks, algorithm);
            (settings.live.inner_steps, settings.live.meta_batch) = (5, 6);
            let what = format!("{tasks:?} {algorithm:?}");
            let [mut broken_off, mut straight] = [begun(&settings, 1), begun(&settings, 1)];
            let mut walk = |last: usize| {
                let asked = AtomicUsize::new(0);
                let walk = broken_off.walk(Cancel::when(&|| asked.fetch_add(1, Ordering::Relaxed) >= last));
                (walk.is_some(), asked.into_inner())
            };
            let (done, asked) = walk(usize::MAX);
            assert!(done && asked >= 5 * (4 + 6), "{what}: asked {asked} times");
            for last in (0..asked).step_by(3) {
                let (done, more) = walk(last);
                // Every task may ask once or twice before it gives up.
                assert!(!done && more <= last + 3 * (4 + 6), "{what}: {last} of {asked}, then {more}");
            }
            for trainer in [&mut broken_off, &mut straight] {
                train_to(trainer, 1);
            }
            assert_eq!(broken_off.meta_parameters(), straight.meta_parameters(), "{what}");
        }
    }
}

/// A walk that would take hours gives way to whatever ends it.
#[test]
fn slow_motion_stops_while_it_computes() {
    let mut settings = Settings::preset(families::SINE, algorithms::MAML);
    settings.run.network.hidden = vec![1024, 1024];
    (settings.live.meta_batch, settings.live.test_steps) = (1, 1);
    let mut long = settings.live.clone();
    (long.inner_steps, long.meta_batch, long.shots) = (20, 1000, 100);
    let (window, thread) = spawn(Arc::new(|| ()), 2, None).unwrap();
    // A step computes before anything that is asked for after it is heard.
    let begin = || {
        window.send(Command::Restart(Arc::new(settings.clone()), None));
        window.send(Command::Pause);
        wait_for_snapshot(&window, "a run", |snapshot| {
            snapshot.phase == Phase::Paused && snapshot.settings.live == settings.live
        });
        window.send(Command::SetPace(Pace::Slow));
        wait_for_snapshot(&window, "a walk", |snapshot| snapshot.walk.is_some());
        window.set_live(long.clone(), None);
        wait_for_snapshot(&window, "the knobs", |snapshot| snapshot.settings.live == long);
        window.send(Command::Step);
    };
    begin();
    window.send(Command::Pause);
    window.send(Command::SetPace(Pace::Full));
    let paused = wait_for_snapshot(&window, "a pause", |snapshot| snapshot.walk.is_none());
    assert_eq!(paused.phase, Phase::Paused);
    begin();
    window.look_at(Some(0));
    wait_for_snapshot(&window, "a look into the past", |snapshot| snapshot.timeline.shown == Some(0));
    begin();
    window.send(Command::Restart(Arc::new(settings.clone()), None));
    wait_for_snapshot(&window, "a reset", |snapshot| snapshot.settings.live == settings.live);
    begin();
    window.send(Command::Quit);
    wait_until("the end", || thread.is_finished().then_some(()));
}

#[test]
fn the_window_shows_every_sub_step_of_every_family() {
    for tasks in TaskFamily::ALL {
        let settings = settings(tasks, algorithms::MAML);
        let mut trainer = begun(&settings, 1);
        let mut walk = trainer.walk(Cancel::NEVER).unwrap();
        let last = walk.ground.sub_steps.len() - 1;
        let mut snapshot = trainer.snapshot(1, 10.0, Phase::Paused);
        snapshot.walk = Some(walk.clone());
        let bench = Bench::with(snapshot.clone());
        assert!(bench.says("Slow motion") && bench.says("1 of "), "{tasks:?}");
        assert!(!bench.says("task 1 k = 1"), "{tasks:?}: not there yet");
        walk.at = last;
        walk.moved = Some(0.0125);
        snapshot.walk = Some(walk);
        let mut bench = Bench::with(snapshot.clone());
        let shown = format!("task {}", snapshot.walk.as_ref().unwrap().ground.passages.len());
        for text in [
            format!("{shown} k = 1"),
            format!("{shown} query loss"),
            format!("{shown} direction"),
            "it moved by 0.0125".to_owned(),
        ] {
            assert!(bench.says(&text), "{tasks:?}: {text}");
        }
        bench.click(Role::Button, "Held-out tasks");
        assert!(bench.says("from three starts"), "{tasks:?}");
        bench.click(Role::Button, "Sub-steps");
        assert!(bench.says(&format!("{shown} direction")), "{tasks:?}");
    }
}

/// Each inner step is shown on the mini-batch that it went by: a short enough step never raises that loss.
#[test]
fn a_step_is_judged_on_its_own_batch() {
    let mut settings = settings(families::SINE, algorithms::MAML);
    settings.live.inner_batch = 4;
    settings.live.inner_steps = 5;
    settings.live.inner_rate = 1e-4;
    let mut trainer = begun(&settings, 1);
    let walk = trainer.walk(Cancel::NEVER).unwrap();
    for (task, passage) in walk.ground.shown.tasks.iter().zip(&walk.ground.passages) {
        let before = &task.traces[0].support_loss;
        assert_eq!(passage.after.len(), 5);
        for (step, after) in passage.after.iter().enumerate() {
            assert!(*after <= before[step], "step {step}: {} to {after}", before[step]);
        }
    }
}

/// Steps that a tolerance leaves out are not walked through.
#[test]
fn a_loop_that_rests_has_no_more_sub_steps() {
    let mut settings = settings(families::PLANE, algorithms::MAML);
    settings.live.inner_steps = 5;
    settings.live.tolerance = 10.0;
    let walk = begun(&settings, 1).walk(Cancel::NEVER).unwrap();
    let mut rested = 0;
    for (index, passage) in walk.ground.passages.iter().enumerate() {
        let inner = |sub_step: &&SubStep| matches!(sub_step, SubStep::Inner { task, .. } if *task == index);
        assert_eq!(walk.ground.sub_steps.iter().filter(inner).count(), passage.moved.len());
        assert_eq!(passage.after.len(), passage.moved.len());
        rested += usize::from(passage.moved.len() < 5);
    }
    assert!(rested > 0, "no task rests before its fifth step");
}
