//! The kinds of sets that people bring: dropped on the window and given to a run without one, each is read alike and
//! with the right counts. What becomes of their pixels is tested with the readers.
use metascope::settings::ImageSource;
use metascope::train::link::Command;
use serde_json::json;

use crate::common::families;
use crate::common::files::{self, Files, files, of_classes, picture, tarred, write_into, zipped};
use crate::common::write::{gz, npy, png};
use crate::common::{bench, command};

/// A set, and what it holds: images, classes, held-out images, what is skipped by reason, a word of what is said.
struct Kind {
    name: &'static str,
    files: Files,
    /// The path to give, within the folder of the files.
    path: &'static str,
    images: usize,
    classes: usize,
    held_out: usize,
    skipped: usize,
    said: &'static str,
}

fn kind(name: &'static str, files: Files, path: &'static str, images: usize, classes: usize, held_out: usize) -> Kind {
    Kind { name, files, path, images, classes, held_out, skipped: 0, said: "" }
}

fn file(name: &str, bytes: Vec<u8>) -> Files {
    vec![(name.to_owned(), bytes)]
}

fn renamed(files: &[(String, Vec<u8>)], name: impl Fn(&str) -> String) -> Files {
    files.iter().map(|(old, bytes)| (name(old), bytes.clone())).collect()
}

/// Values from 0 to 255 that no other index has.
fn values(count: usize, index: usize) -> Vec<u8> {
    (0..count).map(|i| (i * 3 + index * 41 + i / 16 * (index + 2)) as u8).collect()
}

fn all_values(images: usize, each: usize) -> Vec<u8> {
    (0..images).flat_map(|index| values(each, index)).collect()
}

fn floats(images: usize, each: usize) -> Vec<u8> {
    let value = |byte: u8| f32::from(byte) / 127.5 - 1.0;
    all_values(images, each).into_iter().flat_map(|byte| value(byte).to_le_bytes()).collect()
}

fn text_array(texts: &[&str]) -> Vec<u8> {
    let wide = |text: &&str| -> Vec<u8> {
        let letters = text.chars().map(u32::from).chain(std::iter::repeat(0)).take(8);
        letters.flat_map(u32::to_le_bytes).collect()
    };
    npy("<U8", &[texts.len()], &texts.iter().flat_map(wide).collect::<Vec<_>>())
}

fn npz(arrays: &[(&str, Vec<u8>)]) -> Files {
    let named = arrays.iter().map(|(name, bytes)| (format!("{name}.npy"), bytes.clone()));
    file("set.npz", zipped(&named.collect::<Files>()))
}

fn kinds() -> Vec<Kind> {
    let divided = of_classes(&[
        "train/cat",
        "train/dog",
        "train/owl",
        "val/cat",
        "val/dog",
        "val/owl",
        "test/cat",
        "test/dog",
        "test/owl",
    ]);
    let animals = of_classes(&["cat", "dog", "owl"]);
    let labels = (0..24).map(|index| index % 4).collect::<Vec<u8>>();
    let one_hot: Vec<u8> = labels.iter().flat_map(|&label| (0..12).map(move |at| u8::from(at == label))).collect();
    let arrays =
        (0..12).map(|index| (format!("{}/{index}.npy", index / 4), npy("|u1", &[32, 32, 3], &values(3072, index))));
    let rows: String = (0..12)
        .map(|index| {
            let pixels = values(784, index).iter().map(u8::to_string).collect::<Vec<_>>().join(",");
            format!("{},{pixels}\n", index % 3)
        })
        .collect();
    let cifar: Vec<u8> = (0..12).flat_map(|index| [&[index as u8 % 3][..], &values(3072, index)].concat()).collect();
    let svg = |index: usize| {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 40 40\"><rect width=\"40\" height=\"40\" fill=\"#fff\"/>\
             <circle cx=\"{}\" cy=\"15\" r=\"{}\" fill=\"#259\"/></svg>",
            8 + index,
            4 + index
        )
        .into_bytes()
    };
    let mask = |index: usize| png(8, 8, 1, &(0..64).map(|at| 1 + u8::from(at % (3 + index) == 0)).collect::<Vec<_>>());
    let annotated: Files = (0..8)
        .map(|index| (format!("images/cat/{index}.png"), picture(index)))
        .chain((0..8).map(|index| (format!("annotations/trimaps/{index}.png"), mask(index))))
        .collect();
    let named =
        files(&["cat.0.jpg", "cat.1.jpg", "Abyssinian_1.png", "Abyssinian_2.png", "dog (1).png", "dog (2).png"]);
    let mut tabled = files(&["1.png", "2.png", "3.png", "4.png"]);
    tabled.push(("labels.csv".to_owned(), b"file,label\n1.png,cat\n2.png,dog\n3.png,cat\n4.png,dog\n".to_vec()));
    let mut foreign = of_classes(&["cat", "dog"]);
    foreign.push(("cat/c.heic".to_owned(), [&[0, 0, 0, 24], b"ftypheic".as_slice(), &[0; 64]].concat()));

    vec![
        kind("a divided set", divided, "", 18, 3, 6),
        kind(
            "a zip by Windows",
            file("set.zip", zipped(&renamed(&animals, |name| name.replace('/', "\\")))),
            "set.zip",
            6,
            3,
            1,
        ),
        kind(
            "a zip by bsdtar",
            file("set.zip", zipped(&renamed(&animals, |name| format!("./{name}")))),
            "set.zip",
            6,
            3,
            1,
        ),
        kind("a tar", file("set.tar", tarred(&animals)), "set.tar", 6, 3, 1),
        kind("a tar.gz", file("set.tar.gz", gz(&tarred(&animals))), "set.tar.gz", 6, 3, 1),
        kind(
            "a folder of zips",
            ["cat", "dog", "owl"]
                .map(|class| {
                    (
                        format!("{class}.zip"),
                        zipped(&animals.iter().filter(|(name, _)| name.starts_with(class)).cloned().collect::<Files>()),
                    )
                })
                .into(),
            "",
            6,
            3,
            1,
        ),
        kind("an array an image", arrays.collect(), "", 12, 3, 2),
        kind(
            "one-hot labels",
            npz(&[("x", npy("|u1", &[24, 16, 16, 3], &all_values(24, 768))), ("y", npy("|u1", &[24, 12], &one_hot))]),
            "set.npz",
            24,
            4,
            4,
        ),
        kind(
            "names of classes",
            npz(&[
                ("images", npy("|u1", &[24, 16, 16], &all_values(24, 256))),
                ("labels", npy("|u1", &[24], &labels)),
                ("classes", text_array(&["apple", "pear", "plum", "fig"])),
            ]),
            "set.npz",
            24,
            4,
            4,
        ),
        kind(
            "colours before pixels, around zero",
            npz(&[("x", npy("<f4", &[24, 3, 16, 16], &floats(24, 768))), ("y", npy("|u1", &[24], &labels))]),
            "set.npz",
            24,
            4,
            4,
        ),
        kind(
            "classes, shots, height, width",
            file("few.npy", npy("|u1", &[5, 6, 20, 20], &all_values(30, 400))),
            "few.npy",
            30,
            5,
            6,
        ),
        Kind { said: "names of files", ..kind("names in one folder", named, "", 6, 3, 1) },
        Kind { said: "labels.csv", ..kind("a table beside the images", tabled, "", 4, 2, 1) },
        Kind { skipped: 8, ..kind("annotations beside images", annotated, "", 8, 1, 1) },
        Kind { skipped: 1, ..kind("photographs of another kind", foreign, "", 4, 2, 1) },
        kind("a table of pixels", file("mnist.csv", rows.into_bytes()), "mnist.csv", 12, 3, 2),
        kind("CIFAR's binary file", file("data_batch_1.bin", cifar), "data_batch_1.bin", 12, 3, 2),
        kind(
            "drawings in SVG",
            (0..6).map(|index| (format!("{}/{index}.svg", index / 3), svg(index))).collect(),
            "",
            6,
            2,
            1,
        ),
    ]
}

/// Drops a path on the window and waits for the run that begins on it.
fn dropped(path: &std::path::Path) -> (std::sync::Arc<metascope::images::ImageSet>, bench::Bench) {
    let mut window = bench::Bench::of(families::PICTURE);
    window.drop_file(path);
    let commands = window.commands_when_made();
    let [Command::Restart(settings, Some(set))] = commands.as_slice() else {
        panic!("{}: {commands:?}, {:?}", path.display(), files::load(path).map(|set| set.understood()))
    };
    assert_eq!(settings.run.images, ImageSource::Path(path.to_owned()));
    (set.clone(), window)
}

#[test]
fn what_people_bring_is_read_alike_with_and_without_a_window() {
    for Kind { name, files, path, images, classes, held_out, skipped, said } in kinds() {
        let bench = command::Bench::new();
        write_into(&bench.path("set"), &files);
        let path = bench.path("set").join(path);
        let path = path.components().collect::<std::path::PathBuf>();

        let (set, window) = dropped(&path);
        let counted = [set.images.len(), set.classes.len(), set.images.iter().filter(|image| image.held_out).count()];
        assert_eq!(
            (counted, set.skipped.len()),
            ([images, classes, held_out], skipped),
            "{name}: {}",
            set.understood()
        );
        assert!(window.says(&format!("{images} images of")), "{name}: the window counts the images");
        assert!(set.understood().contains(said), "{name}: {}", set.understood());

        let network = bench.file("small.toml", "[run]\nheld_out_tasks = 1\n[run.network]\nhidden = [8]\n");
        let heard =
            bench.run("out", &["--images", path.to_str().unwrap(), "--iterations", "0", "--threads", "1", &network]);
        let summary = bench.summary("out");
        let counts = &summary["images"];
        assert_eq!(
            (&counts["images"], &counts["classes"], &counts["held_out"], &counts["channels"], &counts["size"]),
            (&json!(images), &json!(classes), &json!(held_out), &json!(set.channels), &json!(set.size)),
            "{name}"
        );
        let reasons: u64 = counts["skipped"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(reasons, skipped as u64, "{name}: {counts}");
        assert!(heard.contains(&format!("{images} images")) && heard.contains(said), "{name}: {heard}");
    }
}
