//! Hostile arrays and archives: each gives a message that says what to do.

use std::fs;

use super::{COUNT, all_grey, folder_files, grey, labels};
use crate::common::reading::{check_contains, check_refused, file_of, folder_of, load, message, reason_of};
use crate::common::write::{self, gz, idx, npy, png, zip, zip_stored};

#[test]
fn false_headers_of_arrays_are_refused() {
    let whole = npy("|u1", &[COUNT, 784], &all_grey());
    let with = |text: &str| {
        [b"\x93NUMPY\x01\x00".as_slice(), &(text.len() as u16).to_le_bytes(), text.as_bytes(), &[0; 64]].concat()
    };
    let dictionary = |descr: &str, order: &str, shape: &str| {
        with(&format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"))
    };
    let long = [b"\x93NUMPY\x02\x00".as_slice(), &u32::MAX.to_le_bytes(), b"{'descr'"].concat();
    let nan: Vec<u8> = [f32::NAN; 32].iter().flat_map(|value| value.to_le_bytes()).collect();
    let big: Vec<u8> = [4_000_u16; 32].iter().flat_map(|value| value.to_le_bytes()).collect();
    let cases: [(Vec<u8>, &[&str]); 20] = [
        (Vec::new(), &["ends inside its header"]),
        (b"hello, I am text and no array".to_vec(), &["not a NumPy array", "numpy.save"]),
        (whole[..40].to_vec(), &["ends inside its header"]),
        (whole[..whole.len() - 1].to_vec(), &["promises", "download it again"]),
        ([whole, vec![0]].concat(), &["promises", "save it again"]),
        (long, &["promises a header of 4294967295 bytes"]),
        (with("\u{1}\u{2}rubbish"), &["damaged header"]),
        (with("{'descr': '|u1', 'fortran_order': False}"), &["says nothing of its shape"]),
        (dictionary("'|u1'", "False", "(4294967296, 4294967296, 64)"), &["MB: reduce"]),
        (dictionary("'|u1'", "False", "(18446744073709551615, 28, 28)"), &["more numbers than any file"]),
        (dictionary("'|u1'", "False", "(1000000000000, 28, 28)"), &["promises 784000000000"]),
        (dictionary("'|u1'", "False", "(1, 100000, 100000)"), &["100000 x 100000", "reduce"]),
        (dictionary("'|u1'", "False", "(0, 28, 28)"), &["no images"]),
        (dictionary("'|O'", "False", "(2,)"), &["Python objects", "number type"]),
        (dictionary("'<c8'", "False", "(2, 16)"), &["numbers of the type <c8"]),
        (dictionary("'|u1'", "True", "(4, 4, 4)"), &["Fortran order", "ascontiguousarray"]),
        (dictionary("'|u1'", "False", "(64,)"), &["holds 64 labels"]),
        (dictionary("'|u1'", "False", "(2, 32)"), &["32 numbers", "square"]),
        (npy("<f4", &[2, 16], &nan), &["holds NaN", "replace it"]),
        (npy("<u2", &[2, 16], &big), &["holds 4000 everywhere"]),
    ];
    for (bytes, parts) in cases {
        check_refused("a.npy", &bytes, parts);
    }
    check_refused("one.npy", &npy("|u1", &[1, 16], &[0; 16]), &["a single image", "at least 2"]);
}

#[test]
fn false_idx_files_are_refused() {
    let whole = idx(3, &[COUNT, 28, 28], &all_grey());
    let name = "train-images-idx3-ubyte";
    let wrong_magic = [&[1, 2, 3, 4], &whole[4..]].concat();
    let wrong_kind = [&[0, 0, 13, 3], &whole[4..]].concat();
    let few = [&whole[..4], &99_u32.to_be_bytes(), &whole[8..]].concat();
    let many = [&whole[..4], &11_u32.to_be_bytes(), &whole[8..]].concat();
    let huge = [&whole[..4], &[255; 12]].concat();
    let cases: [(&[u8], &[&str]); 8] = [
        (&[], &["ends inside its header"]),
        (&whole[..10], &["ends inside its header"]),
        (&wrong_magic, &["is not an IDX file"]),
        (&wrong_kind, &["type 13 on 3 axes"]),
        (&whole[..whole.len() - 5], &["promises", "download it again"]),
        (&few, &["promises", "download it again"]),
        (&many, &["promises", "save it again"]),
        (&huge, &["4294967295 x 4294967295 pixels", "reduce"]),
    ];
    for (bytes, parts) in cases {
        check_refused(name, bytes, parts);
    }
    let packed = gz(&whole);
    check_refused("a-idx3-ubyte.gz", &packed[..packed.len() / 2], &["damaged or cut off", "download it again"]);
    check_refused("a-idx3-ubyte.gz", &packed[..packed.len() - 6], &["damaged or cut off"]);
    let mut changed = packed.clone();
    *changed.iter_mut().rev().nth(5).unwrap() ^= 1;
    check_refused("a-idx3-ubyte.gz", &changed, &["damaged or cut off"]);
    check_refused("a-idx3-ubyte.gz", &gz(&few), &["ends before number 13 of the 99", "download it again"]);
    check_refused("a-idx3-ubyte.gz", &gz(&many), &["goes on after the 11"]);
    check_refused("a-idx3-ubyte.gz", &whole, &["damaged or cut off"]);
    check_refused("train-labels-idx1-ubyte", &idx(1, &[COUNT], &labels()), &["12 labels", "no images"]);

    let labels_of = |bytes: Vec<u8>| folder_of(&[(name, whole.clone()), ("train-labels-idx1-ubyte", bytes)]);
    let folder = labels_of(idx(1, &[COUNT - 1], &labels()[1..]));
    check_contains(&message(&folder.path().join(name)), &["12 images", "train-labels-idx1-ubyte has 11 labels"]);
    let folder = labels_of(idx(1, &[COUNT], &labels()[1..]));
    check_contains(
        &message(folder.path()),
        &["0 usable images of 2 files", "train-labels-idx1-ubyte: promises 20 bytes"],
    );
}

#[test]
fn labels_that_cannot_be_told_apart_are_refused() {
    let images = || ("images.npy", npy("|u1", &[COUNT, 784], &all_grey()));
    let list = || npy("|u1", &[COUNT], &labels());
    let (_folder, path) = file_of("a.npz", &zip(&[images(), ("coarse.npy", list()), ("fine.npy", list())]));
    check_contains(&message(&path), &["images.npy", "in coarse.npy or in fine.npy", "keep one"]);
    let bad = npy("|O", &[COUNT], &[0; 8]);
    let (_folder, path) = file_of("b.npz", &zip(&[("more.npy", list()), images(), ("labels.npy", bad)]));
    check_contains(&message(&path), &["at least 2"]);
    let (_folder, path) = file_of("c.npz", &zip(&[images(), ("notes.npy", npy("|u1", &[3], &[1, 2, 3]))]));
    let set = load(&path).unwrap();
    assert_eq!(set.classes, ["images"]);
    check_contains(reason_of(&set, "notes.npy"), &["3 labels", "no images that they belong to"]);
}

#[test]
fn entries_of_a_zip_that_cannot_be_used_are_named_and_nothing_is_written() {
    let pictures: Vec<Vec<u8>> = (0..3).map(|index| png(28, 28, 1, &grey(index))).collect();
    let bomb = write::promising_png(30_000, 30_000);
    let film = vec![0; 40 << 20];
    let endless = [pictures[0].clone(), vec![0; 300 << 20]].concat();
    let bytes = zip(&[
        ("a/0.png", pictures[0].clone()),
        ("a/1.png", pictures[1].clone()),
        ("../up.png", pictures[2].clone()),
        ("a/../../over.png", pictures[2].clone()),
        ("/absolute.png", pictures[2].clone()),
        ("C:\\windows.png", pictures[2].clone()),
        ("bomb.png", bomb),
        ("film.mp4", film),
        ("endless.png", endless),
        ("inner.zip", zip(&[("b.png", pictures[2].clone())])),
        ("__MACOSX/._0.png", vec![1]),
        (".DS_Store", vec![1]),
        ("notes.txt", b"hello".to_vec()),
    ]);
    let (folder, path) = file_of("some.zip", &bytes);
    let set = load(&path).unwrap();
    assert_eq!((set.images.len(), set.classes.join(" ")), (2, "a".to_owned()));
    for name in ["../up.png", "a/../../over.png", "absolute.png", "C:\\windows.png"] {
        check_contains(reason_of(&set, name), &["leads out of the archive"]);
    }
    check_contains(reason_of(&set, "bomb.png"), &["30000 x 30000", "reduce it"]);
    check_contains(reason_of(&set, "film.mp4"), &["not an image"]);
    check_contains(reason_of(&set, "endless.png"), &["more than 256 MB"]);
    check_contains(reason_of(&set, "inner.zip"), &["inside an archive"]);
    check_contains(reason_of(&set, "notes.txt"), &["not an image"]);
    assert_eq!(set.skipped.len(), 9);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn archives_that_cannot_be_read_say_why() {
    let files = folder_files();
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let whole = zip(&files);
    check_refused("a.zip", b"hello", &["no zip archive", "pack it again"]);
    check_refused("a.zip", &[], &["no zip archive"]);
    check_refused("a.zip", &whole[..whole.len() / 2], &["no zip archive, or damaged"]);
    check_refused("a.npz", &npy("|u1", &[COUNT, 784], &all_grey()), &["no zip archive"]);
    check_refused("a.zip", &zip(&[]), &["holds no files"]);
    check_refused("a.zip", &write::with_flag(&whole, 1), &["0 usable images of 12 files", "encrypted", "password"]);
    check_refused(
        "a.zip",
        &write::with_method(&whole, 12),
        &["0 usable images", "packed in a way that cannot be read"],
    );
    check_refused("a.zip", &write::with_entries(&whole, 65_000), &["no zip archive, or damaged"]);
    check_refused(
        "a.zip",
        &write::zip64_promising(u64::MAX / 2),
        &["promises 9223372036854775807 entries", "choose the folder"],
    );
    // The contents of every entry are changed, so that no checksum fits.
    let changed: Vec<u8> = zip_stored(&files).iter().map(|&byte| if byte == b'I' { b'J' } else { byte }).collect();
    check_refused("a.zip", &changed, &["0 usable images"]);

    let (folder, path) = file_of("large.zip", &whole);
    fs::File::options().write(true).open(&path).unwrap().set_len(5 << 30).unwrap();
    check_contains(&message(&path), &["large.zip is 5120 MB", "choose the folder"]);
    drop(folder);
}
