//! A run as one readable line: `metascope:1 sine maml seed=3 inner_rate=0.02 @2000:outer_rate=0.0003 view=outer-step`.
//!
//! Behind the version stand family and algorithm, then whatever differs from their preset, knob changes with the
//! meta-iteration at which they take effect, and what is looked at.

use std::path::Path;

use toml::{Table, Value};

use super::run_file::ImageFacts;
use crate::experiment::{Experiment, ExperimentError, Given};
use crate::settings::table::{self, Setting, setting};
use crate::settings::{Algorithm, ImageSource, Knob, NoSuch, Settings, TaskFamily};
use crate::text::{Language, say, tell};
use crate::train::shown::KnobMark;

/// What every such line begins with.
pub const PREFIX: &str = "metascope:";
/// The version that this program writes, and the newest that it reads.
const VERSION: u32 = 1;
const IMAGES: &Setting = setting("run.images");
const TASKS: &Setting = setting("run.tasks");
const ALGORITHM: &Setting = setting("run.algorithm");
const FIT: &Setting = setting("run.fit_inner_rate");
/// Keys that are no settings.
const VIEW: &str = "view";
const BESIDE: &str = "beside";
const LESSON: &str = "lesson";

/// The address that begins what a line says on the page at `page`, in a language.
pub fn address(page: &str, language: Language, line: &str) -> String {
    let mut address = format!("{page}?lang={}#", language.id());
    for letter in line.chars() {
        match letter {
            ' ' => address.push_str("%20"),
            '%' => address.push_str("%25"),
            '#' => address.push_str("%23"),
            letter => address.push(letter),
        }
    }
    address
}

/// What a line says.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The run. Where it needs the user's own images, the path is whatever it was on the machine that wrote the line, or
    /// empty.
    pub experiment: Experiment,
    /// Those images, where it needs some.
    pub own: Option<OwnImages>,
    /// The algorithm of a second run beside.
    pub beside: Option<Algorithm>,
    /// The id of the view that is looked at.
    pub view: Option<String>,
    /// The id of the lesson to begin, in place of the run.
    pub lesson: Option<String>,
    /// The settings that a line gave.
    pub given: Given,
}

/// The user's own images, by name and what they show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnImages {
    /// What the set was called.
    pub name: String,
    /// As [`ImageFacts::fingerprint`].
    pub fingerprint: String,
}

/// Why a line cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    /// It is another text.
    #[error(
        "{}",
        say(
            "this is no text that Metascope shares: such a text begins with metascope:1, a family and an algorithm, as in metascope:1 sine maml",
            "这不是 Metascope 的分享文本：它以 metascope:1、任务族和算法开头，例如 metascope:1 sine maml",
        )
    )]
    Foreign,
    /// It is of a later program.
    #[error("{}", tell(
        || format!("the text is of version {version}, and this program reads version {VERSION}: use a newer Metascope"),
        || format!("文本的版本是 {version}，本程序只能读到 {VERSION}：请使用更新的 Metascope"),
    ))]
    Newer {
        /// Its version.
        version: u32,
    },
    /// A family or an algorithm that does not exist.
    #[error(transparent)]
    Name(#[from] NoSuch),
    /// A key that does not exist.
    #[error("{}", tell(
        || format!("there is no setting “{key}” (in “{word}”)"),
        || format!("没有名为“{key}”的设置（在“{word}”中）"),
    ))]
    Key {
        /// The key.
        key: String,
        /// Where it stands.
        word: String,
    },
    /// A value that makes no sense.
    #[error("{}", tell(|| format!("“{word}”: {reason}"), || format!("“{word}”：{reason}")))]
    Value {
        /// Where it stands.
        word: String,
        /// What would make sense.
        reason: String,
    },
    /// Values that do not go together or are out of range.
    #[error(transparent)]
    Experiment(#[from] ExperimentError),
}

impl Share {
    /// The line of a run that began with these settings, with these knobs turned since. `images` tells of the user's own
    /// ones.
    pub fn of(settings: Settings, marks: &[KnobMark], images: Option<&ImageFacts>) -> Self {
        let Settings { run, .. } = &settings;
        let own = images.filter(|_| run.tasks.needs_images() && matches!(run.images, ImageSource::Path(_)));
        let own = own.map(|facts| OwnImages { name: facts.name.clone(), fingerprint: facts.fingerprint.clone() });
        let experiment = Experiment { settings, changes: marks.to_vec(), ..Experiment::default() };
        Self { experiment, own, beside: None, view: None, lesson: None, given: Given::default() }
    }

    /// The line.
    pub fn to_text(&self) -> String {
        let Experiment { settings, changes, .. } = &self.experiment;
        let run = &settings.run;
        let mut words = vec![format!("{PREFIX}{VERSION}"), run.tasks.id().to_owned(), run.algorithm.id().to_owned()];
        if let Some(OwnImages { name, fingerprint }) = &self.own {
            let name: String = name.chars().map(|c| if c.is_whitespace() || c == '#' { '_' } else { c }).collect();
            words.push(format!("images={name}#{fingerprint}"));
        }
        words.extend(self.differing().into_iter().map(|(setting, text)| format!("{}={text}", name_of(setting))));
        words.extend(changes.iter().map(|change| format!("@{}:{}={}", change.at, change.knob.key(), change.value)));
        words.extend(self.beside.map(|beside| format!("{BESIDE}={}", beside.id())));
        words.extend(self.view.iter().map(|view| format!("{VIEW}={view}")));
        words.extend(self.lesson.iter().map(|lesson| format!("{LESSON}={lesson}")));
        words.join(" ")
    }

    /// Settings that have other values than without being said, and those values; not those that belong to what this
    /// run does not have.
    fn differing(&self) -> Vec<(&'static Setting, String)> {
        let Settings { run, .. } = &self.experiment.settings;
        let mut given = Given::default();
        given.set(TASKS, run.tasks.id().into());
        given.set(ALGORITHM, run.algorithm.id().into());
        let Ok(wanted) = Table::try_from(&self.experiment.settings) else { return Vec::new() };
        let mut found: Vec<(&'static Setting, String)> = Vec::new();
        // What is given has a part in the preset of the rest: images in that of their own settings, a rate in whether
        // it is fitted.
        for pass in 0..3 {
            let Ok(settings) = Experiment::given(&given).map(|experiment| experiment.settings) else { break };
            let Ok(known) = Table::try_from(&settings) else { break };
            let says = |setting: &&Setting| {
                setting.group.why_dead(run).is_none()
                    && (self.own.is_none() || **setting != *IMAGES)
                    && (pass > 0 || **setting != *FIT)
            };
            for setting in table::all().filter(says) {
                let value = value_at(&wanted, setting.path);
                if let Some(value) = value.filter(|value| value_at(&known, setting.path) != Some(*value)) {
                    given.set(setting, value.clone());
                    found.retain(|(other, _)| *other != setting);
                    found.push((setting, text_of(value)));
                }
            }
        }
        let place = |setting: &Setting| table::all().position(|other| other == setting);
        found.sort_by_key(|(setting, _)| place(setting));
        found
    }

    /// Reads a line.
    ///
    /// # Errors
    /// If it is another text, of a later version, or names what does not exist or is out of range.
    pub fn parse(text: &str) -> Result<Self, ShareError> {
        let mut words = text.split_whitespace();
        let version = words.next().and_then(|word| word.strip_prefix(PREFIX)).and_then(|word| word.parse::<u32>().ok());
        match version.ok_or(ShareError::Foreign)? {
            1..=VERSION => {}
            0 => return Err(ShareError::Foreign),
            version => return Err(ShareError::Newer { version }),
        }
        let (tasks, algorithm) = (words.next().ok_or(ShareError::Foreign)?, words.next().ok_or(ShareError::Foreign)?);
        let mut given = Given::default();
        given.set(TASKS, tasks.parse::<TaskFamily>()?.id().into());
        given.set(ALGORITHM, algorithm.parse::<Algorithm>()?.id().into());
        let (mut own, mut beside, mut view, mut lesson, mut changes) = (None, None, None, None, Vec::new());
        for word in words {
            let wrong = |reason: &str| ShareError::Value { word: word.to_owned(), reason: reason.to_owned() };
            let whole = || wrong(say("a word such as seed=3 is missing its value", "类似 seed=3 的词缺少取值"));
            let (key, value) = word.split_once('=').ok_or_else(whole)?;
            if let Some(change) = key.strip_prefix('@') {
                let (at, key) = change.split_once(':').ok_or_else(whole)?;
                let at = at.parse().map_err(|_| wrong(say("a meta-iteration is a whole number", "元迭代数是整数")))?;
                let knob = Knob::named(&key.replace('-', "_"));
                let knob = knob.map_err(|_| ShareError::Key { key: key.to_owned(), word: word.to_owned() })?;
                let value = knob.read(value).map_err(|reason| wrong(&reason))?;
                let value = value.as_float().or_else(|| value.as_integer().map(|value| value as f64));
                changes.push(KnobMark { at, knob, value: value.ok_or_else(|| wrong(""))? });
                continue;
            }
            match (key, value.split_once('#')) {
                (VIEW, _) => view = Some(value.to_owned()),
                (LESSON, _) => lesson = Some(value.to_owned()),
                (BESIDE, _) => beside = Some(value.parse()?),
                ("images", Some((name, fingerprint))) => {
                    own = Some(OwnImages { name: name.to_owned(), fingerprint: fingerprint.to_owned() });
                }
                _ => {
                    let known = table::all().find(|setting| name_of(setting) == key.replace('-', "_"));
                    let setting =
                        known.ok_or_else(|| ShareError::Key { key: key.to_owned(), word: word.to_owned() })?;
                    given.set(setting, setting.read(value).map_err(|reason| wrong(&reason))?);
                }
            }
        }
        let mut experiment = Experiment::given(&given)?;
        experiment.changes = changes;
        experiment.check_changes(Path::new(PREFIX))?;
        if own.is_some() {
            experiment.settings.run.images = ImageSource::Path(Default::default());
        }
        Ok(Self { experiment, own, beside, view, lesson, given })
    }
}

/// As on the command line, in the letters of an experiment file: there two settings share a key.
fn name_of(setting: &Setting) -> String {
    setting.option().replace('-', "_")
}

fn value_at<'a>(table: &'a Table, path: &str) -> Option<&'a Value> {
    let mut keys = path.split('.');
    let first = table.get(keys.next()?)?;
    keys.try_fold(first, |value, key| value.get(key))
}

/// As [`Setting::read`] reads it.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(text_of).collect::<Vec<_>>().join(","),
        Value::Float(value) => value.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(text: &str) -> Share {
        Share::parse(text).unwrap()
    }

    fn refused(text: &str) -> String {
        Share::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn an_address_holds_the_line_behind_its_hash() {
        let line = "metascope:1 class maml images=a#0123 noise=0.5";
        let address = address("https://a.b/c/", Language::Chinese, line);
        assert_eq!(address, "https://a.b/c/?lang=zh#metascope:1%20class%20maml%20images=a%230123%20noise=0.5");
    }

    #[test]
    fn a_line_says_what_differs_and_no_more() {
        let text =
            "metascope:1 sine maml seed=3 inner_rate=0.02 @2000:outer_rate=0.0003 beside=reptile view=outer-step";
        let share = read(text);
        assert_eq!(share.to_text(), text);
        let settings = &share.experiment.settings;
        assert_eq!((settings.run.seed, settings.live.inner_rate), (3, 0.02));
        assert_eq!(share.experiment.changes, [KnobMark { at: 2000, knob: Knob::OUTER_RATE, value: 0.0003 }]);
        assert_eq!((share.beside.unwrap().id(), share.view.as_deref()), ("reptile", Some("outer-step")));
    }

    #[test]
    fn presets_are_short() {
        for tasks in TaskFamily::ALL {
            for algorithm in Algorithm::ALL {
                let text = Share::of(Settings::preset(tasks, algorithm), &[], None).to_text();
                assert_eq!(text, format!("metascope:1 {} {}", tasks.id(), algorithm.id()));
                assert!(text.len() <= 80);
            }
        }
    }

    #[test]
    fn own_images_are_known_by_what_they_show() {
        let mut settings = Settings::preset(TaskFamily::named("class"), Algorithm::default());
        settings.run.images = ImageSource::Path("/home/somebody/my faces".into());
        let (name, fingerprint) = ("my faces".to_owned(), "0123456789abcdef".to_owned());
        let facts = ImageFacts { name, images: 42, classes: 2, fingerprint };
        let text = Share::of(settings, &[], Some(&facts)).to_text();
        assert_eq!(text, "metascope:1 class maml images=my_faces#0123456789abcdef");
        assert_eq!(read(&text).own.unwrap().fingerprint, facts.fingerprint);
    }

    #[test]
    fn images_are_not_spoken_of_where_tasks_are_made_of_none() {
        let mut settings = Settings::preset(TaskFamily::named("plane"), Algorithm::default());
        settings.run.images = ImageSource::Path("/home/somebody/my faces".into());
        settings.run.image_invert = true;
        let facts = ImageFacts { name: "my faces".to_owned(), images: 42, classes: 2, fingerprint: String::new() };
        assert_eq!(Share::of(settings, &[], Some(&facts)).to_text(), "metascope:1 plane maml");
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        assert!(refused("hello").contains("metascope:1 sine maml"));
        assert!(refused("metascope:2 sine maml").contains("version 2"));
        assert!(refused("metascope:1 teapots maml").contains("“teapots”: choose from "));
        assert!(refused("metascope:1 sine alchemy").contains("“alchemy”"));
        assert!(refused("metascope:1 sine maml iner_rate=0.1").contains("“iner_rate”"));
        assert!(refused("metascope:1 sine maml @5:seed=1").contains("“seed”"));
        assert!(refused("metascope:1 sine maml inner_rate=fast").contains("“inner_rate=fast”"));
        assert!(refused("metascope:1 sine maml inner_rate=-1").contains("inner-rate"));
        assert!(refused("metascope:1 sine maml @5:inner_rate=-1").contains("inner_rate"));
        assert!(refused("metascope:1 sine maml seed").contains("“seed”"));
    }
}
