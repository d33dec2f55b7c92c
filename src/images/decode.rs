//! One file → one small square image: any format the image crate reads, turned upright by its EXIF
//! orientation, laid on white where transparent, centre-cropped and resized.

use std::io::Cursor;
use std::panic::catch_unwind;
use std::path::Path;

use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageReader, Limits, Rgb, RgbImage};

/// No side may be longer.
pub const MAX_SIDE: u32 = 16_384;
/// No image may have more pixels: 100 million, 400 MB while it is decoded.
pub const MAX_PIXELS: u64 = 100_000_000;
/// No file may be larger, in bytes.
pub const MAX_FILE: u64 = 256 << 20;
/// No side may be shorter.
pub const MIN_SIDE: u32 = 4;

/// A decoded image at the working size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// size · size · 3 bytes, row by row.
    pub rgb: Vec<u8>,
    /// Whether every pixel is grey.
    pub grey: bool,
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
    if metadata.len() > MAX_FILE {
        return Err(format!("is {} MB; at most {} MB are read: reduce it first", metadata.len() >> 20, MAX_FILE >> 20));
    }
    bytes(&std::fs::read(path).map_err(|error| format!("cannot be read ({error})"))?, size)
}

/// Reads the bytes of a file to a square of `size` pixels.
///
/// # Errors
/// As [`file`].
pub fn bytes(bytes: &[u8], size: usize) -> Result<Decoded, String> {
    if bytes.is_empty() {
        return Err("is empty".to_owned());
    }
    catch_unwind(|| decode(bytes, size))
        .unwrap_or_else(|_| Err("broke the image decoder; save it again in another format".to_owned()))
}

fn decode(bytes: &[u8], size: usize) -> Result<Decoded, String> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| error.to_string())?;
    if reader.format().is_none() {
        return Err("is not an image of a format that can be read (PNG, JPEG, GIF, WebP, BMP, TIFF, …)".to_owned());
    }
    let mut decoder = reader.into_decoder().map_err(|error| explain(&error))?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        let limit = format!("{MAX_SIDE} pixels a side and {} million in all", MAX_PIXELS / 1_000_000);
        return Err(format!("is {width} x {height} pixels; the limit is {limit}: reduce it first"));
    }
    if width.min(height) < MIN_SIDE {
        return Err(format!("is {width} x {height} pixels; at least {MIN_SIDE} x {MIN_SIDE} are needed"));
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_SIDE), Some(MAX_SIDE));
    limits.max_alloc = Some(16 * MAX_PIXELS);
    decoder.set_limits(limits).map_err(|error| explain(&error))?;
    let orientation = decoder.orientation().map_err(|error| explain(&error))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| explain(&error))?;
    picture.apply_orientation(orientation);
    Ok(square(&on_white(&picture), size))
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let rgba = picture.to_rgba8();
    let over = |value: u8, alpha: u8| {
        let alpha = u32::from(alpha);
        ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0;
        Rgb([over(r, a), over(g, a), over(b, a)])
    })
}

fn square(picture: &RgbImage, size: usize) -> Decoded {
    let side = picture.width().min(picture.height());
    let (x, y) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let cropped = image::imageops::crop_imm(picture, x, y, side, side);
    let small = if side as usize == size {
        cropped.to_image()
    } else {
        image::imageops::resize(&*cropped, size as u32, size as u32, FilterType::Lanczos3)
    };
    let grey = small.pixels().all(|&Rgb([r, g, b])| r == g && g == b);
    Decoded { rgb: small.into_raw(), grey }
}

fn explain(error: &ImageError) -> String {
    match error {
        ImageError::Limits(_) => "needs more memory than is allowed: reduce it first".to_owned(),
        ImageError::Unsupported(_) => format!("is of a kind that cannot be read ({error})"),
        _ => format!("is damaged or cut off ({error})"),
    }
}
