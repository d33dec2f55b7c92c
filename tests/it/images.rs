//! Image sets from real files: what is read, what is skipped and why, and that nothing blocks or panics.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, Rgb, RgbImage, Rgba};
use metascope::images::decode::{self, Decoded};
use metascope::images::{ImageError, ImageSet, at_path};
use metascope::settings::ImageReading;
use tempfile::TempDir;

use crate::common::reading::{self, SIZE, check_contains, load, message, reason_of};
use crate::common::write::promising_png;

mod damaged;
mod loading;

fn load_with(path: &Path, seed: u64) -> Result<ImageSet, ImageError> {
    at_path::load(path, ImageReading::of_size(SIZE, seed), &|_| {}, &AtomicBool::new(false))
}

/// The only picture of a file.
fn one(bytes: &[u8], size: usize) -> Result<Decoded, String> {
    let mut pictures = decode::bytes(bytes, size)?;
    assert_eq!(pictures.len(), 1);
    Ok(pictures.remove(0))
}

/// A colourful picture, different for each `index`.
fn picture(width: u32, height: u32, index: usize) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([(x * 9) as u8, (y * 9) as u8, (index * 37 % 256) as u8]))
}

fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let written = match format {
        ImageFormat::Ico => DynamicImage::from(picture.to_rgba8()).write_to(&mut bytes, format),
        _ => picture.write_to(&mut bytes, format),
    };
    written.unwrap();
    bytes.into_inner()
}

fn png(width: u32, height: u32, index: usize) -> Vec<u8> {
    encode(&picture(width, height, index).into(), ImageFormat::Png)
}

/// A folder with these files.
fn folder_of(files: &[(&str, &[u8])]) -> TempDir {
    reading::folder_of(files)
}

fn names(set: &ImageSet) -> Vec<&str> {
    set.images.iter().map(|image| image.name.as_str()).collect()
}

fn held_out(set: &ImageSet) -> Vec<&str> {
    set.images.iter().filter(|image| image.held_out).map(|image| image.name.as_str()).collect()
}

#[test]
fn a_missing_path_is_named() {
    check_contains(&message(Path::new("/no/such/folder")), &["/no/such/folder", "check the path"]);
}

#[test]
fn an_empty_folder_is_named() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    check_contains(&message(folder.path()), &[folder.path().to_str().unwrap(), "no files"]);
}

#[test]
fn a_folder_of_text_files_says_why_they_are_no_images() {
    let folder = folder_of(&[("a.txt", b"hello"), ("b.md", b"# hello"), ("c.png", b"not a picture")]);
    check_contains(&message(folder.path()), &["0 usable images of 3 files", "a.txt", "not an image"]);
}

#[test]
fn one_image_alone_is_too_few_and_says_what_to_choose() {
    let folder = folder_of(&[("only.png", &png(8, 8, 0))]);
    check_contains(&message(folder.path()), &["1 usable image", "at least 2"]);
    let file = folder.path().join("only.png");
    check_contains(&message(&file), &["only.png", "a single image", "folder"]);
    let text = folder_of(&[("notes.txt", b"hello")]);
    check_contains(&message(&text.path().join("notes.txt")), &["notes.txt", "not an image"]);
}

#[test]
fn what_cannot_be_read_is_skipped_with_a_reason() {
    let whole = png(40, 40, 2);
    let folder = folder_of(&[
        ("a.png", &png(8, 8, 0)),
        ("b.png", &png(8, 8, 1)),
        ("cut.png", &whole[..whole.len() / 2]),
        ("header-only.png", &whole[..20]),
        ("empty.png", b""),
        ("notes.txt", b"hello"),
        ("dot.png", &png(1, 1, 0)),
        ("folder.png/c.png", &png(8, 8, 3)),
        (".hidden.png", b"broken"),
        (".git/object", b"broken"),
        ("Thumbs.db", b"broken"),
        ("__MACOSX/._a.png", b"broken"),
    ]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("/no/such/target.png", folder.path().join("dangling.png")).unwrap();
    let set = load(folder.path()).unwrap();
    assert_eq!(names(&set), ["a", "b", "c"]);
    assert_eq!(set.classes, ["folder.png", "images"]);
    let expected = [
        ("cut.png", "cut off"),
        ("header-only.png", "cut off"),
        ("empty.png", "is empty"),
        ("notes.txt", "not an image"),
        ("dot.png", "1 x 1"),
    ];
    for (name, part) in expected {
        check_contains(reason_of(&set, name), &[part]);
    }
    let dangling = usize::from(cfg!(unix));
    if dangling == 1 {
        check_contains(reason_of(&set, "dangling.png"), &["cannot be"]);
    }
    assert_eq!(set.skipped.len(), expected.len() + dangling);
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_ends_and_is_reported() {
    let folder = folder_of(&[("sub/a.png", &png(8, 8, 0)), ("sub/b.png", &png(8, 8, 1))]);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("sub/loop")).unwrap();
    std::os::unix::fs::symlink("self", folder.path().join("self")).unwrap();
    let set = load(folder.path()).unwrap();
    assert_eq!(names(&set), ["a", "b"]);
    check_contains(reason_of(&set, "sub/loop"), &["loop"]);
    check_contains(reason_of(&set, "self"), &["cannot be listed"]);
    assert_eq!(set.skipped.len(), 2);
}

#[test]
fn a_huge_picture_is_refused_at_once_with_its_size() {
    for (width, height) in [(30_000, 30_000), (16_384, 16_384), (20_000, 10)] {
        let reason = one(&promising_png(width, height), SIZE).unwrap_err();
        check_contains(&reason, &[&format!("{width} x {height} pixels"), "limit", "reduce it"]);
    }
    let reason = one(&promising_png(u32::MAX >> 1, u32::MAX >> 1), SIZE).unwrap_err();
    check_contains(&reason, &["reduce it"]);
}

#[test]
fn three_broken_of_two_hundred_are_three_reasons() {
    let folder = TempDir::new().unwrap();
    for index in 0..200 {
        let whole = png(12, 10, index);
        let bytes = if index % 80 == 7 { &whole[..30] } else { &whole };
        fs::write(folder.path().join(format!("{index:03}.png")), bytes).unwrap();
    }
    let set = load(folder.path()).unwrap();
    assert_eq!((set.images.len(), set.skipped.len()), (197, 3));
    let broken: Vec<_> = set.skipped.iter().map(|skipped| skipped.path.file_name().unwrap().to_owned()).collect();
    assert_eq!(broken, ["007.png", "087.png", "167.png"]);
    assert_eq!(held_out(&set).len(), 24);
}

#[test]
fn formats_sizes_and_depths_mix() {
    let colour = DynamicImage::from(picture(30, 20, 5));
    let formats = [
        (ImageFormat::Png, "png"),
        (ImageFormat::Jpeg, "jpg"),
        (ImageFormat::Gif, "gif"),
        (ImageFormat::Bmp, "bmp"),
        (ImageFormat::WebP, "webp"),
        (ImageFormat::Tiff, "tiff"),
        (ImageFormat::Qoi, "qoi"),
        (ImageFormat::Pnm, "ppm"),
        (ImageFormat::Ico, "ico"),
    ];
    let folder = TempDir::new().unwrap();
    for (format, extension) in formats {
        // The content decides, not the name.
        for name in [format!("{extension}.{extension}"), format!("{extension}-as-jpg.jpg")] {
            fs::write(folder.path().join(name), encode(&colour, format)).unwrap();
        }
    }
    let grey = ImageBuffer::from_fn(9, 50, |x, y| Luma([(x * 20 + y) as u8]));
    let deep = ImageBuffer::from_fn(16, 16, |x, _| Luma([(x * 4096) as u16]));
    fs::write(folder.path().join("grey.png"), encode(&grey.into(), ImageFormat::Png)).unwrap();
    fs::write(folder.path().join("deep.png"), encode(&deep.into(), ImageFormat::Png)).unwrap();
    let set = load(folder.path()).unwrap();
    assert_eq!((set.images.len(), set.channels, set.skipped.len()), (2 * formats.len() + 2, 3, 0), "{:?}", set.skipped);
    assert!(set.images.iter().all(|image| image.pixels.len() == SIZE * SIZE * 3));
    let reference = &set.images.iter().find(|image| image.name == "png").unwrap().pixels;
    for extension in ["bmp", "webp", "tiff", "qoi", "ppm", "ico"] {
        let same = set.images.iter().find(|image| image.name == extension).unwrap();
        assert_eq!(&same.pixels, reference, "{extension}");
    }
}

#[test]
fn sixteen_bits_keep_their_brightness() {
    let deep: ImageBuffer<Luma<u16>, _> = ImageBuffer::from_pixel(8, 8, Luma([0x8080]));
    let decoded = one(&encode(&deep.into(), ImageFormat::Png), SIZE).unwrap();
    assert_eq!(
        decoded,
        Decoded { rgb: vec![0x80; SIZE * SIZE * 3], grey: true, original: (8, 8), remarks: Vec::new(), drawing: None }
    );
}

#[test]
fn transparency_lies_on_white() {
    let picture = ImageBuffer::from_fn(8, 8, |x, _| if x < 4 { Rgba([255u8, 0, 0, 0]) } else { Rgba([0, 0, 0, 128]) });
    let decoded = one(&encode(&picture.into(), ImageFormat::Png), SIZE).unwrap();
    assert_eq!(decoded.rgb[..3], [255, 255, 255]);
    assert_eq!(decoded.rgb[21..24], [127, 127, 127]);
    let grey = ImageBuffer::from_pixel(8, 8, image::LumaA([0u8, 0]));
    let decoded = one(&encode(&grey.into(), ImageFormat::Png), SIZE).unwrap();
    assert_eq!(
        decoded,
        Decoded { rgb: vec![255; SIZE * SIZE * 3], grey: true, original: (8, 8), remarks: Vec::new(), drawing: None }
    );
}

#[test]
fn photographs_are_turned_upright() {
    // Dark on the left as stored; orientation 6 means: turn it by a quarter clockwise to see it.
    let stored = ImageBuffer::from_fn(16, 16, |x, _| Luma([if x < 8 { 20u8 } else { 230 }]));
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 95).encode_image(&DynamicImage::from(stored)).unwrap();
    let tiff = b"II\x2a\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00";
    let exif = [b"Exif\0\0".as_slice(), tiff].concat();
    let length = (exif.len() as u16 + 2).to_be_bytes();
    let turned = [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat();
    let corner = |bytes: &[u8], x: usize, y: usize| one(bytes, SIZE).unwrap().rgb[(y * SIZE + x) * 3];
    let last = SIZE - 1;
    assert!(corner(&jpeg, 0, last) < 60 && corner(&jpeg, last, 0) > 190);
    assert!(corner(&turned, 0, last) > 190 && corner(&turned, last, 0) < 60);
}

#[test]
fn a_wide_picture_is_cropped_to_its_middle() {
    let wide = RgbImage::from_fn(24, 8, |x, _| if (8..16).contains(&x) { Rgb([0, 200, 0]) } else { Rgb([200, 0, 0]) });
    let decoded = one(&encode(&wide.into(), ImageFormat::Png), SIZE).unwrap();
    assert!(decoded.rgb.chunks(3).all(|pixel| pixel == [0, 200, 0]));
}

#[test]
fn folders_are_classes_and_names_may_be_in_any_script() {
    let pictures: Vec<_> = (0..6).map(|index| png(8, 8, index)).collect();
    let folder = folder_of(&[
        ("loose.png", &pictures[0]),
        ("Größe/é ñ.png", &pictures[1]),
        ("日本/一/い.png", &pictures[2]),
        ("日本/一/ろ.png", &pictures[3]),
        ("日本/二/は.png", &pictures[4]),
        ("single/one.png", &pictures[5]),
    ]);
    let set = load(folder.path()).unwrap();
    assert_eq!(set.classes, ["Größe", "images", "single", "日本/一", "日本/二"]);
    let classes: Vec<_> =
        set.images.iter().map(|image| (image.name.as_str(), set.classes[image.class].as_str())).collect();
    for pair in [("loose", "images"), ("é ñ", "Größe"), ("い", "日本/一"), ("は", "日本/二"), ("one", "single")]
    {
        assert!(classes.contains(&pair), "{pair:?} is not in {classes:?}");
    }
}

#[test]
fn only_grey_pictures_make_a_grey_set() {
    let grey =
        |value: u8| encode(&ImageBuffer::from_fn(8, 8, |x, _| Rgb([value + x as u8; 3])).into(), ImageFormat::Png);
    let folder = folder_of(&[("a.png", &grey(1)), ("b.png", &grey(60)), ("c.png", &grey(90))]);
    let set = load(folder.path()).unwrap();
    assert_eq!(set.channels, 1);
    assert_eq!(set.images[0].pixels[..SIZE], [1, 2, 3, 4, 5, 6, 7, 8]);
    fs::write(folder.path().join("d.png"), png(8, 8, 0)).unwrap();
    let set = load(folder.path()).unwrap();
    assert_eq!(set.channels, 3);
    assert_eq!(set.images[0].pixels[..6], [1, 1, 1, 2, 2, 2]);
}

#[test]
fn the_seed_decides_what_is_held_out() {
    let folder = TempDir::new().unwrap();
    // Written in an order that is not the sorted one.
    for index in (0..40).map(|index| index * 17 % 40) {
        fs::write(folder.path().join(format!("{index:02}.png")), png(8, 8, index)).unwrap();
    }
    let [first, again, other] = [0, 0, 1].map(|seed| load_with(folder.path(), seed).unwrap());
    assert!(names(&first).is_sorted());
    assert_eq!(first.images, again.images);
    assert_eq!(held_out(&first).len(), 8);
    assert_eq!(held_out(&other).len(), 8);
    assert_ne!(held_out(&first), held_out(&other));
    let pixels = |set: &ImageSet| set.images.iter().map(|image| image.pixels.clone()).collect::<Vec<_>>();
    assert_eq!(pixels(&first), pixels(&other));
}

#[test]
fn two_images_are_enough_and_one_is_held_out() {
    let folder = folder_of(&[("a.png", &png(8, 8, 0)), ("b.png", &png(8, 8, 1))]);
    assert_eq!(held_out(&load(folder.path()).unwrap()).len(), 1);
}
