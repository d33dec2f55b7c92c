//! At every zoom and in every window all controls are whole, or can be scrolled to, and none lies on another.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Id, Key, Modifiers, Rect, Vec2, vec2};
use egui_kittest::kittest::Queryable as _;
use metascope::lessons::progress::Progress;
use metascope::settings::TaskFamily;

use super::{Control, controls};
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::fixtures;

const ZOOMS: [f32; 6] = [0.8, 1.0, 1.25, 1.5, 2.0, 2.5];
const WINDOWS: [[f32; 2]; 4] = [[1024.0, 640.0], [1280.0, 800.0], [1920.0, 1080.0], [3840.0, 2160.0]];

/// How far two may touch, in points.
const TOUCH: f32 = 1.0;

/// Edges of panels are taken hold of on both sides of a line.
fn is_edge(control: &Control) -> bool {
    control.role == Some(Role::Splitter)
}

/// Marks lie on the timeline that they belong to.
fn belongs(one: &Control, other: &Control, timeline: Option<Rect>) -> bool {
    let on = |control: &Control| timeline.is_some_and(|track| track.expand(2.0).contains_rect(control.whole));
    on(one) && on(other)
}

/// What is wrong with the window as it is.
fn wrong(bench: &mut Bench) -> Vec<String> {
    let window = bench.harness.ctx.content_rect();
    let all: Vec<Control> = controls(bench).into_iter().filter(|control| !is_edge(control)).collect();
    let timeline = all.iter().find(|control| ["Timeline", "时间线"].contains(&control.name.as_str()));
    let timeline = timeline.map(|control| control.whole);
    let mut wrong = Vec::new();
    let seen: Vec<&Control> = all.iter().filter(|control| control.is_seen()).collect();
    for (index, one) in seen.iter().enumerate() {
        for other in &seen[..index] {
            let both = one.seen.intersect(other.seen);
            let overlap = both.width() > TOUCH && both.height() > TOUCH;
            if one.layer == other.layer && overlap && !belongs(one, other, timeline) {
                wrong.push(format!("{:?} {} on {:?} {}: {both:?}", one.role, one.name, other.role, other.name));
            }
        }
    }
    let cut = |control: &Control| {
        let shown = control.seen.intersect(window);
        shown.width() < control.whole.width() - TOUCH || shown.height() < control.whole.height() - TOUCH
    };
    let ids: Vec<Id> = all.iter().filter(|control| cut(control)).map(|control| control.id).collect();
    for id in ids {
        bench.harness.event(egui::Event::AccessKitActionRequest(egui::accesskit::ActionRequest {
            action: egui::accesskit::Action::ScrollIntoView,
            target_node: id.accesskit_id(),
            target_tree: egui::accesskit::TreeId::ROOT,
            data: None,
        }));
        bench.harness.run_steps(16);
        let now = controls(bench).into_iter().find(|control| control.id == id);
        if let Some(now) = now.filter(|now| cut(now)) {
            wrong.push(format!("{:?} {} is cut: {:?} of {:?} in {window:?}", now.role, now.name, now.seen, now.whole));
        }
    }
    wrong
}

/// Every page of the window as it is, in both languages.
fn pages(bench: &mut Bench, what: &str, all: &mut Vec<String>) {
    const DIGITS: [Key; 8] = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8];
    for language in ["English", "Chinese"] {
        let mut pages = Vec::new();
        for digit in DIGITS {
            bench.key(digit);
            let page: Vec<Id> = controls(bench).into_iter().map(|control| control.id).collect();
            if pages.contains(&page) {
                continue;
            }
            pages.push(page);
            let found = wrong(bench);
            all.extend(found.into_iter().map(|wrong| format!("{what}, {language}, {digit:?}: {wrong}")));
        }
        bench.key(Key::L);
    }
}

/// Windows that were opened at a zoom, and windows that are zoomed.
fn check(tasks: TaskFamily) {
    let (mut sizes, mut all) = (Vec::new(), Vec::new());
    for window in WINDOWS.map(Vec2::from) {
        let mut zoomed = Bench::sized(fixtures::snapshot(tasks, 1284), window);
        for zoom in ZOOMS {
            zoomed.harness.ctx.set_zoom_factor(zoom);
            zoomed.harness.run_steps(4);
            assert_eq!(zoomed.harness.ctx.content_rect().size().round(), (window / zoom).round());
            pages(&mut zoomed, &format!("{window} zoomed by {zoom}"), &mut all);
            if !sizes.contains(&(window / zoom)) {
                sizes.push(window / zoom);
                let mut opened = Bench::sized(fixtures::snapshot(tasks, 1284), window / zoom);
                pages(&mut opened, &format!("{window} opened at {zoom}"), &mut all);
            }
        }
    }
    assert!(all.is_empty(), "{}:\n{}", all.len(), all.join("\n"));
}

#[test]
fn dialogs_are_whole_at_every_zoom() {
    let mut all = Vec::new();
    for window in WINDOWS.map(Vec2::from) {
        for zoom in ZOOMS {
            let mut bench = Bench::sized(fixtures::snapshot(families::COMPLETION, 1284), window / zoom);
            for language in ["English", "Chinese"] {
                for key in [Key::F1, Key::O, Key::C] {
                    bench.key(key);
                    bench.harness.run_steps(4);
                    let found = wrong(&mut bench);
                    all.extend(
                        found.into_iter().map(|wrong| format!("{window} / {zoom}, {language}, {key:?}: {wrong}")),
                    );
                    bench.key(Key::Escape);
                }
                bench.key(Key::L);
            }
        }
    }
    assert!(all.is_empty(), "{}:\n{}", all.len(), all.join("\n"));
}

#[test]
fn pictures_are_whole_at_every_zoom() {
    check(families::COMPLETION);
}

#[test]
fn curves_are_whole_at_every_zoom() {
    check(families::SINE);
}

fn zoomed(bench: &mut Bench, key: Key) -> f32 {
    bench.harness.key_press_modifiers(Modifiers::COMMAND, key);
    bench.harness.run();
    bench.harness.ctx.zoom_factor()
}

#[test]
fn the_keyboard_zooms_and_ends_where_the_window_is_of_use() {
    let mut bench = Bench::sized(fixtures::snapshot(families::SINE, 1284), vec2(1280.0, 800.0));
    assert_eq!(zoomed(&mut bench, Key::Plus), 1.1);
    assert_eq!(zoomed(&mut bench, Key::Equals), 1.2);
    assert_eq!(zoomed(&mut bench, Key::Minus), 1.1);
    assert_eq!(zoomed(&mut bench, Key::Num0), 1.0);
    for _ in 0..30 {
        zoomed(&mut bench, Key::Plus);
    }
    assert_eq!(bench.harness.ctx.zoom_factor(), 2.5);
    for _ in 0..30 {
        zoomed(&mut bench, Key::Minus);
    }
    assert_eq!(bench.harness.ctx.zoom_factor(), 0.8);
    assert!(bench.commands().is_empty(), "a digit with Ctrl is no tab, and no key of zooming a command");
    assert!(bench.harness.query_by_label("Enlarge").is_some());
}

#[test]
fn a_lesson_in_the_hall_has_the_room_and_nothing_lies_on_the_formulas() {
    let mut all = Vec::new();
    for window in [[1280.0, 800.0], [1024.0, 640.0]].map(Vec2::from) {
        for lesson in metascope::lessons::built_in() {
            let mut bench = Bench::sized(fixtures::snapshot(lesson.settings().run.tasks, 0), window);
            let ctx = bench.harness.ctx.clone();
            let progress = Progress::new(Arc::clone(lesson));
            bench.harness.state_mut().as_mut().unwrap().take_up_lesson(&ctx, progress);
            bench.key(Key::F11);
            bench.harness.run_steps(8);
            let what = format!("{} in {window}", lesson.id);
            let shown: Vec<Control> = controls(&bench).into_iter().filter(Control::is_seen).collect();
            let answers = shown.iter().any(|control| control.role == Some(Role::RadioButton));
            if window.y > 700.0 && lesson.window.knobs.is_empty() && !answers {
                all.push(format!("{what}: the card has the room alone, and no answer is seen"));
            }
            let mut settings = bench.harness.query_all_by_label("Settings").map(|node| node.rect().top());
            let lower = 0.6 * bench.harness.ctx.content_rect().height();
            if !lesson.window.knobs.is_empty() && !settings.any(|top| top > lower) {
                all.push(format!("{what}: the card has not most of the room"));
            }
            for formula in bench.harness.query_all_by_label_contains("∇").map(|node| node.rect()) {
                let on = shown.iter().filter(|control| control.seen.intersect(formula).is_positive());
                all.extend(on.map(|control| format!("{what}: {} lies on a formula", control.name)));
            }
        }
    }
    assert!(all.is_empty(), "{}:\n{}", all.len(), all.join("\n"));
}
