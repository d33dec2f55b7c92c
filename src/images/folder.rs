//! A folder of the user's own: every sub-folder that holds images is a class named by its path;
//! nested is fine. A single image file is refused: there would be none to hold out.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::arrays::{self, Candidate};
use super::at_path;
use super::collect::Collector;
use super::entries::text_of;
use super::label_table::{self, MAX_TABLE};
use super::limits::CHUNK;
use super::listing;
use super::source::{Files, Format};
use super::{ImageError, decode};
use crate::files::{self, File};
use crate::text::text;

/// What a run writes; only in a folder with these is its picture no image of the user's.
const RUN: [&str; 4] = ["experiment.toml", "metrics.csv", "summary.json", "samples.png"];

/// Reads a folder, or a file that is none of the other formats. Images are read by several threads,
/// with the same result as by one.
pub(super) fn read(collector: &mut Collector) -> Result<(), ImageError> {
    let files = listing::list(collector)?;
    let found = files.len();
    let lone = files::is_file(collector.path);
    let (mut images, mut candidates, mut archives) = (Vec::new(), Vec::new(), Vec::new());
    let names: HashSet<&Path> = files.iter().map(PathBuf::as_path).collect();
    for file in &files {
        match Format::of(&file.file_name().unwrap_or_default().to_string_lossy()) {
            _ if lone => images.push(file.clone()),
            _ if is_of_a_run(file, &names) => {
                let reason =
                    text("was written by a run: its own results are no images", "由运行写出：运行的结果不是图像");
                collector.skip_uncounted(file.clone(), reason);
            }
            _ if label_table::may_be(&relative(collector.path, file)) && take_table(collector, file) => {}
            Format::Image => images.push(file.clone()),
            format @ (Format::Archive | Format::Tar) => archives.push((file.clone(), format)),
            Format::Npy | Format::Idx | Format::Csv
                if file.extension() == Some(OsStr::new("gz")) && names.contains(&*file.with_extension("")) =>
            {
                let reason = text("is left out: it lies here unpacked too", "未读取：这里还有解压后的文件");
                collector.skip_uncounted(file.clone(), reason);
            }
            format => candidates.push(Candidate { name: relative(collector.path, file), path: file.clone(), format }),
        }
    }
    collector.listed(found - archives.len(), images.len());
    read_images(collector, &images)?;
    for (file, format) in archives {
        let inside = relative(collector.path, &file);
        at_path::read_archive(collector, &file, format, Some(without_endings(&inside)))?;
    }
    arrays::read(collector, &mut Files::new(candidates.iter().map(|candidate| candidate.path.clone())), candidates)
}

/// An archive's name without what says that it is one.
fn without_endings(name: &str) -> &str {
    let bare = name.rsplit_once('.').map_or(name, |(bare, _)| bare);
    bare.strip_suffix(".tar").unwrap_or(bare)
}

fn is_of_a_run(file: &Path, names: &HashSet<&Path>) -> bool {
    let beside = |name: &str| names.contains(&*file.with_file_name(name));
    RUN.iter().any(|name| file.ends_with(name)) && beside(RUN[0]) && (beside(RUN[1]) || beside(RUN[2]))
}

fn take_table(collector: &mut Collector, file: &Path) -> bool {
    let mut content = Vec::new();
    // A pipe would be waited for until someone writes into it.
    let read = files::is_file(file)
        && File::open(file).is_ok_and(|file| file.take(MAX_TABLE + 1).read_to_end(&mut content).is_ok());
    read && collector.take_table(&relative(collector.path, file), content)
}

fn read_images(collector: &mut Collector, files: &[PathBuf]) -> Result<(), ImageError> {
    for chunk in files.chunks(CHUNK) {
        let shared = &*collector;
        let read = |file: &PathBuf| {
            shared.check_cancel()?;
            let result = decode::file(file, shared.square());
            shared.count(result.is_err());
            Ok(result)
        };
        let results: Result<Vec<_>, ImageError> = chunk.par_iter().map(read).collect();
        for (file, result) in chunk.iter().zip(results?) {
            let lone = || text_of(file.file_name().unwrap_or_default().as_encoded_bytes());
            let name = if file == collector.path { lone() } else { relative(collector.path, file) };
            if !collector.keep_file(file.clone(), &name, result) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// A path below a root, with `/` between folders.
fn relative(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).components();
    let parts: Vec<String> = parts.map(|part| text_of(part.as_os_str().as_encoded_bytes())).collect();
    parts.join("/")
}
