//! The map, the mark on α's track and the banner as a user meets them.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Pos2, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use metascope::settings::{Algorithm, Knob, Settings};
use metascope::train::link::{Command, link};
use metascope::train::snapshot::{Divergence, Init, LandscapePath, Phase, Snapshot};
use metascope::train::views::{Focus, Heights, Map, Stability, Tried, WhatIf};
use metascope::window::App;

use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::fixtures;
use crate::common::soft_renderer::SoftRenderer;

fn drag(bench: &mut Bench, from: Pos2, to: Pos2) {
    bench.harness.hover_at(from);
    bench.harness.run();
    bench.harness.drag_at(from);
    bench.harness.run();
    bench.harness.hover_at(from + 0.5 * (to - from));
    bench.harness.run();
    bench.harness.hover_at(to);
    bench.harness.run();
}

fn drop_at(bench: &mut Bench, at: Pos2) {
    bench.harness.drop_at(at);
    bench.harness.run();
}

fn map_rect(bench: &Bench) -> egui::Rect {
    bench.harness.get_by_label_contains("map of").rect()
}

fn what_if(bench: &Bench) -> Option<WhatIf> {
    bench.trainer.take_focus().and_then(|focus| focus.what_if)
}

/// An answer to what was asked.
fn answered(asked: &WhatIf) -> Snapshot {
    let mut snapshot = fixtures::snapshot(families::PLANE, 1284);
    let points = vec![asked.at, [0.5, 0.5], [0.9, 0.6]];
    snapshot.closeups.tried = Some(Arc::new(Tried {
        asked: asked.clone(),
        at: Some(asked.at),
        paths: vec![LandscapePath { init: Init::Learned, task: "w".into(), own: true, points }],
        here: [2.31, 0.42],
        at_phi: [2.29, 0.4],
        steps: 10,
    }));
    snapshot
}

#[test]
fn the_window_asks_for_the_limits_and_the_map() {
    let bench = Bench::of(families::SINE);
    let focus = bench.trainer.take_focus();
    assert_eq!(focus, Some(Focus { stability: true, landscape: Some(Map::default()), ..Focus::default() }));
}

#[test]
fn phi_is_dragged_let_go_and_brought_back() {
    let mut bench = Bench::of(families::PLANE);
    bench.key(Key::M);
    let _ = bench.trainer.take_focus();
    let map = map_rect(&bench);
    // The map of these numbers goes from -2 to 2, with φ in its middle.
    let (phi, to) = (map.center(), map.center() + vec2(0.25 * map.width(), -0.125 * map.height()));
    drag(&mut bench, phi, to);
    let asked = what_if(&bench).expect("what if φ were there");
    assert!((asked.at[0] - 1.0).abs() < 0.05 && (asked.at[1] - 0.5).abs() < 0.05, "{:?}", asked.at);
    assert!(bench.says("here: adapting"));
    bench.publish(answered(&asked));
    assert!(bench.says("here: 2.31 → 0.420") && bench.says("at φ: 2.29 → 0.400"));
    drop_at(&mut bench, to);
    assert!(bench.says("here: 2.31"), "it stays when it is let go");
    assert!(bench.trainer.take_focus().is_none_or(|focus| focus.what_if.is_some()));
    // It can be taken hold of again where it is.
    let below = phi + vec2(0.0, 0.25 * map.height());
    drag(&mut bench, to, below);
    let again = what_if(&bench).expect("another place");
    assert!(again.at[0].abs() < 0.05 && again.at != asked.at, "{:?}", again.at);
    drop_at(&mut bench, below);
    let _ = bench.trainer.take_focus();
    bench.key(Key::Escape);
    assert_eq!(bench.trainer.take_focus().map(|focus| focus.what_if), Some(None));
    assert!(!bench.says("here:"));
    for way in ["button", "double click", "another run"] {
        drag(&mut bench, phi, to);
        drop_at(&mut bench, to);
        assert!(what_if(&bench).is_some(), "{way}");
        match way {
            "button" => bench.click(Role::Button, "Back to φ"),
            "double click" => {
                bench.harness.get_by_label_contains("map of").click();
                bench.harness.get_by_label_contains("map of").click();
                bench.harness.run();
            }
            _ => bench.publish(Snapshot { run: 2, ..fixtures::snapshot(families::PLANE, 3) }),
        }
        assert_eq!(bench.trainer.take_focus().map(|focus| focus.what_if), Some(None), "{way}");
    }
}

#[test]
fn only_phi_can_be_dragged() {
    let mut bench = Bench::of(families::PLANE);
    let _ = bench.trainer.take_focus();
    let map = map_rect(&bench);
    let corner = map.left_top() + 0.1 * map.size();
    drag(&mut bench, corner, map.center());
    drop_at(&mut bench, map.center());
    assert_eq!(what_if(&bench), None);
    assert!(bench.commands().is_empty());
}

#[test]
fn heights_and_plane_are_chosen_by_name() {
    let mut bench = Bench::of(families::SINE);
    let _ = bench.trainer.take_focus();
    let names: Vec<String> = {
        let snapshot = fixtures::snapshot(families::SINE, 1284);
        snapshot.evaluation.unwrap().tasks.iter().map(|task| task.name.to_string()).collect()
    };
    bench.click(Role::Button, "Heights");
    bench.click(Role::Button, "Mean loss after adaptation");
    assert!(bench.harness.query_by_role_and_label(Role::Button, "Mean loss after adaptation").is_none(), "it closes");
    let map = |bench: &Bench| bench.trainer.take_focus().and_then(|focus| focus.landscape);
    assert_eq!(map(&bench), Some(Map { heights: Heights::Adapted, through: [0, 1] }));
    bench.click(Role::Button, "Heights");
    bench.click(Role::Button, &format!("Loss of {}", names[2]));
    assert_eq!(map(&bench), Some(Map { heights: Heights::Task(2), through: [0, 1] }));
    bench.click(Role::Button, "Heights");
    bench.click(Role::Button, &format!("↑ {}", names[3]));
    assert_eq!(map(&bench), Some(Map { heights: Heights::Task(2), through: [0, 3] }));
    let name = format!("→ {}", names[3]);
    let taken = bench.harness.get_by_role_and_label(Role::Button, &name);
    assert!(taken.accesskit_node().is_disabled(), "both axes cannot lead to one task");
}

fn measured(algorithm: Algorithm, limits: Option<&[f64]>) -> Snapshot {
    let mut snapshot = fixtures::snapshot(families::SINE, 1284);
    snapshot.settings = Arc::new(Settings::preset(families::SINE, algorithm));
    let stability = limits.map(|limits| Arc::new(Stability { meta_iteration: 1284, limits: limits.to_vec() }));
    snapshot.closeups.stability = stability;
    snapshot
}

#[test]
fn alpha_says_from_where_on_a_step_overshoots() {
    let mut bench = Bench::with(measured(algorithms::MAML, Some(&[0.31, 0.9, 0.23])));
    bench.harness.get_by_role_and_label(Role::Slider, Knob::INNER_RATE.label.get()).hover();
    bench.harness.run_steps(25);
    assert!(bench.says("From 0.23 on the inner step overshoots: 2/λ_max of task 3's support loss"));
    let mut bench = Bench::with(measured(algorithms::META_SGD, None));
    let slider = bench.harness.query_by_role_and_label(Role::Slider, Knob::INNER_RATE.label.get());
    assert!(slider.is_none(), "it learns its own inner rates");
    bench.harness.run_steps(25);
    assert!(!bench.says("overshoots"));
}

/// Where α's track is in the colour of danger, as shares of its width.
fn danger_on_the_track(snapshot: Snapshot) -> Vec<f32> {
    let (window_end, trainer_end) = link(Arc::new(|| {}));
    let settings = snapshot.settings.as_ref().clone();
    trainer_end.publish(snapshot);
    let mut window_end = Some(window_end);
    let mut harness: Harness<'static, Option<App>> = Harness::builder()
        .with_size([1040.0, 656.0])
        .with_theme(Theme::Dark)
        .renderer(SoftRenderer::default())
        .build_ui_state(
            move |ui, app: &mut Option<App>| {
                app.get_or_insert_with(|| App::new(ui.ctx(), window_end.take().unwrap(), settings.clone(), None))
                    .show(ui);
            },
            None,
        );
    harness.run();
    harness.run_steps(5);
    let track = harness.get_by_role_and_label(Role::Slider, Knob::INNER_RATE.label.get()).rect();
    let image = harness.render().unwrap();
    let is_danger = |x: u32, y: u32| {
        let [red, green, blue, _] = image.get_pixel(x, y).0.map(i32::from);
        red > 150 && red > green + 60 && green > blue + 20
    };
    let columns = track.left() as u32..track.right() as u32;
    let rows = || track.top() as u32..track.bottom() as u32;
    let hit = columns.filter(|&x| rows().any(|y| is_danger(x, y)));
    hit.map(|x| (x as f32 - track.left()) / track.width()).collect()
}

#[test]
fn the_track_is_hatched_from_the_limit_on() {
    assert!(danger_on_the_track(measured(algorithms::MAML, None)).is_empty());
    // 0.316 is at 0.7 of five decades from 0.0001.
    let hit = danger_on_the_track(measured(algorithms::MAML, Some(&[0.9, 0.316])));
    let first = hit.first().copied().unwrap();
    assert!((first - 0.7).abs() < 0.03, "{first}");
    assert!(hit.last().copied().unwrap() > 0.97 && hit.len() > 20, "{hit:?}");
    assert!(danger_on_the_track(measured(algorithms::MAML, Some(&[f64::INFINITY, 50.0]))).is_empty());
}

fn diverged(divergence: Divergence) -> Bench {
    let mut snapshot = fixtures::snapshot(families::PICTURE, 412);
    snapshot.phase = Phase::Diverged;
    snapshot.divergence = Some(Arc::new(divergence));
    Bench::with(snapshot)
}

#[test]
fn the_banner_sets_alpha_to_the_mark() {
    let mut bench = diverged(fixtures::divergence());
    assert!(bench.says("where inner step 2 of 3 first raised its support loss"));
    bench.click(Role::Button, "Set α below the mark (0.028)");
    assert!(matches!(bench.commands().as_slice(), [Command::GoBack, Command::Play]));
    assert_eq!(bench.trainer.take_live().map(|live| live.inner_rate), Some(0.028));
}

#[test]
fn the_banner_says_why_alpha_is_not_to_be_set() {
    let cases = [
        (Divergence { task: None, ..fixtures::divergence() }, "α is not to blame"),
        (Divergence { limit: Some(0.5), ..fixtures::divergence() }, "α is within its limit"),
        (Divergence { limit: None, ..fixtures::divergence() }, "No limit of α could be measured"),
        (Divergence { limit: Some(5e-5), ..fixtures::divergence() }, "below what α can be set to"),
    ];
    for (divergence, reason) in cases {
        let mut bench = diverged(divergence);
        let button = bench.harness.get_by_role_and_label(Role::Button, "Set α below the mark");
        assert!(button.accesskit_node().is_disabled(), "{reason}");
        button.hover();
        bench.harness.run_steps(25);
        assert!(bench.says(reason), "{reason}");
    }
}
