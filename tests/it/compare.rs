//! Sweep and race in the window: started, watched, stopped and gone on from.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use metascope::settings::{Settings, TaskFamily};
use metascope::train::link::Command;
use metascope::train::trainer::Trainer;

use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::runs::train_to;

fn wait_for(bench: &mut Bench, text: &str) {
    bench.wait_to_say(text);
    bench.harness.step();
}

fn opened(tasks: TaskFamily) -> Bench {
    let mut bench = Bench::of(tasks);
    bench.key(Key::C);
    assert!(bench.says("neither trained on nor shown"));
    bench
}

#[test]
fn a_sweep_fills_its_map_and_its_best_cell_is_gone_on_from() {
    let mut bench = opened(families::PLANE);
    bench.type_value("Values across", "0.01, 0.2, 9");
    bench.type_value("Values upwards", "0.001, 0.01");
    bench.type_value("Meta-iterations", "40");
    assert!(bench.harness.get_by_role_and_label(Role::Button, "Use the best").accesskit_node().is_disabled());
    bench.harness.get_by_role_and_label(Role::Button, "Start sweep").click();
    bench.harness.step();
    wait_for(&mut bench, "6 of 6 cells");
    wait_for(&mut bench, "2 diverged");
    // A cell that diverged says when, and is no button.
    let lost = bench.harness.query_all_by_label_contains("Inner rate α 9,").collect::<Vec<_>>();
    assert_eq!(lost.len(), 2);
    assert!(lost.iter().all(|cell| cell.accesskit_node().role() == Role::Image));
    drop(lost);
    bench.commands();
    bench.harness.get_by_role_and_label(Role::Button, "Use the best").click();
    bench.harness.step();
    let best = continued(&bench);
    let (settings, trainer) = best;
    assert_eq!((settings.live.inner_rate, settings.live.outer_rate), (0.2, 0.01));
    assert_eq!(bench.settings(), &settings);
    assert_eq!(trainer.meta_iteration(), 40);
    // Another cell by a click.
    bench.harness.get_by_label_contains("Inner rate α 0.01, Outer rate β 0.001:").click();
    bench.harness.step();
    let (settings, _) = continued(&bench);
    assert_eq!((settings.live.inner_rate, settings.live.outer_rate), (0.01, 0.001));
    assert_eq!(settings.run.evaluate_every, Settings::preset(families::PLANE, algorithms::MAML).run.evaluate_every);
}

/// What the window asked the trainer to go on from, gone on from.
fn continued(bench: &Bench) -> (Settings, Trainer) {
    let commands = bench.commands();
    let found = commands.iter().find_map(|command| match command {
        Command::Continue(settings, images, from) => {
            let trainer = Trainer::resume(Settings::clone(settings), images.clone(), 1, from).unwrap();
            Some((Settings::clone(settings), trainer))
        }
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{commands:?}"))
}

#[test]
fn wrong_values_are_explained_and_settings_without_effect_are_disabled() {
    let mut bench = opened(families::PLANE);
    bench.type_value("Values across", "fast..1");
    bench.click(Role::Button, "Start sweep");
    assert!(bench.says("not a number"));
    bench.type_value("Values across", "0.1, 0.2");
    bench.type_value("Values upwards", "1..1e9");
    bench.click(Role::Button, "Start sweep");
    assert!(bench.says("outer_rate"), "the value out of range is named");
    bench.click(Role::ComboBox, "Setting across");
    let width = bench.harness.get_by_role_and_label(Role::Button, "Hidden width");
    assert!(width.accesskit_node().is_disabled());
}

#[test]
fn a_stopped_sweep_keeps_what_it_found() {
    let mut bench = opened(families::SINE);
    bench.type_value("Meta-iterations", "2");
    bench.type_value("Values across", "0.01, 0.02");
    bench.type_value("Values upwards", "0.001, 0.002");
    bench.harness.get_by_role_and_label(Role::Button, "Start sweep").click();
    bench.harness.step();
    wait_for(&mut bench, "validation loss");
    if let Some(stop) = bench.harness.query_by_role_and_label(Role::Button, "Stop") {
        stop.click();
    }
    bench.harness.run();
    assert!(bench.says("validation loss") && bench.says("Start sweep"));
    bench.key(Key::Escape);
    assert!(!bench.says("validation loss"));
}

/// The button in the top bar that is there while something runs: how wide it is, and what it says to a screen reader.
fn button(bench: &Bench) -> Option<(f32, String)> {
    let button = bench.harness.query_by_role_and_label(Role::Button, "Under way")?;
    Some((button.rect().width(), button.accesskit_node().description().unwrap_or_default()))
}

#[test]
fn what_runs_while_the_window_is_closed_is_in_the_top_bar_and_its_end_is_said_once() {
    let mut bench = opened(families::PLANE);
    bench.type_value("Values across", "0.01, 0.2");
    bench.type_value("Values upwards", "0.001, 0.01");
    bench.type_value("Meta-iterations", "400");
    assert!(button(&bench).is_none(), "nothing runs");
    bench.harness.get_by_role_and_label(Role::Button, "Start sweep").click();
    bench.harness.step();
    bench.key(Key::Escape);
    let mut widths = Vec::new();
    let mut told = Vec::new();
    bench.wait_until("the end", |bench| {
        if let Some((width, about)) = button(bench) {
            widths.push(width);
            told.push(about);
        }
        bench.says("The sweep is finished").then_some(())
    });
    assert!(widths.iter().all(|width| *width == widths[0]), "the bar moves: {widths:?}");
    assert!(told.iter().all(|about| about.contains("A sweep runs: ")), "{told:?}");
    assert!(!bench.says("validation loss"), "it is still closed");
    assert_eq!(bench.harness.query_all_by_label_contains("The sweep is finished").count(), 1);
    bench.harness.run();
    assert!(button(&bench).is_none(), "nothing runs");
    bench.click(Role::Button, "Sweep and race");
    assert!(bench.says("4 of 4 cells"));
}

#[test]
fn a_race_compares_algorithms_on_the_same_tasks() {
    let mut bench = opened(families::PLANE);
    bench.click(Role::Button, "Race");
    bench.click(Role::CheckBox, algorithms::REPTILE.label());
    bench.click(Role::CheckBox, algorithms::FOMAML.label());
    let start = bench.harness.get_by_role_and_label(Role::Button, "Start race");
    assert!(start.accesskit_node().is_disabled(), "one algorithm alone");
    bench.click(Role::CheckBox, algorithms::META_SGD.label());
    bench.type_value("Meta-iterations", "60");
    bench.harness.get_by_role_and_label(Role::Button, "Start race").click();
    bench.harness.step();
    wait_for(&mut bench, "Difference to MAML");
    bench.wait_until("two results", |bench| {
        (bench.harness.query_all_by_label_contains("test tasks").count() >= 2).then_some(())
    });
    assert!(bench.says("100 %"));
    // Everybody's losses step by step in one picture.
    bench.click(Role::Button, "Over steps");
    assert!(bench.harness.query_by_role_and_label(Role::Button, "Over the run").is_some());
    assert!(!bench.says("The first run that is done"));
    // The window's own run is not touched.
    assert!(bench.commands().is_empty());
}

#[test]
fn a_run_gone_on_from_its_checkpoint_is_the_same_run() {
    for algorithm in [algorithms::MAML, algorithms::META_MODEL] {
        let settings = Settings::preset(families::SINE, algorithm);
        let mut straight = Trainer::new(settings.clone(), None, 1).unwrap();
        train_to(&mut straight, 20);
        let checkpoint = straight.checkpoint();
        train_to(&mut straight, 30);
        let mut resumed = Trainer::resume(settings.clone(), None, 2, &checkpoint).unwrap();
        assert_eq!(resumed.meta_iteration(), 20);
        train_to(&mut resumed, 30);
        assert_eq!(resumed.meta_parameters(), straight.meta_parameters());
        let mut other = settings;
        other.run.network.hidden = vec![7];
        let error = Trainer::resume(other, None, 1, &checkpoint).err().unwrap().to_string();
        assert!(error.contains("another network"), "{error}");
    }
}
