//! What the commands that compare many runs do, and what they say at the end.

use std::error::Error;
use std::path::Path;

use crate::arguments::{BenchArguments, RaceArguments, SweepArguments};
use crate::bench::window::WindowReport;
use crate::choose::axis::Value;
use crate::choose::race::Race;
use crate::choose::sweep::Sweep;
use crate::headless::choose::{self, Part};
use crate::images;
use crate::{bench, check};

/// A sweep.
///
/// # Errors
/// Whatever is wrong with arguments, images or files; with `--merge` also missing cells.
pub fn sweep(arguments: &SweepArguments) -> Result<(), Box<dyn Error>> {
    let [columns, rows] = arguments.cells.0;
    let axes = [arguments.x.axis(columns), arguments.y.axis(rows)];
    let swept = axes.iter().flat_map(|axis| &axis.values).filter_map(|value| match value {
        Value::Algorithm(algorithm) => Some(*algorithm),
        Value::Number(_) => None,
    });
    let experiment = arguments.what.experiment_or(&swept.collect::<Vec<_>>())?;
    let images = images::for_run(&experiment.settings.run)?;
    let sweep = Sweep::new(&experiment, axes, arguments.iterations, images)?;
    let part = match arguments.cell {
        Some(cell) => Part::Cell(cell),
        None if arguments.merge => Part::None,
        None => Part::Missing,
    };
    let out = &arguments.out;
    let results = choose::sweep(&sweep, part, out, arguments.what.threads_or(1))?;
    if let Part::Cell(cell) = part {
        eprintln!("cell {cell} of {} is in {}", sweep.cells(), out.join("cells").display());
        return Ok(());
    }
    let diverged = results.iter().flatten().filter(|result| result.loss.is_none()).count();
    if let Some((best, result)) = sweep.best(&results).and_then(|best| Some((best, results[best].as_ref()?))) {
        let [x, y] = sweep.axes().each_ref().map(|axis| axis.swept.id());
        let (loss, interval) = (result.loss.unwrap_or(f64::NAN), result.interval.unwrap_or(f64::NAN));
        eprintln!("best cell {best}: {x} {}, {y} {}, validation loss {loss:.4} ± {interval:.4}", result.x, result.y);
    }
    let done = results.iter().flatten().count();
    eprintln!("{done} of {} cells, {diverged} diverged; results in {}", sweep.cells(), out.display());
    let missing: Vec<String> =
        (0..sweep.cells()).filter(|&cell| results[cell].is_none()).map(|c| c.to_string()).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("these cells are missing: {}", missing.join(" ")).into()) }
}

/// A race.
///
/// # Errors
/// Whatever is wrong with arguments, images or files.
pub fn race(arguments: &RaceArguments) -> Result<(), Box<dyn Error>> {
    let entrants = arguments.experiments()?;
    let run = &entrants.first().ok_or("--algorithms needs at least one")?.settings.run;
    let seeds: Vec<u64> = (0..arguments.seeds).map(|i| run.seed.saturating_add(i)).collect();
    let sets = seeds.iter().map(|&seed| images::for_run(&crate::settings::RunSettings { seed, ..run.clone() }));
    let sets = sets.collect::<Result<_, _>>()?;
    let race = Race::new(&entrants, &seeds, arguments.iterations, &arguments.what.test_shots, sets)?;
    let summary = choose::race(&race, &arguments.out, arguments.what.threads_or(1))?;
    print!("{}", if arguments.table { summary.markdown() } else { summary.plain() });
    eprintln!("results in {}", arguments.out.display());
    Ok(())
}

/// The exactness report.
///
/// # Errors
/// If a comparison is above its tolerance.
pub fn check() -> Result<(), Box<dyn Error>> {
    let report = check::report();
    print!("{}", check::table(&report));
    let failed = report.iter().filter(|line| !line.passes()).count();
    if failed > 0 {
        return Err(format!("{failed} of {} comparisons are above their tolerance", report.len()).into());
    }
    let [all, implicit] = [check::TOLERANCE, check::IMPLICIT_TOLERANCE];
    println!("All {} comparisons are within {all:e} (iMAML {implicit:e}).", report.len());
    Ok(())
}

/// The benchmark.
///
/// # Errors
/// An unknown case, a time that is none, a case that fails, or a file that cannot be written.
pub fn bench(arguments: &BenchArguments) -> Result<(), Box<dyn Error>> {
    let BenchArguments { threads, cases, json, scaling, closeups, .. } = arguments;
    let each = arguments.each()?;
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.map_or_else(cores, usize::from);
    let said = |what: &str| eprintln!("measuring {what}");
    if *closeups {
        // A window leaves itself a core.
        let threads = arguments.threads.map_or_else(|| cores().saturating_sub(1).max(1), usize::from);
        let costs = bench::closeups::measure(&bench::closeups::named(cases)?, threads, each, said)?;
        print!("{}", bench::closeups::table(&costs));
        if let Some(path) = json {
            beside(path, "closeups", serde_json::to_value(&costs)?)?;
        }
        return Ok(());
    }
    let report = bench::measure(&bench::named(cases)?, threads, each, said)?;
    print!("{}", bench::table(&report));
    if *scaling {
        print!("\n{}", bench::scaling::table(&bench::scaling::scaling(threads, each, said)?));
    }
    if let Some(path) = json {
        write_json(path, &serde_json::to_value(&report)?)?;
    }
    Ok(())
}

/// What the benchmark of the window has found; in a file of the other benchmark it takes a place beside its figures.
///
/// # Errors
/// A view that was not reached, or a file that cannot be written.
pub fn window_bench(report: &WindowReport, json: Option<&Path>) -> Result<(), Box<dyn Error>> {
    print!("{}", bench::window::table(report));
    if let Some(path) = json {
        beside(path, "window", serde_json::to_value(report)?)?;
    }
    match &report.missed[..] {
        [] if report.latency_ms.turns == 0 => Err("the knob was never turned: the window was closed early".into()),
        [] => Ok(()),
        missed => Err(format!("these views were not reached: {}", missed.join(", ")).into()),
    }
}

/// Adds figures to those of other benchmarks in a file.
fn beside(path: &Path, name: &str, value: serde_json::Value) -> Result<(), Box<dyn Error>> {
    let known = std::fs::read_to_string(path).ok().and_then(|text| serde_json::from_str(&text).ok());
    let mut all: serde_json::Map<String, serde_json::Value> = known.unwrap_or_default();
    all.insert(name.to_owned(), value);
    write_json(path, &all.into())
}

fn write_json(path: &Path, value: &serde_json::Value) -> Result<(), Box<dyn Error>> {
    let text = serde_json::to_string_pretty(value)?;
    std::fs::write(path, text + "\n").map_err(|error| format!("{} cannot be written: {error}", path.display()).into())
}
