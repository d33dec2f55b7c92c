//! What the targets share: an input is written to a file in memory, read like a user's own, and what
//! comes out must keep the promises of an image set.

mod seeds;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::AtomicBool;

use metascope::images::decode::{self, Square};
use metascope::images::{ImageSet, at_path};
use metascope::settings::{ImageColour, ImageFit, ImageReading};

pub use seeds::{beside_images, write as write_seeds};

const SIZE: usize = 8;

/// Reads files with these names and contents, of which the first one is opened.
pub fn read(files: &[(&str, &[u8])]) {
    let folder = folder();
    for (name, content) in files {
        fs::write(folder.join(name), content).expect("the folder takes files");
    }
    let [(first, content), ..] = files else { return };
    // The content chooses how it is read, so that every choice is met.
    let choice = content.len() % 6;
    let colour = ImageColour::ALL[choice % 3];
    let reading = ImageReading { colour, invert: choice > 2, ..ImageReading::of_size(SIZE, 0) };
    if let Ok(set) = at_path::load(&folder.join(first), reading, &|_| {}, &AtomicBool::new(false)) {
        check(&set, colour);
    }
}

fn check(set: &ImageSet, colour: ImageColour) {
    assert!(set.images.len() >= 2, "a set has two images or more");
    let channels = match colour {
        ImageColour::Grey => 1,
        ImageColour::Colour => 3,
        ImageColour::Auto => set.channels,
    };
    assert_eq!(set.channels, channels);
    let mut seen = vec![false; set.classes.len()];
    for image in &set.images {
        assert_eq!(image.pixels.len(), SIZE * SIZE * channels);
        seen[image.class] = true;
    }
    assert!(seen.iter().all(|&seen| seen), "every class has an image");
    assert!(set.images.iter().any(|image| image.held_out) && set.images.iter().any(|image| !image.held_out));
}

/// Reads the pictures of an image file; as they are, and whole.
pub fn check_pictures(file: &[u8]) {
    let fit = if file.len().is_multiple_of(2) { ImageFit::Crop } else { ImageFit::Fit };
    for image in decode::bytes(file, Square { size: SIZE, fit }).unwrap_or_default() {
        assert_eq!(image.rgb.len(), SIZE * SIZE * 3);
        assert_eq!(image.grey, image.rgb.chunks_exact(3).all(|rgb| rgb[0] == rgb[1] && rgb[1] == rgb[2]));
        assert!(image.original.0.min(image.original.1) >= 1);
    }
}

/// Lets decoders of images panic: that is caught, and the file is skipped with a reason. A panic that nobody
/// catches still ends the process.
pub fn let_decoders_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(|_| ())));
}

fn folder() -> PathBuf {
    let shared = Path::new("/dev/shm");
    let parent = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
    let folder = parent.join(format!("metascope-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the temporary folder can be written to");
    folder
}
