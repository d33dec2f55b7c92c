//! The timeline in the window: its handle, what it shows, undone knobs and pinned runs.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use metascope::settings::{Knob, Settings, TaskFamily};
use metascope::train::link::Command;
use metascope::train::snapshot::{Phase, Snapshot};

use crate::common::bench::Bench;
use crate::common::families;
use crate::common::fixtures;

const CONTINUE: &str = "Continue from here";
const BACK: &str = "Back to now";

/// A run of 1,284 meta-iterations with a state at every tenth.
fn run(tasks: TaskFamily) -> Snapshot {
    let mut snapshot = fixtures::snapshot(tasks, 1284);
    snapshot.timeline.start = Some(Arc::clone(&snapshot.settings));
    snapshot
}

/// The answer of the trainer that was asked to look back.
fn at(mut snapshot: Snapshot, at: u64, inner_rate: f64) -> Snapshot {
    let mut settings = Settings::clone(&snapshot.settings);
    settings.live.inner_rate = inner_rate;
    (snapshot.settings, snapshot.phase) = (Arc::new(settings), Phase::Paused);
    (snapshot.meta_iteration, snapshot.timeline.shown) = (at, Some(at));
    snapshot
}

fn is_disabled(bench: &Bench, label: &str) -> bool {
    bench.harness.get_by_role_and_label(Role::Button, label).accesskit_node().is_disabled()
}

fn is_there(bench: &Bench, label: &str) -> bool {
    bench.harness.query_by_role_and_label(Role::Button, label).is_some()
}

fn handle(bench: &Bench) -> f64 {
    let slider = bench.harness.get_by_role_and_label(Role::Slider, "Timeline");
    slider.accesskit_node().numeric_value().unwrap()
}

fn ctrl(bench: &mut Bench, key: Key) {
    bench.harness.key_press_modifiers(Modifiers::COMMAND, key);
    bench.harness.run();
}

#[test]
fn the_handle_asks_for_kept_moments_and_the_window_shows_them() {
    let mut bench = Bench::with(run(families::SINE));
    assert_eq!(handle(&bench), 1284.0);
    assert!(!is_there(&bench, CONTINUE) && !is_there(&bench, BACK));
    bench.harness.get_by_role_and_label(Role::Slider, "Timeline").set_value_accesskit(647.0);
    bench.harness.run();
    assert_eq!(bench.trainer.take_look(), Some(Some(640)));
    assert_eq!(handle(&bench), 640.0);
    bench.publish(at(run(families::SINE), 640, 0.07));
    assert!(bench.says("looking back at 640 of 1,284") && bench.says("640 of 1,284"));
    assert!(is_there(&bench, CONTINUE));
    // The knobs show the values of then.
    assert_eq!(bench.settings().live.inner_rate, 0.07);
    bench.click(Role::Button, BACK);
    assert_eq!(bench.trainer.take_look(), Some(None));
    bench.publish(run(families::SINE));
    assert!(!bench.says("looking back"));
    assert_eq!(bench.settings().live, run(families::SINE).settings.live);
    assert!(bench.commands().is_empty());
}

#[test]
fn dragging_the_handle_looks_back() {
    let mut bench = Bench::with(run(families::PICTURE));
    let track = bench.harness.get_by_role_and_label(Role::Slider, "Timeline").rect();
    let at_share = |share: f32| egui::pos2(egui::lerp(track.x_range(), share), track.center().y);
    bench.harness.hover_at(at_share(0.995));
    bench.harness.drag_at(at_share(0.995));
    bench.harness.run();
    assert_eq!(bench.trainer.take_look(), None);
    let mut seen = Vec::new();
    for share in [0.75, 0.5, 0.25] {
        bench.harness.hover_at(at_share(share));
        bench.harness.run();
        seen.push(bench.trainer.take_look().unwrap().unwrap());
        let now = bench.harness.get_by_role_and_label(Role::Slider, "Timeline").rect();
        assert_eq!(now, track, "the track moved under the pointer");
        bench.publish(at(run(families::PICTURE), *seen.last().unwrap(), 0.1));
    }
    bench.harness.drop_at(at_share(0.25));
    bench.harness.run();
    // The handle's own width lies beside both ends of the track.
    for (seen, expected) in seen.iter().zip([963, 642, 321]) {
        assert!(seen.abs_diff(expected) <= 30 && seen % 10 == 0, "{seen}, not {expected}");
    }
    assert_eq!(handle(&bench), seen[2] as f64);
}

#[test]
fn keys_move_the_handle_while_it_has_the_keyboard() {
    let mut bench = Bench::with(run(families::SINE));
    bench.harness.get_by_role_and_label(Role::Slider, "Timeline").focus();
    bench.harness.run();
    for (key, expected) in [
        (Key::ArrowLeft, Some(1280)),
        (Key::ArrowLeft, Some(1270)),
        (Key::ArrowRight, Some(1280)),
        (Key::Home, Some(0)),
        (Key::ArrowRight, Some(10)),
        (Key::End, None),
    ] {
        bench.key(key);
        assert_eq!(bench.trainer.take_look(), Some(expected), "{key:?}");
        match expected {
            Some(moment) => bench.publish(at(run(families::SINE), moment, 0.01)),
            None => bench.publish(run(families::SINE)),
        }
    }
    // Without the keyboard the right arrow is a step.
    assert!(bench.commands().is_empty());
}

#[test]
fn continuing_branches_and_leaves_a_thin_line() {
    let mut bench = Bench::with(run(families::SINE));
    bench.publish(at(run(families::SINE), 640, 0.02));
    bench.harness.get_by_role_and_label(Role::Slider, Knob::INNER_RATE.label.get()).set_value_accesskit(0.05);
    bench.harness.run();
    assert_eq!(bench.trainer.take_live().map(|live| live.inner_rate), Some(0.05));
    bench.click(Role::Button, CONTINUE);
    let commands = bench.commands();
    assert!(matches!(commands.as_slice(), [Command::ContinueHere(640), Command::Play]), "{commands:?}");
    let mut branch = at(run(families::SINE), 640, 0.05);
    (branch.timeline.head, branch.timeline.last, branch.timeline.shown) = (640, 640, None);
    branch.timeline.branch = 1;
    bench.publish(branch);
    assert_eq!(bench.settings().live.inner_rate, 0.05);
    // It is named by the rates that it had in the end.
    assert!(bench.says("Curves, MAML, α 0.2, β 0.0005, left at 640"));
    // The turn on the way to the branch can be undone in it.
    ctrl(&mut bench, Key::Z);
    assert_eq!(bench.trainer.take_live().map(|live| live.inner_rate), Some(0.02));
}

#[test]
fn a_mark_says_what_was_turned_and_leads_to_the_moment_before() {
    let mut bench = Bench::with(run(families::SINE));
    let before = run(families::SINE).settings.live.inner_rate;
    let label = format!("α {before} -> 0.2 at 428");
    bench.click(Role::Button, &label);
    assert_eq!(bench.trainer.take_look(), Some(Some(420)));
    assert!(bench.says("β 0.001 -> 5e-4 at 770") || bench.says("β 0.001 -> 0.0005 at 770"));
}

#[test]
fn memory_is_shown() {
    let mut bench = Bench::with(run(families::SINE));
    bench.harness.get_by_role_and_label(Role::Slider, "Timeline").hover();
    bench.harness.run_steps(25);
    assert!(bench.says("in 12.0 of 256 MB"));
}

#[test]
fn playing_while_looking_back_is_left_to_the_trainer() {
    let mut bench = Bench::with(run(families::SINE));
    bench.publish(at(run(families::SINE), 640, 0.02));
    bench.click(Role::Button, "Play");
    assert!(matches!(bench.commands().as_slice(), [Command::Play]));
}

#[test]
fn a_knob_is_turned_back_and_again() {
    let mut bench = Bench::with(run(families::SINE));
    let start = bench.settings().live.clone();
    assert!(!is_there(&bench, "Undo"));
    // A drag over many values is one turn.
    let track = bench.harness.get_by_role_and_label(Role::Slider, Knob::OUTER_RATE.label.get()).rect();
    let at_share = |share: f32| egui::pos2(egui::lerp(track.x_range(), share), track.center().y);
    bench.harness.hover_at(at_share(0.5));
    bench.harness.drag_at(at_share(0.5));
    bench.harness.run();
    for share in [0.6, 0.7, 0.8, 0.9] {
        bench.harness.hover_at(at_share(share));
        bench.harness.run();
    }
    bench.harness.drop_at(at_share(0.9));
    bench.harness.run();
    let dragged = bench.settings().live.outer_rate;
    assert!(dragged > 2.0 * start.outer_rate);
    bench.type_value(Knob::INNER_STEPS.label.get(), "7");
    bench.trainer.take_live();
    bench.click(Role::Button, "Undo");
    assert_eq!(bench.settings().live.inner_steps, start.inner_steps);
    ctrl(&mut bench, Key::Z);
    assert_eq!(bench.settings().live, start);
    assert_eq!(bench.trainer.take_live(), Some(start.clone()));
    ctrl(&mut bench, Key::Y);
    assert_eq!(bench.settings().live.outer_rate, dragged);
    bench.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    bench.harness.run();
    assert_eq!(bench.settings().live.inner_steps, 7);
}

#[test]
fn a_text_field_undoes_its_own() {
    let mut bench = Bench::with(run(families::SINE));
    bench.type_value(Knob::INNER_STEPS.label.get(), "7");
    bench.harness.get_by_role_and_label(Role::TextInput, Knob::INNER_RATE.label.get()).focus();
    bench.harness.run();
    ctrl(&mut bench, Key::Z);
    assert_eq!(bench.settings().live.inner_steps, 7);
}

#[test]
fn a_canvas_undoes_its_own() {
    let mut bench = Bench::with(run(families::PICTURE));
    bench.type_value(Knob::INNER_STEPS.label.get(), "7");
    bench.harness.get_by_label("Draw").click();
    bench.harness.run();
    ctrl(&mut bench, Key::Z);
    assert_eq!(bench.settings().live.inner_steps, 7);
}

#[test]
fn pinned_runs_stay_over_restarts_of_their_family() {
    let mut bench = Bench::with(run(families::SINE));
    bench.key(Key::P);
    let name = "Curves, MAML";
    assert!(bench.harness.query_by_role_and_label(Role::CheckBox, name).is_some());
    let mut next = run(families::SINE);
    next.run = 2;
    bench.publish(next);
    assert!(bench.harness.query_by_role_and_label(Role::CheckBox, name).is_some());
    let mut noisier = run(families::SINE);
    noisier.run = 3;
    let mut settings = Settings::clone(&noisier.settings);
    settings.live.test_shots += 1;
    noisier.settings = Arc::new(settings);
    bench.publish(noisier);
    assert!(bench.harness.query_by_role_and_label(Role::CheckBox, name).is_none(), "other held-out tasks");
    let mut other = run(families::PLANE);
    other.run = 4;
    bench.publish(other);
    assert!(bench.harness.query_by_role_and_label(Role::CheckBox, name).is_none());
    let mut again = run(families::SINE);
    again.run = 5;
    bench.publish(again);
    bench.open("Lines");
    for _ in 0..4 {
        bench.click(Role::Button, "Pin this run");
    }
    assert!(bench.says(&format!("{name} (5)")));
    assert!(is_disabled(&bench, "Pin this run"));
    bench.open("Lines");
    bench.click(Role::CheckBox, name);
    bench.click(Role::Button, &format!("Remove {name}"));
    assert!(bench.harness.query_by_role_and_label(Role::CheckBox, name).is_none());
    bench.open("Lines");
    assert!(!is_disabled(&bench, "Pin this run"));
}

/// A branch may have outrun the run that it left before the window hears of it.
#[test]
fn undo_on_a_branch_undoes_what_was_turned_on_the_way_to_it() {
    let run = || {
        let mut snapshot = fixtures::snapshot(families::SINE, 1284);
        snapshot.timeline.start = Some(Arc::clone(&snapshot.settings));
        snapshot
    };
    let at = |at: u64, rate: f64| {
        let mut snapshot = run();
        let mut settings = Settings::clone(&snapshot.settings);
        settings.live.inner_rate = rate;
        (snapshot.settings, snapshot.phase) = (Arc::new(settings), Phase::Paused);
        (snapshot.meta_iteration, snapshot.timeline.shown) = (at, Some(at));
        snapshot
    };
    let mut bench = Bench::with(run());
    let first = bench.settings().live.clone();
    let turn = |bench: &mut Bench, knob: Knob| {
        bench.harness.get_by_role_and_label(Role::Slider, knob.label.get()).set_value_accesskit(0.05);
        bench.harness.run();
        bench.trainer.take_live();
    };
    turn(&mut bench, Knob::OUTER_RATE);
    bench.publish(at(1280, first.inner_rate));
    turn(&mut bench, Knob::INNER_RATE);
    bench.click(Role::Button, "Continue from here");
    bench.commands();
    let mut branch = at(1290, 0.05);
    (branch.timeline.head, branch.timeline.shown, branch.timeline.branch) = (1290, None, 1);
    branch.phase = Phase::Running;
    bench.publish(branch);
    bench.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    bench.harness.run();
    assert_eq!(bench.settings().live.inner_rate, first.inner_rate);
}

/// A canvas that nobody sees keeps no keys.
#[test]
fn undo_is_the_knobs_while_a_canvas_is_out_of_sight() {
    let mut bench = Bench::of(families::PICTURE);
    bench.harness.get_by_label("Draw").click();
    bench.harness.run();
    bench.key(Key::M);
    let first = bench.settings().live.inner_steps;
    bench.type_value(Knob::INNER_STEPS.label.get(), "7");
    bench.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    bench.harness.run();
    assert_eq!(bench.settings().live.inner_steps, first);
}
