//! Arrays as people save them: one image a file, one-hot labels, names of classes, PyTorch's order, classes
//! by the first index. Each gives the set that the same images give as PNG files,
//! and says what it was taken for.

use metascope::images::ImageSet;
use metascope::images::built_in::built_in;
use metascope::settings::ImageSource;

use crate::common::pictures::{NAMES, drawing, expected, picture, pixels, planar, said};
use crate::common::reading::{check_contains, class_sizes, essence, file_of, folder_of, load, message, reason_of};
use crate::common::write::{npy, png, zip};

fn npz(arrays: &[(&str, Vec<u8>)]) -> ImageSet {
    let (_folder, path) = file_of("set.npz", &zip(arrays));
    load(&path).unwrap()
}

fn wide_texts(texts: &[&str], length: usize) -> Vec<u8> {
    let of = |text: &&str| -> Vec<u8> {
        let codes = text.chars().map(u32::from).chain(std::iter::repeat(0));
        codes.take(length).flat_map(u32::to_le_bytes).collect()
    };
    texts.iter().flat_map(of).collect()
}

fn texts(texts: &[&str], length: usize) -> Vec<u8> {
    texts.iter().flat_map(|text| text.bytes().chain(std::iter::repeat(0)).take(length).collect::<Vec<_>>()).collect()
}

/// Twelve images of 8 x 6 and three classes that take turns.
fn turns(channels: usize) -> Vec<(usize, Vec<u8>)> {
    (0..12).map(|index| (index % 3, picture(index, 6, 8, channels))).collect()
}

fn classes_of(images: &[(usize, Vec<u8>)]) -> Vec<u8> {
    images.iter().map(|(class, _)| *class as u8).collect()
}

#[test]
fn an_array_an_image_makes_a_class_of_each_folder() {
    for (shape, channels, before) in [
        (&[256, 256][..], 1, false),
        (&[64, 64], 1, false),
        (&[32, 32, 3], 3, false),
        (&[32, 32, 4], 4, false),
        (&[3, 32, 32], 3, true),
        (&[1, 40, 30], 1, false),
        (&[1, 32, 32, 3], 3, false),
    ] {
        let sides: Vec<usize> = shape.iter().copied().filter(|&side| side > 4).collect();
        let images: Vec<(usize, Vec<u8>)> =
            (0..48).map(|index| (10 + index / 4, picture(index, sides[0], sides[1], channels))).collect();
        let named = |(index, (class, pixels)): (usize, &(usize, Vec<u8>))| {
            let pixels = if before { planar(pixels, channels) } else { pixels.clone() };
            (format!("{class}/{index:03}.npy"), npy("|u1", shape, &pixels))
        };
        let named: Vec<(String, Vec<u8>)> = images.iter().enumerate().map(named).collect();
        let opaque: Vec<(usize, Vec<u8>)> = images
            .iter()
            .map(|(class, pixels)| {
                (*class, pixels.chunks(channels).flat_map(|pixel| pixel[..channels.min(3)].to_vec()).collect())
            })
            .collect();
        let wanted = expected(&opaque, sides[0] as u32, sides[1] as u32, channels.min(3));
        let packed: Vec<(&str, Vec<u8>)> = named.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
        let (_zip, zipped) = file_of("set.zip", &zip(&packed));
        let folder = folder_of(&named);
        for path in [folder.path(), zipped.as_path()] {
            let set = load(path).unwrap();
            assert_eq!((set.images.len(), set.classes.len(), set.skipped.len()), (48, 12, 0), "{shape:?}");
            assert_eq!(essence(&set), essence(&wanted), "{shape:?}");
            let sides: Vec<String> = shape.iter().map(usize::to_string).collect();
            check_contains(&said(&set), &[&format!("48 arrays of {} are read as one image each", sides.join(" x "))]);
        }
    }
}

#[test]
fn arrays_of_one_image_may_differ_in_size_and_share_their_brightness() {
    let array = |height: usize, width: usize, value: u16| {
        npy(
            "<u2",
            &[height, width],
            &vec![value; height * width].iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>(),
        )
    };
    let folder = folder_of(&[
        ("a/0.npy", array(30, 41, 0)),
        ("a/1.npy", array(90, 100, 4_000)),
        ("a/2.npy", array(30, 60, 0)),
        ("b/0.npy", array(50, 60, 2_000)),
        ("b/1.npy", array(51, 52, 1_000)),
        ("b/2.npy", array(51, 52, 1_000)[..300].to_vec()),
    ]);
    let set = load(folder.path()).unwrap();
    let middles: Vec<u8> = set.images.iter().map(|image| image.pixels[0]).collect();
    assert_eq!((middles, set.classes.join(" ")), (vec![0, 255, 0, 128, 64], "a b".to_owned()));
    check_contains(reason_of(&set, "b/2.npy"), &["promises"]);
    check_contains(&said(&set), &["stretched to the values in use: 0 is black and 4000 is white", "different sizes"]);
}

#[test]
fn arrays_of_one_image_have_the_classes_that_image_files_have() {
    let images: Vec<Vec<u8>> = (0..12).map(|index| picture(index, 24, 26, 1)).collect();
    let of = |name: &dyn Fn(usize) -> String| {
        let arrays =
            images.iter().enumerate().map(|(i, pixels)| (format!("{}.npy", name(i)), npy("|u1", &[24, 26], pixels)));
        let pictures =
            images.iter().enumerate().map(|(i, pixels)| (format!("{}.png", name(i)), png(26, 24, 1, pixels)));
        let [arrays, pictures] =
            [arrays.collect::<Vec<_>>(), pictures.collect()].map(|named| load(folder_of(&named).path()).unwrap());
        assert_eq!(essence(&arrays), essence(&pictures));
        assert_eq!(arrays.images[0].name, pictures.images[0].name);
        arrays.classes.len()
    };
    assert_eq!(of(&|index| format!("{}.{index}", ["cat", "dog"][index % 2])), 2);
    assert_eq!(of(&|index| format!("{}/{}/{index}", ["train", "test"][index % 2], ["cat", "dog"][index / 6])), 2);
}

#[test]
fn files_of_many_images_are_a_class_each() {
    let rows = |count: usize| npy("|u1", &[count, 784], &vec![7; count * 784]);
    for names in [["cat", "dog", "owl"], ["a/cat", "a/dog", "a/owl"], ["a/cat", "b/dog", "c/owl"]] {
        for counts in [[50, 50, 50], [100, 784, 30], [200, 300, 123]] {
            let named: Vec<_> = names.iter().zip(counts).map(|(name, n)| (format!("{name}.npy"), rows(n))).collect();
            let set = load(folder_of(&named).path()).unwrap();
            assert_eq!((set.classes.join(" "), set.images.len()), (names.join(" "), counts.iter().sum()), "{counts:?}");
        }
    }
    let cube = |count: usize| npy("|u1", &[count, 28, 28], &vec![7; count * 784]);
    let set = load(folder_of(&[("cat.npy", cube(5)), ("dog.npy", cube(3)), ("owl.npy", cube(3))]).path()).unwrap();
    assert_eq!((set.classes.join(" "), set.images.len()), ("cat dog owl".to_owned(), 11));
    check_contains(&said(&set), &["3 arrays (cat.npy, …) are read as 11 images of 28 x 28 pixels", "the file names"]);
    // A square that is alone can only be a list.
    let (_folder, path) = file_of("square.npy", &npy("|u1", &[64, 64], &[9; 64 * 64]));
    assert_eq!(load(&path).unwrap().images.len(), 64);
}

#[test]
fn one_hot_rows_are_labels() {
    for columns in [3, 12, 16, 25, 100] {
        let images: Vec<(usize, Vec<u8>)> =
            (0..24).map(|index| (index * 7 % columns, picture(index, 6, 8, 3))).collect();
        let wanted = expected(&images, 6, 8, 3);
        let ones = images.iter().flat_map(|(class, _)| (0..columns).map(move |column| u8::from(column == *class)));
        let ones: Vec<u8> = ones.collect();
        let x = npy("|u1", &[24, 6, 8, 3], &pixels(&images));
        let shape = [24, columns];
        let doubles: Vec<u8> = ones.iter().flat_map(|&one| f64::from(one).to_le_bytes()).collect();
        for y in [npy("<f8", &shape, &doubles), npy("|u1", &shape, &ones), npy("|b1", &shape, &ones)] {
            for name in ["y.npy", "arr_1.npy"] {
                let set = npz(&[("x.npy", x.clone()), (name, y.clone())]);
                assert_eq!((essence(&set), set.skipped.len()), (essence(&wanted), 0), "{columns} {name}");
                check_contains(&said(&set), &[&format!("labels in {name}, by the place of the 1 in each row")]);
            }
        }
        let soft: Vec<u8> = ones.iter().flat_map(|&one| (0.9 * f32::from(one) + 0.05).to_le_bytes()).collect();
        let (_folder, path) = file_of("soft.npz", &zip(&[("x.npy", x), ("y.npy", npy("<f4", &shape, &soft))]));
        check_contains(&message(&path), &["argmax"]);
    }
}

#[test]
fn classes_have_the_names_that_lie_beside_them() {
    let images = turns(1);
    let x = || ("images.npy", npy("|u1", &[12, 6, 8], &pixels(&images)));
    let y = || ("labels.npy", npy("|u1", &[12], &classes_of(&images)));
    let named: Vec<(&str, Vec<u8>)> = images.iter().map(|(class, pixels)| (NAMES[*class], pixels.clone())).collect();
    let wanted = essence(&expected(&named, 6, 8, 1));
    let floats: Vec<u8> = classes_of(&images).iter().flat_map(|&label| f64::from(label).to_le_bytes()).collect();
    let from_one: Vec<u8> = classes_of(&images).iter().map(|label| label + 1).collect();
    let wide = npy("<U7", &[3], &wide_texts(&NAMES, 7));
    for (labels, list, name) in [
        (y(), wide.clone(), "classes.npy"),
        (y(), npy("|S5", &[3], &texts(&NAMES, 5)), "class_names.npy"),
        (y(), wide.clone(), "arr_2.npy"),
        (y(), npy("|S5", &[3, 1], &texts(&NAMES, 5)), "label_names.npy"),
        (("labels.npy", npy("<f8", &[12], &floats)), wide.clone(), "categories.npy"),
        (("labels.npy", npy("|u1", &[12], &from_one)), wide.clone(), "classes.npy"),
    ] {
        let set = npz(&[x(), labels, (name, list)]);
        assert_eq!((essence(&set), set.skipped.len()), (wanted.clone(), 0), "{name}");
        check_contains(&said(&set), &[&format!("The classes of images.npy are named by {name}")]);
    }
    let each: Vec<&str> = images.iter().map(|(class, _)| NAMES[*class]).collect();
    for (name, list) in
        [("labels.npy", npy("<U5", &[12], &wide_texts(&each, 5))), ("y.npy", npy("|S5", &[12], &texts(&each, 5)))]
    {
        assert_eq!(essence(&npz(&[x(), (name, list)])), wanted, "{name}");
    }
    // Texts that are as many as the images are no names of classes.
    let paths: Vec<String> = (0..12).map(|index| format!("{index}.png")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let set = npz(&[x(), y(), ("file_names.npy", npy("<U6", &[12], &wide_texts(&paths, 6)))]);
    assert_eq!(set.classes, ["0", "1", "2"]);
    check_contains(&said(&set), &["file_names.npy has no name for each class"]);
    let few = npz(&[x(), y(), ("classes.npy", npy("<U5", &[2], &wide_texts(&NAMES[..2], 5)))]);
    assert_eq!(few.classes, ["0", "1", "2"]);
}

#[test]
fn colours_before_pixels_are_read_as_those_behind() {
    let images = turns(3);
    let wanted = essence(&expected(&images, 6, 8, 3));
    let labels = || ("y.npy", npy("|u1", &[12], &classes_of(&images)));
    let before: Vec<u8> = images.iter().flat_map(|(_, pixels)| planar(pixels, 3)).collect();
    let set = npz(&[("x.npy", npy("|u1", &[12, 3, 6, 8], &before)), labels()]);
    assert_eq!(essence(&set), wanted);
    check_contains(&said(&set), &["12 images of 8 x 6 pixels whose colours lie before the pixels", "labels in y.npy"]);
    // Without labels the colours are known by their outlines.
    let (_folder, path) = file_of("all.npy", &npy("|u1", &[12, 3, 6, 8], &before));
    let set = load(&path).unwrap();
    assert_eq!((set.channels, set.images.len(), set.classes.join(" ")), (3, 12, "all".to_owned()));
    let grey = turns(1);
    let set = npz(&[("x.npy", npy("|u1", &[12, 1, 6, 8], &pixels(&grey))), labels()]);
    assert_eq!(essence(&set), essence(&expected(&grey, 6, 8, 1)));
}

#[test]
fn halves_and_values_around_zero_are_read() {
    let images = turns(1);
    let wanted = essence(&expected(&images, 6, 8, 1));
    let labels = || ("y.npy", npy("|u1", &[12], &classes_of(&images)));
    let values = pixels(&images);
    // A whole number below 256 in a half: the exponent counts its bits.
    let half = |value: u8| match value {
        0 => 0_u16,
        value => {
            let exponent = value.ilog2();
            (exponent as u16 + 15) << 10 | (u16::from(value) << (10 - exponent) & 1023)
        }
    };
    let halves: Vec<u8> = values.iter().flat_map(|&value| half(value).to_le_bytes()).collect();
    let set = npz(&[("x.npy", npy("<f2", &[12, 6, 8], &halves)), labels()]);
    assert_eq!(essence(&set), wanted);
    let signed: Vec<u8> = values.iter().flat_map(|&value| (f32::from(value) / 127.5 - 1.0).to_le_bytes()).collect();
    let set = npz(&[("x.npy", npy("<f4", &[12, 6, 8], &signed)), labels()]);
    assert_eq!(essence(&set), wanted);
    check_contains(&said(&set), &["x.npy is read with -1 as black and 1 as white"]);
}

#[test]
fn values_beyond_bytes_are_stretched_and_it_is_said() {
    let images = turns(1);
    let labels = || ("y.npy", npy("|u1", &[12], &classes_of(&images)));
    let stretched = |descr: &str, bytes: Vec<u8>| npz(&[("x.npy", npy(descr, &[12, 6, 8], &bytes)), labels()]);
    let values = pixels(&images);
    let (least, most) = (*values.iter().min().unwrap(), *values.iter().max().unwrap());
    let full = |value: u8| (255.0 * f64::from(value - least) / f64::from(most - least)).round() as u8;
    let wanted: Vec<_> =
        images.iter().map(|(class, pixels)| (*class, pixels.iter().map(|&v| full(v)).collect())).collect();
    let wanted = essence(&expected(&wanted, 6, 8, 1));
    let twelve = |value: &u8| u16::from(*value) * 16;
    let range = format!("{} is black and {} is white", twelve(&least), twelve(&most));
    for (descr, bytes) in [
        ("<u2", values.iter().flat_map(|value| twelve(value).to_le_bytes()).collect::<Vec<_>>()),
        (">i2", values.iter().flat_map(|value| twelve(value).to_be_bytes()).collect()),
        ("<i8", values.iter().flat_map(|value| u64::from(twelve(value)).to_le_bytes()).collect()),
        ("<f4", values.iter().flat_map(|value| f32::from(twelve(value)).to_le_bytes()).collect()),
    ] {
        let set = stretched(descr, bytes);
        assert_eq!(essence(&set), wanted, "{descr}");
        check_contains(&said(&set), &["x.npy is stretched to the values in use", &range]);
    }
}

#[test]
fn the_first_index_tells_classes() {
    for shots in [1, 2, 3, 5, 20] {
        let images: Vec<(usize, Vec<u8>)> = (0..6 * shots).map(|index| (index / shots, drawing(index))).collect();
        let (_folder, path) = file_of("few.npy", &npy("|u1", &[6, shots, 28, 28], &pixels(&images)));
        let set = load(&path).unwrap();
        if shots == 1 {
            assert_eq!((set.images.len(), set.classes.len()), (6, 1), "an image each and no shots");
            continue;
        }
        assert_eq!(essence(&set), essence(&expected(&images, 28, 28, 1)), "{shots}");
        check_contains(&said(&set), &[&format!("a class of {shots} images for each first index")]);
    }
    let images: Vec<(usize, Vec<u8>)> = (0..12).map(|index| (index / 4, picture(index, 6, 8, 3))).collect();
    let wanted = essence(&expected(&images, 6, 8, 3));
    let before: Vec<u8> = images.iter().flat_map(|(_, pixels)| planar(pixels, 3)).collect();
    for array in [npy("|u1", &[3, 4, 6, 8, 3], &pixels(&images)), npy("|u1", &[3, 4, 3, 6, 8], &before)] {
        let (_folder, path) = file_of("few.npy", &array);
        assert_eq!(essence(&load(&path).unwrap()), wanted);
    }
    let array = || npy("|u1", &[3, 4, 6, 8, 3], &pixels(&images));
    let set = npz(&[("data.npy", array()), ("classes.npy", npy("<U5", &[3], &wide_texts(&NAMES, 5)))]);
    assert_eq!((set.classes.join(" "), class_sizes(&set)), ("apple fig pear".to_owned(), (4, 4)));
    // Classes of two arrays are different ones.
    let set = npz(&[("train.npy", array()), ("test.npy", array())]);
    assert_eq!(set.classes, ["test/0", "test/1", "test/2", "train/0", "train/1", "train/2"]);
    let set = npz(&[("x.npy", array()), ("y.npy", npy("|u1", &[12], &[0, 1, 0, 1, 2, 2, 2, 2, 5, 5, 5, 5]))]);
    assert_eq!(set.classes, ["0", "1", "2", "5"]);
}

#[test]
fn three_drawings_are_told_from_three_colours() {
    use ImageSource::{Creatures, Faces, Hand, Textures};
    for source in [Hand, Faces, Creatures, Textures] {
        let set = built_in(&source).unwrap();
        let (side, colours) = (set.size, set.channels == 3);
        let data = if colours {
            set.images.iter().flat_map(|image| planar(&image.pixels, 3)).collect()
        } else {
            let of = |class| set.images.iter().filter(move |image| image.class == class).take(3);
            let classes = (0..set.classes.len()).filter(|&class| of(class).count() == 3);
            classes.flat_map(|class| of(class).flat_map(|image| image.pixels.to_vec())).collect::<Vec<u8>>()
        };
        let count = data.len() / (3 * side * side);
        let (_folder, path) = file_of("all.npy", &npy("|u1", &[count, 3, side, side], &data));
        let read = load(&path).unwrap();
        let images = if colours { (count, 1) } else { (3 * count, count) };
        assert_eq!((read.images.len(), read.classes.len()), images, "{}", set.name);
        assert_eq!(read.channels, set.channels, "{}", set.name);
    }
    // Behind the pixels a channel leaves no doubt.
    let (_folder, path) = file_of("all.npy", &npy("|u1", &[4, 3, 6, 8, 1], &picture(0, 6, 8, 12)));
    assert_eq!(class_sizes(&load(&path).unwrap()), (3, 3));
}
