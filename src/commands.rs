//! What the commands without a window do, and what they say at the end.

mod lessons;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::arguments::{AdaptArguments, BenchArguments, RaceArguments, RunArguments, SweepArguments, What, threads};
use crate::compare::axis::Value;
use crate::compare::race::Race;
use crate::compare::sweep::Sweep;
use crate::ending::Ending;
use crate::experiment::Experiment;
use crate::files::write_whole;
use crate::headless::adapt::{AdaptError, Adapted};
use crate::headless::compare::{self, ChoiceError, Part};
use crate::headless::{self, Interrupt, Job, restyle};
use crate::images::{self, ImageError, ImageSet};
use crate::keep::run_file::RunFile;
use crate::said::{note, print};
use crate::settings::{ImageColour, ImageSource, Knob, RunSettings};
use crate::text::numbers::{plural, thousands};
use crate::{bench, check, tasks};

pub use lessons::lessons;

/// A run.
///
/// # Errors
/// Whatever is wrong with arguments, images or files.
pub fn run(arguments: &RunArguments) -> Result<Ending, Box<dyn Error>> {
    let RunArguments { iterations, out, overwrite, resume, phi, keep_best, what } = arguments;
    let (experiment, images, resume) = match resume {
        Some(path) => resumed(path, what)?,
        None => {
            let mut planned = what.planned(&[])?;
            // Reading images may take long.
            if !overwrite {
                headless::check_vacant(out)?;
            }
            let images = read_images(&planned.experiment.settings.run)?;
            planned.fit(images.as_deref())?.iter().for_each(note);
            what.fewer_held_out(&planned.experiment.settings.run, images.as_deref()).iter().for_each(note);
            (planned.experiment, images, None)
        }
    };
    let job = Job {
        experiment,
        images,
        iterations: *iterations,
        out: out.clone(),
        threads: what.threads_or(0),
        overwrite: *overwrite,
        keep_best: *keep_best,
        resume,
        phi: phi.as_deref().map(RunFile::read).transpose()?.map(Arc::new),
        interrupt: Interrupt::listen()?,
    };
    let before = job.resume.as_ref().map(|(_, file)| file.meta_iteration);
    let summary = headless::run(&job)?;
    let (done, secs) = (how_many(summary.iterations, before), summary.elapsed_secs);
    note(format_args!("{done} in {secs:.1} s; results in {}", out.display()));
    Ok(if summary.diverged.is_some() { Ending::Diverged } else { Ending::Done })
}

/// How many meta-iterations were done, in words: of a run that went on, those after what it had done before.
fn how_many(done: u64, before: Option<u64>) -> String {
    let Some(before) = before else { return plural(done, "meta-iteration", "meta-iterations") };
    let more = plural(done.saturating_sub(before), "more meta-iteration", "more meta-iterations");
    format!("{more}, {} in all,", thousands(done))
}

/// What it takes to go on with a run.
type Resumed = (Experiment, Option<Arc<ImageSet>>, Option<(PathBuf, Arc<RunFile>)>);

/// A kept run with its images, and what is still to come of it.
fn resumed(path: &Path, what: &What) -> Result<Resumed, Box<dyn Error>> {
    let mut file = RunFile::read(path)?;
    let (at, mut experiment) = (file.meta_iteration, file.experiment.clone());
    let turned = what.turned(&experiment.settings, at)?;
    experiment.changes = std::mem::take(&mut file.coming);
    experiment.changes.retain(|change| change.at != at || turned.iter().all(|mark| mark.knob != change.knob));
    what.note_overruled(&experiment.changes);
    experiment.changes.splice(..0, turned);
    if let Some(path) = &what.options.images {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        for settings in [&mut experiment.settings, &mut file.experiment.settings] {
            settings.run.images = ImageSource::Path(path.clone());
        }
    }
    let images = read_images(&experiment.settings.run)
        .map_err(|error| if what.options.images.is_none() { moved(error, "--images") } else { error.into() })?;
    Ok((experiment, images, Some((path.to_owned(), Arc::new(file)))))
}

/// What is wrong with the images of a kept run, with the option that says where they are now.
fn moved(error: ImageError, option: &str) -> Box<dyn Error> {
    match error {
        ImageError::Path { .. } => {
            format!("{error}; if the run's images lie elsewhere now, say where with {option}").into()
        }
        error => error.into(),
    }
}

/// A kept run at work.
///
/// # Errors
/// Whatever is wrong with the run, the images or files.
pub fn adapt(arguments: &AdaptArguments) -> Result<Ending, Box<dyn Error>> {
    let AdaptArguments { run, images, out, overwrite, learned_from, threads: asked } = arguments;
    let mut file = RunFile::read(run)?;
    if let Some(path) = learned_from {
        file.experiment.settings.run.images = ImageSource::Path(path.clone());
    }
    let settings = &file.experiment.settings.run;
    let known = images::for_run(settings)
        .map_err(|error| if learned_from.is_none() { moved(error, "--learned-from") } else { error.into() })?;
    let Some(known) = known else { return Err(AdaptError::NoImages(settings.tasks.label()).into()) };
    // Read like those that it learned from.
    let image_colour = if known.channels == 1 { ImageColour::Grey } else { ImageColour::Colour };
    let own = RunSettings { image_size: Some(known.size), image_colour, ..settings.clone() };
    let set = images::to_adapt_to(images, &own)?;
    note(set.understood());
    let bar = indicatif::ProgressBar::new(0);
    restyle(&bar, "{bar:32} {pos}/{len} tasks · {eta} left");
    let done = |all: usize| {
        bar.set_length(all as u64);
        bar.inc(1);
    };
    let Adapted { tasks, overflowed } =
        headless::adapt::adapt(&file, Some(known), &set, out, (threads(*asked, 0), *overwrite), &done)?;
    bar.finish_and_clear();
    note(format_args!("adapted to {}; what came of it is in {}", plural(tasks, "task", "tasks"), out.display()));
    if overflowed == 0 {
        return Ok(Ending::Done);
    }
    let (next, run) = (file.meta_iteration + 1, run.display());
    note(format_args!(
        "the loss overflowed on {overflowed} of them: go on with the run at a smaller --inner-rate or with fewer \
         --test-steps (metascope run --resume {run} --iterations {next} --out FOLDER), and adapt what comes of that"
    ));
    Ok(Ending::Diverged)
}

/// A run's images, with a word of what was understood of them.
fn read_images(run: &RunSettings) -> Result<Option<Arc<ImageSet>>, ImageError> {
    let images = images::for_run(run)?;
    images.iter().for_each(|set| note(set.understood_for(&tasks::what_is_held_out(run, set))));
    Ok(images)
}

/// A sweep.
///
/// # Errors
/// Whatever is wrong with arguments, images or files; with `--merge` also missing cells.
pub fn sweep(arguments: &SweepArguments) -> Result<Ending, Box<dyn Error>> {
    let axes = arguments.axes()?;
    let swept = axes.iter().flat_map(|axis| &axis.values).filter_map(|value| match value {
        Value::Algorithm(algorithm) => Some(*algorithm),
        Value::Number(_) => None,
    });
    let mut planned = arguments.what.planned(&swept.collect::<Vec<_>>())?;
    let run = &planned.experiment.settings.run;
    let images = read_images(run)?;
    // Cells have fewer classes than a run: they are judged by some of its training classes.
    let divided = images.as_deref().and_then(|set| tasks::for_validation(run, set));
    planned.fit(divided.as_ref())?.iter().for_each(note);
    arguments.what.fewer_held_out(&planned.experiment.settings.run, divided.as_ref()).iter().for_each(note);
    for (axis, set) in axes.iter().zip(divided.iter().cycle()) {
        for value in &axis.values {
            if let Value::Number(value) = value {
                planned.check_asked(set, axis.swept.0, *value)?;
            }
        }
    }
    let sweep = Sweep::new(&planned.experiment, axes, arguments.iterations, images)?;
    let part = match arguments.cell {
        Some(cell) => Part::Cell(cell),
        None if arguments.merge => Part::None,
        None => Part::Missing,
    };
    let out = &arguments.out;
    let threads = arguments.what.threads_or(1);
    let results = match compare::sweep(&sweep, part, out, threads, &Interrupt::listen()?) {
        Err(interrupted @ ChoiceError::Interrupted { .. }) => return Ok(unfinished(&interrupted)),
        results => results?,
    };
    if let Part::Cell(cell) = part {
        note(format_args!("cell {cell} of {} is in {}", sweep.cells(), out.join("cells").display()));
        return Ok(Ending::Done);
    }
    let diverged = results.iter().flatten().filter(|result| result.loss.is_none()).count();
    if let Some((best, result)) = sweep.best(&results).and_then(|best| Some((best, results[best].as_ref()?))) {
        let [x, y] = sweep.axes().each_ref().map(|axis| axis.swept.id());
        let (loss, interval) = (result.loss.unwrap_or(f64::NAN), result.interval.unwrap_or(f64::NAN));
        let place = format!("{x} {}, {y} {}", result.x, result.y);
        note(format_args!("best cell {best}: {place}, validation loss {loss:.4} ± {interval:.4}"));
    }
    let done = results.iter().flatten().count();
    note(format_args!("{done} of {} cells, {diverged} diverged; results in {}", sweep.cells(), out.display()));
    let missing: Vec<String> =
        (0..sweep.cells()).filter(|&cell| results[cell].is_none()).map(|c| c.to_string()).collect();
    if !missing.is_empty() {
        return Err(format!("these cells are missing: {}", missing.join(" ")).into());
    }
    let all_diverged = results.iter().flatten().all(|result| result.diverged.is_some());
    Ok(if all_diverged { none_is_left("cell") } else { Ending::Done })
}

fn none_is_left(of_all: &str) -> Ending {
    note(format_args!("every {of_all} diverged: try a smaller inner or outer rate"));
    Ending::Diverged
}

fn unfinished(interrupted: &ChoiceError) -> Ending {
    note(interrupted);
    Ending::Unfinished
}

/// A race.
///
/// # Errors
/// Whatever is wrong with arguments, images or files.
pub fn race(arguments: &RaceArguments) -> Result<Ending, Box<dyn Error>> {
    let mut entrants = arguments.planned()?;
    let run = entrants.first().ok_or("--algorithms needs at least one")?.experiment.settings.run.clone();
    let seeds: Vec<u64> = (0..arguments.seeds).map(|i| run.seed.saturating_add(i)).collect();
    let mut sets = Vec::with_capacity(seeds.len());
    for &seed in &seeds {
        let seeded = RunSettings { seed, ..run.clone() };
        // What is understood is the same for all of them.
        sets.push(if sets.is_empty() { read_images(&seeded)? } else { images::for_run(&seeded)? });
    }
    for (index, planned) in entrants.iter_mut().enumerate() {
        for (&seed, set) in seeds.iter().zip(&sets) {
            planned.experiment.settings.run.seed = seed;
            let notes = planned.fit(set.as_deref())?;
            notes.iter().filter(|_| index == 0).for_each(note);
            for (&shots, set) in arguments.what.options.test_shots.iter().zip(set.iter().cycle()) {
                planned.check_asked(set, &Knob::TEST_SHOTS, shots as f64)?;
            }
        }
        planned.experiment.settings.run.seed = run.seed;
    }
    let entrants: Vec<_> = entrants.into_iter().map(|planned| planned.experiment).collect();
    arguments.what.fewer_held_out(&run, sets.first().and_then(Option::as_deref)).iter().for_each(note);
    let race = Race::new(&entrants, &seeds, arguments.iterations, &arguments.what.options.test_shots, sets)?;
    let threads = arguments.what.threads_or(1);
    let summary = match compare::race(&race, &arguments.out, threads, &Interrupt::listen()?) {
        Err(interrupted @ ChoiceError::Interrupted { .. }) => return Ok(unfinished(&interrupted)),
        summary => summary?,
    };
    print(if arguments.table { summary.markdown() } else { summary.plain() })?;
    note(format_args!("results in {}", arguments.out.display()));
    Ok(if summary.all_diverged() { none_is_left("run") } else { Ending::Done })
}

/// The exactness report.
///
/// # Errors
/// If a comparison is above its tolerance.
pub fn check() -> Result<Ending, Box<dyn Error>> {
    let report = check::report();
    print(check::table(&report))?;
    let failed = report.iter().filter(|line| !line.passes()).count();
    if failed > 0 {
        return Err(format!("{failed} of {} comparisons are above their tolerance", report.len()).into());
    }
    let [all, implicit] = [check::TOLERANCE, check::IMPLICIT_TOLERANCE];
    print(format_args!("All {} comparisons are within {all:e} (iMAML {implicit:e}).\n", report.len()))?;
    Ok(Ending::Done)
}

/// The benchmark.
///
/// # Errors
/// An unknown case, a time that is none, a case that fails, or a file that cannot be written.
pub fn bench(arguments: &BenchArguments) -> Result<Ending, Box<dyn Error>> {
    let BenchArguments { cases, json, scaling, closeups, .. } = arguments;
    let each = arguments.each()?;
    // A window leaves itself a core.
    let threads = threads(arguments.threads.map(usize::from), usize::from(*closeups));
    let said = |what: &str| note(format_args!("measuring {what}"));
    if *closeups {
        let costs = bench::closeups::measure(&bench::closeups::named(cases)?, threads, each, said)?;
        print(bench::closeups::table(&costs))?;
        if let Some(path) = json {
            beside(path, "closeups", serde_json::to_value(&costs)?)?;
        }
        return Ok(Ending::Done);
    }
    let report = bench::measure(&bench::named(cases)?, threads, each, said)?;
    print(bench::table(&report))?;
    if *scaling {
        print(format_args!("\n{}", bench::scaling::table(&bench::scaling::scaling(threads, each, said)?)))?;
    }
    if let Some(path) = json {
        write_json(path, &serde_json::to_value(&report)?)?;
    }
    Ok(Ending::Done)
}

/// Prints the table of the window's figures and writes them; in a file of the other benchmark they take a place beside
/// its own.
///
/// # Errors
/// A file that cannot be written.
pub fn window_figures(table: &str, figures: serde_json::Value, json: Option<&Path>) -> Result<(), Box<dyn Error>> {
    print(table)?;
    json.map_or(Ok(()), |path| beside(path, "window", figures))
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
    Ok(write_whole(path, (text + "\n").as_bytes())?)
}
