//! The files of a headless run.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{HeadlessError, filmstrip};
use crate::experiment::Experiment;
use crate::settings::{Knob, TaskFamily};
use crate::tasks::judge::Marks;
use crate::train::evaluation::Statistics;
use crate::train::snapshot::Divergence;
use crate::train::trainer::{MetricsRow, Trainer};

/// What summary.json holds. Numbers that are not finite are written as null.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Task family.
    pub tasks: &'static str,
    /// Algorithm.
    pub algorithm: &'static str,
    /// Seed.
    pub seed: u64,
    /// Meta-iterations that the final state has behind it.
    pub iterations: u64,
    /// Wall time in seconds.
    pub elapsed_secs: f64,
    /// Null, or what happened.
    pub diverged: Option<Divergence>,
    /// The learned initialisation on held-out tasks.
    pub held_out: Statistics,
    /// The baselines on the same tasks, each at its best rate.
    pub baselines: Baselines,
    /// What is said of the real images of the held-out classes, in place of samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub real: Option<Marks>,
    /// Completion: mean PSNR in dB of interpolation on the unseen pixels of the same tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interpolation_psnr: Option<f64>,
    /// Cluster: mean purity of clusters of the raw pixels of the same tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_purity: Option<f64>,
    /// Cluster: mean purity of clusters drawn by chance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chance_purity: Option<f64>,
}

/// The two baselines.
#[derive(Clone, Debug, Serialize)]
pub struct Baselines {
    /// No training at all.
    pub random: Statistics,
    /// Plain training on the pooled tasks.
    pub joint: Statistics,
}

impl Summary {
    pub(super) fn new(trainer: &Trainer, elapsed_secs: f64, diverged: Option<Divergence>) -> Self {
        let run = &trainer.settings().run;
        let [held_out, random, joint] = trainer.statistics();
        let references = trainer.cluster_references();
        Self {
            tasks: run.tasks.id(),
            algorithm: run.algorithm.id(),
            seed: run.seed,
            iterations: trainer.meta_iteration(),
            elapsed_secs,
            diverged,
            held_out,
            baselines: Baselines { random, joint },
            real: trainer.real_marks(),
            interpolation_psnr: trainer.interpolation_psnr(),
            raw_purity: references.map(|references| references[0]),
            chance_purity: references.map(|references| references[1]),
        }
    }
}

/// The output folder while the run goes on.
pub(super) struct Outputs {
    folder: PathBuf,
    metrics: csv::Writer<File>,
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
    /// Makes the folder, experiment.toml, and metrics.csv with its header.
    pub fn create(folder: &Path, experiment: &Experiment) -> Result<Self, HeadlessError> {
        std::fs::create_dir_all(folder).map_err(|error| HeadlessError::write(folder, &error))?;
        let path = folder.join("experiment.toml");
        experiment.write(&path).map_err(|error| HeadlessError::write(&path, &error))?;
        let path = folder.join("metrics.csv");
        let fail = |error: &dyn std::fmt::Display| HeadlessError::write(&path, error);
        let mut metrics = csv::WriterBuilder::new().flexible(false).from_path(&path).map_err(|error| fail(&error))?;
        let changed = experiment.changes.iter().filter(|change| change.knob == Knob::TestSteps);
        let steps = changed.map(|change| change.value as usize).chain([experiment.settings.live.test_steps]);
        let family = experiment.settings.run.tasks;
        let steps = steps.max().unwrap_or(0) + 1;
        let columns = Columns {
            psnr: if family.is_picture() { steps } else { 0 },
            scores: match family {
                TaskFamily::Classify => (steps, "accuracy"),
                TaskFamily::Cluster => (steps, "purity"),
                _ => (0, ""),
            },
            marks: family == TaskFamily::Class,
        };
        metrics.write_record(header(columns)).map_err(|error| fail(&error))?;
        Ok(Self { folder: folder.to_owned(), metrics, columns })
    }

    /// Appends a row to metrics.csv.
    pub fn row(&mut self, row: &MetricsRow) -> Result<(), HeadlessError> {
        let written = self.metrics.write_record(record(row, self.columns)).map_err(|error| error.to_string());
        let written = written.and_then(|()| self.metrics.flush().map_err(|error| error.to_string()));
        written.map_err(|error| HeadlessError::write(&self.folder.join("metrics.csv"), &error))
    }

    /// Writes everything else.
    pub fn finish(mut self, trainer: &Trainer, summary: &Summary) -> Result<(), HeadlessError> {
        let fail = |path: &Path, error: &dyn std::fmt::Display| HeadlessError::write(path, error);
        let path = self.folder.join("metrics.csv");
        self.metrics.flush().map_err(|error| fail(&path, &error))?;
        let path = self.folder.join("summary.json");
        let text = serde_json::to_string_pretty(summary).map_err(|error| fail(&path, &error))?;
        std::fs::write(&path, text + "\n").map_err(|error| fail(&path, &error))?;
        let path = self.folder.join("samples.png");
        filmstrip::draw(&trainer.evaluation()).save(&path).map_err(|error| fail(&path, &error))
    }
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
    let fixed = ["iteration", "training_before", "training_after", "held_out_before", "held_out_after"];
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
    let first = [row.iteration.to_string()];
    first.into_iter().chain(training).chain(held_out).chain(psnr).chain(scores).chain(marks).collect()
}
