//! Image sets: what is built in, and the user's own. A set is pure data; files are read here and
//! nowhere else.

/// The sets that come with the program.
pub mod built_in;

/// What sets made from formulas have in common.
pub mod procedural;

/// Creatures, made from formulas.
pub mod creatures;

/// Textures, made from formulas.
pub mod textures;

/// Drawings as distance fields.
pub mod distance;

/// Thin strokes on a plain ground.
pub mod drawing;

/// One file → one small square image.
pub mod decode;

/// What lies at a path, and how it is read.
pub mod at_path;

/// The same in the background.
pub mod loader;

/// The built-in ones in the background.
pub mod making;

/// What was understood of a set's files.
pub mod understood;

mod archive;
mod arrays;
mod batch;
mod cifar;
mod collect;
mod entries;
mod error;
mod fingerprint;
mod finish;
mod folder;
mod foreign;
mod frames;
mod idx;
mod label_table;
mod layout;
mod limits;
mod listing;
mod npy;
mod numbers;
mod pages;
mod resize;
mod rows;
mod shapes;
mod source;
mod svg;
mod tarball;
mod values;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rand::seq::SliceRandom as _;

use crate::maths::stream::{Purpose, stream};
use crate::settings::{ImageReading, ImageSource, RunSettings};
use crate::text::{Language, Text, Words, say};
pub use error::ImageError;
pub use limits::{MAX_BYTES, MAX_FILES};
pub use loader::Loader;
pub use making::Making;
pub use understood::ImageCounts;

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
    /// How many of the classes, the first ones, the set is about. The others are there to train on; they
    /// are never held out, and nobody is asked to recognise them.
    pub foreground: usize,
    /// Files that could not be used, and why.
    pub skipped: Vec<Skipped>,
    /// What was understood, guessed or changed while it was read, a sentence each.
    pub notes: Vec<Words>,
    /// What it was before.
    pub origin: Origin,
}

/// What an image set was read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// What was at the path.
    pub kind: Kind,
    /// Width and height of the smallest image, before it was resized.
    pub smallest: (u32, u32),
    /// The same for the largest.
    pub largest: (u32, u32),
    /// Whether the set itself said which images are held out, and which validate.
    pub divided: bool,
    /// What its classes are called, before their number if they have one, where the program named them.
    pub classes: Option<Text>,
}

/// What image sets are read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// The program itself.
    #[default]
    BuiltIn,
    /// A folder.
    Folder,
    /// A zip archive.
    Archive,
    /// A NumPy array.
    Array,
    /// MNIST's IDX format.
    Idx,
    /// An image alone.
    Image,
}

impl Kind {
    /// A name for people, in this thread's language.
    pub fn label(self) -> &'static str {
        match self {
            Self::BuiltIn => say("Built in", "内置"),
            Self::Folder => say("Folder", "文件夹"),
            Self::Archive => say("Archive", "压缩包"),
            Self::Array => say("Array", "数组"),
            Self::Idx => "IDX",
            Self::Image => say("Image", "图像"),
        }
    }
}

impl ImageSet {
    /// The set's name, for people.
    pub fn title(&self) -> Words {
        let name = |source: &ImageSource| source.name().filter(|name| name.label.en() == self.name);
        let built_in = ImageSource::BUILT_IN.iter().find_map(name).filter(|_| self.origin.kind == Kind::BuiltIn);
        built_in.map_or_else(|| self.name.as_str().into(), |name| name.label.into())
    }

    /// An image's pixels, row by row, in red, green and blue.
    pub fn rgb(&self, index: usize) -> impl ExactSizeIterator<Item = [u8; 3]> {
        let last = self.channels - 1;
        let pixels = self.images[index].pixels.chunks_exact(self.channels);
        pixels.map(move |pixel| [0, 1, 2].map(|channel| pixel[last.min(channel)]))
    }

    /// A class's name, for people.
    pub fn class_title(&self, class: usize) -> Words {
        self.called(&self.classes[class])
    }

    /// An image's name, for people.
    pub fn image_title(&self, image: usize) -> Words {
        let name = &self.images[image].name;
        if self.origin.kind == Kind::BuiltIn { self.called(name) } else { name.as_str().into() }
    }

    fn called(&self, name: &str) -> Words {
        let numbered = |rest: &str| rest.is_empty() || (self.origin.kind == Kind::BuiltIn && rest.starts_with(' '));
        let named = self.origin.classes.and_then(|word| Some((word, name.strip_prefix(word.en())?)));
        match named.filter(|(_, rest)| numbered(rest)) {
            Some((word, rest)) => Words::both(name.to_owned(), format!("{}{rest}", word.r#in(Language::Chinese))),
            None => name.into(),
        }
    }

    /// The set without the images that were held out, and with those that validate held out in their place, or
    /// else a fifth of the rest (at most 24, chosen by `seed`), so that settings can be chosen without a look
    /// at the former. `None` if there are fewer than two.
    pub fn for_validation(&self, seed: u64) -> Option<Self> {
        let others: Vec<&LabelledImage> = self.images.iter().filter(|image| !image.held_out).collect();
        if others.len() < 2 {
            return None;
        }
        let validating = others.iter().filter(|image| image.validates).count();
        let held_out = if validating > 0 && validating < others.len() {
            others.iter().map(|image| image.validates).collect()
        } else {
            let first = finish::first_alike(others.iter().map(|image| &image.pixels));
            hold_out(&first, seed, Purpose::Validation)
        };
        let images = others.into_iter().zip(held_out);
        let images = images.map(|(image, held_out)| LabelledImage { held_out, validates: false, ..image.clone() });
        let images = images.collect();
        let (classes, name, notes) = (self.classes.clone(), self.name.clone(), self.notes.clone());
        Some(Self { images, skipped: Vec::new(), classes, name, notes, ..*self })
    }
}

/// A fifth of the images, at most 24 and at least one, chosen by `seed`: true where an image is held out.
/// Copies, which name the same `first` one of theirs, are held out together or not at all; if there are too
/// many of each for a fifth, more than a fifth is.
fn hold_out(first: &[usize], seed: u64, purpose: Purpose) -> Vec<bool> {
    const MOST: usize = 24;
    let mut copies = vec![0; first.len()];
    first.iter().for_each(|&first| copies[first] += 1);
    let mut order: Vec<usize> = (0..first.len()).collect();
    order.shuffle(&mut stream(seed, purpose, 0, 0));
    let wanted = (first.len() / 5).clamp(1, MOST);
    let (mut chosen, mut held_out) = (vec![false; first.len()], 0);
    for &i in &order {
        if !chosen[first[i]] && held_out + copies[first[i]] <= wanted {
            chosen[first[i]] = true;
            held_out += copies[first[i]];
        }
    }
    let fewest = || order.iter().copied().filter(|&i| copies[first[i]] < first.len()).min_by_key(|&i| copies[first[i]]);
    match fewest().filter(|_| held_out == 0) {
        Some(i) => chosen[first[i]] = true,
        // All images are alike: there is nothing to keep apart.
        None if held_out == 0 => return (0..first.len()).map(|i| order[..wanted].contains(&i)).collect(),
        None => {}
    }
    first.iter().map(|&first| chosen[first]).collect()
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
    /// Whether the set keeps it for choosing settings: it is neither trained on nor held out.
    pub validates: bool,
    /// size · size · channels bytes, row by row, sRGB values 0..=255.
    pub pixels: Arc<[u8]>,
}

/// A file that could not be used, or not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The file.
    pub path: PathBuf,
    /// Why, and what to do.
    pub reason: Words,
}

/// How far a folder, an archive or an array has been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files found so far, and images of arrays.
    pub found: usize,
    /// Files and images read.
    pub done: usize,
    /// Files among them that could not be used.
    pub skipped: usize,
    /// Whether every file has been found.
    pub finished_listing: bool,
}

/// The set that these settings ask for, waiting until it is read.
///
/// # Errors
/// See [`ImageError`].
pub fn set_for(run: &RunSettings) -> Result<ImageSet, ImageError> {
    match &run.images {
        ImageSource::Path(path) => at_path::load(path, run.image_reading(), &|_| {}, &AtomicBool::new(false)),
        built_in => built_in::made(built_in, &run.procedural),
    }
}

/// The images at a path that a run is to adapt to, read as it reads its own; one is enough, unless tasks are made of
/// whole classes.
///
/// # Errors
/// See [`ImageError`].
pub fn to_adapt_to(path: &Path, run: &RunSettings) -> Result<ImageSet, ImageError> {
    let reading = ImageReading { alone: !run.tasks.needs_classes(), ..run.image_reading() };
    at_path::load(path, reading, &|_| {}, &AtomicBool::new(false))
}

/// The set for a run's tasks; `None` for the families that need none.
///
/// # Errors
/// See [`ImageError`].
pub fn for_run(run: &RunSettings) -> Result<Option<Arc<ImageSet>>, ImageError> {
    if !run.tasks.needs_images() {
        return Ok(None);
    }
    Ok(Some(Arc::new(set_for(run)?)))
}
