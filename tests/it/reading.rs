//! How own images are read: in which colours, inverted or not; from files, from the command line and
//! from experiment files.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use metascope::experiment::Experiment;
use metascope::images::{ImageSet, at_path};
use metascope::settings::{ImageColour, ImageFit, ImageReading};
use tempfile::TempDir;

use crate::common::command::given;
use crate::common::write::{npy, png};

const SIZE: usize = 4;

fn load(path: &Path, colour: ImageColour, invert: bool) -> ImageSet {
    let reading = ImageReading { colour, invert, ..ImageReading::of_size(SIZE, 0) };
    at_path::load(path, reading, &|_| {}, &AtomicBool::new(false)).unwrap()
}

fn flat(channels: usize, pixel: &[u8]) -> Vec<u8> {
    png(SIZE as u32, SIZE as u32, channels, &pixel.repeat(SIZE * SIZE))
}

/// The first pixel of each image.
fn pixels(set: &ImageSet) -> Vec<&[u8]> {
    set.images.iter().map(|image| &image.pixels[..set.channels]).collect()
}

#[test]
fn colours_are_kept_dropped_or_added() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.png"), flat(1, &[40])).unwrap();
    fs::write(folder.path().join("b.png"), flat(3, &[255, 0, 0])).unwrap();
    let read = |colour, invert| load(folder.path(), colour, invert);
    assert_eq!(pixels(&read(ImageColour::Auto, false)), [[40, 40, 40], [255, 0, 0]]);
    assert_eq!(pixels(&read(ImageColour::Colour, true)), [[215, 215, 215], [0, 255, 255]]);
    assert_eq!(pixels(&read(ImageColour::Grey, false)), [[40], [54]]);
    assert_eq!(pixels(&read(ImageColour::Grey, true)), [[215], [201]]);
    fs::write(folder.path().join("b.png"), flat(1, &[90])).unwrap();
    assert_eq!(pixels(&read(ImageColour::Auto, true)), [[215], [165]]);
    assert_eq!(pixels(&read(ImageColour::Colour, false)), [[40, 40, 40], [90, 90, 90]]);
}

#[test]
fn arrays_are_read_with_the_same_choices() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.npy");
    let values: Vec<u8> = [[9, 9, 9], [0, 255, 0]].iter().flat_map(|pixel| pixel.repeat(SIZE * SIZE)).collect();
    fs::write(&path, npy("|u1", &[2, SIZE, SIZE, 3], &values)).unwrap();
    assert_eq!(pixels(&load(&path, ImageColour::Auto, false)), [[9, 9, 9], [0, 255, 0]]);
    assert_eq!(pixels(&load(&path, ImageColour::Grey, true)), [[246], [73]]);
}

#[test]
fn options_choose_how_own_images_are_read() {
    let plain = given(&["--images", "a"]).unwrap().image_reading();
    assert_eq!(plain, ImageReading { by_strokes: true, ..ImageReading::of_size(32, 0) });
    let options = "--images a --image-size 24 --image-colour grey --invert --image-fit fit --seed 5";
    let options: Vec<&str> = options.split(' ').collect();
    let chosen = given(&options).unwrap().image_reading();
    let expected = ImageReading {
        size: 24,
        by_strokes: false,
        seed: 5,
        colour: ImageColour::Grey,
        invert: true,
        fit: ImageFit::Fit,
        alone: false,
    };
    assert_eq!(chosen, expected);
    for option in [
        &["--invert"][..],
        &["--image-size", "8"],
        &["--image-fit", "crop"],
        &["--image-colour", "grey", "--set", "hand"],
    ] {
        let message = given(option).unwrap_err();
        assert!(message.contains(option[0]) && message.contains("--images PATH"), "{message}");
    }
    let message = given(&["--images", "a", "--image-size", "1000"]).unwrap_err();
    assert!(message.contains("--image-size") && message.contains("4 to 128"), "{message}");
}

#[test]
fn experiment_files_say_it_too_and_old_ones_are_still_read() {
    let parse = |text: &str| Experiment::parse(text, Path::new("e.toml"));
    let run = |text: &str| parse(text).unwrap().settings.run;
    let by_strokes = ImageReading { by_strokes: true, ..ImageReading::of_size(32, 0) };
    assert_eq!(run("[run]\nimages = { path = \"a\" }\n").image_reading(), by_strokes);
    let sized = run("[run]\nimage_size = 32\nimages = { path = \"a\" }\n");
    assert_eq!(sized.image_reading(), ImageReading::of_size(32, 0));
    let text =
        "[run]\nimage_colour = \"colour\"\nimage_invert = true\nimage_fit = \"fit\"\n[run.images]\npath = \"a\"\n";
    let chosen = run(text);
    assert_eq!((chosen.image_colour, chosen.image_invert), (ImageColour::Colour, true));
    assert_eq!(chosen.image_fit, ImageFit::Fit);
    assert_ne!(chosen.image_key(), run("[run]\nimages = { path = \"a\" }\n").image_key());
    let written = parse(text).unwrap().to_text().unwrap();
    assert_eq!(run(&written), chosen);
    let message = parse("[run]\nimage_colour = \"sepia\"\n").unwrap_err().to_string();
    assert!(message.contains("sepia") && message.contains("line 2") && message.contains("grey"), "{message}");
}
