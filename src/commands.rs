//! What the commands that compare many runs do, and what they say at the end.

use std::error::Error;
use std::time::Duration;

use crate::arguments::{BenchArguments, RaceArguments, SweepArguments};
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
    let BenchArguments { threads, cases, seconds, json, scaling } = arguments;
    let cases = bench::named(cases)?;
    let each = Duration::try_from_secs_f64(*seconds).ok().filter(|each| !each.is_zero());
    let each = each.ok_or("--seconds must be a number above 0, such as 2")?;
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.map_or_else(cores, usize::from);
    let said = |what: &str| eprintln!("measuring {what}");
    let report = bench::measure(&cases, threads, each, said)?;
    print!("{}", bench::table(&report));
    if *scaling {
        print!("\n{}", bench::scaling::table(&bench::scaling::scaling(threads, each, said)?));
    }
    if let Some(path) = json {
        let write = |error: std::io::Error| format!("{} cannot be written: {error}", path.display());
        let text = serde_json::to_string_pretty(&report)?;
        std::fs::write(path, text + "\n").map_err(write)?;
    }
    Ok(())
}
