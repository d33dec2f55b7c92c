//! Writes arrays and archives, whole and false ones.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A NumPy array file.
pub fn npy(descr: &str, shape: &[usize], data: &[u8]) -> Vec<u8> {
    let shape: String = shape.iter().map(|side| format!("{side},")).collect();
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}");
    let text = format!("{text:<117}\n");
    [b"\x93NUMPY\x01\x00".as_slice(), &(text.len() as u16).to_le_bytes(), text.as_bytes(), data].concat()
}

/// An IDX file of bytes.
pub fn idx(axes: u8, shape: &[usize], data: &[u8]) -> Vec<u8> {
    let shape: Vec<u8> = shape.iter().flat_map(|&side| (side as u32).to_be_bytes()).collect();
    [&[0, 0, 8, axes], shape.as_slice(), data].concat()
}

pub fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zip(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    zip_by(CompressionMethod::Deflated, files)
}

pub fn zip_stored(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    zip_by(CompressionMethod::Stored, files)
}

fn zip_by(method: CompressionMethod, files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Where central headers begin.
fn headers(zip: &[u8]) -> Vec<usize> {
    (0..zip.len()).filter(|&at| zip[at..].starts_with(b"PK\x01\x02")).collect()
}

/// A zip whose entries have these flags, such as 1 for encrypted.
pub fn with_flag(zip: &[u8], flag: u8) -> Vec<u8> {
    let mut zip = zip.to_vec();
    headers(&zip).iter().for_each(|at| zip[at + 8] |= flag);
    zip
}

/// A zip whose entries are packed by this method.
pub fn with_method(zip: &[u8], method: u8) -> Vec<u8> {
    let mut zip = zip.to_vec();
    headers(&zip).iter().for_each(|at| zip[at + 10] = method);
    zip
}

/// A zip whose end promises so many entries.
pub fn with_entries(zip: &[u8], entries: u16) -> Vec<u8> {
    let mut zip = zip.to_vec();
    let end = zip.len() - 22;
    zip[end + 8..end + 10].copy_from_slice(&entries.to_le_bytes());
    zip[end + 10..end + 12].copy_from_slice(&entries.to_le_bytes());
    zip
}

/// The end of a large archive, which promises so many entries.
pub fn zip64_promising(entries: u64) -> Vec<u8> {
    let [four, eight] = [entries, entries].map(u64::to_le_bytes);
    let record = [b"PK\x06\x06".as_slice(), &44_u64.to_le_bytes(), &[45, 0, 45, 0], &[0; 8], &four, &eight, &[0; 16]];
    let locator = [b"PK\x06\x07".as_slice(), &[0; 4], &0_u64.to_le_bytes(), &[1, 0, 0, 0]];
    let end = [b"PK\x05\x06".as_slice(), &[0; 4], &[255; 12], &[0; 2]];
    [record.concat(), locator.concat(), end.concat()].concat()
}

/// `bytes` with another text of the same length wherever `old` is.
pub fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    assert_eq!(old.len(), new.len());
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len() - old.len() {
        if bytes[at..].starts_with(old) {
            bytes[at..at + old.len()].copy_from_slice(new);
        }
    }
    bytes
}

/// A PNG of grey or colour values.
pub fn png(width: u32, height: u32, channels: usize, values: &[u8]) -> Vec<u8> {
    let kind = if channels == 1 { image::ExtendedColorType::L8 } else { image::ExtendedColorType::Rgb8 };
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    image::ImageEncoder::write_image(encoder, values, width, height, kind).unwrap();
    bytes
}

/// A part of a PNG.
pub fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    [&(data.len() as u32).to_be_bytes(), kind.as_slice(), data, &crc.sum().to_be_bytes()].concat()
}

/// A PNG whose header promises this size and whose data is a few bytes.
pub fn promising_png(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes(), &height.to_be_bytes(), [8, 2, 0, 0, 0].as_slice()].concat();
    let data = [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &data), chunk(b"IEND", &[])].concat()
}
