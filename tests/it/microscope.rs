//! Close-up views: what the views find, for every family and algorithm, that they leave no trace in the run, and that
//! the window shows what was found.

use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use metascope::meta::TaskWork;
use metascope::meta::dissection::{Gathering, Way, take_apart};
use metascope::settings::{Algorithm, Settings, TaskFamily};
use metascope::train::link::Command;
use metascope::train::snapshot::{Init, Phase, Snapshot};
use metascope::train::trainer::Trainer;
use metascope::train::views::{Focus, Map, TestSteps};
use metascope::train::worker::spawn;

use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::runs::{train_to, worker_with_rows};
use crate::common::sets;
use crate::common::snapshots::{ALL, complete, looked_at, wait_for_snapshot};
use crate::common::waiting::DEADLINE;

fn settings(tasks: TaskFamily, algorithm: Algorithm) -> Settings {
    let mut settings = Settings::preset(tasks, algorithm);
    settings.live.test_steps = 3;
    settings.live.meta_batch = 3;
    settings.run.evaluate_every = 5;
    if tasks == families::PLANE {
        // However many meta-iterations there are before the pause, CAVIA must not diverge in them.
        settings.live.inner_rate = 0.1;
    } else {
        settings.run.network.hidden = vec![12, 12];
    }
    if tasks.is_told_in_decibels() {
        settings.live.pixels_per_step = 64;
    }
    settings
}

fn check_outer_step(snapshot: &Snapshot, what: &str) {
    let found = snapshot.closeups.outer_step.as_ref().unwrap();
    let algorithm = snapshot.settings.run.algorithm;
    let dissection = &found.dissection;
    assert_eq!((found.meta_batch, dissection.counted, dissection.tasks.len()), (3, 3, 3), "{what}");
    assert_eq!((found.algorithm, dissection.overflowed), (algorithm, 0), "{what}");
    let first_order = matches!(algorithm, algorithms::FOMAML | algorithms::REPTILE);
    assert_eq!(found.second_order, !first_order, "{what}");
    for task in &dissection.tasks {
        let numbers = [task.first, task.exact, task.correction, task.turn, task.with_mean];
        assert!(numbers.iter().all(|number| number.is_some_and(f64::is_finite)), "{what}: {task:?}");
    }
    for (i, row) in dissection.cosines.iter().enumerate() {
        assert_eq!(row.len(), 3, "{what}");
        assert_eq!(row[i], Some(1.0), "{what}");
        assert!(row.iter().enumerate().all(|(j, cosine)| *cosine == dissection.cosines[j][i]), "{what}");
    }
    assert!(dissection.change.is_some_and(|change| change.is_finite() && change >= 0.0), "{what}");
    for (way, direction) in Way::ALL.into_iter().zip(&dissection.directions) {
        let norm = direction.norm.unwrap();
        if way == Way::Moved && way.why_not(algorithm).is_some() {
            assert_eq!(norm, 0.0, "{what}");
        } else {
            assert!(norm > 0.0 && direction.cosines.iter().flatten().count() >= 2, "{what}: {way:?} {direction:?}");
        }
        assert!(direction.in_plane.is_some(), "{what}");
    }
    let flat = snapshot.settings.run.tasks == families::PLANE && algorithm != algorithms::CAVIA;
    assert_eq!(dissection.arrows.is_some(), flat, "{what}");
}

fn check_test_steps(snapshot: &Snapshot, what: &str) {
    let found = snapshot.closeups.test_steps.as_ref().unwrap();
    let evaluation = snapshot.evaluation.as_ref().unwrap();
    assert_eq!(evaluation.meta_iteration, found.meta_iteration, "{what}");
    for (init, adapted) in Init::ALL.into_iter().zip(&found.adapted) {
        assert_eq!((adapted.query.len(), adapted.support.len()), (evaluation.tasks.len(), evaluation.tasks.len()));
        assert_eq!((adapted.mean_query.len(), adapted.mean_support.len()), (TestSteps::STEPS + 1, 51), "{what}");
        assert!(adapted.query.iter().chain(&adapted.support).flatten().all(|loss| !loss.is_nan()), "{what}");
        // The film-strip shows the first few of the same steps. Joint pretraining is measured there now and then only.
        if init == Init::Joint {
            continue;
        }
        // It is measured there at every point.
        let [some, all] = found.query_points;
        let near = if some == all { 1e-3 } else { 0.4 };
        assert!(some <= 256 && (some == all) == (all <= 256), "{what}: {some} of {all}");
        for (task, losses) in evaluation.tasks.iter().zip(&adapted.query) {
            for (shown, loss) in task.traces[init as usize].query_loss.iter().zip(losses) {
                assert!((shown - loss).abs() <= near * shown.abs() + 1e-6, "{what} {init:?}: {shown} {loss}");
            }
        }
    }
}

fn check_layers(snapshot: &Snapshot, what: &str) {
    let found = snapshot.closeups.layers.as_ref().unwrap();
    let algorithm = snapshot.settings.run.algorithm;
    let layers = if snapshot.settings.run.tasks == families::PLANE { 1 } else { 3 };
    assert_eq!((found.layers.len(), found.steps), (layers, 3), "{what}");
    for (index, layer) in found.layers.iter().enumerate() {
        for similarity in layer.similarity {
            assert!(similarity.is_some_and(|similarity| (0.0..=1.0).contains(&similarity)), "{what}: {layer:?}");
        }
        let evaluation = snapshot.evaluation.as_ref().unwrap();
        assert_eq!(layer.movement, evaluation.movement[index].relative, "{what}");
        // ANIL's body stands still, and so does what it computes.
        if algorithm == algorithms::ANIL && index + 1 < layers {
            assert_eq!(layer.movement[0], 0.0, "{what}");
            assert!(layer.similarity[0].unwrap() > 1.0 - 1e-9, "{what}: {layer:?}");
        }
    }
}

/// Every view draws what was found, small and large.
fn check_window(bench: &mut Bench, snapshot: &Snapshot, what: &str) {
    bench.publish(snapshot.clone());
    let closeups = &snapshot.closeups;
    let dissection = &closeups.outer_step.as_ref().unwrap().dissection;
    for size in ["large", "small"] {
        let show = |bench: &mut Bench, tab: &str| {
            bench.click(Role::Button, tab);
            if size == "small" {
                bench.key(Key::M);
            }
        };
        show(bench, "Outer step");
        let percent = 100.0 * dissection.change.unwrap();
        let step =
            if snapshot.settings.run.algorithm == algorithms::REPTILE { "the first-order step" } else { "this step" };
        assert!(bench.says(&format!("{step} by {}", three_digits(percent))), "{what}, {size}: {percent}");
        assert!(bench.says("task 3: first order"), "{what}, {size}");
        for way in Way::ALL {
            let reason = way.why_not(snapshot.settings.run.algorithm);
            assert!(reason.is_none_or(|reason| bench.says(reason)), "{what}, {size}: {reason:?}");
        }
        show(bench, "Test steps");
        assert!(bench.says("Learned start: "), "{what}, {size}");
        show(bench, "Layers");
        assert!(bench.says("layer 1, "), "{what}, {size}");
        show(bench, "Parameters");
    }
}

/// Three significant digits of a number between 0.001 and 1000; of others nothing.
fn three_digits(value: f64) -> String {
    if !(1e-3..999.0).contains(&value) {
        return String::new();
    }
    let whole = value.log10().floor() as i32;
    format!("{value:.*}", (2 - whole).max(0) as usize)
}

fn check_families(families: &[TaskFamily]) {
    let mut bench = Bench::of(families::SINE);
    let (window, thread) = spawn(Arc::new(|| {}), 1, None).unwrap();
    window.set_focus(ALL);
    let mut run = 0;
    for &tasks in families {
        for algorithm in Algorithm::ALL {
            let settings = settings(tasks, algorithm);
            let set = sets::for_settings(&settings);
            window.send(Command::Restart(Arc::new(settings), Some(set)));
            window.send(Command::Pause);
            window.send(Command::Step);
            run += 1;
            let what = format!("{tasks:?} {algorithm:?}");
            let snapshot = wait_for_snapshot(&window, &what, |snapshot| snapshot.run == run && complete(snapshot));
            check_outer_step(&snapshot, &what);
            check_test_steps(&snapshot, &what);
            check_layers(&snapshot, &what);
            check_window(&mut bench, &snapshot, &what);
            let has_limit = !algorithm.learns_rates() && algorithm != algorithms::CAVIA;
            assert!(!has_limit || snapshot.closeups.stability.is_some(), "{what}");
        }
    }
    // What nobody looks at any more is gone.
    window.set_focus(Focus::default());
    wait_for_snapshot(&window, "nothing", |snapshot| {
        let closeups = &snapshot.closeups;
        closeups.outer_step.is_none() && closeups.test_steps.is_none() && closeups.layers.is_none()
    });
    window.send(Command::Quit);
    thread.join().unwrap();
}

#[test]
fn every_algorithm_on_lines_and_pictures_has_numbers_or_a_reason() {
    check_families(&TaskFamily::ALL[..4]);
}

#[test]
fn every_algorithm_on_classes_has_numbers_or_a_reason() {
    check_families(&TaskFamily::ALL[4..]);
}

/// The trainer is told what is looked at, once and only when it changes.
#[test]
fn tabs_say_what_is_looked_at() {
    let mut bench = Bench::of(families::SINE);
    // The inner rate's mark is always there.
    let mark = || Focus { stability: true, ..Focus::default() };
    let map = Focus { landscape: Some(Map::default()), ..mark() };
    assert_eq!(bench.trainer.take_focus(), Some(map.clone()), "the map at first");
    assert!(bench.says("slice") || bench.says("Movement per layer") || bench.says("movement of layer 1"));
    for (tab, waiting, focus) in [
        ("Outer step", "is being taken apart", Focus { outer_step: true, ..mark() }),
        ("Test steps", "are being adapted to", Focus { test_steps: true, ..mark() }),
        ("Layers", "are being compared", Focus { layers: true, ..mark() }),
        ("Parameters", "movement of layer 1", map),
    ] {
        bench.click(Role::Button, tab);
        assert_eq!(bench.trainer.take_focus(), Some(focus), "{tab}");
        assert!(bench.says(waiting), "{tab}");
        bench.harness.run();
        assert_eq!(bench.trainer.take_focus(), None, "{tab}");
    }
}

#[test]
fn a_view_takes_the_centre_and_gives_it_back() {
    let mut bench = Bench::of(families::SINE);
    let is_large = |bench: &Bench| {
        let samples = bench.says("of a curve that it never saw");
        let view = bench.says("Where the inner loop goes from each start");
        assert_ne!(samples, view);
        view
    };
    assert!(!is_large(&bench));
    bench.key(Key::M);
    assert!(is_large(&bench));
    bench.key(Key::M);
    assert!(!is_large(&bench));
    bench.click(Role::Button, "Enlarge");
    assert!(is_large(&bench));
    // Escape closes what lies over it first.
    bench.key(Key::C);
    bench.key(Key::Escape);
    assert!(is_large(&bench));
    bench.key(Key::Escape);
    assert!(!is_large(&bench));
    bench.click(Role::Button, "Parameters");
    assert!(is_large(&bench));
    bench.click(Role::Button, "What it makes");
    assert!(!is_large(&bench));
}

#[test]
fn the_outer_step_s_numbers_are_on_the_screen() {
    let mut settings = settings(families::PLANE, algorithms::MAML);
    settings.live.meta_batch = 20;
    let snapshot = looked_at(settings);
    let mut bench = Bench::with(Snapshot::clone(&snapshot));
    bench.click(Role::Button, "Outer step");
    let dissection = &snapshot.closeups.outer_step.as_ref().unwrap().dissection;
    assert_eq!((dissection.tasks.len(), dissection.counted), (16, 20));
    assert!(bench.says("tasks 1 to 16 of 20 are shown; the means are over all 20"));
    for (index, task) in dissection.tasks.iter().enumerate() {
        let first = three_digits(task.first.unwrap());
        assert!(bench.says(&format!("task {}: first order {first}", index + 1)), "{index} {first}");
    }
    let exact = dissection.directions[Way::Exact as usize];
    assert!(bench.says(&format!("exact: length {}", three_digits(exact.norm.unwrap()))));
    assert!(bench.says("where φ would go") || bench.says("Reptile: length"));
    assert!(bench.says("tasks 2 and 5: cosine") && bench.says("exact: length"));
    // In the small place there is no room for both.
    bench.key(Key::M);
    assert!(!bench.says("tasks 2 and 5: cosine"));
    bench.click(Role::Button, "Cosines");
    assert!(bench.says(&format!("tasks 2 and 5: cosine {:.3}", dissection.cosines[1][4].unwrap())));
    assert!(!bench.says("exact: length"));
}

#[test]
fn test_steps_and_layers_say_what_they_found() {
    let snapshot = looked_at(settings(families::SINE, algorithms::META_SGD));
    let mut bench = Bench::with(Snapshot::clone(&snapshot));
    bench.click(Role::Button, "Test steps");
    let adapted = &snapshot.closeups.test_steps.as_ref().unwrap().adapted[0];
    let least = adapted.mean_query.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(bench.says(&three_digits(least)), "{least}");
    for init in ["Learned start", "Random start", "Pretrained start"] {
        let after = bench.harness.query_all_by_role_and_label(Role::CheckBox, init).count();
        assert_eq!(after, 1, "{init}");
        bench.click(Role::CheckBox, init);
    }
    assert!(bench.says("Every line is switched off"));
    bench.click(Role::CheckBox, "Random start");
    assert!(!bench.says("Every line is switched off"));
    bench.click(Role::Button, "Layers");
    let layer = &snapshot.closeups.layers.as_ref().unwrap().layers[2];
    assert!(bench.says(&format!("layer 3, 1 wide\nLearned start: CKA {:.4}", layer.similarity[0].unwrap())));
    // Learned rates can be reached from here.
    bench.click(Role::Button, "Rates");
    assert!(bench.says("W1 at every step: inner rate"));
    bench.click(Role::Button, "Representations");
    assert!(bench.says("layer 3, 1 wide"));
}

/// The tasks that are taken apart are those of the coming meta-batch, at the present φ.
#[test]
fn the_step_that_is_taken_apart_is_the_coming_one() {
    let settings = settings(families::SINE, algorithms::MAML);
    let (window, thread) = spawn(Arc::new(|| {}), 1, None).unwrap();
    window.set_focus(Focus { outer_step: true, ..Focus::default() });
    window.send(Command::Restart(Arc::new(settings.clone()), None));
    window.send(Command::Pause);
    window.send(Command::Step);
    let snapshot = wait_for_snapshot(&window, "the outer step", |snapshot| {
        let found = snapshot.closeups.outer_step.as_ref();
        snapshot.phase == Phase::Paused && found.is_some_and(|found| found.meta_iteration == snapshot.meta_iteration)
    });
    assert!(snapshot.meta_iteration > 0);
    let mut trainer = Trainer::new(settings.clone(), None, 1).unwrap();
    train_to(&mut trainer, snapshot.meta_iteration);
    let mut gathering = Gathering::new(16);
    for episode in trainer.coming_episodes(3) {
        let live = &settings.live;
        let (learner, meta) = (trainer.learner(), trainer.meta_parameters());
        let parts = take_apart(learner, meta, live.inner_rate, &episode, live.inner_steps, &mut TaskWork::default());
        gathering.add(parts);
    }
    assert_eq!(snapshot.closeups.outer_step.as_ref().unwrap().dissection, gathering.found());
    window.send(Command::Quit);
    thread.join().unwrap();
}

/// All views at once, in the middle of training, against a run that nobody looks at.
#[test]
fn looking_closely_changes_no_bit_of_the_run() {
    for (tasks, algorithm) in [(families::PICTURE, algorithms::MAML), (families::SINE, algorithms::MAML_PLUS_PLUS)] {
        let settings = settings(tasks, algorithm);
        let (window, thread, coming) = worker_with_rows();
        window.set_focus(ALL);
        let set = sets::for_settings(&settings);
        window.send(Command::Restart(Arc::new(settings.clone()), Some(set.clone())));
        let mut seen = Vec::new();
        let mut looked = 0;
        while seen.len() < 5 {
            seen.push(coming.recv_timeout(DEADLINE).unwrap());
            // A pause gives the views all the time that they want.
            window.send(Command::Pause);
            let snapshot = wait_for_snapshot(&window, "close-ups", complete);
            looked += usize::from(snapshot.closeups.outer_step.is_some());
            window.send(Command::Play);
        }
        assert_eq!(looked, 5);
        window.send(Command::Quit);
        thread.join().unwrap();
        let mut trainer = Trainer::new(settings, Some(set), 1).unwrap();
        let mut rows = vec![trainer.first_row()];
        rows.extend(train_to(&mut trainer, 20));
        assert_eq!(seen, rows, "{tasks:?}");
    }
}
