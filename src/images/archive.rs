//! Images in a zip archive, NumPy's `.npz` among them. Entries are read one by one and never written
//! anywhere; the folder rules apply to their names.

use std::cell::Cell;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::rc::Rc;

use zip::read::ZipFile;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::arrays::{self, Candidate};
use super::batch::Batch;
use super::collect::Collector;
use super::entries::is_hidden;
use super::label_table::{self, MAX_TABLE};
use super::limits::{MAX_FILES, most_files, too_many};
use super::numbers::whole;
use super::source::{Format, MAX_UNPACKED, Stop, Store, Stream, Unpacked, broke_off, unopened};
use super::{ImageError, decode, entries};
use crate::files::File;
use crate::text::{Words, text};

/// No archive may be larger, in bytes.
const MAX_ARCHIVE: u64 = 4 << 30;
/// No archive may have more entries.
const MAX_ENTRIES: u64 = 4 * MAX_FILES as u64;
struct Archive {
    zip: ZipArchive<BufReader<File>>,
    /// Numbers of the entries that are arrays.
    arrays: Vec<usize>,
    left: Rc<Cell<u64>>,
}

struct Entry {
    index: usize,
    name: String,
}

/// Reads the zip archive at a path; `inside` is the name that its entries get as a folder's, if it lies in one.
pub(super) fn read(collector: &mut Collector, path: &Path, inside: Option<&str>) -> Result<(), Stop> {
    let zip = open(File::open(path))?;
    let mut archive = Archive { zip, arrays: Vec::new(), left: Rc::new(Cell::new(MAX_UNPACKED)) };
    let mut entries = archive.list(collector, path)?;
    entries.iter_mut().for_each(|entry| entries::put_inside(&mut entry.name, inside));
    let found = entries.len();
    let (mut images, mut candidates) = (Vec::new(), Vec::new());
    for entry in entries {
        let shown = path.join(&entry.name);
        if label_table::may_be(&entry.name) && archive.take_table(collector, &entry) {
            continue;
        }
        match Format::of(&entry.name) {
            Format::Image => images.push(entry),
            Format::Archive | Format::Tar => collector.skip_uncounted(shown, entries::NESTED),
            format => {
                archive.arrays.push(entry.index);
                candidates.push(Candidate { path: shown, name: entry.name, format });
            }
        }
    }
    collector.found_more(found, images.len());
    let mut batch = Batch::default();
    for entry in images {
        collector.check_cancel()?;
        let (content, shown) = (archive.content(&entry), path.join(&entry.name));
        if !batch.add(collector, entry.name, shown, content)? {
            break;
        }
    }
    batch.flush(collector)?;
    Ok(arrays::read(collector, &mut archive, candidates)?)
}

fn open(file: io::Result<File>) -> Result<ZipArchive<BufReader<File>>, Words> {
    let mut file = file.map_err(unopened)?;
    let length = file.metadata().map_err(unopened)?.len();
    if length > MAX_ARCHIVE {
        let limit = MAX_ARCHIVE >> 20;
        let megabytes = length >> 20;
        return Err(Words::both(
            format!("is {megabytes} MB; at most {limit} MB are read: unpack it and choose the folder"),
            format!("有 {megabytes} MB；最多读取 {limit} MB：请解压后选择文件夹"),
        ));
    }
    let entries = promised_entries(&mut file, length).map_err(|error| broke_off(&error))?;
    if entries > MAX_ENTRIES {
        return Err(Words::both(
            format!("promises {entries} entries; at most {MAX_ENTRIES} are read: unpack it and choose the folder"),
            format!("声称有 {entries} 个条目；最多读取 {MAX_ENTRIES} 个：请解压后选择文件夹"),
        ));
    }
    ZipArchive::new(BufReader::new(file)).map_err(|error| explain(&error))
}

/// The greatest number of entries that anything like an end of an archive promises: memory is taken
/// for as many before the first of them is seen.
fn promised_entries(file: &mut File, length: u64) -> io::Result<u64> {
    const TAIL: u64 = (1 << 16) + 256;
    let number = |bytes: &[u8], at: usize, width: usize| whole(bytes.get(at..at + width).unwrap_or_default(), false);
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    file.take(TAIL).read_to_end(&mut tail)?;
    let mut most = 0;
    for at in 0..tail.len() {
        let rest = &tail[at..];
        if rest.starts_with(b"PK\x05\x06") {
            most = most.max(number(rest, 10, 2));
        } else if rest.starts_with(b"PK\x06\x06") {
            most = most.max(number(rest, 32, 8));
        } else if rest.starts_with(b"PK\x06\x07") {
            let mut record = Vec::new();
            file.seek(SeekFrom::Start(number(rest, 8, 8).min(length)))?;
            file.take(56).read_to_end(&mut record)?;
            most = most.max(if record.starts_with(b"PK\x06\x06") { number(&record, 32, 8) } else { 0 });
        }
    }
    file.rewind()?;
    Ok(most)
}

impl Archive {
    /// The files in the order in which a folder would list them.
    fn list(&mut self, collector: &mut Collector, path: &Path) -> Result<Vec<Entry>, ImageError> {
        let mut entries = Vec::new();
        for index in 0..self.zip.len() {
            collector.check_cancel()?;
            let Ok(data) = self.zip.by_index_data(index) else { continue };
            if data.is_dir() {
                continue;
            }
            let name = match str::from_utf8(data.name_raw()) {
                Ok(name) => name.to_owned(),
                Err(_) => {
                    data.name().map_or_else(|_| String::from_utf8_lossy(data.name_raw()).into_owned(), Into::into)
                }
            };
            match entries::named(&name) {
                Some(name) if name.split('/').any(is_hidden) => {}
                Some(name) => entries.push(Entry { index, name }),
                None => collector.skip_uncounted(path.join(entries::unrooted(&name)), entries::LEADS_OUT),
            }
            if index.is_multiple_of(256) {
                collector.listing(entries.len());
            }
        }
        entries.sort_by(|a, b| a.name.split('/').cmp(b.name.split('/')));
        if let Some(first) = entries.get(MAX_FILES) {
            collector.skip_uncounted(path.join(&first.name), too_many(most_files()));
            entries.truncate(MAX_FILES);
        }
        Ok(entries)
    }

    /// Keeps a table; false if it is none.
    fn take_table(&mut self, collector: &mut Collector, of: &Entry) -> bool {
        let mut content = Vec::new();
        let read = entry(&mut self.zip, of.index)
            .map(|file| Unpacked::new(file, &self.left).take(MAX_TABLE + 1).read_to_end(&mut content));
        matches!(read, Ok(Ok(_))) && collector.take_table(&of.name, content)
    }

    /// An image file's bytes; of what is no image only the first.
    fn content(&mut self, of: &Entry) -> Result<Vec<u8>, Words> {
        let file = entry(&mut self.zip, of.index)?;
        decode::read(&mut Unpacked::new(file, &self.left), &of.name, None)
    }
}

impl Store for Archive {
    fn open(&mut self, index: usize) -> Result<(Box<dyn Stream + '_>, Option<u64>), Words> {
        let file = entry(&mut self.zip, self.arrays[index])?;
        let size = file.size();
        Ok((Box::new(Unpacked::new(BufReader::new(file), &self.left)), Some(size)))
    }
}

fn entry(zip: &mut ZipArchive<BufReader<File>>, index: usize) -> Result<ZipFile<'_, BufReader<File>>, Words> {
    let file = zip.by_index(index).map_err(|error| explain(&error))?;
    match file.compression() {
        CompressionMethod::Stored | CompressionMethod::Deflated => Ok(file),
        _ => Err(explain(&ZipError::UnsupportedArchive("neither stored nor deflated"))),
    }
}

fn explain(error: &ZipError) -> Words {
    match error {
        ZipError::UnsupportedArchive(reason) if *reason == ZipError::PASSWORD_REQUIRED => {
            text("is encrypted: unpack it with its password and choose the folder", "已加密：请用密码解压后选择文件夹")
                .into()
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            let zh = "打包方式无法读取：请重新打包成普通的 zip".to_owned();
            Words::both(
                format!("is packed in a way that cannot be read ({error}): pack it again as an ordinary zip"),
                zh,
            )
        }
        _ => {
            let zh = "不是 zip 压缩包，或已损坏：请重新复制或打包".to_owned();
            Words::both(format!("is no zip archive, or damaged ({error}): copy it or pack it again"), zh)
        }
    }
}
