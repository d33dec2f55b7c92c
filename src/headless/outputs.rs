//! The files of a headless run.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use image::RgbImage;

use super::{HeadlessError, Summary, check_vacant, filmstrip};
use crate::experiment::Experiment;
use crate::files::{FileError, Locked, create_whole, write_whole};
use crate::settings::Knob;
use crate::tasks::card::Judged;
use crate::train::snapshot::Evaluation;
use crate::train::trainer::MetricsRow;

/// The files of a run, the one that is written last at the end.
pub(super) const FILES: [&str; 5] = [EXPERIMENT, METRICS, SAMPLES, BEST, SUMMARY];
const EXPERIMENT: &str = "experiment.toml";
const METRICS: &str = "metrics.csv";
const SAMPLES: &str = "samples.png";
const BEST: &str = "best.png";
const SUMMARY: &str = "summary.json";

/// The output folder while the run goes on.
pub(super) struct Outputs {
    folder: PathBuf,
    _lock: Locked,
    metrics: File,
    /// Length of metrics.csv in bytes.
    written: u64,
    columns: Columns,
}

/// Columns of metrics.csv that only some task families have.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Columns {
    /// How many of PSNR.
    pub psnr: usize,
    /// How many of accuracy or purity, and which it is.
    pub scores: (usize, &'static str),
    /// Whether samples are judged.
    pub marks: bool,
}

impl Outputs {
    /// Makes the folder, metrics.csv with its header, and experiment.toml. Of a run that may be replaced nothing stays.
    pub fn create(folder: &Path, experiment: &Experiment, overwrite: bool) -> Result<Self, HeadlessError> {
        let text = experiment.to_text()?;
        let lock = Locked::new(folder)?;
        if !overwrite {
            check_vacant(folder)?;
        }
        // The summary first: without it nobody takes the rest for a finished run.
        for name in FILES.into_iter().rev() {
            let path = folder.join(name);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(FileError::write(&path, &error).into()),
                _ => {}
            }
        }
        let columns = Columns::of(experiment);
        let path = folder.join(METRICS);
        let header = line(&header(columns)).map_err(|error| FileError::write(&path, &error))?;
        let metrics = create_whole(&path, &header)?;
        let title = "# A Metascope experiment: `metascope run` replays it bit for bit.";
        write_whole(&folder.join(EXPERIMENT), format!("{title}\n{text}").as_bytes())?;
        Ok(Self { folder: folder.to_owned(), _lock: lock, metrics, written: header.len() as u64, columns })
    }

    /// Appends a row to metrics.csv: a whole line, or nothing.
    pub fn row(&mut self, row: &MetricsRow) -> Result<(), HeadlessError> {
        let fail = |error: &dyn std::fmt::Display| FileError::write(&self.folder.join(METRICS), error);
        let line = line(&record(row, self.columns)).map_err(|error| fail(&error))?;
        if let Err(error) = self.metrics.write_all(&line) {
            let _ = self.metrics.set_len(self.written);
            return Err(fail(&error).into());
        }
        self.written += line.len() as u64;
        Ok(())
    }

    /// Writes everything else, the summary last. `last` is the film-strip's content, `best` the same of the best state.
    pub fn finish(self, summary: &Summary, last: &Evaluation, best: Option<&Evaluation>) -> Result<(), HeadlessError> {
        let path = self.folder.join(METRICS);
        self.metrics.sync_all().map_err(|error| FileError::write(&path, &error))?;
        for (name, shown) in [(SAMPLES, Some(last)), (BEST, best)] {
            if let Some(shown) = shown {
                write_png(&self.folder.join(name), &filmstrip::draw(shown))?;
            }
        }
        let path = self.folder.join(SUMMARY);
        let text = serde_json::to_string_pretty(summary).map_err(|error| FileError::write(&path, &error))?;
        Ok(write_whole(&path, (text + "\n").as_bytes())?)
    }
}

impl Columns {
    fn of(experiment: &Experiment) -> Self {
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

/// Writes a picture.
pub(super) fn write_png(path: &Path, picture: &RgbImage) -> Result<(), FileError> {
    let mut png = std::io::Cursor::new(Vec::new());
    let drawn = picture.write_to(&mut png, image::ImageFormat::Png);
    drawn.map_err(|error| FileError::write(path, &error))?;
    write_whole(path, png.get_ref())
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
pub(super) fn header(columns: Columns) -> Vec<String> {
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
