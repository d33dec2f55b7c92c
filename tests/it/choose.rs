//! Sweeps and races by the real program: their files, how they go on where they were, and what they say about
//! mistakes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use metascope::choose::ChooseError;
use metascope::choose::axis::Range;
use metascope::choose::race::{Race, Summary, run_one};
use metascope::choose::sweep::{Sweep, run_cell};
use metascope::experiment::Experiment;
use metascope::images::built_in::built_in;
use metascope::settings::{Algorithm, ImageSource, LiveSettings, Settings, TaskFamily};
use metascope::tasks::{Family, Split};
use serde_json::Value;
use tempfile::TempDir;

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
    let mut expected = Settings::preset(TaskFamily::Plane, Algorithm::Maml);
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
        (vec![changes.to_str().unwrap()], vec!["[[changes]]"]),
    ] {
        refuses(&[["sweep", "--out", folder].as_slice(), &arguments].concat(), &parts);
        assert!(!out.exists(), "{arguments:?} left files behind");
    }
}

fn axes(x: &str, y: &str) -> [metascope::choose::axis::Axis; 2] {
    [x, y].map(|text| text.parse::<Range>().unwrap().axis(2))
}

/// Every setting that can be varied reaches the run, also on pictures.
#[test]
fn every_axis_has_an_effect() {
    let mut experiment =
        Experiment { settings: Settings::preset(TaskFamily::Sine, Algorithm::Maml), ..Default::default() };
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
        let [first, second] = [0, 1].map(|cell| run_cell(&sweep, cell, &|| true).unwrap().unwrap().0);
        assert!(first.loss.is_some() && first.loss != second.loss, "{x}: {first:?}");
        assert!(run_cell(&sweep, 0, &|| false).unwrap().is_none());
    }
    let mut pictures =
        Experiment { settings: Settings::preset(TaskFamily::Picture, Algorithm::Maml), ..Default::default() };
    pictures.settings.run.network.hidden = vec![8, 8];
    pictures.settings.run.held_out_tasks = 2;
    let hand = Arc::new(built_in(&ImageSource::Hand).unwrap());
    let sweep = Sweep::new(&pictures, axes("width=8,9", "outer-rate=0.001"), 2, Some(hand.clone())).unwrap();
    let [first, second] = [0, 1].map(|cell| run_cell(&sweep, cell, &|| true).unwrap().unwrap().0);
    assert_ne!(first.loss, second.loss);
    let mut few = (*hand).clone();
    few.images.retain(|image| image.held_out);
    few.images[0].held_out = false;
    let few = Sweep::new(&pictures, axes("width=8,9", "outer-rate=0.001"), 2, Some(Arc::new(few)));
    assert!(matches!(few, Err(ChooseError::TooFewImages)));
}

/// Settings are chosen on tasks that no test sees.
#[test]
fn validation_tasks_are_not_test_tasks() {
    let live = LiveSettings::default();
    for tasks in [TaskFamily::Plane, TaskFamily::Sine] {
        let settings = Settings::preset(tasks, Algorithm::Maml);
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

fn small_sine(algorithm: Algorithm) -> Experiment {
    let mut settings = Settings::preset(TaskFamily::Sine, algorithm);
    (settings.live.meta_batch, settings.live.test_steps) = (2, 5);
    (settings.run.held_out_tasks, settings.run.evaluate_every) = (6, 5);
    Experiment { settings, ..Default::default() }
}

#[test]
fn an_algorithm_against_itself_differs_by_exactly_nothing() {
    let entrants = [Algorithm::Maml, Algorithm::Maml, Algorithm::Fomaml].map(small_sine);
    let race = Race::new(&entrants, &[3, 4], 10, &[5, 10], vec![None, None]).unwrap();
    let results: Vec<_> = (0..race.runs()).map(|run| run_one(&race, run, &|| true).unwrap()).collect();
    let summary = Summary::new(&race, &results);
    let ids: Vec<_> = summary.rows.iter().map(|row| row.id).collect();
    assert_eq!(ids, ["maml", "maml", "fomaml", "joint", "random"]);
    for row in &summary.rows {
        let shots: Vec<_> = row.measures.iter().map(|measure| measure.test_shots).collect();
        assert_eq!(shots, [Some(5), Some(10)]);
        for measure in &row.measures {
            assert_eq!((measure.tasks, measure.loss.len(), measure.loss_by_seed.len()), (12, 6, 2));
            let difference = measure.difference.as_ref().unwrap();
            assert_eq!((difference.to, difference.tasks), ("maml", 12));
            let nothing = difference.loss.iter().chain(&difference.loss_interval).all(|&value| value == 0.0);
            assert_eq!(nothing, row.id == "maml", "{row:?}");
            let first = summary.rows[0].measures.iter().find(|first| first.test_shots == measure.test_shots).unwrap();
            for ((own, first), difference) in measure.loss.iter().zip(&first.loss).zip(&difference.loss) {
                assert!((own - first - difference).abs() < 1e-9);
            }
        }
    }
    // A test task is the same curve whatever its shots.
    let [five, ten] = [0, 1].map(|shots| summary.rows[0].measures[shots].loss[0]);
    assert_eq!(five, ten, "before adaptation shots do not matter");
}

#[test]
fn a_race_writes_its_files_and_goes_on() {
    let bench = TempDir::new().unwrap();
    let [whole, killed] = ["whole", "killed"].map(|name| bench.path().join(name));
    let file = bench.path().join("small.toml");
    fs::write(&file, "[run]\ntasks = \"sine\"\nevaluate_every = 5\nheld_out_tasks = 4\n[live]\nmeta_batch = 2\n")
        .unwrap();
    let arguments = |out: &Path| {
        let fixed = ["race", "--algorithms", "maml,reptile", "--iterations", "10", "--seeds", "2", "--seed", "5"];
        let shots = ["--test-shots", "5,10", "--table", "--out"];
        let words = fixed.iter().chain(&shots).map(|&word| word.to_owned());
        words.chain([out, &file].map(|path| path.to_str().unwrap().to_owned())).collect::<Vec<String>>()
    };
    let race = |out: &Path| runs(&arguments(out).iter().map(String::as_str).collect::<Vec<_>>());
    let table = race(&whole);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "| | 5 shots, 1 step | 5 shots, 5 steps | 10 shots, 1 step | 10 shots, 5 steps |");
    let names: Vec<&str> = lines[2..].iter().map(|line| line.split('|').nth(1).unwrap().trim()).collect();
    assert_eq!(names, ["MAML, K = 1", "Reptile, K = 5", "joint pretraining", "random init"]);
    assert!(lines[2..].iter().all(|line| line.matches(" ± ").count() == 4), "{table}");

    let text = fs::read_to_string(whole.join("race.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<[String; 3]> =
        reader.records().map(|row| [0, 1, 2].map(|i| row.as_ref().unwrap()[i].to_owned())).collect();
    let mut expected = Vec::new();
    for algorithm in ["maml", "reptile"] {
        for seed in ["5", "6"] {
            expected.extend(["0", "5", "10"].map(|at| [algorithm, seed, at].map(str::to_owned)));
        }
    }
    assert_eq!(rows, expected);
    let json: Value = serde_json::from_str(&fs::read_to_string(whole.join("race.json")).unwrap()).unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), 4);
    assert_eq!(json["seeds"], serde_json::json!([5, 6]));
    for row in json["rows"].as_array().unwrap() {
        let [short, long] = [&row["measures"][0], &row["long"]].map(|of| of["loss"].as_array().unwrap());
        assert_eq!((short.len(), long.len()), (11, 51));
        assert_eq!(short, &long[..11], "the same few tasks at the same rates");
    }

    race(&killed);
    fs::remove_file(killed.join("runs/001.toml")).unwrap();
    fs::write(killed.join("runs/002.toml"), "fingerp").unwrap();
    assert_eq!(race(&killed), table);
    for name in ["race.csv", "race.json"] {
        assert_eq!(fs::read(whole.join(name)).unwrap(), fs::read(killed.join(name)).unwrap(), "{name}");
    }
    let mut other = arguments(&whole);
    other[2] = "maml,fomaml".to_owned();
    refuses(&other.iter().map(String::as_str).collect::<Vec<_>>(), &["other settings", "--out"]);
    let out = whole.to_str().unwrap();
    refuses(&["race", "--out", out], &["--algorithms"]);
    refuses(&["race", "--algorithms", "maml", "--algorithm", "maml", "--out", out], &["--algorithms"]);
    refuses(&["race", "--algorithms", "maml", "--test-shots", "5,10", "--out", out], &["no shots"]);
    refuses(
        &["race", "--tasks", "sine", "--algorithms", "maml", "--test-shots", "5,0", "--out", out],
        &["test_shots = 0"],
    );
}

#[test]
fn a_run_that_diverges_does_not_end_the_race() {
    let bench = TempDir::new().unwrap();
    let out = bench.path().join("race");
    let arguments =
        ["race", "--tasks", "plane", "--algorithms", "maml,reptile", "--inner-rate", "5", "--iterations", "30"];
    let plain = runs(&[arguments.as_slice(), &["--held-out-tasks", "3", "--out", out.to_str().unwrap()]].concat());
    assert!(plain.contains("diverged at"), "{plain}");
    // The baselines are measured in the first algorithm's runs.
    assert!(plain.contains("not measured: MAML diverged"), "{plain}");
    let json: Value = serde_json::from_str(&fs::read_to_string(out.join("race.json")).unwrap()).unwrap();
    assert_eq!(json["rows"][0]["measures"], serde_json::json!([]));
    assert_eq!(json["rows"][0]["diverged"][0][0], 0);
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
