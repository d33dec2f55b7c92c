//! Tables of text as arrays: MNIST's csv, with a row for each image (its label, then its pixels) and
//! perhaps a line of names above; and lists of names, one a line. [`Rows`] gives them as the bytes of an
//! array would be: a label of [`LABEL`] bytes, then a float for each pixel.

use std::io::{self, BufRead, BufReader, Read};

use super::decode::{EMPTY, MIN_SIDE};
use super::numbers::{Number, NumberKind};
use super::shapes::{Layout, Prefix};
use super::source::{Stream, broke_off};
use crate::text::{Words, tell};

/// No line may have more bytes.
const MAX_LINE: u64 = 4 << 20;
/// Bytes of a label, filled up with zeros.
const LABEL: usize = 128;
const LABELS: [&str; 8] = ["label", "labels", "class", "target", "y", "category", "character", "digit"];

/// What the columns of a table are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Columns {
    divider: char,
    count: usize,
    label: Option<usize>,
    /// The number of a row, as pandas writes it.
    row: Option<usize>,
    header: bool,
    /// Numbers of a pixel.
    channels: usize,
}

impl Columns {
    fn pixels(&self) -> usize {
        self.count - usize::from(self.label.is_some()) - usize::from(self.row.is_some())
    }

    /// From the first line.
    fn of(line: &str) -> Result<Self, Words> {
        let divider = [',', ';', '\t', ' '].into_iter().max_by_key(|&divider| line.matches(divider).count());
        let divider = divider.unwrap_or(',');
        let cells: Vec<String> = cells(line, divider).map(str::to_lowercase).collect();
        let count = cells.len();
        let numbers: Vec<f32> = cells.iter().filter_map(|cell| cell.parse().ok()).collect();
        // Names of columns may be their numbers.
        let ascending = numbers.len() > 1 && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1.0);
        let header = ascending || numbers.len() < count / 2;
        let named = header.then(|| cells.iter().position(|cell| LABELS.contains(&cell.as_str()))).flatten();
        let row = (header && cells[0].is_empty()).then_some(0);
        let others = count - usize::from(row.is_some());
        let squares = |numbers: usize| {
            let is_square = |numbers: usize| numbers.isqrt().pow(2) == numbers && numbers.isqrt() >= MIN_SIDE as usize;
            [1, 3].into_iter().find(|channels| numbers.is_multiple_of(*channels) && is_square(numbers / channels))
        };
        let first = usize::from(row.is_some());
        let kinds = match named {
            Some(label) => vec![(Some(label), squares(others - 1))],
            None => vec![(None, squares(others)), (Some(first), others.checked_sub(1).and_then(squares))],
        };
        let found = kinds.into_iter().find_map(|(label, channels)| Some((label, channels?)));
        let (label, channels) = found.ok_or_else(|| {
            Words::both(
                format!("is a table of {count} columns; tables are read whose rows are the pixels of a square, with a label or without"),
                format!("是 {count} 列的表格；可读取的表格每行是一个正方形的像素，可以带标签"),
            )
        })?;
        Ok(Self { divider, count, label, row, header, channels })
    }
}

fn cells(line: &str, divider: char) -> impl Iterator<Item = &str> {
    line.split(divider).map(|cell| cell.trim().trim_matches('"'))
}

/// The rows of a table, or of a list of names.
pub(super) struct Rows<R> {
    lines: BufReader<R>,
    /// `None` for names.
    columns: Option<Columns>,
    /// The number of the line, and the line.
    line: (u64, String),
    /// Whether the line is still to be read out.
    waiting: bool,
    row: Vec<u8>,
    at: usize,
}

impl<R: Read> Rows<R> {
    /// A list of names.
    pub fn names(reader: R) -> Self {
        let lines = BufReader::new(reader);
        Self { lines, columns: None, line: (0, String::new()), waiting: false, row: Vec::new(), at: 0 }
    }

    /// A table of images.
    pub fn table(reader: R) -> Result<Self, Words> {
        let mut rows = Self::names(reader);
        if !rows.next_line().map_err(|error| broke_off(&error))? {
            return Err(EMPTY.into());
        }
        let columns = Columns::of(&rows.line.1)?;
        rows.waiting = !columns.header;
        rows.columns = Some(columns);
        Ok(rows)
    }

    /// As an array's, once all lines are counted.
    pub fn layout(mut self) -> Result<Layout, Words> {
        let mut count = u64::from(self.waiting);
        while self.next_line().map_err(|error| broke_off(&error))? {
            count += 1;
        }
        let text = Number { kind: NumberKind::Text, size: LABEL, big_endian: false };
        let Some(columns) = self.columns else {
            return Ok(Layout { number: text, shape: vec![count], header: 0, label: None });
        };
        let side = ((columns.pixels() / columns.channels) as u64).isqrt();
        let mut shape = vec![count, side, side];
        shape.extend((columns.channels == 3).then_some(3));
        let label = columns.label.map(|column| Prefix {
            bytes: LABEL as u64,
            number: text,
            classes: None,
            column: Some(column),
        });
        Ok(Layout { number: Number::FLOAT, shape, header: 0, label })
    }

    /// Goes to the next line that is not empty; false at the end.
    fn next_line(&mut self) -> io::Result<bool> {
        loop {
            let mut bytes = Vec::new();
            self.lines.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut bytes)?;
            self.line.0 += 1;
            if bytes.is_empty() {
                return Ok(false);
            }
            if bytes.len() as u64 > MAX_LINE {
                let (line, limit) = (self.line.0, MAX_LINE >> 20);
                let en = format!("line {line} has more than {limit} MB");
                return Err(io::Error::other(Words::both(en, format!("第 {line} 行超过 {limit} MB"))));
            }
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim_matches(|c: char| c.is_whitespace() && c != '\t' || c == '\u{feff}');
            if !text.is_empty() {
                self.line.1 = text.to_owned();
                return Ok(true);
            }
        }
    }

    /// The line as the bytes of a row.
    fn fill(&mut self) -> io::Result<()> {
        let (number, line) = &self.line;
        let wrong = |en: String, zh: String| {
            let line = || tell(|| format!("line {number} {en}"), || format!("第 {number} 行{zh}"));
            Err(io::Error::other(Words::told(line)))
        };
        self.row.clear();
        self.at = 0;
        let label = match &self.columns {
            Some(columns) => columns.label.and_then(|label| cells(line, columns.divider).nth(label)),
            None => Some(line.as_str()),
        };
        if let Some(label) = label {
            if label.len() > LABEL {
                let bytes = label.len();
                let en = format!("has a label of {bytes} bytes; the limit is {LABEL}");
                return wrong(en, format!("的标签长 {bytes} 字节；上限为 {LABEL}"));
            }
            self.row.extend(label.bytes());
            self.row.resize(LABEL, 0);
        }
        let Some(columns) = &self.columns else { return Ok(()) };
        let count = cells(line, columns.divider).count();
        if count != columns.count {
            let en = format!("has {count} columns where the first has {}", columns.count);
            return wrong(en, format!("有 {count} 列，而第一行有 {} 列", columns.count));
        }
        for (column, cell) in cells(line, columns.divider).enumerate() {
            if [columns.label, columns.row].contains(&Some(column)) {
                continue;
            }
            let Ok(value) = cell.parse::<f32>() else {
                let shown: String = cell.chars().take(20).collect();
                let en = format!("has “{shown}” in column {}, which is no number", column + 1);
                return wrong(en, format!("第 {} 列的“{shown}”不是数", column + 1));
            };
            self.row.extend(value.to_le_bytes());
        }
        Ok(())
    }
}

impl<R: Read> Read for Rows<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.row.len() {
            if !std::mem::take(&mut self.waiting) && !self.next_line()? {
                return Ok(0);
            }
            self.fill()?;
        }
        let rest = &self.row[self.at..];
        let read = rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        self.at += read;
        Ok(read)
    }
}

impl<R: Read> Stream for Rows<R> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(line: &str) -> Result<(Option<usize>, bool, usize), Words> {
        Columns::of(line).map(|columns| (columns.label, columns.header, columns.channels))
    }

    fn joined(cells: impl Iterator<Item = String>) -> String {
        cells.collect::<Vec<_>>().join(",")
    }

    #[test]
    fn columns_tell_labels_from_pixels() {
        let numbers = |count: usize| joined((0..count).map(|i| i.to_string()));
        let names = |count: usize| joined((0..count).map(|i| format!("pixel{i}")));
        let zeros = |count: usize| joined((0..count).map(|_| "0".to_owned()));
        for (line, expected) in [
            (numbers(784), (None, true, 1)),
            (zeros(784), (None, false, 1)),
            (numbers(785), (Some(0), true, 1)),
            (zeros(785), (Some(0), false, 1)),
            (zeros(784 * 3), (None, false, 3)),
            (format!("cat,{}", zeros(784)), (Some(0), false, 1)),
            (names(784), (None, true, 1)),
            (format!("label,{}", names(784)), (Some(0), true, 1)),
            (format!("{},\"class\"", names(784)), (Some(784), true, 1)),
            (format!("label,{}", names(28 * 28 * 3)), (Some(0), true, 3)),
            (format!(",label,{}", names(784)), (Some(1), true, 1)),
            (zeros(785).replace(',', ";"), (Some(0), false, 1)),
            (zeros(784).replace(',', "\t"), (None, false, 1)),
        ] {
            assert_eq!(columns(&line), Ok(expected), "{}", &line[..30]);
        }
        for line in ["file,label", "a", "1,2,3,4", ""] {
            assert!(columns(line).is_err_and(|reason| reason.contains("is a table of")), "{line}");
        }
    }

    #[test]
    fn rows_are_labels_and_floats() {
        let line = |label: &str, value: &str| format!("{label}{}\r\n", format!(",{value}").repeat(16));
        let text = ["\u{feff}label", &line("", "p"), &line("cat", "7"), "\n", &line("7", "0.5")].concat();
        let shape =
            Rows::table(text.as_bytes()).and_then(Rows::layout).map(|layout| (layout.shape.clone(), layout.length()));
        assert_eq!(shape, Ok((vec![2, 4, 4], Some(2 * (128 + 64)))));
        let mut bytes = Vec::new();
        assert!(Rows::table(text.as_bytes()).is_ok_and(|mut rows| rows.read_to_end(&mut bytes).is_ok()));
        assert_eq!(
            (bytes.len(), &bytes[..4], &bytes[128..132]),
            (2 * 192, b"cat\0".as_slice(), &7_f32.to_le_bytes()[..])
        );
        assert_eq!((bytes[192], &bytes[380..]), (b'7', &0.5_f32.to_le_bytes()[..]));
        for (wrong, part) in [(line("3", "x"), "line 2 has “x” in column 2"), ("1,2\n".to_owned(), "2 columns where")]
        {
            let text = [line("3", "1"), wrong].concat();
            let read = Rows::table(text.as_bytes()).map(|mut rows| rows.read_to_end(&mut Vec::new()));
            assert!(read.is_ok_and(|read| read.is_err_and(|error| error.to_string().contains(part))), "{part}");
        }
    }

    #[test]
    fn names_are_a_line_each() {
        let text = "airplane\nautomobile\r\n\n";
        assert_eq!(Rows::names(text.as_bytes()).layout().map(|layout| layout.shape), Ok(vec![2]));
        let mut bytes = Vec::new();
        assert!(Rows::names(text.as_bytes()).read_to_end(&mut bytes).is_ok());
        assert_eq!((bytes.len(), &bytes[128..139]), (256, b"automobile\0".as_slice()));
    }
}
