//! A kept run at work on images that it never saw.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use image::{GrayImage, Luma};
use metascope::headless::adapt::{AdaptError, Adapted, adapt};
use metascope::images::{self, ImageSet, LabelledImage};
use metascope::keep::run_file::RunFile;
use metascope::settings::{ImageColour, ImageSource, LiveSettings, RunSettings, Settings, TaskFamily};
use metascope::tasks::for_adaptation;
use metascope::train::trainer::Trainer;
use tempfile::tempdir;

use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::train_to;
use crate::common::sets;

fn trained(tasks: TaskFamily) -> (Trainer, Arc<ImageSet>) {
    let mut settings = Settings::preset(tasks, algorithms::MAML);
    settings.run.network.hidden = vec![12, 12];
    settings.run.images = ImageSource::Hand;
    settings.live.test_steps = 3;
    // As many as the set can give, as the command line would lower them.
    settings.run.ways = 2;
    if tasks.is_told_in_decibels() {
        settings.live.pixels_per_step = 64;
    }
    let set = sets::for_settings(&settings);
    let mut trainer = Trainer::new(settings, Some(Arc::clone(&set)), 1).unwrap();
    train_to(&mut trainer, 5);
    (trainer, set)
}

/// Images of a set as somebody would bring them: a set of their own.
fn brought(set: &ImageSet, of: impl Fn(&LabelledImage) -> bool) -> ImageSet {
    let mut new = set.clone();
    new.name = "brought".to_owned();
    new.images.retain(|image| of(image));
    let mut used: Vec<usize> = new.images.iter().map(|image| image.class).collect();
    used.sort_unstable();
    used.dedup();
    new.classes = used.iter().map(|class| set.classes[*class].clone()).collect();
    new.foreground = new.classes.len();
    for image in &mut new.images {
        image.class = used.binary_search(&image.class).unwrap();
        image.held_out = false;
    }
    new
}

/// The same images upside down: of what was trained on, nobody learns anything new.
fn turned(mut new: ImageSet) -> ImageSet {
    for image in &mut new.images {
        image.pixels = image.pixels.iter().rev().copied().collect();
    }
    new
}

#[test]
fn held_out_images_that_are_brought_are_the_held_out_tasks() {
    for tasks in [families::PICTURE, families::COMPLETION, families::UPSCALE] {
        let (mut trainer, set) = trained(tasks);
        trainer.probe();
        let new = brought(&set, |image| image.held_out);
        let joined = for_adaptation(&trainer.settings().run, &set, &new).unwrap();
        let adapted = trainer.adapt_to(Arc::new(joined), &|_| {}).unwrap();
        assert_eq!(adapted.len(), new.images.len());
        let evaluation = trainer.evaluation();
        for (own, shown) in adapted.iter().zip(&evaluation.tasks) {
            assert_eq!(own.task.traces[0].query_loss, shown.traces[0].query_loss, "{tasks:?} {}", shown.name);
        }
    }
}

#[test]
fn each_image_or_class_gives_a_picture_and_a_row() {
    for tasks in TaskFamily::ALL.into_iter().filter(|tasks| tasks.needs_images()) {
        let (trainer, set) = trained(tasks);
        let file = RunFile::new(&trainer.saved().unwrap(), None).unwrap();
        let few = |image: &LabelledImage| image.held_out && image.class % 7 < 3;
        let all_of = |image: &LabelledImage| image.class < 6;
        let new = turned(if tasks.needs_classes() { brought(&set, all_of) } else { brought(&set, few) });
        let folder = tempdir().unwrap();
        let out = folder.path().join("made");
        let Adapted { tasks: count, overflowed } = adapt(&file, Some(set), &new, &out, (1, false), &|_| {}).unwrap();
        assert_eq!(overflowed, 0);
        let names: Vec<String> =
            fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let rows = fs::read_to_string(out.join("adapted.csv")).unwrap().lines().count();
        assert_eq!(rows, count + 1, "{tasks:?}");
        assert!(image::open(out.join("adapted.png")).unwrap().height() > 60);
        let made = names.iter().filter(|name| name.starts_with('0') && !name.contains("-large")).count();
        if tasks.is_told_in_decibels() {
            assert_eq!(made, count, "{tasks:?} {names:?}");
        }
        if tasks == families::CLASS {
            assert_eq!(made, count * (1 + 9), "a sheet, and its nine pictures one by one: {names:?}");
        }
        let answers = fs::read_to_string(out.join("answers.csv"));
        assert_eq!(answers.is_ok(), tasks == families::CLASSIFY);
        if let Ok(answers) = answers {
            let shots = trainer.settings().live.test_shots;
            let asked = new.images.len() - shots * new.classes.len();
            assert_eq!(answers.lines().count(), asked + 1, "every image that adaptation did not see, once");
            assert!(answers.lines().skip(1).all(|row| row.split(',').count() == 4));
        }
        let again = adapt(&file, None, &new, &out, (1, false), &|_| {});
        assert!(matches!(again, Err(AdaptError::NoImages(_))), "{tasks:?}");
    }
}

#[test]
fn tasks_whose_loss_overflows_are_counted() {
    let (mut trainer, set) = trained(families::PICTURE);
    let live = LiveSettings { inner_rate: 10.0, test_steps: 50, ..trainer.settings().live.clone() };
    trainer.set_live(live).unwrap();
    let file = RunFile::new(&trainer.saved().unwrap(), None).unwrap();
    let new = brought(&set, |image| image.held_out && image.class % 7 < 3);
    let out = tempdir().unwrap();
    let adapted = adapt(&file, Some(set), &new, out.path(), (1, false), &|_| {}).unwrap();
    assert_eq!(adapted, Adapted { tasks: new.images.len(), overflowed: new.images.len() });
}

#[test]
fn a_run_adapts_to_a_single_picture() {
    let (trainer, set) = trained(families::COMPLETION);
    let file = RunFile::new(&trainer.saved().unwrap(), None).unwrap();
    let folder = tempdir().unwrap();
    let photograph = folder.path().join("mine.png");
    GrayImage::from_fn(40, 30, |x, y| Luma([(3 * x + 4 * y) as u8])).save(&photograph).unwrap();
    let run =
        RunSettings { image_size: Some(set.size), image_colour: ImageColour::Grey, ..trainer.settings().run.clone() };
    for path in [&photograph, folder.path()] {
        let alone = images::to_adapt_to(path, &run).unwrap();
        let out = tempdir().unwrap();
        let adapted = adapt(&file, Some(Arc::clone(&set)), &alone, out.path(), (1, false), &|_| {}).unwrap();
        assert_eq!(adapted, Adapted { tasks: 1, overflowed: 0 });
        assert!(out.path().join("001-mine.png").exists());
    }
    let learned = images::set_for(&RunSettings { images: ImageSource::Path(photograph), ..run });
    assert!(learned.is_err(), "nothing is learned from one");
}

#[test]
fn images_of_another_kind_and_folders_that_hold_something_are_refused() {
    let (trainer, set) = trained(families::PICTURE);
    let file = RunFile::new(&trainer.saved().unwrap(), None).unwrap();
    let folder = tempdir().unwrap();
    let mut other = brought(&set, |image| image.held_out);
    let refused = |new: &ImageSet, out: &Path| {
        adapt(&file, Some(Arc::clone(&set)), new, out, (1, false), &|_| {}).unwrap_err().to_string()
    };
    fs::write(folder.path().join("mine.txt"), "").unwrap();
    assert!(refused(&other, folder.path()).contains("--overwrite"));
    other.size = 4;
    assert!(refused(&other, &folder.path().join("made")).contains("4 x 4"));
}
