//! Images in tables and in CIFAR's binary files give the set that PNG files give; files of other kinds are
//! named for what they are.

use crate::common::pictures::{NAMES, drawing, expected, picture, planar, said};
use crate::common::reading::{check_contains, check_refused, essence, file_of, folder_of, load, reason_of};
use crate::common::write::{gz, png, zip};

#[test]
fn tables_of_pixels_are_read() {
    let images: Vec<(usize, Vec<u8>)> = (0..12).map(|index| (index % 3, drawing(index))).collect();
    let wanted = essence(&expected(&images, 28, 28, 1));
    let joined = |pixels: &[u8]| pixels.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
    let first: String = images.iter().map(|(class, pixels)| format!("{class},{}\n", joined(pixels))).collect();
    let last: String = images.iter().map(|(class, pixels)| format!("{},{class}\r\n", joined(pixels))).collect();
    let names = |label: &str| (0..784).map(|pixel| format!("{label}{pixel}")).collect::<Vec<_>>().join(",");
    for (name, bytes) in [
        ("mnist_train.csv", first.clone().into_bytes()),
        ("train.csv", format!("label,{}\n{first}", names("pixel")).into_bytes()),
        ("numbered.csv", format!("label,{}\n{first}", names("")).into_bytes()),
        ("openml.csv", format!("{},\"class\"\n{last}", names("pixel")).into_bytes()),
        ("packed.csv.gz", gz(first.as_bytes())),
    ] {
        let folder = folder_of(&[(name, bytes.clone())]);
        let mut tar = tar::Builder::new(Vec::new());
        tar.append_dir_all("set", folder.path()).unwrap();
        let (_tar, tarball) = file_of("set.tar", &tar.into_inner().unwrap());
        let packed = if name.ends_with(".gz") { folder.path() } else { &tarball };
        for path in [folder.path(), &folder.path().join(name), packed] {
            let set = load(path).unwrap();
            assert_eq!((essence(&set), set.skipped.len()), (wanted.clone(), 0), "{name}");
            let column = if name == "openml.csv" { "the label in column 785" } else { "the label in the first column" };
            check_contains(&said(&set), &[name, "12 images of 28 x 28 pixels", column]);
        }
    }
    let unlabelled: String = images.iter().map(|(_, pixels)| format!("{}\n", joined(pixels))).collect();
    let (_folder, path) = file_of("test.csv", unlabelled.as_bytes());
    assert_eq!(load(&path).unwrap().classes, ["test"]);
    check_refused("a.csv", b"file,label\n1.png,cat\n2.png,dog\n", &["a table of 2 columns"]);
    check_refused("a.csv", first.replacen("255", "x", 1).as_bytes(), &["line 1 has “x” in column"]);
    check_refused("a.csv", &first.as_bytes()[..first.len() - 40], &["line 12 has", "columns where the first has 785"]);
    check_refused("a.csv", &[b','; 5 << 20], &["more than 4 MB"]);
    check_refused("a.csv", b"", &["empty"]);
}

#[test]
fn binary_files_of_cifar_are_read() {
    let images: Vec<(usize, Vec<u8>)> = (0..12).map(|index| (index % 3, picture(index, 32, 32, 3))).collect();
    let record = |label: &[u8], pixels: &[u8]| [label, &planar(pixels, 3)].concat();
    let ten: Vec<u8> = images.iter().flat_map(|(class, pixels)| record(&[*class as u8], pixels)).collect();
    let hundred: Vec<u8> = images.iter().flat_map(|(class, pixels)| record(&[7, *class as u8], pixels)).collect();
    let wanted = essence(&expected(&images, 32, 32, 3));
    for bytes in [&ten, &hundred] {
        let (_folder, path) = file_of("train.bin", bytes);
        assert_eq!(essence(&load(&path).unwrap()), wanted);
    }
    let lines = |count: usize| {
        (0..count).map(|index| format!("{}\n", NAMES.get(index).unwrap_or(&"other"))).collect::<String>()
    };
    let named: Vec<(&str, Vec<u8>)> = images.iter().map(|(class, pixels)| (NAMES[*class], pixels.clone())).collect();
    let wanted = essence(&expected(&named, 32, 32, 3));
    let folders = [
        folder_of(&[("data_batch_1.bin", ten.clone()), ("batches.meta.txt", format!("{}\n", lines(10)).into_bytes())]),
        folder_of(&[
            ("train.bin", hundred),
            ("coarse_label_names.txt", lines(20).replace("pear", "fruit").into_bytes()),
            ("fine_label_names.txt", lines(100).into_bytes()),
        ]),
    ];
    for (folder, file) in folders.iter().zip(["data_batch_1.bin", "train.bin"]) {
        for path in [folder.path(), &folder.path().join(file)] {
            let set = load(path).unwrap();
            assert_eq!(essence(&set), wanted);
            check_contains(&said(&set), &["12 images of 32 x 32 pixels", "are named by"]);
        }
    }
    check_refused("weights.bin", &[3; 5_000], &["no binary file of CIFAR", "numpy.save"]);
    check_refused("short.bin", &ten[..ten.len() - 1], &["no binary file of CIFAR"]);
}

#[test]
fn files_of_other_kinds_are_named_with_what_to_do() {
    let box_of = |brand: &[u8]| [b"\0\0\0\x18ftyp", brand, &[0; 40]].concat();
    let kinds: [(&str, Vec<u8>, &str); 12] = [
        ("phone.heic", box_of(b"heic"), "HEIC photograph"),
        ("phone.jpg", box_of(b"mif1"), "HEIC photograph"),
        ("web.avif", box_of(b"avif"), "AVIF image"),
        ("new.jxl", b"\xff\x0a\x10\x20\x30".to_vec(), "JPEG XL image"),
        ("data_batch_1", b"\x80\x02}q\x01(U\x0bbatch_label".to_vec(), "Python pickle"),
        ("set.pkl", b"(dp0\nS'data'\n".to_vec(), "Python pickle"),
        ("digits.mat", b"MATLAB 5.0 MAT-file, Platform".to_vec(), "MATLAB file"),
        ("train.parquet", b"PAR1\x15\x04\x15".to_vec(), "Parquet table"),
        ("set.h5", b"\x89HDF\r\n\x1a\n\0\0".to_vec(), "HDF5 file"),
        ("set.pt", zip(&[("archive/data.pkl", vec![1])]), "file of PyTorch"),
        ("model.pth", b"\x00\x01\x02\x03".to_vec(), "file of PyTorch"),
        ("film.mp4", box_of(b"isom"), "a film"),
    ];
    let pictures =
        || [("a/0.png", png(8, 6, 1, &picture(0, 6, 8, 1))), ("a/1.png", png(8, 6, 1, &picture(1, 6, 8, 1)))];
    let mut all: Vec<(&str, Vec<u8>)> = kinds.iter().map(|(name, bytes, _)| (*name, bytes.clone())).collect();
    all.extend(pictures());
    // A picture is read whatever its name.
    all.push(("b/2.heic", png(8, 6, 1, &picture(2, 6, 8, 1))));
    let folder = folder_of(&all);
    let (_zip, zipped) = file_of("set.zip", &zip(&all));
    for path in [folder.path(), zipped.as_path()] {
        let set = load(path).unwrap();
        assert_eq!((set.images.len(), set.classes.join(" ")), (3, "a b".to_owned()));
        for (name, _, part) in &kinds {
            let reason = reason_of(&set, name);
            check_contains(reason, &[part]);
            assert!(reason.contains("save") || reason.contains("take"), "{reason}");
        }
    }
    for (name, bytes, part) in &kinds {
        check_refused(name, bytes, &[part]);
    }
}
