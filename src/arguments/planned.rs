//! What is asked for against what the images can give.

use super::ArgumentError;
use crate::experiment::{Experiment, Given};
use crate::images::ImageSet;
use crate::settings::table::{Setting, setting};
use crate::settings::{Knob, Settings, TaskFamily};
use crate::tasks::limits::Limits;

const WAYS: &Setting = setting("run.ways");
const SHOTS: &Setting = setting("live.shots");
const TEST_SHOTS: &Setting = setting("live.test_shots");

/// An experiment, and which of its numbers somebody asked for: those must be had, others come from the preset.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The experiment.
    pub experiment: Experiment,
    /// What file and options give.
    pub(super) given: Given,
}

/// A number of ways or shots, and the most that a set can give.
struct Number {
    setting: &'static Setting,
    value: usize,
    asked: bool,
    most: usize,
    what: &'static str,
}

impl Planned {
    /// Lowers the preset's ways and shots to what the images can give; a line for each that is. Without a set, or where
    /// tasks are not made of classes, nothing has to be.
    ///
    /// # Errors
    /// If more was asked for than there is.
    pub fn fit(&mut self, set: Option<&ImageSet>) -> Result<Vec<String>, ArgumentError> {
        let Settings { live, run } = &mut self.experiment.settings;
        let Some((set, limits)) = limits(run.tasks, run.seed, set) else { return Ok(Vec::new()) };
        let [ways, shots, test_shots] = [WAYS, SHOTS, TEST_SHOTS].map(|setting| self.given.sets(setting));
        let mut notes = Vec::new();
        let mut numbers = vec![(&mut run.ways, ways, Number::ways as fn(usize, bool, Limits) -> Number)];
        if run.tasks == TaskFamily::Class {
            numbers.clear();
        }
        if run.tasks != TaskFamily::Cluster {
            numbers.push((&mut live.shots, shots, Number::shots));
            numbers.push((&mut live.test_shots, test_shots, Number::test_shots));
        }
        for (value, asked, number) in numbers {
            let number = number(*value, asked, limits);
            if number.fits(set)? {
                continue;
            }
            notes.push(format!(
                "“{}” gives at most {} {}: {}, not the preset's {}",
                set.name, number.most, number.what, number.most, number.value
            ));
            *value = number.most;
        }
        for change in &self.experiment.changes {
            self.check_asked(set, change.knob, change.value as usize)?;
        }
        Ok(notes)
    }

    /// Whether the images can give what else is asked for, beside the experiment's own numbers.
    ///
    /// # Errors
    /// If they cannot.
    pub fn check_asked(&self, set: &ImageSet, knob: Knob, value: usize) -> Result<(), ArgumentError> {
        let run = &self.experiment.settings.run;
        let Some((set, limits)) = limits(run.tasks, run.seed, Some(set)) else { return Ok(()) };
        let number = if knob == Knob::SHOTS {
            Number::shots(value, true, limits)
        } else if knob == Knob::TEST_SHOTS {
            Number::test_shots(value, true, limits)
        } else {
            return Ok(());
        };
        let counts = run.tasks != TaskFamily::Cluster;
        if counts { number.fits(set).map(drop) } else { Ok(()) }
    }
}

/// Where there are limits; a set that no task can be made of is refused by the family itself.
fn limits(tasks: TaskFamily, seed: u64, set: Option<&ImageSet>) -> Option<(&ImageSet, Limits)> {
    let set = set.filter(|_| tasks.needs_classes())?;
    let limits = Limits::of(set, seed).ok()?;
    (limits.ways >= 1).then_some((set, limits))
}

impl Number {
    fn ways(value: usize, asked: bool, limits: Limits) -> Self {
        let what = "classes in a task, the fewer of those to train on and to test on";
        Self { setting: WAYS, value, asked, most: limits.ways.max(2), what }
    }

    fn shots(value: usize, asked: bool, limits: Limits) -> Self {
        let what = "shots of a training class, one image less than its largest has";
        Self { setting: SHOTS, value, asked, most: limits.shots, what }
    }

    fn test_shots(value: usize, asked: bool, limits: Limits) -> Self {
        let what = "shots of a test class, one image less than its largest has";
        Self { setting: TEST_SHOTS, value, asked, most: limits.test_shots, what }
    }

    fn fits(&self, set: &ImageSet) -> Result<bool, ArgumentError> {
        let fits = self.value <= self.most;
        if self.asked && !fits {
            return Err(ArgumentError::TooMany {
                option: self.setting.option(),
                value: self.value,
                most: self.most,
                what: self.what,
                name: set.name.clone(),
            });
        }
        Ok(fits)
    }
}
