//! A race: algorithms on the same training tasks, judged on the same held-out tasks, so that they can be
//! compared task by task.

use crate::meta::cancel::Cancel;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::CompareError;
use super::store::fingerprint;
use crate::experiment::Experiment;
use crate::images::ImageSet;
use crate::settings::{Algorithm, Settings};
use crate::tasks::card::Feature;
use crate::tasks::{HeldOut, Split};
use crate::train::snapshot::Init;
use crate::train::trainer::{Saved, Step, TrainError, Trainer};

pub use summary::{Difference, Measure, Row, Summary, estimate};

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
    #[serde(with = "crate::settings::seed")]
    pub seed: u64,
    /// The meta-iteration at which it diverged, if it did; then nothing was measured at the end.
    pub diverged: Option<u64>,
    /// Losses of the probe tasks on the way.
    pub probes: Vec<Probe>,
    /// At each number of test shots.
    pub measured: Vec<Measured>,
    /// At the first number of test shots over many more steps, for a few tasks.
    #[serde(default)]
    pub long: Option<Measured>,
}

/// Steps that adaptation is followed over, at least.
const LONG_STEPS: usize = 50;
/// Tasks for which it is, at most.
const LONG_TASKS: usize = 24;

/// A row of race.csv.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// Meta-iterations done.
    pub iteration: u64,
    /// Mean query loss of the probe tasks before and after the test-time steps.
    pub held_out: [f32; 2],
    /// Query loss of each probe task after the test-time steps.
    pub tasks: Vec<f32>,
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
    ) -> Result<Self, CompareError> {
        let first = entrants.first().ok_or(CompareError::Nothing)?;
        if entrants.iter().any(|entrant| !entrant.changes.is_empty()) {
            return Err(CompareError::Changes);
        }
        if first.settings.run.tasks.why_without(Feature::Shots).is_some() && test_shots.len() > 1 {
            return Err(CompareError::NoShots);
        }
        if seeds.is_empty() {
            return Err(CompareError::Nothing);
        }
        let test_shots = if test_shots.is_empty() { vec![first.settings.live.test_shots] } else { test_shots.to_vec() };
        let mut text = format!("{seeds:?} {iterations} {test_shots:?}");
        for entrant in entrants {
            for &shots in &test_shots {
                let mut settings = entrant.settings.clone();
                settings.live.test_shots = shots;
                settings.validate().map_err(CompareError::Value)?;
            }
            text += &entrant.to_text()?;
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

/// A run under way, so that many can be brought forward side by side.
pub struct Lane {
    entrant: usize,
    trainer: Trainer,
    result: RunResult,
}

/// What came of bringing a [`Lane`] forward.
#[derive(Clone, Debug, PartialEq)]
pub enum Advance {
    /// It went on to its next probe.
    Probed(Probe),
    /// It is done.
    Finished(RunResult),
    /// It was broken off.
    Interrupted,
}

impl Lane {
    /// A run at its start.
    ///
    /// # Errors
    /// If it cannot start.
    pub fn new(race: &Race, run: usize) -> Result<Self, TrainError> {
        let (entrant, seed) = (run / race.seeds.len(), run % race.seeds.len());
        let mut settings = race.entrants[entrant].clone();
        settings.run.seed = race.seeds[seed];
        let images = race.images.get(seed).cloned().flatten();
        let trainer = if entrant == 0 {
            Trainer::new(settings, images, 1)?
        } else {
            // Joint pretraining is the same whatever runs beside it: the first entrant's is measured.
            let mut trainer = Trainer::alone(settings, images, 1)?;
            trainer.probe();
            trainer
        };
        let result = RunResult {
            algorithm: trainer.settings().run.algorithm,
            seed: race.seeds[seed],
            diverged: None,
            probes: vec![probe(&trainer)],
            measured: Vec::new(),
            long: None,
        };
        Ok(Self { entrant, trainer, result })
    }

    /// Meta-iterations done.
    pub fn meta_iteration(&self) -> u64 {
        self.trainer.meta_iteration()
    }

    /// Its probe before the first meta-iteration.
    pub fn first_probe(&self) -> Option<&Probe> {
        self.result.probes.first()
    }

    /// Goes on to the next probe, or to the end and the measurements there.
    pub fn advance(&mut self, race: &Race, cancel: Cancel<'_>) -> Advance {
        while self.trainer.meta_iteration() < race.iterations {
            match self.trainer.step(cancel) {
                Step::Done(None) => {}
                Step::Done(Some(_)) => {
                    let probe = probe(&self.trainer);
                    self.result.probes.push(probe.clone());
                    return Advance::Probed(probe);
                }
                Step::Interrupted => return Advance::Interrupted,
                Step::Diverged(event) => {
                    self.result.diverged = Some(event.meta_iteration);
                    return Advance::Finished(self.result.clone());
                }
            }
        }
        self.result.measured.clear();
        let test_steps = self.trainer.settings().live.test_steps;
        for (index, &test_shots) in race.test_shots.iter().enumerate() {
            let mut live = self.trainer.settings().live.clone();
            live.test_shots = test_shots;
            let mut tasks = self.trainer.held_out_tasks(Split::Test, &live);
            self.result.measured.push(self.measure(test_shots, &tasks, test_steps));
            if index == 0 && !cancel.is_wanted() {
                tasks.truncate(LONG_TASKS);
                self.result.long = Some(self.measure(test_shots, &tasks, test_steps.max(LONG_STEPS)));
            }
            if cancel.is_wanted() {
                return Advance::Interrupted;
            }
        }
        Advance::Finished(self.result.clone())
    }

    fn measure(&self, test_shots: usize, tasks: &[HeldOut], steps: usize) -> Measured {
        let losses = |init| self.trainer.held_out_losses(init, tasks, steps).1;
        let baseline = |init| if self.entrant == 0 { losses(init) } else { Vec::new() };
        Measured {
            test_shots,
            learned: losses(Init::Learned),
            random: baseline(Init::Random),
            joint: baseline(Init::Joint),
        }
    }
}

fn probe(trainer: &Trainer) -> Probe {
    let row = trainer.first_row();
    let evaluation = trainer.evaluation();
    let tasks = evaluation.tasks.iter().filter_map(|task| task.traces[0].query_loss.last().copied()).collect();
    Probe { iteration: row.iteration, held_out: row.held_out, tasks }
}

/// Trains and measures one run on the caller's thread, and leaves it to be kept, unless it diverged; `None` where `cancel`
/// is wanted.
///
/// # Errors
/// If the run cannot start.
pub fn run_one(race: &Race, run: usize, cancel: Cancel<'_>) -> Result<Option<(RunResult, Option<Saved>)>, TrainError> {
    let mut lane = Lane::new(race, run)?;
    loop {
        match lane.advance(race, cancel) {
            Advance::Probed(_) => {}
            Advance::Finished(result) => {
                let saved = lane.trainer.saved().filter(|_| result.diverged.is_none());
                return Ok(Some((result, saved)));
            }
            Advance::Interrupted => return Ok(None),
        }
    }
}
