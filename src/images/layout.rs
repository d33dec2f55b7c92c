//! What the names of image files say: the class of each, and what the set itself keeps it for. Pure.
//!
//! Each folder is a class named by its path, without the folders that all images share. Folders named as the parts of a set are none: `train`, `val` and
//! `test`, or Omniglot's `images_background` and `images_evaluation`, whose equal folders are one class. Where
//! all images lie in one folder, a table beside them tells their classes, or else their names do.

use std::collections::{BTreeMap, BTreeSet};

use super::label_table::Table;
use crate::text::numbers::plural;
use crate::text::{Text, Words, tell, text};

/// The class of files that lie in no sub-folder.
pub(super) const LOOSE: Text = text("images", "图像");
const NO_PLACE: Text = text(
    "has no class, as others have: put it into the folder of its class, or choose these images alone",
    "其他图像有类别，它没有：请放进所属类别的文件夹，或单独选择这些图像",
);

/// What a set keeps an image for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Portion {
    Training,
    Validation,
    Test,
}

/// Where an image belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub class: String,
    pub portion: Portion,
}

/// What was understood of some files.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// For each file its place, or why it has none.
    pub places: Vec<Result<Place, Words>>,
    /// Whether the set itself says what is held out.
    pub divided: bool,
    /// Whether some lie in no sub-folder, and are a class so.
    pub loose: bool,
    /// What people should know.
    pub notes: Vec<Words>,
}

/// A file's name taken apart.
struct File<'a> {
    name: &'a str,
    folders: Vec<&'a str>,
    stem: &'a str,
    portion: Portion,
}

const TRAINING: [&str; 4] = ["train", "training", "trainset", "meta_train"];
const VALIDATION: [&str; 5] = ["val", "valid", "validation", "dev", "meta_val"];
const TEST: [&str; 6] = ["test", "testing", "testset", "eval", "evaluation", "meta_test"];

/// Names of folders for images whose class nobody knows.
const NO_CLASS: [&str; 10] =
    ["unknown", "unlabeled", "unlabelled", "images", "imgs", "img", "all", "data", "test", "val"];

fn portion(folder: &str) -> Option<Portion> {
    let folder = folder.to_lowercase().replace('-', "_");
    let is = |names: &[&str]| names.contains(&folder.as_str());
    if is(&TRAINING) || folder.starts_with("images_background") {
        Some(Portion::Training)
    } else if is(&VALIDATION) {
        Some(Portion::Validation)
    } else if is(&TEST) || folder.starts_with("images_evaluation") {
        Some(Portion::Test)
    } else {
        None
    }
}

/// Reads names of image files below a folder, with `/` between folders, beside these tables. Whether they are `all` that
/// there are: then the folders that they share are left out.
pub(super) fn of(names: &[&str], tables: &[Table], all: bool) -> Layout {
    let mut files: Vec<File> = names.iter().map(|name| taken_apart(name)).collect();
    let mut layout = Layout::default();
    let parts = divide(&mut files);
    if all && parts.is_none() {
        // What all names begin with tells none apart.
        let deep = files.iter().map(|file| file.folders.len()).min().unwrap_or_default();
        let shared = shared_by(&files).min(deep.saturating_sub(1));
        files.iter_mut().for_each(|file| drop(file.folders.drain(..shared)));
    }
    let classes: BTreeSet<String> = files.iter().map(|file| file.folders.join("/")).collect();
    let classes: Vec<Option<String>> = if classes.len() > 1 {
        let unused = |Table { name, .. }: &Table| {
            Words::both(
                format!("“{name}” is not used: the folders tell the classes"),
                format!("“{name}”未使用：类别由文件夹决定"),
            )
        };
        layout.notes.extend(tables.iter().map(unused));
        by_folders(&files)
    } else if let Some((classes, note)) = by_table(&files, tables).or_else(|| by_names(&files)) {
        layout.notes.push(note);
        classes
    } else {
        let class = classes.first().filter(|class| !class.is_empty()).map_or(LOOSE.en(), String::as_str);
        vec![Some(class.to_owned()); files.len()]
    };
    let place = |(file, class): (&File, Option<String>)| match class {
        Some(class) => Ok(Place { class, portion: file.portion }),
        None => Err(NO_PLACE.into()),
    };
    let is_loose =
        |(file, class): (&File, &Option<String>)| file.folders.is_empty() && class.as_deref() == Some(LOOSE.en());
    layout.loose = files.iter().zip(&classes).any(is_loose);
    layout.places = files.iter().zip(classes).map(place).collect();
    if let Some(parts) = parts {
        layout.divided = true;
        layout.notes.insert(0, describe(&parts, &layout.places));
    }
    layout
}

fn taken_apart(name: &str) -> File<'_> {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let folders = folder.split('/').filter(|folder| !folder.is_empty()).collect();
    File { name, folders, stem, portion: Portion::Training }
}

/// How many of their folders, from the first on, all files share.
fn shared_by(files: &[File]) -> usize {
    let Some((first, others)) = files.split_first() else { return 0 };
    let alike = |(depth, folder): &(usize, &&str)| others.iter().all(|file| file.folders.get(*depth) == Some(*folder));
    first.folders.iter().enumerate().take_while(alike).count()
}

/// Finds the folders that are parts of the set, notes for each file what it is kept for, and takes those
/// folders, and the ones that all files share, out of its path. Where there is no folder to test by, the one to validate by is held out.
fn divide(files: &mut [File]) -> Option<BTreeSet<String>> {
    let shared = shared_by(files);
    let deepest = files.iter().map(|file| file.folders.len()).max().unwrap_or_default();
    let parts_at = |depth: usize| files.iter().map(move |file| file.folders.get(depth).and_then(|name| portion(name)));
    let divides = |&depth: &usize| {
        let found: BTreeSet<Option<Portion>> = parts_at(depth).collect();
        // Below folders that are classes, it takes more than a few folders of such names.
        let whole = depth == shared || !found.contains(&None);
        whole && found.contains(&Some(Portion::Training)) && found.iter().flatten().count() > 1
    };
    let depth = (shared..deepest).find(divides)?;
    let tests = parts_at(depth).any(|part| part == Some(Portion::Test));
    let mut names = BTreeSet::new();
    for file in files {
        let Some(part) = file.folders.get(depth).and_then(|name| portion(name)) else { continue };
        names.insert(file.folders.remove(depth).to_owned());
        file.folders.drain(..shared);
        file.portion = if part == Portion::Validation && !tests { Portion::Test } else { part };
    }
    Some(names)
}

/// A class for each folder. A part of the set that is kept from training has no classes of its own if its
/// images lie loose, or in one folder that training does not know and whose name says nothing.
fn by_folders(files: &[File]) -> Vec<Option<String>> {
    let folders_of = |portion: Portion| -> BTreeSet<String> {
        files.iter().filter(|file| file.portion == portion).map(|file| file.folders.join("/")).collect()
    };
    let known = folders_of(Portion::Training);
    let several = known.iter().filter(|folder| !folder.is_empty()).count() > 1;
    let kept = [Portion::Validation, Portion::Test].map(|portion| (portion, folders_of(portion)));
    let unlabelled = |file: &File, folder: &str| {
        let says_nothing = file.folders.last().is_none_or(|name| NO_CLASS.contains(&name.to_lowercase().as_str()));
        let single =
            says_nothing && kept.iter().any(|(portion, folders)| *portion == file.portion && folders.len() == 1);
        several && file.portion != Portion::Training && !known.contains(folder) && (folder.is_empty() || single)
    };
    let class = |file: &File| {
        let folder = file.folders.join("/");
        match (unlabelled(file, &folder), folder.is_empty()) {
            (true, _) => None,
            (false, true) => Some(LOOSE.en().to_owned()),
            (false, false) => Some(folder),
        }
    };
    files.iter().map(class).collect()
}

/// The classes of files that lie in one folder, and a note.
type Named = (Vec<Option<String>>, Words);

/// Classes from tables beside the images.
fn by_table(files: &[File], tables: &[Table]) -> Option<Named> {
    let mut used = Vec::new();
    let mut classes = vec![None; files.len()];
    for table in tables {
        let found: Vec<Option<String>> = files.iter().map(|file| table.label(file.name).map(str::to_owned)).collect();
        let named = found.iter().flatten().count();
        if 2 * named >= table.len() && named >= 2 {
            classes.iter_mut().zip(found).for_each(|(class, found)| *class = found.or(class.take()));
            used.push(format!("“{}”", table.name));
        }
    }
    let different: BTreeSet<&String> = classes.iter().flatten().collect();
    let found = different.len();
    let note = Words::both(
        format!("Classes are taken from {}: {found} of them", used.join(" and ")),
        format!("类别取自{}：共 {found} 个", used.join("和")),
    );
    (different.len() > 1).then_some((classes, note))
}

/// Classes from names that end in numbers: `cat.0`, `Abyssinian_1`, `dog (2)`.
fn by_names(files: &[File]) -> Option<Named> {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    let classes: Vec<Option<&str>> = files.iter().map(|file| name_and_number(file.stem)).collect();
    classes.iter().flatten().for_each(|class| *sizes.entry(class).or_default() += 1);
    let several = sizes.values().filter(|&&images| images >= 2).count();
    let named = classes.iter().flatten().count();
    // Of a set whose files hardly follow a rule, the few that do tell nothing.
    let training = files.iter().filter(|file| file.portion == Portion::Training).count();
    if several < 2 || 10 * named < 9 * training || sizes.len() > named / 2 {
        return None;
    }
    let found = sizes.len();
    let note = Words::both(
        format!("Classes are taken from the names of files, up to the number: {found} of them"),
        format!("类别取自文件名中数字之前的部分：共 {found} 个"),
    );
    Some((classes.into_iter().map(|class| class.map(str::to_owned)).collect(), note))
}

/// A name without the number that ends it; `None` if it has none, or nothing else.
fn name_and_number(stem: &str) -> Option<&str> {
    let bare = stem.strip_suffix(')').filter(|bare| bare.contains('(')).unwrap_or(stem);
    let name = bare.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let separated = name.trim_end_matches(['_', '-', '.', ' ', '(', '#']);
    let has_letters = separated.chars().any(|letter| !letter.is_ascii_digit() && letter.is_alphanumeric());
    let four_digits = separated.len() >= 4;
    (name.len() < bare.len() && separated.len() < name.len() && (has_letters || four_digits)).then_some(separated)
}

/// How a set's own division was understood.
fn describe(parts: &BTreeSet<String>, places: &[Result<Place, Words>]) -> Words {
    let of = |portion: Portion| places.iter().flatten().filter(move |place| place.portion == portion);
    let classes = |portion: Portion| of(portion).map(|place| place.class.as_str()).collect::<BTreeSet<&str>>();
    let parts: Vec<String> = parts.iter().map(|part| format!("“{part}”")).collect();
    let [training, validation, test] = [Portion::Training, Portion::Validation, Portion::Test].map(|portion| {
        let (images, classes) = (of(portion).count(), classes(portion).len());
        Words::both(
            format!("{} in {}", plural(images, "image", "images"), plural(classes, "class", "classes")),
            format!("{classes} 个类别的 {images} 张图像"),
        )
    });
    let validates = of(Portion::Validation).next().is_some();
    let own = classes(Portion::Test).difference(&classes(Portion::Training)).count();
    let english = || {
        let validates = if validates { format!(", {validation} validate") } else { String::new() };
        let whole = if own > 1 {
            format!("; where tasks are made of classes, the {own} that are in no other part are held out")
        } else {
            "; as their classes are the same, tasks that are made of classes hold out some of them".to_owned()
        };
        let parts = parts.join(", ");
        format!("The folders {parts} divide the set: {training} are trained on{validates}, {test} are held out{whole}")
    };
    let chinese = || {
        let validates = if validates { format!("{validation}用于验证，") } else { String::new() };
        let whole = if own > 1 {
            format!("；由类别组成任务时，留出其他部分没有的 {own} 个类别")
        } else {
            "；各部分的类别相同，因此由类别组成任务时，留出其中一些类别".to_owned()
        };
        let parts = parts.join("、");
        format!("文件夹{parts}划分了图像集：{training}用于训练，{validates}{test}留出{whole}")
    };
    Words::told(|| tell(english, chinese))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(names: &[&str]) -> Vec<(String, Portion)> {
        let place = |place: Result<Place, Words>| {
            place.map_or((String::new(), Portion::Training), |place| (place.class, place.portion))
        };
        of(names, &[], true).places.into_iter().map(place).collect()
    }

    #[test]
    fn names_are_divided_from_their_numbers() {
        for (stem, name) in [
            ("cat.0", Some("cat")),
            ("american_bulldog_12", Some("american_bulldog")),
            ("dog (2)", Some("dog")),
            ("0709_01", Some("0709")),
            ("cat0", None),
            ("017", None),
            ("_1", None),
            ("cat", None),
            ("1_2", None),
        ] {
            assert_eq!(name_and_number(stem), name, "{stem}");
        }
    }

    #[test]
    fn folders_that_divide_a_set_are_no_classes() {
        use Portion::{Test, Training, Validation};
        let class = |name: &str, portion| (name.to_owned(), portion);
        let found = places(&["d/train/cat/1.png", "d/train/dog/1.png", "d/Valid/cat/2.png", "d/test/dog/3.png"]);
        let expected = [("cat", Training), ("dog", Training), ("cat", Validation), ("dog", Test)];
        assert_eq!(found, expected.map(|(name, portion)| class(name, portion)));
        let found = places(&["cat/train/1.png", "cat/test/2.png", "dog/train/3.png"]);
        assert_eq!(found, [class("cat", Training), class("cat", Test), class("dog", Training)]);
        let found = places(&["train/cat/1.png", "train/dog/1.png", "val/cat/2.png"]);
        assert_eq!(found[2], class("cat", Test), "what validates is held out where there is no test");
        let found = places(&["bus/1.png", "train/2.png", "car/3.png"]);
        assert_eq!(found[1], class("train", Training));
    }

    #[test]
    fn folders_that_all_images_share_name_no_class() {
        let classes = |names: &[&str]| places(names).into_iter().map(|(class, _)| class).collect::<Vec<_>>();
        assert_eq!(classes(&["set/a/x/1.png", "set/a/y/1.png", "set/b/x/1.png"]), ["a/x", "a/y", "b/x"]);
        assert_eq!(classes(&["set/all/1.png", "set/all/2.png"]), ["all", "all"]);
        assert_eq!(classes(&["set/1.png", "set/a/2.png"]), ["set", "set/a"], "what lies above a class is one");
    }

    #[test]
    fn images_to_test_by_without_classes_belong_nowhere() {
        for test in ["test/9.png", "test/unknown/9.png"] {
            let layout = of(&["train/cat/1.png", "train/dog/1.png", "train/dog/2.png", test], &[], true);
            assert!(layout.places[3].is_err() && layout.places[..3].iter().all(Result::is_ok), "{test}");
        }
        let layout =
            of(&["train/cat.1.png", "train/cat.2.png", "train/dog.1.png", "train/dog.2.png", "test/7.png"], &[], true);
        assert!(layout.places[4].is_err() && layout.divided);
        let layout = of(&["train/a.png", "train/b.png", "test/c.png"], &[], true);
        assert!(layout.places.iter().all(Result::is_ok), "where nothing has a class, nothing lacks one");
    }
}
