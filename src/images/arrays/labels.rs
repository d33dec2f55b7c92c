//! Which labels belong to which images, and what their classes are called.

use std::path::{Path, PathBuf};

use super::super::collect::Collector;
use super::super::limits::MAX_FILES;
use super::super::numbers::{Label, Number, read_exactly};
use super::super::source::{Format, Store, broke_off};
use super::array::{Array, Candidate, Stop, chosen, open};
use super::sort::Sorted;
use crate::files;
use crate::text::{Words, tell, text};

const IMAGE_WORDS: [&str; 9] = ["x", "image", "images", "img", "imgs", "data", "features", "input", "inputs"];
const LABEL_WORDS: [&str; 7] = ["y", "label", "labels", "target", "targets", "class", "classes"];
const NAME_WORDS: [&str; 5] = ["names", "categories", "meta", "mapping", "vocabulary"];
const FORMAT_WORDS: [&str; 6] = ["idx1", "idx3", "ubyte", "npy", "gz", "txt"];

fn words(name: &str) -> impl Iterator<Item = String> {
    let words = name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect::<Vec<_>>();
    words.into_iter().filter(|word| !word.is_empty() && !FORMAT_WORDS.contains(&word.as_str()))
}

/// What the names of images and of their labels have in common.
pub(super) fn key(name: &str) -> String {
    let of_kind = |word: &str| IMAGE_WORDS.contains(&word) || LABEL_WORDS.contains(&word);
    words(name).filter(|word| !of_kind(word)).collect::<Vec<_>>().join(" ")
}

fn own_words(name: &str) -> impl Iterator<Item = String> {
    words(name.rsplit('/').next().unwrap_or(name))
}

pub(super) fn names_labels(name: &str) -> bool {
    name.contains("idx1") || own_words(name).any(|word| LABEL_WORDS.contains(&word.as_str()))
}

/// The files in the same folder that belong to a lone one: labels of an IDX file, unpacked ones first, and
/// the names of CIFAR's classes.
pub(in super::super) fn labels_beside(path: &Path, format: Format) -> Vec<PathBuf> {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let own = name(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let fits = |other: &String| match format {
        Format::Idx => Format::of(other) == Format::Idx && other.contains("idx1") && key(other) == key(&own),
        Format::Cifar => Format::of(other) == Format::Names,
        _ => false,
    };
    let beside = files::list(folder).into_iter().flatten();
    let mut beside: Vec<PathBuf> = beside.filter(|other| name(other) != own && fits(&name(other))).collect();
    beside.sort();
    beside.truncate(if format == Format::Idx { 1 } else { beside.len() });
    beside
}

/// The labels that belong to an array of images, by name, or else by their number if no others have it too.
pub(super) fn labels_of<'a>(
    picture: &Array,
    sorted: &'a Sorted,
    files: &[Candidate],
) -> Result<Option<&'a Array>, Words> {
    let own = &files[picture.index];
    if picture.layout.label.is_some() {
        return Ok(None);
    }
    let key = key(&own.name);
    let named = |index: usize| {
        let other = &files[index];
        other.format == own.format && names_labels(&other.name) && self::key(&other.name) == key
    };
    let [colours, threes] = [false, true].map(|threes| picture.layout.list(threes).ok().map(|grid| grid.images));
    let count = picture.layout.count();
    let fits = |labels: &&Array| {
        let labels = Some(labels.layout.count());
        labels == Some(count) || labels == colours || labels == threes
    };
    let all = || [&sorted.labels, &sorted.texts].into_iter().map(|labels| labels.iter().filter(fits));
    if let Some(labels) = all().flatten().find(|labels| named(labels.index)) {
        return Ok(Some(labels));
    }
    if let Some(&index) = sorted.refused.iter().find(|&&index| named(index)) {
        let name = &files[index].name;
        return Err(Words::both(
            format!("is left out, as its labels in {name} cannot be read"),
            format!("未使用，因为 {name} 中的标签无法读取"),
        ));
    }
    if let Some(labels) = sorted.labels.iter().find(|labels| named(labels.index)) {
        let (name, others) = (&files[labels.index].name, labels.layout.count());
        return Err(Words::both(
            format!("has {count} images, but {name} has {others} labels: save or download both again"),
            format!("有 {count} 张图像，而 {name} 有 {others} 个标签：请重新保存或下载这两个文件"),
        ));
    }
    for kind in all() {
        let mut fitting = kind.filter(|labels| own.format == Format::Npy && files[labels.index].format == Format::Npy);
        match (fitting.next(), fitting.next()) {
            (Some(labels), Some(other)) => {
                let [one, other] = [labels, other].map(|labels| &files[labels.index].name);
                return Err(Words::both(
                    format!("could have its labels in {one} or in {other}: keep one of them"),
                    format!("标签可能在 {one}，也可能在 {other}：请只留一个"),
                ));
            }
            (None, _) => {}
            (labels, _) => return Ok(labels),
        }
    }
    Ok(None)
}

/// Lists of texts in the images' folder that may name their classes.
pub(super) fn names_of<'a>(
    picture: &Array,
    labels: Option<&Array>,
    sorted: &'a Sorted,
    files: &[Candidate],
) -> Vec<&'a Array> {
    let folder = files[picture.index].folder();
    let near = |texts: &&Array| {
        files[texts.index].folder() == folder && labels.is_none_or(|labels| labels.index != texts.index)
    };
    let near: Vec<&Array> = sorted.texts.iter().filter(near).collect();
    let named = |texts: &&Array| {
        let name = &files[texts.index].name;
        names_labels(name) || own_words(name).any(|word| NAME_WORDS.contains(&word.as_str()))
    };
    if near.len() == 1 { near } else { near.into_iter().filter(named).collect() }
}

/// What a row of labels says: the number or text itself, or the place of the 1 among zeros.
pub(super) fn label(labels: &Array, row: &[u8]) -> Option<Label> {
    let number = labels.layout.number;
    if labels.layout.is_list() {
        return number.label(row);
    }
    let mut found = None;
    for (place, bytes) in row.chunks_exact(number.size.max(1)).enumerate() {
        match number.value(bytes) {
            0.0 => {}
            1.0 if found.is_none() => found = Some(place),
            _ => return None,
        }
    }
    found.map(|place| Label::Number(place as i128))
}

/// The labels of `share` images out of `images`, of which each has one of its own, or `each` in turn share it.
pub(super) fn read(
    collector: &Collector,
    store: &mut dyn Store,
    files: &[Candidate],
    labels: &Array,
    (share, images): (usize, u64),
) -> Result<Vec<Label>, Stop> {
    let file = &files[labels.index];
    let refuse = |reason: Words| {
        let told = || {
            tell(
                || format!("is left out, as the file of its labels {reason}"),
                || format!("未使用，因为标签文件有问题：{reason}"),
            )
        };
        Stop::Refused(Words::told(told))
    };
    let each = images / labels.layout.count().max(1);
    let mut stream = open(store, labels, file.format).map_err(refuse)?;
    let (row, mut bytes, mut next) = (labels.row(), Vec::new(), 0);
    let mut found: Vec<Label> = Vec::new();
    for k in 0..share {
        collector.check_cancel()?;
        let index = chosen(k, share, images) / each.max(1);
        if index < next
            && let Some(last) = found.last()
        {
            found.push(last.clone());
            continue;
        }
        let unread = |error| refuse(broke_off(&error));
        stream.pass((index - next).saturating_mul(row)).map_err(unread)?;
        if !read_exactly(&mut *stream, row, &mut bytes).map_err(unread)? {
            let number = index + 1;
            return Err(refuse(Words::both(
                format!("ends before number {number}: copy or download it again"),
                format!("不到第 {number} 个就结束了：请重新复制或下载"),
            )));
        }
        let label = label(labels, &bytes).ok_or_else(|| {
            refuse(Words::both(
                format!("holds more than a whole number at index {index}: save one label for each image"),
                format!("索引 {index} 处不是单个整数：请给每张图像保存一个标签"),
            ))
        })?;
        found.push(label);
        next = index + 1;
    }
    // The last byte of a packed file is followed by its checksum, which is looked at only here.
    if read_exactly(&mut *stream, 1, &mut bytes).map_err(|error| refuse(broke_off(&error)))? {
        let more = text("goes on after the last: save or download it again", "最后一个之后还有内容：请重新保存或下载");
        return Err(refuse(more.into()));
    }
    Ok(found)
}

/// What classes are called.
#[derive(Default)]
pub(super) struct Names {
    names: Vec<String>,
    /// The number of the first.
    first: i128,
}

impl Names {
    /// The shortest list that has a name for each number from `least` to `most`, for `images` images.
    pub fn find<'a>(lists: &[&'a Array], (least, most): (i128, i128), images: u64) -> Option<(&'a Array, i128)> {
        let first = |list: &Array| {
            let count = i128::from(list.layout.count());
            let first = i128::from(least > 0 && count == most);
            let suits = least >= 0 && most < count + first && count <= MAX_FILES as i128;
            // As many texts as images are about the images.
            (suits && (count < images.into() || count == most + 1 - first)).then_some(first)
        };
        let found = lists.iter().filter_map(|list| Some((*list, first(list)?)));
        found.min_by_key(|(list, _)| list.layout.count())
    }

    pub fn read(store: &mut dyn Store, files: &[Candidate], list: &Array, first: i128) -> Result<Self, Words> {
        let number: Number = list.layout.number;
        let mut stream = open(store, list, files[list.index].format)?;
        let (mut names, mut bytes) = (Vec::new(), Vec::new());
        for _ in 0..list.layout.count() {
            read_exactly(&mut *stream, number.size as u64, &mut bytes).map_err(|error| broke_off(&error))?;
            names.extend(number.label(&bytes).map(|label| label.to_string()));
        }
        Ok(Self { names, first })
    }

    /// The name of a class, or its label as it is.
    pub fn of(&self, label: &Label) -> String {
        let name = match label {
            Label::Number(number) => usize::try_from(number - self.first).ok().and_then(|place| self.names.get(place)),
            Label::Text(_) => None,
        };
        name.cloned().unwrap_or_else(|| label.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_labels_belong_to_names_of_images() {
        for (images, labels) in [
            ("x_train.npy", "y_train.npy"),
            ("images.npy", "labels.npy"),
            ("train-images-idx3-ubyte", "train-labels.idx1-ubyte"),
            ("a/t10k-images-idx3-ubyte.gz", "a/t10k-labels-idx1-ubyte.gz"),
        ] {
            assert_eq!(key(images), key(labels));
            assert!(names_labels(labels) && !names_labels(images));
        }
        assert_ne!(key("x_train.npy"), key("y_test.npy"));
        assert_ne!(key("a/images.npy"), key("b/labels.npy"));
        assert!(!names_labels("classes/cat.npy"));
    }
}
