//! What the arrays of images are understood as: lists of images, classes of them, or one image each.

use std::collections::{BTreeMap, HashMap};

use super::super::ImageError;
use super::super::collect::Collector;
use super::super::shapes::{Grid, One};
use super::super::source::{Format, Store};
use super::array::{Array, Candidate};
use super::labels::{labels_of, names_of};
use super::notes;
use super::sort::{Sorted, are_drawings};
use crate::text::Words;

/// Images that are read together: those of an array, or many arrays of one image each.
pub(super) struct Series<'a> {
    pub parts: Vec<(&'a Array, Grid)>,
    pub classes: Classes<'a>,
    /// Lists that may name the classes.
    pub names: Vec<&'a Array>,
}

/// What tells the class of an image.
#[derive(Clone, Copy)]
pub(super) enum Classes<'a> {
    /// The file's name.
    File,
    /// The folder's, of arrays of one image each.
    Folder,
    /// The first index, in the only array that has classes so or beside others.
    First {
        only: bool,
    },
    Labels(&'a Array),
    /// A label before each image.
    Own,
}

impl Series<'_> {
    pub fn images(&self) -> u64 {
        self.parts.iter().fold(0, |images, (_, grid)| images.saturating_add(grid.images))
    }
}

/// Gives each array of images its labels and its meaning. Arrays that are of no use are left out with a
/// reason, and what was understood is said.
pub(super) fn understand<'a>(
    collector: &mut Collector,
    store: &mut dyn Store,
    files: &[Candidate],
    sorted: &'a Sorted,
) -> Result<Vec<Series<'a>>, ImageError> {
    let mut used = vec![false; files.len()];
    let mut labelled = Vec::new();
    for picture in &sorted.pictures {
        match labels_of(picture, sorted, files) {
            Ok(labels) => {
                labels.iter().for_each(|labels| used[labels.index] = true);
                labelled.push((picture, labels));
            }
            Err(reason) => collector.skip_uncounted(files[picture.index].path.clone(), reason),
        }
    }
    let single = singles(&labelled, files);
    let mut lists = Vec::new();
    let mut each: BTreeMap<_, Vec<(&Array, Grid)>> = BTreeMap::new();
    for (picture, labels) in labelled {
        collector.check_cancel()?;
        if let Some((grid, _)) = single[picture.index].then(|| picture.layout.one()).flatten() {
            let number = picture.layout.number;
            each.entry((number.kind as u8, number.size, number.big_endian)).or_default().push((picture, grid));
            continue;
        }
        match list(store, files, sorted, picture, labels) {
            Ok(series) => lists.push(series),
            Err(reason) => collector.skip_uncounted(files[picture.index].path.clone(), reason),
        }
    }
    let by_first = lists.iter().filter(|series| matches!(series.classes, Classes::First { .. })).count();
    let only = by_first == 1 && lists.len() == 1 && each.is_empty();
    for series in &mut lists {
        if let Classes::First { only: told } = &mut series.classes {
            *told = only;
        }
        series.names.iter().for_each(|names| used[names.index] = true);
    }
    for labels in sorted.labels.iter().chain(&sorted.texts).filter(|labels| !used[labels.index]) {
        let [en, zh] = if labels.layout.number.is_text() { ["texts", "段文字"] } else { ["labels", "个标签"] };
        let count = labels.layout.count();
        let reason = Words::both(
            format!("holds {count} {en}, and no images that they belong to lie beside it"),
            format!("含有 {count} {zh}，旁边没有对应的图像"),
        );
        collector.skip_uncounted(files[labels.index].path.clone(), reason);
    }
    lists.extend(each.into_values().map(|parts| Series { parts, classes: Classes::Folder, names: Vec::new() }));
    notes::of(collector, files, &lists);
    Ok(lists)
}

/// An array as a list of images, or of classes of them.
fn list<'a>(
    store: &mut dyn Store,
    files: &[Candidate],
    sorted: &'a Sorted,
    picture: &'a Array,
    labels: Option<&'a Array>,
) -> Result<Series<'a>, Words> {
    let layout = &picture.layout;
    let threes = layout.three_before_pixels() && layout.label.is_none();
    let threes = threes
        && match labels {
            Some(labels) if labels.layout.count() != layout.count() => true,
            Some(labels) if !labels.layout.number.is_text() => false,
            _ => are_drawings(store, picture, &files[picture.index])?,
        };
    let grid = layout.list(threes)?;
    let classes = match labels {
        Some(labels) => Classes::Labels(labels),
        None if layout.label.is_some() => Classes::Own,
        None if grid.shots.is_some() => Classes::First { only: false },
        None => Classes::File,
    };
    let mut names = names_of(picture, labels, sorted, files);
    match classes {
        Classes::First { .. } => names.retain(|names| names.layout.count() == layout.count()),
        Classes::Labels(labels) if !labels.layout.number.is_text() => {}
        Classes::Own if layout.label.is_some_and(|label| label.classes.is_some()) => {}
        _ => names.clear(),
    }
    Ok(Series { parts: vec![(picture, grid)], classes, names })
}

/// For each file whether it is one image: all arrays of its folder can be, and most of them look so.
fn singles(labelled: &[(&Array, Option<&Array>)], files: &[Candidate]) -> Vec<bool> {
    let mut alike: HashMap<&[u64], usize> = HashMap::new();
    let mut folders: HashMap<&str, Vec<(&Array, bool)>> = HashMap::new();
    for &(picture, labels) in labelled {
        let alone = labels.is_none() && files[picture.index].format == Format::Npy;
        *alike.entry(&picture.layout.shape).or_default() += usize::from(alone);
        folders.entry(files[picture.index].folder()).or_default().push((picture, alone));
    }
    let mut single = vec![false; files.len()];
    for arrays in folders.values() {
        let sure = |(picture, alone): &(&Array, bool)| {
            let (_, sure) = picture.layout.one().filter(|_| *alone)?;
            Some(match sure {
                One::Surely => true,
                One::Perhaps => alike.get(&*picture.layout.shape).is_some_and(|&alike| alike > 1),
                One::Hardly => false,
            })
        };
        let Some(sure) = arrays.iter().map(sure).collect::<Option<Vec<bool>>>() else { continue };
        if 2 * sure.iter().filter(|&&sure| sure).count() > arrays.len() {
            arrays.iter().for_each(|(picture, _)| single[picture.index] = true);
        }
    }
    single
}
