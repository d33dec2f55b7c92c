//! Pictures of the window, and what can be seen in them without a person.

use std::collections::HashSet;
use std::sync::Arc;

use egui::Theme;
use egui_kittest::kittest::Queryable as _;
use image::{GenericImageView as _, RgbaImage};
use metascope::settings::TaskFamily;
use metascope::train::snapshot::{Phase, Snapshot};

use crate::common::fixtures;
use crate::common::picture::{MARGIN, SMALL, USUAL, Window, picture, picture_after};

fn colours(image: &RgbaImage) -> usize {
    image.pixels().map(|pixel| pixel.0).collect::<HashSet<_>>().len()
}

/// The mean absolute difference of two pictures of one size, in shades of 255.
fn difference(one: &RgbaImage, other: &RgbaImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let sum: f64 = one.as_raw().iter().zip(other.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
    sum / one.as_raw().len() as f64
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
        (TaskFamily::Sine, SMALL, Theme::Dark),
        (TaskFamily::Class, SMALL, Theme::Light),
        (TaskFamily::Picture, USUAL, Theme::Dark),
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

/// Everything lies where it lies at the usual scale, drawn with four times as many pixels.
#[test]
fn twice_the_scale() {
    let shot = |tasks| Some(fixtures::snapshot(tasks, 1284));
    let usual = picture(SMALL, 1.0, Theme::Dark, shot(TaskFamily::Picture));
    let fine = picture(SMALL, 2.0, Theme::Dark, shot(TaskFamily::Picture));
    assert_eq!(fine.dimensions(), (2048, 1280));
    let halved = RgbaImage::from_fn(usual.width(), usual.height(), |x, y| {
        let mean = |channel: usize| {
            let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(i, j)| fine.get_pixel(2 * x + i, 2 * y + j)[channel]);
            (four.into_iter().map(u32::from).sum::<u32>() / 4) as u8
        };
        image::Rgba(std::array::from_fn(mean))
    });
    let other = picture(SMALL, 1.0, Theme::Dark, shot(TaskFamily::Completion));
    let (same, another) = (difference(&halved, &usual), difference(&other, &usual));
    println!("{same} {another}");
    assert!(same < 0.5 * another, "{same} from the usual scale, {another} from another window");
    // Enlarged pixels come in blocks of four.
    let blocks = |image: &RgbaImage| {
        let whole = |(x, y): &(u32, u32)| {
            let first = image.get_pixel(2 * x, 2 * y);
            [(1, 0), (0, 1), (1, 1)].iter().all(|(i, j)| image.get_pixel(2 * x + i, 2 * y + j) == first)
        };
        let all = (0..image.width() / 2).flat_map(|x| (0..image.height() / 2).map(move |y| (x, y)));
        all.filter(|at| !whole(at)).count()
    };
    println!("{}", blocks(&fine));
    assert!(blocks(&fine) > 10_000, "{} places are finer than a pixel of the usual scale", blocks(&fine));
}

#[test]
fn the_target_is_drawn_as_it_is() {
    let image = picture(USUAL, 1.0, Theme::Light, Some(fixtures::snapshot(TaskFamily::Picture, 300)));
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
    let healthy = fixtures::snapshot(TaskFamily::Picture, 412);
    let diverged =
        Snapshot { phase: Phase::Diverged, divergence: Some(Arc::new(fixtures::divergence())), ..healthy.clone() };
    let mut places = Vec::new();
    let image = picture_after(SMALL, 1.0, Theme::Dark, Some(diverged), |window| {
        for text in ["Diverged at meta-iteration 412", "3.1 times too long", "Back to", "Halve α", "Set α to the mark"]
        {
            let rect = window.get_by_label_contains(text).rect().translate(egui::vec2(-MARGIN, -MARGIN));
            places.push((text, rect));
        }
    });
    let healthy = picture(SMALL, 1.0, Theme::Dark, Some(healthy));
    let window = egui::Rect::from_min_size(egui::Pos2::ZERO, SMALL.into());
    for (text, rect) in places {
        assert!(window.contains_rect(rect) && rect.width() > 30.0 && rect.height() > 10.0, "{text}: {rect}");
        let [left, top, width, height] = [rect.left(), rect.top(), rect.width(), rect.height()].map(|side| side as u32);
        let [there, before] = [&image, &healthy].map(|image| image.view(left, top, width, height).to_image());
        assert!(colours(&there) > 20, "{text} is blank");
        println!("{text} {} {} {rect}", colours(&there), difference(&there, &before));
        assert!(difference(&there, &before) > 3.0, "{text} looks as where nothing diverged");
    }
}
