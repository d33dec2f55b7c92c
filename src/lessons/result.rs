//! What came of a lesson, as a file that a pupil may hand in. Nothing leaves the machine by itself.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::lesson::{Kind, Lesson};
use super::progress::Progress;
use crate::files::{self, FileError};
use crate::settings::Settings;
use crate::train::snapshot::Deed;

/// The file format that this program writes.
pub const VERSION: u32 = 1;

/// What a file of results ends in.
pub const ENDING: &str = "result.toml";

/// A moment of a lesson's run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// Which run, from 0.
    pub run: usize,
    /// Meta-iterations done.
    pub at: u64,
    /// How much had been done to it.
    pub deeds: usize,
}

/// A condition that was met.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Met {
    /// When.
    pub moment: Moment,
    /// What was read.
    pub value: f64,
    /// What was read when the step began, if there was anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<f64>,
    /// Where φ had been dragged to on the map, if it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<[f64; 2]>,
}

/// What came of a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outcome {
    /// Whether it is done.
    pub done: bool,
    /// What was answered, from 0; of an observation what was answered last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chosen: Option<usize>,
    /// Of an observation what was answered first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<usize>,
    /// The answer that is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truth: Option<usize>,
    /// How often something was answered, of an observation.
    pub tries: u32,
    /// When a prediction was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub committed: Option<Moment>,
    /// When the truth was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<Moment>,
    /// What was read for it, condition by condition.
    pub values: Vec<f64>,
    /// What was met of what had to be so.
    pub met: Vec<Met>,
    /// Hints given.
    pub hints: usize,
    /// Whether the solution was shown.
    pub solution: bool,
    /// What was written.
    pub written: String,
    /// How long it took.
    pub secs: f64,
}

impl Outcome {
    /// Whether what was said first is true.
    pub fn is_right(&self) -> bool {
        self.truth.is_some() && self.first.or(self.chosen) == self.truth
    }
}

/// One run of a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunLog {
    /// Where it began.
    pub began: u64,
    /// How far it came.
    pub last: u64,
    /// Whether it went on from what the run before had learned.
    #[serde(default)]
    pub carried: bool,
    /// All that was done to it.
    pub journal: Vec<Deed>,
    /// What it began with.
    pub settings: Settings,
}

/// What came of a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LessonResult {
    /// File format.
    pub version: u32,
    /// The program that wrote it.
    pub program: String,
    /// The lesson's id.
    pub lesson: String,
    /// A number that stands for its text.
    pub fingerprint: String,
    /// What the pupil typed for a name.
    #[serde(default)]
    pub name: String,
    /// How long it took in all.
    pub secs: f64,
    /// What came of each step.
    pub steps: Vec<Outcome>,
    /// The runs.
    pub runs: Vec<RunLog>,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum ResultError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is not such a file.
    #[error("not a result of a lesson: {message}")]
    Format {
        /// Key, line and what is expected.
        message: String,
    },
    /// It is of another version of the program.
    #[error("it has version {version}; this program reads version {VERSION}")]
    Version {
        /// Which.
        version: i64,
    },
}

impl LessonResult {
    /// What has come of it so far.
    pub fn of(progress: &Progress, name: &str) -> Self {
        let lesson = progress.lesson();
        Self {
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            lesson: lesson.id.clone(),
            fingerprint: lesson.fingerprint.clone(),
            name: name.to_owned(),
            secs: progress.secs(),
            steps: progress.outcomes().to_vec(),
            runs: progress.runs().to_vec(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, is damaged, or is of another version.
    pub fn read(path: &Path) -> Result<Self, ResultError> {
        Self::parse(&files::read_to_string(path).map_err(|source| FileError::read(path, source))?)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// If it is damaged, or of another version.
    pub fn parse(text: &str) -> Result<Self, ResultError> {
        let format = |error: toml::de::Error| ResultError::Format { message: error.to_string() };
        let table: toml::Table = toml::from_str(text).map_err(format)?;
        match table.get("version").and_then(toml::Value::as_integer) {
            Some(version) if version != i64::from(VERSION) => Err(ResultError::Version { version }),
            _ => toml::from_str(text).map_err(format),
        }
    }

    /// The text of a file.
    ///
    /// # Errors
    /// If the settings cannot be written down.
    pub fn to_text(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// How many predictions or observations were right, and how many there are.
    pub fn right(&self, lesson: &Arc<Lesson>, kind: Kind) -> [usize; 2] {
        let steps = lesson.steps.iter().zip(&self.steps).filter(|(step, _)| step.kind == kind);
        [steps.clone().filter(|(_, outcome)| outcome.is_right()).count(), steps.count()]
    }

    /// How many things to do were done, and how many there are.
    pub fn done(&self, lesson: &Arc<Lesson>) -> [usize; 2] {
        let steps = lesson.steps.iter().zip(&self.steps).filter(|(step, _)| step.kind == Kind::Do);
        [steps.clone().filter(|(_, outcome)| outcome.done).count(), steps.count()]
    }
}
