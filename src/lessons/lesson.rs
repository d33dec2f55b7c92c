//! A lesson: what it is about, the run that it is about, and its steps.

use serde::{Deserialize, Serialize};

use super::condition::{Condition, is_zero};
use super::said::Said;
use crate::experiment::Experiment;
use crate::settings::{Algorithm, ImageSource, Knob, Settings};
use crate::text::{Text, text};
use crate::train::views::Focus;

/// A lesson, ready to be given.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Its name in files and on the command line.
    pub id: String,
    /// About how long it takes.
    pub minutes: u32,
    /// Its title.
    pub title: Said,
    /// What one can do or say after it.
    pub goal: Said,
    /// The run that it begins with.
    pub experiment: Experiment,
    /// What the window shows at first.
    pub window: Showing,
    /// What there is to do, in order; at least one.
    pub steps: Vec<Step>,
    /// A number that stands for its whole text.
    pub fingerprint: String,
    /// The text of its file.
    pub text: String,
}

/// What the window shows of the program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Showing {
    /// The knobs that can be turned, by their keys.
    pub knobs: Vec<Knob>,
    /// The id of what has the large place; the first one if it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// The second run beside it is by this algorithm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<String>,
    /// Whether it begins in slow motion.
    pub slow: bool,
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Of what kind.
    pub kind: Kind,
    /// What is asked or to be done.
    pub text: Said,
    /// What it showed, once it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Said>,
    /// Predict, observe: what can be answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Answer>,
    /// Predict: what changes as soon as the prediction is made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turn>,
    /// Predict: the outcome is measured so many meta-iterations later.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after: u64,
    /// Do: what has to be so, one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub until: Vec<Condition>,
    /// Do: it is not done by waiting for so many meta-iterations, and can be done in them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub within: u64,
    /// Do: whether the run stands still at first, as it would fail while somebody reads.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stands: bool,
    /// Do: from a nudge to nearly all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<Said>,
    /// Do: one way to do it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub solution: Vec<Act>,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// What a step asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Say what will happen, before it does.
    Predict,
    /// Bring something about.
    Do,
    /// Say what is seen.
    Observe,
    /// Say something in one's own words.
    Write,
}

/// Something that can be answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The answer.
    pub text: Said,
    /// It is true if all of these hold when the outcome is measured.
    pub true_if: Vec<Condition>,
    /// Why it is not so, where it is not true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Said>,
}

/// What a lesson changes by itself: a knob, or the images, to which what was learned so far is taken along.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// Which knob.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub knob: Option<Knob>,
    /// To which value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// To which built-in images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images: Option<ImageSource>,
}

/// One act of a solution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// So many meta-iterations after the step began; a run that fails before is acted on then.
    #[serde(default)]
    pub after: u64,
    /// Turn this knob.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub knob: Option<Knob>,
    /// To this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// To so many times α's limit, for the knob α.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times_limit: Option<f64>,
    /// Go back to the best state.
    #[serde(default, skip_serializing_if = "is_false")]
    pub back_to_best: bool,
    /// Drag φ to this place on the map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drag: Option<[f64; 2]>,
    /// Pause.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pause: bool,
}

impl Lesson {
    /// The settings of the run that it begins with.
    pub fn settings(&self) -> &Settings {
        &self.experiment.settings
    }

    /// The algorithm of the run beside it, if there is one.
    pub fn beside(&self) -> Option<Algorithm> {
        self.window.beside.as_ref()?.parse().ok()
    }
}

impl Kind {
    /// Its name in lesson files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Predict => "predict",
            Self::Do => "do",
            Self::Observe => "observe",
            Self::Write => "write",
        }
    }

    /// Its name for people.
    pub fn name(self) -> Text {
        match self {
            Self::Predict => text("Predict", "预测"),
            Self::Do => text("Do", "动手"),
            Self::Observe => text("Observe", "观察"),
            Self::Write => text("In your own words", "用自己的话说"),
        }
    }
}

impl Step {
    /// Every condition in it.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let own = self.until.iter().chain(self.options.iter().flat_map(|answer| &answer.true_if));
        own.flat_map(|condition| std::iter::once(condition).chain(&condition.and))
    }

    /// Every text in it.
    pub fn texts(&self) -> impl Iterator<Item = &Said> {
        let options = self.options.iter().flat_map(|answer| [Some(&answer.text), answer.because.as_ref()]);
        let own = [Some(&self.text), self.then.as_ref()].into_iter().chain(options).flatten();
        own.chain(&self.hints)
    }

    /// What has to be looked at closely while it is shown.
    pub fn looks(&self, focus: &mut Focus) {
        self.conditions().for_each(|condition| (condition.asked.measure.looks)(focus));
        let numbers = self.texts().filter_map(|text| text.numbers().ok()).flatten();
        numbers.for_each(|asked| (asked.measure.looks)(focus));
    }
}
