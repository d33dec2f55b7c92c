//! Images, and the sets that they give as PNG files.

use image::RgbaImage;
use metascope::images::ImageSet;

use super::reading::{folder_of, load};
use super::write::png;

pub const NAMES: [&str; 3] = ["pear", "apple", "fig"];

/// An image of this size whose channels differ, but not in their outlines.
pub fn picture(index: usize, height: usize, width: usize, channels: usize) -> Vec<u8> {
    let shade = |x: usize, y: usize| (x * 7 + y * 3 * (index % 5 + 1) + index * 11) % 200;
    let pixel = |at: usize| {
        let shade = shade(at % width, at / width);
        (0..channels).map(move |channel| if channel == 3 { 255 } else { (shade + 20 * channel) as u8 })
    };
    (0..height * width).flat_map(pixel).collect()
}

/// The same with all of a colour before the next.
pub fn planar(pixels: &[u8], channels: usize) -> Vec<u8> {
    (0..channels).flat_map(|channel| pixels.iter().skip(channel).step_by(channels).copied()).collect()
}

/// What a folder of PNG files gives for images of these classes.
pub fn expected<C: ToString>(images: &[(C, Vec<u8>)], height: u32, width: u32, channels: usize) -> ImageSet {
    let name = |(index, (class, _)): (usize, &(C, Vec<u8>))| format!("{}/{index:03}.png", class.to_string());
    let named = images.iter().enumerate().map(|image| (name(image), png(width, height, channels, &image.1.1)));
    load(folder_of(&named.collect::<Vec<_>>()).path()).unwrap()
}

/// The mean absolute difference of two pictures of one size, in shades of 255.
pub fn difference(one: &RgbaImage, other: &RgbaImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let sum: f64 = one.as_raw().iter().zip(other.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b))).sum();
    sum / one.as_raw().len() as f64
}

pub fn said(set: &ImageSet) -> String {
    set.notes.iter().map(|note| note.en()).collect::<Vec<_>>().join("\n")
}

pub fn pixels(images: &[(usize, Vec<u8>)]) -> Vec<u8> {
    images.iter().flat_map(|(_, pixels)| pixels.clone()).collect()
}

/// A drawing of three strokes.
pub fn drawing(index: usize) -> Vec<u8> {
    let mut pixels = vec![0; 28 * 28];
    for stroke in 0..3 {
        let (x, y) = ((index * 37 + stroke * 101) * 7 % 20 + 2, (index * 53 + stroke * 71) * 11 % 20 + 2);
        for step in 0..6 {
            let across = (index + stroke).is_multiple_of(2);
            pixels[(y + if across { 0 } else { step }).min(27) * 28 + (x + if across { step } else { 0 }).min(27)] =
                255;
        }
    }
    pixels
}
