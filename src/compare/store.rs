//! Finished runs as files, one each, so that a killed choice loses only what was under way.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::files::{FNV, FileError, fnv, write_whole};
use crate::images::ImageSet;

/// A folder of finished runs that belong together. TOML, because its numbers read back to the bit.
pub struct Store {
    folder: PathBuf,
    fingerprint: String,
}

/// Why finished runs cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder holds something else.
    #[error("{path} belongs to a run with other settings: choose another --out folder, or delete this one")]
    Foreign {
        /// A file of the other.
        path: PathBuf,
    },
    /// Disk or rights.
    #[error(transparent)]
    File(#[from] FileError),
}

#[derive(Serialize, Deserialize)]
struct Kept<R> {
    fingerprint: String,
    result: R,
}

#[derive(Deserialize)]
struct Header {
    fingerprint: String,
}

impl Store {
    /// The runs in `folder`, which is made if missing. `fingerprint` is what they have in common.
    ///
    /// # Errors
    /// If the folder cannot be made, or holds a run of another fingerprint.
    pub fn open(folder: &Path, fingerprint: &str) -> Result<Self, StoreError> {
        let fail = |error: std::io::Error| FileError::write(folder, &error);
        std::fs::create_dir_all(folder).map_err(fail)?;
        for entry in std::fs::read_dir(folder).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            let is_run = path.extension().is_some_and(|extension| extension == "toml");
            if is_run && read::<Header>(&path).is_some_and(|header| header.fingerprint != fingerprint) {
                return Err(StoreError::Foreign { path });
            }
        }
        Ok(Self { folder: folder.to_owned(), fingerprint: fingerprint.to_owned() })
    }

    /// Run `index`; `None` if it is not finished or its file is damaged.
    pub fn get<R: DeserializeOwned>(&self, index: usize) -> Option<R> {
        let kept: Kept<R> = read(&self.path(index))?;
        (kept.fingerprint == self.fingerprint).then_some(kept.result)
    }

    /// Runs 0, 1, … up to `count`.
    pub fn all<R: DeserializeOwned>(&self, count: usize) -> Vec<Option<R>> {
        (0..count).map(|index| self.get(index)).collect()
    }

    /// Keeps run `index`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn keep<R: Serialize>(&self, index: usize, result: &R) -> Result<(), StoreError> {
        let path = self.path(index);
        let kept = Kept { fingerprint: self.fingerprint.clone(), result };
        let text = toml::to_string(&kept).map_err(|error| FileError::write(&path, &error))?;
        Ok(write_whole(&path, text.as_bytes())?)
    }

    /// Where what run `index` has learned may lie, in a file of another ending.
    pub fn beside(&self, index: usize, ending: &str) -> PathBuf {
        self.path(index).with_extension(ending)
    }

    fn path(&self, index: usize) -> PathBuf {
        self.folder.join(format!("{index:03}.toml"))
    }
}

fn read<R: DeserializeOwned>(path: &Path) -> Option<R> {
    toml::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

/// 16 hexadecimal digits that tell descriptions and images apart.
pub fn fingerprint<'a>(text: &str, images: impl IntoIterator<Item = &'a ImageSet>) -> String {
    let mut state = FNV;
    let mut add = |bytes: &[u8]| state = fnv(state, bytes.iter().chain(&[0xff]));
    add(env!("CARGO_PKG_VERSION").as_bytes());
    add(text.as_bytes());
    for image in images.into_iter().flat_map(|set| &set.images) {
        add(&[u8::from(image.held_out) + 2 * u8::from(image.validates)]);
        add(&image.pixels);
    }
    format!("{state:016x}")
}
