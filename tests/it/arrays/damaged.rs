//! Files of every kind, damaged and made up: whatever they hold, reading ends in a set or a message, in little memory.

use metascope::images::ImageError;
use proptest::prelude::*;

use crate::common::alone::in_little_memory;
use crate::common::reading::{SIZE, file_of, load};
use crate::common::write::{gz, idx, npy, png, zip, zip_stored};

const NAMES: [&str; 10] = [
    "a.npy",
    "a.npy.gz",
    "a.npz",
    "a.zip",
    "train-images-idx3-ubyte",
    "a-idx3-ubyte.gz",
    "a.csv",
    "a.csv.gz",
    "a.bin",
    "unknown",
];

/// Whole files for [`NAMES`].
fn whole_files() -> Vec<Vec<u8>> {
    let array =
        npy("<f4", &[4, 5, 6], &[0.5_f32; 120].iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>());
    let labels = npy("<i4", &[4], &[1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]);
    let images = idx(3, &[4, 5, 6], &[7; 120]);
    let picture = png(6, 5, 1, &[9; 30]);
    let table = (0..4).map(|row| format!("{row}{}\n", ",7".repeat(16))).collect::<String>().into_bytes();
    vec![
        array.clone(),
        gz(&array),
        zip_stored(&[("x.npy", array.clone()), ("y.npy", labels)]),
        zip(&[("a/1.png", picture.clone()), ("b/2.png", picture), ("c.npy", array)]),
        images.clone(),
        gz(&images),
        table.clone(),
        gz(&table),
        [[3; 3073], [4; 3073]].concat(),
        images,
    ]
}

fn check_reading(name: &str, bytes: &[u8]) {
    let (folder, path) = file_of(name, bytes);
    for path in [path.as_path(), folder.path()] {
        match load(path) {
            Ok(set) => assert!(set.images.iter().all(|image| image.pixels.len() == SIZE * SIZE * set.channels)),
            Err(ImageError::Fault { .. } | ImageError::Cancelled) => panic!("{name}"),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// The largest image that is decoded takes 800 MB.
const MEGABYTES: usize = 2_500;

fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) }
}

#[test]
fn arbitrary_bytes_never_panic() {
    in_little_memory(MEGABYTES, || {
        let bytes = proptest::collection::vec(any::<u8>(), 0..400);
        proptest!(cases(), |(bytes in bytes, kept in 0..80_usize, kind in 0..NAMES.len())| {
            check_reading(NAMES[kind], &bytes);
            let whole = &whole_files()[kind];
            check_reading(NAMES[kind], &[&whole[..kept.min(whole.len())], &bytes].concat());
        });
    });
}

#[test]
fn damaged_files_never_panic() {
    in_little_memory(MEGABYTES, || {
        let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
        let cut = any::<prop::sample::Index>();
        proptest!(cases(), |(kind in 0..NAMES.len(), changes in changes, cut in cut, whole in any::<bool>())| {
            let mut bytes = whole_files()[kind].clone();
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            if !whole {
                bytes.truncate(cut.index(bytes.len()));
            }
            check_reading(NAMES[kind], &bytes);
        });
    });
}

#[test]
fn altered_headers_never_panic() {
    in_little_memory(MEGABYTES, || {
        let shape = proptest::collection::vec(prop_oneof![0..40_u64, any::<u64>()], 0..6);
        let (descr, sides) = ("[<>|=][a-zA-Z][0-9]", any::<[u32; 3]>());
        proptest!(cases(), |(shape in shape, descr in descr, rows in any::<bool>(), sides in sides)| {
            let shape: Vec<String> = shape.iter().map(|side| format!("{side},")).collect();
            let order = if rows { "False" } else { "True" };
            let text = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({}), }}", shape.concat());
            let head = [b"\x93NUMPY\x01\x00".as_slice(), &(text.len() as u16).to_le_bytes(), text.as_bytes()].concat();
            let array = [head, vec![1; 500]].concat();
            check_reading("a.npy", &array);
            check_reading("a.npy.gz", &gz(&array));
            check_reading("a.npz", &zip(&[("a.npy", array)]));
            let sides = sides.map(u32::to_be_bytes).concat();
            let images = [&[0, 0, 8, 3], sides.as_slice(), &[1; 500]].concat();
            check_reading("a-idx3-ubyte", &images);
            check_reading("a-idx3-ubyte.gz", &gz(&images));
        });
    });
}
