//! Image sets: what is built in, and the user's own.

use std::sync::Arc;

/// Images of one size, ready for the task families. Pure data.
#[derive(Clone, Debug)]
pub struct ImageSet {
    /// A name for people.
    pub name: String,
    /// Side of the square images in pixels.
    pub size: usize,
    /// 1 (grey) or 3 (sRGB).
    pub channels: usize,
    /// The images.
    pub images: Vec<LabelledImage>,
    /// Class names; an image's `class` is an index into it.
    pub classes: Vec<String>,
    /// Files that could not be used, and why.
    pub skipped: Vec<Skipped>,
}

/// One image of a set.
#[derive(Clone, Debug)]
pub struct LabelledImage {
    /// A name for people: the file's stem, or a name from the set.
    pub name: String,
    /// Index into [`ImageSet::classes`].
    pub class: usize,
    /// Whether it is kept for held-out tasks.
    pub held_out: bool,
    /// size · size · channels bytes, row by row, sRGB values 0..=255.
    pub pixels: Arc<[u8]>,
}

/// A file that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The file.
    pub path: std::path::PathBuf,
    /// Why, and what to do.
    pub reason: String,
}

pub mod loader;

/// Why there are no images.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ImageError(pub String);

/// A built-in set.
///
/// # Errors
/// When the source is a path.
pub fn built_in(source: &crate::settings::ImageSource) -> Result<ImageSet, ImageError> {
    use crate::settings::ImageSource;
    let (name, size, channels, count) = match source {
        ImageSource::Faces => ("faces", 32, 3, 124),
        ImageSource::Hand => ("hand", 16, 1, 62),
        ImageSource::Path(path) => return Err(ImageError(format!("{} is not a built-in set", path.display()))),
    };
    let images = (0..count)
        .map(|index| LabelledImage {
            name: format!("{name}-{index}"),
            class: 0,
            held_out: index % 5 == 0,
            pixels: (0..size * size * channels).map(|i| ((i * 7 + index * 31) % 256) as u8).collect(),
        })
        .collect();
    Ok(ImageSet { name: name.to_owned(), size, channels, images, classes: vec![name.to_owned()], skipped: Vec::new() })
}
