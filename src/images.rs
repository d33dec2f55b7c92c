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

/// Stand-in until the image room is there.
///
/// # Errors
/// Never.
pub fn set_for(_run: &crate::settings::RunSettings) -> Result<ImageSet, std::io::Error> {
    Err(std::io::Error::other("no images yet"))
}
