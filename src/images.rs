//! Image sets: what is built in, and the user's own. A set is pure data; files are read here and
//! nowhere else.

/// The sets that come with the program.
pub mod built_in;

/// What sets made from formulas have in common.
pub mod procedural;

/// Creatures, made from formulas.
pub mod creatures;

/// Textures, made from formulas.
pub mod textures;

/// Drawings as distance fields.
pub mod distance;

/// Thin strokes on a plain ground.
pub mod drawing;

/// One file → one small square image.
pub mod decode;

/// What lies at a path, and how it is read.
pub mod at_path;

/// The same in the background.
pub mod loader;

/// The built-in ones in the background.
pub mod making;

/// What was understood of a set's files.
pub mod understood;

mod archive;
mod arrays;
mod batch;
mod cifar;
mod collect;
mod entries;
mod finish;
mod folder;
mod foreign;
mod frames;
mod idx;
mod label_table;
mod layout;
mod limits;
mod npy;
mod numbers;
mod pages;
mod resize;
mod rows;
mod shapes;
mod source;
mod svg;
mod tarball;
mod values;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rand::seq::SliceRandom as _;

use crate::maths::stream::{Purpose, stream};
use crate::settings::{ImageSource, RunSettings};
use crate::text::{say, tell};
pub use limits::{MAX_BYTES, MAX_FILES};
pub use loader::Loader;
pub use making::Making;
pub use understood::ImageCounts;
use understood::plural;

/// Images of one size, ready for the task families.
#[derive(Clone, Debug)]
pub struct ImageSet {
    /// A name for people.
    pub name: String,
    /// Side of the square images in pixels.
    pub size: usize,
    /// 1 (grey) or 3 (sRGB).
    pub channels: usize,
    /// The images.
    pub images: Vec<LabelledImage>,
    /// Class names; an image's `class` is an index into it.
    pub classes: Vec<String>,
    /// How many of the classes, the first ones, the set is about. The others are there to train on; they
    /// are never held out, and nobody is asked to recognise them.
    pub foreground: usize,
    /// Files that could not be used, and why.
    pub skipped: Vec<Skipped>,
    /// What was understood, guessed or changed while it was read, a sentence each.
    pub notes: Vec<String>,
    /// What it was before.
    pub origin: Origin,
}

/// What an image set was read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// What was at the path.
    pub kind: Kind,
    /// Width and height of the smallest image, before it was resized.
    pub smallest: (u32, u32),
    /// The same for the largest.
    pub largest: (u32, u32),
    /// Whether the set itself said which images are held out, and which validate.
    pub divided: bool,
}

/// What image sets are read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// The program itself.
    #[default]
    BuiltIn,
    /// A folder.
    Folder,
    /// A zip archive.
    Archive,
    /// A NumPy array.
    Array,
    /// MNIST's IDX format.
    Idx,
    /// An image alone.
    Image,
}

impl Kind {
    /// A name for people, in this thread's language.
    pub fn label(self) -> &'static str {
        match self {
            Self::BuiltIn => say("Built in", "内置"),
            Self::Folder => say("Folder", "文件夹"),
            Self::Archive => say("Archive", "压缩包"),
            Self::Array => say("Array", "数组"),
            Self::Idx => "IDX",
            Self::Image => say("Image", "图像"),
        }
    }
}

impl ImageSet {
    /// The fewest and the most images that a class has.
    pub fn class_sizes(&self) -> (usize, usize) {
        let mut sizes = vec![0; self.classes.len()];
        self.images.iter().for_each(|image| sizes[image.class] += 1);
        let (fewest, most) = (sizes.iter().min(), sizes.iter().max());
        (fewest.copied().unwrap_or_default(), most.copied().unwrap_or_default())
    }

    /// The set without the images that were held out, and with those that validate held out in their place, or
    /// else a fifth of the rest (at most 24, chosen by `seed`), so that settings can be chosen without a look
    /// at the former. `None` if there are fewer than two.
    pub fn for_validation(&self, seed: u64) -> Option<Self> {
        let others: Vec<&LabelledImage> = self.images.iter().filter(|image| !image.held_out).collect();
        if others.len() < 2 {
            return None;
        }
        let validating = others.iter().filter(|image| image.validates).count();
        let held_out = if validating > 0 && validating < others.len() {
            others.iter().map(|image| image.validates).collect()
        } else {
            let first = finish::first_alike(others.iter().map(|image| &image.pixels));
            hold_out(&first, seed, Purpose::Validation)
        };
        let images = others.into_iter().zip(held_out);
        let images = images.map(|(image, held_out)| LabelledImage { held_out, validates: false, ..image.clone() });
        let images = images.collect();
        let (classes, name, notes) = (self.classes.clone(), self.name.clone(), self.notes.clone());
        Some(Self { images, skipped: Vec::new(), classes, name, notes, ..*self })
    }
}

/// A fifth of the images, at most 24 and at least one, chosen by `seed`: true where an image is held out.
/// Copies, which name the same `first` one of theirs, are held out together or not at all; if there are too
/// many of each for a fifth, more than a fifth is.
fn hold_out(first: &[usize], seed: u64, purpose: Purpose) -> Vec<bool> {
    const MOST: usize = 24;
    let mut copies = vec![0; first.len()];
    first.iter().for_each(|&first| copies[first] += 1);
    let mut order: Vec<usize> = (0..first.len()).collect();
    order.shuffle(&mut stream(seed, purpose, 0, 0));
    let wanted = (first.len() / 5).clamp(1, MOST);
    let (mut chosen, mut held_out) = (vec![false; first.len()], 0);
    for &i in &order {
        if !chosen[first[i]] && held_out + copies[first[i]] <= wanted {
            chosen[first[i]] = true;
            held_out += copies[first[i]];
        }
    }
    let fewest = || order.iter().copied().filter(|&i| copies[first[i]] < first.len()).min_by_key(|&i| copies[first[i]]);
    match fewest().filter(|_| held_out == 0) {
        Some(i) => chosen[first[i]] = true,
        // All images are alike: there is nothing to keep apart.
        None if held_out == 0 => return (0..first.len()).map(|i| order[..wanted].contains(&i)).collect(),
        None => {}
    }
    first.iter().map(|&first| chosen[first]).collect()
}

/// One image of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledImage {
    /// A name for people: the file's stem, or a name from the set.
    pub name: String,
    /// Index into [`ImageSet::classes`].
    pub class: usize,
    /// Whether it is kept for held-out tasks.
    pub held_out: bool,
    /// Whether the set keeps it for choosing settings: it is neither trained on nor held out.
    pub validates: bool,
    /// size · size · channels bytes, row by row, sRGB values 0..=255.
    pub pixels: Arc<[u8]>,
}

/// A file that could not be used, or not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The file.
    pub path: PathBuf,
    /// Why, and what to do.
    pub reason: String,
}

/// How far a folder, an archive or an array has been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Files found so far, and images of arrays.
    pub found: usize,
    /// Files and images read.
    pub done: usize,
    /// Files among them that could not be used.
    pub skipped: usize,
    /// Whether every file has been found.
    pub finished_listing: bool,
}

/// Why there is no image set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The path leads nowhere, or may not be read.
    #[error("{}", tell(
        || format!("cannot open {}: {reason}; check the path and its permissions", path.display()),
        || format!("无法打开 {}：{reason}；请检查路径和访问权限", path.display()),
    ))]
    Path {
        /// As given.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// There is no file in it.
    #[error("{}", tell(
        || format!("{} holds no files; choose a folder with images in it (sub-folders are searched too)", path.display()),
        || format!("{} 中没有文件；请选择里面有图像的文件夹（子文件夹也会搜索）", path.display()),
    ))]
    Empty {
        /// As given.
        path: PathBuf,
    },
    /// It is one file, and gives no set.
    #[error("{}", tell(|| format!("{} {reason}", path.display()), || format!("无法使用 {}：{reason}", path.display())))]
    OneFile {
        /// As given.
        path: PathBuf,
        /// Why it cannot be used, and what to do.
        reason: String,
    },
    /// There are files, but too few images.
    #[error("{}", tell(
        || {
            let [images, files] = [plural(*usable, "usable image", "usable images"), plural(*files, "file", "files")];
            let first = first_reason(skipped);
            format!("{} holds {images} of {files}, and at least 2 images are needed{first}", path.display())
        },
        || {
            let first = first_reason(skipped);
            format!("{} 的 {files} 个文件中有 {usable} 张可用的图像，至少需要 2 张{first}", path.display())
        },
    ))]
    TooFew {
        /// As given.
        path: PathBuf,
        /// Images that could be used.
        usable: usize,
        /// Files found.
        files: usize,
        /// Why the others could not.
        skipped: Vec<Skipped>,
    },
    /// The user cancelled.
    #[error("{}", say("loading was cancelled; nothing was changed", "读取已取消；没有任何改变"))]
    Cancelled,
    /// The program broke off on its own.
    #[error("{}", tell(
        || format!("reading {} broke off through a fault in Metascope; try again with fewer of its files", path.display()),
        || format!("读取 {} 时因 Metascope 的故障而中断；请减少文件后重试", path.display()),
    ))]
    Fault {
        /// As given.
        path: PathBuf,
    },
    /// The program's own data is damaged.
    #[error("{}", tell(
        || format!("the built-in set “{name}” cannot be read: {reason}; install the program again"),
        || format!("内置图像集“{name}”无法读取：{reason}；请重新安装程序"),
    ))]
    BuiltIn {
        /// Which.
        name: &'static str,
        /// Why.
        reason: String,
    },
}

fn first_reason(skipped: &[Skipped]) -> String {
    let name = |path: &PathBuf| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    skipped.first().map_or_else(String::new, |first| {
        let (name, reason) = (name(&first.path), &first.reason);
        tell(|| format!("; {name}: {reason}"), || format!("；{name}：{reason}"))
    })
}

/// The set that these settings ask for, waiting until it is read.
///
/// # Errors
/// See [`ImageError`].
pub fn set_for(run: &RunSettings) -> Result<ImageSet, ImageError> {
    match &run.images {
        ImageSource::Path(path) => at_path::load(path, run.image_reading(), &|_| {}, &AtomicBool::new(false)),
        built_in => built_in::made(built_in, &run.procedural),
    }
}

/// The set for a run's tasks; `None` for the families that need none.
///
/// # Errors
/// See [`ImageError`].
pub fn for_run(run: &RunSettings) -> Result<Option<Arc<ImageSet>>, ImageError> {
    if !run.tasks.needs_images() {
        return Ok(None);
    }
    Ok(Some(Arc::new(set_for(run)?)))
}
