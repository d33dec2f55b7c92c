//! What a race found: means with their intervals, and differences task by task.

use serde::Serialize;

use super::{Measured, Race, RunResult};
use crate::train::evaluation::psnr;

/// race.json. Numbers that are not finite are written as null.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Task family.
    pub tasks: &'static str,
    /// Meta-iterations of each run.
    pub iterations: u64,
    /// Seeds.
    pub seeds: Vec<u64>,
    /// The algorithms as given, then joint pretraining and random init.
    pub rows: Vec<Row>,
}

/// One algorithm or baseline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The name used in files.
    pub id: &'static str,
    /// The name shown to people.
    pub label: &'static str,
    /// The inner and outer rate that it started with; null for a baseline, which has its best inner rate.
    pub rates: Option<[f64; 2]>,
    /// K, its inner steps while meta-training; null for a baseline.
    pub inner_steps: Option<usize>,
    /// Seed and meta-iteration of each run that diverged; such runs do not count below.
    pub diverged: Vec<[u64; 2]>,
    /// At each number of test shots; empty if no run was finished.
    pub measures: Vec<Measure>,
    /// At the first of them over at least 50 steps, for at most 24 tasks of each seed.
    pub long: Option<Measure>,
}

/// Losses at one number of test shots; lists go by inner step from 0.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    /// Support points per test task; null for pictures.
    pub test_shots: Option<usize>,
    /// Tasks, all seeds together.
    pub tasks: usize,
    /// Mean query loss over tasks and seeds.
    pub loss: Vec<f64>,
    /// Half the width of its 95 % confidence interval, see [`estimate`].
    pub loss_interval: Vec<f64>,
    /// The mean of each seed's run.
    pub loss_by_seed: Vec<Vec<f64>>,
    /// Mean peak signal-to-noise ratio in dB, for pictures.
    pub psnr: Option<Vec<f64>>,
    /// Half the width of its 95 % confidence interval.
    pub psnr_interval: Option<Vec<f64>>,
    /// This row's loss less the first row's.
    pub difference: Option<Difference>,
}

/// A paired difference: task by task, seed by seed. Its interval is narrower than those of the two
/// losses suggest, since hard tasks are hard for both.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The row that is compared with.
    pub to: &'static str,
    /// Pairs.
    pub tasks: usize,
    /// Mean difference; negative where this row is better.
    pub loss: Vec<f64>,
    /// Half the width of its 95 % confidence interval.
    pub loss_interval: Vec<f64>,
}

/// Losses of one row at one number of test shots: seed, task, inner step.
type Losses<'a> = Vec<(u64, &'a [Vec<f32>])>;

impl Summary {
    /// From the runs that are finished.
    pub fn new(race: &Race, results: &[Option<RunResult>]) -> Self {
        let runs = |entrant: usize| {
            let start = entrant * race.seeds.len();
            results.iter().skip(start).take(race.seeds.len()).flatten()
        };
        let picture = race.entrants.first().is_some_and(|settings| settings.run.tasks.is_told_in_decibels());
        // Of each number of test shots, then over many steps.
        let shots = 0..race.test_shots.len();
        let long = race.test_shots.len();
        let losses = |entrant: usize, of: fn(&Measured) -> &Vec<Vec<f32>>, shots: usize| -> Losses<'_> {
            let measured = runs(entrant).filter_map(|run| {
                let measured = if shots == long { run.long.as_ref() } else { run.measured.get(shots) };
                Some((run.seed, of(measured?).as_slice()))
            });
            measured.filter(|(_, tasks)| !tasks.is_empty()).collect()
        };
        let learned: fn(&Measured) -> &Vec<Vec<f32>> = |measured| &measured.learned;
        let first_id = race.entrants.first().map_or("", |settings| settings.run.algorithm.id());
        let measure = |entrant: usize, of: fn(&Measured) -> &Vec<Vec<f32>>, shots: usize| -> Option<Measure> {
            let own = losses(entrant, of, shots);
            let test_shots = (!picture).then(|| race.test_shots[if shots == long { 0 } else { shots }]);
            (!own.is_empty()).then(|| Measure::new(test_shots, &own, &losses(0, learned, shots), first_id))
        };
        let measures = |entrant: usize, of: fn(&Measured) -> &Vec<Vec<f32>>| -> Vec<Measure> {
            shots.clone().filter_map(|shots| measure(entrant, of, shots)).collect()
        };
        let mut rows: Vec<Row> = (0..race.entrants.len())
            .map(|entrant| {
                let settings = &race.entrants[entrant];
                Row {
                    id: settings.run.algorithm.id(),
                    label: settings.run.algorithm.label(),
                    rates: Some([settings.live.inner_rate, settings.live.outer_rate]),
                    inner_steps: Some(settings.live.inner_steps),
                    diverged: runs(entrant).filter_map(|run| Some([run.seed, run.diverged?])).collect(),
                    measures: measures(entrant, learned),
                    long: measure(entrant, learned, long),
                }
            })
            .collect();
        let baseline = |id, label, of| {
            let (measures, long) = (measures(0, of), measure(0, of, long));
            Row { id, label, rates: None, inner_steps: None, diverged: Vec::new(), measures, long }
        };
        rows.push(baseline("joint", "joint pretraining", |measured| &measured.joint));
        rows.push(baseline("random", "random init", |measured| &measured.random));
        let tasks = race.entrants.first().map_or("", |settings| settings.run.tasks.id());
        Self { tasks, iterations: race.iterations, seeds: race.seeds.clone(), rows }
    }

    /// Whether every run of every algorithm diverged.
    pub fn all_diverged(&self) -> bool {
        let mut algorithms = self.rows.iter().filter(|row| row.rates.is_some());
        algorithms.all(|row| row.diverged.len() == self.seeds.len())
    }
}

impl Measure {
    /// The step after which the mean loss is smallest.
    pub fn best_step(&self) -> Option<usize> {
        let finite = self.loss.iter().enumerate().filter(|(_, loss)| loss.is_finite());
        finite.min_by(|a, b| a.1.total_cmp(b.1)).map(|(step, _)| step)
    }

    fn new(test_shots: Option<usize>, own: &Losses<'_>, first: &Losses<'_>, first_id: &'static str) -> Self {
        let steps = own.iter().flat_map(|(_, tasks)| *tasks).map(Vec::len).min().unwrap_or(0);
        let each = |value: &dyn Fn(f32) -> f64| -> Vec<[f64; 2]> {
            let at = |k: usize| own.iter().map(move |(_, tasks)| tasks.iter().map(|task| value(task[k])).collect());
            (0..steps).map(|k| estimate(&at(k).collect::<Vec<Vec<f64>>>(), test_shots.is_none())).collect()
        };
        let (loss, loss_interval) = unzip(&each(&f64::from));
        let db = test_shots.is_none().then(|| unzip(&each(&|loss| f64::from(psnr(loss)))));
        let mean = |tasks: &[Vec<f32>], k: usize| {
            tasks.iter().map(|task| f64::from(task[k])).sum::<f64>() / tasks.len().max(1) as f64
        };
        Self {
            test_shots,
            tasks: own.iter().map(|(_, tasks)| tasks.len()).sum(),
            loss_by_seed: own.iter().map(|(_, tasks)| (0..steps).map(|k| mean(tasks, k)).collect()).collect(),
            loss,
            loss_interval,
            psnr: db.as_ref().map(|(psnr, _)| psnr.clone()),
            psnr_interval: db.map(|(_, interval)| interval),
            difference: Difference::new(own, first, first_id, test_shots.is_none()),
        }
    }
}

impl Difference {
    fn new(own: &Losses<'_>, first: &Losses<'_>, to: &'static str, same_tasks: bool) -> Option<Self> {
        let shared: Vec<[&[Vec<f32>]; 2]> = own
            .iter()
            .filter_map(|(seed, tasks)| {
                let (_, other) = first.iter().find(|(other, _)| other == seed)?;
                Some([*tasks, *other])
            })
            .collect();
        let steps = shared.iter().flatten().flat_map(|tasks| tasks.iter()).map(Vec::len).min()?;
        let at = |k: usize| -> Vec<Vec<f64>> {
            let pairs = |[a, b]: &[&[Vec<f32>]; 2]| {
                a.iter().zip(b.iter()).map(|(a, b)| f64::from(a[k]) - f64::from(b[k])).collect()
            };
            shared.iter().map(pairs).collect()
        };
        let (loss, loss_interval) = unzip(&(0..steps).map(|k| estimate(&at(k), same_tasks)).collect::<Vec<_>>());
        Some(Self { to, tasks: shared.iter().map(|[a, b]| a.len().min(b.len())).sum(), loss, loss_interval })
    }
}

fn unzip(pairs: &[[f64; 2]]) -> (Vec<f64>, Vec<f64>) {
    pairs.iter().map(|&[mean, interval]| (mean, interval)).unzip()
}

/// The mean of all values, one list for each seed, and half the width of its 95 % confidence interval
/// (normal approximation): from the spread over all tasks as one sample, or from the spread of the
/// seeds' means if that is wider, since tasks of one run share its luck. With `same_tasks` every seed
/// was measured on the same ones, which then count once.
pub fn estimate(seeds: &[Vec<f64>], same_tasks: bool) -> [f64; 2] {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let variance_of_mean = |values: &[f64]| {
        let (count, middle) = (values.len() as f64, mean(values));
        values.iter().map(|value| (value - middle).powi(2)).sum::<f64>() / (count - 1.0).max(1.0) / count.max(1.0)
    };
    let pooled = seeds.concat();
    let means: Vec<f64> = seeds.iter().map(|seed| mean(seed)).collect();
    let tasks = if same_tasks {
        let count = seeds.iter().map(Vec::len).min().unwrap_or(0);
        (0..count).map(|task| mean(&seeds.iter().map(|seed| seed[task]).collect::<Vec<_>>())).collect()
    } else {
        pooled.clone()
    };
    [mean(&pooled), 1.96 * variance_of_mean(&tasks).max(variance_of_mean(&means)).sqrt()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_of_known_samples() {
        assert_eq!(estimate(&[vec![2.0; 5]], false), [2.0, 0.0]);
        // Variance 1 in a sample of 4: standard error 1/2.
        let [mean, interval] = estimate(&[[1.0 - 0.75f64.sqrt(), 1.0 + 0.75f64.sqrt()].repeat(2)], false);
        assert!((mean - 1.0).abs() < 1e-12 && (interval - 0.98).abs() < 1e-12, "{interval}");
        // Two runs that differ while the tasks within each do not.
        let [mean, interval] = estimate(&[vec![0.0; 100], vec![2.0; 100]], false);
        assert!((mean - 1.0).abs() < 1e-12 && (interval - 1.96).abs() < 1e-12, "{interval}");
    }

    /// The same tasks measured again say nothing new about other tasks.
    #[test]
    fn the_same_tasks_count_once() {
        let tasks = vec![0.0, 1.0, 4.0];
        let once = estimate(std::slice::from_ref(&tasks), true);
        assert_eq!(estimate(&[tasks.clone(), tasks.clone(), tasks.clone()], true), once);
        assert!(estimate(&[tasks.clone(), tasks], false)[1] < once[1]);
    }

    #[test]
    fn differences_are_paired() {
        let [hard, better] = [[10.0, 1.0], [9.0, 0.0]].map(|losses| losses.map(|loss| vec![loss]).to_vec());
        let [first, own]: [Losses<'_>; 2] = [vec![(7, hard.as_slice())], vec![(7, better.as_slice())]];
        let difference = Difference::new(&own, &first, "maml", false).map(|d| (d.tasks, d.loss, d.loss_interval));
        assert_eq!(difference, Some((2, vec![-1.0], vec![0.0])));
        let itself = Difference::new(&own, &own, "maml", false).map(|d| (d.loss, d.loss_interval));
        assert_eq!(itself, Some((vec![0.0], vec![0.0])));
        assert_eq!(Difference::new(&own, &vec![(8, hard.as_slice())], "maml", false), None);
    }
}
