//! What the results of a class come to: each result is gone through again on a run of its own, so that what is graded is
//! what the window said, and nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde::Serialize;

use super::condition::Strictness;
use super::lesson::{Kind, Lesson, Step};
use super::rehearse::{RehearseError, begin, look_from};
use super::result::{LessonResult, Moment, Outcome, RunLog};
use crate::images;
use crate::settings::Settings;
use crate::text::numbers::significant;
use crate::train::session::Rehearsal;
use crate::train::shown::Deed;
use crate::train::snapshot::Snapshot;
use crate::train::views::Focus;

/// One row of grades.csv.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Grade {
    /// The file.
    pub file: String,
    /// What the pupil typed for a name.
    pub name: String,
    /// The lesson's id.
    pub lesson: String,
    /// Predictions that were right.
    pub predictions_right: usize,
    /// Predictions in the lesson.
    pub predictions: usize,
    /// Observations that were right at the first try.
    pub observations_right: usize,
    /// Observations in the lesson.
    pub observations: usize,
    /// Things that were done.
    pub done: usize,
    /// Things to do in the lesson.
    pub to_do: usize,
    /// Hints given.
    pub hints: usize,
    /// Solutions shown.
    pub solutions: usize,
    /// How long it took.
    pub minutes: f64,
    /// Whether going through it again shows the same.
    pub verified: bool,
    /// What does not fit, or why the file cannot be graded; empty where all is well.
    pub problem: String,
}

/// The grades of all result files directly in a folder, by file name. `lessons` are known beside the built-in ones.
///
/// # Errors
/// If the folder cannot be read.
pub fn folder(path: &Path, lessons: &[Arc<Lesson>]) -> std::io::Result<Vec<Grade>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(path)? {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml")) {
            files.insert(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), path);
        }
    }
    let files: Vec<_> = files.into_iter().collect();
    Ok(files.par_iter().map(|(name, path)| Grade { file: name.clone(), ..file(path, lessons) }).collect())
}

/// The grade of one result file.
pub fn file(path: &Path, lessons: &[Arc<Lesson>]) -> Grade {
    match LessonResult::read(path) {
        Ok(result) => grade(&result, lessons),
        Err(error) => Grade { problem: error.to_string().lines().collect::<Vec<_>>().join(" "), ..Grade::default() },
    }
}

/// The grade of a result.
pub fn grade(result: &LessonResult, lessons: &[Arc<Lesson>]) -> Grade {
    let known = lessons.iter().chain(super::built_in()).find(|lesson| lesson.id == result.lesson);
    let mut grade = Grade {
        name: result.name.clone(),
        lesson: result.lesson.clone(),
        minutes: (result.secs / 6.0).round() / 10.0,
        hints: result.steps.iter().map(|outcome| outcome.hints).sum(),
        solutions: result.steps.iter().filter(|outcome| outcome.solution).count(),
        ..Grade::default()
    };
    let Some(lesson) = known else {
        grade.problem = format!("there is no lesson “{}” here: give its file with --lesson", result.lesson);
        return grade;
    };
    [grade.predictions_right, grade.predictions] = result.right(lesson, Kind::Predict);
    [grade.observations_right, grade.observations] = result.right(lesson, Kind::Observe);
    [grade.done, grade.to_do] = result.done(lesson);
    if lesson.fingerprint != result.fingerprint {
        grade.problem = "it was done with another version of the lesson".to_owned();
        return grade;
    }
    match verify(lesson, result) {
        Ok(()) => grade.verified = true,
        Err(problem) => grade.problem = problem,
    }
    grade
}

/// Goes through a result again.
fn verify(lesson: &Arc<Lesson>, result: &LessonResult) -> Result<(), String> {
    if result.steps.len() != lesson.steps.len() {
        return Err(format!("it has {} steps, the lesson {}", result.steps.len(), lesson.steps.len()));
    }
    for (index, log) in result.runs.iter().enumerate() {
        own(lesson, log).map_err(|what| format!("run {}: {what}", index + 1))?;
    }
    let mut replay = Replay { lesson, runs: &result.runs, at: None };
    for (index, (step, outcome)) in lesson.steps.iter().zip(&result.steps).enumerate() {
        replay.step(step, outcome).map_err(|what| format!("step {}: {what}", index + 1))?;
    }
    Ok(())
}

/// Whether a run is the lesson's.
fn own(lesson: &Lesson, log: &RunLog) -> Result<(), String> {
    let mut run = lesson.settings().run.clone();
    if log.carried {
        (run.images, run.procedural) = (log.settings.run.images.clone(), log.settings.run.procedural);
        let known =
            lesson.steps.iter().flat_map(|step| &step.turns).any(|turn| turn.images.as_ref() == Some(&run.images));
        if !known {
            return Err("its images are not the lesson's".to_owned());
        }
    }
    if run == log.settings.run { Ok(()) } else { Err("its settings are not the lesson's".to_owned()) }
}

struct Replay<'a> {
    lesson: &'a Lesson,
    runs: &'a [RunLog],
    /// Which run it is at.
    at: Option<(usize, Rehearsal)>,
}

impl Replay<'_> {
    fn step(&mut self, step: &Step, outcome: &Outcome) -> Result<(), String> {
        for (condition, met) in step.until.iter().zip(&outcome.met) {
            let mut focus = Focus::default();
            for condition in std::iter::once(condition).chain(&condition.and) {
                (condition.asked.measure.looks)(&mut focus);
            }
            let moments = [met.moment.at.saturating_sub(condition.hold), met.moment.at];
            for at in moments.into_iter().skip(usize::from(condition.hold == 0)) {
                let snapshot = self.look(Moment { at, ..met.moment }, met.place, &focus)?;
                let reading =
                    condition.read(&snapshot).ok_or_else(|| format!("{} reads nothing", condition.asked.to_text()))?;
                let too = condition.and.iter().all(|other| other.holds_in(&snapshot, Strictness::Nearly));
                if !too || !condition.holds(reading.value, met.start, Strictness::Nearly) {
                    let (read, said) = (significant(reading.value), condition.said());
                    return Err(format!("at meta-iteration {at} it reads {read}, which is not {said}"));
                }
                if at == met.moment.at {
                    same(reading.value, met.value, condition.asked.measure.margin.at(met.value))?;
                }
            }
        }
        if step.kind == Kind::Do && outcome.done != (outcome.met.len() == step.until.len()) {
            return Err("it is said to be done and is not, or the other way round".to_owned());
        }
        let asks = matches!(step.kind, Kind::Predict | Kind::Observe);
        let Some(truth) = outcome.truth.filter(|_| asks) else {
            let claims = asks && outcome.done;
            return if claims { Err("it is said to be done without a measurement".to_owned()) } else { Ok(()) };
        };
        let moment = outcome.measured.ok_or("there is no moment of its measurement")?;
        let mut focus = Focus::default();
        step.looks(&mut focus);
        let snapshot = self.look(moment, None, &focus)?;
        let mut values = outcome.values.iter();
        for (index, answer) in step.options.iter().enumerate() {
            for condition in &answer.true_if {
                let reading =
                    condition.read(&snapshot).ok_or_else(|| format!("{} reads nothing", condition.asked.to_text()))?;
                let noted = *values.next().ok_or("a value is missing")?;
                same(reading.value, noted, condition.asked.measure.margin.at(noted))?;
                if index == truth && !condition.holds(reading.value, None, Strictness::Nearly) {
                    return Err(format!("answer {} is not the true one", truth + 1));
                }
            }
        }
        if truth < step.options.len() { Ok(()) } else { Err("the true answer is none of the lesson's".to_owned()) }
    }

    fn look(&mut self, moment: Moment, place: Option<[f64; 2]>, focus: &Focus) -> Result<Snapshot, String> {
        let run = self.go_to(moment)?;
        Ok(look_from(run, place, focus.clone(), moment.run as u64, true))
    }

    /// Goes on, or from the beginning, to a moment.
    fn go_to(&mut self, moment: Moment) -> Result<&mut Rehearsal, String> {
        let there = self.at.take().filter(|(run, rehearsal)| {
            let gone = rehearsal.meta_iteration() > moment.at && rehearsal.journal().len() >= moment.deeds;
            *run == moment.run && !gone && rehearsal.journal().len() <= moment.deeds
        });
        let mut rehearsal = match there {
            Some((_, rehearsal)) => rehearsal,
            None => self.begin(moment.run)?,
        };
        let log = self.log(moment.run)?;
        let deeds = log.journal.get(..moment.deeds).ok_or("more was done to the run than it says")?;
        do_all(&mut rehearsal, deeds)?;
        let came = rehearsal.train_until(moment.at) || rehearsal.has_failed();
        if !came || rehearsal.meta_iteration() > moment.at {
            return Err(format!("what was done does not lead to meta-iteration {}", moment.at));
        }
        Ok(&mut self.at.insert((moment.run, rehearsal)).1)
    }

    fn log(&self, run: usize) -> Result<&RunLog, String> {
        self.runs.get(run).ok_or_else(|| format!("run {} is missing", run + 1))
    }

    fn begin(&self, run: usize) -> Result<Rehearsal, String> {
        let log = self.log(run)?;
        let settings: &Settings = &log.settings;
        if !log.carried {
            return begin(self.lesson, settings, 1).map_err(|error| error.to_string());
        }
        let before = run.checked_sub(1).ok_or("the run that it goes on from is missing")?;
        let mut first = self.begin(before)?;
        do_all(&mut first, &self.log(before)?.journal)?;
        first.train_until(log.began);
        let carried =
            || -> Result<Rehearsal, RehearseError> { Ok(first.carried(settings, images::for_run(&settings.run)?, 1)?) };
        carried().map_err(|error| error.to_string())
    }
}

/// Does to a run what is still to be done of this.
fn do_all(rehearsal: &mut Rehearsal, deeds: &[Deed]) -> Result<(), String> {
    while let Some(deed) = deeds.get(rehearsal.journal().len()) {
        let place = rehearsal.journal().len();
        let fails = matches!(deed, Deed::Diverged { .. });
        rehearsal.train_until(deed.at() + u64::from(fails));
        if rehearsal.journal().len() == place {
            rehearsal.again(deed);
        }
        if rehearsal.journal().get(place) != Some(deed) {
            return Err(format!("what was done at meta-iteration {} cannot have been", deed.at()));
        }
    }
    Ok(())
}

/// Whether what is read is what was noted.
fn same(read: f64, noted: f64, margin: f64) -> Result<(), String> {
    if (read - noted).abs() <= margin.max(0.02 * noted.abs()) {
        return Ok(());
    }
    Err(format!("it reads {}, the file says {}", significant(read), significant(noted)))
}
