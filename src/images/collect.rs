//! Images on their way into a set: counted, bounded, named, and at the end divided.
//!
//! A set keeps at most [`MAX_FILES`] images and [`MAX_BYTES`], at size² · 3 bytes an image: 100,000
//! images of 3 KB at 32 x 32, 21,845 of 48 KB at 128 x 128.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::decode::Decoded;
use super::drawing::{self, Drawing};
use super::{ImageError, ImageSet, Kind, LabelledImage, Origin, Progress, Skipped};
use crate::maths::stream::Purpose;
use crate::settings::{ImageColour, ImageReading};

/// More files than this are not read.
pub const MAX_FILES: usize = 100_000;
/// All images of a set together, in bytes.
pub const MAX_BYTES: usize = 1 << 30;
/// Images between two looks at how much memory is left.
pub(super) const CHUNK: usize = 1024;

/// What has been read so far.
pub(super) struct Collector<'a> {
    pub path: &'a Path,
    /// Side of the images in pixels.
    pub size: usize,
    reading: ImageReading,
    progress: &'a (dyn Fn(Progress) + Sync),
    cancel: &'a AtomicBool,
    kept: Vec<Kept>,
    /// Names of classes, in the order in which they came.
    classes: BTreeMap<String, usize>,
    skipped: Vec<Skipped>,
    notes: Vec<String>,
    original: Option<((u32, u32), (u32, u32))>,
    files: usize,
    found: usize,
    done: AtomicUsize,
    failed: AtomicUsize,
}

struct Kept {
    name: String,
    class: usize,
    /// One byte a pixel if it is grey, else three.
    pixels: Arc<[u8]>,
    drawing: Option<Drawing>,
}

impl<'a> Collector<'a> {
    pub fn new(
        path: &'a Path,
        reading: ImageReading,
        progress: &'a (dyn Fn(Progress) + Sync),
        cancel: &'a AtomicBool,
    ) -> Self {
        Self {
            path,
            size: reading.size,
            reading,
            progress,
            cancel,
            kept: Vec::new(),
            classes: BTreeMap::new(),
            skipped: Vec::new(),
            notes: Vec::new(),
            original: None,
            files: 0,
            found: 0,
            done: AtomicUsize::new(0),
            failed: AtomicUsize::new(0),
        }
    }

    /// To be asked before each file and image.
    pub fn check_cancel(&self) -> Result<(), ImageError> {
        if self.cancel.load(Ordering::Relaxed) { Err(ImageError::Cancelled) } else { Ok(()) }
    }

    /// Files found while the path is still being listed.
    pub fn listing(&self, found: usize) {
        (self.progress)(Progress { found, ..Progress::default() });
    }

    /// All files are known; so many images are to be read from them.
    pub fn listed(&mut self, files: usize, images: usize) {
        self.files = files;
        self.found = images;
        self.report();
    }

    /// More images are to be read than there were files.
    pub fn expect(&mut self, images: usize) {
        self.found += images;
        self.report();
    }

    /// One more image has been read, or could not be.
    pub fn count(&self, failed: bool) {
        self.failed.fetch_add(usize::from(failed), Ordering::Relaxed);
        self.done.fetch_add(1, Ordering::Relaxed);
        self.report();
    }

    /// Images counted so far.
    pub fn counted(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Puts the count where it would be if everything before had been read.
    pub fn count_to(&self, done: usize) {
        self.done.store(done, Ordering::Relaxed);
        self.report();
    }

    fn report(&self) {
        (self.progress)(Progress {
            found: self.found,
            done: self.done.load(Ordering::Relaxed),
            skipped: self.failed.load(Ordering::Relaxed),
            finished_listing: true,
        });
    }

    pub fn keep(&mut self, name: String, class: &str, image: &Decoded) {
        let next = self.classes.len();
        let class = match self.classes.get(class) {
            Some(&class) => class,
            None => *self.classes.entry(class.to_owned()).or_insert(next),
        };
        self.kept.push(Kept { name, class, pixels: self.pixels(image), drawing: image.drawing.clone() });
        let area = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
        let (least, most) = self.original.unwrap_or((image.original, image.original));
        self.original = Some((
            if area(image.original) < area(least) { image.original } else { least },
            if area(image.original) > area(most) { image.original } else { most },
        ));
    }

    /// An image's bytes as they are kept: one a pixel if it is to be grey, else three.
    fn pixels(&self, image: &Decoded) -> Arc<[u8]> {
        let shown = |value: u8| if self.reading.invert { 255 - value } else { value };
        match self.reading.colour {
            ImageColour::Grey => image.rgb.chunks_exact(3).map(|rgb| shown(brightness(rgb))).collect(),
            ImageColour::Auto if image.grey => image.rgb.iter().step_by(3).map(|&value| shown(value)).collect(),
            _ => image.rgb.iter().map(|&value| shown(value)).collect(),
        }
    }

    /// A file that is left out; one that was not counted yet counts as skipped from now on.
    pub fn skip(&mut self, path: PathBuf, reason: String) {
        self.skipped.push(Skipped { path, reason });
    }

    /// The same for one that was never going to be read.
    pub fn skip_uncounted(&mut self, path: PathBuf, reason: String) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        self.skip(path, reason);
    }

    /// Says what was understood, guessed or changed, in a sentence for people; the same one only once.
    pub fn note(&mut self, sentence: String) {
        if !self.notes.contains(&sentence) {
            self.notes.push(sentence);
        }
    }

    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    /// Forgets the images after the first `kept`.
    pub fn forget(&mut self, kept: usize) {
        self.kept.truncate(kept);
    }

    /// How many images may still be kept.
    pub fn room(&self) -> usize {
        most_images(self.size).saturating_sub(self.kept.len())
    }

    /// Puts the images from number `from` on in the order of their classes' names, as a folder has them.
    pub fn sort_by_class(&mut self, from: usize) {
        let rank = self.ranks();
        if let Some(images) = self.kept.get_mut(from..) {
            images.sort_by_key(|image| rank[image.class]);
        }
    }

    /// The place of each class among the sorted names.
    fn ranks(&self) -> Vec<usize> {
        let mut rank = vec![0; self.classes.len()];
        self.classes.values().enumerate().for_each(|(place, &class)| rank[class] = place);
        rank
    }

    /// Draws the images anew if they are drawings.
    fn draw_again(&mut self) {
        let images = self.kept.iter_mut().map(|kept| (&mut kept.pixels, kept.drawing.take()));
        if let Some((size, notes)) = drawing::draw_again(images.collect(), self.reading) {
            self.size = size;
            notes.into_iter().for_each(|note| self.note(note));
        }
    }

    /// The set, with a fifth of its images held out by the seed.
    pub fn finish(mut self, kind: Kind) -> Result<ImageSet, ImageError> {
        self.check_cancel()?;
        let path = self.path.to_owned();
        let usable = self.kept.len();
        if usable < 2 && kind != Kind::Folder && kind != Kind::Archive {
            let alone = match kind {
                Kind::Array | Kind::Idx => "holds a single image, and at least 2 are needed",
                _ => "is a single image, and at least 2 are needed: choose the folder that holds it",
            };
            let own = self.skipped.iter().find(|skipped| skipped.path == path).or(self.skipped.first());
            let reason = own.map_or_else(|| alone.to_owned(), |skipped| skipped.reason.clone());
            return Err(ImageError::OneFile { path, reason });
        }
        if self.files == 0 && self.skipped.is_empty() {
            return Err(ImageError::Empty { path });
        }
        if usable < 2 {
            return Err(ImageError::TooFew { path, usable, files: self.files, skipped: self.skipped });
        }
        self.draw_again();
        let rank = self.ranks();
        // Each class that a damaged array brought alone has gone with its images.
        let mut used = vec![false; rank.len()];
        self.kept.iter().for_each(|image| used[rank[image.class]] = true);
        let mut place = 0;
        let places: Vec<usize> = used.iter().map(|&used| (place, place += usize::from(used)).0).collect();
        let classes = self.classes.into_keys().zip(&used).filter(|(_, used)| **used).map(|(name, _)| name);
        let classes: Vec<String> = classes.collect();
        let pixels = self.size * self.size;
        let channels = if self.kept.iter().all(|image| image.pixels.len() == pixels) { 1 } else { 3 };
        let held_out = super::hold_out(usable, self.reading.seed, Purpose::Split);
        let images = self.kept.into_iter().zip(held_out).map(|(image, held_out)| LabelledImage {
            name: image.name,
            class: places[rank[image.class]],
            held_out,
            pixels: if image.pixels.len() == pixels * channels {
                image.pixels
            } else {
                image.pixels.iter().flat_map(|&value| [value; 3]).collect()
            },
        });
        let (smallest, largest) = self.original.unwrap_or_default();
        Ok(ImageSet {
            images: images.collect(),
            name: name_of(&path),
            size: self.size,
            channels,
            foreground: classes.len(),
            classes,
            skipped: self.skipped,
            notes: self.notes,
            origin: Origin { kind, smallest, largest },
        })
    }
}

/// Of a colour, as the standard for sRGB weighs it; a grey one stays as it is.
pub(super) fn brightness(rgb: &[u8]) -> u8 {
    let weighted = rgb.iter().zip([2126_u32, 7152, 722]).map(|(&value, weight)| weight * u32::from(value));
    ((weighted.sum::<u32>() + 5_000) / 10_000) as u8
}

/// How many images of this size are kept.
fn most_images(size: usize) -> usize {
    (MAX_BYTES / (size * size * 3).max(1)).min(MAX_FILES)
}

/// Why files after a limit are left out.
pub(super) fn too_many(limit: &str) -> String {
    format!("and what comes after it is left out: at most {limit} are kept; choose a smaller folder")
}

/// The path's own name, also for `.` and `..`.
fn name_of(path: &Path) -> String {
    let own = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = own(path).or_else(|| own(&path.canonicalize().ok()?));
    name.unwrap_or_else(|| path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_bounds_the_number_of_images() {
        for (size, most) in [(16, MAX_FILES), (32, MAX_FILES), (64, 87_381), (128, 21_845)] {
            assert_eq!(most_images(size), most);
            assert!(most * size * size * 3 <= MAX_BYTES);
        }
    }

    #[test]
    fn brightness_keeps_grey_and_weighs_colours() {
        for value in 0..=255 {
            assert_eq!(brightness(&[value; 3]), value);
        }
        let [red, green, blue] = [[255, 0, 0], [0, 255, 0], [0, 0, 255]].map(|rgb| brightness(&rgb));
        assert_eq!([red, green, blue], [54, 182, 18]);
    }

    #[test]
    fn a_folder_is_named_after_itself() {
        let here = std::env::current_dir().map(|path| name_of(&path)).unwrap_or_default();
        for (path, name) in [("a/b", "b"), ("a/b/", "b"), ("/", "/"), (".", here.as_str())] {
            assert_eq!(name_of(Path::new(path)), name);
        }
    }
}
