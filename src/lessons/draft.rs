//! A lesson that a teacher makes of what is on the screen: the settings in force, the knobs to be shown, and steps whose
//! conditions begin as what is read now.

use std::path::Path;

use toml::{Table, Value};

use super::condition::{Comparison, Condition};
use super::file::{self, LessonError, VERSION, Written};
use super::lesson::{Act, Answer, Kind, Lesson, Showing, Step};
use super::measures::{Argument, Arguments, Asked, MEASURES, Margin};
use super::said::Said;
use crate::settings::{Knob, Settings};
use crate::text::numbers::rounded;
use crate::text::{say, tell};
use crate::train::snapshot::{Deed, Init, Snapshot};

/// Such a lesson while it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Its name in files.
    pub id: String,
    /// About how long it takes.
    pub minutes: u32,
    /// Its title.
    pub title: Said,
    /// What one can do or say after it.
    pub goal: Said,
    /// What its run begins with.
    pub settings: Settings,
    /// What the window shows of the program.
    pub window: Showing,
    /// Its steps so far.
    pub steps: Vec<Step>,
}

impl Draft {
    /// Of what is on the screen.
    pub fn of(settings: &Settings, beside: Option<String>, view: Option<String>) -> Self {
        Self {
            id: "my-lesson".to_owned(),
            minutes: 5,
            title: Said::default(),
            goal: Said::default(),
            settings: settings.clone(),
            window: Showing { knobs: Knob::MAIN.to_vec(), view, beside, slow: false },
            steps: Vec::new(),
        }
    }

    /// What keeps it from being a lesson, said by step and answer; what else there is, its file says.
    pub fn flaw(&self) -> Option<String> {
        if self.steps.is_empty() {
            return Some(say("a lesson has at least one step: add one", "课程至少要有一个步骤：请添加").to_owned());
        }
        let of_step = |(index, step): (usize, &Step)| {
            let (number, kind) = (index + 1, step.kind.name());
            let said = |what: String| {
                tell(|| format!("step {number} ({kind}): {what}"), || format!("第 {number} 步（{kind}）：{what}"))
            };
            let (key, message) = file::flaw(step)?;
            let empty = || step.options.iter().position(|answer| answer.true_if.is_empty()).map(|place| place + 1);
            Some(said(match (key, empty()) {
                ("true_if", Some(answer)) => tell(
                    || format!("answer {answer} is still without a condition under which it is true"),
                    || format!("回答 {answer} 还没有成立的条件"),
                ),
                ("options", _) => say("it needs two answers at least", "至少要有两个回答").to_owned(),
                ("until", _) => {
                    say("what has to come about is still to be chosen", "还没有选出要达到的条件").to_owned()
                }
                ("within", _) => say("it needs some meta-iterations", "要给它一些元迭代").to_owned(),
                _ => message,
            }))
        };
        self.steps.iter().enumerate().find_map(of_step)
    }

    /// The text of its file.
    ///
    /// # Errors
    /// If the settings cannot be written down.
    pub fn to_text(&self) -> Result<String, toml::ser::Error> {
        let Self { id, minutes, title, goal, window, .. } = self;
        let steps = &self.steps.iter().map(written).collect::<Vec<_>>();
        let experiment = self.experiment()?;
        toml::to_string(&Written { version: VERSION, id, minutes: *minutes, title, goal, experiment, window, steps })
    }

    /// What of its settings is not as in their preset.
    fn experiment(&self) -> Result<Table, toml::ser::Error> {
        let run = &self.settings.run;
        let mut preset = Settings::preset(run.tasks, run.algorithm);
        preset.run.procedural = crate::settings::ProceduralSettings::of(&run.images);
        let mut table = differing(Table::try_from(&self.settings)?, &Table::try_from(preset)?);
        let own = table.entry("run").or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(own) = own {
            own.insert("tasks".to_owned(), run.tasks.id().into());
            own.insert("algorithm".to_owned(), run.algorithm.id().into());
        }
        Ok(table)
    }

    /// The lesson itself; `path` is for messages.
    ///
    /// # Errors
    /// If something in it makes no sense.
    pub fn lesson(&self, path: &Path) -> Result<Lesson, LessonError> {
        let format =
            |error: toml::ser::Error| LessonError::Format { path: path.to_owned(), message: error.to_string() };
        file::parse(&self.to_text().map_err(format)?, path)
    }
}

/// A step without the texts that are still to be written.
fn written(step: &Step) -> Step {
    let mut step = step.clone();
    step.then = step.then.filter(|said| !said.is_empty());
    step.hints.retain(|said| !said.is_empty());
    for answer in &mut step.options {
        answer.because = answer.because.take().filter(|said| !said.is_empty());
    }
    step
}

/// What is in a table and not so in the other.
fn differing(table: Table, other: &Table) -> Table {
    let differs = |(key, value): (String, Value)| match (value, other.get(&key)) {
        (Value::Table(value), Some(Value::Table(other))) => {
            let inner = differing(value, other);
            (!inner.is_empty()).then_some((key, Value::Table(inner)))
        }
        (value, other) => (other != Some(&value)).then_some((key, value)),
    };
    table.into_iter().filter_map(differs).collect()
}

/// So many meta-iterations a step of doing may take, and so many more than its solution.
pub const WITHIN: u64 = 500;

/// A step of a kind, still without texts.
pub fn step(kind: Kind) -> Step {
    let asks = matches!(kind, Kind::Predict | Kind::Observe);
    Step {
        kind,
        text: Said::default(),
        then: None,
        options: if asks { vec![answer(), answer()] } else { Vec::new() },
        turns: Vec::new(),
        after: if kind == Kind::Predict { 100 } else { 0 },
        until: Vec::new(),
        within: if kind == Kind::Do { WITHIN } else { 0 },
        stands: false,
        hints: if kind == Kind::Do { vec![Said::default()] } else { Vec::new() },
        solution: Vec::new(),
    }
}

/// An answer without texts.
pub fn answer() -> Answer {
    Answer { text: Said::default(), true_if: Vec::new(), because: Some(Said::default()) }
}

/// All that can be read now, with what it reads.
pub fn readable(snapshot: &Snapshot) -> Vec<(Asked, f64)> {
    let layers = snapshot.evaluation.as_ref().map_or(0, |evaluation| evaluation.movement.len());
    let none = Arguments::default;
    let mut all = Vec::new();
    for measure in &MEASURES {
        let takes = |argument| measure.takes.contains(&argument);
        let ways: Vec<Arguments> = if takes(Argument::Knob) {
            Knob::MAIN.iter().map(|knob| Arguments { knob: Some(*knob), ..none() }).collect()
        } else if takes(Argument::Layer) {
            (1..=layers).map(|layer| Arguments { layer: Some(layer), ..none() }).collect()
        } else if takes(Argument::Over) {
            let over = [Init::Joint, Init::Random].map(|over| Arguments { over: Some(over), ..none() });
            let of = Init::ALL.map(|init| Arguments { init: Some(init), ..none() });
            let at = |arguments: &Arguments, step| Arguments { step, ..arguments.clone() };
            let steps = [None, Some(0), Some(1)];
            of.iter().chain(&over).flat_map(|arguments| steps.map(|step| at(arguments, step))).collect()
        } else {
            vec![none()]
        };
        for arguments in ways {
            let asked = Asked { measure, arguments };
            if let Some(reading) = asked.read(snapshot) {
                all.push((asked, reading.value));
            }
        }
    }
    all
}

/// A condition that holds now: of a knob that it stands about there, of a number that it is not much less.
pub fn condition(asked: &Asked, value: f64) -> Condition {
    let margin = asked.measure.margin;
    let is = match margin {
        _ if asked.arguments.knob.is_some() => Comparison::Between(rounded(0.8 * value, 2), rounded(1.25 * value, 2)),
        Margin::Absolute(0.0) => Comparison::Is(value.round()),
        _ => Comparison::Above(rounded(value - 2.0 * margin.at(value), 2)),
    };
    Condition { asked: asked.clone(), is, hold: 0, and: Vec::new() }
}

/// What was done to a run as acts of a solution for a step that began after so many meta-iterations.
pub fn acts(journal: &[Deed], began: u64) -> Vec<Act> {
    let act = |deed: &Deed| {
        let after = deed.at().saturating_sub(began);
        match *deed {
            Deed::Turned { knob, value, .. } => {
                Some(Act { after, knob: Some(knob), value: Some(value), ..Act::default() })
            }
            Deed::BackToBest { .. } => Some(Act { after, back_to_best: true, ..Act::default() }),
            Deed::Diverged { .. } | Deed::WentOnFrom { .. } => None,
        }
    };
    journal.iter().filter(|deed| deed.at() >= began).filter_map(act).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::settings::{Algorithm, TaskFamily};

    #[test]
    fn what_is_missing_is_said_by_step_and_answer() {
        let mut draft = Draft::of(&Settings::preset(TaskFamily::ALL[0], Algorithm::default()), None, None);
        assert_eq!(draft.flaw().unwrap(), "a lesson has at least one step: add one");
        draft.steps = vec![step(Kind::Write), step(Kind::Predict)];
        assert_eq!(
            draft.flaw().unwrap(),
            "step 2 (Predict): answer 1 is still without a condition under which it is true"
        );
        draft.steps[1].options.pop();
        assert_eq!(draft.flaw().unwrap(), "step 2 (Predict): it needs two answers at least");
        draft.steps[1] = step(Kind::Do);
        assert_eq!(draft.flaw().unwrap(), "step 2 (Do): what has to come about is still to be chosen");
        draft.steps.pop();
        assert_eq!(draft.flaw(), None);
        assert!(draft.lesson(Path::new("draft.toml")).is_ok());
    }

    #[test]
    fn a_draft_is_read_as_it_is_written() {
        for tasks in TaskFamily::ALL {
            let mut settings = Settings::preset(tasks, Algorithm::default());
            settings.live.inner_rate *= 0.5;
            settings.run.seed = 7;
            let mut draft = Draft::of(&settings, None, Some("losses".to_owned()));
            draft.steps.push(step(Kind::Write));
            let lesson = draft.lesson(Path::new("draft.toml")).unwrap();
            let mut read = lesson.settings().clone();
            // Whoever gives a rate means it.
            assert!(!std::mem::replace(&mut read.run.fit_inner_rate, settings.run.fit_inner_rate));
            assert_eq!(read, settings, "{}", tasks.id());
            assert_eq!(lesson.steps, draft.steps);
            assert!(draft.to_text().unwrap().lines().count() < 40);
        }
    }
}
