//! Images in a tar archive, plain or packed with gzip. It is read once, from its beginning to its end, and never
//! written anywhere; the folder rules apply to the names of its entries.

use std::cell::Cell;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use tar::{Archive, EntryType, PaxExtensions};

use super::arrays::{self, Candidate};
use super::batch::Batch;
use super::collect::Collector;
use super::entries::{is_hidden, text_of};
use super::label_table::{self, MAX_TABLE};
use super::limits::{MAX_BYTES, MAX_FILES, most_files, too_many};
use super::source::{Format, MAX_UNPACKED, Stop, Store, Stream, Unpacked, broke_off, unopened};
use super::{ImageError, decode, entries};
use crate::files::File;
use crate::text::{Words, tell, text};

/// No name may be longer, in bytes; with what else its record says.
const MAX_NAME: u64 = 64 << 10;

/// Reads the tar archive at a path; `inside` is the name that its entries get as a folder's, if it lies in one.
pub(super) fn read(collector: &mut Collector, path: &Path, inside: Option<&str>) -> Result<(), Stop> {
    let file = BufReader::new(File::open(path).map_err(unopened)?);
    let left = Rc::new(Cell::new(MAX_UNPACKED));
    let mut head = file;
    let packed = io::BufRead::fill_buf(&mut head).map_err(|error| broke_off(&error))?.starts_with(b"\x1f\x8b");
    let stream: Box<dyn Read> =
        if packed { Box::new(BufReader::new(MultiGzDecoder::new(head))) } else { Box::new(head) };
    let mut reading =
        Reading { path, inside, batch: Batch::default(), arrays: Arrays::default(), candidates: Vec::new() };
    reading.entries(collector, Unpacked::new(stream, &left))?;
    reading.batch.flush(collector)?;
    Ok(arrays::read(collector, &mut reading.arrays, reading.candidates)?)
}

struct Reading<'a> {
    path: &'a Path,
    inside: Option<&'a str>,
    batch: Batch,
    arrays: Arrays,
    candidates: Vec<Candidate>,
}

impl Reading<'_> {
    fn entries(&mut self, collector: &mut Collector, stream: impl Read) -> Result<(), Stop> {
        let mut archive = Archive::new(stream);
        // Names of any length would be kept in memory otherwise.
        let all = archive.entries().map_err(|error| explain(&error))?.raw(true);
        let (mut long_name, mut files) = (None, 0);
        for entry in all {
            collector.check_cancel()?;
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(error) if files == 0 => return Err(explain(&error).into()),
                // What came before is whole.
                Err(error) => {
                    let damage = explain(&error);
                    let reason = Words::told(|| {
                        tell(
                            || format!("{damage}; what came before is used"),
                            || format!("{damage}；之前的内容照常使用"),
                        )
                    });
                    collector.skip_uncounted(self.path.to_owned(), reason);
                    break;
                }
            };
            match entry.header().entry_type() {
                EntryType::GNULongName => long_name = read_name(&mut entry).map(|name| trimmed(&name)),
                EntryType::XHeader => {
                    long_name = read_name(&mut entry).and_then(|record| path_of(&record)).or(long_name)
                }
                EntryType::Regular | EntryType::Continuous => {
                    let name = long_name.take().unwrap_or_else(|| entry.path_bytes().into_owned());
                    if files == MAX_FILES {
                        collector.skip_uncounted(self.path.join(text_of(&name)), too_many(most_files()));
                        break;
                    }
                    files += 1;
                    if !self.file(collector, &text_of(&name), &mut entry)? {
                        break;
                    }
                }
                EntryType::GNUSparse => {
                    let name = long_name.take().unwrap_or_else(|| entry.path_bytes().into_owned());
                    let reason = text(
                        "has holes, which are not read: pack it again without",
                        "是稀疏文件，无法读取：请换成普通文件重新打包",
                    );
                    collector.skip_uncounted(self.path.join(text_of(&name)), reason);
                }
                EntryType::GNULongLink | EntryType::XGlobalHeader => {}
                _ => long_name = None,
            }
        }
        Ok(())
    }

    /// Takes a file in; false once there is no room for more images.
    fn file(&mut self, collector: &mut Collector, name: &str, content: &mut impl Read) -> Result<bool, ImageError> {
        let Some(mut name) = entries::named(name) else {
            collector.skip_uncounted(self.path.join(entries::unrooted(name)), entries::LEADS_OUT);
            return Ok(true);
        };
        if name.split('/').any(is_hidden) {
            return Ok(true);
        }
        entries::put_inside(&mut name, self.inside);
        let shown = self.path.join(&name);
        let mut table = Vec::new();
        if label_table::may_be(&name)
            && content.take(MAX_TABLE + 1).read_to_end(&mut table).is_ok()
            && collector.take_table(&name, table.clone())
        {
            return Ok(true);
        }
        let content = &mut table.as_slice().chain(content);
        match Format::of(&name) {
            Format::Image => {
                collector.found_more(1, 1);
                let content = decode::read(content, &name, None);
                return self.batch.add(collector, name, shown, content);
            }
            Format::Archive | Format::Tar => collector.skip_uncounted(shown, entries::NESTED),
            format => match self.arrays.take(content) {
                Ok(()) => self.candidates.push(Candidate { name, path: shown, format }),
                Err(reason) => collector.skip_uncounted(shown, reason),
            },
        }
        collector.found_more(1, 0);
        Ok(true)
    }
}

/// Files of arrays, which are read several times: kept in memory.
#[derive(Default)]
struct Arrays {
    files: Vec<Vec<u8>>,
    bytes: usize,
}

impl Arrays {
    fn take(&mut self, content: &mut impl Read) -> Result<(), Words> {
        let (room, mut file) = (MAX_BYTES - self.bytes, Vec::new());
        content.take(room as u64 + 1).read_to_end(&mut file).map_err(|error| broke_off(&error))?;
        if file.len() > room {
            let limit = MAX_BYTES >> 20;
            return Err(Words::both(
                format!("and the arrays before it have more than {limit} MB: unpack the archive"),
                format!("与之前的数组合计超过 {limit} MB：请解开压缩包"),
            ));
        }
        self.bytes += file.len();
        self.files.push(file);
        Ok(())
    }
}

impl Store for Arrays {
    fn open(&mut self, index: usize) -> Result<(Box<dyn Stream + '_>, Option<u64>), Words> {
        let file = &self.files[index];
        Ok((Box::new(Cursor::new(file.as_slice())), Some(file.len() as u64)))
    }
}

impl Stream for Cursor<&[u8]> {}

fn read_name(entry: &mut impl Read) -> Option<Vec<u8>> {
    let mut name = Vec::new();
    entry.take(MAX_NAME).read_to_end(&mut name).ok()?;
    Some(name)
}

fn trimmed(name: &[u8]) -> Vec<u8> {
    name.split(|&byte| byte == 0).next().unwrap_or_default().to_vec()
}

/// The path in a record of POSIX's extended headers.
fn path_of(record: &[u8]) -> Option<Vec<u8>> {
    let mut fields = PaxExtensions::new(record).filter_map(Result::ok);
    fields.find(|field| field.key_bytes() == b"path").map(|field| field.value_bytes().to_vec())
}

fn explain(error: &io::Error) -> Words {
    match error.kind() {
        io::ErrorKind::FileTooLarge => Words::of_error(error),
        _ => Words::both(
            format!("is no tar archive, or damaged ({error}): copy it or pack it again"),
            "不是 tar 压缩包，或已损坏：请重新复制或打包".to_owned(),
        ),
    }
}
