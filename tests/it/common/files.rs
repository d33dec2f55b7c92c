//! Folders and archives of small pictures, and what is read of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use metascope::images::{ImageError, ImageSet, LabelledImage, at_path};
use metascope::settings::ImageReading;
use tempfile::TempDir;

use super::write::{png, zip};

pub const SIZE: usize = 8;

pub fn load(path: &Path) -> Result<ImageSet, ImageError> {
    at_path::load(path, ImageReading::of_size(SIZE, 0), &|_| {}, &AtomicBool::new(false))
}

/// An image that no other index has.
pub fn picture(index: usize) -> Vec<u8> {
    let values: Vec<u8> = (0..64).map(|i| (40 + i * 3 + index * (7 + i % 5)) as u8).collect();
    png(8, 8, 1, &values)
}

pub type Files = Vec<(String, Vec<u8>)>;

/// Different images with these names.
pub fn files(names: &[&str]) -> Files {
    names.iter().enumerate().map(|(index, name)| ((*name).to_owned(), picture(index))).collect()
}

/// Two images of each class, with names that only the folder tells apart.
pub fn of_classes(folders: &[&str]) -> Files {
    let names: Vec<String> =
        folders.iter().flat_map(|folder| ["a", "b"].map(|name| format!("{folder}/{name}.png"))).collect();
    files(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A folder with these files; their folders are made.
pub fn folder_of(files: &[(impl AsRef<Path>, impl AsRef<[u8]>)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    write_into(folder.path(), files);
    folder
}

pub fn write_into(folder: &Path, files: &[(impl AsRef<Path>, impl AsRef<[u8]>)]) {
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

pub fn read(files: &[(String, Vec<u8>)]) -> ImageSet {
    load(folder_of(files).path()).unwrap()
}

pub fn zipped(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    zip(&files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect::<Vec<_>>())
}

pub fn tarred(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A set in a file of this name.
pub fn packed(name: &str, bytes: &[u8]) -> Result<ImageSet, ImageError> {
    let folder = folder_of(&[(name, bytes)]);
    load(&folder.path().join(name))
}

/// Class, name and pixels of every image.
pub fn essence(set: &ImageSet) -> Vec<(&str, &str, &[u8])> {
    set.images.iter().map(|image| (set.classes[image.class].as_str(), image.name.as_str(), &*image.pixels)).collect()
}

pub fn reason_of<'a>(set: &'a ImageSet, name: &str) -> &'a str {
    let skipped = set.skipped.iter().find(|skipped| skipped.path.ends_with(name));
    &skipped.unwrap_or_else(|| panic!("{name} is not in {:?}", set.skipped)).reason
}

pub fn check_noted(set: &ImageSet, parts: &[&str]) {
    let found = set.notes.iter().any(|note| parts.iter().all(|part| note.contains(part)));
    assert!(found, "{parts:?} is not in {:?}", set.notes);
    assert!(set.understood().contains(parts[0]));
}

/// The fewest and the most images that a class has.
pub fn class_sizes(set: &ImageSet) -> (usize, usize) {
    let mut sizes = vec![0; set.classes.len()];
    set.images.iter().for_each(|image| sizes[image.class] += 1);
    (*sizes.iter().min().unwrap(), *sizes.iter().max().unwrap())
}

pub fn classes_where(set: &ImageSet, of: impl Fn(&LabelledImage) -> bool) -> BTreeSet<&str> {
    set.images.iter().filter(|image| of(image)).map(|image| set.classes[image.class].as_str()).collect()
}
