//! What is shown where there is little room.

use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use metascope::settings::{ImageSource, Knob, Schedule, Settings, TaskFamily};
use metascope::text::Language;
use metascope::train::snapshot::Snapshot;

use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::fixtures;
use crate::common::snapshots::looked_at;

/// A run whose outer rate has become smaller.
fn scheduled() -> Snapshot {
    let mut snapshot = fixtures::snapshot(families::PICTURE, 123_456);
    let mut settings = snapshot.settings.as_ref().clone();
    (settings.run.outer.schedule, settings.run.outer.knee) = (Schedule::InverseSquareRoot, 10_000);
    snapshot.settings = Arc::new(settings);
    snapshot
}

#[test]
fn the_outer_rate_says_what_it_is_now_and_touches_nothing() {
    let mut bench = Bench::with(scheduled());
    for (language, now) in [(Language::English, "now 0.00028"), (Language::Chinese, "现为 0.00028")] {
        let label = bench.harness.query_all_by_label_contains(now).next();
        let label = label.unwrap_or_else(|| panic!("no room in {language:?}")).rect();
        let name = Knob::OUTER_RATE.label.r#in(language);
        let rect = |role| bench.harness.get_by_role_and_label(role, name).rect();
        let (field, slider) = (rect(Role::TextInput), rect(Role::Slider));
        assert!(!label.intersects(field) && !label.intersects(slider), "{language:?}: {label:?} {field:?} {slider:?}");
        assert!(label.right() < field.right() + 1.0 && slider.width() > 80.0, "{language:?}: {label:?} {slider:?}");
        bench.key(Key::L);
    }
}

/// The words of the top bar's line that are there, with their places.
fn line(bench: &Bench) -> Vec<(&'static str, egui::Rect)> {
    let words = ["meta-iteration", "123,456", "· 74.2/s", "· running", "· paused"];
    let place = |word: &'static str| {
        let mut nodes = bench.harness.query_all_by_label(word).map(|node| node.rect());
        nodes.find(|rect| rect.bottom() < 50.0).map(|rect| (word, rect))
    };
    words.into_iter().filter_map(place).collect()
}

#[test]
fn the_top_bar_leaves_out_what_has_no_room_and_cuts_nothing() {
    for tasks in TaskFamily::ALL {
        let mut bench = Bench::with(fixtures::snapshot(tasks, 123_456));
        let words: Vec<_> = line(&bench).into_iter().map(|(word, _)| word).collect();
        let all = ["meta-iteration", "123,456", "· 74.2/s", "· running"];
        let without = |left_out: &[&str]| all.into_iter().filter(|word| !left_out.contains(word)).collect::<Vec<_>>();
        let fitting = [without(&[]), without(&["· 74.2/s"]), without(&["· 74.2/s", "· running"])];
        assert!(fitting.contains(&words), "{tasks:?}: {words:?}");
        // Nobody points at a word between two of them, or behind the last one.
        let places = line(&bench);
        for pair in places.windows(2) {
            assert!(pair[0].1.right() < pair[1].1.left() + 0.1, "{tasks:?}: {places:?}");
        }
        let last = places.last().unwrap().1;
        let right = bench.harness.get_by_role_and_label(Role::Button, "Present").rect().left();
        assert!(last.right() <= right && last.width() < 100.0, "{tasks:?}: {last:?}");
        bench.harness.set_size(egui::vec2(1600.0, 656.0));
        bench.harness.run();
        let words: Vec<_> = line(&bench).into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, all, "{tasks:?}");
    }
}

#[test]
fn images_with_a_long_name_leave_room_in_the_hall() {
    let mut snapshot = fixtures::snapshot(families::COMPLETION, 123_456);
    let mut settings = snapshot.settings.as_ref().clone();
    settings.run.images = ImageSource::Path("/photographs/the long summer of two years ago".into());
    snapshot.settings = Arc::new(settings);
    let mut bench = Bench::with(snapshot);
    bench.key(Key::F11);
    let rect = |label: &str| bench.harness.get_by_role_and_label(Role::Button, label).rect();
    let [images, again, present] = ["Images", "Reset", "Present"].map(rect);
    assert!(images.right() < again.left() && present.right() < 1040.0, "{images:?} {again:?} {present:?}");
    assert!(present.left() - again.right() > 70.0, "room for the verdict: {again:?} {present:?}");
}

#[test]
fn escape_leads_back_from_the_hall_after_what_it_closes_first() {
    let mut bench = Bench::of(families::SINE);
    let alone = |bench: &Bench| bench.harness.query_by_role_and_label(Role::Slider, "Speed").is_none();
    bench.key(Key::F11);
    assert!(alone(&bench));
    bench.click(Role::ComboBox, "Algorithm");
    bench.key(Key::Escape);
    assert!(alone(&bench), "the menu closes first");
    bench.click(Role::Button, "Settings");
    bench.harness.get_by_role_and_label(Role::TextInput, Knob::INNER_RATE.label.get()).focus();
    bench.harness.run();
    bench.key(Key::Escape);
    assert!(alone(&bench), "a field is left first");
    bench.key(Key::Escape);
    assert!(!alone(&bench));
    bench.key(Key::Escape);
    assert!(!alone(&bench), "nothing is left that it could close");
}

/// Every text that is painted, with where it would be if nothing cut it.
fn texts(bench: &Bench) -> Vec<(String, egui::Rect)> {
    let shapes = &bench.harness.output().shapes;
    let texts = shapes.iter().filter_map(|shape| match &shape.shape {
        egui::Shape::Text(text) if shape.clip_rect.is_positive() => Some(text),
        _ => None,
    });
    texts.map(|text| (text.galley.job.text.clone(), text.visual_bounding_rect())).collect()
}

#[test]
fn titles_of_layers_in_two_halves_of_a_hall_stay_clear_of_each_other() {
    let mut snapshot = Snapshot::clone(&looked_at(Settings::preset(families::PLANE, algorithms::MAML)));
    snapshot.beside = Some(Arc::new(snapshot.clone()));
    let mut bench = Bench::sized(snapshot, egui::vec2(640.0, 400.0));
    bench.click(Role::Button, "Layers");
    for language in [Language::English, Language::Chinese] {
        let texts = texts(&bench);
        let [titles, more] = match language {
            Language::English => [["CKA", "Similarity (linear CKA)"], ["Movement", "1 alike"]],
            Language::Chinese => [["CKA", "相似度（线性 CKA）"], ["移动", "1 相似"]],
        };
        let named = |text: &String| titles.contains(&text.as_str()) || more.contains(&text.as_str());
        let all: Vec<_> = texts.iter().filter(|(text, _)| named(text)).map(|(_, rect)| *rect).collect();
        assert!(all.len() >= 4, "{language:?}: {texts:?}");
        for (index, one) in all.iter().enumerate() {
            assert!(all[..index].iter().all(|other| !one.shrink(1.0).intersects(*other)), "{language:?}: {all:?}");
        }
        bench.key(Key::L);
    }
}
