//! Lesson files: TOML, read by people. Errors name the file, the line and the key.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use toml::{Spanned, Table};

use super::lesson::{Kind, Lesson, Showing, Step};
use super::said::Said;
use crate::experiment::{Experiment, ExperimentError, Given, line_of};
use crate::files::{self, FNV, FileError, fnv};
use crate::settings::Algorithm;
use crate::text::{say, tell};

/// The file format that this program writes.
pub const VERSION: u32 = 1;

/// Why there is no lesson.
#[derive(Debug, thiserror::Error)]
pub enum LessonError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is not such a file.
    #[error("{}", tell(
        || format!("{} is not a lesson: {message}", path.display()),
        || format!("{} 不是课程文件：{message}", path.display()),
    ))]
    Format {
        /// The file.
        path: PathBuf,
        /// Key, line and what is expected.
        message: String,
    },
    /// Something in it makes no sense.
    #[error("{}", tell(
        || format!("{}, line {line}, {key}: {message}", path.display()),
        || format!("{} 第 {line} 行，{key}：{message}", path.display()),
    ))]
    Value {
        /// The file.
        path: PathBuf,
        /// Where it stands, from 1.
        line: usize,
        /// Its key.
        key: String,
        /// What is wrong.
        message: String,
    },
    /// There is no lesson of this name.
    #[error("{}", tell(
        || format!("there is no lesson “{id}”, nor a file of that name; there are: {known}"),
        || format!("没有名为“{id}”的课程，也没有这个文件；现有课程：{known}"),
    ))]
    Unknown {
        /// What was asked for.
        id: String,
        /// What there is.
        known: String,
    },
}

/// The shape of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    version: u32,
    id: String,
    minutes: u32,
    title: Said,
    goal: Said,
    #[serde(default)]
    experiment: Table,
    #[serde(default)]
    window: Showing,
    steps: Vec<Spanned<Step>>,
}

/// The same, to be written.
#[derive(Serialize)]
pub(super) struct Written<'a> {
    pub version: u32,
    pub id: &'a str,
    pub minutes: u32,
    pub title: &'a Said,
    pub goal: &'a Said,
    pub experiment: Table,
    pub window: &'a Showing,
    pub steps: &'a [Step],
}

/// A lesson by its name or its place among the built-in ones, or else of a file.
///
/// # Errors
/// If there is neither, or the file is not a lesson.
pub fn find(name: &str) -> Result<Arc<Lesson>, LessonError> {
    if let Some(lesson) = super::named(name) {
        return Ok(Arc::clone(lesson));
    }
    let path = Path::new(name);
    if !files::exists(path) && path.extension().is_none() {
        let known = super::built_in().iter().map(|lesson| lesson.id.as_str()).collect::<Vec<_>>().join(", ");
        return Err(LessonError::Unknown { id: name.to_owned(), known });
    }
    read(path).map(Arc::new)
}

/// Reads a file.
///
/// # Errors
/// If it cannot be read, or is not a lesson.
pub fn read(path: &Path) -> Result<Lesson, LessonError> {
    let text = files::read_to_string(path).map_err(|source| FileError::read(path, source))?;
    parse(&text, path)
}

/// Whether a file looks like a lesson, be it a right one or not.
pub fn is_lesson(path: &Path) -> bool {
    let named = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    named && files::read_to_string(path).is_ok_and(|text| text.contains("[[steps]]"))
}

/// Reads the text of a file; `path` is for messages.
///
/// # Errors
/// If it is not a lesson: a key that does not exist, a text or a value that makes no sense.
pub fn parse(text: &str, path: &Path) -> Result<Lesson, LessonError> {
    let format = |message: String| LessonError::Format { path: path.to_owned(), message };
    let Read { version, id, minutes, title, goal, experiment, window, steps } =
        toml::from_str(text).map_err(|error| format(error.to_string()))?;
    if version != VERSION {
        return Err(format(tell(
            || format!("it has version {version}; this program reads version {VERSION}"),
            || format!("它的版本是 {version}；本程序读取版本 {VERSION}"),
        )));
    }
    let wrong = |line: usize, key: &str, message: String| LessonError::Value {
        path: path.to_owned(),
        line,
        key: key.to_owned(),
        message,
    };
    let at = |key: &str, message: String| wrong(line_of(text, key), key, message);
    let plain = !id.is_empty() && id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    if !plain {
        return Err(at("id", say("letters, digits and hyphens alone", "只能用字母、数字和连字符").to_owned()));
    }
    let experiment = Experiment::given(&Given::of_table(experiment)).map_err(|error| match error {
        ExperimentError::Value { error, .. } | ExperimentError::Option { error } => {
            at(&format!("experiment.{}", error.setting.path), error.to_string())
        }
        ExperimentError::Format { message, .. } => wrong(line_of_table(text, "experiment"), "experiment", message),
        error => at("experiment", error.to_string()),
    })?;
    let beside = window.beside.as_deref().map(str::parse::<Algorithm>);
    beside.transpose().map_err(|error| at("window.beside", error.to_string()))?;
    if steps.is_empty() {
        return Err(at("steps", say("a lesson has at least one step", "课程至少要有一个步骤").to_owned()));
    }
    for said in [&title, &goal] {
        said.numbers().map_err(|error| at("title", error.to_string()))?;
    }
    for step in &steps {
        let line = 1 + text[..step.span().start.min(text.len())].matches('\n').count();
        if let Some((key, message)) = flaw(step.get_ref()) {
            return Err(wrong(line, key, message));
        }
    }
    let steps = steps.into_iter().map(Spanned::into_inner).collect();
    let (fingerprint, text) = (fingerprint(text), text.to_owned());
    Ok(Lesson { id, minutes, title, goal, experiment, window, steps, fingerprint, text })
}

/// What a step of its kind must not have or lacks: the key, and why.
pub(super) fn flaw(step: &Step) -> Option<(&'static str, String)> {
    let kind = step.kind.id();
    let needs = |key| tell(|| format!("a step “{kind}” needs {key}"), || format!("步骤“{kind}”需要 {key}"));
    let has_no = |key| tell(|| format!("a step “{kind}” has no {key}"), || format!("步骤“{kind}”没有 {key}"));
    let asks = matches!(step.kind, Kind::Predict | Kind::Observe);
    let does = step.kind == Kind::Do;
    let predicts = step.kind == Kind::Predict;
    if asks && step.options.len() < 2 {
        return Some(("options", needs("options")));
    }
    if does && step.until.is_empty() {
        return Some(("until", needs("until")));
    }
    if does && step.within == 0 {
        return Some(("within", needs("within")));
    }
    let strange = [
        ("options", !asks && !step.options.is_empty()),
        ("turns", !predicts && !step.turns.is_empty()),
        ("after", !predicts && step.after > 0),
        ("until", !does && !step.until.is_empty()),
        ("within", !does && step.within > 0),
        ("stands", !does && step.stands),
        ("hints", !does && !step.hints.is_empty()),
        ("solution", !does && !step.solution.is_empty()),
    ];
    if let Some((key, _)) = strange.into_iter().find(|(_, strange)| *strange) {
        return Some((key, has_no(key)));
    }
    if step.options.iter().any(|answer| answer.true_if.is_empty()) {
        return Some((
            "true_if",
            say("an answer is true if something is measured", "每个答案都要写明何时为真").to_owned(),
        ));
    }
    if step
        .turns
        .iter()
        .any(|turn| turn.knob.is_some() != turn.value.is_some() || turn.knob.is_some() == turn.images.is_some())
    {
        let message =
            say("a turn is of a knob to a value, or to other images", "改动要么是旋钮及其取值，要么是另一组图像");
        return Some(("turns", message.to_owned()));
    }
    let acts = |act: &super::lesson::Act| {
        let turns = act.knob.is_some() && (act.value.is_some() != act.times_limit.is_some());
        let idle = act.value.is_none() && act.times_limit.is_none();
        let kinds = [act.knob.is_some(), act.back_to_best, act.drag.is_some(), act.pause];
        kinds.into_iter().filter(|kind| *kind).count() == 1 && (turns || act.knob.is_none() && idle)
    };
    if !step.solution.iter().all(acts) {
        let message = say(
            "an act is one of: a knob with a value or times_limit, back_to_best, drag, pause",
            "每个动作只能是其中之一：旋钮及 value 或 times_limit、back_to_best、drag、pause",
        );
        return Some(("solution", message.to_owned()));
    }
    step.texts().find_map(|text| text.numbers().err()).map(|error| ("text", error.to_string()))
}

/// The line of the first table of this name, or below it, from 1; 1 if there is none.
fn line_of_table(text: &str, name: &str) -> usize {
    let place = text.lines().position(|line| line.trim_start().trim_start_matches('[').starts_with(name));
    place.map_or(1, |line| line + 1)
}

/// A number that stands for a text, whatever its line ends.
fn fingerprint(text: &str) -> String {
    format!("{:016x}", fnv(FNV, text.as_bytes().iter().filter(|byte| **byte != b'\r')))
}
