//! The experiment file: TOML, read by people, opened by the window and by the headless run. It holds
//! the settings of a run and every knob change, so that it replays the run bit for bit.

use std::path::{Path, PathBuf};

mod given;

use serde::{Deserialize, Serialize};
use toml::Table;

pub use self::given::Given;
use crate::files;
use crate::settings::{ImageSource, ProceduralSettings, SettingError, Settings};
use crate::text::{Words, tell};
use crate::train::snapshot::KnobMark;

/// The file format that this program writes.
pub const VERSION: u32 = 1;

/// A run, described completely.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Experiment {
    /// File format.
    pub version: u32,
    /// Settings at the start: the tables `live` and `run`.
    #[serde(flatten)]
    pub settings: Settings,
    /// Knob changes in order.
    pub changes: Vec<KnobMark>,
}

/// Why an experiment file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    /// The file cannot be read.
    #[error("{}", tell(
        || format!("cannot access {}: {source}", path.display()),
        || format!("无法读取 {}：{}", path.display(), Words::of_error(source)),
    ))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not such a file.
    #[error("{}", tell(
        || format!("{} is not an experiment file: {message}", path.display()),
        || format!("{} 不是实验文件：{message}", path.display()),
    ))]
    Format {
        /// The file.
        path: PathBuf,
        /// Key, line and what is expected.
        message: String,
    },
    /// A value makes no sense.
    #[error("{}", tell(
        || format!("{}, line {line}: {error}", path.display()),
        || format!("{} 第 {line} 行：{error}", path.display()),
    ))]
    Value {
        /// The file.
        path: PathBuf,
        /// Where the key stands.
        line: usize,
        /// What is wrong.
        error: SettingError,
    },
    /// An option's value makes no sense.
    #[error("{}", tell(
        || format!("--{}: {error}", error.setting.option()),
        || format!("--{}：{error}", error.setting.option()),
    ))]
    Option {
        /// What is wrong.
        error: SettingError,
    },
    /// A knob change makes no sense.
    #[error("{}", tell(
        || {
            let (path, key, at) = (path.display(), change.knob.key(), change.at);
            format!("{path}, the change of {key} at meta-iteration {at}: {error}")
        },
        || format!("{} 第 {} 次元迭代处 {} 的改动：{error}", path.display(), change.at, change.knob.key()),
    ))]
    Change {
        /// The file.
        path: PathBuf,
        /// The change.
        change: KnobMark,
        /// What is wrong with it.
        error: SettingError,
    },
    /// A path of images that no file can hold.
    #[error("{}", tell(
        || {
            let path = path.display();
            format!("the path of the images, {path}, is not Unicode, so no experiment file can hold it: rename it, or make a link to it with another name")
        },
        || format!("图像的路径 {} 不是 Unicode，无法写入实验文件：请改名，或用别的名称建一个链接", path.display()),
    ))]
    NotUnicode {
        /// The images.
        path: PathBuf,
    },
    /// The settings cannot be written down.
    #[error("{}", tell(
        || format!("the settings cannot be written down: {message}"),
        || format!("设置无法写成文件：{message}"),
    ))]
    Text {
        /// Why.
        message: String,
    },
}

impl Default for Experiment {
    fn default() -> Self {
        Self { version: VERSION, settings: Settings::default(), changes: Vec::new() }
    }
}

impl Experiment {
    /// Reads a file.
    ///
    /// # Errors
    /// If the file cannot be read, is not TOML, has a key that does not exist (named, with its line), or
    /// a value out of range, be it at the start or in a change.
    pub fn read(path: &Path) -> Result<Self, ExperimentError> {
        Ok(Self::resolve(Some(path), &Given::default())?.0)
    }

    /// Reads the text of a file; `path` is for messages.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, ExperimentError> {
        Ok(Self::layered(text, path, &Given::default())?.0)
    }

    /// The experiment of a file, if there is one, and options; and what these two give together.
    ///
    /// Each setting has the value of the uppermost of three layers that gives it: the *preset*, then the *file*, then the
    /// *options*. The preset is that of the task family, the algorithm and the images, which are settings themselves:
    /// those that file and options name count. So `metascope run sine.toml --algorithm reptile` has Reptile's preset
    /// for whatever the file leaves out.
    ///
    /// # Errors
    /// As [`Self::read`], or an option's value that is out of range.
    pub fn resolve(file: Option<&Path>, options: &Given) -> Result<(Self, Given), ExperimentError> {
        let Some(path) = file else { return Self::layered("", Path::new("the options"), options) };
        let text = files::read_to_string(path);
        let text = text.map_err(|source| ExperimentError::File { path: path.to_owned(), source })?;
        Self::layered(&text, path, options)
    }

    fn layered(text: &str, path: &Path, options: &Given) -> Result<(Self, Given), ExperimentError> {
        let message = |message| ExperimentError::Format { path: path.to_owned(), message };
        let format = |error: toml::de::Error| message(error.to_string());
        // The first reading finds unknown keys and wrong types, with their lines.
        let Checked { version, .. } = toml::from_str(text).map_err(format)?;
        if version != VERSION {
            return Err(message(format!("it has version {version}; this program reads version {VERSION}")));
        }
        let given = options.clone().over(Given(toml::from_str(text).map_err(format)?));
        let Checked { run, .. } = given.0.clone().try_into().map_err(format)?;
        let mut preset = Self { settings: Settings::preset(run.tasks, run.algorithm), ..Self::default() };
        preset.settings.run.procedural = ProceduralSettings::of(&run.images);
        let preset = Table::try_from(preset).map_err(|error| message(error.to_string()))?;
        let experiment: Self = given.clone().over(Given(preset)).0.try_into().map_err(format)?;
        experiment.settings.validate().map_err(|error| match options.sets(error.setting) {
            true => ExperimentError::Option { error },
            false => {
                let line = line_of(text, error.setting.path);
                ExperimentError::Value { path: path.to_owned(), line, error }
            }
        })?;
        experiment.check_changes(path)?;
        Ok((experiment, given))
    }

    /// The experiment that single settings give.
    ///
    /// # Errors
    /// A value that is out of range.
    pub fn given(given: &Given) -> Result<Self, ExperimentError> {
        Ok(Self::resolve(None, given)?.0)
    }

    /// Whether every knob change is in range; `path` is for messages.
    ///
    /// # Errors
    /// The first one that is not.
    pub fn check_changes(&self, path: &Path) -> Result<(), ExperimentError> {
        for &change in &self.changes {
            let mut settings = self.settings.clone();
            change.knob.set(&mut settings.live, change.value);
            settings.validate().map_err(|error| ExperimentError::Change { path: path.to_owned(), change, error })?;
        }
        Ok(())
    }

    /// The text of a file.
    ///
    /// # Errors
    /// If the path of the images is not Unicode, which TOML cannot hold.
    pub fn to_text(&self) -> Result<String, ExperimentError> {
        if let ImageSource::Path(path) = &self.settings.run.images
            && path.to_str().is_none()
        {
            return Err(ExperimentError::NotUnicode { path: path.clone() });
        }
        toml::to_string(self).map_err(|error| ExperimentError::Text { message: error.to_string() })
    }
}

/// The shape of a file, for a first reading that knows lines.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Checked {
    #[serde(default = "version")]
    version: u32,
    live: crate::settings::LiveSettings,
    run: crate::settings::RunSettings,
    changes: Vec<KnobMark>,
}

fn version() -> u32 {
    VERSION
}

/// The line where the value at a path such as `run.outer.warm_up` is set in a TOML text, from 1; 1 if it is nowhere.
pub fn line_of(text: &str, path: &str) -> usize {
    let mut table = "";
    let place = text.lines().position(|line| {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            table = name.trim();
        }
        let name = line.split_once('=').map(|(name, _)| name.trim());
        name.is_some_and(|name| path == format!("{table}.{name}") || path == name)
    });
    place.map_or(1, |line| line + 1)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::settings::{Algorithm, Knob, TaskFamily};

    fn parse(text: &str) -> Result<Experiment, String> {
        Experiment::parse(text, Path::new("e.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_written_is_read_again() {
        for tasks in TaskFamily::ALL {
            for algorithm in Algorithm::ALL {
                let changes = vec![KnobMark { at: 7, knob: Knob::INNER_RATE, value: 0.3 }];
                let experiment =
                    Experiment { settings: Settings::preset(tasks, algorithm), changes, ..Default::default() };
                assert_eq!(parse(&experiment.to_text().unwrap()).unwrap(), experiment);
            }
        }
    }

    #[test]
    fn missing_keys_come_from_the_preset_of_the_family() {
        let experiment = parse("[run]\ntasks = \"sine\"\n[live]\nmeta_batch = 5\n").unwrap();
        let mut expected = Settings::preset(TaskFamily::named("sine"), Algorithm::default());
        expected.live.meta_batch = 5;
        assert_eq!(experiment.settings, expected);
    }

    #[test]
    fn mistakes_name_key_and_line() {
        let unknown = parse("[live]\ninner_rate = 0.1\niner_steps = 3\n").unwrap_err();
        assert!(unknown.contains("iner_steps") && unknown.contains("line 3"), "{unknown}");
        let wrong_type = parse("[live]\ninner_rate = \"fast\"\n").unwrap_err();
        assert!(wrong_type.contains("inner_rate") && wrong_type.contains("line 2"), "{wrong_type}");
        for value in ["0", "-1.0", "nan", "1e9"] {
            let range = parse(&format!("[live]\n\ninner_rate = {value}\n")).unwrap_err();
            assert!(range.contains("line 3") && range.contains("inner_rate"), "{range}");
        }
        let newer = parse("version = 99\n").unwrap_err();
        assert!(newer.contains("99"), "{newer}");
        assert!(parse("this is not TOML").is_err());
    }
}
