//! A kept run at work: it adapts to images that somebody brings, and what it makes of them is written.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use crate::files::{FileError, Locked, write_picture, write_whole};
use crate::images::ImageSet;
use crate::keep::film_strip;
use crate::keep::run_file::{ImageFacts, RunFile, RunFileError};
use crate::keep::singles::{self, plain};
use crate::settings::Settings;
use crate::tasks;
use crate::train::snapshot::{Evaluation, Panel, ProbeTask};
use crate::train::trainer::{AdaptedTask, Answered, TrainError};

/// Why nothing can be adapted.
#[derive(Debug, thiserror::Error)]
pub enum AdaptError {
    /// A run that makes nothing of images.
    #[error("this run is about {0}, which are made of no images: choose a run on images")]
    NoImages(&'static str),
    /// Images of another kind than those that it learned from.
    #[error(
        "the images here are {here}, and the run learned from {learned}: bring others, or give --image-colour and --image-size as they were then"
    )]
    OtherKind {
        /// What is here.
        here: String,
        /// What it learned from.
        learned: String,
    },
    /// Its own images are no longer where they were.
    #[error(
        "the run learned from {}, and what is there now, {}, is something else: say where those images are with --learned-from",
        .0[0].said(),
        .0[1].said()
    )]
    OtherLearned(Box<[ImageFacts; 2]>),
    /// A folder that holds something.
    #[error("{} holds files already: add --overwrite to write beside and over them, or choose another --out folder", .0.display())]
    Taken(std::path::PathBuf),
    /// The run cannot go on.
    #[error(transparent)]
    Run(#[from] RunFileError),
    /// The images give no tasks.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// Files.
    #[error(transparent)]
    File(#[from] FileError),
}

/// What came of adaptation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adapted {
    /// Images, or classes of images, that were adapted to.
    pub tasks: usize,
    /// Those of them whose loss overflowed at some step.
    pub overflowed: usize,
}

/// Adapts to every image, or class of images, and writes what comes of it. `done` is called after each with how many
/// there are in all.
///
/// # Errors
/// If the run makes nothing of images, these do not fit, or a file cannot be written.
pub fn adapt(
    file: &RunFile,
    learned_from: Option<Arc<ImageSet>>,
    images: &ImageSet,
    out: &Path,
    (threads, overwrite): (usize, bool),
    done: &(dyn Fn(usize) + Sync),
) -> Result<Adapted, AdaptError> {
    let Settings { run, .. } = &file.experiment.settings;
    let set = learned_from.clone().ok_or(AdaptError::NoImages(run.tasks.label()))?;
    let kind = |set: &ImageSet| {
        let colour = if set.channels == 1 { "grey" } else { "colour" };
        format!("{colour}, {size} x {size} pixels", size = set.size)
    };
    let joined = tasks::for_adaptation(run, &set, images)
        .ok_or_else(|| AdaptError::OtherKind { here: kind(images), learned: kind(&set) })?;
    let taken = std::fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
    if taken && !overwrite {
        return Err(AdaptError::Taken(out.to_owned()));
    }
    let trainer = file.restore(learned_from, threads).map_err(|error| match error {
        RunFileError::OtherImages(images) => AdaptError::OtherLearned(images),
        error => error.into(),
    })?;
    let adapted = trainer.adapt_to(Arc::new(joined), done)?;
    let _lock = Locked::new(out)?;
    if adapted.iter().any(|adapted| !adapted.answers.is_empty()) {
        let path = out.join("answers.csv");
        write_whole(&path, &answers(&adapted).map_err(|error| FileError::write(&path, &error))?)?;
    }
    for (index, AdaptedTask { task, enlarged, .. }) in adapted.iter().enumerate() {
        let name = format!("{:03}-{}", index + 1, plain(task.name.en()));
        let made = task.traces[0].outputs.last();
        if let Some(picture) = made.and_then(Panel::picture) {
            write_picture(&out.join(format!("{name}.png")), &picture.image())?;
            let singles = singles::of(picture, images.size);
            for (number, single) in singles.iter().enumerate().filter(|_| singles.len() > 1) {
                write_picture(&out.join(format!("{name}-{}.png", number + 1)), single)?;
            }
        }
        if let Some(picture) = enlarged {
            write_picture(&out.join(format!("{name}-large.png")), &picture.image())?;
        }
    }
    let tasks: Vec<ProbeTask> = adapted.into_iter().map(|adapted| adapted.task).collect();
    let path = out.join("adapted.csv");
    write_whole(&path, &table(&tasks).map_err(|error| FileError::write(&path, &error))?)?;
    let evaluation = Evaluation { tasks, ..Evaluation::clone(&trainer.evaluation()) };
    write_picture(&out.join("adapted.png"), &film_strip::learned(&evaluation))?;
    let overflows = |task: &&ProbeTask| task.traces[0].query_loss.iter().any(|loss| !loss.is_finite());
    let overflowed = evaluation.tasks.iter().filter(overflows).count();
    Ok(Adapted { tasks: evaluation.tasks.len(), overflowed })
}

/// A row for each image that was told apart: its name, its class, the class that it was taken for, and how likely that is.
/// Where classes stand in two tasks, the first one counts.
fn answers(adapted: &[AdaptedTask]) -> csv::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["image", "class", "answer", "chance"])?;
    let mut asked = HashSet::new();
    for AdaptedTask { answers, .. } in adapted {
        let new = |answered: &&Answered| !asked.contains(answered.classes[0].en());
        for Answered { image, classes: [class, answer], chance } in answers.iter().filter(new) {
            writer.write_record([image, class.en(), answer.en(), &format!("{chance:.4}")])?;
        }
        asked.extend(answers.iter().map(|answered| answered.classes[0].en()));
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A row for each task: its name, then the query loss, and what else it is judged by, after each step.
fn table(tasks: &[ProbeTask]) -> csv::Result<Vec<u8>> {
    let first = tasks.first().map(|task| &task.traces[0]);
    let count = |of: fn(&crate::train::snapshot::Trace) -> usize| first.map_or(0, of);
    let columns = [
        ("loss", count(|trace| trace.query_loss.len())),
        ("psnr", count(|trace| trace.psnr.as_ref().map_or(0, Vec::len))),
        ("score", count(|trace| trace.scores.len())),
    ];
    let names = columns.iter().flat_map(|(name, count)| (0..*count).map(move |step| format!("{name}_{step}")));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(std::iter::once("task".to_owned()).chain(names))?;
    for task in tasks {
        let trace = &task.traces[0];
        let values = trace.query_loss.iter().chain(trace.psnr.iter().flatten()).chain(&trace.scores);
        writer.write_record(std::iter::once(task.name.en().to_owned()).chain(values.map(f32::to_string)))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
