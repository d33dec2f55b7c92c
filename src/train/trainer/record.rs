//! What a run has shown so far: loss histories, knob marks, and rows for metrics.csv.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::rows;
use crate::archive::{Archive, ArchiveError};
use crate::meta::tensor_rates::TensorRate;
use crate::settings::{Knob, LiveSettings};
use crate::tasks::judge::Marks;
use crate::train::evaluation::{Measured, psnr};
use crate::train::history::Series;
use crate::train::shown::{Curves, Init, KnobMark};

/// One row of metrics.csv. Losses are query losses; probe tasks stand for the held-out tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricsRow {
    /// Meta-iterations done.
    pub iteration: u64,
    /// Over how many meta-iterations since the row before `training` is a mean: all of them, or of a long run one in a
    /// few; 0 in the first row.
    pub measured: u64,
    /// Mean before and after adaptation; `None` where nothing was measured.
    pub training: Option<[f32; 2]>,
    /// Mean over the probe tasks before and after the test-time steps.
    pub held_out: [f32; 2],
    /// Mean PSNR in dB at each inner step; empty but for pictures.
    pub psnr: Vec<f32>,
    /// Mean accuracy or purity at each inner step; empty but for classify and cluster tasks.
    pub scores: Vec<f32>,
    /// What is said of the probe tasks' samples (classes only, and not in the first row).
    pub marks: Option<Marks>,
}

impl MetricsRow {
    /// What a run's states are judged by: the share of wrong answers, or the loss where nothing is right or wrong.
    pub fn error(&self) -> f32 {
        self.scores.last().map_or(self.held_out[1], |score| 1.0 - score)
    }

    /// From sums of losses before and after adaptation, and how many they are sums of.
    pub(super) fn of(iteration: u64, sums: [f64; 3], measured: &[[Measured; 3]], picture: bool) -> Self {
        let [before, after, count] = sums;
        let learned = || measured.iter().map(|task| task[0].query_loss.as_slice());
        let mean = |values: &mut dyn Iterator<Item = f32>| values.sum::<f32>() / measured.len().max(1) as f32;
        let steps = measured.first().map_or(0, |task| task[0].query_loss.len());
        let psnr_at = |k: usize| mean(&mut learned().map(|losses| psnr(losses[k])));
        Self {
            iteration,
            measured: count as u64,
            training: (count > 0.0).then(|| [before, after].map(|sum| (sum / count) as f32)),
            held_out: [
                mean(&mut learned().filter_map(|losses| losses.first().copied())),
                mean(&mut learned().filter_map(|losses| losses.last().copied())),
            ],
            psnr: if picture { (0..steps).map(psnr_at).collect() } else { Vec::new() },
            scores: (0..measured
                .iter()
                .map(|task| task[0].reads.iter().filter(|read| read.score.is_some()).count())
                .min()
                .unwrap_or(0))
                .map(|k| mean(&mut measured.iter().filter_map(|task| task[0].reads[k].score)))
                .collect(),
            marks: Marks::mean(&measured.iter().filter_map(|task| task[0].marks).collect::<Vec<_>>()),
        }
    }
}

/// Histories of learned rates are kept for this many inner steps.
const RATE_STEPS: usize = 5;

/// Histories and marks of a run.
#[derive(Clone, Default)]
pub(super) struct Record {
    training: [Series; 2],
    held_out: [Series; 2],
    baselines: [Series; 2],
    tasks: Vec<Series>,
    scores: [Series; 3],
    rates: Vec<Vec<Series>>,
    marks: Vec<KnobMark>,
    since_row: [f64; 3],
    rows: Vec<MetricsRow>,
}

impl Record {
    pub fn training(&mut self, meta_iteration: u64, before: f32, after: f32) {
        self.training[0].push(meta_iteration, before);
        self.training[1].push(meta_iteration, after);
        let [before, after] = [before, after].map(f64::from);
        self.since_row = [self.since_row[0] + before, self.since_row[1] + after, self.since_row[2] + 1.0];
    }

    /// Notes a measurement of the probe tasks, joint pretraining only if it belongs to this moment.
    pub fn held_out(
        &mut self,
        at: u64,
        measured: &[[Measured; 3]],
        test_steps: usize,
        joint: bool,
        picture: bool,
    ) -> MetricsRow {
        let row = MetricsRow::of(at, std::mem::take(&mut self.since_row), measured, picture);
        self.held_out[0].push(at, row.held_out[0]);
        self.held_out[1].push(at, row.held_out[1]);
        self.tasks.resize_with(measured.len(), Series::default);
        for (series, task) in self.tasks.iter_mut().zip(measured) {
            series.push(at, task[0].query_loss.get(test_steps).copied().unwrap_or(f32::NAN));
        }
        let noted = |init: usize| joint || Init::ALL[init] != Init::Joint;
        for (init, series) in self.baselines.iter_mut().enumerate().filter(|(index, _)| noted(index + 1)) {
            let last = measured.iter().filter_map(|task| task[init + 1].query_loss.last());
            series.push(at, last.sum::<f32>() / measured.len().max(1) as f32);
        }
        for (init, series) in self.scores.iter_mut().enumerate().filter(|(init, _)| noted(*init)) {
            let scores: Option<Vec<f32>> = measured.iter().map(|task| score(&task[init])).collect();
            if let Some(scores) = scores {
                series.push(at, scores.iter().sum::<f32>() / scores.len().max(1) as f32);
            }
        }
        self.rows.push(row.clone());
        row
    }

    /// Every row so far.
    pub fn rows(&self) -> &[MetricsRow] {
        &self.rows
    }

    /// Learned inner rates of the first steps.
    pub fn rates(&mut self, at: u64, rates: &[Vec<TensorRate>]) {
        self.rates.resize_with(rates.len().min(RATE_STEPS), Vec::new);
        for (series, rates) in self.rates.iter_mut().zip(rates) {
            series.resize_with(rates.len(), Series::default);
            series.iter_mut().zip(rates).for_each(|(series, rate)| series.push(at, rate.rate as f32));
        }
    }

    /// Notes a change in a run that began with `start`; of several of one knob at the same moment the last counts,
    /// unless it is back where it was.
    pub fn mark(&mut self, mark: KnobMark, start: &LiveSettings) {
        self.marks.retain(|old| old.at != mark.at || old.knob != mark.knob);
        let before = self.marks.iter().rev().find(|old| old.knob == mark.knob);
        if mark.value != before.map_or_else(|| mark.knob.get(start), |before| before.value) {
            self.marks.push(mark);
        }
    }

    pub fn marks(&self) -> &[KnobMark] {
        &self.marks
    }

    fn forget_after(&mut self, at: u64) {
        let Self { training, held_out, baselines, tasks, scores, rates, marks: _, since_row, rows } = self;
        rows.retain(|row| row.iteration <= at);
        let rates = rates.iter_mut().flatten().chain(scores);
        for series in training.iter_mut().chain(held_out).chain(baselines).chain(tasks).chain(rates) {
            series.forget_after(at);
        }
        *since_row = [0.0; 3];
    }

    /// Forgets what came after a moment from which the run goes on with `live`, having begun with `start`: knobs that
    /// were turned since are marked there, and no others.
    pub fn go_on_from(&mut self, at: u64, start: &LiveSettings, live: &LiveSettings) {
        self.forget_after(at);
        self.marks.retain(|mark| mark.at < at);
        for knob in Knob::ALL {
            self.mark(KnobMark { at, knob, value: knob.get(live) }, start);
        }
    }

    pub fn curves(&self) -> Arc<Curves> {
        Arc::new(Curves {
            training_before: self.training[0].curve(),
            training_after: self.training[1].curve(),
            held_out_before: self.held_out[0].curve(),
            held_out_after: self.held_out[1].curve(),
            random_after: self.baselines[0].curve(),
            joint_after: self.baselines[1].curve(),
            held_out_tasks: self.tasks.iter().map(Series::curve).collect(),
            scores: self.scores.each_ref().map(Series::curve),
            rates: self.rates.iter().map(|layers| layers.iter().map(Series::curve).collect()).collect(),
        })
    }
}

/// How many histories of each kind there are, and the sums since the last row: what is kept beside the histories.
#[derive(Serialize, Deserialize)]
pub(super) struct RecordFacts {
    tasks: usize,
    /// For each inner step, of how many tensors.
    rates: Vec<usize>,
    since_row: [f64; 3],
}

impl Record {
    fn series(&self) -> impl Iterator<Item = (String, &Series)> {
        let Self { training, held_out, baselines, tasks, scores, rates, .. } = self;
        let several = |name: &'static str, all: &'_ [Series]| {
            (0..all.len()).map(move |i| format!("curves/{name}/{i}")).collect::<Vec<_>>()
        };
        let groups: [(&'static str, &[Series]); 5] = [
            ("training", training),
            ("held_out", held_out),
            ("baselines", baselines),
            ("tasks", tasks),
            ("scores", scores),
        ];
        let fixed = groups.into_iter().flat_map(move |(name, all)| several(name, all).into_iter().zip(all));
        let rates = rates.iter().enumerate().flat_map(|(step, all)| {
            all.iter().enumerate().map(move |(tensor, series)| (format!("curves/rates/{step}/{tensor}"), series))
        });
        fixed.chain(rates)
    }

    /// Puts the histories into an archive; returns what is kept beside them.
    pub fn store(&self, archive: &mut Archive) -> RecordFacts {
        self.series().for_each(|(name, series)| series.store(archive, &name));
        rows::store(&self.rows, archive);
        let rates = self.rates.iter().map(Vec::len).collect();
        RecordFacts { tasks: self.tasks.len(), rates, since_row: self.since_row }
    }

    /// Takes them out again, of a run with these marks.
    pub fn load(archive: &Archive, facts: &RecordFacts, marks: &[KnobMark]) -> Result<Self, ArchiveError> {
        let one = |name: String| Series::load(archive, &name);
        let pair =
            |name: &str| Ok::<_, ArchiveError>([one(format!("curves/{name}/0"))?, one(format!("curves/{name}/1"))?]);
        let many =
            |name: String, count: usize| (0..count).map(|i| one(format!("{name}/{i}"))).collect::<Result<Vec<_>, _>>();
        let mut scores = many("curves/scores".to_owned(), 3)?.into_iter();
        Ok(Self {
            training: pair("training")?,
            held_out: pair("held_out")?,
            baselines: pair("baselines")?,
            tasks: many("curves/tasks".to_owned(), facts.tasks)?,
            scores: std::array::from_fn(|_| scores.next().unwrap_or_default()),
            rates: facts
                .rates
                .iter()
                .enumerate()
                .map(|(step, tensors)| many(format!("curves/rates/{step}"), *tensors))
                .collect::<Result<_, _>>()?,
            marks: marks.to_vec(),
            since_row: facts.since_row,
            rows: rows::load(archive)?,
        })
    }
}

/// What a task is judged by after the last step beside its loss: answers, or samples that are recognised.
fn score(measured: &Measured) -> Option<f32> {
    let answer = measured.reads.last().and_then(|read| read.score);
    answer.or(measured.marks.map(|marks| marks.recognised_held_out as f32))
}
