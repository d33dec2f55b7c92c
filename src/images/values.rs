//! What the values of a picture need before it can be seen: a ground under transparent pixels, all of the
//! range from black to white. And whether they are a picture at all.

use std::collections::BTreeSet;

use image::{DynamicImage, ImageBuffer, Pixel as _, Rgb, RgbImage};

use crate::text::Words;

/// From this mean brightness on, of 255, what lies on a transparent ground would vanish on white.
const LIGHT: u64 = 178;
/// An annotation has no brighter values.
const DARK: u8 = 24;
/// It has no more different ones: inside, outside, edge, unknown.
const LABELS: usize = 4;
/// Bits of the sensors whose values are kept in 16 bits.
const SENSORS: [u32; 4] = [8, 10, 12, 14];

/// Lays a picture on white, or on black if it is light; says whether it is black. Opaque ones stay.
pub(super) fn on_ground(picture: DynamicImage) -> (DynamicImage, bool) {
    if !picture.color().has_alpha() {
        return (picture, false);
    }
    let rgba = picture.into_rgba8();
    let (mut light, mut weight, mut clear) = (0, 0, false);
    for pixel in rgba.pixels() {
        let alpha = u64::from(pixel.0[3]);
        light += alpha * u64::from(pixel.to_luma().0[0]);
        weight += alpha;
        clear |= alpha < 255;
    }
    let black = clear && weight > 0 && light >= LIGHT * weight;
    let ground = if black { 0 } else { 255 };
    let over = |value: u8, alpha: u8| {
        let alpha = u32::from(alpha);
        ((u32::from(value) * alpha + ground * (255 - alpha) + 127) / 255) as u8
    };
    let opaque = RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0;
        Rgb([over(r, a), over(g, a), over(b, a)])
    });
    (opaque.into(), black)
}

/// Stretches 16-bit values of which only a sensor's lower bits are in use, so that the greatest value of as
/// many bits is white; says whether it did.
pub(super) fn stretch(picture: &mut DynamicImage) -> bool {
    fn all<P: image::Pixel<Subpixel = u16>>(picture: &mut ImageBuffer<P, Vec<u16>>) -> bool {
        let colours = P::CHANNEL_COUNT as usize - usize::from(P::HAS_ALPHA);
        let values = |pixel: &P| pixel.channels().iter().take(colours).copied().max().unwrap_or_default();
        let most = picture.pixels().map(values).max().unwrap_or_default();
        let white = SENSORS.map(|bits| (1_u32 << bits) - 1).into_iter().find(|&white| u32::from(most) <= white);
        let Some(white) = white.filter(|_| most > 0) else { return false };
        for pixel in picture.pixels_mut() {
            for value in pixel.channels_mut().iter_mut().take(colours) {
                *value = ((u32::from(*value) * 65_535 + white / 2) / white) as u16;
            }
        }
        true
    }
    match picture {
        DynamicImage::ImageLuma16(picture) => all(picture),
        DynamicImage::ImageLumaA16(picture) => all(picture),
        DynamicImage::ImageRgb16(picture) => all(picture),
        DynamicImage::ImageRgba16(picture) => all(picture),
        _ => false,
    }
}

/// Whether nothing is to be seen on a picture: all its pixels are alike, or transparent.
pub(super) fn is_empty(picture: &DynamicImage) -> bool {
    let (colour, bytes) = (picture.color(), picture.as_bytes());
    let width = usize::from(colour.bytes_per_pixel()).max(1);
    let alpha = width - width / usize::from(colour.channel_count()).max(1);
    let pixels = || bytes.chunks_exact(width);
    let clear = |pixel: &[u8]| pixel[alpha..].iter().all(|&byte| byte == 0);
    pixels().all(|pixel| pixel == &bytes[..width]) || (colour.has_alpha() && pixels().all(clear))
}

/// Refuses a picture that is all but black, with a few values alone: the numbers of classes, not a picture.
pub(super) fn check_for_labels(picture: &DynamicImage) -> Result<(), Words> {
    let mut values = BTreeSet::new();
    for pixel in picture.as_bytes() {
        if *pixel > DARK || (!values.contains(pixel) && values.len() == LABELS) {
            return Ok(());
        }
        values.insert(*pixel);
    }
    match (values.first(), values.last()) {
        (Some(least), Some(most)) if least < most => Err(Words::both(
            format!(
                "holds values from {least} to {most} of 255 alone, as annotations do: if it is a picture, brighten it"
            ),
            format!("只有 {least} 到 {most} 的值（最大 255），像是标注：若是图像，请调亮"),
        )),
        _ => Ok(()),
    }
}

/// Of a colour, as the standard for sRGB weighs it; a grey one stays as it is.
pub(super) fn brightness(rgb: &[u8]) -> u8 {
    let weighted = rgb.iter().zip([2126_u32, 7152, 722]).map(|(&value, weight)| weight * u32::from(value));
    ((weighted.sum::<u32>() + 5_000) / 10_000) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brightness_keeps_grey_and_weighs_colours() {
        for value in 0..=255 {
            assert_eq!(brightness(&[value; 3]), value);
        }
        let [red, green, blue] = [[255, 0, 0], [0, 255, 0], [0, 0, 255]].map(|rgb| brightness(&rgb));
        assert_eq!([red, green, blue], [54, 182, 18]);
    }
}
