//! Pictures of the window in every family, size and theme, and of what lies over it, for a person to look at:
//! `cargo run --example pictures [FOLDER]`, by default target/pictures; `cargo run --example pictures FOLDER lessons`
//! draws every step of every lesson.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Theme};
use egui_kittest::kittest::Queryable as _;
use image::RgbaImage;
use metascope::settings::{Algorithm, TaskFamily};
use metascope::train::snapshot::Phase;

use common::fixtures;
use common::picture::{SMALL, USUAL, Window, picture, picture_after};
use common::waiting::draw_until;

#[path = "pictures/lessons.rs"]
mod lessons;

#[path = "../it/common"]
mod common {
    pub mod fixtures;
    pub mod picture;
    pub mod soft_renderer;
    pub mod waiting;
}

const LARGE: [f32; 2] = [1920.0, 1080.0];

fn main() {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/target/pictures");
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| default.to_owned()));
    fs::create_dir_all(&folder).unwrap();
    if std::env::args().nth(2).is_some_and(|what| what == "lessons") {
        return lessons::every_step(&folder);
    }
    let save = |name: &str, image: RgbaImage| image.save(folder.join(format!("{name}.png"))).unwrap();
    every_family(&save);
    what_lies_over_the_window(&save);
    diverged(&save);
    side_by_side(&save);
    save("empty", picture(USUAL, 1.0, Theme::Dark, None));
    save("twice", picture(SMALL, 2.0, Theme::Dark, Some(fixtures::snapshot(TaskFamily::named("picture"), 1284))));
    println!("{}", folder.display());
}

fn every_family(save: &dyn Fn(&str, RgbaImage)) {
    const DIGITS: [Key; 9] =
        [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];
    for tasks in TaskFamily::ALL {
        for (language, keys) in [("en", &[][..]), ("zh", &[Key::L][..])] {
            let shot = |size, theme, further: &[Key]| {
                let snapshot = Some(fixtures::snapshot(tasks, 1284));
                picture_after(size, 1.0, theme, snapshot, |window| {
                    keys.iter().chain(further).for_each(|key| press(window, *key));
                })
            };
            let name = |what: &str| format!("{}_{language}_{what}", tasks.id()).to_lowercase();
            for size in [SMALL, USUAL, LARGE] {
                for theme in [Theme::Dark, Theme::Light] {
                    save(&name(&format!("{}_{theme:?}", size[0])), shot(size, theme, &[]));
                }
            }
            save(&name("present"), shot(LARGE, Theme::Dark, &[Key::F11]));
            for (index, digit) in DIGITS.into_iter().enumerate().skip(1) {
                save(&name(&format!("tab_{}", index + 1)), shot(USUAL, Theme::Dark, &[digit]));
            }
        }
    }
}

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run_steps(4);
}

fn side_by_side(save: &dyn Fn(&str, RgbaImage)) {
    for tasks in TaskFamily::ALL {
        let mut snapshot = fixtures::snapshot(tasks, 1284);
        let mut second = snapshot.clone();
        second.settings = Arc::new(second.settings.by(Algorithm::named("reptile"), false));
        snapshot.beside = Some(Arc::new(second));
        for (name, size, keys) in [
            ("strip", USUAL, &[][..]),
            ("small", SMALL, &[Key::L]),
            ("layers", USUAL, &[Key::Num6]),
            ("present", LARGE, &[Key::F11]),
        ] {
            let shot = picture_after(size, 1.0, Theme::Dark, Some(snapshot.clone()), |window| {
                keys.iter().for_each(|key| press(window, *key));
            });
            save(&format!("beside_{}_{name}", tasks.id()), shot);
        }
    }
}

fn diverged(save: &dyn Fn(&str, RgbaImage)) {
    let mut snapshot = fixtures::snapshot(TaskFamily::named("picture"), 412);
    snapshot.phase = Phase::Diverged;
    snapshot.divergence = Some(Arc::new(fixtures::divergence()));
    save("diverged", picture(SMALL, 1.0, Theme::Dark, Some(snapshot)));
}

fn what_lies_over_the_window(save: &dyn Fn(&str, RgbaImage)) {
    let shot = |name: &str, size, theme, tasks, act: &dyn Fn(&mut Window)| {
        save(name, picture_after(size, 1.0, theme, Some(fixtures::snapshot(tasks, 1284)), act));
    };
    shot("help", USUAL, Theme::Dark, TaskFamily::named("picture"), &|window| press(window, Key::F1));
    shot("images", USUAL, Theme::Light, TaskFamily::named("picture"), &|window| press(window, Key::O));
    for (name, theme) in [("Creatures", Theme::Dark), ("Textures", Theme::Light)] {
        shot(&name.to_lowercase(), SMALL, theme, TaskFamily::named("class"), &|window| {
            press(window, Key::O);
            window.get_by_label(name).click();
            draw_until("the set", || {
                window.step();
                window.query_all_by_label_contains("classes, colour").next().map(|_| ())
            });
        });
    }
    shot("advanced", SMALL, Theme::Dark, TaskFamily::named("picture"), &|window| {
        window.get_by_label("What begins again").scroll_to_me();
        window.run_steps(10);
        window.get_by_label("What begins again").click();
        window.run_steps(20);
        window.get_by_label("Apply and restart").scroll_to_me();
    });
    shot("drop", USUAL, Theme::Dark, TaskFamily::named("picture"), &|window| {
        let file = egui::HoveredFile { path: Some("pictures".into()), ..Default::default() };
        window.input_mut().hovered_files = vec![file];
    });
    for (name, theme, label) in [("tasks_menu", Theme::Dark, "Tasks"), ("algorithm_menu", Theme::Light, "Algorithm")] {
        shot(name, USUAL, theme, TaskFamily::named("picture"), &|window| {
            window.get_by_role_and_label(Role::ComboBox, label).click();
        });
    }
}
