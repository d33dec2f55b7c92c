//! One file → small square images, one as a rule, or one for each page of a TIFF file: any format the image
//! crate reads and drawings in SVG, turned upright by EXIF orientation, laid on a ground where transparent,
//! stretched where 16 bits hold fewer, cropped or fitted, and resized.

use std::borrow::Cow;
use std::io::{self, Cursor, Read};
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder as _, ImageError, ImageReader, Limits, RgbImage, RgbaImage};

use super::pages::{self, MAX_PAGES};
use super::resize::{Small, cropped, resized};
use super::source::{NO_FILE, unopened};
use super::{foreign, frames, svg, values};
use crate::files::{self, File};
use crate::settings::ImageFit;
use crate::text::numbers::plural;
use crate::text::{Language, Text, Words, tell, text};

pub use super::resize::Square;

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

/// Of an image that is so many times as long as wide, little lies in the middle square.
const OBLONG: f64 = 2.5;

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
    /// What was done with it that its owner may not expect.
    pub remarks: Vec<Remark>,
    /// What is known of it at its full size, if it may be a drawing.
    pub drawing: Option<Drawing>,
}

/// What is done with some images and not with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remark {
    /// It was light on a transparent ground, and lies on black.
    OnBlack,
    /// Its first frame was empty, and another one was read.
    LaterFrame,
    /// It uses a part of its 16 bits, and was stretched.
    Stretched,
    /// It is long and narrow, and only its middle was read.
    Oblong,
    /// It is one of several pages.
    Page,
    /// Its end is missing.
    CutOff,
}

impl Remark {
    /// A sentence for people about so many images.
    pub fn of(self, count: usize) -> Words {
        let are = if count == 1 { "is" } else { "are" };
        let images = plural(count, "image", "images");
        let fit = ImageFit::Fit.name().label;
        let (en, zh) = match self {
            Self::OnBlack => (
                format!("{images} of light shapes on a transparent ground {are} laid on black, not white"),
                format!("{count} 张图像是透明底上的浅色图形，垫在黑色而不是白色上"),
            ),
            Self::LaterFrame => (
                format!("{images} {are} the first frame that is not empty of an animation"),
                format!("{count} 张图像取自动画的第一个非空帧"),
            ),
            Self::Stretched => (
                format!("{images} with 16 bits of which only 8 to 14 are in use {are} stretched to those"),
                format!("{count} 张 16 位图像只用了其中的 8 到 14 位，已按所用的位数拉伸"),
            ),
            Self::Oblong => (
                format!(
                    "{images} {are} more than {OBLONG} times as long as wide, and only the middle square is read: choose “fit” to read all of it (--image-fit fit)"
                ),
                format!(
                    "{count} 张图像的长超过宽的 {OBLONG} 倍，只读取了中间的正方形：要读取全图，请选择“{}”",
                    fit.r#in(Language::Chinese)
                ),
            ),
            Self::Page => (
                format!("{images} {are} pages of TIFF files with several"),
                format!("{count} 张图像是多页 TIFF 文件中的页"),
            ),
            Self::CutOff => (
                format!("{images} {are} cut off, and grey where nothing came: copy what is whole, or leave it out"),
                format!("{count} 张图像不完整，缺少的部分是灰色：请重新复制，或去掉它们"),
            ),
        };
        Words::both(en, zh)
    }
}

/// Reads a file to small squares: one, or one for each page, at least one.
///
/// # Errors
/// A sentence that says why the file cannot be used. A panic inside a decoder is one too.
pub fn file(path: &Path, square: impl Into<Square>) -> Result<Vec<Decoded>, Words> {
    let metadata = files::metadata(path).map_err(unopened)?;
    if !metadata.is_file() {
        return Err(NO_FILE.into());
    }
    let mut file = File::open(path).map_err(unopened)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    bytes(&read(&mut file, &name, Some(metadata.len()))?, square)
}

/// The bytes of an image file with this name, of `length` if that is known.
pub(super) fn read(file: &mut impl Read, name: &str, length: Option<u64>) -> Result<Vec<u8>, Words> {
    // A film among the photographs must not be read whole to learn that it is none of them.
    let mut content = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut content).map_err(unreadable)?;
    check_format(&content, name)?;
    let limit = MAX_FILE >> 20;
    match length {
        Some(length) if length > MAX_FILE => {
            let megabytes = length >> 20;
            return Err(Words::both(
                format!("is {megabytes} MB; at most {limit} MB are read: reduce it first"),
                format!("有 {megabytes} MB；最多读取 {limit} MB：请先缩小"),
            ));
        }
        _ => file.take(MAX_FILE + 1).read_to_end(&mut content).map_err(unreadable)?,
    };
    if content.len() as u64 > MAX_FILE {
        return Err(Words::both(
            format!("is more than {limit} MB: reduce it first"),
            format!("超过 {limit} MB：请先缩小"),
        ));
    }
    Ok(content)
}

/// Reads the bytes of a file to small squares.
///
/// # Errors
/// As [`file`].
pub fn bytes(bytes: &[u8], square: impl Into<Square>) -> Result<Vec<Decoded>, Words> {
    check_format(bytes, "")?;
    let square = square.into();
    let broke =
        text("broke the image decoder; save it again in another format", "导致图像解码器出错；请换一种格式保存");
    catch_unwind(|| decode(bytes, square)).unwrap_or_else(|_| Err(broke.into()))
}

/// Crops and resizes an image of an array: `width` · `height` · `channels` values, row by row, grey, sRGB or
/// sRGB and opacity.
///
/// # Errors
/// If there are more or fewer values.
pub fn values(
    width: u32,
    height: u32,
    channels: usize,
    values: Vec<u8>,
    square: impl Into<Square>,
) -> Result<Decoded, Words> {
    let picture = match channels {
        1 => GrayImage::from_raw(width, height, values).map(DynamicImage::from),
        4 => RgbaImage::from_raw(width, height, values).map(DynamicImage::from),
        _ => RgbImage::from_raw(width, height, values).map(DynamicImage::from),
    };
    let picture = picture.ok_or_else(|| {
        Words::both(format!("is no image of {width} x {height} pixels"), format!("不是 {width} × {height} 像素的图像"))
    })?;
    let square = square.into();
    let (picture, on_black) = values::on_ground(cropped(picture, square.fit));
    let drawing = Drawing::of(&picture, square.size);
    let Small { rgb, grey } = resized(picture, square.size);
    let remarks = if on_black { vec![Remark::OnBlack] } else { Vec::new() };
    Ok(Decoded { rgb, grey, original: (width, height), remarks, drawing })
}

/// Said of a file without content.
pub(super) const EMPTY: Text = text("is empty", "是空文件");
const NO_IMAGE: Text = text(
    "is not an image of a format that can be read (PNG, JPEG, GIF, WebP, BMP, TIFF, SVG, …)",
    "不是可以读取的图像格式（PNG、JPEG、GIF、WebP、BMP、TIFF、SVG 等）",
);

fn check_format(head: &[u8], name: &str) -> Result<(), Words> {
    if head.is_empty() {
        return Err(EMPTY.into());
    }
    match image::guess_format(head) {
        Ok(format) if format.reading_enabled() => Ok(()),
        Err(_) if svg::may_be(head) => Ok(()),
        _ if let Some(says) = foreign::by_content(head).or_else(|| foreign::by_name(name)) => Err(says.into()),
        Ok(format) => {
            let kind = format.to_mime_type();
            Err(Words::both(
                format!("is of a kind that cannot be read ({kind})"),
                format!("这种格式无法读取（{kind}）"),
            ))
        }
        Err(_) => Err(NO_IMAGE.into()),
    }
}

/// Every picture of a file, as small squares.
fn decode(bytes: &[u8], square: Square) -> Result<Vec<Decoded>, Words> {
    if svg::may_be(bytes) {
        let (picture, original) = svg::draw(bytes)?;
        return Ok(vec![finished(cropped(picture, square.fit), original, square, Vec::new())?]);
    }
    let pages = pages::offsets(bytes);
    if pages.len() < 2 {
        return Ok(vec![page(bytes, square)?]);
    }
    if pages.len() > MAX_PAGES {
        return Err(Words::both(
            format!("has more than {MAX_PAGES} pages: split it"),
            format!("超过 {MAX_PAGES} 页：请拆分"),
        ));
    }
    let mut file = Cow::Borrowed(bytes);
    let mut read = |(number, &offset): (usize, &u64)| {
        pages::turn_to(&mut file, offset);
        let mut decoded = page(&file, square).map_err(|reason| {
            let page = number + 1;
            Words::told(|| tell(|| format!("has a page {page} that {reason}"), || format!("第 {page} 页：{reason}")))
        })?;
        decoded.remarks.push(Remark::Page);
        Ok(decoded)
    };
    pages.iter().enumerate().map(&mut read).collect()
}

/// The first picture of a file.
fn page(bytes: &[u8], square: Square) -> Result<Decoded, Words> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| Words::of_error(&error))?;
    let format = reader.format();
    let mut decoder = reader.into_decoder().map_err(|error| explain(&error))?;
    let (width, height) = decoder.dimensions();
    let needed = decoder.total_bytes();
    check_size(width, height, needed)?;
    let _turn = (needed > LARGE).then(|| ONE_LARGE.lock().unwrap_or_else(PoisonError::into_inner));
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_SIDE), Some(MAX_SIDE));
    limits.max_alloc = Some(2 * MAX_DECODED);
    decoder.set_limits(limits.clone()).map_err(|error| explain(&error))?;
    // Damaged metadata is no reason to lose the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| explain(&error))?;
    let mut remarks = if is_cut_off(bytes) { vec![Remark::CutOff] } else { Vec::new() };
    if let Some(format) = format
        && frames::may_move(format)
        && values::is_empty(&picture)
        && let Some(later) = frames::first_with_content(bytes, format, &limits)
    {
        picture = later;
        remarks.push(Remark::LaterFrame);
    }
    picture = cropped(picture, square.fit);
    picture.apply_orientation(orientation);
    finished(picture, (width, height), square, remarks)
}

/// Whether it is a JPEG file without its end, which decoders make the best of: behind the beginning of its first scan
/// there is none. A smaller picture within a segment before that has an end of its own.
fn is_cut_off(bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(b"\xff\xd8") else { return false };
    while let [0xff, marker, high, low, ..] = *rest
        && marker != 0xda
    {
        rest = rest.get(2 + usize::from(u16::from_be_bytes([high, low]))..).unwrap_or_default();
    }
    !rest.windows(2).any(|pair| pair == b"\xff\xd9")
}

fn check_size(width: u32, height: u32, needed: u64) -> Result<(), Words> {
    if width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        let millions = MAX_PIXELS / 1_000_000;
        let limit = format!("{MAX_SIDE} pixels a side and {millions} million in all");
        return Err(Words::both(
            format!("is {width} x {height} pixels; the limit is {limit}: reduce it first"),
            format!(
                "有 {width} × {height} 像素；每边最多 {MAX_SIDE} 像素，总共最多 {} 万像素：请先缩小",
                100 * millions
            ),
        ));
    }
    if width.min(height) < MIN_SIDE {
        return Err(Words::both(
            format!("is {width} x {height} pixels; at least {MIN_SIDE} x {MIN_SIDE} are needed"),
            format!("只有 {width} × {height} 像素；至少需要 {MIN_SIDE} × {MIN_SIDE}"),
        ));
    }
    if needed > MAX_DECODED {
        let (needed, limit) = (needed / 1_000_000, MAX_DECODED / 1_000_000);
        return Err(Words::both(
            format!(
                "needs {needed} MB of memory at {width} x {height} pixels; the limit is {limit} MB: reduce it first"
            ),
            format!("{width} × {height} 像素需要 {needed} MB 内存；上限为 {limit} MB：请先缩小"),
        ));
    }
    Ok(())
}

/// A picture at full size, upright and cropped, made opaque, bright and small.
fn finished(
    mut picture: DynamicImage,
    original: (u32, u32),
    square: Square,
    mut remarks: Vec<Remark>,
) -> Result<Decoded, Words> {
    if values::stretch(&mut picture) {
        remarks.push(Remark::Stretched);
    }
    let (picture, on_black) = values::on_ground(picture);
    if on_black {
        remarks.push(Remark::OnBlack);
    }
    values::check_for_labels(&picture)?;
    let sides = [original.0, original.1].map(f64::from);
    if square.fit == ImageFit::Crop && sides[0].max(sides[1]) > OBLONG * sides[0].min(sides[1]) {
        remarks.push(Remark::Oblong);
    }
    let drawing = Drawing::of(&picture, square.size);
    let Small { rgb, grey } = resized(picture, square.size);
    Ok(Decoded { rgb, grey, original, remarks, drawing })
}

fn explain(error: &ImageError) -> Words {
    match error {
        ImageError::Limits(_) => {
            text("needs more memory than is allowed: reduce it first", "需要的内存超过上限：请先缩小").into()
        }
        ImageError::Unsupported(_) => {
            Words::both(format!("is of a kind that cannot be read ({error})"), "这种格式无法读取".to_owned())
        }
        _ => Words::both(format!("is damaged or cut off ({error})"), "已损坏或不完整".to_owned()),
    }
}

fn unreadable(error: io::Error) -> Words {
    let why = Words::of_error(&error);
    Words::told(|| tell(|| format!("cannot be read ({why})"), || format!("无法读取（{why}）")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What no reader may reach.
    struct Rest;

    impl Read for Rest {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("it was read on"))
        }
    }

    #[test]
    fn only_the_head_of_a_film_is_read() {
        let mut head = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".to_vec();
        head.resize(HEAD as usize, 0);
        for length in [Some(MAX_FILE - 1), Some(16 * MAX_FILE), None] {
            let reason = read(&mut head.as_slice().chain(Rest), "film.mp4", length);
            assert!(reason.as_ref().is_err_and(|reason| reason.contains("not an image")), "{length:?}: {reason:?}");
        }
    }
}
