//! What is taken out of the window: pictures, drawings, films, tables.

use std::io::{Cursor, Read as _};
use std::path::Path;
use std::sync::mpsc::channel;

use egui::{Color32, Rect, Theme, pos2, vec2};
use egui_kittest::kittest::Queryable as _;
use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder as _, RgbaImage};
use metascope::keep::keeper::Keeper;
use metascope::keep::kinds::{self, Kind};
use metascope::keep::png;
use metascope::keep::run_file::RunFileError;
use metascope::keep::subject::Subject;
use metascope::keep::work::Work;
use metascope::meta::cancel::Cancel;
use metascope::settings::{Settings, TaskFamily};
use metascope::train::link::Command;
use metascope::train::trainer::{Saved, Trainer};
use metascope::window::darkroom::camera::{Camera, Shot};
use metascope::window::darkroom::film::FILMS;
use tempfile::tempdir;

use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::fixtures;
use crate::common::picture::{USUAL, picture, picture_after};
use crate::common::pictures::difference;
use crate::common::runs::train_to;
use crate::common::sets;
use crate::common::waiting::wait_until;

/// The large view of a window of the usual size, roughly.
fn place() -> Rect {
    Rect::from_min_size(pos2(240.0, 90.0), vec2(700.0, 400.0))
}

fn shot(bench: &mut Bench, sharper: f32) -> Shot {
    let (sender, taken) = channel();
    Camera::take(&bench.harness.ctx, place(), sharper, Color32::BLACK, move |shot| drop(sender.send(shot)));
    bench.wait_until("a picture", |_| taken.try_recv().ok())
}

fn bench() -> Bench {
    Bench::sized(fixtures::snapshot(families::PICTURE, 1284), USUAL.into())
}

#[test]
fn a_picture_of_a_view_is_what_the_screen_shows() {
    let mut taken = None;
    let screen = picture_after(USUAL, 1.0, Theme::Dark, Some(fixtures::snapshot(families::SINE, 1284)), |window| {
        let (sender, shots) = channel();
        let rect = Rect::from_min_size(pos2(8.0, 8.0), USUAL.into());
        Camera::take(&window.ctx, rect, 1.0, Color32::BLACK, move |shot| drop(sender.send(shot)));
        taken = Some(wait_until("a picture", || {
            window.step();
            shots.try_recv().ok()
        }));
    });
    let own = taken.unwrap().picture().unwrap();
    let apart = difference(&own, &screen);
    assert!(apart < 0.2, "{apart}");
}

#[test]
fn twice_as_sharp_has_four_times_the_pixels_and_shows_the_same() {
    let mut bench = bench();
    let before = bench.harness.ctx.pixels_per_point();
    let [usual, sharp] = [1.0, 2.0].map(|sharper| shot(&mut bench, sharper).picture().unwrap());
    assert_eq!([usual.width(), usual.height()], [700, 400]);
    assert_eq!([sharp.width(), sharp.height()], [1400, 800]);
    let smaller = image::imageops::resize(&sharp, 700, 400, image::imageops::FilterType::Triangle);
    assert!(difference(&usual, &smaller) < 6.0, "{}", difference(&usual, &smaller));
    let enlarged = image::imageops::resize(&usual, 1400, 800, image::imageops::FilterType::Nearest);
    assert!(difference(&enlarged, &sharp) > 0.5, "it is drawn anew, not enlarged");
    bench.harness.run();
    assert_eq!(bench.harness.ctx.pixels_per_point(), before, "the window is as it was");
}

#[test]
fn a_drawing_shows_the_same_as_the_picture() {
    let mut bench = bench();
    let shot = shot(&mut bench, 1.0);
    let drawing = shot.drawing();
    assert!(drawing.contains(">k = 0</text>"), "text stays text");
    assert!(drawing.contains("<image"), "pictures are within");
    let tree = resvg::usvg::Tree::from_str(&drawing, &resvg::usvg::Options::default()).unwrap();
    let mut pixels = resvg::tiny_skia::Pixmap::new(700, 400).unwrap();
    resvg::render(&tree, resvg::tiny_skia::Transform::identity(), &mut pixels.as_mut());
    let drawn = RgbaImage::from_raw(700, 400, pixels.take()).unwrap();
    // Letters are not drawn here, and pictures inside need a decoder: frames, lines and grounds are.
    let apart = difference(&drawn, &shot.picture().unwrap());
    assert!(apart < 60.0, "{apart}");
}

#[test]
fn a_right_click_on_a_view_opens_what_it_can_be_written_as() {
    let mut bench = bench();
    let at = place().center();
    bench.harness.event(egui::Event::PointerMoved(at));
    for pressed in [true, false] {
        let button = egui::PointerButton::Secondary;
        bench.harness.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers: Default::default() });
    }
    bench.harness.run_steps(5);
    for name in ["The large view", "Picture… (.png)", "Picture, twice as sharp… (.png)", "Drawing… (.svg)"] {
        assert!(bench.says(name), "{name}");
    }
    bench.harness.get_by_label_contains("The run").click();
    bench.harness.run_steps(5);
    for name in ["Film of the run… (.gif)", "Film of the adaptation… (.apng)", "Report… (.html)"] {
        assert!(bench.says(name), "{name}");
    }
}

#[test]
fn a_picture_that_is_dropped_begins_the_run_that_it_shows() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("view.png");
    let image = picture(USUAL, 1.0, Theme::Dark, None);
    let text = "metascope:1 plane reptile inner_rate=0.02";
    std::fs::write(&path, png::picture(&image, text).unwrap()).unwrap();
    let mut bench = Bench::of(families::SINE);
    bench.drop_file(path);
    let commands = bench.commands_when_made();
    let [Command::Restart(settings, None)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!((settings.run.algorithm.id(), settings.live.inner_rate), ("reptile", 0.02));
}

/// A run that is kept after so many meta-iterations, no multiple of ten: then a measurement would be due.
fn run(tasks: TaskFamily, iterations: u64) -> Saved {
    let mut settings = Settings::preset(tasks, algorithms::MAML);
    settings.run.evaluate_every = 10;
    settings.live.test_steps = 2;
    let images = tasks.needs_images().then(fixtures::image_set);
    let mut trainer = Trainer::new(settings, images, 1).unwrap();
    trainer.set_timeline_cap(1 << 26);
    train_to(&mut trainer, iterations);
    trainer.saved().unwrap()
}

fn film(kind: &Kind, saved: &Saved) -> Vec<u8> {
    (kind.bytes)(&Subject { saved, images: None, coming: &[] }, &Work::new("film".into())).unwrap()
}

#[test]
fn films_have_a_frame_for_each_moment_and_for_each_inner_step() {
    let saved = run(families::SINE, 25);
    let steps = saved.live().test_steps + 1;
    for (kind, frames) in FILMS.iter().zip([4, 4, steps, steps]) {
        let bytes = film(kind, &saved);
        let seen: Vec<RgbaImage> = if kind.ending == "gif" {
            let frames = GifDecoder::new(Cursor::new(&bytes)).unwrap().into_frames().collect_frames().unwrap();
            frames.into_iter().map(image::Frame::into_buffer).collect()
        } else {
            let reader = ::png::Decoder::new(Cursor::new(&bytes)).read_info().unwrap();
            assert_eq!(reader.info().animation_control().unwrap().num_frames as usize, frames);
            let frames = image::codecs::png::PngDecoder::new(Cursor::new(&bytes)).unwrap().apng().unwrap();
            frames.into_frames().collect_frames().unwrap().into_iter().map(image::Frame::into_buffer).collect()
        };
        assert_eq!(seen.len(), frames, "{} .{}", kind.name, kind.ending);
        assert!(seen.windows(2).all(|pair| difference(&pair[0], &pair[1]) > 0.0), "every frame shows something new");
    }
}

#[test]
fn a_film_of_the_run_ends_with_what_the_run_makes_now() {
    let saved = run(families::SINE, 25);
    let mut reel = saved.reel(3).unwrap();
    let shown: Vec<_> = std::iter::from_fn(|| reel.next(Cancel::NEVER)).collect();
    assert_eq!(shown.iter().map(|shown| shown.meta_iteration).collect::<Vec<_>>(), [0, 10, 25]);
    let losses = |evaluation: &metascope::train::snapshot::Evaluation| {
        evaluation.tasks.iter().map(|task| task.traces[0].query_loss.clone()).collect::<Vec<_>>()
    };
    let mut settings = saved.start().as_ref().clone();
    settings.run.evaluate_every = 10;
    let mut trainer = Trainer::new(settings, None, 1).unwrap();
    train_to(&mut trainer, 25);
    trainer.probe();
    assert_eq!(losses(&shown[2]), losses(&trainer.evaluation()));
    assert_ne!(losses(&shown[0]), losses(&shown[2]));
}

#[test]
fn a_film_that_is_given_up_leaves_nothing() {
    let folder = tempdir().unwrap();
    let keeper = Keeper::start(|| {}).unwrap();
    let path = folder.path().join("film.gif");
    keeper.expect(path.clone(), &FILMS[0]);
    keeper.sink(None)(run(families::SINE, 25), &[], Some(&path));
    keeper.works().iter().for_each(|work| work.cancel());
    let news = wait_until("an end", || keeper.news());
    assert!(matches!(news.written, Err(RunFileError::Cancelled)), "{news:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    assert!(keeper.works().is_empty());
}

#[test]
fn a_film_does_not_hold_up_what_is_kept() {
    let folder = tempdir().unwrap();
    let keeper = Keeper::start(|| {}).unwrap();
    let [film, own] = ["film.gif", "run.safetensors"].map(|name| folder.path().join(name));
    let mut sink = keeper.sink(None);
    keeper.expect(film.clone(), &FILMS[0]);
    sink(run(families::SINE, 65), &[], Some(&film));
    sink(run(families::SINE, 1), &[], Some(&own));
    let first = wait_until("a file", || keeper.news());
    assert_eq!(first.path.as_path(), Path::new(&own));
}

#[test]
fn pictures_are_taken_out_one_by_one() {
    for (tasks, each) in
        [(families::COMPLETION, ["made.png"].as_slice()), (families::CLASS, &["made-1.png", "made-9.png"])]
    {
        let mut settings = Settings::preset(tasks, algorithms::MAML);
        settings.run.network.hidden = vec![12, 12];
        let images = sets::for_settings(&settings);
        let trainer = Trainer::new(settings, Some(images), 1).unwrap();
        let saved = trainer.saved().unwrap();
        let kind = kinds::of(Path::new("pictures.zip"));
        let bytes = film(kind, &saved);
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        let side = saved.images().unwrap().size as u32;
        for task in 1..=saved.evaluation().tasks.len() {
            for one in each {
                let own = names.iter().find(|name| name.starts_with(&format!("{task:02}-")) && name.ends_with(one));
                let mut bytes = Vec::new();
                zip.by_name(own.unwrap_or_else(|| panic!("{one} of {task} in {names:?}")))
                    .unwrap()
                    .read_to_end(&mut bytes)
                    .unwrap();
                let picture = image::load_from_memory(&bytes).unwrap();
                assert_eq!((picture.width(), picture.height()), (side, side), "{tasks:?}");
            }
        }
    }
}
