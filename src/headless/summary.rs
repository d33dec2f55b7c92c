//! What a headless run found, in numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Ended, Job};
use crate::images::ImageCounts;
use crate::settings::{Knob, Settings};
use crate::tasks::card::Feature;
use crate::tasks::judge::Marks;
use crate::train::evaluation::Statistics;
use crate::train::snapshot::Divergence;
use crate::train::trainer::Trainer;

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
    /// Wall time in seconds, measuring included; of a run that went on, since then.
    pub elapsed_secs: f64,
    /// Null, or what happened.
    pub diverged: Option<Divergence>,
    /// Whether a signal ended training before all meta-iterations were done.
    pub interrupted: bool,
    /// The images; null where there are none.
    pub images: Option<ImageCounts>,
    /// Classes in a task as used; null where tasks have none.
    pub ways: Option<usize>,
    /// Support points, or images of a class, of training tasks as used; null where tasks have none.
    pub shots: Option<usize>,
    /// The same of held-out tasks.
    pub test_shots: Option<usize>,
    /// The learned initialisation on held-out tasks.
    pub held_out: Statistics,
    /// The best state on the way on the same tasks; null where none was kept.
    pub best: Option<Best>,
    /// The baselines on the same tasks, each at its best rate.
    pub baselines: Baselines,
    /// What is said of the real images of the held-out classes, in place of samples.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub real: Option<Marks>,
    /// What other ways than learning reach on the same tasks, mean over them: in dB, or a share.
    #[serde(flatten)]
    pub references: BTreeMap<&'static str, f64>,
}

/// The best state on the way.
#[derive(Clone, Debug, Serialize)]
pub struct Best {
    /// Meta-iterations that it has behind it.
    pub iterations: u64,
    /// What it learned, on held-out tasks.
    pub held_out: Statistics,
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
    /// Measures the trainer's state; `stepped` is called about every inner step.
    pub(super) fn new(trainer: &Trainer, job: &Job, ended: Ended, stepped: &(dyn Fn() + Sync)) -> Self {
        let Settings { live, run } = trainer.settings();
        let [held_out, random, joint] = trainer.statistics_watched(stepped);
        let has_shots = Knob::SHOTS.why_dead(run).is_none();
        let has_ways = run.tasks.why_without(Feature::Ways).is_none();
        Self {
            tasks: run.tasks.id(),
            algorithm: run.algorithm.id(),
            seed: run.seed,
            iterations: trainer.meta_iteration(),
            elapsed_secs: 0.0,
            diverged: ended.diverged,
            interrupted: ended.interrupted,
            images: job.images.as_ref().map(|set| set.counts()),
            ways: has_ways.then_some(run.ways),
            shots: has_shots.then_some(live.shots),
            test_shots: has_shots.then_some(live.test_shots),
            held_out,
            best: None,
            baselines: Baselines { random, joint },
            real: trainer.real_marks(),
            references: trainer.references(),
        }
    }
}
