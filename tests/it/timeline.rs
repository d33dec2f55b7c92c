//! The timeline: earlier states are shown, gone on from to the bit, and kept under a cap of memory.

use metascope::meta::cancel::Cancel;
use metascope::settings::{Algorithm, ImageSource, Knob, OuterOptimiser, Schedule, Settings, TaskFamily};
use metascope::train::snapshot::{Phase, Snapshot};
use metascope::train::trainer::{Step, Trainer};

use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::{begun, train_to};

mod worker;

const CAP: usize = 64 << 20;

fn small(tasks: TaskFamily, algorithm: Algorithm) -> Settings {
    let mut settings = Settings::preset(tasks, algorithm);
    settings.live.test_steps = 3;
    settings.run.evaluate_every = 4;
    if tasks.is_told_in_decibels() {
        settings.run.network.hidden = vec![12, 12];
        settings.live.pixels_per_step = 48;
        settings.run.images = ImageSource::Hand;
    }
    if tasks.needs_classes() {
        settings.run.network.hidden = vec![12, 12];
        settings.live.meta_batch = 3;
    }
    // Points of the timeline lie in the warm-up, and in the decay after it.
    settings.run.outer.warm_up = 6;
    settings.run.outer.schedule = Schedule::Cosine;
    (settings.run.outer.period, settings.run.outer.factor) = (20, 0.1);
    settings
}

fn trainer(settings: &Settings) -> Trainer {
    let mut trainer = begun(settings, 2);
    trainer.set_timeline_cap(CAP);
    trainer
}

fn snapshot(trainer: &Trainer) -> Snapshot {
    trainer.snapshot(1, 0.0, Phase::Paused)
}

/// The bits of a checkpoint: φ, learned rates, both optimisers, joint pretraining.
fn bits(trainer: &Trainer) -> String {
    format!("{:?}", trainer.checkpoint())
}

fn goes_on_to_the_bit(settings: &Settings) {
    let name = format!("{:?} {:?} {:?}", settings.run.tasks, settings.run.algorithm, settings.run.optimiser);
    let mut run = trainer(settings);
    let rows = train_to(&mut run, 20);
    let (end, after) = (bits(&run), snapshot(&run));
    for (asked, at) in [(5, 4), (12, 12), (3, 0)] {
        assert_eq!(run.look_back(asked), Some(at), "{name}");
        assert_eq!((run.meta_iteration(), run.looking_at()), (at, Some(at)));
        assert!(run.continue_here());
        assert_eq!((snapshot(&run).timeline.head, snapshot(&run).timeline.last), (at, at));
        let again = train_to(&mut run, 20);
        assert_eq!(again, rows[(at / 4) as usize..], "{name} from {at}");
        assert_eq!(bits(&run), end, "{name} from {at}");
        let curves = snapshot(&run).curves;
        for (curve, old) in [
            (&curves.training_after, &after.curves.training_after),
            (&curves.held_out_before, &after.curves.held_out_before),
            (&curves.held_out_after, &after.curves.held_out_after),
            (&curves.random_after, &after.curves.random_after),
            (&curves.joint_after, &after.curves.joint_after),
            (&curves.scores[0], &after.curves.scores[0]),
            (&curves.scores[2], &after.curves.scores[2]),
        ] {
            assert_eq!(curve.points, old.points, "{name} from {at}");
        }
        assert!(run.marks().is_empty());
    }
}

#[test]
fn every_algorithm_goes_on_to_the_bit() {
    for algorithm in Algorithm::ALL {
        goes_on_to_the_bit(&small(families::SINE, algorithm));
    }
}

#[test]
fn every_family_and_optimiser_goes_on_to_the_bit() {
    let optimisers = [OuterOptimiser::Sgd, OuterOptimiser::Momentum, OuterOptimiser::AdamW, OuterOptimiser::Adam];
    for (tasks, optimiser) in TaskFamily::ALL.into_iter().zip(optimisers.into_iter().cycle()) {
        let mut settings = small(tasks, algorithms::META_SGD);
        settings.run.optimiser = optimiser;
        settings.run.outer.weight_decay = 0.01;
        goes_on_to_the_bit(&settings);
    }
}

/// Joint pretraining is measured less often than φ, but always at the same moments: whether somebody paused, turned a
/// knob to and fro, or went back.
#[test]
fn the_joint_curve_is_that_of_an_undisturbed_run() {
    const END: u64 = 80;
    for tasks in [families::SINE, families::CLUSTER, families::CLASS] {
        let settings = small(tasks, algorithms::MAML);
        let joint = |trainer: &Trainer| {
            let curves = snapshot(trainer).curves;
            (curves.joint_after.points.clone(), curves.scores[2].points.clone())
        };
        let mut plain = trainer(&settings);
        train_to(&mut plain, END);
        let expected = joint(&plain);
        let count = expected.0.len();
        assert!(count > 5 && count < snapshot(&plain).curves.held_out_after.points.len(), "{tasks:?}: {count}");
        for at in [0, 4, 12, 28, 40] {
            let mut run = trainer(&settings);
            train_to(&mut run, 43);
            (0..3).for_each(|_| run.probe());
            run.look_back(8);
            run.look_closer(Cancel::NEVER);
            run.look_back(at);
            let live = run.settings().live.clone();
            let [noise, test_steps] = [live.noise + 0.25, live.test_steps as f64 + 1.0];
            for (knob, value) in [(Knob::NOISE, noise), (Knob::TEST_STEPS, test_steps)] {
                let mut turned = live.clone();
                knob.set(&mut turned, value);
                for live in [turned, live.clone()] {
                    run.set_live(live).unwrap();
                    run.probe();
                }
            }
            assert!(run.continue_here());
            for moment in [at + 1, at + 6, at + 17, 61] {
                train_to(&mut run, moment);
                run.probe();
            }
            train_to(&mut run, END);
            assert_eq!(joint(&run), expected, "{tasks:?} from {at}");
        }
    }
}

/// Where held-out tasks are reshaped joint pretraining is measured again, on the new branch as in a run of its own.
#[test]
fn the_joint_curve_of_a_branch_is_that_of_its_replay() {
    let settings = small(families::SINE, algorithms::MAML);
    let mut reshaped = settings.live.clone();
    reshaped.test_shots += 3;
    let joint = |trainer: &Trainer| snapshot(trainer).curves.joint_after.points.clone();
    let mut run = trainer(&settings);
    train_to(&mut run, 50);
    run.look_back(20);
    run.set_live(reshaped.clone()).unwrap();
    run.probe();
    assert!(run.continue_here());
    train_to(&mut run, 60);
    let mut replayed = trainer(&settings);
    train_to(&mut replayed, 20);
    replayed.set_live(reshaped).unwrap();
    train_to(&mut replayed, 60);
    assert_eq!(joint(&run), joint(&replayed));
    assert!(joint(&run).iter().any(|point| point.at == 24.0));
}

#[test]
fn looking_back_changes_nothing() {
    for tasks in [families::SINE, families::PICTURE] {
        let settings = small(tasks, algorithms::MAML_PLUS_PLUS);
        let (mut plain, mut watched) = (trainer(&settings), trainer(&settings));
        let expected = train_to(&mut plain, 24);
        let mut rows = train_to(&mut watched, 10);
        let before = snapshot(&watched);
        for at in [0, 8, 4, 9] {
            watched.look_back(at);
            let mut live = watched.settings().live.clone();
            live.inner_rate *= 0.5;
            live.test_shots += 1;
            watched.set_live(live).unwrap();
            watched.probe();
        }
        watched.return_to_head();
        let after = snapshot(&watched);
        assert_eq!((after.meta_iteration, after.timeline.shown), (10, None));
        assert_eq!(after.settings, before.settings);
        assert_eq!(after.curves.joint_after.points, before.curves.joint_after.points);
        rows.extend(train_to(&mut watched, 16));
        // A step goes on from the head by itself.
        watched.look_back(4);
        rows.extend(train_to(&mut watched, 24));
        assert_eq!(rows, expected, "{tasks:?}");
        assert_eq!(bits(&watched), bits(&plain));
        let joint = |trainer: &Trainer| snapshot(trainer).curves.joint_after.points.clone();
        assert_eq!(joint(&watched), joint(&plain), "{tasks:?}");
        assert!(watched.marks().is_empty());
    }
}

#[test]
fn what_is_shown_is_the_state_of_then() {
    let mut settings = small(families::SINE, algorithms::META_SGD);
    settings.run.outer.warm_up = 0;
    let (mut run, mut then) = (trainer(&settings), trainer(&settings));
    train_to(&mut run, 20);
    train_to(&mut then, 8);
    run.look_back(8);
    let (shown, then) = (run.evaluation(), then.evaluation());
    assert_eq!(shown.meta_iteration, 8);
    for (shown, then) in shown.tasks.iter().zip(&then.tasks) {
        assert_eq!(shown.traces[0].query_loss, then.traces[0].query_loss);
    }
    run.look_closer(Cancel::NEVER);
    let shown = run.evaluation();
    let mut fresh = trainer(&settings);
    train_to(&mut fresh, 8);
    fresh.look_back(8);
    fresh.look_closer(Cancel::NEVER);
    let then = fresh.evaluation();
    for (shown, then) in shown.tasks.iter().zip(&then.tasks) {
        for (shown, then) in shown.traces.iter().zip(&then.traces) {
            assert_eq!((&shown.query_loss, shown.inner_rate), (&then.query_loss, then.inner_rate));
        }
    }
    run.return_to_head();
    assert_eq!(run.evaluation().meta_iteration, 20);
}

/// What is kept of a measurement is what it was, and what it is when everything is measured again.
#[test]
fn every_family_shows_what_was_measured_then() {
    for tasks in TaskFamily::ALL {
        let settings = small(tasks, algorithms::MAML);
        let (mut run, mut then) = (trainer(&settings), trainer(&settings));
        train_to(&mut run, 12);
        train_to(&mut then, 4);
        run.look_back(4);
        let quick = run.evaluation();
        run.look_closer(Cancel::NEVER);
        for shown in [quick, run.evaluation()] {
            for (shown, then) in shown.tasks.iter().zip(&then.evaluation().tasks) {
                let [shown, then] = [&shown.traces[0], &then.traces[0]];
                assert_eq!(shown.query_loss, then.query_loss, "{tasks:?}");
                assert_eq!(shown.support_loss, then.support_loss, "{tasks:?}");
                assert_eq!((&shown.scores, shown.marks), (&then.scores, then.marks), "{tasks:?}");
                assert_eq!(then.marks.is_some(), tasks == families::CLASS);
            }
        }
    }
}

#[test]
fn a_knob_is_marked_where_the_new_branch_has_it_and_nowhere_else() {
    let settings = small(families::SINE, algorithms::MAML);
    let turn = |run: &mut Trainer, knob: Knob, value: f64| {
        let mut live = run.settings().live.clone();
        knob.set(&mut live, value);
        run.set_live(live).unwrap();
    };
    let marks = |run: &Trainer| run.marks().iter().map(|mark| (mark.at, mark.knob, mark.value)).collect::<Vec<_>>();
    let mut run = trainer(&settings);
    train_to(&mut run, 6);
    turn(&mut run, Knob::INNER_RATE, 0.02);
    train_to(&mut run, 12);
    turn(&mut run, Knob::OUTER_RATE, 2e-3);
    train_to(&mut run, 20);
    let all = [(6, Knob::INNER_RATE, 0.02), (12, Knob::OUTER_RATE, 2e-3)];
    assert_eq!(marks(&run), all);

    // A knob that is turned and at once turned back was not turned.
    turn(&mut run, Knob::NOISE, 0.5);
    turn(&mut run, Knob::NOISE, settings.live.noise);
    turn(&mut run, Knob::INNER_RATE, 0.03);
    turn(&mut run, Knob::INNER_RATE, 0.02);
    assert_eq!(marks(&run), all);

    // At 12 the outer rate was as before: the mark there came after.
    run.look_back(12);
    assert_eq!(run.settings().live.outer_rate, settings.live.outer_rate);
    assert_eq!(run.settings().live.inner_rate, 0.02);
    turn(&mut run, Knob::META_BATCH, 7.0);
    assert_eq!(marks(&run), all);
    assert!(run.continue_here());
    assert_eq!(marks(&run), [(6, Knob::INNER_RATE, 0.02), (12, Knob::META_BATCH, 7.0)]);
    let rows = train_to(&mut run, 20);

    // The marks replay the new branch.
    let mut replayed = trainer(&settings);
    train_to(&mut replayed, 6);
    turn(&mut replayed, Knob::INNER_RATE, 0.02);
    train_to(&mut replayed, 12);
    turn(&mut replayed, Knob::META_BATCH, 7.0);
    assert_eq!(train_to(&mut replayed, 20), rows);
    assert_eq!(bits(&replayed), bits(&run));

    run.look_back(0);
    assert!(run.continue_here());
    assert!(run.marks().is_empty() && run.settings().live == settings.live);
    let curves = snapshot(&run).curves;
    assert!(curves.training_after.points.is_empty());
    assert_eq!(curves.held_out_after.points.len(), 1);
    assert!(!run.continue_here());
}

#[test]
fn states_stay_under_the_cap() {
    let mut settings = small(families::SINE, algorithms::META_SGD);
    settings.run.evaluate_every = 1;
    let mut run = trainer(&settings);
    let one = snapshot(&run).timeline.bytes;
    let numbers = 4 * run.meta_parameters().values.len() + 3 * run.meta_parameters().phi().len();
    assert!(one >= 3 * numbers && one < 5 * numbers, "{one}");
    run.set_timeline_cap(6 * one);
    for _ in 0..50 {
        train_one(&mut run);
        let past = snapshot(&run).timeline;
        assert!(past.bytes <= past.cap, "{past:?}");
        assert!(past.every <= 16 && past.last + past.every > past.head, "{past:?}");
    }
    assert_eq!(run.look_back(31), Some(16));
    assert_eq!(run.look_back(0), Some(0));
}

fn train_one(run: &mut Trainer) {
    let next = run.meta_iteration() + 1;
    train_to(run, next);
}

#[test]
fn without_a_cap_only_the_start_is_kept() {
    let settings = small(families::SINE, algorithms::MAML);
    let mut run = Trainer::new(settings, None, 1).unwrap();
    train_to(&mut run, 20);
    assert_eq!(run.look_back(19), Some(0));
}

#[test]
fn a_divergence_forgets_the_states_after_the_one_that_it_goes_back_to() {
    let mut settings = small(families::SINE, algorithms::MAML);
    settings.run.outer.warm_up = 0;
    let mut run = trainer(&settings);
    train_to(&mut run, 10);
    let mut live = settings.live.clone();
    live.inner_rate = 10.0;
    run.set_live(live).unwrap();
    let divergence = loop {
        match run.step(Cancel::NEVER) {
            Step::Diverged(divergence) => break divergence,
            _ => assert!(run.meta_iteration() < 100, "it did not diverge"),
        }
    };
    let past = snapshot(&run).timeline;
    assert_eq!((past.head, past.last <= divergence.restored), (divergence.restored, true));
    // The rate is still in force, and said to be.
    let marks: Vec<_> = run.marks().iter().map(|mark| (mark.at, mark.knob, mark.value)).collect();
    assert_eq!(marks, [(divergence.restored, Knob::INNER_RATE, 10.0)]);
}
