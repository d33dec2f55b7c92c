//! From a file and single settings to an experiment.

use std::path::Path;

use super::planned::Planned;
use super::{ArgumentError, What};
use crate::experiment::{Experiment, ExperimentError};
use crate::keep::share::{PREFIX, Share};
use crate::said::note;
use crate::settings::table::{self, Setting, setting};
use crate::settings::{Algorithm, ImageSource, Knob, RunSettings, Settings};
use crate::tasks::OPENING;
use crate::train::snapshot::KnobMark;

const ALGORITHM: &Setting = setting("run.algorithm");
const TASKS: &Setting = setting("run.tasks");
const SET: &Setting = setting("run.images");

impl What {
    /// The experiment that file and options give together.
    ///
    /// # Errors
    /// If the file cannot be used or a value is out of range.
    pub fn experiment(&self) -> Result<Experiment, ArgumentError> {
        Ok(self.planned(&[])?.experiment)
    }

    /// The same for the window: where nothing is asked for it opens with the tasks that show most.
    pub fn for_window(mut self) -> Self {
        if self.experiment.is_none() && self.options.given.is_empty() {
            self.options.given.set(TASKS, OPENING.id().into());
        }
        self
    }

    /// The experiment with what of it is asked for outright, where runs of `others` are planned beside its own
    /// algorithm.
    ///
    /// # Errors
    /// As [`Self::experiment`], or an option that none of the runs has a use for.
    pub fn planned(&self, others: &[Algorithm]) -> Result<Planned, ArgumentError> {
        if self.options.test_shots.len() > 1 {
            return Err(ArgumentError::OneNumber);
        }
        let planned = self.plan(None)?;
        let run = &planned.experiment.settings.run;
        let others = others.iter().map(|&algorithm| RunSettings { algorithm, ..run.clone() });
        self.check_used(&others.chain([run.clone()]).collect::<Vec<_>>())?;
        self.note_overruled(&planned.experiment.changes);
        Ok(planned)
    }

    /// Says which options hold only until a change of the same knob.
    pub fn note_overruled(&self, changes: &[KnobMark]) {
        for knob in Knob::ALL.into_iter().filter(|knob| self.options.given.sets(knob)) {
            let first = changes.iter().filter(|change| change.knob == knob).min_by_key(|change| change.at);
            if let Some(KnobMark { at, value, .. }) = first {
                let (option, key) = (knob.option(), knob.key());
                note(format_args!(
                    "--{option} holds until meta-iteration {at}, where one of the [[changes]] sets {key} to {value}"
                ));
            }
        }
    }

    /// One experiment for each of these algorithms, as if each were the one that is asked for; of several numbers of
    /// test shots the first counts.
    ///
    /// # Errors
    /// As [`Self::planned`].
    pub fn planned_for(&self, algorithms: &[Algorithm]) -> Result<Vec<Planned>, ArgumentError> {
        let all: Vec<_> = algorithms.iter().map(|&algorithm| self.plan(Some(algorithm))).collect::<Result<_, _>>()?;
        self.check_used(&all.iter().map(|planned| planned.experiment.settings.run.clone()).collect::<Vec<_>>())?;
        Ok(all)
    }

    /// What the line of text says that stands in the file's place, if one does.
    ///
    /// # Errors
    /// If it makes no sense.
    pub fn share(&self) -> Result<Option<Share>, ArgumentError> {
        let text = self.experiment.as_deref().and_then(Path::to_str).filter(|text| text.starts_with(PREFIX));
        Ok(text.map(Share::parse).transpose()?)
    }

    fn plan(&self, algorithm: Option<Algorithm>) -> Result<Planned, ArgumentError> {
        let mut options = self.options.given.clone();
        if let Some(algorithm) = algorithm {
            options.set(ALGORITHM, algorithm.id().into());
        }
        let (mut experiment, given) = match self.share()? {
            None => Experiment::resolve(self.experiment.as_deref(), &options)?,
            Some(share) => {
                if let (Some(own), None) = (&share.own, &self.options.images) {
                    return Err(ArgumentError::OwnImages { name: own.name.clone() });
                }
                let (mut experiment, given) = Experiment::resolve(None, &options.over(share.given))?;
                experiment.changes = share.experiment.changes;
                (experiment, given)
            }
        };
        let images = &mut experiment.settings.run.images;
        if let Some(path) = &self.options.images {
            *images = ImageSource::Path(path.clone());
        }
        if let ImageSource::Path(path) = images {
            // A file that says where they are is good anywhere on this machine.
            *path = std::path::absolute(&*path).unwrap_or_else(|_| path.clone());
        }
        Ok(Planned { experiment, given })
    }

    /// An option that none of the runs has a use for is a mistake.
    fn check_used(&self, runs: &[RunSettings]) -> Result<(), ArgumentError> {
        let own = self.options.images.iter().map(|_| (SET, "images".to_owned()));
        let given = table::all().filter(|setting| self.options.given.sets(setting));
        for (setting, option) in own.chain(given.map(|setting| (setting, setting.option()))) {
            let reasons: Option<Vec<String>> = runs.iter().map(|run| setting.group.refusal(run)).collect();
            if let Some(reason) = reasons.and_then(|reasons| reasons.into_iter().next()) {
                return Err(ArgumentError::Unused { option, reason });
            }
        }
        Ok(())
    }

    /// The knobs that options turn in a run which goes on with these settings after so many meta-iterations.
    ///
    /// # Errors
    /// An option that needs a new run, or a value out of range.
    pub fn turned(&self, settings: &Settings, at: u64) -> Result<Vec<KnobMark>, ArgumentError> {
        let given = &self.options.given;
        if let Some(setting) = table::all().filter(|setting| given.sets(setting)).find(|setting| !is_knob(setting)) {
            return Err(ArgumentError::Begun { option: setting.option() });
        }
        self.check_used(std::slice::from_ref(&settings.run))?;
        let value = |knob: Knob| given.number(&knob).map(|value| KnobMark { at, knob, value });
        let marks: Vec<_> = Knob::ALL.into_iter().filter_map(value).collect();
        let mut after = settings.clone();
        marks.iter().for_each(|mark| mark.knob.set(&mut after.live, mark.value));
        after.validate().map_err(|error| ExperimentError::Option { error })?;
        Ok(marks)
    }

    /// Threads as asked for, or as many as the machine has, less `spare`.
    pub fn threads_or(&self, spare: usize) -> usize {
        threads(self.threads, spare)
    }
}

fn is_knob(setting: &Setting) -> bool {
    Knob::ALL.iter().any(|knob| **knob == *setting)
}

/// Threads as asked for, at most as many as the machine has, which is said; or as many as it has, less `spare`.
pub fn threads(asked: Option<usize>, spare: usize) -> usize {
    let most = std::thread::available_parallelism().map_or(1, usize::from);
    let Some(asked) = asked else { return most.saturating_sub(spare).max(1) };
    if asked > most {
        note(format_args!("--threads {asked}: this machine has {most}, and so many are used"));
    }
    asked.clamp(1, most)
}
