//! The proof that a lesson holds: what rustlings does for exercises (each fails as shipped, its solution passes), for
//! lessons whose truth is measured.

use std::fmt;
use std::sync::Arc;

use super::condition::Strictness;
use super::lesson::{Kind, Lesson};
use super::rehearse::{Pupil, Went, within};
use crate::text::{Language, Words, text};
use crate::text::{Text, tell};

/// The seeds that solutions are tried on.
pub const SEEDS: [u64; 3] = [0, 1, 2];

/// What a lesson must keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The experiment can begin.
    Experiment,
    /// Nothing is done when a step begins.
    SolvedAtStart,
    /// Nothing comes about by waiting.
    SolvedByWaiting,
    /// The solution does it.
    Solution,
    /// The solution turns no knob that is hidden.
    HiddenKnob,
    /// Exactly one answer is true.
    OneTrue,
    /// Every text is in both languages.
    Languages,
    /// Every letter can be drawn.
    Glyphs,
    /// Every answer that is not true says why.
    Because,
    /// There is a hint.
    Hint,
}

impl Rule {
    /// Its name.
    pub fn id(self) -> &'static str {
        match self {
            Self::Experiment => "experiment",
            Self::SolvedAtStart => "solved-at-start",
            Self::SolvedByWaiting => "solved-by-waiting",
            Self::Solution => "solution",
            Self::HiddenKnob => "hidden-knob",
            Self::OneTrue => "one-true",
            Self::Languages => "languages",
            Self::Glyphs => "glyphs",
            Self::Because => "because",
            Self::Hint => "hint",
        }
    }

    /// What it asks for.
    pub fn about(self) -> Text {
        match self {
            Self::Experiment => text("the experiment can begin", "实验能够开始"),
            Self::SolvedAtStart => text("a step is not done when it begins", "步骤开始时还没有完成"),
            Self::SolvedByWaiting => text("a step is not done by waiting", "光等待不会完成步骤"),
            Self::Solution => text("the solution does it, on seeds 0, 1 and 2", "按解答做能完成（种子 0、1、2）"),
            Self::HiddenKnob => text("the solution turns only knobs that are shown", "解答只用到显示出来的旋钮"),
            Self::OneTrue => text("exactly one answer is true, with a margin", "恰有一个答案为真，且留有余量"),
            Self::Languages => text("every text is in both languages", "每段文字都有两种语言"),
            Self::Glyphs => text("every letter can be drawn", "每个字都能显示"),
            Self::Because => {
                text("every answer says why it is not so where it is not true", "每个答案都说明它不成立时的原因")
            }
            Self::Hint => text("something to do has a hint and a solution", "要做的事有提示和解答"),
        }
    }
}

/// A rule that a lesson breaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Flaw {
    /// Which one.
    pub rule: Rule,
    /// In which step, from 0, if in one.
    pub step: Option<usize>,
    /// What is wrong.
    pub message: Words,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, step, message } = self;
        let place = step.map_or_else(String::new, |step| {
            let step = step + 1;
            tell(|| format!("step {step}, "), || format!("第 {step} 步，"))
        });
        write!(f, "{place}{}: {}", rule.id(), message.get())
    }
}

/// How a lesson is checked.
#[derive(Clone, Copy)]
pub struct Checking<'a> {
    /// The seeds that its solution is tried on.
    pub seeds: &'a [u64],
    /// The threads of each run.
    pub threads: usize,
    /// Whether it must be in both languages.
    pub both: bool,
    /// Whether a letter can be drawn.
    pub glyphs: &'a (dyn Fn(char) -> bool + Sync),
}

/// What is wrong with a lesson; nothing if it holds.
pub fn check(lesson: &Arc<Lesson>, how: &Checking<'_>) -> Vec<Flaw> {
    let mut flaws = read_alone(lesson, how);
    if flaws.is_empty() {
        flaws.extend(waited(lesson, how));
        for &seed in how.seeds {
            flaws.extend(solved(lesson, seed, how));
        }
    }
    flaws
}

/// What can be said without a run.
fn read_alone(lesson: &Lesson, how: &Checking<'_>) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut flaw = |rule, step, message: &dyn Fn() -> String| {
        flaws.push(Flaw { rule, step, message: Words::told(message) });
    };
    let heads = [&lesson.title, &lesson.goal].into_iter().map(|said| (None, said));
    let texts =
        lesson.steps.iter().enumerate().flat_map(|(index, step)| step.texts().map(move |said| (Some(index), said)));
    for (step, said) in heads.chain(texts) {
        let [en, zh] = [Language::English, Language::Chinese].map(|language| said.r#in(language).unwrap_or_default());
        let beginning = || en.chars().take(40).collect::<String>();
        let [no_en, no_zh] = [en, zh].map(|text| text.trim().is_empty());
        if no_en && no_zh || how.both && (no_en || no_zh) {
            flaw(Rule::Languages, step, &|| {
                let en = beginning();
                tell(|| format!("“{en}…” is in one language alone"), || format!("“{en}……”只有一种语言"))
            });
        }
        let missing: String =
            en.chars().chain(zh.chars()).filter(|letter| !letter.is_whitespace() && !(how.glyphs)(*letter)).collect();
        if !missing.is_empty() {
            flaw(Rule::Glyphs, step, &|| {
                tell(|| format!("these cannot be drawn: {missing}"), || format!("无法显示：{missing}"))
            });
        }
    }
    for (index, step) in lesson.steps.iter().enumerate() {
        let at = Some(index);
        if step.options.iter().any(|answer| answer.because.is_none()) {
            flaw(Rule::Because, at, &|| {
                tell(
                    || "an answer has no “because” for where it is not true".to_owned(),
                    || "有的答案没有写它不成立时的 because".to_owned(),
                )
            });
        }
        if step.kind == Kind::Do && (step.hints.is_empty() || step.solution.is_empty()) {
            flaw(Rule::Hint, at, &|| {
                tell(|| "“hints” or “solution” is empty".to_owned(), || "hints 或 solution 是空的".to_owned())
            });
        }
        for knob in step.solution.iter().filter_map(|act| act.knob).filter(|knob| !lesson.window.knobs.contains(knob)) {
            flaw(Rule::HiddenKnob, at, &|| {
                let key = knob.key();
                tell(|| format!("{key} is not among the knobs of “window”"), || format!("{key} 不在 window 的旋钮之中"))
            });
        }
        for (knob, value) in step.solution.iter().filter_map(|act| act.knob.zip(act.value)) {
            if within(knob, value) != value {
                flaw(Rule::Solution, at, &|| {
                    let key = knob.key();
                    tell(|| format!("{key} cannot be {value}"), || format!("{key} 不能取 {value}"))
                });
            }
        }
    }
    flaws
}

fn solved(lesson: &Arc<Lesson>, seed: u64, how: &Checking<'_>) -> Option<Flaw> {
    let failed = |rule, step, what: &dyn Fn() -> String| {
        let message = Words::told(|| {
            let what = what();
            tell(|| format!("seed {seed}: {what}"), || format!("种子 {seed}：{what}"))
        });
        Some(Flaw { rule, step, message })
    };
    let mut pupil = match Pupil::new(lesson, seed, how.threads, Strictness::WithMargin) {
        Ok(pupil) => pupil,
        Err(error) => return failed(Rule::Experiment, None, &|| error.to_string()),
    };
    for (index, step) in lesson.steps.iter().enumerate() {
        let rule = if step.kind == Kind::Do { Rule::Solution } else { Rule::OneTrue };
        match pupil.solve() {
            Ok(Went::Well) => {}
            Ok(went) => return failed(rule, Some(index), &|| went.to_string()),
            Err(error) => return failed(Rule::Experiment, Some(index), &|| error.to_string()),
        }
    }
    None
}

/// Each thing to do, when nothing is done about it.
fn waited(lesson: &Arc<Lesson>, how: &Checking<'_>) -> Option<Flaw> {
    let seed = lesson.settings().run.seed;
    for (index, step) in lesson.steps.iter().enumerate().filter(|(_, step)| step.kind == Kind::Do) {
        // What is nearly so at the start is so on another machine.
        let Ok(mut pupil) = Pupil::new(lesson, seed, how.threads, Strictness::Nearly) else { return None };
        if !(0..index).all(|_| pupil.solve().is_ok_and(|went| went == Went::Well)) {
            return None;
        }
        pupil.look();
        let done = |pupil: &Pupil| pupil.progress.outcomes()[index].done;
        let flaw = |rule: Rule| Some(Flaw { rule, step: Some(index), message: Words::told(|| rule.about().into()) });
        if done(&pupil) {
            return flaw(Rule::SolvedAtStart);
        }
        if pupil.wait(step) {
            return flaw(Rule::SolvedByWaiting);
        }
    }
    None
}
