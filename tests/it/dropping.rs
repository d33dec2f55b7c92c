//! Images dropped on the window, in every format: the run begins on the set that is read without a window.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use metascope::images::{ImageSet, Kind, at_path};
use metascope::settings::{ImageColour, ImageSource, RunSettings};
use metascope::train::link::Command;
use tempfile::TempDir;

use crate::common::bench::Bench;
use crate::common::families;
use crate::common::write::{gz, idx, npy, png, zip};

/// Waits for the next run, which must be the only one.
fn next_run(bench: &mut Bench) -> (RunSettings, Arc<ImageSet>) {
    let mut commands = bench.commands_when_made();
    let Some(Command::Restart(settings, Some(set))) = commands.pop() else { panic!("no run has begun") };
    assert!(commands.is_empty(), "{commands:?}");
    (settings.run.clone(), set)
}

/// Two sets must be the same, image by image.
fn check_same(one: &ImageSet, other: &ImageSet) {
    assert_eq!((&one.name, one.size, one.channels), (&other.name, other.size, other.channels));
    assert_eq!(one.classes, other.classes);
    assert_eq!(one.images, other.images);
    assert_eq!((one.origin, one.skipped.len()), (other.origin, other.skipped.len()));
}

/// Drops a path and compares the run that begins with what is read without a window.
fn check_drop(path: &Path, kind: Kind, classes: usize, images: usize) {
    let mut bench = Bench::of(families::PICTURE);
    bench.drop_file(path);
    let (run, set) = next_run(&mut bench);
    assert_eq!(run.images, ImageSource::Path(path.to_owned()));
    let expected = at_path::load(path, run.image_reading(), &|_| {}, &AtomicBool::new(false)).unwrap();
    check_same(&set, &expected);
    assert_eq!(set.skipped.len(), 0);
    assert_eq!((set.origin.kind, set.classes.len(), set.images.len()), (kind, classes, images));
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(bench.says(name), "the window names {name}");
    assert!(bench.says(&format!("in {classes} class")), "the window counts the classes of {name}");
}

fn write(path: PathBuf, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn pixels(count: usize, index: usize) -> Vec<u8> {
    (0..count).map(|i| (i * 3 + index * 41 + i / 28 * index) as u8).collect()
}

/// Twenty classes of three images, no two classes of the same size.
fn classes_of_mixed_sizes() -> Vec<(String, Vec<u8>)> {
    let file = |index: usize| {
        let (class, drawing) = (index / 3, index % 3);
        let (width, height) = (20 + 7 * class, 90 - 3 * class);
        let channels = if drawing == 0 { 3 } else { 1 };
        let bytes = png(width as u32, height as u32, channels, &pixels(width * height * channels, index));
        (format!("class {class:02}/{drawing}.png"), bytes)
    };
    (0..60).map(file).collect()
}

#[test]
fn twenty_classes_of_mixed_sizes() {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in classes_of_mixed_sizes() {
        write(folder.path().join("own").join(name), &bytes);
    }
    check_drop(&folder.path().join("own"), Kind::Folder, 20, 60);
}

#[test]
fn a_tree_of_alphabets_and_characters() {
    let folder = TempDir::new().unwrap();
    for (alphabet, characters) in [("Braille", 3), ("Futurama", 4)] {
        for character in 1..=characters {
            for drawing in 1..=5 {
                let place = format!("background/{alphabet}/character{character:02}/{drawing:04}.png");
                write(folder.path().join(place), &png(105, 105, 1, &pixels(105 * 105, character * drawing)));
            }
        }
    }
    check_drop(&folder.path().join("background"), Kind::Folder, 7, 35);
}

#[test]
fn an_array_of_drawings() {
    let folder = TempDir::new().unwrap();
    let drawings: Vec<u8> = (0..50).flat_map(|index| pixels(784, index)).collect();
    write(folder.path().join("owl.npy"), &npy("|u1", &[50, 784], &drawings));
    check_drop(&folder.path().join("owl.npy"), Kind::Array, 1, 50);
}

#[test]
fn packed_images_and_labels() {
    let folder = TempDir::new().unwrap();
    let images: Vec<u8> = (0..40).flat_map(|index| pixels(784, index)).collect();
    let labels: Vec<u8> = (0..40).map(|index| index % 10).collect();
    let path = folder.path().join("train-images-idx3-ubyte.gz");
    write(path.clone(), &gz(&idx(3, &[40, 28, 28], &images)));
    write(folder.path().join("train-labels-idx1-ubyte.gz"), &gz(&idx(1, &[40], &labels)));
    check_drop(&path, Kind::Idx, 10, 40);
}

#[test]
fn an_archive() {
    let folder = TempDir::new().unwrap();
    let files = classes_of_mixed_sizes();
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    write(folder.path().join("own.zip"), &zip(&files));
    check_drop(&folder.path().join("own.zip"), Kind::Archive, 20, 60);
}

#[test]
fn choices_read_the_same_path_again() {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in classes_of_mixed_sizes() {
        write(folder.path().join(name), &bytes);
    }
    let mut bench = Bench::of(families::PICTURE);
    bench.drop_file(folder.path());
    let (_, plain) = next_run(&mut bench);
    assert_eq!((plain.size, plain.channels), (32, 3));
    bench.harness.get_by_label("Grey").click();
    let (run, grey) = next_run(&mut bench);
    assert_eq!((run.image_colour, grey.channels), (ImageColour::Grey, 1));
    bench.harness.get_by_role_and_label(Role::CheckBox, "Invert").click();
    let (run, inverted) = next_run(&mut bench);
    assert_eq!((run.image_colour, run.image_invert), (ImageColour::Grey, true));
    for (grey, inverted) in grey.images.iter().zip(&inverted.images) {
        assert!(grey.pixels.iter().zip(inverted.pixels.iter()).all(|(grey, inverted)| grey + inverted == 255));
    }
    bench.click(Role::ComboBox, "Size");
    bench.harness.get_by_label("16 × 16").click();
    let (run, small) = next_run(&mut bench);
    assert_eq!((run.image_size, small.size, run.image_invert), (Some(16), 16, true));
    assert!(bench.says("60 images of 16 × 16 pixels in 20 classes, grey"));
}

#[test]
fn choices_made_before_the_first_reading_count() {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in classes_of_mixed_sizes().into_iter().take(6) {
        write(folder.path().join(name), &bytes);
    }
    let mut bench = Bench::of(families::PICTURE);
    bench.key(Key::O);
    bench.harness.get_by_role_and_label(Role::CheckBox, "Invert").click();
    bench.harness.run();
    assert!(bench.commands().is_empty());
    bench.drop_file(folder.path());
    let (run, _) = next_run(&mut bench);
    assert!(run.image_invert);
}
