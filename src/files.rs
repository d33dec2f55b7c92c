//! Files that are whole or not there at all, and folders that one run has to itself.
//!
//! Where there is no system, as on a page, they are in memory: what reads and writes them does not know.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use crate::text::{self, Words};

#[cfg(any(test, not(feature = "desktop")))]
pub mod memory;
#[cfg(feature = "desktop")]
mod system;

#[cfg(not(feature = "desktop"))]
pub use memory::*;
#[cfg(feature = "desktop")]
pub use system::*;

/// What is met below a folder.
#[derive(Debug)]
pub enum Met {
    /// A folder; what lies below it follows.
    Folder,
    /// A file.
    File(PathBuf),
    /// Something that cannot be listed.
    Closed {
        /// What.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
}

/// Why a file or a folder cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("{}", text::tell(
        || format!("cannot read {}: {source}", path.display()),
        || format!("无法读取 {}：{}", path.display(), Words::of_error(source)),
    ))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Disk or rights.
    #[error("cannot write {}: {message}; choose another --out folder or free some space", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        message: String,
    },
    /// Somebody else is writing there.
    #[error("another run is writing to {}: wait until it ends, or choose another --out folder", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
}

impl FileError {
    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }

    pub(crate) fn write(path: &Path, message: &dyn Display) -> Self {
        Self::Write { path: path.to_owned(), message: message.to_string() }
    }
}

/// What [`fnv`] goes on from at first.
pub const FNV: u64 = 0xcbf2_9ce4_8422_2325;

/// A number that tells contents apart, but for chance and malice: FNV-1a, of 64 bits.
pub fn fnv<'a>(from: u64, bytes: impl IntoIterator<Item = &'a u8>) -> u64 {
    bytes.into_iter().fold(from, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Writes a picture as PNG.
///
/// # Errors
/// As [`write_whole`].
pub fn write_picture(path: &Path, picture: &image::RgbImage) -> Result<(), FileError> {
    write_whole(path, &png(picture).map_err(|error| FileError::write(path, &error))?)
}

/// A picture as the bytes of a PNG file.
///
/// # Errors
/// If the format cannot hold it.
pub fn png(picture: &image::RgbImage) -> image::ImageResult<Vec<u8>> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png)?;
    Ok(bytes.into_inner())
}
