//! Sweeps and races by the real program: their files, how they go on where they were, and what they say about
//! mistakes.

use crate::common::algorithms;
use crate::common::families;
use crate::common::sets;
use metascope::meta::cancel::Cancel;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use metascope::compare::CompareError;
use metascope::compare::axis::Range;
use metascope::compare::sweep::{Sweep, run_cell};
use metascope::experiment::Experiment;
use metascope::images::built_in::built_in;
use metascope::settings::{Algorithm, ImageSource, LiveSettings, Settings};
use metascope::tasks::{Family, Split};
use tempfile::TempDir;

mod race;

/// A sweep of nine plane runs of which the last column diverges.
const NINE: [&str; 16] = [
    "sweep",
    "--tasks",
    "plane",
    "--x",
    "inner-rate=0.02..5",
    "--y",
    "outer-rate=1e-3..1e-1",
    "--cells",
    "3x3",
    "--iterations",
    "40",
    "--held-out-tasks",
    "20",
    "--meta-batch",
    "4",
    "--out",
];

fn metascope(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_metascope")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn runs(arguments: &[&str]) -> String {
    let output = metascope(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn refuses(arguments: &[&str], parts: &[&str]) {
    let output = metascope(arguments);
    assert!(!output.status.success(), "{arguments:?} was accepted");
    for part in parts {
        assert!(said(&output).contains(part), "{arguments:?}: {part:?} is not in {:?}", said(&output));
    }
    assert!(!said(&output).contains("panicked"), "{}", said(&output));
}

fn nine(out: &Path, more: &[&str]) {
    runs(&[NINE.as_slice(), &[out.to_str().unwrap()], more].concat());
}

/// What a sweep leaves behind, cells apart.
fn files(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let names = ["sweep.csv", "sweep.png", "best.toml"];
    names.map(|name| (name.to_owned(), fs::read(out.join(name)).unwrap())).into()
}

fn cell(out: &Path, index: usize) -> PathBuf {
    out.join("cells").join(format!("{index:03}.toml"))
}

#[test]
fn a_sweep_finds_the_best_cell_and_marks_those_that_diverge() {
    let bench = TempDir::new().unwrap();
    let out = bench.path().join("deep/sweep");
    nine(&out, &["--threads", "2"]);
    let mut reader = csv::Reader::from_path(out.join("sweep.csv")).unwrap();
    let header = "cell,inner_rate,outer_rate,validation_loss,validation_interval,diverged,iterations";
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>().join(","), header);
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 9);
    let mut losses = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(row[0], index.to_string());
        assert_eq!(&row[1], ["0.02", "0.316", "5"][index % 3]);
        assert_eq!(&row[2], ["0.001", "0.01", "0.1"][index / 3]);
        if index % 3 == 2 {
            assert!(row[3].is_empty() && row[4].is_empty(), "an overshooting inner loop has no loss: {row:?}");
            assert!(row[5].parse::<u64>().unwrap() < 40, "{row:?}");
        } else {
            losses.push((row[3].parse::<f64>().unwrap(), index));
            assert!(row[4].parse::<f64>().unwrap() > 0.0 && row[5].is_empty() && &row[6] == "40", "{row:?}");
        }
    }
    let best = losses.iter().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap().1;
    let experiment = Experiment::read(&out.join("best.toml")).unwrap();
    assert_eq!(experiment.settings.live.inner_rate.to_string(), rows[best][1]);
    assert_eq!(experiment.settings.live.outer_rate.to_string(), rows[best][2]);
    let mut expected = Settings::preset(families::PLANE, algorithms::MAML);
    (expected.live.meta_batch, expected.run.held_out_tasks) = (4, 20);
    expected.run.fit_inner_rate = false;
    (expected.live.inner_rate, expected.live.outer_rate) =
        (experiment.settings.live.inner_rate, experiment.settings.live.outer_rate);
    assert_eq!(experiment.settings, expected, "nothing else changes");
    assert!(image::open(out.join("sweep.png")).unwrap().width() > 200);
    runs(&[
        "run",
        out.join("best.toml").to_str().unwrap(),
        "--iterations",
        "5",
        "--out",
        out.join("run").to_str().unwrap(),
    ]);
    // What a cell has learned is there to go on with, but for those that diverged.
    let kept = cell(&out, best).with_extension("safetensors");
    assert!(!cell(&out, 2).with_extension("safetensors").exists());
    let (kept, on) = (kept.to_str().unwrap().to_owned(), out.join("on"));
    runs(&["run", "--resume", &kept, "--iterations", "45", "--out", on.to_str().unwrap()]);
    let first = fs::read_to_string(on.join("metrics.csv")).unwrap();
    assert!(first.lines().nth(1).unwrap().starts_with("40,"), "{first}");
}

#[test]
fn a_sweep_of_cells_that_all_diverge_ends_like_such_a_run() {
    let bench = TempDir::new().unwrap();
    let out = bench.path().join("sweep");
    let arguments = NINE.map(|word| if word == "inner-rate=0.02..5" { "inner-rate=5,6" } else { word });
    let output = metascope(&[arguments.as_slice(), &[out.to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains("6 of 6 cells, 6 diverged"), "{}", said(&output));
    assert!(said(&output).contains("every cell diverged"), "{}", said(&output));
}

#[test]
fn exit_codes_are_in_the_help() {
    for command in ["run", "sweep", "race", "adapt"] {
        let help = runs(&[command, "--help"]);
        let codes = help.split_once("Exit codes:").unwrap().1;
        let listed: Vec<&str> = codes.lines().filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(listed, ["0", "1", "2", "3", "130"], "{help}");
    }
}

#[test]
fn a_killed_sweep_goes_on_and_ends_the_same() {
    let bench = TempDir::new().unwrap();
    let [whole, killed] = ["whole", "killed"].map(|name| bench.path().join(name));
    nine(&whole, &["--threads", "1"]);
    nine(&killed, &["--threads", "3"]);
    assert_eq!(files(&whole), files(&killed), "threads change nothing");
    for index in [0, 2, 5, 7] {
        fs::remove_file(cell(&killed, index)).unwrap();
    }
    let half = fs::read(cell(&killed, 4)).unwrap();
    fs::write(cell(&killed, 4), &half[..half.len() / 2]).unwrap();
    fs::write(killed.join("cells/003.toml.77.part"), "fingerprint = ").unwrap();
    let kept = fs::metadata(cell(&killed, 8)).unwrap().modified().unwrap();
    fs::remove_file(killed.join("sweep.csv")).unwrap();
    nine(&killed, &["--threads", "2"]);
    assert_eq!(files(&whole), files(&killed));
    assert_eq!(fs::metadata(cell(&killed, 8)).unwrap().modified().unwrap(), kept, "a finished cell is not run again");
    assert_eq!(fs::read(cell(&killed, 4)).unwrap(), half);
}

#[test]
fn single_cells_joined_are_the_sweep() {
    let bench = TempDir::new().unwrap();
    let [whole, parts] = ["whole", "parts"].map(|name| bench.path().join(name));
    nine(&whole, &[]);
    for index in ["8", "0", "3", "1", "2", "4", "6", "5"] {
        nine(&parts, &["--cell", index]);
    }
    assert!(!parts.join("sweep.csv").exists(), "a single cell writes its own file only");
    let merge = [NINE.as_slice(), &[parts.to_str().unwrap(), "--merge"]].concat();
    refuses(&merge, &["8 of 9 cells", "missing: 7"]);
    assert_eq!(fs::read_to_string(parts.join("sweep.csv")).unwrap().lines().count(), 9);
    nine(&parts, &["--cell", "7"]);
    runs(&merge);
    assert_eq!(files(&whole), files(&parts));
    let beyond = [NINE.as_slice(), &[parts.to_str().unwrap(), "--cell", "9"]].concat();
    refuses(&beyond, &["--cell 9", "cells 0 to 8"]);
}

#[test]
fn the_folder_of_another_sweep_is_refused_and_left_alone() {
    let bench = TempDir::new().unwrap();
    let out = bench.path().join("sweep");
    nine(&out, &[]);
    let before = files(&out);
    let folder = out.to_str().unwrap();
    for other in [["--seed", "1"], ["--shots", "5"], ["--algorithm", "fomaml"]] {
        refuses(&[NINE.as_slice(), &[folder], &other].concat(), &["other settings", "--out"]);
    }
    let iterations: Vec<&str> = NINE.iter().map(|&word| if word == "40" { "41" } else { word }).collect();
    refuses(&[iterations.as_slice(), &[folder]].concat(), &["other settings"]);
    assert_eq!(files(&out), before);
    nine(&out, &[]);
}

#[test]
fn bad_axes_are_explained_before_anything_is_written() {
    let bench = TempDir::new().unwrap();
    let out = bench.path().join("refused");
    let folder = out.to_str().unwrap();
    let changes = bench.path().join("changes.toml");
    fs::write(&changes, "[run]\ntasks = \"sine\"\n[[changes]]\nat = 1\nknob = \"noise\"\nvalue = 1\n").unwrap();
    for (arguments, parts) in [
        (vec!["--x", "speed=1..2"], vec!["speed", "inner-rate, outer-rate"]),
        (vec!["--x", "inner-rate=1..1e-3"], vec!["from 1 to 0.001", "lower end first"]),
        (vec!["--x", "inner-rate=0..1"], vec!["inner-rate = 0", "above 0"]),
        (vec!["--y", "outer-rate=-1..1"], vec!["outer-rate = -1", "above 0"]),
        (vec!["--y", "inner-rate=0.1..1"], vec!["both axes", "inner-rate"]),
        (vec!["--x", "inner-rate=0.1..100"], vec!["inner_rate = ", "range"]),
        (vec!["--x", "inner-steps=1..50"], vec!["inner_steps = ", "range"]),
        (vec!["--cells", "33x32"], vec!["1056 cells", "at most 1024", "fewer values"]),
        (vec!["--cells", "many"], vec!["many", "8x8"]),
        (vec!["--x", "algorithm=maml,best"], vec!["best", "fomaml"]),
        (vec!["--tasks", "plane", "--x", "width=4..8"], vec!["width", "no hidden layer"]),
        (vec!["--tasks", "picture", "--x", "shots=1..8"], vec!["shots", "support share"]),
        (vec!["--test-shots", "5,10"], vec!["--test-shots", "metascope race"]),
        (vec!["--inner-rate", "0.5"], vec!["--inner-rate is varied by the sweep", "--x and --y"]),
        (vec!["--y", "shots=5,10", "--shots", "5"], vec!["--shots is varied by the sweep"]),
        (vec![changes.to_str().unwrap()], vec!["[[changes]]"]),
    ] {
        refuses(&[["sweep", "--out", folder].as_slice(), &arguments].concat(), &parts);
        assert!(!out.exists(), "{arguments:?} left files behind");
    }
}

fn axes(x: &str, y: &str) -> [metascope::compare::axis::Axis; 2] {
    [x, y].map(|text| text.parse::<Range>().unwrap().axis(2))
}

/// Every setting that can be varied reaches the run, also on pictures.
#[test]
fn every_axis_has_an_effect() {
    let mut experiment =
        Experiment { settings: Settings::preset(families::SINE, algorithms::MAML), ..Default::default() };
    experiment.settings.live.meta_batch = 2;
    experiment.settings.run.held_out_tasks = 4;
    for x in [
        "inner-rate=0.01,0.02",
        "inner-steps=1..2",
        "meta-batch=2,3",
        "shots=5..9",
        "width=8..9",
        "algorithm=maml,anil",
    ] {
        let sweep = Sweep::new(&experiment, axes(x, "outer-rate=0.001"), 3, None).unwrap();
        assert_eq!(sweep.cells(), 2, "{x}");
        let [first, second] = [0, 1].map(|cell| run_cell(&sweep, cell, false, Cancel::NEVER).unwrap().unwrap().0);
        assert!(first.loss.is_some() && first.loss != second.loss, "{x}: {first:?}");
        let watched = run_cell(&sweep, 0, true, Cancel::NEVER).unwrap().unwrap().0;
        assert_eq!(watched, first, "what is beside a run changes nothing of it");
        assert!(run_cell(&sweep, 0, false, Cancel::when(&|| true)).unwrap().is_none());
    }
    let mut pictures =
        Experiment { settings: Settings::preset(families::PICTURE, algorithms::MAML), ..Default::default() };
    pictures.settings.run.network.hidden = vec![8, 8];
    pictures.settings.run.held_out_tasks = 2;
    let hand = sets::read_once(&ImageSource::Hand);
    let sweep = Sweep::new(&pictures, axes("width=8,9", "outer-rate=0.001"), 2, Some(hand.clone())).unwrap();
    let [first, second] = [0, 1].map(|cell| run_cell(&sweep, cell, false, Cancel::NEVER).unwrap().unwrap().0);
    assert_ne!(first.loss, second.loss);
    let mut few = (*hand).clone();
    few.images.retain(|image| image.held_out);
    few.images[0].held_out = false;
    let few = Sweep::new(&pictures, axes("width=8,9", "outer-rate=0.001"), 2, Some(Arc::new(few)));
    assert!(matches!(few, Err(CompareError::TooFewImages)));
    let mut two = (*hand).clone();
    two.images.retain(|image| image.class < 2);
    let characters = Experiment { settings: Settings::preset(families::CLASS, algorithms::MAML), ..Default::default() };
    let few = Sweep::new(&characters, axes("width=8,9", "outer-rate=0.001"), 2, Some(Arc::new(two)));
    assert!(matches!(few, Err(CompareError::TooFewClasses)));
}

/// Settings are chosen on tasks that no test sees.
#[test]
fn validation_tasks_are_not_test_tasks() {
    let live = LiveSettings::default();
    for tasks in [families::PLANE, families::SINE] {
        let settings = Settings::preset(tasks, algorithms::MAML);
        let family = Family::new(&settings.run, None).unwrap();
        let names = |split| (0..100).map(|i| family.held_out_of(split, &live, 0, i).name).collect::<Vec<_>>();
        let queries =
            |split| (0..100).map(|i| family.held_out_of(split, &live, 0, i).episode.query).collect::<Vec<_>>();
        let (test, validation) = (queries(Split::Test), queries(Split::Validation));
        assert!(validation.iter().all(|task| !test.contains(task)), "{tasks:?}");
        assert_ne!(names(Split::Test), names(Split::Validation));
        assert_eq!(names(Split::Test)[3], family.held_out(&live, 0, 3).name);
    }
    for source in [ImageSource::Faces, ImageSource::Hand] {
        let set = built_in(&source).unwrap();
        let split = set.for_validation(0).unwrap();
        let test: Vec<_> = set.images.iter().filter(|image| image.held_out).collect();
        let validation: Vec<_> = split.images.iter().filter(|image| image.held_out).collect();
        assert_eq!(split.images.len() + test.len(), set.images.len());
        assert!(validation.len() >= 5 && validation.len() <= 24, "{}", validation.len());
        assert!(split.images.iter().all(|image| test.iter().all(|test| test.pixels != image.pixels)));
        assert_eq!(split.images, set.for_validation(0).unwrap().images);
        assert_ne!(split.images, set.for_validation(1).unwrap().images);
    }
}

#[test]
fn options_without_effect_are_refused_and_those_of_a_swept_algorithm_are_not() {
    let bench = TempDir::new().unwrap();
    let out = bench.path().join("sweep");
    let out = out.to_str().unwrap();
    refuses(&["--tasks", "sine", "sweep", "--out", out], &["behind its name"]);
    let one = ["sweep", "--tasks", "plane", "--regularisation", "5", "--iterations", "2", "--out", out];
    refuses(&one, &["--regularisation belongs to iMAML"]);
    let axes = ["--x", "algorithm=maml,imaml", "--y", "outer-rate=0.01"];
    runs(&[one.as_slice(), &axes].concat());
    refuses(
        &["race", "--tasks", "plane", "--algorithms", "maml", "--context", "3", "--out", out],
        &["belongs to CAVIA"],
    );
}

#[test]
fn the_check_covers_every_algorithm_and_passes() {
    let report = runs(&["check"]);
    for algorithm in Algorithm::ALL {
        assert!(report.contains(algorithm.label()), "{report}");
    }
    for part in ["by definition", "learned rates", "tanh", "ReLU", "sine", "exact", "All "] {
        assert!(report.contains(part), "{part:?} is not in\n{report}");
    }
    assert!(!report.contains("WRONG"));
}
