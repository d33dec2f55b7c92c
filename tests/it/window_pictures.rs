//! Pictures of the window, written to target/pictures for a person to look at; what can be checked
//! without a person is checked.

use std::sync::Arc;

use crate::common::fixtures;
use crate::common::soft_renderer::SoftRenderer;
use egui::Theme;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use image::RgbaImage;
use metascope::settings::TaskFamily;
use metascope::train::link::link;
use metascope::train::snapshot::Snapshot;
use metascope::window::App;

/// The test harness leaves this around the window; it is cut off again.
const MARGIN: f32 = 8.0;

fn picture(name: &str, size: [f32; 2], scale: f32, theme: Theme, snapshot: Option<Snapshot>) -> RgbaImage {
    picture_after(name, size, scale, theme, snapshot, |_| {})
}

type Window = Harness<'static, Option<App>>;

/// The picture after a person did something.
fn picture_after(
    name: &str,
    size: [f32; 2],
    scale: f32,
    theme: Theme,
    snapshot: Option<Snapshot>,
    act: impl FnOnce(&mut Window),
) -> RgbaImage {
    let (window_end, trainer_end) = link(Arc::new(|| {}));
    let settings = snapshot.as_ref().map(|snapshot| snapshot.settings.as_ref().clone()).unwrap_or_default();
    if let Some(snapshot) = snapshot {
        trainer_end.publish(snapshot);
    }
    let mut window_end = Some(window_end);
    let mut harness = Harness::builder()
        .with_size([size[0] + 2.0 * MARGIN, size[1] + 2.0 * MARGIN])
        .with_pixels_per_point(scale)
        .with_theme(theme)
        .renderer(SoftRenderer::default())
        .build_ui_state(
            move |ui, app: &mut Option<App>| {
                app.get_or_insert_with(|| {
                    App::new(ui.ctx(), window_end.take().unwrap(), settings.clone(), Some(fixtures::image_set()))
                })
                .show(ui);
            },
            None,
        );
    harness.run();
    act(&mut harness);
    harness.run_steps(10);
    let image = harness.render().unwrap();
    let margin = (MARGIN * scale) as u32;
    let image =
        image::imageops::crop_imm(&image, margin, margin, image.width() - 2 * margin, image.height() - 2 * margin)
            .to_image();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
    std::fs::create_dir_all(&folder).unwrap();
    image.save(folder.join(format!("{name}.png"))).unwrap();
    image
}

fn colours(image: &RgbaImage) -> usize {
    image.pixels().map(|pixel| pixel.0).collect::<std::collections::HashSet<_>>().len()
}

const SMALL: [f32; 2] = [1024.0, 640.0];
const USUAL: [f32; 2] = [1280.0, 800.0];
const LARGE: [f32; 2] = [1920.0, 1080.0];

fn every_family(sizes: &[([f32; 2], Theme)]) {
    for tasks in TaskFamily::ALL {
        for &(size, theme) in sizes {
            let name = format!("{}_{}_{theme:?}", tasks.id(), size[0]).to_lowercase();
            let image = picture(&name, size, 1.0, theme, Some(fixtures::snapshot(tasks, 1284)));
            assert!(colours(&image) > 100, "{name} is blank");
        }
    }
}

#[test]
fn every_family_in_the_smallest_window() {
    every_family(&[(SMALL, Theme::Dark)]);
}

#[test]
#[ignore = "pictures for a person to look at"]
fn every_family_size_and_theme() {
    every_family(&[
        (USUAL, Theme::Light),
        (USUAL, Theme::Dark),
        (LARGE, Theme::Dark),
        (LARGE, Theme::Light),
        (SMALL, Theme::Light),
    ]);
}

#[test]
fn looking_back_dims_what_came_after() {
    let shown = |family| {
        let mut snapshot = fixtures::snapshot(family, 5400);
        (snapshot.timeline.shown, snapshot.meta_iteration) = (Some(1200), 1200);
        snapshot.timeline.start = Some(Arc::clone(&snapshot.settings));
        snapshot.phase = metascope::train::snapshot::Phase::Paused;
        snapshot
    };
    let pin = |window: &mut Window| {
        for _ in 0..2 {
            window.key_press(egui::Key::P);
            window.run_steps(2);
        }
    };
    let green = |image: &RgbaImage| {
        image.pixels().filter(|pixel| pixel.0[1] > 180 && pixel.0[0] < 80 && pixel.0[2] < 170).count()
    };
    for (family, size, theme) in [
        (TaskFamily::Sine, SMALL, Theme::Dark),
        (TaskFamily::Class, SMALL, Theme::Light),
        (TaskFamily::Picture, USUAL, Theme::Dark),
    ] {
        let name = |what: &str| format!("{what}_{}_{}", family.id(), size[0]);
        let back = picture_after(&name("back"), size, 1.0, theme, Some(shown(family)), pin);
        let mut now = shown(family);
        now.timeline.shown = None;
        let now = picture_after(&name("now"), size, 1.0, theme, Some(now), pin);
        if theme == Theme::Dark {
            assert!(green(&back) < green(&now), "{} {}", green(&back), green(&now));
        }
    }
}

#[test]
fn twice_the_scale() {
    let image =
        picture("picture_2x", [1024.0, 640.0], 2.0, Theme::Dark, Some(fixtures::snapshot(TaskFamily::Picture, 1284)));
    assert_eq!(image.dimensions(), (2048, 1280));
}

#[test]
fn the_target_is_drawn_as_it_is() {
    let image =
        picture("target", [1280.0, 800.0], 1.0, Theme::Light, Some(fixtures::snapshot(TaskFamily::Picture, 300)));
    let skin = image.pixels().filter(|pixel| pixel.0[..3] == [255, 204, 51]).count();
    assert!(skin > 1000, "{skin} pixels of the first face's skin");
}

#[test]
fn before_the_first_snapshot() {
    assert!(colours(&picture("empty", [1280.0, 800.0], 1.0, Theme::Dark, None)) > 20);
}

#[test]
fn diverged() {
    let mut snapshot = fixtures::snapshot(TaskFamily::Picture, 412);
    snapshot.phase = metascope::train::snapshot::Phase::Diverged;
    snapshot.divergence = Some(Arc::new(fixtures::divergence()));
    picture("diverged", [1024.0, 640.0], 1.0, Theme::Dark, Some(snapshot));
}

#[test]
#[ignore = "pictures for a person to look at"]
fn what_lies_over_the_window() {
    let size = [1280.0, 800.0];
    let press = |key| {
        move |window: &mut Window| {
            window.key_press(key);
            window.run_steps(4);
        }
    };
    let shot = || Some(fixtures::snapshot(TaskFamily::Picture, 1284));
    picture_after("help", size, 1.0, Theme::Dark, shot(), press(egui::Key::F1));
    picture_after("images", size, 1.0, Theme::Light, shot(), press(egui::Key::O));
    let of_classes = || Some(fixtures::snapshot(TaskFamily::Class, 1284));
    for (name, theme) in [("creatures", Theme::Dark), ("textures", Theme::Light)] {
        picture_after(name, SMALL, 1.0, theme, of_classes(), |window| {
            press(egui::Key::O)(window);
            window.get_by_label(if name == "creatures" { "Creatures" } else { "Textures" }).click();
            // The set is made beside the window.
            for _ in 0..400 {
                window.step();
                if window.query_all_by_label_contains("classes, colour").next().is_some() {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        });
    }
    picture_after("advanced", [1024.0, 640.0], 1.0, Theme::Dark, shot(), |window| {
        window.get_by_label("Advanced").scroll_to_me();
        window.run_steps(10);
        window.get_by_label("Advanced").click();
        window.run_steps(20);
        window.get_by_label("Apply and restart").scroll_to_me();
    });
    picture_after("drop", size, 1.0, Theme::Dark, shot(), |window| {
        let file = egui::HoveredFile { path: Some("/tmp/pictures".into()), ..Default::default() };
        window.input_mut().hovered_files = vec![file];
    });
    picture_after("tasks_menu", size, 1.0, Theme::Dark, shot(), |window| {
        window.get_by_role_and_label(Role::ComboBox, "Tasks").click()
    });
    picture_after("algorithm_menu", size, 1.0, Theme::Light, shot(), |window| {
        window.get_by_role_and_label(Role::ComboBox, "Algorithm").click()
    });
}
