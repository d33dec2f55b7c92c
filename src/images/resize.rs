//! A picture of any shape → a small square: cropped to its middle or fitted with bars, and resized.

use image::imageops::FilterType;
use image::{DynamicImage, GenericImage as _, Rgb, RgbImage};

use crate::settings::ImageFit;

/// Large images are averaged to this many times the working size before they are resized.
const KEPT_FOR_LANCZOS: u32 = 4;

/// The square that images become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Square {
    /// Side in pixels.
    pub size: usize,
    /// What becomes of images that are none.
    pub fit: ImageFit,
}

impl From<usize> for Square {
    fn from(size: usize) -> Self {
        Self { size, fit: ImageFit::Crop }
    }
}

/// An image of the working size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Small {
    /// size · size · 3 bytes, row by row.
    pub rgb: Vec<u8>,
    /// Whether every pixel is grey.
    pub grey: bool,
}

/// Leaves of a picture what will be read of it: the largest square in the middle, or all. Cropped first,
/// what follows needs less memory.
pub(super) fn cropped(picture: DynamicImage, fit: ImageFit) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let side = width.min(height);
    if width == height || fit == ImageFit::Fit {
        return picture;
    }
    picture.crop_imm((width - side) / 2, (height - side) / 2, side, side)
}

/// Resizes an opaque picture; beside one that is no square lie bars of its edge's colour.
pub(super) fn resized(picture: DynamicImage, size: usize) -> Small {
    let (width, height, size) = (picture.width(), picture.height(), size as u32);
    if width == height {
        return exactly(picture, size, size);
    }
    let longest = u64::from(width.max(height).max(1));
    let scaled = |side: u32| ((u64::from(side) * u64::from(size) + longest / 2) / longest).max(1) as u32;
    let (across, down) = (scaled(width), scaled(height));
    let small = exactly(picture, across, down);
    let Some(picture) = RgbImage::from_raw(across, down, small.rgb) else {
        return Small { rgb: vec![0; (size * size * 3) as usize], grey: true };
    };
    let mut square = RgbImage::from_pixel(size, size, edge(&picture));
    // It fits, as no side is longer than the square's.
    let _ = square.copy_from(&picture, (size - across) / 2, (size - down) / 2);
    Small { rgb: square.into_raw(), grey: small.grey }
}

/// The middle one of the values at the edge, in each channel.
fn edge(picture: &RgbImage) -> Rgb<u8> {
    let (right, bottom) = (picture.width() - 1, picture.height() - 1);
    let at_edge = |&(x, y, _): &(u32, u32, &Rgb<u8>)| x == 0 || y == 0 || x == right || y == bottom;
    let pixels: Vec<Rgb<u8>> = picture.enumerate_pixels().filter(at_edge).map(|(_, _, pixel)| *pixel).collect();
    Rgb([0, 1, 2].map(|channel| {
        let mut values: Vec<u8> = pixels.iter().map(|pixel| pixel.0[channel]).collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or_default()
    }))
}

fn exactly(picture: DynamicImage, width: u32, height: u32) -> Small {
    let large =
        |picture: &DynamicImage| picture.width().max(picture.height()) / 2 >= KEPT_FOR_LANCZOS * width.max(height);
    // Three equal channels would take three times as long.
    if let DynamicImage::ImageLuma8(grey) = &picture
        && !large(&picture)
    {
        let small = image::imageops::resize(grey, width, height, FilterType::Lanczos3);
        return Small { rgb: small.iter().flat_map(|&value| [value; 3]).collect(), grey: true };
    }
    // Lanczos alone would take fifteen times as long as decoding a photograph.
    let large = large(&picture);
    let picture = picture.into_rgb8();
    let picture = if large { averaged(&picture, KEPT_FOR_LANCZOS * width, KEPT_FOR_LANCZOS * height) } else { picture };
    let small = if picture.dimensions() == (width, height) {
        picture
    } else {
        image::imageops::resize(&picture, width, height, FilterType::Lanczos3)
    };
    let grey = small.pixels().all(|&Rgb([r, g, b])| r == g && g == b);
    Small { rgb: small.into_raw(), grey }
}

/// Means of blocks, so many across and down, which differ by a pixel where a side is no multiple.
fn averaged(picture: &RgbImage, across: u32, down: u32) -> RgbImage {
    let edge = |block: u32, side: u32, blocks: u32| (u64::from(block) * u64::from(side) / u64::from(blocks)) as usize;
    let row = 3 * picture.width() as usize;
    RgbImage::from_fn(across, down, |x, y| {
        let [left, right] = [x, x + 1].map(|x| edge(x, picture.width(), across));
        let [top, bottom] = [y, y + 1].map(|y| edge(y, picture.height(), down));
        let mut sum = [0_u32; 3];
        for line in picture.as_raw().chunks_exact(row).skip(top).take(bottom - top) {
            for pixel in line[3 * left..3 * right].chunks_exact(3) {
                sum.iter_mut().zip(pixel).for_each(|(sum, &value)| *sum += u32::from(value));
            }
        }
        let count = (((right - left) * (bottom - top)) as u32).max(1);
        Rgb(sum.map(|sum| ((sum + count / 2) / count) as u8))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::GrayImage;

    #[test]
    fn blocks_are_averaged() {
        let picture = RgbImage::from_fn(5, 5, |x, y| Rgb([10 * x as u8, 10 * y as u8, 9]));
        let small = averaged(&picture, 2, 2);
        assert_eq!(small.dimensions(), (2, 2));
        assert_eq!([small.get_pixel(0, 0).0, small.get_pixel(1, 0).0], [[5, 5, 9], [30, 5, 9]]);
    }

    #[test]
    fn grey_pictures_come_out_as_if_they_had_three_channels() {
        for (width, height) in [(8, 8), (28, 28), (63, 63), (64, 64), (200, 200), (40, 9), (9, 700)] {
            let grey = GrayImage::from_fn(width, height, |x, y| image::Luma([(x * 37 + y * y * 11) as u8]));
            let colour = DynamicImage::from(grey.clone()).into_rgb8();
            assert_eq!(resized(grey.into(), 8), resized(colour.into(), 8), "{width} x {height}");
        }
    }

    #[test]
    fn averaging_first_hardly_changes_the_picture() {
        let wave = |value: f32| (127.5 + 127.5 * value.sin()) as u8;
        let picture = RgbImage::from_fn(203, 203, |x, y| Rgb([wave(x as f32 / 20.0), wave((x + y) as f32 / 25.0), 40]));
        let exact = image::imageops::resize(&picture, 8, 8, FilterType::Lanczos3);
        let worst = resized(picture.into(), 8).rgb.iter().zip(exact.as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst <= Some(8), "{worst:?}");
    }

    #[test]
    fn what_is_fitted_lies_between_bars_of_its_edge() {
        let wide = RgbImage::from_fn(24, 6, |x, _| Rgb(if (8..16).contains(&x) { [200, 0, 0] } else { [10, 20, 30] }));
        let small = resized(wide.into(), 12);
        let rows: Vec<&[u8]> = small.rgb.chunks_exact(36).collect();
        assert!(
            rows[0].iter().zip([10, 20, 30].repeat(12)).all(|(&value, edge)| value.abs_diff(edge) < 4),
            "{:?}",
            rows[0]
        );
        assert_eq!(rows[11], rows[0]);
        assert!(rows[5][18] > 150 && rows[5][0] < 20, "{:?}", rows[5]);
        let thin = RgbImage::from_pixel(4, 16_384, Rgb([7; 3]));
        assert_eq!(resized(thin.into(), 8), Small { rgb: vec![7; 192], grey: true });
    }
}
