//! Own images by a path that is typed or dropped.

use std::path::Path;
use std::sync::Arc;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use metascope::settings::{ImageSource, Settings};
use metascope::train::link::Command;

use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::fixtures;

#[test]
fn a_dropped_path_is_read_and_a_wrong_one_is_explained() {
    let mut bench = Bench::of(families::PICTURE);
    bench.drop_file("/no/such/folder");
    bench.wait_to_say("The run goes on with the images that it has");
    assert!(bench.commands().is_empty());
}

#[test]
fn a_typed_path_is_read_and_a_wrong_one_is_explained() {
    let mut bench = Bench::of(families::PICTURE);
    bench.key(Key::O);
    bench.type_value("Path", "/no/such/file.png");
    bench.wait_to_say("/no/such/file.png");
    bench.wait_to_say("The run goes on with the images that it has");
    assert!(bench.commands().is_empty());
}

/// A folder of small pictures in two classes, and a file that is none.
fn own_images(count: usize) -> tempfile::TempDir {
    let folder = tempfile::TempDir::new().unwrap();
    for class in ["a", "b"] {
        std::fs::create_dir(folder.path().join(class)).unwrap();
    }
    let mut png = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(40, 40, |x, y| image::Rgb([x as u8 * 6, y as u8 * 6, 90]));
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    for index in 0..count {
        std::fs::write(folder.path().join(["a", "b"][index % 2]).join(format!("{index}.png")), png.get_ref()).unwrap();
    }
    std::fs::write(folder.path().join("notes.txt"), "no image").unwrap();
    folder
}

/// The one command must begin a run on this folder.
fn check_restart_on(bench: &Bench, folder: &Path, count: usize) {
    let commands = bench.commands();
    let [Command::Restart(settings, Some(images))] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(settings.run.tasks, families::PICTURE);
    assert_eq!(settings.run.images, ImageSource::Path(folder.to_owned()));
    assert_eq!((images.images.len(), images.skipped.len(), images.size), (count, 1, settings.run.image_reading().size));
    assert_eq!(bench.settings(), settings.as_ref());
}

#[test]
fn a_typed_folder_is_read_with_progress_and_used() {
    let folder = own_images(3000);
    let mut bench = Bench::of(families::PICTURE);
    bench.key(Key::O);
    let field = bench.harness.get_by_role_and_label(Role::TextInput, "Path");
    field.focus();
    field.set_text_value_accesskit(folder.path().to_str().unwrap());
    bench.harness.run();
    bench.harness.key_press(Key::Enter);
    let mut progress_seen = false;
    bench.wait_until("the set", |bench| {
        progress_seen |= bench.says("read, ") && bench.harness.query_by_label("Reading images").is_some();
        bench.says("1 file skipped").then_some(())
    });
    assert!(progress_seen);
    assert!(bench.says("1 file skipped") && bench.says("notes.txt · is not an image"));
    assert!(bench.says("3,000 images of 32 × 32 pixels in 2 classes, colour"));
    assert!(bench.says("2,976 images to train on, 24 held out"));
    check_restart_on(&bench, folder.path(), 3000);
}

#[test]
fn a_dropped_folder_is_used_and_becomes_a_picture_run() {
    let folder = own_images(10);
    let mut settings = Settings::preset(families::SINE, algorithms::REPTILE);
    (settings.run.seed, settings.run.image_size) = (9, Some(16));
    let mut snapshot = fixtures::snapshot(families::SINE, 1284);
    snapshot.settings = Arc::new(settings);
    let mut bench = Bench::with(snapshot);
    bench.drop_file(folder.path());
    bench.wait_to_say("1 file skipped");
    bench.harness.step();
    check_restart_on(&bench, folder.path(), 10);
    let run = &bench.settings().run;
    assert_eq!((run.algorithm, run.seed, run.image_size), (algorithms::REPTILE, 9, Some(16)));

    // Dropped files stand for their folder.
    for name in ["a/0.png", "a/2.png"] {
        bench.drop_file(folder.path().join(name));
    }
    bench.wait_to_say("5 images of");
    bench.harness.step();
    let commands = bench.commands();
    let [Command::Restart(settings, Some(_))] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(settings.run.images, ImageSource::Path(folder.path().join("a")));
}

#[test]
fn images_that_cannot_be_used_leave_the_old_run() {
    let folder = own_images(0);
    let mut bench = Bench::of(families::PICTURE);
    let before = bench.settings().clone();
    bench.drop_file(folder.path());
    bench.wait_to_say("0 usable images of 1 file");
    bench.wait_to_say("The run goes on with the images that it has");
    assert!(bench.commands().is_empty());
    assert_eq!(bench.settings(), &before);
}

#[test]
fn the_images_window_says_what_its_images_can_be_used_for() {
    let mut bench = Bench::of(families::PICTURE);
    bench.key(Key::O);
    assert!(bench.says("What to do with them"));
    // The fixture's images are of one class.
    assert!(bench.harness.query_by_role_and_label(Role::Button, "Make new ones").is_none());
    let _ = bench.commands();
    bench.click(Role::Button, "Complete pictures");
    let commands = bench.commands_when_made();
    let [Command::Restart(settings, Some(_))] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(settings.run.tasks, families::COMPLETION);
}

#[test]
fn a_family_that_own_images_do_not_suit_begins_with_others() {
    let folder = own_images(10);
    let mut bench = Bench::of(families::PICTURE);
    bench.drop_file(folder.path());
    bench.wait_to_say("1 file skipped");
    bench.harness.step();
    check_restart_on(&bench, folder.path(), 10);
    bench.key(Key::Escape);
    bench.click(Role::ComboBox, "Tasks");
    bench.click(Role::Button, "Tell apart");
    let commands = bench.commands_when_made();
    let [Command::Restart(settings, Some(_))] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!(settings.run.tasks, families::CLASSIFY);
    assert!(!matches!(settings.run.images, ImageSource::Path(_)));
    assert!(bench.says("has too few classes for Tell apart"));
}
