//! Tables beside images: a file in each row, and its class.

use std::collections::{BTreeSet, HashMap};

use csv::ReaderBuilder;

use super::limits::MAX_FILES;

/// No table may be larger, in bytes.
pub(super) const MAX_TABLE: u64 = 64 << 20;
/// No table of names may have more columns.
const MOST_COLUMNS: usize = 64;
/// No image in a table has fewer.
const FEWEST_PIXELS: usize = 16;
/// Names that a column of classes has.
const LABELS: [&str; 10] =
    ["label", "labels", "class", "classes", "category", "target", "species", "breed", "class_name", "label_name"];

/// The classes of files, by their names.
#[derive(Debug)]
pub(super) struct Table {
    /// Its own file's name.
    pub name: String,
    labels: HashMap<String, String>,
}

impl Table {
    /// Files that it names.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The class of the file with this path; a table may name it by path, by name, or without its ending.
    pub fn label(&self, path: &str) -> Option<&str> {
        let below = path.match_indices('/').map(|(at, _)| &path[at + 1..]);
        std::iter::once(path).chain(below).find_map(|path| {
            let bare = path.rsplit_once('.').map_or(path, |(bare, _)| bare);
            self.labels.get(path).or_else(|| self.labels.get(bare)).map(String::as_str)
        })
    }
}

/// Whether a file of this name may be a table.
pub(super) fn may_be(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with(".csv") || name.ends_with(".tsv")
}

/// Whether a table may be one of names: one of images has a column for each pixel, and numbers in all.
pub(super) fn may_name_files(name: &str, content: &[u8]) -> bool {
    let mut lines = content.split(|&byte| byte == b'\n');
    let cells = |line: &[u8]| line.split(|&byte| byte == delimiter(name)).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let first = cells(lines.next().unwrap_or_default());
    let is_number = |cell: &Vec<u8>| str::from_utf8(cell).is_ok_and(|cell| cell.trim().parse::<f64>().is_ok());
    first.len() < FEWEST_PIXELS
        || (first.len() <= MOST_COLUMNS && !lines.next().map(cells).unwrap_or(first).iter().all(is_number))
}

fn delimiter(name: &str) -> u8 {
    if name.to_lowercase().ends_with(".tsv") { b'\t' } else { b',' }
}

/// Reads a table if it has a column of names of these files and a column of classes.
pub(super) fn read(name: &str, content: &[u8], files: &[&str]) -> Option<Table> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(name)).from_reader(content);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in reader.records().take(MAX_FILES + 1) {
        let row = row.ok()?;
        rows.push(row.iter().map(|cell| cell.trim().replace('\\', "/")).collect());
    }
    let known: BTreeSet<&str> = files
        .iter()
        .flat_map(|file| {
            let name = file.rsplit_once('/').map_or(*file, |(_, name)| name);
            [name, name.rsplit_once('.').map_or(name, |(stem, _)| stem)]
        })
        .collect();
    let is_file = |cell: &String| known.contains(cell.rsplit_once('/').map_or(cell.as_str(), |(_, name)| name));
    let columns = rows.first()?.len();
    let hits = |column: usize| rows.iter().filter(|row| row.get(column).is_some_and(is_file)).count();
    let of_files = (0..columns).max_by_key(|&column| (hits(column), std::cmp::Reverse(column)))?;
    if 2 * hits(of_files) + 1 < rows.len() || hits(of_files) < 2 {
        return None;
    }
    let heads = (!is_file(rows.first()?.get(of_files)?)).then(|| rows.remove(0));
    let of_labels = labels(&rows, heads.as_deref(), of_files, columns)?;
    let mut table = HashMap::new();
    for row in rows {
        if let (Some(file), Some(label)) = (row.get(of_files), row.get(of_labels))
            && !label.is_empty()
        {
            table.insert(file.trim_start_matches("./").to_owned(), label.clone());
        }
    }
    Some(Table { name: name.to_owned(), labels: table })
}

/// The column of classes: the one with such a head, or else the first whose entries come again and again.
fn labels(rows: &[Vec<String>], heads: Option<&[String]>, files: usize, columns: usize) -> Option<usize> {
    let others = || (0..columns).filter(|&column| column != files);
    let named = |&column: &usize| {
        heads.and_then(|heads| heads.get(column)).is_some_and(|head| LABELS.contains(&head.to_lowercase().as_str()))
    };
    let repeats = |&column: &usize| {
        let different: BTreeSet<&String> = rows.iter().filter_map(|row| row.get(column)).collect();
        let most = if columns == 2 { rows.len() - 1 } else { rows.len() / 2 };
        (2..=most).contains(&different.len())
    };
    others().find(named).or_else(|| others().find(repeats))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [&str; 4] = ["images/a.png", "images/b.png", "images/c.jpg", "images/d.jpg"];

    fn labels_of(name: &str, text: &str) -> Option<Vec<Option<String>>> {
        let table = read(name, text.as_bytes(), &FILES)?;
        Some(FILES.iter().map(|file| table.label(file).map(str::to_owned)).collect())
    }

    #[test]
    fn tables_name_files_in_several_ways() {
        let expected = Some(["cat", "dog", "cat", "dog"].map(|label| Some(label.to_owned())).to_vec());
        for (name, text) in [
            ("a.csv", "file,label\na.png,cat\nb.png,dog\nc.jpg,cat\nd.jpg,dog\n"),
            ("a.csv", "a.png,cat\nb.png,dog\nc.jpg,cat\nd.jpg,dog\n"),
            ("a.csv", "id,breed\na,cat\nb,dog\nc,cat\nd,dog\n"),
            ("a.tsv", "label\tpath\ncat\timages/a.png\ndog\timages/b.png\ncat\timages/c.jpg\ndog\timages/d.jpg\n"),
            (
                "a.csv",
                "n,file,width,class\n1,images\\a.png,9,cat\n2,images\\b.png,9,dog\n3,images\\c.jpg,8,cat\n4,images\\d.jpg,8,dog\n",
            ),
            ("a.csv", "file,what\n./a.png,cat\n\"b.png\",dog\nc.jpg,cat\nd.jpg,dog\nmissing.jpg,dog\n"),
        ] {
            assert_eq!(labels_of(name, text), expected, "{text}");
        }
    }

    #[test]
    fn other_tables_tell_no_classes() {
        for text in [
            "",
            "a,b\n1,2\n",
            "file,size\na.png,1\nb.png,2\nc.jpg,3\nd.jpg,4\n",
            "7,0,0,255\n2,0,9,0\n",
            "\"",
            "\u{0}\n\n,,,",
        ] {
            assert_eq!(labels_of("a.csv", text), None, "{text:?}");
        }
    }
}
