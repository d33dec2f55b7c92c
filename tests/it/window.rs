//! The window as a user meets it: found by name, clicked, typed into.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Theme};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use metascope::settings::{ImageSource, Knob, Settings, TaskFamily};
use metascope::train::link::{Command, Event, Pace};
use metascope::train::snapshot::{Astray, Divergence, Phase, Turned};

use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::fixtures;

mod measured;
mod menu;
mod own_images;
mod room;

#[test]
fn a_slider_sends_live_settings() {
    let mut bench = Bench::of(families::PICTURE);
    bench.harness.get_by_role_and_label(Role::Slider, Knob::INNER_RATE.label.get()).set_value_accesskit(0.4);
    bench.harness.run();
    let live = bench.trainer.take_live().expect("live settings");
    assert_eq!(live.inner_rate, 0.4);
    assert_eq!(bench.settings().live.inner_rate, 0.4);
    bench.click(Role::Button, "Defaults");
    assert_eq!(bench.trainer.take_live(), Some(Settings::default().live));
}

#[test]
fn dragging_a_slider_turns_the_knob() {
    let mut bench = Bench::of(families::PICTURE);
    let track = bench.harness.get_by_role_and_label(Role::Slider, Knob::OUTER_RATE.label.get()).rect();
    let (from, to) = (track.center(), track.right_center());
    bench.harness.hover_at(from);
    bench.harness.drag_at(from);
    bench.harness.run();
    bench.harness.hover_at(to);
    bench.harness.run();
    bench.harness.drop_at(to);
    bench.harness.run();
    let live = bench.trainer.take_live().expect("live settings");
    assert!(live.outer_rate > 5e-3, "{}", live.outer_rate);
}

#[test]
fn typed_values_count_and_wrong_ones_stay() {
    let mut bench = Bench::of(families::PICTURE);
    bench.type_value(Knob::INNER_RATE.label.get(), "0.25");
    assert_eq!(bench.settings().live.inner_rate, 0.25);
    bench.type_value(Knob::INNER_RATE.label.get(), "99");
    assert!(bench.says("Out of range"));
    assert_eq!(bench.settings().live.inner_rate, 0.25);
    let field = bench.harness.get_by_role_and_label(Role::TextInput, Knob::INNER_RATE.label.get());
    assert_eq!(field.value().as_deref(), Some("99"));
    bench.type_value(Knob::INNER_RATE.label.get(), "0.3");
    assert!(!bench.says("Out of range"));
    assert_eq!(bench.settings().live.inner_rate, 0.3);
}

#[test]
fn knobs_without_effect_are_not_there() {
    for tasks in TaskFamily::ALL {
        let mut bench = Bench::of(tasks);
        let there = |bench: &Bench| {
            let role = |knob: &Knob| if knob.range().is_switch() { Role::CheckBox } else { Role::Slider };
            let drawn = |knob: &Knob| bench.harness.query_by_role_and_label(role(knob), knob.label.get()).is_some();
            Knob::ALL.into_iter().filter(drawn).collect::<Vec<_>>()
        };
        assert_eq!(there(&bench), [Knob::INNER_RATE, Knob::OUTER_RATE, Knob::INNER_STEPS], "{tasks:?}");
        bench.open("More");
        let run = &bench.settings().run;
        let alive: Vec<_> = Knob::ALL.into_iter().filter(|knob| knob.why_dead(run).is_none()).collect();
        assert_eq!(there(&bench), alive, "{tasks:?}");
    }
}

#[test]
fn few_controls_are_seen_at_the_start_and_none_is_grey() {
    let mut snapshot = fixtures::snapshot(families::COMPLETION, 300);
    snapshot.marks = [].into();
    let bench = Bench::with(snapshot);
    let roles = [Role::Button, Role::CheckBox, Role::ComboBox, Role::Slider, Role::TextInput, Role::SpinButton];
    let controls: Vec<_> = roles
        .into_iter()
        .flat_map(|role| bench.harness.query_all_by_role(role))
        .map(|node| (node.accesskit_node().label().unwrap_or_default(), node.accesskit_node().is_disabled()))
        .collect();
    assert!(controls.len() <= 30, "{}: {controls:?}", controls.len());
    assert!(controls.iter().all(|(_, grey)| !grey), "{controls:?}");
}

#[test]
fn algorithms_and_tasks_restart_with_their_preset_and_the_same_seed() {
    let mut snapshot = fixtures::snapshot(families::PICTURE, 1284);
    let mut settings = Settings::default();
    settings.run.seed = 7;
    snapshot.settings = Arc::new(settings);
    let mut bench = Bench::with(snapshot);
    bench.click(Role::ComboBox, "Algorithm");
    bench.harness.get_by_label("Reptile").click();
    bench.harness.run();
    let commands = bench.commands();
    let [Command::Restart(settings, Some(images))] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(settings.live, Settings::preset(families::PICTURE, algorithms::REPTILE).live);
    assert_eq!((settings.run.seed, images.images.len()), (7, 6));
    bench.click(Role::ComboBox, "Tasks");
    bench.harness.get_by_label("Curves").click();
    bench.harness.run();
    let commands = bench.commands();
    let [Command::Restart(settings, None)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(
        (settings.run.tasks, settings.run.algorithm, settings.run.seed),
        (families::SINE, algorithms::REPTILE, 7)
    );
}

#[test]
fn classes_are_not_drawn_from_faces() {
    let mut bench = Bench::of(families::PICTURE);
    assert_eq!(bench.settings().run.images, ImageSource::Faces);
    bench.click(Role::ComboBox, "Tasks");
    bench.harness.get_by_label(families::CLASSIFY.label()).click();
    let commands = bench.commands_when_made();
    let [Command::Restart(settings, Some(_))] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!((settings.run.tasks, &settings.run.images), (families::CLASSIFY, &ImageSource::Characters));
}

#[test]
fn a_family_brings_its_own_images_back_and_keeps_those_of_its_kind() {
    let mut bench = Bench::of(families::PICTURE);
    let mut choose = |tasks: TaskFamily| {
        bench.click(Role::ComboBox, "Tasks");
        bench.harness.get_by_label(tasks.label()).click();
        let commands = bench.commands_when_made();
        let Some(Command::Restart(settings, _)) = commands.last() else { panic!("{tasks:?}: {commands:?}") };
        assert_eq!(settings.run.tasks, tasks);
        settings.run.images.clone()
    };
    assert_eq!(choose(families::CLASS), ImageSource::Characters);
    assert_eq!(choose(families::CLUSTER), ImageSource::Characters);
    assert_eq!(choose(families::COMPLETION), ImageSource::Faces);
    choose(families::SINE);
    assert_eq!(choose(families::CLASS), ImageSource::Characters);
    assert_eq!(choose(families::PICTURE), ImageSource::Faces);
}

#[test]
fn a_run_that_left_its_best_state_says_so_once() {
    let mut snapshot = fixtures::snapshot(families::PICTURE, 1200);
    let turned = Turned { knob: Knob::INNER_RATE, at: 1100, from: 0.1, to: 0.3 };
    snapshot.astray = Some(Astray { times: 4.2, turned: Some(turned) });
    let mut bench = Bench::with(snapshot.clone());
    assert!(bench.says("is 4.20 times its best, which was at meta-iteration 900, and has stayed high"));
    assert!(bench.says("At meta-iteration 1100 the inner rate α was turned from 0.1 to 0.3"));
    bench.click(Role::Button, "Back to the best");
    assert!(matches!(bench.commands().as_slice(), [Command::BackToBest]));
    bench.click(Role::Button, "Dismiss");
    assert!(!bench.says("has stayed high"));
    bench.publish(snapshot.clone());
    assert!(!bench.says("has stayed high"));
    snapshot.timeline.best = Some(1000);
    bench.publish(snapshot);
    assert!(bench.says("has stayed high"), "it is another best state");
}

#[test]
fn frame_times_come_and_go() {
    let mut bench = Bench::of(families::SINE);
    for shown in [true, false] {
        bench.key(Key::F3);
        assert_eq!(bench.says("own work"), shown);
    }
}

#[test]
fn keys() {
    let mut bench = Bench::of(families::SINE);
    for key in [Key::Space, Key::Space, Key::Period, Key::ArrowRight, Key::S, Key::R] {
        bench.key(key);
    }
    let commands = bench.commands();
    let [
        Command::Pause,
        Command::Play,
        Command::Step,
        Command::Step,
        Command::SetPace(Pace::Slow),
        Command::Restart(..),
    ] = commands.as_slice()
    else {
        panic!("{commands:?}")
    };
    bench.key(Key::F1);
    assert!(bench.says("Keys"));
}

#[test]
fn a_text_field_keeps_its_keys() {
    let mut bench = Bench::of(families::SINE);
    bench.key(Key::O);
    bench.harness.get_by_role_and_label(Role::TextInput, "Path").focus();
    bench.harness.run();
    bench.key(Key::R);
    bench.key(Key::Space);
    assert!(bench.commands().is_empty());
}

#[test]
fn buttons_of_the_top_bar() {
    let mut bench = Bench::of(families::PLANE);
    bench.click(Role::Button, "Pause");
    bench.click(Role::Button, "Step");
    bench.click(Role::Button, "Play");
    let commands = bench.commands();
    assert!(matches!(commands.as_slice(), [Command::Pause, Command::Step, Command::Play]), "{commands:?}");
}

#[test]
fn the_ways_out_of_a_divergence() {
    let mut snapshot = fixtures::snapshot(families::PICTURE, 412);
    snapshot.phase = Phase::Diverged;
    snapshot.divergence = Some(Arc::new(fixtures::divergence()));
    let mut bench = Bench::with(snapshot.clone());
    assert!(bench.says("3.1 times too long"));
    bench.click(Role::Button, "Back to the best");
    assert!(matches!(bench.commands().as_slice(), [Command::BackToBest]));
    let mut bench = Bench::with(snapshot.clone());
    bench.click(Role::Button, "Halve α and go on");
    assert!(matches!(bench.commands().as_slice(), [Command::GoBack, Command::Play]));
    assert_eq!(bench.trainer.take_live().map(|live| live.inner_rate), Some(0.05));
    // Where the outer step overflowed, α is not to blame.
    snapshot.divergence = Some(Arc::new(Divergence { task: None, times_too_long: None, ..fixtures::divergence() }));
    let before = snapshot.settings.live.clone();
    let mut bench = Bench::with(snapshot);
    bench.click(Role::Button, "Halve β and go on");
    assert!(matches!(bench.commands().as_slice(), [Command::GoBack, Command::Play]));
    let rates = bench.trainer.take_live().map(|live| (live.inner_rate, live.outer_rate));
    assert_eq!(rates, Some((before.inner_rate, 0.5 * before.outer_rate)));
}

#[test]
fn a_paused_window_draws_no_frames() {
    let mut snapshot = fixtures::snapshot(families::PICTURE, 1284);
    snapshot.phase = Phase::Paused;
    let mut bench = Bench::with(snapshot);
    bench.harness.run();
    assert_eq!(bench.harness.run(), 1);
    let rests = |bench: &Bench| {
        let viewports = &bench.harness.output().viewport_output;
        viewports.values().all(|viewport| viewport.repaint_delay == std::time::Duration::MAX)
    };
    // The loss axis may still be on its way.
    let steps = (0..200)
        .take_while(|_| {
            !rests(&bench) && {
                bench.harness.step();
                true
            }
        })
        .count();
    assert!(rests(&bench), "asks for frames after {steps} steps");
}

#[test]
fn a_run_that_cannot_begin_leaves_the_old_settings() {
    let mut bench = Bench::of(families::PLANE);
    bench.click(Role::ComboBox, "Tasks");
    bench.harness.get_by_label("Curves").click();
    bench.harness.run();
    assert_eq!(bench.settings().run.tasks, families::SINE);
    bench.trainer.report(Event::Failed("The worker failed: restart the run".into()));
    bench.harness.step();
    bench.harness.step();
    assert!(bench.says("The worker failed"));
    assert_eq!(bench.settings().run.tasks, families::PLANE);
}

#[test]
fn the_network_is_applied_on_request() {
    let mut bench = Bench::of(families::SINE);
    bench.open("What begins again");
    bench.type_value("Layers", "20, 20, 20");
    assert!(bench.commands().is_empty());
    bench.harness.get_by_label("Apply and restart").scroll_to_me();
    bench.harness.run_steps(10);
    bench.click(Role::Button, "Apply and restart");
    let commands = bench.commands();
    let [Command::Restart(settings, None)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(settings.run.network.hidden, [20, 20, 20]);
    bench.harness.get_by_role_and_label(Role::TextInput, "Seed").scroll_to_me();
    bench.harness.run_steps(10);
    bench.type_value("Seed", "11");
    let commands = bench.commands();
    let [Command::Restart(settings, None)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(settings.run.seed, 11);
}

#[test]
fn a_double_click_puts_a_knob_back() {
    let mut bench = Bench::of(families::PICTURE);
    let slider = |bench: &Bench| {
        bench.harness.get_by_role_and_label(Role::Slider, Knob::INNER_STEPS.label.get()).rect().center()
    };
    bench.harness.get_by_role_and_label(Role::Slider, Knob::INNER_STEPS.label.get()).set_value_accesskit(9.0);
    bench.harness.run();
    assert_eq!(bench.settings().live.inner_steps, 9);
    let at = slider(&bench);
    for _ in 0..2 {
        bench.harness.hover_at(at);
        bench.harness.drag_at(at);
        bench.harness.drop_at(at);
    }
    bench.harness.run();
    assert_eq!(bench.settings().live.inner_steps, 3);
    assert_eq!(bench.trainer.take_live().map(|live| live.inner_steps), Some(3));
}

#[test]
fn the_theme_changes_and_a_curve_can_be_hidden() {
    let mut bench = Bench::of(families::PICTURE);
    bench.key(Key::T);
    assert_eq!(bench.harness.ctx.theme(), Theme::Light);
    bench.open("Lines");
    bench.click(Role::CheckBox, "learned start");
    bench.click(Role::CheckBox, "each task");
    let toggled = bench.harness.get_by_role_and_label(Role::CheckBox, "learned start").accesskit_node().toggled();
    assert_eq!(toggled, Some(egui::accesskit::Toggled::False));
}

#[test]
fn another_algorithm_can_begin_with_the_present_rates_and_the_run_before_comes_back() {
    let mut bench = Bench::of(families::SINE);
    bench.type_value(Knob::INNER_RATE.label.get(), "0.02");
    let before = bench.settings().clone();
    let mut turned = fixtures::snapshot(families::SINE, 1284);
    turned.settings = Arc::new(before.clone());
    bench.publish(turned);
    assert!(bench.harness.query_by_label("Bring back the last run").is_none(), "no run was ended");
    bench.click(Role::ComboBox, "Algorithm");
    bench.click(Role::CheckBox, "Keep my rates");
    bench.click(Role::Button, "Reptile");
    let commands = bench.commands();
    let [Command::Restart(settings, None)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!((settings.run.algorithm, settings.live.inner_rate), (algorithms::REPTILE, 0.02));
    let mut next = fixtures::snapshot(families::SINE, 3);
    (next.run, next.settings, next.can_bring_back) = (2, settings.clone(), true);
    bench.publish(next);
    bench.click(Role::Button, "Bring back the last run");
    assert!(matches!(bench.commands().as_slice(), [Command::BringBack]));
    let mut back = fixtures::snapshot(families::SINE, 1284);
    (back.run, back.settings, back.can_bring_back) = (3, Arc::new(before.clone()), true);
    bench.publish(back);
    assert_eq!(*bench.settings(), before);
}

#[test]
fn the_speed_is_chosen() {
    let mut bench = Bench::of(families::PLANE);
    bench.harness.get_by_role_and_label(Role::Slider, "Speed").set_value_accesskit(1.0);
    bench.harness.run();
    bench.key(Key::S);
    bench.key(Key::S);
    let paces: Vec<Pace> = bench
        .commands()
        .iter()
        .filter_map(|command| if let Command::SetPace(pace) = command { Some(*pace) } else { None })
        .collect();
    assert_eq!(paces, [Pace::PerSecond(1), Pace::Slow, Pace::PerSecond(1)]);
}

#[test]
fn a_hall_sees_one_place_and_tabs_for_all() {
    let mut bench = Bench::of(families::PICTURE);
    assert!(bench.says("Task losses") && bench.harness.query_by_label("Losses").is_none());
    bench.key(Key::F11);
    assert!(!bench.says("Task losses"));
    bench.click(Role::Button, "Losses");
    assert!(bench.says("Task losses"));
    bench.click(Role::Button, "Settings");
    assert!(bench.harness.query_by_role_and_label(Role::Slider, Knob::OUTER_RATE.label.get()).is_some());
    bench.key(Key::Num1);
    assert!(bench.says("k = 0"));
    bench.key(Key::F11);
    assert!(bench.says("Task losses"));
}
