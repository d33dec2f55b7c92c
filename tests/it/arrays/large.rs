//! Many images: how many are taken, what memory they need, and that reading them can be broken off.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use metascope::images::{ImageError, Progress, at_path};
use metascope::settings::ImageReading;

use crate::common::alone::in_little_memory;
use crate::common::reading::{SIZE, check_contains, class_sizes, file_of, folder_of, reason_of};
use crate::common::write::{idx, npy};

#[test]
fn a_file_that_shrinks_while_it_is_read_gives_a_message() {
    let count = 20_000;
    let (_folder, path) = file_of("a.npy", &npy("|u1", &[count, 256], &vec![9; count * 256]));
    let shrink = |progress: Progress| {
        if progress.done == 1 {
            fs::File::options().write(true).open(&path).unwrap().set_len(1 << 20).unwrap();
        }
    };
    let result = at_path::load(&path, ImageReading::of_size(SIZE, 0), &shrink, &AtomicBool::new(false));
    check_contains(&result.unwrap_err().to_string(), &["ends before number", "of the 20000"]);
}

#[test]
fn more_images_than_a_set_may_have_are_taken_evenly() {
    let row = |value: u8| [value; 16];
    let many: Vec<u8> = (0..90_000).flat_map(|i| row((i % 251) as u8)).collect();
    let few: Vec<u8> = (0..1_000).flat_map(|i| row((i % 251) as u8)).collect();
    let folder = folder_of(&[
        ("a.npy", npy("|u1", &[90_000, 16], &many)),
        ("b.npy", npy("|u1", &[1_000, 16], &few)),
        ("c.npy", npy("|u1", &[90_000, 16], &many)),
    ]);
    let set = at_path::load(folder.path(), ImageReading::of_size(4, 0), &|_| {}, &AtomicBool::new(false)).unwrap();
    let of = |class| set.images.iter().filter(|image| image.class == class).count();
    assert_eq!([of(0), of(1), of(2)], [49_500, 1_000, 49_500]);
    check_contains(reason_of(&set, "c.npy"), &["gives 49500 of its 90000 images", "evenly spread"]);
}

#[test]
fn sixty_thousand_images_load_with_progress_in_little_memory_and_can_be_cancelled() {
    const MANY: usize = 60_000;
    // The set has 61 MB of pixels, and the file that is made here takes 94 MB on its way.
    in_little_memory(400, || {
        let pixels: Vec<u8> = (0..MANY * 784).map(|i| (i / 784 + i % 97) as u8).collect();
        let labels: Vec<u8> = (0..MANY).map(|i| (i % 10) as u8).collect();
        let folder = folder_of(&[
            ("train-images-idx3-ubyte", idx(3, &[MANY, 28, 28], &pixels)),
            ("train-labels-idx1-ubyte", idx(1, &[MANY], &labels)),
        ]);
        drop(pixels);
        let (calls, last) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let note = |progress: Progress| {
            calls.fetch_add(1, Ordering::Relaxed);
            last.fetch_max(progress.done, Ordering::Relaxed);
            assert!(progress.done <= progress.found && progress.found <= MANY);
        };
        let path = folder.path().join("train-images-idx3-ubyte");
        let set = at_path::load(&path, ImageReading::of_size(32, 0), &note, &AtomicBool::new(false)).unwrap();
        assert_eq!((set.images.len(), class_sizes(&set), set.channels), (MANY, (6_000, 6_000), 1));
        assert_eq!((last.into_inner(), calls.into_inner() >= MANY), (MANY, true));
        drop(set);

        let (cancel, furthest) = (AtomicBool::new(false), AtomicUsize::new(0));
        let stop = |progress: Progress| {
            furthest.fetch_max(progress.done, Ordering::Relaxed);
            cancel.fetch_or(progress.done > 500, Ordering::Relaxed);
        };
        let result = at_path::load(&path, ImageReading::of_size(32, 0), &stop, &cancel);
        assert!(matches!(result, Err(ImageError::Cancelled)));
        assert!(furthest.into_inner() < MANY / 2, "it went on after it was cancelled");
    });
}
