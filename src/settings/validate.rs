//! Which values make sense, and what to say about those that do not.

use super::{Knob, MethodKnob, ProceduralKnob, Settings};

/// A value that cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{key} = {value} {advice}")]
pub struct SettingError {
    /// The key, as in an experiment file.
    pub key: String,
    /// The value as given.
    pub value: String,
    /// What is wrong and what to do.
    pub advice: String,
}

impl Settings {
    /// Checks every value.
    ///
    /// # Errors
    /// The first value out of its range, with the range.
    pub fn validate(&self) -> Result<(), SettingError> {
        for knob in Knob::ALL {
            let (low, high) = knob.range();
            check(knob.key(), knob.get(&self.live), low, high)?;
        }
        let run = &self.run;
        check("held_out_tasks", run.held_out_tasks as f64, 1.0, 100_000.0)?;
        check("evaluate_every", run.evaluate_every as f64, 1.0, 1e9)?;
        check("ways", run.ways as f64, 2.0, 20.0)?;
        check("image_size", run.image_reading().size as f64, 4.0, 128.0)?;
        check("w0", run.network.w0, 0.01, 1000.0)?;
        check("fourier_features", run.network.fourier_features as f64, 0.0, 1024.0)?;
        check("fourier_scale", run.network.fourier_scale, 0.001, 1000.0)?;
        let outer = &run.outer;
        check("warm_up", outer.warm_up as f64, 0.0, 1e9)?;
        check("knee", outer.knee as f64, 1.0, 1e9)?;
        check("period", outer.period as f64, 1.0, 1e9)?;
        check("factor", outer.factor, 0.0, 1.0)?;
        check("clip_norm", outer.clip_norm, 0.0, 1e6)?;
        check("weight_decay", outer.weight_decay, 0.0, 10.0)?;
        for knob in MethodKnob::ALL {
            let [low, high] = knob.range();
            check(knob.key(), knob.get(&run.method), low, high)?;
        }
        for knob in ProceduralKnob::ALL {
            let [low, high] = knob.range();
            check(knob.key(), knob.get(&run.procedural), low, high)?;
        }
        for &width in &run.network.hidden {
            check("hidden", width as f64, 1.0, 1024.0)?;
        }
        check("hidden layers", run.network.hidden.len() as f64, 0.0, 8.0)
    }
}

fn check(key: &str, value: f64, low: f64, high: f64) -> Result<(), SettingError> {
    if value >= low && value <= high {
        return Ok(());
    }
    Err(SettingError {
        key: key.to_owned(),
        value: value.to_string(),
        advice: format!("is outside {low} to {high}: choose a value in that range"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Algorithm, TaskFamily};

    #[test]
    fn every_preset_is_valid() {
        for tasks in TaskFamily::ALL {
            for algorithm in Algorithm::all() {
                assert_eq!(Settings::preset(tasks, algorithm).validate(), Ok(()));
            }
        }
    }

    #[test]
    fn absurd_rates_are_named() {
        for value in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
            for knob in [Knob::InnerRate, Knob::OuterRate] {
                let mut settings = Settings::default();
                knob.set(&mut settings.live, value);
                let error = settings.validate().map_err(|error| error.key);
                assert_eq!(error, Err(knob.key().to_owned()));
            }
        }
    }
}
