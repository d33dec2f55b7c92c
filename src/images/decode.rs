//! One file → one small square image: any format the image crate reads, turned upright by its EXIF
//! orientation, laid on white where transparent, centre-cropped and resized.

use std::fs::File;
use std::io::{Cursor, Read};
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder as _, ImageError, ImageReader, Limits, Rgb, RgbImage};

use super::drawing::Drawing;

/// No side may be longer.
pub const MAX_SIDE: u32 = 16_384;
/// No image may have more pixels.
pub const MAX_PIXELS: u64 = 100_000_000;
/// No image may need more bytes when decoded: 100 million pixels of four 16-bit channels.
pub const MAX_DECODED: u64 = 8 * MAX_PIXELS;
/// No file may be larger, in bytes.
pub const MAX_FILE: u64 = 256 << 20;
/// No side may be shorter.
pub const MIN_SIDE: u32 = 4;

/// Images that need more bytes than this are decoded one at a time, so that memory does not grow
/// with the number of threads.
const LARGE: u64 = 100_000_000;
static ONE_LARGE: Mutex<()> = Mutex::new(());

/// Large images are averaged to this many times the working size before they are resized.
const KEPT_FOR_LANCZOS: u32 = 4;

/// Enough of a file to tell its format.
const HEAD: u64 = 64;

/// A decoded image at the working size.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// size · size · 3 bytes, row by row.
    pub rgb: Vec<u8>,
    /// Whether every pixel is grey.
    pub grey: bool,
    /// Width and height before it was cropped and resized.
    pub original: (u32, u32),
    /// What is known of it at its full size, if it may be a drawing.
    pub drawing: Option<Drawing>,
}

/// Reads a file to a square of `size` pixels.
///
/// # Errors
/// A sentence that says why the file cannot be used. A panic inside a decoder is one too.
pub fn file(path: &Path, size: usize) -> Result<Decoded, String> {
    let metadata = std::fs::metadata(path).map_err(|error| format!("cannot be opened ({error})"))?;
    if !metadata.is_file() {
        return Err("is not a file".to_owned());
    }
    let mut file = File::open(path).map_err(|error| format!("cannot be opened ({error})"))?;
    bytes(&read(&mut file, Some(metadata.len()))?, size)
}

/// The bytes of an image file, of `length` if that is known.
pub(super) fn read(file: &mut impl Read, length: Option<u64>) -> Result<Vec<u8>, String> {
    let unreadable = |error| format!("cannot be read ({error})");
    // A film among the photographs must not be read whole to learn that it is none of them.
    let mut content = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut content).map_err(unreadable)?;
    check_format(&content)?;
    let limit = MAX_FILE >> 20;
    match length {
        Some(length) if length > MAX_FILE => {
            return Err(format!("is {} MB; at most {limit} MB are read: reduce it first", length >> 20));
        }
        _ => file.take(MAX_FILE + 1).read_to_end(&mut content).map_err(unreadable)?,
    };
    if content.len() as u64 > MAX_FILE {
        return Err(format!("is more than {limit} MB: reduce it first"));
    }
    Ok(content)
}

/// Reads the bytes of a file to a square of `size` pixels.
///
/// # Errors
/// As [`file`].
pub fn bytes(bytes: &[u8], size: usize) -> Result<Decoded, String> {
    check_format(bytes)?;
    catch_unwind(|| decode(bytes, size))
        .unwrap_or_else(|_| Err("broke the image decoder; save it again in another format".to_owned()))
}

/// Crops and resizes an image of an array: `width` · `height` · `channels` values, row by row, grey or
/// sRGB.
///
/// # Errors
/// If there are more or fewer values.
pub fn values(width: u32, height: u32, channels: usize, values: Vec<u8>, size: usize) -> Result<Decoded, String> {
    let picture = match channels {
        1 => GrayImage::from_raw(width, height, values).map(DynamicImage::from),
        _ => RgbImage::from_raw(width, height, values).map(DynamicImage::from),
    };
    let picture = picture.ok_or_else(|| format!("is no image of {width} x {height} pixels"))?;
    Ok(Decoded { original: (width, height), ..reduced(middle(picture), size) })
}

fn check_format(head: &[u8]) -> Result<(), String> {
    if head.is_empty() {
        return Err("is empty".to_owned());
    }
    match image::guess_format(head) {
        Ok(format) if format.reading_enabled() => Ok(()),
        Ok(format) => Err(format!("is of a kind that cannot be read ({})", format.to_mime_type())),
        Err(_) => Err("is not an image of a format that can be read (PNG, JPEG, GIF, WebP, BMP, TIFF, …)".to_owned()),
    }
}

fn decode(bytes: &[u8], size: usize) -> Result<Decoded, String> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| error.to_string())?;
    let mut decoder = reader.into_decoder().map_err(|error| explain(&error))?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        let limit = format!("{MAX_SIDE} pixels a side and {} million in all", MAX_PIXELS / 1_000_000);
        return Err(format!("is {width} x {height} pixels; the limit is {limit}: reduce it first"));
    }
    if width.min(height) < MIN_SIDE {
        return Err(format!("is {width} x {height} pixels; at least {MIN_SIDE} x {MIN_SIDE} are needed"));
    }
    let needed = decoder.total_bytes();
    if needed > MAX_DECODED {
        let (needed, limit) = (needed / 1_000_000, MAX_DECODED / 1_000_000);
        return Err(format!(
            "needs {needed} MB of memory at {width} x {height} pixels; the limit is {limit} MB: reduce it first"
        ));
    }
    let _turn = (needed > LARGE).then(|| ONE_LARGE.lock().unwrap_or_else(PoisonError::into_inner));
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_SIDE), Some(MAX_SIDE));
    limits.max_alloc = Some(2 * MAX_DECODED);
    decoder.set_limits(limits).map_err(|error| explain(&error))?;
    // Damaged metadata is no reason to lose the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = middle(DynamicImage::from_decoder(decoder).map_err(|error| explain(&error))?);
    picture.apply_orientation(orientation);
    Ok(Decoded { original: (width, height), ..reduced(on_white(picture), size) })
}

/// The largest square in the middle; cropped first, what follows needs less memory.
fn middle(picture: DynamicImage) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let side = width.min(height);
    if width == height { picture } else { picture.crop_imm((width - side) / 2, (height - side) / 2, side, side) }
}

fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture;
    }
    let rgba = picture.into_rgba8();
    let over = |value: u8, alpha: u8| {
        let alpha = u32::from(alpha);
        ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    let white = RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0;
        Rgb([over(r, a), over(g, a), over(b, a)])
    });
    white.into()
}

fn reduced(square: DynamicImage, size: usize) -> Decoded {
    let original = (square.width(), square.height());
    let drawing = Drawing::of(&square, size);
    let kept = KEPT_FOR_LANCZOS * size as u32;
    // Three equal channels would take three times as long.
    if let DynamicImage::ImageLuma8(grey) = &square
        && grey.width() / 2 < kept
    {
        let small = image::imageops::resize(grey, size as u32, size as u32, FilterType::Lanczos3);
        return Decoded { rgb: small.iter().flat_map(|&value| [value; 3]).collect(), grey: true, original, drawing };
    }
    // Lanczos alone would take fifteen times as long as decoding a photograph.
    let square = square.into_rgb8();
    let square = if square.width() / 2 < kept { square } else { averaged(&square, kept) };
    let small = if square.width() as usize == size {
        square
    } else {
        image::imageops::resize(&square, size as u32, size as u32, FilterType::Lanczos3)
    };
    let grey = small.pixels().all(|&Rgb([r, g, b])| r == g && g == b);
    Decoded { rgb: small.into_raw(), grey, original, drawing }
}

/// Means of `side` x `side` blocks, which differ by a pixel where the width is no multiple.
fn averaged(square: &RgbImage, side: u32) -> RgbImage {
    let edge = |block: u32| (u64::from(block) * u64::from(square.width()) / u64::from(side)) as usize;
    let row = 3 * square.width() as usize;
    RgbImage::from_fn(side, side, |x, y| {
        let (left, right, top, bottom) = (edge(x), edge(x + 1), edge(y), edge(y + 1));
        let mut sum = [0_u32; 3];
        for line in square.as_raw().chunks_exact(row).skip(top).take(bottom - top) {
            for pixel in line[3 * left..3 * right].chunks_exact(3) {
                sum.iter_mut().zip(pixel).for_each(|(sum, &value)| *sum += u32::from(value));
            }
        }
        let count = ((right - left) * (bottom - top)) as u32;
        Rgb(sum.map(|sum| ((sum + count / 2) / count) as u8))
    })
}

fn explain(error: &ImageError) -> String {
    match error {
        ImageError::Limits(_) => "needs more memory than is allowed: reduce it first".to_owned(),
        ImageError::Unsupported(_) => format!("is of a kind that cannot be read ({error})"),
        _ => format!("is damaged or cut off ({error})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_averaged() {
        let picture = RgbImage::from_fn(5, 5, |x, y| Rgb([10 * x as u8, 10 * y as u8, 9]));
        let small = averaged(&picture, 2);
        assert_eq!(small.dimensions(), (2, 2));
        assert_eq!([small.get_pixel(0, 0).0, small.get_pixel(1, 0).0], [[5, 5, 9], [30, 5, 9]]);
    }

    #[test]
    fn grey_pictures_come_out_as_if_they_had_three_channels() {
        for side in [8, 28, 63, 64, 200] {
            let grey = GrayImage::from_fn(side, side, |x, y| image::Luma([(x * 37 + y * y * 11) as u8]));
            let colour = DynamicImage::from(grey.clone()).into_rgb8();
            assert_eq!(reduced(grey.into(), 8), reduced(colour.into(), 8), "{side}");
        }
    }

    #[test]
    fn averaging_first_hardly_changes_the_picture() {
        let wave = |value: f32| (127.5 + 127.5 * value.sin()) as u8;
        let picture = RgbImage::from_fn(203, 203, |x, y| Rgb([wave(x as f32 / 20.0), wave((x + y) as f32 / 25.0), 40]));
        let exact = image::imageops::resize(&picture, 8, 8, FilterType::Lanczos3);
        let worst = reduced(picture.into(), 8).rgb.iter().zip(exact.as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst <= Some(8), "{worst:?}");
    }
}
