//! Image files that come as bytes, one after the other: decoded by several threads, some at a time, with the
//! same result as by one.

use std::path::PathBuf;

use rayon::prelude::*;

use super::collect::Collector;
use super::limits::CHUNK;
use super::{ImageError, decode};
use crate::text::Words;

/// Unpacked bytes that wait to be decoded.
const MOST: usize = 64 << 20;

/// Files that wait.
#[derive(Default)]
pub(super) struct Batch {
    files: Vec<Packed>,
    bytes: usize,
}

struct Packed {
    name: String,
    path: PathBuf,
    content: Result<Vec<u8>, Words>,
}

impl Batch {
    /// Adds a file with its name below the collector's path, and its path for people; false once there is no
    /// room for more.
    pub fn add(
        &mut self,
        collector: &mut Collector,
        name: String,
        path: PathBuf,
        content: Result<Vec<u8>, Words>,
    ) -> Result<bool, ImageError> {
        self.bytes += content.as_ref().map_or(0, Vec::len);
        self.files.push(Packed { name, path, content });
        if self.files.len() < CHUNK && self.bytes <= MOST { Ok(true) } else { self.flush(collector) }
    }

    /// Decodes and keeps what waits; false if there was no room for all of it.
    pub fn flush(&mut self, collector: &mut Collector) -> Result<bool, ImageError> {
        self.bytes = 0;
        let shared = &*collector;
        let decoded = std::mem::take(&mut self.files).into_par_iter().map(|file| {
            shared.check_cancel()?;
            let result = file.content.and_then(|content| decode::bytes(&content, shared.square()));
            shared.count(result.is_err());
            Ok((file.name, file.path, result))
        });
        let decoded: Result<Vec<_>, ImageError> = decoded.collect();
        Ok(decoded?.into_iter().all(|(name, path, result)| collector.keep_file(path, &name, result)))
    }
}
