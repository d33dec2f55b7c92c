//! Races.

use metascope::meta::cancel::Cancel;
use std::fs;
use std::path::Path;

use metascope::compare::race::{Race, Summary, run_one};
use metascope::experiment::Experiment;
use metascope::settings::{Algorithm, Settings};
use serde_json::Value;
use tempfile::TempDir;

use super::{metascope, refuses, runs, said};
use crate::common::algorithms;
use crate::common::families;

fn small_sine(algorithm: Algorithm) -> Experiment {
    let mut settings = Settings::preset(families::SINE, algorithm);
    (settings.live.meta_batch, settings.live.test_steps) = (2, 5);
    (settings.run.held_out_tasks, settings.run.evaluate_every) = (6, 5);
    Experiment { settings, ..Default::default() }
}

#[test]
fn an_algorithm_against_itself_differs_by_exactly_nothing() {
    let entrants = [algorithms::MAML, algorithms::MAML, algorithms::FOMAML].map(small_sine);
    let race = Race::new(&entrants, &[3, 4], 10, &[5, 10], vec![None, None]).unwrap();
    let results: Vec<_> =
        (0..race.runs()).map(|run| run_one(&race, run, Cancel::NEVER).unwrap().map(|(result, _)| result)).collect();
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
    let columns = ["5 shots, 1 step", "5 shots, 5 steps", "10 shots, 1 step", "10 shots, 5 steps"];
    assert_eq!(lines[0], columns.iter().fold("| |".to_owned(), |line, column| line + &format!(" loss, {column} |")));
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
    let arguments = [arguments.as_slice(), &["--held-out-tasks", "3", "--out", out.to_str().unwrap()]].concat();
    let output = metascope(&arguments);
    assert_eq!(output.status.code(), Some(3), "both did");
    assert!(said(&output).contains("every run diverged"), "{}", said(&output));
    let plain = String::from_utf8(output.stdout).unwrap();
    assert!(plain.contains("diverged at"), "{plain}");
    // The baselines are measured in the first algorithm's runs.
    assert!(plain.contains("not measured: MAML diverged"), "{plain}");
    let json: Value = serde_json::from_str(&fs::read_to_string(out.join("race.json")).unwrap()).unwrap();
    assert_eq!(json["rows"][0]["measures"], serde_json::json!([]));
    assert_eq!(json["rows"][0]["diverged"][0][0], 0);
    let table = metascope(&[arguments.as_slice(), &["--table"]].concat());
    let written = String::from_utf8(table.stdout).unwrap();
    let parts = ["No run was finished: MAML diverged at ", "; Reptile diverged at "];
    assert!(table.status.code() == Some(3) && parts.iter().all(|part| written.contains(part)), "{written}");
}
