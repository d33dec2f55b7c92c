//! The experiment file: TOML, read by people, opened by the window and by the headless run. It holds
//! the settings of a run and every knob change, so that it replays the run bit for bit.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::settings::{Algorithm, ImageSource, ProceduralSettings, RunSettings, SettingError, Settings};
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
    #[error("cannot access {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not such a file.
    #[error("{path} is not an experiment file: {message}")]
    Format {
        /// The file.
        path: PathBuf,
        /// Key, line and what is expected.
        message: String,
    },
    /// A value makes no sense.
    #[error("{path}, line {line}: {error}")]
    Value {
        /// The file.
        path: PathBuf,
        /// Where the key stands.
        line: usize,
        /// What is wrong.
        error: SettingError,
    },
    /// A knob change makes no sense.
    #[error("{path}, the change of {key} at meta-iteration {at}: {error}", key = change.knob.key(), at = change.at)]
    Change {
        /// The file.
        path: PathBuf,
        /// The change.
        change: KnobMark,
        /// What is wrong with it.
        error: SettingError,
    },
    /// A path of images that no file can hold.
    #[error(
        "the path of the images, {}, is not Unicode, so no experiment file can hold it: rename it, or make a link to it with another name",
        .path.display()
    )]
    NotUnicode {
        /// The images.
        path: PathBuf,
    },
    /// The settings cannot be written down.
    #[error("the settings cannot be written down: {message}")]
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
    /// Reads a file. Keys that are not in it have the preset's values for its task family and algorithm.
    ///
    /// # Errors
    /// If the file cannot be read, is not TOML, has a key that does not exist (named, with its line), or
    /// a value out of range, be it at the start or in a change.
    pub fn read(path: &Path) -> Result<Self, ExperimentError> {
        Self::read_as(path, None)
    }

    /// Reads a file for another algorithm than its own, if one is given.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_as(path: &Path, algorithm: Option<Algorithm>) -> Result<Self, ExperimentError> {
        Ok(Self::read_given(path, algorithm)?.0)
    }

    /// The same, with what the file itself sets.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_given(path: &Path, algorithm: Option<Algorithm>) -> Result<(Self, Given), ExperimentError> {
        let file = |source| ExperimentError::File { path: path.to_owned(), source };
        Self::parse_as(&std::fs::read_to_string(path).map_err(file)?, path, algorithm)
    }

    /// Reads the text of a file; `path` is for messages.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, ExperimentError> {
        Ok(Self::parse_as(text, path, None)?.0)
    }

    fn parse_as(text: &str, path: &Path, algorithm: Option<Algorithm>) -> Result<(Self, Given), ExperimentError> {
        let format =
            |error: toml::de::Error| ExperimentError::Format { path: path.to_owned(), message: error.to_string() };
        // The first reading finds unknown keys and wrong types, with their lines.
        let given: Checked = toml::from_str(text).map_err(format)?;
        if given.version != VERSION {
            let message = format!("it has version {}; this program reads version {VERSION}", given.version);
            return Err(ExperimentError::Format { path: path.to_owned(), message });
        }
        let mut table = preset_table(&given.run, algorithm.unwrap_or(given.run.algorithm))
            .map_err(|message| ExperimentError::Format { path: path.to_owned(), message })?;
        let given = Given(toml::from_str(text).map_err(format)?);
        let given_rate = given.sets("live", "inner_rate") && !given.sets("run", "fit_inner_rate");
        overlay(&mut table, given.0.clone());
        let mut experiment: Self = table.try_into().map_err(format)?;
        experiment.settings.run.fit_inner_rate &= !given_rate;
        experiment.settings.run.algorithm = algorithm.unwrap_or(experiment.settings.run.algorithm);
        experiment.settings.validate().map_err(|error| {
            let line = line_of(text, &error.key);
            ExperimentError::Value { path: path.to_owned(), line, error }
        })?;
        for &change in &experiment.changes {
            let mut settings = experiment.settings.clone();
            change.knob.set(&mut settings.live, change.value);
            settings.validate().map_err(|error| ExperimentError::Change { path: path.to_owned(), change, error })?;
        }
        Ok((experiment, given))
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

/// What a file sets itself, and what it leaves to the preset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given(Table);

impl Given {
    /// Whether it sets a key, such as `ways` of the table `run`.
    pub fn sets(&self, table: &str, key: &str) -> bool {
        self.0.get(table).and_then(Value::as_table).is_some_and(|table| table.contains_key(key))
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

/// The preset of a run's family, with the first settings of its images.
fn preset_table(run: &RunSettings, algorithm: Algorithm) -> Result<Table, String> {
    let mut preset = Experiment { settings: Settings::preset(run.tasks, algorithm), ..Experiment::default() };
    preset.settings.run.procedural = ProceduralSettings::of(&run.images);
    Table::try_from(preset).map_err(|error| error.to_string())
}

/// Puts `given` over `base`, table by table.
fn overlay(base: &mut Table, given: Table) {
    for (key, value) in given {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(base)), Value::Table(given)) => overlay(base, given),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// The line where a key is set, from 1; 1 if it is nowhere.
fn line_of(text: &str, key: &str) -> usize {
    let first = key.split(' ').next().unwrap_or(key);
    let sets = |line: &str| line.split('=').next().is_some_and(|name| name.trim() == first) && line.contains('=');
    text.lines().position(sets).map_or(1, |line| line + 1)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::settings::{Knob, TaskFamily};

    fn parse(text: &str) -> Result<Experiment, String> {
        Experiment::parse(text, Path::new("e.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_written_is_read_again() {
        for tasks in TaskFamily::ALL {
            for algorithm in Algorithm::all() {
                let changes = vec![KnobMark { at: 7, knob: Knob::InnerRate, value: 0.3 }];
                let experiment =
                    Experiment { settings: Settings::preset(tasks, algorithm), changes, ..Default::default() };
                assert_eq!(parse(&experiment.to_text().unwrap()).unwrap(), experiment);
            }
        }
    }

    #[test]
    fn missing_keys_come_from_the_preset_of_the_family() {
        let experiment = parse("[run]\ntasks = \"sine\"\n[live]\nmeta_batch = 5\n").unwrap();
        let mut expected = Settings::preset(TaskFamily::Sine, Algorithm::default());
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
