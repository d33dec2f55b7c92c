//! What was understood of a set's files, in numbers and in words.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use super::{ImageSet, Skipped};
use crate::text::numbers::plural;

/// A set in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImageCounts {
    /// Images.
    pub images: usize,
    /// Classes that they belong to.
    pub classes: usize,
    /// Images that are held out, where tasks are made of images.
    pub held_out: usize,
    /// 1 (grey) or 3 (sRGB).
    pub channels: usize,
    /// Side of the square images in pixels.
    pub size: usize,
    /// How many files could not be used, by reason; “…” stands for what differs between the files.
    pub skipped: BTreeMap<String, usize>,
}

impl ImageSet {
    /// The set in numbers.
    pub fn counts(&self) -> ImageCounts {
        ImageCounts {
            images: self.images.len(),
            classes: self.classes.len(),
            held_out: self.images.iter().filter(|image| image.held_out).count(),
            channels: self.channels,
            size: self.size,
            skipped: reasons(&self.skipped).into_iter().map(|(reason, files)| (reason, files.len())).collect(),
        }
    }

    /// What was understood, for people: a line of what there is, a line of what was skipped (if anything was)
    /// by reason, most files first and the first of them by name, and a line for each of the notes.
    pub fn understood(&self) -> String {
        self.understood_for(&format!("{} held out", self.counts().held_out))
    }

    /// The same for tasks that have something else held out than single images.
    pub fn understood_for(&self, held_out: &str) -> String {
        let counts = self.counts();
        let colour = if counts.channels == 1 { "grey" } else { "colour" };
        let mut lines = vec![format!(
            "{}: {} in {}, {held_out}, {colour}, {size} x {size} pixels",
            self.name,
            plural(counts.images, "image", "images"),
            plural(counts.classes, "class", "classes"),
            size = counts.size,
        )];
        let mut reasons: Vec<(String, Vec<&Path>)> = reasons(&self.skipped).into_iter().collect();
        reasons.sort_by_key(|(_, files)| std::cmp::Reverse(files.len()));
        if !reasons.is_empty() {
            let reason =
                |(reason, files): &(String, Vec<&Path>)| format!("{} x {reason} ({})", files.len(), some(files));
            let reasons = reasons.iter().map(reason).collect::<Vec<_>>().join("; ");
            let files = plural(self.skipped.len(), "file", "files");
            // Decoders and names may bring line breaks of their own.
            lines.push(format!("{files} skipped: {reasons}").replace(char::is_control, " "));
        }
        lines.extend(self.notes.iter().map(|note| note.en().to_owned()));
        lines.join("\n")
    }
}

/// The names of the first files.
fn some(files: &[&Path]) -> String {
    const SHOWN: usize = 3;
    let name = |path: &&Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let mut names: Vec<String> = files.iter().take(SHOWN).map(name).collect();
    names.extend((files.len() > SHOWN).then(|| "…".to_owned()));
    names.join(", ")
}

/// Files by reason. Reasons are alike that differ in numbers and in what brackets or quotation marks hold.
fn reasons(skipped: &[Skipped]) -> BTreeMap<String, Vec<&Path>> {
    let mut groups: BTreeMap<Vec<&str>, (Vec<&str>, Vec<&Path>)> = BTreeMap::new();
    for Skipped { path, reason } in skipped {
        let own = pieces(reason.en());
        let pattern = own.iter().map(|piece| if varies(piece) { "…" } else { piece }).collect();
        let (common, files) = groups.entry(pattern).or_insert_with(|| (own.clone(), Vec::new()));
        common.iter_mut().zip(own).filter(|(common, own)| *common != own).for_each(|(common, _)| *common = "…");
        files.push(path);
    }
    let mut reasons: BTreeMap<String, Vec<&Path>> = BTreeMap::new();
    for (common, files) in groups.into_values() {
        reasons.entry(common.concat()).or_default().extend(files);
    }
    reasons
}

/// The pieces of a reason: numbers, what stands in brackets or quotation marks, and the words between.
fn pieces(reason: &str) -> Vec<&str> {
    let (mut pieces, mut rest) = (Vec::new(), reason);
    while let Some(first) = rest.chars().next() {
        let closing = match first {
            '(' => Some(')'),
            '“' => Some('”'),
            _ => None,
        };
        let end = match closing {
            Some(closing) => rest.rfind(closing).map(|at| at + closing.len_utf8()),
            None if first.is_ascii_digit() => rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ','),
            None => rest.find(|c: char| c.is_ascii_digit() || c == '(' || c == '“'),
        };
        let end = end.filter(|&end| end > 0).unwrap_or(rest.len());
        let (piece, later) = rest.split_at(end);
        pieces.push(piece);
        rest = later;
    }
    pieces
}

fn varies(piece: &str) -> bool {
    piece.starts_with(|c: char| c.is_ascii_digit() || c == '(' || c == '“')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_that_differ_in_numbers_and_details_are_one() {
        let skip = |reason: &str| Skipped { path: "a".into(), reason: reason.into() };
        let given = [
            "is 3 x 5 pixels; at least 4 x 4 are needed",
            "is 3 x 2 pixels; at least 4 x 4 are needed",
            "is damaged or cut off (no end)",
            "is damaged or cut off (bad (very bad) header)",
            "is damaged or cut off (no end)",
            "is empty",
        ];
        let skipped = given.map(skip);
        let found: BTreeMap<String, usize> =
            reasons(&skipped).into_iter().map(|(reason, files)| (reason, files.len())).collect();
        let expected =
            [("is 3 x … pixels; at least 4 x 4 are needed", 2), ("is damaged or cut off …", 3), ("is empty", 1)];
        assert_eq!(found, expected.map(|(reason, files)| (reason.to_owned(), files)).into());
    }
}
