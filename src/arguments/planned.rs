//! What is asked for against what the images can give.

use std::sync::Arc;

use super::{ArgumentError, What};
use crate::experiment::{Experiment, Given};
use crate::images::ImageSet;
use crate::settings::table::{Setting, setting};
use crate::settings::{RunSettings, Settings};
use crate::tasks::Family;
use crate::tasks::limits::Limits;

/// The settings that a set limits.
const LIMITED: [&Setting; 3] = [setting("run.ways"), setting("live.shots"), setting("live.test_shots")];

const HELD_OUT_TASKS: &Setting = setting("run.held_out_tasks");

impl What {
    /// A line where fewer held-out tasks are measured than the option asks for, since the images give no more.
    pub fn fewer_held_out(&self, run: &RunSettings, set: Option<&ImageSet>) -> Option<String> {
        let set = set.filter(|_| self.options.given.sets(HELD_OUT_TASKS))?;
        let most = Family::new(run, Some(Arc::new(set.clone()))).ok()?.held_out_tasks();
        let (option, asked, name) = (HELD_OUT_TASKS.option(), run.held_out_tasks, &set.name);
        (most < asked).then(|| format!("--{option} {asked}: “{name}” gives {most}, and so many are measured"))
    }
}

/// An experiment, and which of its settings somebody asked for: those must be had, others come from the preset.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The experiment.
    pub experiment: Experiment,
    /// What file and options give.
    pub(super) given: Given,
}

impl Planned {
    /// Lowers the preset's ways and shots to what the images can give; a line for each that is. Without a set, or where
    /// tasks are not made of classes, nothing has to be.
    ///
    /// # Errors
    /// If more was asked for than there is.
    pub fn fit(&mut self, set: Option<&ImageSet>) -> Result<Vec<String>, ArgumentError> {
        let Some(set) = set else { return Ok(Vec::new()) };
        let mut notes = Vec::new();
        for setting in LIMITED {
            let value = setting.number(&self.experiment.settings).unwrap_or_default();
            if self.given.sets(setting) {
                self.check_asked(set, setting, value)?;
            } else if let Some((most, what)) = self.most(set, setting).filter(|(most, _)| value > *most) {
                let name = &set.name;
                notes.push(format!("“{name}” gives at most {most} {what}: {most}, not the preset's {value}"));
                setting.set_number(&mut self.experiment.settings, most);
            }
        }
        for change in &self.experiment.changes {
            self.check_asked(set, &change.knob, change.value)?;
        }
        Ok(notes)
    }

    /// Whether the images can give a value that is asked for.
    ///
    /// # Errors
    /// If they cannot.
    pub fn check_asked(&self, set: &ImageSet, setting: &Setting, value: f64) -> Result<(), ArgumentError> {
        match self.most(set, setting) {
            Some((most, what)) if value > most => {
                Err(ArgumentError::TooMany { option: setting.option(), value, most, what, name: set.name.clone() })
            }
            _ => Ok(()),
        }
    }

    /// The most of a setting that a set can give, and of what; `None` where there is no limit. A set that no task can be
    /// made of is refused by the family itself.
    fn most(&self, set: &ImageSet, setting: &Setting) -> Option<(f64, &'static str)> {
        let Settings { run, .. } = &self.experiment.settings;
        if !LIMITED.contains(&setting) || !run.tasks.needs_classes() || setting.why_dead(run).is_some() {
            return None;
        }
        let limits = Limits::of(set, run.seed).ok().filter(|limits| limits.ways >= 1)?;
        let (most, what) = match setting.key() {
            "ways" => (limits.ways.max(2), "classes in a task, the fewer of those to train on and to test on"),
            "shots" => (limits.shots, "images to adapt on of a training class, one less than its largest has"),
            "test_shots" => (limits.test_shots, "images to adapt on of a test class, one less than its largest has"),
            _ => return None,
        };
        Some((most as f64, what))
    }
}
