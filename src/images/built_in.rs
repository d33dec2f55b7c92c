//! The sets that come with the program: sheets of equal cells, each with a text file that says what
//! is in it (assets/make_sets.py makes both).

use serde::Deserialize;

use super::{ImageError, ImageSet, Kind, LabelledImage, Origin, creatures, textures};
use crate::settings::{ImageSource, ProceduralSettings};
use crate::text::{Words, text};

/// What the text file beside a sheet says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    name: String,
    size: usize,
    channels: usize,
    columns: usize,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "licence")]
    _licence: String,
    #[serde(rename = "author")]
    _author: String,
    held_out: Vec<usize>,
    classes: Vec<String>,
    image_names: Vec<String>,
}

/// A built-in set, made with its first settings where it is made from formulas; a path of the user's own
/// is not one of them and gives the faces.
///
/// # Errors
/// If the program's own data is damaged.
pub fn built_in(source: &ImageSource) -> Result<ImageSet, ImageError> {
    made(source, &ProceduralSettings::of(source))
}

/// A built-in set, made with these settings where it is made from formulas.
///
/// # Errors
/// If the program's own data is damaged.
pub fn made(source: &ImageSource, settings: &ProceduralSettings) -> Result<ImageSet, ImageError> {
    match source {
        ImageSource::Hand => {
            read("hand", include_str!("../../assets/hand.toml"), include_bytes!("../../assets/hand.png"))
        }
        ImageSource::Scripts => {
            read("scripts", include_str!("../../assets/scripts.toml"), include_bytes!("../../assets/scripts.png"))
        }
        ImageSource::Digits => {
            read("digits", include_str!("../../assets/digits.toml"), include_bytes!("../../assets/digits.png"))
        }
        ImageSource::Creatures => Ok(creatures::creatures(settings)),
        ImageSource::Textures => Ok(textures::textures(settings)),
        ImageSource::Characters => Ok(characters(built_in(&ImageSource::Hand)?, built_in(&ImageSource::Scripts)?)),
        _ => read("faces", include_str!("../../assets/faces.toml"), include_bytes!("../../assets/faces.png")),
    }
}

/// Handwriting, and all world scripts to train on.
fn characters(mut set: ImageSet, scripts: ImageSet) -> ImageSet {
    let classes = set.classes.len();
    let more = scripts.images.into_iter();
    set.images.extend(more.map(|image| LabelledImage { class: classes + image.class, held_out: false, ..image }));
    set.classes.extend(scripts.classes);
    set.name = "Characters".to_owned();
    set
}

fn read(name: &'static str, description: &str, png: &[u8]) -> Result<ImageSet, ImageError> {
    let damaged = |reason: String| ImageError::BuiltIn {
        name: name.into(),
        reason: Words::both(reason, "数据已损坏".to_owned()),
    };
    let sheet: Sheet = toml::from_str(description).map_err(|error| damaged(error.to_string()))?;
    let pixels = image::load_from_memory(png).map_err(|error| damaged(error.to_string()))?.to_rgb8();
    let rows = sheet.image_names.len().div_ceil(sheet.columns.max(1));
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    if width < sheet.columns * sheet.size || height < rows * sheet.size || sheet.classes.is_empty() {
        return Err(damaged("the sheet is smaller than its text says".to_owned()));
    }
    let per_class = sheet.image_names.len().div_ceil(sheet.classes.len());
    let cell = |index: usize| -> Vec<u8> {
        let (x0, y0) = (index % sheet.columns * sheet.size, index / sheet.columns * sheet.size);
        let places = (0..sheet.size * sheet.size).map(|i| (x0 + i % sheet.size, y0 + i / sheet.size));
        places.flat_map(|(x, y)| pixels.get_pixel(x as u32, y as u32).0.into_iter().take(sheet.channels)).collect()
    };
    let images = sheet.image_names.iter().enumerate().map(|(index, name)| LabelledImage {
        name: name.clone(),
        class: index / per_class,
        held_out: sheet.held_out.contains(&index),
        validates: false,
        pixels: cell(index).into(),
    });
    let side = (sheet.size as u32, sheet.size as u32);
    let faces = text("faces", "人脸");
    let named = sheet.classes == [faces.en()];
    Ok(ImageSet {
        images: images.collect(),
        name: sheet.name,
        size: sheet.size,
        channels: sheet.channels,
        foreground: sheet.classes.len(),
        classes: sheet.classes,
        skipped: Vec::new(),
        notes: Vec::new(),
        origin: Origin {
            kind: Kind::BuiltIn,
            smallest: side,
            largest: side,
            divided: false,
            classes: named.then_some(faces),
        },
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_sets_are_what_their_descriptions_promise() {
        let expected = [
            (ImageSource::Faces, 32, 3, 124, 24, 1),
            (ImageSource::Hand, 16, 1, 62 * 19, 12 * 19, 62),
            (ImageSource::Scripts, 16, 1, 9600, 1920, 480),
            (ImageSource::Digits, 8, 1, 1000, 300, 10),
            (ImageSource::Creatures, 16, 3, 240 * 20, 30 * 20, 240),
            (ImageSource::Textures, 16, 3, 96 * 20, 12 * 20, 96),
            (ImageSource::Characters, 16, 1, 62 * 19 + 9600, 12 * 19, 542),
        ];
        for (source, size, channels, images, held_out, classes) in expected {
            let set = built_in(&source).unwrap();
            assert_eq!(
                (set.size, set.channels, set.images.len(), set.classes.len()),
                (size, channels, images, classes)
            );
            assert_eq!(set.images.iter().filter(|image| image.held_out).count(), held_out);
            for image in &set.images {
                assert_eq!(image.pixels.len(), size * size * channels);
                assert!(image.class < classes);
                assert!(image.pixels.iter().any(|&p| p != image.pixels[0]), "{} is blank", image.name);
            }
        }
    }
}
