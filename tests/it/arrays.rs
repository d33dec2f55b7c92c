//! Image sets from arrays and archives: the same images give the same set in every format, labels become
//! classes, and hostile files give a message.

use std::fs;

use metascope::images::Kind;
use tempfile::TempDir;

use crate::common::reading::{check_contains, class_sizes, essence, file_of, folder_of, load, reason_of};
use crate::common::write;
use crate::common::write::{gz, idx, npy, png, zip, zip_stored};

mod damaged;
mod large;
mod refused;

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
    assert_eq!((class_sizes(&set), set.images.len()), ((1, COUNT), 3 * COUNT + 1));
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
    assert_eq!((class_sizes(&from_folder), from_folder.origin.largest), ((4, 4), (105, 105)));
    assert_eq!(from_folder.images[1].name, "0001_02");
    let (_zip, path) = file_of("omniglot.zip", &zip(&files));
    let from_zip = load(&path).unwrap();
    assert_eq!(from_zip.classes, names, "the folder that all lie in tells none apart");
    assert_eq!(essence(&from_zip).2, essence(&from_folder).2);
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
