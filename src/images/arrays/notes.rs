//! What is said of arrays: what they were understood as.

use std::collections::BTreeMap;

use super::super::collect::Collector;
use super::super::numbers::Tones;
use super::super::shapes::Grid;
use super::array::Candidate;
use super::series::{Classes, Series};

/// Says what each array is read as; of arrays alike once.
pub(super) fn of(collector: &mut Collector, files: &[Candidate], all: &[Series]) {
    let mut alike: BTreeMap<String, (Vec<&str>, u64)> = BTreeMap::new();
    for series in all {
        if matches!(series.classes, Classes::Folder) {
            collector.note(one_each(series));
            continue;
        }
        for (array, grid) in &series.parts {
            let said = alike.entry(meaning(files, series, *grid)).or_default();
            said.0.push(&files[array.index].name);
            said.1 = said.1.saturating_add(grid.images);
        }
    }
    for (meaning, (names, images)) in alike {
        collector.note(format!("{} read as {} of {meaning}", subject(&names), plural(images, "image", "images")));
    }
}

fn meaning(files: &[Candidate], series: &Series, grid: Grid) -> String {
    let (width, height) = (grid.width, grid.height);
    let order = if grid.planar && grid.channels > 1 { " whose colours lie before the pixels" } else { "" };
    let classes = match series.classes {
        Classes::File => "of the class that the file names".to_owned(),
        Classes::Folder => "of the class that the folder names".to_owned(),
        Classes::First { .. } => {
            format!("a class of {} for each first index", plural(grid.shots.unwrap_or(1), "image", "images"))
        }
        Classes::Labels(labels) => {
            let rows = if labels.layout.is_list() { "" } else { ", by the place of the 1 in each row" };
            format!("with the labels in {}{rows}", files[labels.index].name)
        }
        Classes::Own => "with the label in each row".to_owned(),
    };
    let doubt = match series.classes {
        Classes::File if !order.is_empty() => " (if they are three images of a class, save array[..., None])",
        _ => "",
    };
    format!("{width} x {height} pixels{order}, {classes}{doubt}")
}

fn one_each(series: &Series) -> String {
    let shape = |index: usize| series.parts.get(index).map(|(array, _)| array.layout.shape.as_slice());
    let alike = (0..series.parts.len()).all(|index| shape(index) == shape(0));
    let sides = shape(0).unwrap_or_default().iter().map(u64::to_string).collect::<Vec<_>>().join(" x ");
    let sizes = if alike { sides } else { format!("different sizes, the first {sides},") };
    match series.parts.len() {
        1 => format!("1 array of {sizes} is read as one image, of the class that its folder names"),
        arrays => format!("{arrays} arrays of {sizes} are read as one image each, of the class that the folder names"),
    }
}

/// Says which numbers are black and white where they are neither 0 to 1 nor 0 to 255.
pub(super) fn tones(collector: &mut Collector, found: &[(&str, Tones)]) {
    let of = |wanted: fn(&Tones) -> bool| found.iter().filter(move |(_, tones)| wanted(tones)).copied();
    let signed: Vec<&str> = of(|tones| *tones == Tones::SIGNED).map(|(name, _)| name).collect();
    if !signed.is_empty() {
        collector.note(format!("{} read with -1 as black and 1 as white", subject(&signed)));
    }
    let own: Vec<_> = of(|tones| ![Tones::UNIT, Tones::SIGNED, Tones::BYTE].contains(tones)).collect();
    if let Some((_, Tones { black, white })) = own.first() {
        let names: Vec<&str> = own.iter().map(|(name, _)| *name).collect();
        let range = if names.len() == 1 { "" } else { ", the range of the first" };
        collector.note(format!(
            "{} stretched to the values in use: {black} is black and {white} is white{range}",
            subject(&names)
        ));
    }
}

pub(super) fn named(collector: &mut Collector, images: &str, names: &str) {
    collector.note(format!("The classes of {images} are named by {names}"));
}

pub(super) fn unnamed(collector: &mut Collector, images: &str, names: &str) {
    collector.note(format!("{names} has no name for each class of {images}: they keep their labels"));
}

/// One name, or how many there are, and the verb.
fn subject(names: &[&str]) -> String {
    match names {
        [name] => format!("{name} is"),
        [first, ..] => format!("{} arrays ({first}, …) are", names.len()),
        [] => "Nothing is".to_owned(),
    }
}

fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
