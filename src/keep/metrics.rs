//! metrics.csv: a row for each measurement of a run, with or without a window.

use crate::experiment::Experiment;
use crate::settings::Knob;
use crate::tasks::card::Judged;
use crate::train::trainer::MetricsRow;

/// Columns of metrics.csv that only some task families have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns {
    /// How many of PSNR.
    pub psnr: usize,
    /// How many of accuracy or purity, and which it is.
    pub scores: (usize, &'static str),
    /// Whether samples are judged.
    pub marks: bool,
}

impl Columns {
    /// Those of an experiment.
    pub fn of(experiment: &Experiment) -> Self {
        let changed = experiment.changes.iter().filter(|change| change.knob == Knob::TEST_STEPS);
        let steps = changed.map(|change| change.value as usize).chain([experiment.settings.live.test_steps]);
        let family = experiment.settings.run.tasks;
        let steps = steps.max().unwrap_or(0) + 1;
        Self {
            psnr: if family.is_told_in_decibels() { steps } else { 0 },
            scores: family.card().step_score().map_or((0, ""), |score| (steps, score.id)),
            marks: matches!(family.card().judged, Judged::Samples(_)),
        }
    }
}

/// A row as a line.
///
/// # Errors
/// None that is known.
pub fn row(row: &MetricsRow, columns: Columns) -> csv::Result<Vec<u8>> {
    line(&record(row, columns))
}

/// The whole table.
///
/// # Errors
/// None that is known.
pub fn table(experiment: &Experiment, rows: &[MetricsRow]) -> csv::Result<Vec<u8>> {
    let columns = Columns::of(experiment);
    let mut table = line(&header(columns))?;
    for one in rows {
        table.extend(row(one, columns)?);
    }
    Ok(table)
}

/// A line of a CSV file.
fn line(cells: &[String]) -> csv::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells)?;
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// Columns of what is said of samples.
const MARKS: [&str; 7] = [
    "recognised_held_out",
    "recognised_all",
    "diversity",
    "nearest_support",
    "taught_by_support",
    "taught_by_samples",
    "taught_by_both",
];

/// The header of metrics.csv.
pub fn header(columns: Columns) -> Vec<String> {
    let fixed = ["iteration", "measured", "training_before", "training_after", "held_out_before", "held_out_after"];
    let marks = MARKS.into_iter().filter(|_| columns.marks).map(str::to_owned);
    let psnr = (0..columns.psnr).map(|k| format!("psnr_{k}"));
    let scores = (0..columns.scores.0).map(|k| format!("{}_{k}", columns.scores.1));
    fixed.map(str::to_owned).into_iter().chain(psnr).chain(scores).chain(marks).collect()
}

/// A row of metrics.csv: the shortest text that reads back as the same number; empty where there is none.
fn record(row: &MetricsRow, columns: Columns) -> Vec<String> {
    let text = |value: Option<f32>| value.map_or_else(String::new, |value| value.to_string());
    let training = [0, 1].map(|i| text(row.training.map(|losses| losses[i])));
    let held_out = row.held_out.map(|loss| text(Some(loss)));
    let psnr = (0..columns.psnr).map(|k| text(row.psnr.get(k).copied()));
    let marks = row.marks.map(|marks| {
        let taught = marks.taught;
        let marks = [
            Some(marks.recognised_held_out),
            Some(marks.recognised_all),
            Some(marks.diversity),
            Some(marks.nearest_support),
            taught.map(|taught| taught.by_support),
            taught.map(|taught| taught.by_samples),
            taught.map(|taught| taught.by_both),
        ];
        marks.map(|mark| mark.map_or_else(String::new, |mark| mark.to_string()))
    });
    let marks = marks.unwrap_or_default().into_iter().filter(|_| columns.marks);
    let scores = (0..columns.scores.0).map(|k| text(row.scores.get(k).copied()));
    let first = [row.iteration, row.measured].map(|count| count.to_string());
    first.into_iter().chain(training).chain(held_out).chain(psnr).chain(scores).chain(marks).collect()
}
