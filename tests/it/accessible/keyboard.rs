//! Everything can be reached and used without a pointer, and has a name.

use egui::accesskit::Role;
use egui::{Id, Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use metascope::settings::{Knob, TaskFamily};
use metascope::train::link::{Command, Pace};

use super::{Control, controls};
use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::fixtures;

fn usual(tasks: TaskFamily) -> Bench {
    Bench::sized(fixtures::snapshot(tasks, 1284), vec2(1280.0, 800.0))
}

fn focused(bench: &Bench) -> Option<Id> {
    bench.harness.ctx.memory(|memory| memory.focused())
}

/// Presses Tab until the keyboard comes round.
fn walk(bench: &mut Bench) -> Vec<Control> {
    let mut reached: Vec<Control> = Vec::new();
    for _ in 0..300 {
        bench.key(Key::Tab);
        let Some(id) = focused(bench) else { continue };
        if reached.first().is_some_and(|first| first.id == id) {
            return reached;
        }
        let control = controls(bench).into_iter().find(|control| control.id == id);
        reached.push(control.unwrap_or_else(|| panic!("{id:?} is no control, after {:?}", reached.last())));
    }
    panic!("Tab does not come round: {reached:?}");
}

/// Presses Tab until a control of this name has the keyboard.
fn tab_to(bench: &mut Bench, role: Role, name: &str) {
    for _ in 0..300 {
        bench.key(Key::Tab);
        let node = bench.harness.query_by_role_and_label(role, name);
        if node.is_some_and(|node| node.accesskit_node().is_focused()) {
            return;
        }
    }
    panic!("no {role:?} {name:?} on the way of Tab");
}

#[test]
fn tab_reaches_every_control_and_each_has_a_name() {
    for (tasks, language) in TaskFamily::ALL.into_iter().flat_map(|tasks| [(tasks, "English"), (tasks, "Chinese")]) {
        let mut bench = usual(tasks);
        if language == "Chinese" {
            bench.key(Key::L);
        }
        reach_all(&mut bench, tasks.id(), language);
    }
}

#[test]
fn tab_reaches_every_control_of_a_lesson_and_of_the_desk_where_one_is_made() {
    let lesson = &metascope::lessons::built_in()[0];
    let mut bench = Bench::sized(fixtures::snapshot(lesson.settings().run.tasks, 0), vec2(1280.0, 800.0));
    let ctx = bench.harness.ctx.clone();
    let progress = metascope::lessons::progress::Progress::new(std::sync::Arc::clone(lesson));
    bench.harness.state_mut().as_mut().unwrap().take_up_lesson(&ctx, progress);
    bench.harness.run();
    reach_all(&mut bench, "a lesson", "English");
    bench.key(Key::F1);
    bench.click(Role::Button, "Lessons");
    bench.click(Role::Button, "Lesson from this…");
    bench.click(Role::Button, "+ Predict");
    reach_all(&mut bench, "the desk", "English");
}

fn reach_all(bench: &mut Bench, what: &str, language: &str) {
    let seen: Vec<Control> = controls(bench).into_iter().filter(Control::is_seen).collect();
    let reached = walk(bench);
    assert!(seen.len() > 25, "{what}: {seen:?}");
    for control in &seen {
        let found = reached.iter().any(|other| other.id == control.id);
        assert!(found, "{what}: Tab passes {control:?}");
    }
    for control in seen.iter().chain(&reached) {
        assert!(control.role.is_some() && !control.name.trim().is_empty(), "{what}: no name: {control:?}");
        let chinese = control.name.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        let words = control.name.split(|c: char| !c.is_alphabetic()).any(|word| word.len() > 3);
        let foreign = language == "Chinese" && words && !chinese && control.role == Some(Role::Splitter);
        assert!(!foreign, "{what}: {control:?}");
    }
}

#[test]
fn what_tab_reaches_comes_into_view_and_is_marked() {
    let mut bench = Bench::of(families::SINE);
    bench.open("More");
    bench.open("What begins again");
    let hidden =
        |control: &Control| !control.whole.is_negative() && control.seen.height() < control.whole.height() - 1.0;
    let below: Vec<Control> = controls(&bench).into_iter().filter(hidden).collect();
    assert!(below.len() > 3, "{below:?}");
    let mut shown = 0;
    for _ in 0..300 {
        bench.key(Key::Tab);
        bench.harness.run_steps(12);
        let Some(id) = focused(&bench) else { continue };
        if below.iter().any(|control| control.id == id) {
            let now = controls(&bench).into_iter().find(|control| control.id == id).unwrap();
            assert!(!hidden(&now), "{now:?}");
            shown += 1;
        }
        if shown == below.len() {
            return;
        }
    }
    panic!("{shown} of {below:?}");
}

#[test]
fn space_and_enter_press_buttons() {
    let mut bench = usual(families::COMPLETION);
    for key in [Key::Space, Key::Enter] {
        tab_to(&mut bench, Role::Button, "Step");
        bench.key(key);
        assert!(matches!(bench.commands().as_slice(), [Command::Step]), "{key:?}");
    }
    tab_to(&mut bench, Role::Button, "Outer step");
    bench.key(Key::Space);
    assert!(bench.says("The coming outer step taken apart"));
}

#[test]
fn arrows_move_sliders() {
    let mut bench = usual(families::COMPLETION);
    tab_to(&mut bench, Role::Slider, Knob::INNER_STEPS.label.get());
    let before = bench.settings().live.inner_steps;
    bench.key(Key::ArrowRight);
    assert_eq!(bench.settings().live.inner_steps, before + 1);
    bench.key(Key::ArrowLeft);
    assert_eq!(bench.settings().live.inner_steps, before);
    tab_to(&mut bench, Role::Slider, Knob::INNER_RATE.label.get());
    let before = bench.settings().live.inner_rate;
    bench.key(Key::ArrowRight);
    assert!(bench.settings().live.inner_rate > before);
    assert!(bench.commands().is_empty(), "an arrow on a slider is no step");
    tab_to(&mut bench, Role::Slider, "Speed");
    bench.key(Key::ArrowLeft);
    assert!(matches!(bench.commands().as_slice(), [Command::SetPace(pace)] if *pace != Pace::Full));
    tab_to(&mut bench, Role::Slider, "Timeline");
    bench.key(Key::ArrowLeft);
    assert!(matches!(bench.trainer.take_look(), Some(Some(_))));
}

#[test]
fn lists_and_menus_open_and_choose() {
    let mut bench = usual(families::COMPLETION);
    tab_to(&mut bench, Role::ComboBox, "Algorithm");
    bench.key(Key::Space);
    bench.harness.run();
    assert!(bench.harness.query_by_role_and_label(Role::CheckBox, "Keep my rates").is_some(), "the list is open");
    tab_to(&mut bench, Role::Button, "Reptile");
    bench.key(Key::Enter);
    let commands = bench.commands_when_made();
    let [Command::Restart(settings, _)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(settings.run.algorithm, algorithms::REPTILE);
    tab_to(&mut bench, Role::ComboBox, "Tasks");
    bench.key(Key::Enter);
    // The list begins with the family that is chosen, or with the first.
    bench.key(Key::ArrowDown);
    let named = |bench: &Bench| controls(bench).into_iter().find(|control| Some(control.id) == focused(bench));
    let first = named(&bench).expect("an entry of the list").name;
    assert!(TaskFamily::ALL.iter().any(|tasks| tasks.label() == first), "{first}");
    bench.key(Key::Escape);
    tab_to(&mut bench, Role::Button, "Lines");
    bench.key(Key::Space);
    tab_to(&mut bench, Role::CheckBox, "learned start");
    bench.key(Key::Space);
    let toggled = bench.harness.get_by_role_and_label(Role::CheckBox, "learned start").accesskit_node().toggled();
    assert_eq!(toggled, Some(egui::accesskit::Toggled::False));
}

/// Escape lets go of the keyboard, and the shortcuts work again.
#[test]
fn escape_gives_the_shortcuts_back() {
    let mut bench = usual(families::COMPLETION);
    tab_to(&mut bench, Role::Button, "Help");
    bench.key(Key::S);
    assert!(bench.commands().is_empty());
    bench.key(Key::Escape);
    bench.key(Key::S);
    assert!(matches!(bench.commands().as_slice(), [Command::SetPace(Pace::Slow)]));
}

/// Every large view says what it shows, in a node as large as what is drawn.
#[test]
fn every_large_view_has_a_name() {
    let snapshot = crate::common::snapshots::looked_at(super::contrast::small(families::SINE, algorithms::META_SGD));
    let mut snapshot = metascope::train::snapshot::Snapshot::clone(&snapshot);
    snapshot.landscape = fixtures::snapshot(families::SINE, 1284).landscape;
    snapshot.curves = fixtures::snapshot(families::SINE, 1284).curves;
    let mut bench = Bench::sized(snapshot, vec2(1280.0, 800.0));
    let images = |bench: &Bench| -> Vec<String> {
        let images = bench.harness.query_all_by_role(Role::Image);
        images.filter_map(|image| image.accesskit_node().label()).filter(|name| !name.is_empty()).collect()
    };
    let views = [
        ("What it makes", "k = 0"),
        ("Parameters", "map of"),
        ("Outer step", "first order"),
        ("Test steps", "Learned start: query loss"),
        ("Layers", "layer 1"),
    ];
    for (tab, name) in views {
        bench.click(Role::Button, tab);
        let names = images(&bench);
        assert!(names.iter().any(|said| said.contains(name)), "{tab}: {names:?}");
        assert!(names.iter().any(|said| said.contains("Task losses")), "{tab}: {names:?}");
    }
    bench.harness.key_press_modifiers(Modifiers::NONE, Key::Num1);
    bench.harness.run();
}
