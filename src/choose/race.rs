//! A race: algorithms on the same training tasks, judged on the same held-out tasks, so that they can be
//! compared task by task.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ChooseError;
use super::store::fingerprint;
use crate::experiment::Experiment;
use crate::images::ImageSet;
use crate::settings::{Algorithm, Settings, TaskFamily};
use crate::tasks::Split;
use crate::train::snapshot::Init;
use crate::train::trainer::{MetricsRow, Step, TrainError, Trainer};

pub use summary::{Difference, Measure, Row, Summary};

mod summary;
mod table;

/// The plan of a race: run `algorithm · seeds + seed` has that algorithm and that seed.
#[derive(Clone, Debug)]
pub struct Race {
    entrants: Vec<Settings>,
    seeds: Vec<u64>,
    images: Vec<Option<Arc<ImageSet>>>,
    iterations: u64,
    test_shots: Vec<usize>,
    fingerprint: String,
}

/// What came of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// Algorithm.
    pub algorithm: Algorithm,
    /// Seed.
    pub seed: u64,
    /// The meta-iteration at which it diverged, if it did; then nothing was measured at the end.
    pub diverged: Option<u64>,
    /// Losses of the probe tasks on the way.
    pub probes: Vec<Probe>,
    /// At each number of test shots.
    pub measured: Vec<Measured>,
}

/// A row of race.csv.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// Meta-iterations done.
    pub iteration: u64,
    /// Mean query loss of the probe tasks before and after the test-time steps.
    pub held_out: [f32; 2],
}

/// Query losses at one number of test shots: a list for each test task, by inner step from 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Support points per test task.
    pub test_shots: usize,
    /// From the learned initialisation.
    pub learned: Vec<Vec<f32>>,
    /// From no training; measured in the first algorithm's runs only.
    pub random: Vec<Vec<f32>>,
    /// From joint pretraining; measured in the first algorithm's runs only.
    pub joint: Vec<Vec<f32>>,
}

impl Race {
    /// Plans a race. Each entrant is an experiment of its own, all of one task family; of each the seed is
    /// replaced by every one of `seeds`. `images` has one set for each seed. `test_shots` may be empty:
    /// then it is the first entrant's.
    ///
    /// # Errors
    /// If there is nothing to race, a setting is out of range, or an experiment has knob changes.
    pub fn new(
        entrants: &[Experiment],
        seeds: &[u64],
        iterations: u64,
        test_shots: &[usize],
        images: Vec<Option<Arc<ImageSet>>>,
    ) -> Result<Self, ChooseError> {
        let first = entrants.first().ok_or(ChooseError::Nothing)?;
        if entrants.iter().any(|entrant| !entrant.changes.is_empty()) {
            return Err(ChooseError::Changes);
        }
        if first.settings.run.tasks == TaskFamily::Picture && test_shots.len() > 1 {
            return Err(ChooseError::NoShots);
        }
        if seeds.is_empty() {
            return Err(ChooseError::Nothing);
        }
        let test_shots = if test_shots.is_empty() { vec![first.settings.live.test_shots] } else { test_shots.to_vec() };
        let mut text = format!("{seeds:?} {iterations} {test_shots:?}");
        for entrant in entrants {
            for &shots in &test_shots {
                let mut settings = entrant.settings.clone();
                settings.live.test_shots = shots;
                settings.validate().map_err(ChooseError::Value)?;
            }
            text += &toml::to_string(entrant).map_err(|error| ChooseError::Text { message: error.to_string() })?;
        }
        let fingerprint = fingerprint(&text, images.iter().filter_map(Option::as_deref));
        let entrants = entrants.iter().map(|entrant| entrant.settings.clone()).collect();
        Ok(Self { entrants, seeds: seeds.to_vec(), images, iterations, test_shots, fingerprint })
    }

    /// How many runs.
    pub fn runs(&self) -> usize {
        self.entrants.len() * self.seeds.len()
    }

    /// The settings of each algorithm.
    pub fn entrants(&self) -> &[Settings] {
        &self.entrants
    }

    /// The seeds.
    pub fn seeds(&self) -> &[u64] {
        &self.seeds
    }

    /// The numbers of support points that test tasks have.
    pub fn test_shots(&self) -> &[usize] {
        &self.test_shots
    }

    /// Meta-iterations of each run.
    pub fn iterations(&self) -> u64 {
        self.iterations
    }

    /// What tells this race from others.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// Trains and measures one run on the caller's thread; `None` if `keep_going` says no.
///
/// # Errors
/// If the run cannot start.
pub fn run_one(
    race: &Race,
    run: usize,
    keep_going: &(dyn Fn() -> bool + Sync),
) -> Result<Option<RunResult>, TrainError> {
    let (entrant, seed) = (run / race.seeds.len(), run % race.seeds.len());
    let mut settings = race.entrants[entrant].clone();
    settings.run.seed = race.seeds[seed];
    let mut trainer = Trainer::new(settings, race.images.get(seed).cloned().flatten(), 1)?;
    let probe = |row: &MetricsRow| Probe { iteration: row.iteration, held_out: row.held_out };
    let mut result = RunResult {
        algorithm: trainer.settings().run.algorithm,
        seed: race.seeds[seed],
        diverged: None,
        probes: vec![probe(&trainer.first_row())],
        measured: Vec::new(),
    };
    while trainer.meta_iteration() < race.iterations {
        match trainer.step(keep_going) {
            Step::Done(row) => result.probes.extend(row.as_ref().map(probe)),
            Step::Interrupted => return Ok(None),
            Step::Diverged(event) => {
                result.diverged = Some(event.meta_iteration);
                return Ok(Some(result));
            }
        }
    }
    for &test_shots in &race.test_shots {
        let mut live = trainer.settings().live.clone();
        live.test_shots = test_shots;
        let tasks = trainer.held_out_tasks(Split::Test, &live);
        let losses = |init| trainer.held_out_losses(init, &tasks).1;
        let baseline = |init| if entrant == 0 { losses(init) } else { Vec::new() };
        result.measured.push(Measured {
            test_shots,
            learned: losses(Init::Learned),
            random: baseline(Init::Random),
            joint: baseline(Init::Joint),
        });
        if !keep_going() {
            return Ok(None);
        }
    }
    Ok(Some(result))
}
