//! Which values make sense, and what to say about those that do not.

use super::Settings;
use super::table::{self, Field, Range, Setting};
use crate::text::{Words, tell};

/// A value that cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{key} = {value} {advice}", key = setting.key())]
pub struct SettingError {
    /// The setting.
    pub setting: &'static Setting,
    /// The value as given.
    pub value: String,
    /// What is wrong and what to do.
    pub advice: Words,
}

impl Settings {
    /// Checks every value.
    ///
    /// # Errors
    /// The first value out of its range, with the range.
    pub fn validate(&self) -> Result<(), SettingError> {
        table::all().try_for_each(|setting| match &setting.field {
            Field::Live(number) => check(setting, &number.range, number.get(&self.live)),
            Field::Run(number) => check(setting, &number.range, number.get(&self.run)),
            Field::Widths(range) => {
                let hidden = &self.run.network.hidden;
                hidden.iter().try_for_each(|&width| check(setting, range, width as f64))?;
                if hidden.len() <= table::MOST_LAYERS {
                    return Ok(());
                }
                let most = table::MOST_LAYERS;
                let advice = Words::both(
                    format!("is too many layers: choose at most {most}"),
                    format!("层数太多：最多 {most} 层"),
                );
                Err(SettingError { setting, value: format!("{hidden:?}"), advice })
            }
            Field::Choice(_) | Field::Switch | Field::Seed | Field::Images => Ok(()),
        })
    }
}

fn check(setting: &'static Setting, range: &Range, value: f64) -> Result<(), SettingError> {
    if range.has(value) {
        return Ok(());
    }
    let advice = Words::told(|| {
        tell(
            || format!("is outside {range}: choose a value in that range"),
            || format!("超出了 {range} 的范围：请取其中的值"),
        )
    });
    Err(SettingError { setting, value: value.to_string(), advice })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Algorithm, Knob, TaskFamily};

    #[test]
    fn every_preset_is_valid() {
        for tasks in TaskFamily::ALL {
            for algorithm in Algorithm::ALL {
                assert_eq!(Settings::preset(tasks, algorithm).validate(), Ok(()));
            }
        }
    }

    #[test]
    fn absurd_rates_are_named() {
        for value in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
            for knob in [Knob::INNER_RATE, Knob::OUTER_RATE] {
                let mut settings = Settings::default();
                knob.set(&mut settings.live, value);
                let error = settings.validate().map_err(|error| error.setting.path);
                assert_eq!(error, Err(knob.path));
            }
        }
    }
}
