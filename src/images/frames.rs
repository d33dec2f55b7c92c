//! Animations: GIF, PNG and WebP.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, DynamicImage, Frames, ImageDecoder as _, ImageFormat, ImageResult, Limits};

use super::values;

/// So many pixels of an animation are looked at, its first frame apart.
const MOST_PIXELS: u64 = 400_000_000;

/// Whether files of this format can be animations.
pub(super) fn may_move(format: ImageFormat) -> bool {
    matches!(format, ImageFormat::Gif | ImageFormat::Png | ImageFormat::WebP)
}

/// The first frame on which there is anything; `None` if the file is no animation or has none.
pub(super) fn first_with_content(bytes: &[u8], format: ImageFormat, limits: &Limits) -> Option<DynamicImage> {
    let frames = frames(bytes, format, limits).ok()??;
    let mut looked_at = 0;
    for frame in frames {
        let picture = DynamicImage::from(frame.ok()?.into_buffer());
        looked_at += u64::from(picture.width()) * u64::from(picture.height());
        if !values::is_empty(&picture) {
            return Some(picture);
        }
        if looked_at > MOST_PIXELS {
            break;
        }
    }
    None
}

fn frames<'a>(bytes: &'a [u8], format: ImageFormat, limits: &Limits) -> ImageResult<Option<Frames<'a>>> {
    let file = Cursor::new(bytes);
    match format {
        ImageFormat::Gif => {
            let mut decoder = GifDecoder::new(file)?;
            decoder.set_limits(limits.clone())?;
            Ok(Some(decoder.into_frames()))
        }
        ImageFormat::Png => {
            let decoder = PngDecoder::with_limits(file, limits.clone())?;
            Ok(if decoder.is_apng()? { Some(decoder.apng()?.into_frames()) } else { None })
        }
        ImageFormat::WebP => {
            let mut decoder = WebPDecoder::new(file)?;
            decoder.set_limits(limits.clone())?;
            Ok(decoder.has_animation().then(|| decoder.into_frames()))
        }
        _ => Ok(None),
    }
}
