//! Image sets from arrays and archives: the same images give the same set in every format, labels become
//! classes, and hostile files give a message.

use crate::common::write;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use metascope::images::{ImageError, Kind, Progress, source};
use metascope::settings::ImageReading;
use proptest::prelude::*;
use tempfile::TempDir;

use crate::common::reading::{
    SIZE, check_contains, check_refused, essence, file_of, folder_of, load, message, reason_of,
};
use crate::common::write::{gz, idx, npy, png, zip, zip_stored};

/// Grey images of 28 x 28 pixels, different for each index.
fn grey(index: usize) -> Vec<u8> {
    (0..28 * 28).map(|i| (i * 3 + index * 41 + i / 28 * index) as u8).collect()
}

const COUNT: usize = 12;

/// Three classes that take turns.
fn labels() -> Vec<u8> {
    (0..COUNT).map(|index| [7, 0, 3][index % 3]).collect()
}

fn all_grey() -> Vec<u8> {
    (0..COUNT).flat_map(grey).collect()
}

fn folder_files() -> Vec<(String, Vec<u8>)> {
    let labels = labels();
    (0..COUNT).map(|index| (format!("{}/{index:02}.png", labels[index]), png(28, 28, 1, &grey(index)))).collect()
}

#[test]
fn the_same_images_give_the_same_set_in_every_format() {
    let files = folder_files();
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let folder = folder_of(&files);
    let expected = essence(&load(folder.path()).unwrap());
    assert_eq!((expected.0.join(" "), expected.1, expected.2.len()), ("0 3 7".to_owned(), 1, COUNT));

    let cube = npy("|u1", &[COUNT, 28, 28], &all_grey());
    let last = npy("|u1", &[COUNT, 28, 28, 1], &all_grey());
    let rows = npy("|u1", &[COUNT, 784], &all_grey());
    let wide = labels().iter().flat_map(|&label| i64::from(label).to_le_bytes()).collect::<Vec<_>>();
    let floats = all_grey().iter().flat_map(|&value| (f32::from(value) / 255.0).to_le_bytes()).collect::<Vec<_>>();
    let bright = all_grey().iter().flat_map(|&value| f64::from(value).to_be_bytes()).collect::<Vec<_>>();
    let shorts = all_grey().iter().flat_map(|&value| i16::from(value).to_le_bytes()).collect::<Vec<_>>();
    let (images, byte_labels) = (idx(3, &[COUNT, 28, 28], &all_grey()), idx(1, &[COUNT], &labels()));
    let packed: [(&str, Vec<u8>); 8] = [
        ("a.zip", zip(&files)),
        ("b.zip", zip_stored(&files)),
        ("c.npz", zip(&[("x_train.npy", cube.clone()), ("y_train.npy", npy("<i8", &[COUNT], &wide))])),
        ("d.npz", zip_stored(&[("images.npy", last), ("labels.npy", npy("|u1", &[COUNT, 1], &labels()))])),
        ("e.npz", zip(&[("arr_0.npy", rows), ("arr_1.npy", npy("|u1", &[COUNT], &labels()))])),
        ("f.npz", zip(&[("x.npy", npy("<f4", &[COUNT, 28, 28], &floats)), ("y.npy", npy("<i8", &[COUNT], &wide))])),
        ("g.npz", zip(&[("x.npy", npy(">f8", &[COUNT, 784], &bright)), ("y.npy", npy("<i8", &[COUNT], &wide))])),
        ("h.npz", zip(&[("x.npy", npy("<i2", &[COUNT, 784], &shorts)), ("y.npy", npy("<i8", &[COUNT], &wide))])),
    ];
    for (name, bytes) in packed {
        let (_folder, path) = file_of(name, &bytes);
        let set = load(&path).unwrap();
        assert_eq!(essence(&set), expected, "{name}");
        assert_eq!((set.skipped.len(), set.origin.kind, set.origin.largest), (0, Kind::Archive, (28, 28)), "{name}");
    }
    for (image_name, label_name, packed) in [
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", false),
        ("t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte", false),
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", true),
        ("mine.idx3-ubyte", "mine-idx1-ubyte.gz", false),
    ] {
        let pack = |name: &str, bytes: &[u8]| if name.ends_with(".gz") { gz(bytes) } else { bytes.to_vec() };
        let folder =
            folder_of(&[(image_name, pack(image_name, &images)), (label_name, pack(label_name, &byte_labels))]);
        let set = load(&folder.path().join(image_name)).unwrap();
        assert_eq!(essence(&set), expected, "{image_name} {packed}");
        assert_eq!(set.origin.kind, Kind::Idx);
        assert_eq!(essence(&load(folder.path()).unwrap()), expected, "the folder of {image_name}");
    }
}

#[test]
fn colour_arrays_give_what_a_folder_gives() {
    let colour = |index: usize| -> Vec<u8> { (0..12 * 10 * 3).map(|i| (i * 5 + index * 31) as u8).collect() };
    let folder = folder_of(&[("a/0.png", png(10, 12, 3, &colour(0))), ("a/1.png", png(10, 12, 3, &colour(1)))]);
    let expected = essence(&load(folder.path()).unwrap());
    let (_folder, path) = file_of("a.npy", &npy("|u1", &[2, 12, 10, 3], &[colour(0), colour(1)].concat()));
    let set = load(&path).unwrap();
    assert_eq!(essence(&set), expected);
    assert_eq!((set.channels, set.origin.kind, set.origin.smallest), (3, Kind::Array, (10, 12)));
}

#[test]
fn an_array_alone_is_one_class_and_a_folder_of_arrays_a_class_for_each() {
    let cats = npy("|u1", &[COUNT, 784], &all_grey());
    let (_folder, path) = file_of("cat.npy", &cats);
    let set = load(&path).unwrap();
    assert_eq!((set.classes.join(" "), set.images.len()), ("cat".to_owned(), COUNT));
    assert_eq!(set.images[1].name, "cat 1");
    let truth: Vec<u8> = (0..COUNT * 784).map(|i| u8::from(i % 28 < 14)).collect();
    let folder = folder_of(&[
        ("猫.npy", cats),
        ("dog.npy", npy("|b1", &[COUNT, 28, 28], &truth)),
        ("birds/owl.npy.gz", gz(&npy("|u1", &[COUNT, 28, 28], &all_grey()))),
        ("birds/nest.png", png(28, 28, 1, &grey(3))),
    ]);
    let set = load(folder.path()).unwrap();
    assert_eq!(set.classes, ["birds", "birds/owl", "dog", "猫"]);
    assert_eq!((set.class_sizes(), set.images.len()), ((1, COUNT), 3 * COUNT + 1));
    let dog = set.images.iter().find(|image| image.name == "dog 0").unwrap();
    assert!(dog.pixels.contains(&255) && dog.pixels.contains(&0), "one is white in an array of truth values");
}

#[test]
fn train_and_test_files_of_mnist_are_read_together() {
    let file = |from: usize, to: usize| idx(3, &[to - from, 28, 28], &(from..to).flat_map(grey).collect::<Vec<_>>());
    let folder = folder_of(&[
        ("train-images-idx3-ubyte", file(0, 8)),
        ("train-images-idx3-ubyte.gz", gz(&file(0, 8))),
        ("train-labels-idx1-ubyte", idx(1, &[8], &labels()[..8])),
        ("t10k-images-idx3-ubyte.gz", gz(&file(8, COUNT))),
        ("t10k-labels-idx1-ubyte.gz", gz(&idx(1, &[COUNT - 8], &labels()[8..]))),
    ]);
    let set = load(folder.path()).unwrap();
    assert_eq!((set.images.len(), set.classes.join(" ")), (COUNT, "0 3 7".to_owned()));
    check_contains(reason_of(&set, "train-images-idx3-ubyte.gz"), &["unpacked too"]);
    assert_eq!(set.skipped.len(), 1);
    let (_alone, path) = file_of("t10k-images-idx3-ubyte", &file(0, 8));
    assert_eq!(load(&path).unwrap().classes, ["t10k-images"]);
}

#[test]
fn a_tree_of_alphabets_and_characters_is_a_class_for_each_character() {
    let mut files = Vec::new();
    for (alphabet, characters) in [("Korean", 2), ("Latin", 3)] {
        for character in 1..=characters {
            for drawing in 1..=4 {
                let index = files.len();
                let name = format!("images_background/{alphabet}/character{character:02}/{index:04}_{drawing:02}.png");
                files.push((name, png(105, 105, 1, &vec![(index * 10) as u8; 105 * 105])));
            }
        }
    }
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let folder = folder_of(&files);
    let from_folder = load(&folder.path().join("images_background")).unwrap();
    let names =
        ["Korean/character01", "Korean/character02", "Latin/character01", "Latin/character02", "Latin/character03"];
    assert_eq!(from_folder.classes, names);
    assert_eq!((from_folder.class_sizes(), from_folder.origin.largest), ((4, 4), (105, 105)));
    assert_eq!(from_folder.images[1].name, "0001_02");
    let (_zip, path) = file_of("omniglot.zip", &zip(&files));
    let from_zip = load(&path).unwrap();
    assert_eq!(from_zip.classes, names.map(|name| format!("images_background/{name}")));
    assert_eq!(essence(&from_zip).2, essence(&from_folder).2);
}

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

#[test]
fn names_in_any_script_and_encoding_are_read() {
    let picture = |index| png(28, 28, 1, &grey(index));
    let bytes = zip(&[("日本/い.png", picture(0)), ("日本/ろ.png", picture(1)), ("Größe/é.png", picture(2))]);
    // The last name as Latin-1 has it, which is no UTF-8.
    let latin: Vec<u8> = bytes.clone();
    let (_folder, path) = file_of("名.zip", &bytes);
    assert_eq!(load(&path).unwrap().classes, ["Größe", "日本"]);
    let broken = write::replaced(&latin, "Größe".as_bytes(), b"Gr\xf6\xdf\xe9\xe9e");
    let (_folder, path) = file_of("a.zip", &broken);
    assert_eq!(load(&path).unwrap().images.len(), 3);
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = TempDir::new().unwrap();
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9.npy");
        fs::write(folder.path().join(name), npy("|u1", &[COUNT, 784], &all_grey())).unwrap();
        assert_eq!(load(folder.path()).unwrap().classes, ["café"]);
        assert_eq!(load(&folder.path().join(name)).unwrap().classes, ["café"]);
    }
}

#[test]
fn formats_without_an_ending_are_known_by_their_first_bytes() {
    for bytes in [
        npy("|u1", &[COUNT, 784], &all_grey()),
        idx(3, &[COUNT, 28, 28], &all_grey()),
        zip(&[("a.npy", npy("|u1", &[COUNT, 784], &all_grey()))]),
    ] {
        let (_folder, path) = file_of("data", &bytes);
        assert_eq!(load(&path).unwrap().images.len(), COUNT);
    }
}

#[test]
fn a_file_that_shrinks_while_it_is_read_gives_a_message() {
    let count = 20_000;
    let (_folder, path) = file_of("a.npy", &npy("|u1", &[count, 256], &vec![9; count * 256]));
    let shrink = |progress: Progress| {
        if progress.done == 1 {
            fs::File::options().write(true).open(&path).unwrap().set_len(1 << 20).unwrap();
        }
    };
    let result = source::load(&path, ImageReading::of_size(SIZE, 0), &shrink, &AtomicBool::new(false));
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
    let set = source::load(folder.path(), ImageReading::of_size(4, 0), &|_| {}, &AtomicBool::new(false)).unwrap();
    let of = |class| set.images.iter().filter(|image| image.class == class).count();
    assert_eq!([of(0), of(1), of(2)], [49_500, 1_000, 49_500]);
    check_contains(reason_of(&set, "c.npy"), &["gives 49500 of its 90000 images", "evenly spread"]);
}

/// Resident memory at its highest, in MB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() >> 10
}

#[test]
fn sixty_thousand_images_load_with_progress_in_little_memory_and_can_be_cancelled() {
    const MANY: usize = 60_000;
    let pixels: Vec<u8> = (0..MANY * 784).map(|i| (i / 784 + i % 97) as u8).collect();
    let labels: Vec<u8> = (0..MANY).map(|i| (i % 10) as u8).collect();
    let folder = folder_of(&[
        ("train-images-idx3-ubyte", idx(3, &[MANY, 28, 28], &pixels)),
        ("train-labels-idx1-ubyte", idx(1, &[MANY], &labels)),
    ]);
    drop(pixels);
    let (before, start) = (peak(), Instant::now());
    let (calls, last) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let note = |progress: Progress| {
        calls.fetch_add(1, Ordering::Relaxed);
        last.fetch_max(progress.done, Ordering::Relaxed);
        assert!(progress.done <= progress.found && progress.found <= MANY);
    };
    let path = folder.path().join("train-images-idx3-ubyte");
    let set = source::load(&path, ImageReading::of_size(32, 0), &note, &AtomicBool::new(false)).unwrap();
    assert_eq!((set.images.len(), set.class_sizes(), set.channels), (MANY, (6_000, 6_000), 1));
    assert_eq!((last.into_inner(), calls.into_inner() >= MANY), (MANY, true));
    // The set itself has 61 MB of pixels; other tests run beside this one.
    assert!(peak() - before < 1_000, "{} MB more", peak() - before);
    assert!(start.elapsed() < Duration::from_secs(180), "{:?}", start.elapsed());
    drop(set);

    let (cancel, cancelled) = (AtomicBool::new(false), std::sync::Mutex::new(None));
    let stop = |progress: Progress| {
        if progress.done > 500 && !cancel.swap(true, Ordering::Relaxed) {
            *cancelled.lock().unwrap() = Some(Instant::now());
        }
    };
    assert!(matches!(source::load(&path, ImageReading::of_size(32, 0), &stop, &cancel), Err(ImageError::Cancelled)));
    let took = cancelled.into_inner().unwrap().expect("cancelled on the way").elapsed();
    assert!(took < Duration::from_millis(500), "cancelling took {took:?}");
}

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
    // The other tests of this file take less than this beside it.
    assert!(peak() < 3_000, "{} MB", peak());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), kept in 0..80_usize, kind in 0..NAMES.len()) {
        check_reading(NAMES[kind], &bytes);
        let whole = &whole_files()[kind];
        check_reading(NAMES[kind], &[&whole[..kept.min(whole.len())], &bytes].concat());
    }

    #[test]
    fn damaged_files_never_panic(
        kind in 0..NAMES.len(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let mut bytes = whole_files()[kind].clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        check_reading(NAMES[kind], &bytes);
    }

    #[test]
    fn altered_headers_never_panic(
        shape in proptest::collection::vec(prop_oneof![0..40_u64, any::<u64>()], 0..6),
        descr in "[<>|=][a-zA-Z][0-9]",
        rows in any::<bool>(),
        sides in any::<[u32; 3]>(),
    ) {
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
    }
}
