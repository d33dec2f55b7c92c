//! Images on their way into a set: counted, bounded and named.
//!
//! A set keeps at most [`MAX_FILES`] images and [`MAX_BYTES`], at size² · 3 bytes an image: 100,000
//! images of 3 KB at 32 x 32, 21,845 of 48 KB at 128 x 128.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::decode::{Decoded, Remark, Square};
use super::drawing::Drawing;
use super::label_table::{self, MAX_TABLE};
use super::layout::Portion;
use super::limits::{MAX_BYTES, MAX_FILES, too_many};
use super::values::brightness;
use super::{ImageError, Progress, Skipped};
use crate::settings::{ImageColour, ImageReading};
use crate::text::Words;

/// What has been read so far.
pub(super) struct Collector<'a> {
    pub path: &'a Path,
    /// Side of the images in pixels.
    pub size: usize,
    pub(super) reading: ImageReading,
    progress: &'a (dyn Fn(Progress) + Sync),
    cancel: &'a AtomicBool,
    pub(super) kept: Vec<Kept>,
    /// Names of classes, in the order in which they came.
    pub(super) classes: BTreeMap<String, usize>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) notes: Vec<Words>,
    /// Tables beside image files: name and content.
    pub(super) tables: Vec<(String, Vec<u8>)>,
    /// How many images were treated so.
    pub(super) remarks: BTreeMap<Remark, usize>,
    pub(super) original: Option<((u32, u32), (u32, u32))>,
    pub(super) files: usize,
    found: usize,
    done: AtomicUsize,
    failed: AtomicUsize,
}

/// An image that has been read.
pub(super) struct Kept {
    pub name: String,
    pub class: usize,
    pub portion: Portion,
    /// One byte a pixel if it is grey, else three.
    pub pixels: Arc<[u8]>,
    /// The image file that it was read from, below the path; its class is found when all of them are known.
    pub file: Option<String>,
    /// What is known of it at its full size, if it may be a drawing.
    pub drawing: Option<Drawing>,
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
            tables: Vec::new(),
            remarks: BTreeMap::new(),
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

    /// So many files more were found in an archive, with so many images to be read.
    pub fn found_more(&mut self, files: usize, images: usize) {
        self.files += files;
        self.expect(images);
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

    /// The square that images become.
    pub fn square(&self) -> Square {
        Square { size: self.reading.size, fit: self.reading.fit }
    }

    /// Keeps an image of this class.
    pub fn keep(&mut self, name: String, class: &str, image: &Decoded) {
        let class = self.class(class);
        self.push(name, class, None, image);
    }

    /// Keeps what was read from an image file with this path below the collector's own, or says why there is
    /// nothing; false where there is no room for it.
    pub fn keep_file(&mut self, path: PathBuf, file: &str, result: Result<Vec<Decoded>, Words>) -> bool {
        let images = match result {
            Ok(images) if self.room() < images.len() => {
                let most = self.kept();
                self.skip(
                    path,
                    too_many(Words::both(format!("{most} images of this size"), format!("{most} 张这种大小的图像"))),
                );
                return false;
            }
            Ok(images) => images,
            Err(reason) => {
                self.skip(path, reason);
                return true;
            }
        };
        let short = file.rsplit_once('/').map_or(file, |(_, short)| short);
        let stem = short.rsplit_once('.').map_or(short, |(stem, _)| stem);
        let several = images.len() > 1;
        for (number, image) in images.iter().enumerate() {
            let name = if several { format!("{stem} {}", number + 1) } else { stem.to_owned() };
            self.push(name, 0, Some(file.to_owned()), image);
        }
        true
    }

    /// Keeps a table that may tell the classes of image files; false if it is none of names, or too large.
    pub fn take_table(&mut self, name: &str, content: Vec<u8>) -> bool {
        let bytes = self.tables.iter().map(|(_, content)| content.len()).sum::<usize>() + content.len();
        let taken = bytes as u64 <= MAX_TABLE && label_table::may_name_files(name, &content);
        if taken {
            self.files += 1;
            self.tables.push((name.to_owned(), content));
        }
        taken
    }

    fn push(&mut self, name: String, class: usize, file: Option<String>, image: &Decoded) {
        let pixels = self.pixels(image);
        self.kept.push(Kept { name, class, portion: Portion::Training, pixels, file, drawing: image.drawing.clone() });
        image.remarks.iter().for_each(|remark| *self.remarks.entry(*remark).or_default() += 1);
        let area = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
        let (least, most) = self.original.unwrap_or((image.original, image.original));
        self.original = Some((
            if area(image.original) < area(least) { image.original } else { least },
            if area(image.original) > area(most) { image.original } else { most },
        ));
    }

    /// The number of a class.
    pub(super) fn class(&mut self, name: &str) -> usize {
        let next = self.classes.len();
        match self.classes.get(name) {
            Some(&class) => class,
            None => *self.classes.entry(name.to_owned()).or_insert(next),
        }
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
    pub fn skip(&mut self, path: PathBuf, reason: impl Into<Words>) {
        self.skipped.push(Skipped { path, reason: reason.into() });
    }

    /// The same for one that was never going to be read.
    pub fn skip_uncounted(&mut self, path: PathBuf, reason: impl Into<Words>) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        self.skip(path, reason);
    }

    /// Says what was understood, guessed or changed, in a sentence for people; the same one only once.
    pub fn note(&mut self, sentence: Words) {
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
            images.sort_by_key(|image| rank.get(image.class).copied());
        }
    }

    /// The place of each class among the sorted names.
    pub(super) fn ranks(&self) -> Vec<usize> {
        let mut rank = vec![0; self.classes.len()];
        self.classes.values().enumerate().for_each(|(place, &class)| rank[class] = place);
        rank
    }
}

/// How many images of this size are kept.
fn most_images(size: usize) -> usize {
    (MAX_BYTES / (size * size * 3).max(1)).min(MAX_FILES)
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
}
