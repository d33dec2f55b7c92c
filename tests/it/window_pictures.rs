//! Pictures of the window, and what can be seen in them without a person.

use std::collections::HashSet;
use std::sync::Arc;

use egui::Theme;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use image::{GenericImageView as _, RgbaImage};
use metascope::settings::TaskFamily;
use metascope::train::snapshot::{Phase, Snapshot};

use crate::common::families;
use crate::common::fixtures;
use crate::common::picture::{MARGIN, SMALL, USUAL, Window, picture, picture_after};
use crate::common::pictures::difference;

fn colours(image: &RgbaImage) -> usize {
    image.pixels().map(|pixel| pixel.0).collect::<HashSet<_>>().len()
}

#[test]
fn every_family_in_the_smallest_window() {
    for tasks in TaskFamily::ALL {
        let image = picture(SMALL, 1.0, Theme::Dark, Some(fixtures::snapshot(tasks, 1284)));
        assert!(colours(&image) > 100, "{tasks:?} is blank");
    }
}

#[test]
fn looking_back_dims_what_came_after() {
    let shown = |family| {
        let mut snapshot = fixtures::snapshot(family, 5400);
        (snapshot.timeline.shown, snapshot.meta_iteration) = (Some(1200), 1200);
        snapshot.timeline.start = Some(Arc::clone(&snapshot.settings));
        snapshot.phase = Phase::Paused;
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
        (families::SINE, SMALL, Theme::Dark),
        (families::CLASS, SMALL, Theme::Light),
        (families::PICTURE, USUAL, Theme::Dark),
    ] {
        let back = picture_after(size, 1.0, theme, Some(shown(family)), pin);
        let mut now = shown(family);
        now.timeline.shown = None;
        let now = picture_after(size, 1.0, theme, Some(now), pin);
        if theme == Theme::Dark {
            assert!(green(&back) < green(&now), "{} {}", green(&back), green(&now));
        }
        assert!(difference(&back, &now) > 0.1, "{family:?}");
    }
}

/// The mean colour of each cell of so many pixels.
fn coarse(image: &RgbaImage, cell: u32) -> RgbaImage {
    RgbaImage::from_fn(image.width() / cell, image.height() / cell, |x, y| {
        let part = image.view(cell * x, cell * y, cell, cell);
        let sum = |channel: usize| part.pixels().map(|(_, _, pixel)| u32::from(pixel[channel])).sum::<u32>();
        image::Rgba(std::array::from_fn(|channel| (sum(channel) / cell.pow(2)) as u8))
    })
}

/// Everything lies where it lies at the usual scale, and is drawn with more than enlarged pixels.
#[test]
fn twice_the_scale() {
    let at = |scale, tasks| picture(SMALL, scale, Theme::Dark, Some(fixtures::snapshot(tasks, 1284)));
    let (usual, fine) = (at(1.0, families::PICTURE), at(2.0, families::PICTURE));
    assert_eq!(fine.dimensions(), (2048, 1280));
    let [usual, other] = [&usual, &at(1.0, families::SINE)].map(|image| coarse(image, 16));
    let (same, another) = (difference(&coarse(&fine, 32), &usual), difference(&other, &usual));
    assert!(same < 0.25 * another, "{same} from the usual scale, {another} from another window");
    let places = (0..1024).flat_map(|x| (0..640).map(move |y| (2 * x, 2 * y)));
    let is_finer = |&(x, y): &(u32, u32)| {
        let first = fine.get_pixel(x, y);
        [(1, 0), (0, 1), (1, 1)].iter().any(|(right, down)| fine.get_pixel(x + right, y + down) != first)
    };
    let finer = places.filter(is_finer).count();
    assert!(finer > 10_000, "{finer} places are finer than a pixel of the usual scale");
}

#[test]
fn the_target_is_drawn_as_it_is() {
    let image = picture(USUAL, 1.0, Theme::Light, Some(fixtures::snapshot(families::PICTURE, 300)));
    let skin = image.pixels().filter(|pixel| pixel.0[..3] == [255, 204, 51]).count();
    assert!(skin > 1000, "{skin} pixels of the first face's skin");
}

#[test]
fn before_the_first_snapshot() {
    assert!(colours(&picture(USUAL, 1.0, Theme::Dark, None)) > 20);
}

/// The message and each way out are whole in the smallest window, and painted.
#[test]
fn diverged() {
    let healthy = fixtures::snapshot(families::PICTURE, 412);
    let diverged =
        Snapshot { phase: Phase::Diverged, divergence: Some(Arc::new(fixtures::divergence())), ..healthy.clone() };
    let mut places = Vec::new();
    let image = picture_after(SMALL, 1.0, Theme::Dark, Some(diverged), |window| {
        let texts = ["Diverged at meta-iteration 412", "3.1 times too long"];
        let buttons = ["Back to the best", "Halve α and go on", "Set α below the mark (0.028)"];
        places.extend(texts.map(|text| (text, window.get_by_label_contains(text).rect())));
        places.extend(buttons.map(|name| (name, window.get_by_role_and_label(Role::Button, name).rect())));
    });
    let healthy = picture(SMALL, 1.0, Theme::Dark, Some(healthy));
    let window = egui::Rect::from_min_size(egui::Pos2::ZERO, SMALL.into());
    for (text, rect) in places {
        let rect = rect.translate(egui::vec2(-MARGIN, -MARGIN));
        assert!(window.contains_rect(rect) && rect.width() > 30.0 && rect.height() > 10.0, "{text}: {rect}");
        let [left, top, width, height] = [rect.left(), rect.top(), rect.width(), rect.height()].map(|side| side as u32);
        let [there, before] = [&image, &healthy].map(|image| image.view(left, top, width, height).to_image());
        assert!(colours(&there) > 20, "{text} is blank");
        assert!(difference(&there, &before) > 3.0, "{text} looks as where nothing diverged");
    }
}
