//! Image files that ask for too much: films, bombs and damaged metadata cost neither time nor memory.

use std::fs::{self, File};
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use image::{DynamicImage, ImageBuffer, ImageFormat, Rgb, RgbImage};
use metascope::images::{at_path, decode};
use metascope::settings::ImageReading;
use tempfile::TempDir;

const SIZE: usize = 8;

fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn colour(side: u32) -> DynamicImage {
    RgbImage::from_fn(side, side, |x, y| Rgb([(x * 9) as u8, (y * 9) as u8, 70])).into()
}

/// A file that begins with `head` and is `length` bytes long, most of them holes.
fn sparse(path: &Path, head: &[u8], length: u64) {
    let mut file = File::create(path).unwrap();
    file.write_all(head).unwrap();
    file.set_len(length).unwrap();
}

#[test]
fn a_film_is_no_image_however_long_it_is() {
    let folder = TempDir::new().unwrap();
    let film = folder.path().join("film.mp4");
    for length in [decode::MAX_FILE - 1, 16 * decode::MAX_FILE] {
        sparse(&film, b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41", length);
        let reason = decode::file(&film, SIZE).unwrap_err();
        assert!(reason.contains("not an image"), "{reason}");
    }
}

#[test]
fn a_picture_in_an_oversized_file_says_how_large_it_is() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.png");
    sparse(&path, &encode(&colour(8), ImageFormat::Png), decode::MAX_FILE + (1 << 20));
    let reason = decode::file(&path, SIZE).unwrap_err();
    assert!(reason.contains("257 MB; at most 256 MB"), "{reason}");
}

#[test]
fn a_known_format_without_a_decoder_is_named() {
    let reason = decode::bytes(b"\0\0\0\x20ftypavif\0\0\0\0avifmif1miaf", SIZE).unwrap_err();
    assert!(reason.contains("AVIF"), "{reason}");
}

#[test]
fn few_pixels_of_many_bytes_are_refused_before_they_are_decoded() {
    let deep = ImageBuffer::from_pixel(8, 8, Rgb([0.5_f32, 0.25, 1.0]));
    let mut tiff = encode(&deep.into(), ImageFormat::Tiff);
    assert!(decode::bytes(&tiff, SIZE).is_ok());
    // Width and height, tags 256 and 257, each one 32-bit number, and the rows of its only strip.
    for (tag, value) in [(256_u16, 9_000_u32), (257, 9_000), (278, 9_000)] {
        let entry = [tag.to_le_bytes(), 4_u16.to_le_bytes()].concat();
        let short = [tag.to_le_bytes(), 3_u16.to_le_bytes()].concat();
        let at = tiff.windows(4).position(|bytes| bytes == entry || bytes == short).unwrap();
        tiff[at + 2..at + 4].copy_from_slice(&4_u16.to_le_bytes());
        tiff[at + 8..at + 12].copy_from_slice(&value.to_le_bytes());
    }
    let reason = decode::bytes(&tiff, SIZE).unwrap_err();
    assert!(reason.contains("needs 972 MB") && reason.contains("limit is 800 MB"), "{reason}");
}

#[test]
fn large_pictures_are_read_by_several_threads_at_once() {
    let folder = TempDir::new().unwrap();
    let large: RgbImage = ImageBuffer::from_fn(6_000, 6_000, |x, _| Rgb([(x / 30) as u8, 40, 90]));
    let bytes = encode(&large.into(), ImageFormat::Bmp);
    for name in ["a.bmp", "b.bmp", "c.bmp"] {
        fs::write(folder.path().join(name), &bytes).unwrap();
    }
    let set = at_path::load(folder.path(), ImageReading::of_size(SIZE, 0), &|_| {}, &AtomicBool::new(false)).unwrap();
    assert_eq!(set.images.len(), 3);
    assert!(set.images.iter().all(|image| image.pixels == set.images[0].pixels));
}

#[test]
fn damaged_metadata_does_not_lose_the_picture() {
    // An extended WebP whose EXIF part is cut off; the picture before it is whole.
    let simple = encode(&colour(16), ImageFormat::WebP);
    let header = [0x08, 0, 0, 0, 15, 0, 0, 15, 0, 0];
    let exif = [b"EXIF".as_slice(), &4_000_u32.to_le_bytes(), b"II"].concat();
    let body = [b"WEBPVP8X".as_slice(), &10_u32.to_le_bytes(), &header, &simple[12..], &exif].concat();
    let webp = [b"RIFF".as_slice(), &(body.len() as u32 + 3_998).to_le_bytes(), &body].concat();
    assert_eq!(decode::bytes(&webp, SIZE), decode::bytes(&simple, SIZE));
    assert!(decode::bytes(&simple, SIZE).is_ok());
}
