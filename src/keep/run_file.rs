//! A run as a file, NAME.safetensors: everything that it takes to go on bit for bit, and to use what was learned
//! elsewhere.
//!
//! Tensors are those of the run's [`Archive`]: `phi/W1` (inputs × outputs), `phi/b1`, …, `joint/…`, `outer/mean`,
//! `best/phi/W1`, `curves/…`. The file's metadata has one key, `metascope`, that holds TOML: with two or more the bytes
//! would differ from process to process, as the format's writer keeps them in a hash map.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use safetensors::{Dtype, SafeTensors, View};
use serde::{Deserialize, Serialize};
use toml::Table;

use crate::archive::{Archive, ArchiveError, Numbers, Tensor};
use crate::experiment::{Experiment, ExperimentError};
use crate::files::{File, FileError, write_whole};
use crate::images::ImageSet;
use crate::text::numbers::plural;
use crate::text::{say, tell};
use crate::train::shown::KnobMark;
use crate::train::trainer::{Reopened, RestoreError, Saved, TrainError, Trainer};

/// The format that this program writes, and the newest that it reads.
pub const FORMAT: u32 = 1;
/// The ending of such files' names.
pub const ENDING: &str = "safetensors";
/// The key of the metadata.
const KEY: &str = "metascope";
/// No run is as large.
const MOST_BYTES: u64 = 4 << 30;

/// A run out of a file, or for one.
#[derive(Clone, Debug, PartialEq)]
pub struct RunFile {
    /// What the run began with, and every knob change since.
    pub experiment: Experiment,
    /// The images that it learned from, where tasks are made of images.
    pub images: Option<ImageFacts>,
    /// Meta-iterations done.
    pub meta_iteration: u64,
    /// Knob changes that are still to come.
    pub coming: Vec<KnobMark>,
    /// All else.
    pub archive: Archive,
}

/// What tells an image set from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFacts {
    /// Its name.
    pub name: String,
    /// How many images.
    pub images: usize,
    /// Of how many classes.
    pub classes: usize,
    /// Of pixels, classes and the split, in hexadecimal.
    pub fingerprint: String,
}

/// Why a run file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RunFileError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(FileError),
    /// It is something else.
    #[error("{}", tell(
        || format!("{} is not a run that Metascope has kept: {reason}", path.display()),
        || format!("{} 不是 Metascope 保存的运行：{reason}", path.display()),
    ))]
    Foreign {
        /// The file.
        path: PathBuf,
        /// How that shows.
        reason: String,
    },
    /// It is of a later program.
    #[error("{}", tell(
        || format!("{} is of format {format}, and this program reads up to {FORMAT}: open it with a newer Metascope", path.display()),
        || format!("{} 的格式是 {format}，本程序只能读到 {FORMAT}：请用更新的 Metascope 打开", path.display()),
    ))]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// It learned from other images than those that are there.
    #[error("{}", tell(
        || {
            let [known, found] = .0.each_ref().map(ImageFacts::said);
            format!("the run learned from {known}, and the images here, {found}, are others: bring those with --images, or put them where they were")
        },
        || {
            let [known, found] = .0.each_ref().map(ImageFacts::said);
            format!("该运行是从{known}学习的，这里的{found}是另一些图像：请用 --images 指出原来的图像，或把它们放回原处")
        },
    ))]
    OtherImages(Box<[ImageFacts; 2]>),
    /// It cannot be put together again.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// Its run cannot begin once more.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// Its settings make no sense.
    #[error(transparent)]
    Experiment(#[from] ExperimentError),
    /// Something in it does not fit.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// It cannot be written.
    #[error("{}", unwritten(.0))]
    Write(#[from] FileError),
    /// It was not wanted any more.
    #[error("{}", say("cancelled, nothing was written", "已取消，没有写入任何文件"))]
    Cancelled,
}

impl RunFileError {
    /// What is to be written has no form that a file can hold, for this reason.
    pub fn text(error: impl Display) -> Self {
        ExperimentError::Text { message: error.to_string() }.into()
    }
}

/// Why a file could not be written, and what to do.
fn unwritten(error: &FileError) -> String {
    let FileError::Write { path, message } = error else { return error.to_string() };
    let path = path.display();
    tell(
        || {
            format!(
                "cannot write {path}: {message}. What is there stays as it was; free some space, or choose another place"
            )
        },
        || format!("无法写入 {path}：{message}。原有的文件保持不变；请腾出空间，或另选位置"),
    )
}

/// What the metadata's key holds.
#[derive(Serialize, Deserialize)]
struct Told {
    format: u32,
    program: String,
    meta_iteration: u64,
    images: Option<ImageFacts>,
    #[serde(default)]
    coming: Vec<KnobMark>,
    experiment: Table,
    facts: Table,
}

impl ImageFacts {
    /// Those of a set.
    pub fn of(set: &ImageSet) -> Self {
        Self {
            name: set.name.clone(),
            images: set.images.len(),
            classes: set.classes.len(),
            fingerprint: format!("{:016x}", set.fingerprint()),
        }
    }

    /// Name and counts.
    pub fn said(&self) -> String {
        let Self { name, images, classes, .. } = self;
        tell(
            || format!("“{name}” ({images} images, {})", plural(*classes, "class", "classes")),
            || format!("“{name}”（{images} 幅图像，{classes} 类）"),
        )
    }
}

impl RunFile {
    /// Of a run that learned from these images.
    ///
    /// # Errors
    /// If a fact cannot be written down.
    pub fn new(saved: &Saved, images: Option<ImageFacts>) -> Result<Self, RunFileError> {
        let settings = saved.start().as_ref().clone();
        let experiment = Experiment { settings, changes: saved.marks().to_vec(), ..Experiment::default() };
        let (meta_iteration, archive) = (saved.meta_iteration(), saved.archive()?);
        Ok(Self { experiment, images, meta_iteration, coming: Vec::new(), archive })
    }

    /// The bytes of its file: the same for the same run.
    ///
    /// # Errors
    /// If the settings cannot be written down, such as a path that is not Unicode.
    pub fn bytes(&self) -> Result<Vec<u8>, RunFileError> {
        let told = Told {
            format: FORMAT,
            program: concat!("metascope ", env!("CARGO_PKG_VERSION")).to_owned(),
            meta_iteration: self.meta_iteration,
            images: self.images.clone(),
            coming: self.coming.clone(),
            experiment: self.experiment.to_text()?.parse::<Table>().map_err(RunFileError::text)?,
            facts: self.archive.facts.clone(),
        };
        let told = toml::to_string(&told).map_err(RunFileError::text)?;
        let metadata = HashMap::from([(KEY.to_owned(), told)]);
        let tensors = self.archive.tensors.iter().map(|(name, tensor)| (name, Stored(tensor)));
        safetensors::serialize(tensors, Some(metadata)).map_err(RunFileError::text)
    }

    /// Writes it, whole or not at all.
    ///
    /// # Errors
    /// As [`Self::bytes`], or if the file cannot be written; what was there stays.
    pub fn write(&self, path: &Path) -> Result<(), RunFileError> {
        Ok(write_whole(path, &self.bytes()?)?)
    }

    /// Reads one.
    ///
    /// # Errors
    /// If the file cannot be read, is something else, of a later format, or damaged.
    pub fn read(path: &Path) -> Result<Self, RunFileError> {
        let failed = |source| RunFileError::Read(FileError::read(path, source));
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(failed)?;
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        Self::parse(&bytes, path)
    }

    /// The same of bytes; `path` is for messages.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(bytes: &[u8], path: &Path) -> Result<Self, RunFileError> {
        let foreign = |reason: String| RunFileError::Foreign { path: path.to_owned(), reason };
        if bytes.len() as u64 > MOST_BYTES {
            return Err(foreign(say("it is too large", "文件过大").to_owned()));
        }
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| foreign(error.to_string()))?;
        let told = header.metadata().as_ref().and_then(|metadata| metadata.get(KEY));
        let none = || say("its metadata does not tell of a run", "元数据中没有运行").to_owned();
        let told = told.ok_or_else(|| foreign(none()))?;
        // The format first: of a later one nothing else needs to make sense.
        let first: Table = told.parse().map_err(|error: toml::de::Error| foreign(error.to_string()))?;
        let format =
            first.get("format").and_then(toml::Value::as_integer).and_then(|format| u32::try_from(format).ok());
        if let Some(format) = format.filter(|format| *format > FORMAT) {
            return Err(RunFileError::Newer { path: path.to_owned(), format });
        }
        let told = first.try_into::<Told>().map_err(|error| foreign(error.to_string()))?;
        let text = toml::to_string(&told.experiment).map_err(|error| foreign(error.to_string()))?;
        let experiment = Experiment::parse(&text, path)?;
        let file = SafeTensors::deserialize(bytes).map_err(|error| foreign(error.to_string()))?;
        let mut archive = Archive { facts: told.facts, ..Archive::default() };
        for (name, view) in file.iter() {
            let numbers = match view.dtype() {
                Dtype::F32 => {
                    Numbers::Single(view.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
                }
                Dtype::F64 => {
                    Numbers::Double(view.data().as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
                }
                other => return Err(foreign(format!("{name}: {other:?}"))),
            };
            archive.tensors.insert(name.to_owned(), Tensor { shape: view.shape().to_vec(), numbers });
        }
        let Told { images, meta_iteration, coming, .. } = told;
        Experiment { changes: coming.clone(), ..experiment.clone() }.check_changes(path)?;
        Ok(Self { experiment, images, meta_iteration, coming, archive })
    }

    /// Whether these are the images that the run learned from; without images it needs none.
    ///
    /// # Errors
    /// If they are others.
    pub fn check_images(&self, images: Option<&ImageSet>) -> Result<(), RunFileError> {
        let Some((known, set)) = self.images.as_ref().zip(images) else { return Ok(()) };
        let found = ImageFacts::of(set);
        let same = known.fingerprint == found.fingerprint;
        if same { Ok(()) } else { Err(RunFileError::OtherImages(Box::new([known.clone(), found]))) }
    }

    /// The run again, to go on with; its tasks are made of these images.
    ///
    /// # Errors
    /// If they are others than those that it learned from, or the file is of another run or damaged.
    pub fn restore(&self, images: Option<Arc<ImageSet>>, threads: usize) -> Result<Trainer, RunFileError> {
        self.check_images(images.as_deref())?;
        Ok(Trainer::restored(&self.reopened(), images, threads)?)
    }

    /// What a trainer goes on with.
    pub fn reopened(&self) -> Reopened {
        let Experiment { settings, changes, .. } = &self.experiment;
        Reopened { start: settings.clone(), marks: changes.clone(), archive: self.archive.clone() }
    }
}

/// A tensor as the format wants it.
struct Stored<'a>(&'a Tensor);

impl View for Stored<'_> {
    fn dtype(&self) -> Dtype {
        match self.0.numbers {
            Numbers::Single(_) => Dtype::F32,
            Numbers::Double(_) => Dtype::F64,
        }
    }

    fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        match &self.0.numbers {
            Numbers::Single(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Numbers::Double(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    }

    fn data_len(&self) -> usize {
        self.0.numbers.len() * self.dtype().bitsize() / 8
    }
}
