//! How the cost of a meta-iteration grows with what it is made of.

use std::time::Duration;

use super::{BenchError, Ready};
use crate::columns::columns;
use crate::settings::{Algorithm, RunSettings, Settings, TaskFamily};

/// One setting of sine tasks and MAML at one value, the others as they are by default.
#[derive(Clone, Debug, PartialEq)]
pub struct ScalingRow {
    /// Which.
    pub setting: &'static str,
    /// Its value.
    pub value: usize,
    /// Time of a meta-iteration in microseconds.
    pub micros: f64,
    /// Operations a second, in 10⁹.
    pub gflops: f64,
}

/// Doubles tasks, points, inner steps and width one after another.
///
/// # Errors
/// A run that fails.
pub fn scaling(threads: usize, each: Duration, said: impl Fn(&str)) -> Result<Vec<ScalingRow>, BenchError> {
    let mut rows = Vec::new();
    for (setting, values) in [
        ("tasks", [10, 20, 40, 80]),
        ("points", [10, 20, 40, 80]),
        ("inner steps", [1, 2, 4, 8]),
        ("width", [32, 64, 128, 256]),
    ] {
        for value in values {
            let id = format!("{setting} {value}");
            said(&id);
            let mut settings = Settings::preset(TaskFamily::named("sine"), Algorithm::default());
            settings.run.evaluate_every = RunSettings::NEVER;
            // So slow that nothing diverges, however wide or deep.
            (settings.live.inner_rate, settings.live.outer_rate) = (1e-4, 1e-6);
            match setting {
                "tasks" => settings.live.meta_batch = value,
                "points" => settings.live.shots = value,
                "inner steps" => settings.live.inner_steps = value,
                _ => settings.run.network.hidden = vec![value; 2],
            }
            let speed = Ready::new(&id, settings, threads)?.speed(each)?;
            rows.push(ScalingRow { setting, value, micros: 1e6 / speed.per_second, gflops: speed.gflops });
        }
    }
    Ok(rows)
}

/// The rows as text, each with the factor to the row before.
pub fn table(rows: &[ScalingRow]) -> String {
    let mut lines = vec![["setting", "value", "µs", "factor", "GFLOP/s"].map(str::to_owned)];
    let mut before: Option<&ScalingRow> = None;
    for row in rows {
        let same = before.filter(|before| before.setting == row.setting);
        let factor = same.map_or(String::new(), |before| format!("{:.2}", row.micros / before.micros));
        let numbers = [row.micros, row.gflops].map(|number| format!("{number:.1}"));
        let [micros, gflops] = numbers;
        lines.push([row.setting.to_owned(), row.value.to_string(), micros, factor, gflops]);
        before = Some(row);
    }
    columns(&lines)
}
