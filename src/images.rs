//! Image sets: what is built in, and the user's own. A set is pure data; files are read here and
//! nowhere else.

/// The sets that come with the program.
pub mod built_in;

/// One file → one small square image.
pub mod decode;

/// A folder of the user's own.
pub mod folder;

/// The same in the background.
pub mod loader;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::settings::{ImageSource, RunSettings};
pub use loader::Loader;

/// Images of one size, ready for the task families.
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub path: PathBuf,
    /// Why, and what to do.
    pub reason: String,
}

/// How far a folder has been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files found so far.
    pub found: usize,
    /// Files read.
    pub done: usize,
    /// Files among them that could not be used.
    pub skipped: usize,
    /// Whether every file has been found.
    pub finished_listing: bool,
}

/// Why there is no image set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The path leads nowhere, or may not be read.
    #[error("cannot open {}: {reason}; check the path and its permissions", .path.display())]
    Path {
        /// As given.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// There is no file in it.
    #[error("{} holds no files; choose a folder with images in it (sub-folders are searched too)", .path.display())]
    Empty {
        /// As given.
        path: PathBuf,
    },
    /// It is one file, not a folder.
    #[error("{} {reason}", .path.display())]
    OneFile {
        /// As given.
        path: PathBuf,
        /// Why it cannot be used, and what to do.
        reason: String,
    },
    /// There are files, but too few images.
    #[error("{} holds {usable} usable {} of {files} {}, and at least 2 images are needed{}", .path.display(),
        if *usable == 1 { "image" } else { "images" }, if *files == 1 { "file" } else { "files" }, first_reason(.skipped))]
    TooFew {
        /// As given.
        path: PathBuf,
        /// Images that could be used.
        usable: usize,
        /// Files found.
        files: usize,
        /// Why the others could not.
        skipped: Vec<Skipped>,
    },
    /// The user cancelled.
    #[error("loading was cancelled; nothing was changed")]
    Cancelled,
    /// The program broke off on its own.
    #[error("reading {} broke off through a fault in Metascope; try again with fewer of its files", .path.display())]
    Fault {
        /// As given.
        path: PathBuf,
    },
    /// The program's own data is damaged.
    #[error("the built-in set “{name}” cannot be read: {reason}; install the program again")]
    BuiltIn {
        /// Which.
        name: &'static str,
        /// Why.
        reason: String,
    },
}

fn first_reason(skipped: &[Skipped]) -> String {
    let name = |path: &PathBuf| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    skipped.first().map_or_else(String::new, |first| format!("; {}: {}", name(&first.path), first.reason))
}

/// The set that these settings ask for, waiting until it is read.
///
/// # Errors
/// See [`ImageError`].
pub fn set_for(run: &RunSettings) -> Result<ImageSet, ImageError> {
    match &run.images {
        ImageSource::Path(path) => folder::load(path, run.image_size, run.seed, &|_| {}, &AtomicBool::new(false)),
        built_in => built_in::built_in(built_in),
    }
}
