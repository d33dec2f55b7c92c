//! The pages of a TIFF file. Decoders read the one that the header points to, so each page in its turn is
//! made the first.

use super::numbers::whole;
use std::borrow::Cow;
use std::collections::HashSet;

/// More pages than this are not read from one file.
pub(super) const MAX_PAGES: usize = 1_000;

/// The tag that tells pages from their smaller copies and their masks.
const KIND: u16 = 254;
const SMALLER: u64 = 1;
const MASK: u64 = 4;

/// How a TIFF file is to be read.
struct Reader<'a> {
    bytes: &'a [u8],
    big_endian: bool,
    /// With 64-bit offsets.
    big: bool,
}

impl Reader<'_> {
    fn number(&self, at: u64, width: usize) -> Option<u64> {
        let at = usize::try_from(at).ok()?;
        Some(whole(self.bytes.get(at..at.checked_add(width)?)?, self.big_endian))
    }

    /// Where the first page's number lies in the header, and how wide it is.
    fn first(&self) -> (u64, usize) {
        if self.big { (8, 8) } else { (4, 4) }
    }

    /// Whether the directory at an offset is a page, and where the next one is.
    fn directory(&self, at: u64) -> Option<(bool, u64)> {
        let (count_width, entry, wide) = if self.big { (8, 20, 8) } else { (2, 12, 4) };
        let count = self.number(at, count_width)?;
        let entries = at.checked_add(count_width as u64)?;
        let end = entries.checked_add(count.checked_mul(entry)?)?;
        let next = self.number(end, wide)?;
        let tag = |i: u64| entries + i * entry;
        let kind = (0..count).map(tag).find(|&at| self.number(at, 2) == Some(KIND.into()));
        // A short or a long, in the first bytes of its place.
        let kind = kind.and_then(|at| {
            let width = if self.number(at + 2, 2) == Some(3) { 2 } else { 4 };
            self.number(at + if self.big { 12 } else { 8 }, width)
        });
        Some((kind.unwrap_or_default() & (SMALLER | MASK) == 0, next))
    }
}

fn reader(bytes: &[u8]) -> Option<Reader<'_>> {
    let big_endian = bytes.starts_with(b"MM");
    (big_endian || bytes.starts_with(b"II")).then_some(())?;
    let reader = Reader { bytes, big_endian, big: false };
    match reader.number(2, 2)? {
        42 => Some(reader),
        43 => Some(Reader { big: true, ..reader }),
        _ => None,
    }
}

/// Where a TIFF file's pages begin, without smaller copies and masks; none of other files. At most one
/// more than [`MAX_PAGES`].
pub(super) fn offsets(bytes: &[u8]) -> Vec<u64> {
    let Some(reader) = reader(bytes) else { return Vec::new() };
    let (at, width) = reader.first();
    let (mut next, mut pages, mut seen) = (reader.number(at, width).unwrap_or_default(), Vec::new(), HashSet::new());
    while next != 0 && pages.len() <= MAX_PAGES && seen.len() <= 4 * MAX_PAGES && seen.insert(next) {
        let Some((is_page, later)) = reader.directory(next) else { break };
        pages.extend(is_page.then_some(next));
        next = later;
    }
    pages
}

/// The same file with the page at an offset as the first.
pub(super) fn turn_to(bytes: &mut Cow<'_, [u8]>, page: u64) {
    let Some(reader) = reader(bytes) else { return };
    let ((at, width), big_endian) = (reader.first(), reader.big_endian);
    let (little, big) = (page.to_le_bytes(), page.to_be_bytes());
    let number = if big_endian { &big[8 - width..] } else { &little[..width] };
    let at = at as usize;
    if bytes.get(at..at + width) != Some(number) {
        bytes.to_mut()[at..at + width].copy_from_slice(number);
    }
}
