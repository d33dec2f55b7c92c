//! Reads files of arrays as a user's own, and tells what came out.

use std::path::{Path, PathBuf};

use metascope::images::ImageSet;
use tempfile::TempDir;

pub use super::files::{SIZE, class_sizes, folder_of, load, reason_of};

pub fn message(path: &Path) -> String {
    load(path).expect_err("there should be no set").to_string()
}

/// One file of this name, in a folder of its own.
pub fn file_of(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = folder_of(&[(name, bytes)]);
    let path = folder.path().join(name);
    (folder, path)
}

pub fn check_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in {text:?}");
    }
}

pub fn check_refused(name: &str, bytes: &[u8], parts: &[&str]) {
    let (_folder, path) = file_of(name, bytes);
    check_contains(&message(&path), &[&[name], parts].concat());
}

/// Class, whether it is held out, pixels.
pub type Essence = (usize, bool, Vec<u8>);

/// What must be the same in every format.
pub fn essence(set: &ImageSet) -> (Vec<String>, usize, Vec<Essence>) {
    let images = set.images.iter().map(|image| (image.class, image.held_out, image.pixels.to_vec()));
    (set.classes.clone(), set.channels, images.collect())
}
