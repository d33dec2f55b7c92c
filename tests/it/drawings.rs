//! Drawings of thin strokes: recognised at their full size, for the whole set, and drawn so that few pixels hold them.

use crate::common::algorithms;
use crate::common::families;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use image::{GrayImage, Luma, RgbImage};
use metascope::images::{ImageSet, at_path};
use metascope::settings::{ImageColour, ImageReading, RunSettings, Settings};
use metascope::tasks::encoding::Encoding;
use tempfile::TempDir;

/// A ring and a stroke across it, `width` wide, in a square of `side`; another for every `index`.
fn drawing(side: u32, width: f32, index: u32, [ground, ink]: [u8; 2]) -> GrayImage {
    let at = |x: u32, y: u32| {
        let [x, y] = [x, y].map(|place| (place as f32 + 0.5) / side as f32 - 0.5);
        let turned = index as f32 * 0.7;
        let ring = (x.hypot(y) - 0.2 - 0.02 * (index % 5) as f32).abs();
        let line = (x * turned.cos() + y * turned.sin()).abs();
        let distance = if x.hypot(y) < 0.38 { ring.min(line) } else { ring } * side as f32;
        let covered = (0.5 + width / 2.0 - distance).clamp(0.0, 1.0);
        Luma([(f32::from(ground) + covered * (f32::from(ink) - f32::from(ground))).round() as u8])
    };
    GrayImage::from_fn(side, side, at)
}

const PAPER: [u8; 2] = [255, 0];

/// Three classes of four images each.
fn folder(image: impl Fn(u32) -> GrayImage) -> TempDir {
    let folder = TempDir::new().unwrap();
    for index in 0..12 {
        let class = folder.path().join(format!("class {}", index / 4));
        std::fs::create_dir_all(&class).unwrap();
        image(index).save(class.join(format!("{index}.png"))).unwrap();
    }
    folder
}

fn run() -> RunSettings {
    Settings::preset(families::CLASS, algorithms::MAML).run
}

fn read(path: &Path, reading: ImageReading) -> ImageSet {
    at_path::load(path, reading, &|_| {}, &AtomicBool::new(false)).unwrap()
}

fn brightness(set: &ImageSet) -> f32 {
    let pixels = || set.images.iter().flat_map(|image| image.pixels.iter());
    pixels().map(|&pixel| f32::from(pixel)).sum::<f32>() / pixels().count() as f32
}

fn said(set: &ImageSet, what: &str) -> bool {
    set.notes.iter().any(|note| note.contains(what))
}

#[test]
fn thin_dark_strokes_become_wide_light_ones_of_a_size_that_suits_them() {
    let folder = folder(|index| drawing(105, 2.5, index, PAPER));
    let set = read(folder.path(), run().image_reading());
    assert!((16..=32).contains(&set.size) && set.channels == 1, "{}", set.size);
    assert!(said(&set, "light on dark") && said(&set, "widened"), "{:?}", set.notes);
    assert!((10.0..100.0).contains(&brightness(&set)), "{}", brightness(&set));
    for image in &set.images {
        assert_eq!(image.pixels[0], 0);
        let white = image.pixels.iter().filter(|&&pixel| pixel > 200).count();
        assert!(white > set.size, "{}: {white} of {:?}", image.name, image.pixels);
    }
    let all: Vec<usize> = (0..set.images.len()).collect();
    assert!(Encoding::of(&set, &all).0.is_drawing());
    // Wider strokes need fewer pixels; other tasks have the same, and a size that a person chose stays.
    let wider = self::folder(|index| drawing(105, 7.5, index, PAPER));
    assert!(read(wider.path(), run().image_reading()).size < set.size);
    let pictures = Settings::preset(families::PICTURE, algorithms::MAML).run;
    assert_eq!(read(folder.path(), pictures.image_reading()).images, set.images);
    let mut sized = run();
    sized.image_size = Some(24);
    let sized = read(folder.path(), sized.image_reading());
    assert_eq!((sized.size, said(&sized, "widened")), (24, true));
}

#[test]
fn drawings_of_other_kinds_come_out_alike() {
    let paper = folder(|index| drawing(105, 2.5, index, PAPER));
    let expected = read(paper.path(), run().image_reading());
    // Light on dark, grey on cream, and scanned at a much higher resolution.
    let kinds = [(105, 2.5, [0, 255]), (105, 2.5, [230, 90]), (1050, 25.0, PAPER), (420, 10.0, PAPER)];
    for (side, width, shades) in kinds {
        let folder = folder(|index| drawing(side, width, index, shades));
        let set = read(folder.path(), run().image_reading());
        assert_eq!(said(&set, "turned to light on dark"), shades[0] > 0, "{:?}", set.notes);
        assert_eq!(set.size, expected.size);
        let pairs = || set.images.iter().zip(&expected.images).flat_map(|(a, b)| a.pixels.iter().zip(b.pixels.iter()));
        let difference = pairs().map(|(&a, &b)| f32::from(a.abs_diff(b))).sum::<f32>() / pairs().count() as f32;
        assert!(difference < 10.0, "{side} {shades:?}: {difference}");
    }
}

#[test]
fn what_a_person_chose_is_done_and_said() {
    let paper = folder(|index| drawing(105, 2.5, index, PAPER));
    let by_itself = read(paper.path(), run().image_reading());
    let invert = ImageReading { invert: true, ..run().image_reading() };
    let inverted = read(paper.path(), invert);
    assert_eq!(inverted.images, by_itself.images);
    assert!(said(&inverted, "inverted as asked, which makes them light on dark"), "{:?}", inverted.notes);
    let chalk = folder(|index| drawing(105, 2.5, index, [0, 255]));
    let dark = read(chalk.path(), invert);
    assert!(said(&dark, "dark on light") && brightness(&dark) > 155.0, "{:?}", dark.notes);
    let colour = ImageReading { colour: ImageColour::Colour, ..run().image_reading() };
    let as_it_is = read(paper.path(), colour);
    assert!(as_it_is.notes.is_empty() && brightness(&as_it_is) > 155.0, "{:?}", as_it_is.notes);
    assert_eq!((as_it_is.channels, as_it_is.size), (3, 16));
}

#[test]
fn one_image_of_another_kind_changes_nothing_and_most_of_them_do() {
    let blank = |index: u32| {
        if index == 5 { GrayImage::from_pixel(105, 105, Luma([255])) } else { drawing(105, 2.5, index, PAPER) }
    };
    let set = read(folder(blank).path(), run().image_reading());
    assert!(said(&set, "light on dark"));
    // The blank sheet is turned with the others.
    assert!(set.images.iter().all(|image| image.pixels[0] == 0 && image.pixels.len() == set.size * set.size));
    let shaded = |index: u32| GrayImage::from_fn(105, 105, |x, y| Luma([(2 * x + index * y / 8) as u8]));
    let few = folder(|index| if index < 8 { shaded(index) } else { drawing(105, 2.5, index, PAPER) });
    let set = read(few.path(), run().image_reading());
    assert!(set.notes.is_empty() && set.size == 16, "{:?}", set.notes);
}

#[test]
fn shapes_and_colours_are_no_drawings() {
    let disc = |index: u32| {
        let middle = 40 + index;
        GrayImage::from_fn(105, 105, |x, y| {
            Luma([if x.abs_diff(middle).pow(2) + y.abs_diff(50).pow(2) < 900 { 0 } else { 255 }])
        })
    };
    let set = read(folder(disc).path(), run().image_reading());
    assert!(set.notes.is_empty() && brightness(&set) > 128.0, "{:?}", set.notes);
    let coloured = TempDir::new().unwrap();
    for index in 0..4 {
        let grey = drawing(105, 2.5, index, PAPER);
        let red =
            RgbImage::from_fn(105, 105, |x, y| image::Rgb([255, grey.get_pixel(x, y).0[0], grey.get_pixel(x, y).0[0]]));
        red.save(coloured.path().join(format!("{index}.png"))).unwrap();
    }
    let set = read(coloured.path(), run().image_reading());
    assert!(set.notes.is_empty() && set.channels == 3, "{:?}", set.notes);
    // Asked for in grey, coloured ink is ink too.
    let grey = ImageReading { colour: ImageColour::Grey, ..run().image_reading() };
    assert!(said(&read(coloured.path(), grey), "light on dark"));
}
