//! PNG files that carry the line of text of the run that they show, so that a picture leads back to it.

use std::io::BufReader;
use std::path::Path;

use image::{RgbImage, RgbaImage};
use png::{BitDepth, ColorType, Decoder, Encoder, EncodingError};

use crate::files::File;
use crate::keep::run_file::RunFileError;

/// The chunk's keyword.
const KEYWORD: &str = "metascope";
/// No such line is as long.
const MOST_BYTES: usize = 1 << 20;

/// A picture with its line of text.
///
/// # Errors
/// If the format cannot hold it.
pub fn picture(image: &RgbaImage, text: &str) -> Result<Vec<u8>, RunFileError> {
    let mut bytes = Vec::new();
    one(&mut bytes, (image.width(), image.height()), (ColorType::Rgba, image.as_raw()), text)
        .map_err(RunFileError::text)?;
    Ok(bytes)
}

/// The same without transparency.
///
/// # Errors
/// If the format cannot hold it.
pub fn opaque(image: &RgbImage, text: &str) -> Result<Vec<u8>, RunFileError> {
    let mut bytes = Vec::new();
    one(&mut bytes, (image.width(), image.height()), (ColorType::Rgb, image.as_raw()), text)
        .map_err(RunFileError::text)?;
    Ok(bytes)
}

fn one(
    bytes: &mut Vec<u8>,
    (width, height): (u32, u32),
    (colour, pixels): (ColorType, &[u8]),
    text: &str,
) -> Result<(), EncodingError> {
    let mut writer = encoder(bytes, [width, height], colour, text)?.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()
}

/// What writes such a file into `bytes`.
///
/// # Errors
/// If the format cannot hold the text.
pub fn encoder<'a>(
    bytes: &'a mut Vec<u8>,
    [width, height]: [u32; 2],
    colour: ColorType,
    text: &str,
) -> Result<Encoder<'a, &'a mut Vec<u8>>, EncodingError> {
    let mut encoder = Encoder::new(bytes, width, height);
    encoder.set_color(colour);
    encoder.set_depth(BitDepth::Eight);
    encoder.add_itxt_chunk(KEYWORD.to_owned(), text.to_owned())?;
    Ok(encoder)
}

/// The line of text that a PNG file carries, if it is one and carries one.
pub fn text_in(path: &Path) -> Option<String> {
    let reader = Decoder::new(BufReader::new(File::open(path).ok()?)).read_info().ok()?;
    let chunk = reader.info().utf8_text.iter().find(|chunk| chunk.keyword == KEYWORD)?;
    let mut chunk = chunk.clone();
    chunk.decompress_text_with_limit(MOST_BYTES).ok()?;
    chunk.get_text().ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_picture_carries_its_text_and_stays_a_picture() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let image = RgbaImage::from_fn(3, 2, |x, y| image::Rgba([x as u8, y as u8, 7, 255]));
        let text = "metascope:1 class maml images=我的脸#0123456789abcdef";
        std::fs::write(&path, picture(&image, text).unwrap()).unwrap();
        assert_eq!(text_in(&path).as_deref(), Some(text));
        assert_eq!(image::open(&path).unwrap().to_rgba8(), image);
        let plain = folder.path().join("b.png");
        image.save(&plain).unwrap();
        assert_eq!(text_in(&plain), None);
        std::fs::write(&plain, "no picture").unwrap();
        assert_eq!(text_in(&plain), None);
    }
}
