//! Runs that nobody watches: signals, locks, folders of other runs, closed pipes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::command::{Bench, SHORT, metascope, pictures, small};

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn a_run_is_replaced_only_when_asked_and_other_files_stay() {
    let bench = Bench::new();
    let file = bench.file("short.toml", SHORT);
    let arguments = [file.as_str(), "--iterations", "5"];
    assert!(bench.try_run("out", &arguments).status.success());
    bench.file("out/notes.txt", "mine");
    bench.file("out/best.png", "of the run that was here");
    let before = files(&bench.path("out"));
    let other = [&arguments[..], &["--seed", "7"]].concat();
    let refused = bench.try_run("out", &other);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("experiment.toml") && said(&refused).contains("--overwrite"), "{}", said(&refused));
    assert_eq!(files(&bench.path("out")), before);
    bench.run("out", &other);
    let after = files(&bench.path("out"));
    let names: Vec<&str> = after.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["experiment.toml", "metrics.csv", "notes.txt", "run.safetensors", "samples.png", "summary.json"]
    );
    assert_eq!(bench.summary("out")["seed"], 7);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let bench = Bench::new();
    let file = bench.file("short.toml", SHORT);
    let out = bench.text("out");
    let run = ["run", file.as_str(), "--iterations", "5", "--out", out.as_str()];
    for arguments in [["check"].as_slice(), &run] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_metascope"));
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        if arguments == run {
            drop(child.stderr.take());
        }
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && said(&output).is_empty(), "{arguments:?}: {output:?}");
    }
    assert!(bench.path("out/summary.json").exists());
}

#[test]
fn any_seed_and_relative_images_are_written_so_that_they_read_back() {
    let bench = Bench::new();
    pictures(&bench.path("own"), 6);
    let mut command = Command::new(env!("CARGO_BIN_EXE_metascope"));
    let arguments = ["--images", "own", "--image-size", "8", "--seed", "18446744073709551615", "--iterations", "3"];
    let arguments = small(&[&arguments, ["--test-steps", "2", "--threads", "5000"].as_slice()].concat());
    let first = command.current_dir(bench.path(".")).args(["run", "--out", "first"]).args(&arguments).output().unwrap();
    assert!(first.status.success(), "{}", said(&first));
    assert!(said(&first).contains("--threads 5000: this machine has"), "{}", said(&first));
    let written = fs::read_to_string(bench.path("first/experiment.toml")).unwrap();
    assert!(written.contains("seed = \"18446744073709551615\"") && written.contains(&bench.text("own")), "{written}");
    bench.run("again", &[&bench.text("first/experiment.toml"), "--iterations", "3"]);
    assert_eq!(bench.results("first"), bench.results("again"));
    for seed in ["-1", "\"many\"", "1.5"] {
        let file = bench.file("seed.toml", &format!("[run]\ntasks = \"sine\"\nseed = {seed}\n"));
        bench.refuses(&[&file], &["line 3", "a seed is a whole number"]);
    }
}

#[test]
fn a_folder_that_may_only_be_read_is_an_error_in_plain_words() {
    let bench = Bench::new();
    let mine = bench.path("mine");
    fs::create_dir(&mine).unwrap();
    let mut rights = fs::metadata(&mine).unwrap().permissions();
    rights.set_readonly(true);
    fs::set_permissions(&mine, rights).unwrap();
    // The administrator may write to any folder but the kernel's.
    let read_only = |folder: &&str| Path::new(folder).is_dir() && fs::write(Path::new(folder).join("a"), "").is_err();
    let mine = mine.to_str().unwrap().to_owned();
    let Some(folder) = [mine.as_str(), "/sys/kernel", "/proc/sys"].into_iter().find(read_only) else { return };
    let output = metascope(&[&["run", "--out", folder], small(&["--tasks", "plane"]).as_slice()].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("cannot write") && said(&output).contains("--out"), "{}", said(&output));
    assert!(!said(&output).contains("panicked"), "{}", said(&output));
}

#[cfg(unix)]
mod signals {
    use super::*;
    use crate::common::waiting::wait_until;
    use std::io::{BufRead as _, BufReader};
    use std::process::Child;

    /// Many meta-iterations.
    const ENDLESS: [&str; 2] = ["--iterations", "1000000000"];

    fn start(bench: &Bench, arguments: &[&str]) -> Child {
        let file = bench.file("short.toml", SHORT);
        let mut command = Command::new(env!("CARGO_BIN_EXE_metascope"));
        command.args(["run", "--out", &bench.text("out"), &file]).args(arguments).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    fn send(signal: &str, child: &Child) {
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    }

    fn wait_for_rows(bench: &Bench) {
        let path = bench.path("out/metrics.csv");
        wait_until("rows", || fs::read_to_string(&path).ok().filter(|text| text.lines().count() > 4));
    }

    #[test]
    fn a_signal_ends_training_and_its_results_are_written() {
        for signal in ["-INT", "-TERM"] {
            let bench = Bench::new();
            let child = start(&bench, &ENDLESS);
            wait_for_rows(&bench);
            send(signal, &child);
            let output = child.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{}", said(&output));
            assert!(said(&output).contains("interrupted after"), "{}", said(&output));
            let summary = bench.summary("out");
            assert_eq!((&summary["interrupted"], &summary["diverged"]), (&true.into(), &serde_json::Value::Null));
            let done = summary["iterations"].as_u64().unwrap();
            // The same bits as a run that was to be as long.
            let done_again = done.to_string();
            let written = fs::read_to_string(bench.path("out/experiment.toml")).unwrap();
            assert!(written.lines().next().unwrap().contains(&format!("--iterations {done}`")), "{written}");
            bench.run("again", &[&bench.text("out/experiment.toml"), "--iterations", &done_again]);
            let (metrics, mut short, samples) = bench.results("again");
            short["interrupted"] = true.into();
            assert_eq!(bench.results("out"), (metrics, short, samples));
        }
    }

    #[test]
    fn a_second_signal_ends_at_once() {
        let bench = Bench::new();
        // Measuring all of these takes longer than anybody waits.
        let mut child = start(&bench, &[&ENDLESS[..], &["--held-out-tasks", "100000", "--test-steps", "50"]].concat());
        wait_for_rows(&bench);
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        send("-INT", &child);
        assert!(lines.any(|line| line.unwrap().contains("interrupted after")));
        send("-TERM", &child);
        assert_eq!(child.wait().unwrap().code(), Some(130));
        assert!(!bench.path("out/summary.json").exists());
    }

    #[test]
    fn two_runs_do_not_share_a_folder_and_a_killed_one_leaves_no_lock() {
        let bench = Bench::new();
        let mut child = start(&bench, &ENDLESS);
        wait_for_rows(&bench);
        let file = bench.text("short.toml");
        let short = [file.as_str(), "--iterations", "5"];
        let second = bench.try_run("out", &[&short[..], &["--overwrite"]].concat());
        assert_eq!(second.status.code(), Some(1));
        assert!(said(&second).contains("another run is writing"), "{}", said(&second));
        child.kill().unwrap();
        child.wait().unwrap();
        let metrics = bench.metrics("out");
        assert!(metrics.ends_with('\n') && metrics.lines().all(|line| line.matches(',').count() == 5), "{metrics}");
        assert!(!bench.try_run("out", &short).status.success(), "nothing is overwritten unasked");
        assert_eq!(bench.metrics("out"), metrics);
        bench.run("out", &short);
        let names: Vec<String> = files(&bench.path("out")).into_keys().collect();
        assert_eq!(names, ["experiment.toml", "metrics.csv", "run.safetensors", "samples.png", "summary.json"]);
    }

    #[test]
    fn an_interrupted_sweep_says_how_to_go_on() {
        let bench = Bench::new();
        let out = bench.text("out");
        let arguments = ["sweep", "--tasks", "plane", "--iterations", "3000", "--threads", "1", "--out", &out];
        let mut command = Command::new(env!("CARGO_BIN_EXE_metascope"));
        let child = command.args(arguments).stderr(Stdio::piped()).spawn().unwrap();
        wait_until("a cell", || bench.path("out/cells/001.toml").exists().then_some(()));
        send("-INT", &child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", said(&output));
        assert!(said(&output).contains("of 64 cells") && said(&output).contains("same command"), "{}", said(&output));
        assert!(fs::read_to_string(bench.path("out/sweep.csv")).unwrap().ends_with('\n'));
    }
}
