//! Reads files of arrays as a user's own, and tells what came out.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use metascope::images::{ImageError, ImageSet, at_path};
use metascope::settings::ImageReading;
use tempfile::TempDir;

pub const SIZE: usize = 8;

pub fn load(path: &Path) -> Result<ImageSet, ImageError> {
    at_path::load(path, ImageReading::of_size(SIZE, 0), &|_| {}, &AtomicBool::new(false))
}

pub fn message(path: &Path) -> String {
    load(path).expect_err("there should be no set").to_string()
}

pub fn folder_of(files: &[(&str, Vec<u8>)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// One file of this name, in a folder of its own.
pub fn file_of(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = folder_of(&[(name, bytes.to_vec())]);
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

pub fn reason_of<'a>(set: &'a ImageSet, name: &str) -> &'a str {
    let skipped = set.skipped.iter().find(|skipped| skipped.path.ends_with(name));
    &skipped.unwrap_or_else(|| panic!("{name} is not in {:?}", set.skipped)).reason
}

/// Class, whether it is held out, pixels.
pub type Essence = (usize, bool, Vec<u8>);

/// What must be the same in every format.
pub fn essence(set: &ImageSet) -> (Vec<String>, usize, Vec<Essence>) {
    let images = set.images.iter().map(|image| (image.class, image.held_out, image.pixels.to_vec()));
    (set.classes.clone(), set.channels, images.collect())
}
