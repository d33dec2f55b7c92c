//! Folders and archives as people have them: divided sets, archives of several packers, names and tables that
//! tell classes, and what lies beside the images.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use metascope::images::{ImageSet, Kind, Skipped};
use metascope::settings::Settings;
use metascope::tasks::classes::{Part, class_parts};
use metascope::tasks::{Family, for_validation};
use tempfile::TempDir;

use crate::common::algorithms;
use crate::common::families;
use crate::common::files::{
    Files, check_noted, classes_where, essence, files, load, of_classes, packed, picture, read, reason_of, tarred,
    zipped,
};
use crate::common::write;
use crate::common::write::{gz, npy, png, zip};

#[test]
fn folders_that_divide_a_set_are_no_classes_and_their_images_stay_where_they_are_put() {
    for [training, validation, test] in
        [["train", "val", "test"], ["Training", "valid", "eval"], ["d/train", "d/validation", "d/testing"]]
    {
        let folders: Vec<String> = [training, validation, test]
            .iter()
            .flat_map(|part| ["cat", "cow", "dog", "owl"].map(|class| format!("{part}/{class}")))
            .collect();
        let mut all = of_classes(&folders.iter().map(String::as_str).collect::<Vec<_>>());
        all.push((format!("{test}/unlabelled.png"), picture(99)));
        let set = read(&all);
        assert_eq!((set.classes.len(), set.images.len()), (4, 24));
        assert_eq!(set.images.iter().filter(|image| image.held_out).count(), 8);
        assert_eq!(set.images.iter().filter(|image| image.validates).count(), 8);
        assert!(reason_of(&set, "unlabelled.png").contains("has no class"));
        check_noted(
            &set,
            &["divide the set", "8 images in 4 classes are trained on", "8 images in 4 classes validate"],
        );

        let run = Settings::preset(families::PICTURE, algorithms::MAML).run;
        let images = for_validation(&run, &set).unwrap();
        assert_eq!(images.images.iter().filter(|image| image.held_out).count(), 8);
        assert_eq!(images.images.len(), 16);
        assert_eq!(Family::new(&run, Some(Arc::new(set))).unwrap().held_out_tasks(), 8);
    }
}

#[test]
fn where_the_parts_have_classes_of_their_own_whole_classes_are_held_out_and_validate() {
    let all = of_classes(&["train/a", "train/b", "train/c", "val/d", "val/e", "test/f", "test/g"]);
    let set = read(&all);
    assert_eq!(set.classes, ["a", "b", "c", "d", "e", "f", "g"]);
    let expected =
        [Part::Training, Part::Training, Part::Training, Part::Validation, Part::Validation, Part::Test, Part::Test];
    for seed in 0..4 {
        assert_eq!(class_parts(&set, seed).unwrap(), expected.map(Some));
    }
    check_noted(&set, &["the 2 that are in no other part are held out"]);
    let run = Settings::preset(families::CLASSIFY, algorithms::MAML).run;
    let chosen_by = for_validation(&run, &set).unwrap();
    assert_eq!(classes_where(&chosen_by, |image| image.held_out), BTreeSet::from(["d", "e"]));
    assert_eq!(classes_where(&chosen_by, |image| !image.held_out), BTreeSet::from(["a", "b", "c"]));

    let omniglot = of_classes(&[
        "images_background/Latin/a",
        "images_background/Latin/b",
        "images_evaluation/Greek/c",
        "images_evaluation/Greek/d",
    ]);
    let set = read(&omniglot);
    assert_eq!(classes_where(&set, |image| image.held_out), BTreeSet::from(["Greek/c", "Greek/d"]));
    assert_eq!(class_parts(&set, 3).unwrap().iter().filter(|part| **part == Some(Part::Test)).count(), 2);

    let overlapping = of_classes(&["train/a", "train/b", "train/c", "test/a", "test/f", "test/g"]);
    let set = read(&overlapping);
    let parts = class_parts(&set, 1).unwrap();
    let test: Vec<&str> = set
        .classes
        .iter()
        .zip(&parts)
        .filter(|(_, part)| **part == Some(Part::Test))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(test, ["f", "g"]);
}

#[test]
fn archives_of_every_packer_are_read_as_the_folder_that_they_hold() {
    let all = of_classes(&["cat", "dog", "owl"]);
    let plain = read(&all);
    let renamed =
        |name: &dyn Fn(&str) -> String| all.iter().map(|(old, bytes)| (name(old), bytes.clone())).collect::<Files>();
    let windows = zipped(&renamed(&|name| name.replace('/', "\\")));
    let bsd = zipped(&renamed(&|name| format!("./{name}")));
    let backwards: Files = all.iter().rev().cloned().collect();
    for (name, bytes) in [
        ("windows.zip", windows),
        ("bsd.zip", bsd),
        ("a.tar", tarred(&all)),
        ("a.tar.gz", gz(&tarred(&all))),
        ("a.tgz", gz(&tarred(&backwards))),
        ("dots.tar", tarred(&renamed(&|name| format!("./{name}")))),
        ("no-ending", tarred(&all)),
    ] {
        let set = packed(name, &bytes).unwrap();
        assert_eq!(essence(&set), essence(&plain), "{name}");
        assert_eq!((set.origin.kind, set.skipped.len()), (Kind::Archive, 0), "{name}");
        let held_out = |set: &ImageSet| set.images.iter().map(|image| image.held_out).collect::<Vec<_>>();
        assert_eq!(held_out(&set), held_out(&plain), "{name}");
    }
}

#[test]
fn a_folder_of_archives_has_a_class_for_each() {
    let all = of_classes(&["cat", "dog"]);
    let plain = read(&all);
    let of = |class: &str| all.iter().filter(|(name, _)| name.starts_with(class)).cloned().collect::<Files>();
    let bare =
        |class: &str| of(class).into_iter().map(|(name, bytes)| (name[4..].to_owned(), bytes)).collect::<Files>();
    let broken = ("bad.zip".to_owned(), b"PK\x03\x04 no archive".to_vec());
    for archives in [
        [("cat.zip", zipped(&bare("cat"))), ("dog.tar.gz", gz(&tarred(&bare("dog"))))],
        [("cat.zip", zipped(&of("cat"))), ("dog.tar", tarred(&of("dog")))],
    ] {
        let mut files: Files = archives.map(|(name, bytes)| (name.to_owned(), bytes)).into();
        files.push(broken.clone());
        let set = read(&files);
        assert_eq!(essence(&set), essence(&plain));
        assert!(reason_of(&set, "bad.zip").contains("no zip archive"));
    }
    let npz = |seed: u8| {
        zip(&[("x.npy", npy("|u1", &[3, 8, 8], &(0..192).map(|i| seed.wrapping_mul(i)).collect::<Vec<_>>()))])
    };
    let set = read(&[("a.npz".to_owned(), npz(3)), ("b.npz".to_owned(), npz(7))]);
    assert_eq!((set.images.len(), set.classes.len()), (6, 2));
}

#[test]
fn tar_archives_hold_arrays_long_names_and_false_entries() {
    let long = format!("{}/{}.png", "c".repeat(90), "n".repeat(90));
    let mut all = files(&["a/1.png", "a/2.png", &long, "../out.png", ".hidden/x.png", "inner.zip", "b/notes.txt"]);
    all.push(("array.npy".to_owned(), npy("|u1", &[2, 8, 8], &(0..128).collect::<Vec<u8>>())));
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in &all {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        let path = if name.starts_with("..") { "xx/out.png" } else { name };
        if header.set_path(path).is_err() {
            header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            builder.append_data(&mut header, path, bytes.as_slice()).unwrap();
            continue;
        }
        header.set_cksum();
        builder.append(&header, bytes.as_slice()).unwrap();
    }
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_size(0);
    builder.append_link(&mut link, "a/link.png", "/etc/passwd").unwrap();
    let whole = builder.into_inner().unwrap();
    let out = write::replaced(&whole, b"xx/out.png", b"../out.png");
    let set = packed("a.tar", &with_sums(out)).unwrap();
    assert_eq!(set.classes, ["a", "array", "b", &"c".repeat(90)]);
    assert_eq!((set.images.len(), set.skipped.len()), (6, 2), "{:?}", set.skipped);
    assert!(set.skipped.iter().any(|skipped| skipped.reason.contains("leads out")));
    assert!(reason_of(&set, "inner.zip").contains("archive inside an archive"));

    let cut = packed("a.tar", &tarred(&of_classes(&["a", "b"]))[..2_000]).unwrap();
    assert!(reason_of(&cut, "a.tar").contains("damaged"), "{:?}", cut.skipped);
    let message = packed("a.tar.gz", b"\x1f\x8bnothing").unwrap_err().to_string();
    assert!(message.contains("a.tar.gz") && message.contains("damaged"), "{message}");
    let message = packed("a.tar", &[7; 2_000]).unwrap_err().to_string();
    assert!(message.contains("no tar archive"), "{message}");
}

/// The same archive with the checksums of its headers computed anew.
fn with_sums(mut archive: Vec<u8>) -> Vec<u8> {
    for at in (0..archive.len() - 512).step_by(512) {
        if archive[at + 257..].starts_with(b"ustar") {
            let mut header = tar::Header::from_byte_slice(&archive[at..at + 512]).clone();
            header.set_cksum();
            archive[at..at + 512].copy_from_slice(header.as_bytes());
        }
    }
    archive
}

#[test]
fn a_bomb_of_a_tar_archive_is_left_before_memory_fills() {
    let mut name = tar::Header::new_gnu();
    name.set_entry_type(tar::EntryType::GNULongName);
    name.set_size(200 << 20);
    name.set_path("././@LongLink").unwrap();
    name.set_cksum();
    let bomb = [name.as_bytes().as_slice(), &vec![b'a'; 200 << 20]].concat();
    let pictures = tarred(&of_classes(&["a", "b"]));
    let set = packed("a.tgz", &gz(&[bomb, pictures].concat())).unwrap();
    assert_eq!(set.images.len(), 4);
}

#[test]
fn images_in_one_folder_have_the_classes_of_their_names() {
    for prefix in ["", "pets/"] {
        let names = [
            "cat.0.png",
            "cat.1.png",
            "dog.0.png",
            "dog.1.png",
            "Abyssinian_1.png",
            "Abyssinian_12.png",
            "owl (1).png",
            "owl (2).png",
        ];
        let set = read(&files(&names.map(|name| format!("{prefix}{name}")).each_ref().map(String::as_str)));
        assert_eq!(set.classes, ["Abyssinian", "cat", "dog", "owl"]);
        check_noted(&set, &["Classes are taken from the names", "4 of them"]);
    }
    for names in
        [["a.png", "b.png", "c.png"], ["017.png", "018.png", "019.png"], ["img_1.png", "img_2.png", "img_3.png"]]
    {
        let set = read(&files(&names));
        assert_eq!((set.classes.len(), set.notes.len()), (1, 0), "{names:?}");
    }
    let folders = read(&files(&["a/cat.0.png", "a/cat.1.png", "b/dog.0.png", "b/dog.1.png"]));
    assert_eq!(folders.classes, ["a", "b"]);
}

#[test]
fn a_table_beside_images_tells_their_classes() {
    let mut all = files(&["images/x1.png", "images/x2.png", "images/y.png", "images/z.png"]);
    let table = b"file,label\nx1.png,cat\nx2.png,dog\ny.png,cat\nz.png,dog\n".to_vec();
    for place in ["labels.csv", "images/labels.csv"] {
        all.push((place.to_owned(), table.clone()));
        let set = read(&all);
        assert_eq!((set.classes.as_slice(), set.skipped.len()), (["cat", "dog"].map(str::to_owned).as_slice(), 0));
        check_noted(&set, &["Classes are taken from", "labels.csv"]);
        assert_eq!(essence(&packed("a.zip", &zipped(&all)).unwrap()), essence(&set));
        assert_eq!(essence(&packed("a.tar", &tarred(&all)).unwrap()), essence(&set));
        all.pop();
    }
    all.push(("labels.csv".to_owned(), b"x1.png,cat\nx2.png,dog\ny.png,cat\n".to_vec()));
    let set = read(&all);
    assert_eq!(set.images.len(), 3);
    assert!(reason_of(&set, "z.png").contains("has no class"));
    all.pop();
    all.push(("sizes.csv".to_owned(), b"a,b\n1,2\n".to_vec()));
    assert!(reason_of(&read(&all), "sizes.csv").contains("is a table"));
}

#[test]
fn annotations_beside_images_are_named_and_left_out() {
    let mut all =
        files(&["images/Abyssinian_1.png", "images/Abyssinian_2.png", "images/beagle_1.png", "images/beagle_2.png"]);
    for (name, _) in all.clone() {
        let trimap: Vec<u8> = (0..64).map(|i| 1 + (i % 8 / 4) as u8).collect();
        all.push((name.replace("images", "annotations/trimaps"), png(8, 8, 1, &trimap)));
    }
    let set = read(&all);
    assert_eq!((set.classes.as_slice(), set.images.len()), (["Abyssinian", "beagle"].map(str::to_owned).as_slice(), 4));
    assert!(reason_of(&set, "annotations/trimaps/beagle_1.png").contains("from 1 to 2"));
    assert_eq!(set.counts().skipped.values().collect::<Vec<_>>(), [&4]);
}

#[test]
fn a_run_s_own_results_among_the_images_are_passed_over() {
    let mut all = files(&["cat/a.png", "cat/b.png", "dog/a.png", "samples.png", "out/samples.png"]);
    let run = |folder: &str| {
        [("experiment.toml", "version = 1"), ("metrics.csv", "iteration\n1\n"), ("summary.json", "{}")]
            .map(|(name, text)| (format!("{folder}{name}"), text.as_bytes().to_vec()))
    };
    all.extend(run("out/"));
    let set = read(&all);
    assert_eq!(set.images.len(), 4, "a picture of that name elsewhere is an image like others");
    assert!(reason_of(&set, "out/samples.png").contains("was written by a run"));
    assert_eq!(set.counts().skipped.values().collect::<Vec<_>>(), [&4]);
}

#[cfg(unix)]
#[test]
fn folders_whose_names_are_not_in_utf_8_are_classes_of_their_own() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = TempDir::new().unwrap();
    for (index, name) in [b"caf\xe9".as_slice(), b"caf\xe8"].into_iter().enumerate() {
        let class = folder.path().join(std::ffi::OsStr::from_bytes(name));
        fs::create_dir(&class).unwrap();
        fs::write(class.join("a.png"), picture(index)).unwrap();
        fs::write(class.join("b.png"), picture(index + 5)).unwrap();
    }
    assert_eq!(load(folder.path()).unwrap().classes, ["cafè", "café"]);
}

#[test]
fn what_was_understood_is_said_in_two_lines_and_notes() {
    let mut all = of_classes(&["cat", "dog"]);
    all.extend((0..95).map(|i| (format!("cat/{i}.heic"), b"\0\0\0\x18ftypheic\0\0\0\0".to_vec())));
    let set = read(&all);
    let said = set.understood();
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].ends_with("4 images in 2 classes, 1 held out, grey, 8 x 8 pixels"), "{said}");
    assert!(lines[1].contains("95") && lines[1].contains("HEIC"), "{said}");
    assert!(lines[1].ends_with(".heic, …)") && lines[1].matches(".heic").count() == 3, "{said}");
    let reason = "is damaged: bad\nheader".into();
    let broken = Skipped { path: "cat/a.png".into(), reason };
    let said = ImageSet { skipped: vec![broken], notes: Vec::new(), ..set.clone() }.understood();
    assert_eq!(said.lines().nth(1), Some("1 file skipped: 1 x is damaged: bad header (a.png)"));
    let counts = set.counts();
    assert_eq!((counts.images, counts.classes, counts.held_out, counts.channels, counts.size), (4, 2, 1, 1, 8));
    assert_eq!(counts.skipped.into_values().collect::<Vec<_>>(), [95]);
}
