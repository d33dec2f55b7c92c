//! The real program without a window: its files and its options.

use std::fs;

use metascope::settings::TaskFamily;

use crate::common::algorithms;
use crate::common::command::{Bench, SHORT, keys, numbers, pictures, small, sorted};
use crate::common::families;

#[test]
fn the_files_and_their_shape() {
    let bench = Bench::new();
    for (tasks, iterations, every, columns) in [
        (families::PLANE, 200, 100, 0),
        (families::SINE, 100, 100, 0),
        (families::PICTURE, 20, 10, 11),
        (families::COMPLETION, 20, 10, 11),
        (families::UPSCALE, 20, 10, 11),
        (families::CLASS, 20, 10, 0),
        (families::CLASSIFY, 40, 20, 11),
        (families::CLUSTER, 40, 20, 11),
    ] {
        let out = tasks.id();
        bench.run(out, &bench.small(tasks, &["--iterations", &iterations.to_string(), "--seed", "5"]));
        let mut written: Vec<_> =
            fs::read_dir(bench.path(out)).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        written.sort();
        assert_eq!(written, ["experiment.toml", "metrics.csv", "run.safetensors", "samples.png", "summary.json"]);

        let metrics = bench.metrics(out);
        let mut reader = csv::Reader::from_reader(metrics.as_bytes());
        let name = match tasks {
            families::CLASSIFY => "accuracy",
            families::CLUSTER => "purity",
            _ => "psnr",
        };
        let psnr = (0..columns).map(|step| format!("{name}_{step}"));
        let fixed = ["iteration", "measured", "training_before", "training_after", "held_out_before", "held_out_after"];
        let said = ["recognised_held_out", "recognised_all", "diversity", "nearest_support"];
        let marks = said.into_iter().chain(["taught_by_support", "taught_by_samples", "taught_by_both"]);
        let marks = marks.into_iter().filter(|_| tasks == families::CLASS);
        let header: Vec<String> =
            fixed.map(str::to_owned).into_iter().chain(psnr).chain(marks.clone().map(str::to_owned)).collect();
        assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), header);
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        let at: Vec<u64> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
        assert_eq!(at, (0..=iterations).step_by(every).collect::<Vec<_>>());
        for (index, row) in rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate().skip(1) {
                // Before the first meta-iteration nothing was trained, and nothing is judged.
                let missing =
                    index == 0 && ((2..=3).contains(&column) || column >= header.len() - marks.clone().count());
                let number = cell.parse::<f32>();
                assert!(if missing { cell.is_empty() } else { number.is_ok_and(f32::is_finite) }, "{row:?}");
            }
            // So soon every meta-iteration is measured.
            assert_eq!(row[1].parse(), Ok(if index == 0 { 0 } else { every }));
        }

        let summary = bench.summary(out);
        let mut expected =
            vec!["tasks", "algorithm", "seed", "iterations", "elapsed_secs", "diverged", "held_out", "baselines"];
        expected.extend(["interrupted", "images", "ways", "shots", "test_shots", "best"]);
        expected.extend((tasks == families::COMPLETION).then_some("interpolation_psnr"));
        if tasks == families::UPSCALE {
            expected.extend(["nearest_psnr", "bicubic_psnr", "lanczos_psnr"]);
        }
        expected.extend((tasks == families::CLASS).then_some("real"));
        expected.extend((tasks == families::CLUSTER).then_some(["raw_purity", "chance_purity"]).into_iter().flatten());
        assert_eq!(sorted(keys(&summary)), sorted(expected));
        assert_eq!((summary["tasks"].as_str(), summary["algorithm"].as_str()), (Some(out), Some("maml")));
        assert_eq!((summary["seed"].as_u64(), summary["iterations"].as_u64()), (Some(5), Some(iterations)));
        assert!(summary["elapsed_secs"].as_f64().unwrap() > 0.0 && summary["diverged"].is_null());
        assert_eq!(summary["interrupted"], false);
        assert_eq!(summary["images"].is_object(), tasks.needs_images());
        let told_apart = matches!(tasks, families::CLASSIFY | families::CLUSTER);
        assert_eq!(summary["ways"].as_u64(), told_apart.then_some(5));
        let baselines = &summary["baselines"];
        assert_eq!(sorted(keys(baselines)), ["joint", "random"]);
        for statistics in [&summary["held_out"], &baselines["random"], &baselines["joint"]] {
            let mut expected =
                vec!["tasks", "inner_rate", "loss", "loss_interval", "loss_median", "diverged_share", "psnr"];
            if tasks == families::CLASS {
                expected.push("flow_loss");
                expected.extend(said);
                for by in ["taught_by_support", "taught_by_samples", "taught_by_both"] {
                    expected.push(by);
                    assert!((0.0..=1.0).contains(&statistics[by].as_f64().unwrap()));
                    let first = &summary["held_out"]["taught_by_support"];
                    assert_eq!(&statistics["taught_by_support"], first);
                }
                assert_eq!(statistics["flow_loss"], statistics["loss"]);
            }
            if matches!(tasks, families::CLASSIFY | families::CLUSTER) {
                expected.push(name);
                assert!(numbers(&statistics[name]).iter().all(|score| (0.0..=1.0).contains(score)));
                assert_eq!(numbers(&statistics[name]).len(), 11);
            }
            assert_eq!(sorted(keys(statistics)), sorted(expected));
            assert_eq!(statistics["tasks"], 3);
            assert!(statistics["inner_rate"].as_f64().unwrap() > 0.0);
            for key in ["loss", "loss_median", "diverged_share"] {
                assert_eq!(numbers(&statistics[key]).len(), 11, "{key}");
            }
            if tasks.is_told_in_decibels() {
                assert_eq!(numbers(&statistics["psnr"]).len(), 11);
            } else {
                assert!(statistics["psnr"].is_null());
            }
        }
        assert!(image::open(bench.path(out).join("samples.png")).unwrap().width() > 100);
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let bench = Bench::new();
    for tasks in TaskFamily::ALL {
        for algorithm in [algorithms::MAML, algorithms::REPTILE] {
            let iterations = if tasks.needs_images() { "10" } else { "100" };
            let what = ["--algorithm", algorithm.id(), "--iterations", iterations];
            let [one, two] = ["1", "2"].map(|threads| {
                let out = format!("{}-{}-{threads}", tasks.id(), algorithm.id());
                let arguments =
                    bench.small(tasks, &[what.as_slice(), &["--meta-batch", "5", "--threads", threads]].concat());
                bench.run(&out, &arguments);
                bench.results(&out)
            });
            assert_eq!(one, two, "{tasks:?} {algorithm:?}");
        }
    }
}

#[test]
fn the_written_experiment_replays_the_run() {
    let bench = Bench::new();
    for (tasks, iterations) in [(families::PLANE, "100"), (families::SINE, "100"), (families::PICTURE, "10")] {
        for algorithm in ["maml", "meta-sgd"] {
            let what = ["--algorithm", algorithm, "--iterations", iterations, "--seed", "3"];
            bench.run("first", &bench.small(tasks, &what));
            let file = bench.text("first/experiment.toml");
            bench.run("again", &[&file, "--iterations", iterations]);
            assert_eq!(bench.results("first"), bench.results("again"), "{tasks:?} {algorithm}");
            let files = ["first", "again"].map(|out| fs::read(bench.path(out).join("experiment.toml")).unwrap());
            assert_eq!(files[0], files[1]);
            let first = String::from_utf8_lossy(&files[0]).lines().next().unwrap().to_owned();
            let command = format!("`metascope run experiment.toml --iterations {iterations}` replays it");
            assert!(first.contains(&command), "{first}");
        }
    }
}

#[test]
fn a_run_that_goes_on_says_how_much_of_it_is_new() {
    let bench = Bench::new();
    let file = bench.file("short.toml", SHORT);
    let said = bench.run("first", &[&file, "--iterations", "5"]);
    assert!(said.contains("5 meta-iterations in ") && !said.contains("more"), "{said}");
    let kept = bench.text("first/run.safetensors");
    let said = bench.run("on", &["--resume", &kept, "--iterations", "8"]);
    assert!(said.contains("3 more meta-iterations, 8 in all, in "), "{said}");
}

#[test]
fn changes_take_effect_and_are_replayed() {
    let bench = Bench::new();
    let plain = bench.file("plain.toml", SHORT);
    let change =
        |at: u64, knob: &str, value: &str| format!("[[changes]]\nat = {at}\nknob = \"{knob}\"\nvalue = {value}\n");
    let changes = change(10, "inner_rate", "0.05") + &change(10, "meta_batch", "3") + &change(15, "test_steps", "4");
    let changed = bench.file("changed.toml", &(SHORT.to_owned() + &changes));
    bench.run("plain", &[&plain, "--iterations", "20"]);
    bench.run("changed", &[&changed, "--iterations", "20"]);
    let lines = |out| bench.metrics(out).lines().map(str::to_owned).collect::<Vec<_>>();
    let (plain, changed) = (lines("plain"), lines("changed"));
    // The header, the rows at 0 and 5, and the training losses up to 10 are the same.
    assert_eq!(plain[..3], changed[..3]);
    assert_ne!(plain[5], changed[5]);
    bench.run("again", &[&bench.text("changed/experiment.toml"), "--iterations", "20"]);
    assert_eq!(bench.results("changed"), bench.results("again"));
    assert_eq!(numbers(&bench.summary("again")["held_out"]["loss"]).len(), 5);

    let later = change(15, "inner_rate", "0.015") + &change(10, "inner_rate", "0.01");
    let later = bench.file("later.toml", &(SHORT.to_owned() + &later));
    let said = bench.run("overruled", &[&later, "--inner-rate", "0.02", "--shots", "5", "--iterations", "20"]);
    let line = "--inner-rate holds until meta-iteration 10, where one of the [[changes]] sets inner_rate to 0.01";
    assert!(said.lines().any(|said| said == line) && !said.contains("--shots"), "{said}");

    // A change that makes the run diverge, and one after that.
    let fatal = change(7, "inner_rate", "10.0") + &change(300, "noise", "0.5");
    let fatal = bench.file("fatal.toml", &(SHORT.to_owned() + &fatal));
    bench.run_to(3, "fatal", &[&fatal, "--iterations", "20"]);
    assert!(!bench.summary("fatal")["diverged"].is_null());
    bench.run_to(3, "fatal-again", &[&bench.text("fatal/experiment.toml"), "--iterations", "20"]);
    assert_eq!(bench.results("fatal"), bench.results("fatal-again"));
}

#[test]
fn every_option_has_an_effect() {
    let bench = Bench::new();
    let file = bench.file("short.toml", SHORT);
    let iterations = ["--iterations", "10"];
    bench.run("base", &[&[file.as_str()], iterations.as_slice()].concat());
    let base = bench.results("base");
    let options = [
        ["--tasks", "plane"],
        ["--algorithm", "anil"],
        ["--inner-rate", "0.02"],
        ["--outer-rate", "0.01"],
        ["--inner-steps", "2"],
        ["--meta-batch", "3"],
        ["--shots", "5"],
        ["--test-shots", "5"],
        ["--test-steps", "3"],
        ["--held-out-tasks", "4"],
        ["--seed", "1"],
    ];
    for option in options {
        bench.run("other", &[&[file.as_str()], iterations.as_slice(), &option].concat());
        let other = bench.results("other");
        assert_ne!(base.1, other.1, "{option:?}");
        if option[0] != "--held-out-tasks" {
            assert_ne!(base.0, other.0, "{option:?}");
        }
    }
    bench.run("other", &[file.as_str(), "--iterations", "5"]);
    assert_eq!(bench.summary("other")["iterations"], 5);
    bench.run("other", &[file.as_str(), "--iterations", "0"]);
    assert_eq!(bench.metrics("other").lines().count(), 2);
}

#[test]
fn own_images_are_used_and_replayed() {
    let bench = Bench::new();
    pictures(&bench.path("own/ünder"), 6);
    fs::write(bench.path("own/notes.txt"), "no image").unwrap();
    let own = bench.text("own");
    let own = ["--images", own.as_str(), "--iterations", "10", "--test-steps", "4"];
    let said = bench.run("first", &bench.small(families::PICTURE, &own));
    assert!(said.contains("--held-out-tasks 3: “own” gives 1, and so many are measured"), "{said}");
    assert_eq!(bench.summary("first")["tasks"], "picture");
    assert_eq!(bench.summary("first")["held_out"]["tasks"], 1);
    let said = bench.run("again", &[&bench.text("first/experiment.toml"), "--iterations", "10"]);
    assert!(!said.contains("--held-out-tasks"), "{said}");
    assert_eq!(bench.results("first"), bench.results("again"));
    bench.run("hand", &bench.small(families::PICTURE, &own[2..]));
    assert_ne!(bench.metrics("first"), bench.metrics("hand"));
}

#[test]
fn sets_from_formulas_are_made_as_asked_and_replayed() {
    let bench = Bench::new();
    let asked = ["--set", "creatures", "--set-classes", "16", "--set-each", "6", "--held-out-tasks", "100"];
    let asked = [&asked[..], &["--iterations", "5", "--test-steps", "2"]].concat();
    bench.run("first", &bench.small(families::PICTURE, &asked));
    assert_eq!(bench.summary("first")["held_out"]["tasks"], 12);
    bench.run("again", &[&bench.text("first/experiment.toml"), "--iterations", "5"]);
    assert_eq!(bench.results("first"), bench.results("again"));
    for option in [["--set-variety", "0.5"], ["--set-sameness", "1"], ["--set-seed", "1"]] {
        bench.run("other", &bench.small(families::PICTURE, &[&asked[..], &option].concat()));
        assert_ne!(bench.metrics("first"), bench.metrics("other"), "{option:?}");
        bench.refuses(&[&["--set", "hand"], &option[..]].concat(), &[option[0], "--set creatures"]);
    }
    bench.refuses(&["--set", "textures", "--set-variety", "3"], &["--set-variety", "0 to 2"]);
}

#[test]
fn a_divergence_is_a_result() {
    let bench = Bench::new();
    bench.run_to(
        3,
        "out",
        &small(&["--tasks", "picture", "--inner-rate", "10", "--held-out-tasks", "2", "--test-steps", "1"]),
    );
    let summary = bench.summary("out");
    let diverged = &summary["diverged"];
    assert!(diverged["meta_iteration"].as_u64().unwrap() < 20);
    assert!(diverged["times_too_long"].as_f64().unwrap() > 1.0);
    assert!(diverged["reason"].as_str().unwrap().contains("inner"), "{diverged}");
    assert_eq!(diverged["restored"], summary["iterations"]);
    for statistics in [&summary["held_out"], &summary["baselines"]["random"], &summary["baselines"]["joint"]] {
        for key in ["loss", "loss_median", "loss_interval", "diverged_share", "psnr"] {
            assert_eq!(numbers(&statistics[key]).len(), 2, "{key}");
        }
    }
    assert!(bench.path("out/samples.png").exists() && bench.path("out/experiment.toml").exists());
}
