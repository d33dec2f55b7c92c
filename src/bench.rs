//! The benchmark: how many meta-iterations this machine does in a second, and which share of its peak that
//! takes. What is timed is the trainer as it always runs, tasks drawn and the optimiser's step included,
//! but with nothing beside it: no joint pretraining, no judge, no measurements on held-out tasks.

use crate::meta::cancel::Cancel;
use std::collections::BTreeMap;
use std::hint::black_box;

use serde::Serialize;
use web_time::{Duration, Instant};

use crate::columns::columns;
use crate::images;
use crate::maths::kernels::{Onto, Strided, multiply_adds, product};
use crate::meta::recipe::Through;
use crate::settings::{Algorithm, RunSettings, Settings, TaskFamily};
use crate::tasks::Family;
use crate::train::trainer::{Step, Trainer};

/// What looking closely costs.
pub mod closeups;
/// How the cost grows.
pub mod scaling;

/// Meta-iterations after which a run no longer measures whatever it can.
const UNDER_WAY: u64 = 2048;
/// Every figure is the median over this many stretches of time.
const STRETCHES: u32 = 5;

/// Why a benchmark cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A case that does not exist.
    #[error("there is no case {0}; there are: {all}", all = CASES.map(|case| case.id).join(", "))]
    Case(String),
    /// A close-up view that does not exist.
    #[error(
        "there is no view {0}; there are, or a family's name for all of its own: {all}",
        all = closeups::all().iter().map(closeups::View::id).collect::<Vec<_>>().join(", ")
    )]
    View(String),
    /// A case that did not run to its end.
    #[error("the case {case} failed: {reason}")]
    Run {
        /// Which.
        case: String,
        /// Why.
        reason: String,
    },
}

/// A family, an algorithm and a number of inner steps; all else is the preset's.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// "family/algorithm-steps".
    pub id: &'static str,
    tasks: TaskFamily,
    algorithm: Algorithm,
    inner_steps: usize,
}

const fn case(id: &'static str, tasks: &'static str, algorithm: &'static str, inner_steps: usize) -> Case {
    Case { id, tasks: TaskFamily::named(tasks), algorithm: Algorithm::named(algorithm), inner_steps }
}

/// All cases: sine with 25 tasks of 10 support and 10 query points and 40-40 ReLU units, pictures with four of
/// 256 random pixels a step and 64-64-64 sines, classes with four of 80 rows a step.
pub const CASES: [Case; 7] = [
    case("sine/maml-1", "sine", "maml", 1),
    case("sine/maml-5", "sine", "maml", 5),
    case("sine/fomaml-1", "sine", "fomaml", 1),
    case("sine/meta-sgd-1", "sine", "meta-sgd", 1),
    case("sine/reptile-5", "sine", "reptile", 5),
    case("picture/maml-3", "picture", "maml", 3),
    case("class/maml-5", "class", "maml", 5),
];

/// What was measured of a case.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Speed {
    /// Meta-iterations a second.
    pub per_second: f64,
    /// Operations of the dense products that the algorithm needs, in 10⁹ a second.
    pub gflops: f64,
}

/// A benchmark's results.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// What the processor did at the most, in 10⁹ single-precision operations a second on all threads together.
    pub peak_gflops: f64,
    /// Threads for the tasks of a meta-batch.
    pub threads: usize,
    /// By the case's name.
    pub cases: BTreeMap<String, Speed>,
    /// Dense products alone on one thread, by shape, in 10⁹ operations a second.
    pub products: BTreeMap<String, f64>,
    /// The peak of one thread.
    pub peak_gflops_one_thread: f64,
}

/// The cases with these names, all if there are none.
///
/// # Errors
/// A name that is none.
pub fn named(names: &[String]) -> Result<Vec<Case>, BenchError> {
    if names.is_empty() {
        return Ok(CASES.to_vec());
    }
    let find = |name: &String| CASES.into_iter().find(|case| case.id == name);
    names.iter().map(|name| find(name).ok_or_else(|| BenchError::Case(name.clone()))).collect()
}

/// Measures the peak, products of 256-wide layers and these cases, each for so long.
///
/// # Errors
/// A case that fails.
pub fn measure(cases: &[Case], threads: usize, each: Duration, said: impl Fn(&str)) -> Result<Report, BenchError> {
    said("peak");
    let mut report = Report {
        peak_gflops: peak(threads, each),
        peak_gflops_one_thread: peak(1, each),
        threads,
        ..Report::default()
    };
    for [m, k, n] in [[256, 256, 256], [1024, 256, 256]] {
        report.products.insert(format!("{m}x{k}x{n}"), dense(m, k, n, each));
    }
    for case in cases {
        said(case.id);
        report.cases.insert(case.id.to_owned(), case.ready(threads)?.speed(each)?);
    }
    Ok(report)
}

impl Case {
    /// What is run.
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::preset(self.tasks, self.algorithm);
        settings.live.inner_steps = self.inner_steps;
        settings.run.evaluate_every = RunSettings::NEVER;
        settings
    }

    /// The case, ready to run.
    ///
    /// # Errors
    /// If its images are missing or it cannot start.
    pub fn ready(&self, threads: usize) -> Result<Ready, BenchError> {
        Ready::new(self.id, self.settings(), threads)
    }
}

/// A run that is to be timed.
pub struct Ready {
    id: String,
    trainer: Trainer,
    operations: f64,
}

impl Ready {
    fn new(id: &str, settings: Settings, threads: usize) -> Result<Self, BenchError> {
        let failed = |error: &dyn std::error::Error| BenchError::Run { case: id.to_owned(), reason: error.to_string() };
        let images = images::for_run(&settings.run).map_err(|error| failed(&error))?;
        let family = Family::new(&settings.run, images.clone()).map_err(|error| failed(&error))?;
        let operations = operations(&settings, &family);
        let trainer = Trainer::alone(settings, images, threads).map_err(|error| failed(&error))?;
        Ok(Self { id: id.to_owned(), trainer, operations })
    }

    /// Does `work` on one of the case's threads.
    pub fn run<R: Send>(&mut self, work: impl FnOnce(&mut Self) -> R + Send) -> R {
        self.trainer.pool().run(|| work(self))
    }

    /// One meta-iteration.
    ///
    /// # Errors
    /// If it diverges.
    pub fn step(&mut self) -> Result<(), BenchError> {
        match self.trainer.step(Cancel::NEVER) {
            Step::Done(_) | Step::Interrupted => Ok(()),
            Step::Diverged(divergence) => {
                Err(BenchError::Run { case: self.id.clone(), reason: divergence.reason.to_string() })
            }
        }
    }

    fn stretch(&mut self, least: Duration) -> Result<f64, BenchError> {
        let (start, mut done) = (Instant::now(), 0);
        while start.elapsed() < least {
            self.step()?;
            done += 1;
        }
        Ok(f64::from(done) / start.elapsed().as_secs_f64())
    }

    fn speed(mut self, each: Duration) -> Result<Speed, BenchError> {
        let rates = self.run(|ready| {
            // A first stretch for caches and buffers, and to where a run under way is, if that is near.
            ready.stretch(each / 10)?;
            let start = Instant::now();
            while start.elapsed() < each && ready.trainer.meta_iteration() < UNDER_WAY {
                ready.step()?;
            }
            (0..STRETCHES).map(|_| ready.stretch(each / STRETCHES)).collect::<Result<Vec<_>, _>>()
        });
        let per_second = median(rates?);
        Ok(Speed { per_second, gflops: per_second * self.operations / 1e9 })
    }
}

/// Operations of the dense products that a meta-iteration needs. The trainer's loss before adaptation, which it
/// shows, is not counted.
fn operations(settings: &Settings, family: &Family) -> f64 {
    let live = &settings.live;
    let network = family.network(&settings.run);
    let episode = family.training(live, settings.run.seed, 0, 0);
    let [_, gradient, hessian_vector] = network.operations(episode.support(0).rows());
    let [_, query_gradient, _] = network.operations(episode.query.rows());
    let steps = live.inner_steps as f64;
    let task = match settings.run.algorithm.recipe().through {
        Through::Difference => steps * gradient,
        Through::FirstOrder => steps * gradient + query_gradient,
        Through::Unrolled | Through::Implicit => steps * (gradient + hessian_vector) + query_gradient,
    };
    task * live.meta_batch as f64
}

/// The most operations a second that this many threads do, in 10⁹.
fn peak(threads: usize, each: Duration) -> f64 {
    let stretch = || {
        let (start, mut done) = (Instant::now(), 0);
        while start.elapsed() < each / STRETCHES {
            let (sum, operations) = multiply_adds(10_000, black_box(0.5));
            black_box(sum);
            done += operations;
        }
        done as f64 / start.elapsed().as_secs_f64()
    };
    let together = || {
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(stretch)).collect();
            let own = stretch();
            own + others.into_iter().map(|other| other.join().unwrap_or(0.0)).sum::<f64>()
        })
    };
    median((0..STRETCHES).map(|_| together()).collect()) / 1e9
}

/// The speed of a dense product on one thread, in 10⁹ operations a second.
fn dense(m: usize, k: usize, n: usize, each: Duration) -> f64 {
    let (a, b, mut c) = (vec![0.5; m * k], vec![0.25; k * n], vec![0.0f32; m * n]);
    let mut stretch = || {
        let (start, mut done) = (Instant::now(), 0);
        while start.elapsed() < each / STRETCHES {
            product(Onto::Zero, Strided::rows(black_box(&a), k), black_box(&b), &mut c, [m, k, n]);
            done += 2 * m * k * n;
        }
        done as f64 / start.elapsed().as_secs_f64()
    };
    median((0..STRETCHES).map(|_| stretch()).collect()) / 1e9
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The report as text.
pub fn table(report: &Report) -> String {
    let mut lines = vec![["case", "meta-iterations/s", "GFLOP/s", "of the peak"].map(str::to_owned)];
    let share = |gflops: f64, peak: f64| format!("{:.0} %", 100.0 * gflops / peak);
    for (id, speed) in &report.cases {
        let of_peak = share(speed.gflops, report.peak_gflops);
        lines.push([id.clone(), format!("{:.1}", speed.per_second), format!("{:.1}", speed.gflops), of_peak]);
    }
    for (shape, &gflops) in &report.products {
        let of_peak = share(gflops, report.peak_gflops_one_thread);
        lines.push([format!("product {shape}"), String::new(), format!("{gflops:.1}"), of_peak]);
    }
    let Report { peak_gflops, threads, peak_gflops_one_thread, .. } = report;
    format!(
        "{}Peak: {peak_gflops:.1} GFLOP/s on {threads} threads, {peak_gflops_one_thread:.1} on one; products run on one.\n",
        columns(&lines)
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_case_runs_and_is_reported() {
        let report = measure(&CASES, 2, Duration::from_millis(5), |_| {}).unwrap();
        assert_eq!(report.cases.len(), CASES.len());
        for speed in report.cases.values() {
            assert!(speed.per_second > 0.0 && speed.gflops > 0.0, "{speed:?}");
        }
        let json = serde_json::to_value(&report).unwrap();
        assert!(json["cases"]["sine/maml-1"]["per_second"].as_f64().unwrap() > 0.0);
        assert!(table(&report).contains("class/maml-5"));
    }

    #[test]
    fn an_unknown_case_is_refused_with_the_known_ones() {
        let error = named(&["sine/maml-2".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("sine/maml-2") && error.contains("sine/maml-1, "), "{error}");
    }
}
