//! A run that is kept, opened and gone on with is the same to the last bit as one that was never left.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use metascope::archive::Numbers;
use metascope::headless::{self, Job};
use metascope::keep::run_file::{RunFile, RunFileError};
use metascope::meta::cancel::Cancel;
use metascope::settings::{Algorithm, Knob, Settings, TaskFamily};
use metascope::train::snapshot::{KnobMark, Phase};
use metascope::train::trainer::Trainer;
use proptest::prelude::*;
use tempfile::tempdir;

use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::{begun, small, train_to};
use crate::common::sets;

fn go_on(trainer: &mut Trainer, until: u64) -> Vec<String> {
    train_to(trainer, until).iter().map(|row| format!("{row:?}")).collect()
}

fn turn(trainer: &mut Trainer, knob: Knob, value: f64) {
    let mut live = trainer.settings().live.clone();
    knob.set(&mut live, value);
    trainer.set_live(live).unwrap();
}

fn file(trainer: &Trainer) -> RunFile {
    RunFile::new(&trainer.saved().unwrap(), None).unwrap()
}

/// Through bytes, as they would lie on a disk.
fn opened(trainer: &Trainer, threads: usize) -> Trainer {
    let bytes = file(trainer).bytes().unwrap();
    let settings = trainer.settings();
    let read = RunFile::parse(&bytes, Path::new("a.safetensors")).unwrap();
    read.restore(Some(sets::for_settings(settings)), threads).unwrap()
}

/// What is drawn of the held-out tasks.
fn drawn(trainer: &Trainer) -> String {
    let evaluation = trainer.evaluation();
    let of = |task: &metascope::train::snapshot::ProbeTask| format!("{:?}", task.traces[0]);
    evaluation.tasks.iter().map(of).collect()
}

#[test]
fn every_family_and_algorithm_goes_on_to_the_bit() {
    for tasks in TaskFamily::ALL {
        for algorithm in Algorithm::ALL {
            let settings = small(tasks, algorithm);
            let [mut straight, mut left] = [1, 2].map(|threads| begun(&settings, threads));
            for run in [&mut straight, &mut left] {
                go_on(run, 4);
                turn(run, Knob::OUTER_RATE, 2e-4);
            }
            let expected = go_on(&mut straight, 12);
            let mut rows = go_on(&mut left, 7);
            let mut again = opened(&left, 1);
            let name = format!("{tasks:?} {algorithm:?}");
            assert_eq!(again.marks(), left.marks(), "{name}");
            rows.extend(go_on(&mut again, 12));
            assert_eq!(rows, expected, "{name}");
            assert_eq!(again.meta_parameters(), straight.meta_parameters(), "{name}");
            assert_eq!(drawn(&again), drawn(&straight), "{name}");
            assert!(
                file(&again).bytes().unwrap() == file(&straight).bytes().unwrap(),
                "{name}: {}",
                difference(&again, &straight)
            );
        }
    }
}

/// For a message.
fn difference(one: &Trainer, other: &Trainer) -> String {
    let [one, other] = [one, other].map(|run| file(run).archive);
    let tensors = one.tensors.iter().filter(|(name, tensor)| other.tensors.get(*name) != Some(*tensor));
    let facts = one.facts.iter().filter(|(name, fact)| other.facts.get(*name) != Some(*fact));
    let facts = facts.map(|(name, fact)| format!("{name}: {fact} / {}", other.facts[name])).collect::<Vec<_>>();
    format!("{:?} {facts:?}", tensors.map(|(name, _)| name).collect::<Vec<_>>())
}

#[test]
fn knobs_that_shape_tasks_and_tests_are_turned_before_and_after() {
    for tasks in [families::SINE, families::CLASS] {
        let settings = small(tasks, algorithms::MAML);
        let [mut straight, mut left] = [1, 1].map(|threads| begun(&settings, threads));
        let turns = |run: &mut Trainer| {
            for (at, knob, value) in [(2, Knob::TEST_STEPS, 5.0), (3, Knob::TEST_SHOTS, 2.0), (5, Knob::SHOTS, 3.0)] {
                go_on(run, at);
                turn(run, knob, value);
            }
            go_on(run, 6);
        };
        turns(&mut straight);
        turns(&mut left);
        let mut again = opened(&left, 2);
        for run in [&mut straight, &mut again] {
            turn(run, Knob::TEST_STEPS, 4.0);
        }
        assert_eq!(go_on(&mut again, 30), go_on(&mut straight, 30));
        assert_eq!(
            file(&again).bytes().unwrap(),
            file(&straight).bytes().unwrap(),
            "{}",
            difference(&again, &straight)
        );
    }
}

#[test]
fn the_best_state_and_the_marks_come_back_with_a_long_run() {
    let mut settings = small(families::SINE, algorithms::MAML);
    settings.run.evaluate_every = 1;
    let mut run = begun(&settings, 1);
    go_on(&mut run, 700);
    turn(&mut run, Knob::INNER_RATE, 0.02);
    go_on(&mut run, 701);
    let mut again = opened(&run, 1);
    assert_eq!(again.best(), run.best());
    for trainer in [&mut run, &mut again] {
        trainer.back_to_best();
    }
    assert_eq!(again.meta_parameters(), run.meta_parameters());
    assert_eq!(again.settings(), run.settings());
    let curves = |trainer: &Trainer| format!("{:?}", trainer.snapshot(0, 0.0, Phase::Paused).curves);
    assert_eq!(curves(&again), curves(&run));
}

#[test]
fn what_is_looked_at_of_the_past_has_no_part_in_the_file() {
    let settings = small(families::PLANE, algorithms::MAML);
    let mut run = begun(&settings, 1);
    run.set_timeline_cap(1 << 20);
    go_on(&mut run, 9);
    let expected = file(&run).bytes().unwrap();
    run.look_back(3);
    assert_eq!(file(&run).bytes().unwrap(), expected);
    run.return_to_head();
    assert_eq!(file(&run).bytes().unwrap(), expected);
}

#[test]
fn a_run_that_began_with_what_another_had_learned_goes_on_too() {
    let settings = small(families::SINE, algorithms::META_SGD);
    let mut first = begun(&settings, 1);
    go_on(&mut first, 5);
    let resumed = || Trainer::resume(settings.clone(), None, 1, &first.checkpoint()).unwrap();
    let [mut straight, mut left] = [resumed(), resumed()];
    go_on(&mut straight, 18);
    go_on(&mut left, 9);
    let mut again = opened(&left, 1);
    go_on(&mut again, 18);
    assert_eq!(file(&again).bytes().unwrap(), file(&straight).bytes().unwrap());
}

#[test]
fn parameters_have_names_and_shapes_that_others_can_read() {
    let settings = small(families::PICTURE, algorithms::MAML);
    let run = begun(&settings, 1);
    let archive = file(&run).archive;
    let sizes = run.learner().network.sizes().to_vec();
    assert_eq!(archive.tensors["phi/W1"].shape, sizes[..2]);
    assert_eq!(archive.tensors["phi/b1"].shape, sizes[1..2]);
    let Numbers::Single(bias) = &archive.tensors["phi/b1"].numbers else { panic!() };
    assert_eq!(bias, &run.meta_parameters().phi()[sizes[0] * sizes[1]..][..sizes[1]]);
    let bytes = file(&run).bytes().unwrap();
    let (_, metadata) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    assert_eq!(metadata.metadata().as_ref().unwrap().keys().collect::<Vec<_>>(), ["metascope"]);
}

#[test]
fn other_images_are_refused_and_moved_ones_are_not() {
    let settings = small(families::PICTURE, algorithms::MAML);
    let set = sets::for_settings(&settings);
    let run = begun(&settings, 1);
    let saved = run.saved().unwrap();
    let facts = metascope::keep::run_file::ImageFacts::of(saved.images().unwrap());
    let file = RunFile::new(&saved, Some(facts)).unwrap();
    let mut renamed = (*set).clone();
    renamed.name = "Elsewhere".to_owned();
    assert!(file.restore(Some(Arc::new(renamed.clone())), 1).is_ok());
    renamed.images.pop();
    let said = file.restore(Some(Arc::new(renamed)), 1).err().unwrap().to_string();
    assert!(said.contains("Elsewhere") && said.contains("--images"), "{said}");
}

#[test]
fn damaged_foreign_and_newer_files_are_refused_in_words() {
    let run = begun(&small(families::SINE, algorithms::MAML), 1);
    let whole = file(&run);
    let read = |bytes: &[u8]| RunFile::parse(bytes, Path::new("a.safetensors")).err().unwrap().to_string();
    let bytes = whole.bytes().unwrap();
    for cut in [0, 1, 7, 8, 100, bytes.len() / 2, bytes.len() - 1] {
        let said = read(&bytes[..cut]);
        assert!(said.contains("a.safetensors") && said.contains("not a run"), "{cut}: {said}");
    }
    assert!(read(b"GIF89a, or whatever else there is").contains("not a run"));
    let empty = || std::iter::empty::<(&str, safetensors::tensor::TensorView<'_>)>();
    let foreign = safetensors::serialize(empty(), None).unwrap();
    assert!(read(&foreign).contains("its metadata does not tell of a run"));
    let newer = [("metascope".to_owned(), "format = 99\nwhatever = 1".to_owned())];
    let newer = safetensors::serialize(empty(), Some(newer.into())).unwrap();
    assert!(read(&newer).contains("newer Metascope"));
    let refused = |change: &dyn Fn(&mut RunFile)| {
        let mut file = whole.clone();
        change(&mut file);
        let file = RunFile::parse(&file.bytes().unwrap(), Path::new("a.safetensors"));
        file.and_then(|file| file.restore(None, 1)).err().unwrap().to_string()
    };
    let said = refused(&|file| drop(file.archive.tensors.remove("phi/W2")));
    assert_eq!(said, "phi/W2 is missing");
    let said =
        refused(&|file| file.archive.tensors.get_mut("phi/b1").unwrap().numbers = Numbers::Single(vec![f32::NAN; 40]));
    assert!(said.contains("not finite"), "{said}");
    let said = refused(&|file| drop(file.archive.facts.remove("guard")));
    assert_eq!(said, "guard is missing");
    let said = refused(&|file| file.experiment.settings.run.network.hidden = vec![7, 7]);
    assert!(said.contains("phi/W1"), "{said}");
    let said = refused(&|file| file.coming = vec![KnobMark { at: 9, knob: Knob::INNER_RATE, value: -1.0 }]);
    assert!(said.contains("inner_rate"), "{said}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("none.safetensors");
    let error = RunFile::read(&path).err().unwrap();
    assert!(matches!(&error, RunFileError::Read { .. }) && error.to_string().contains("none.safetensors"), "{error}");
}

#[test]
fn wherever_a_run_is_left_its_file_at_the_end_is_the_same() {
    for tasks in [families::SINE, families::CLASS, families::COMPLETION] {
        let mut settings = small(tasks, algorithms::MAML);
        settings.run.evaluate_every = 4;
        let mut straight = begun(&settings, 1);
        go_on(&mut straight, 14);
        for left_at in [1, 4, 12, 13] {
            let mut left = begun(&settings, 1);
            go_on(&mut left, left_at);
            let mut again = opened(&left, 1);
            go_on(&mut again, 14);
            let same = file(&again).bytes().unwrap() == file(&straight).bytes().unwrap();
            assert!(same, "{tasks:?} {left_at}: {}", difference(&again, &straight));
            for run in [&mut again, &mut straight] {
                run.probe_all();
            }
            let all = |run: &Trainer| {
                format!("{:?}", run.evaluation().tasks.iter().map(|task| &task.traces).collect::<Vec<_>>())
            };
            assert_eq!(all(&again), all(&straight), "{tasks:?} {left_at}");
        }
    }
}

fn job(settings: &Settings, out: &Path, iterations: u64) -> Job {
    let experiment = metascope::experiment::Experiment {
        settings: settings.clone(),
        changes: vec![
            KnobMark { at: 4, knob: Knob::OUTER_RATE, value: 2e-4 },
            KnobMark { at: 11, knob: Knob::TEST_STEPS, value: 2.0 },
        ],
        ..Default::default()
    };
    let images = Some(sets::for_settings(settings));
    Job { experiment, images, iterations, out: out.to_owned(), threads: 1, keep_best: true, ..Job::default() }
}

#[test]
fn a_headless_run_that_was_ended_goes_on_in_its_folder_as_if_nothing_had_been() {
    let folder = tempdir().unwrap();
    for tasks in [families::SINE, families::CLASS] {
        let mut settings = small(tasks, algorithms::MAML);
        settings.run.held_out_tasks = 3;
        let [straight, left] = ["straight", "left"].map(|name| folder.path().join(tasks.id()).join(name));
        headless::run(&job(&settings, &straight, 20)).unwrap();
        headless::run(&job(&settings, &left, 7)).unwrap();
        let path = left.join("run.safetensors");
        let mut file = RunFile::read(&path).unwrap();
        assert_eq!(file.meta_iteration, 7);
        let mut onwards = job(&settings, &left, 20);
        onwards.experiment.changes = std::mem::take(&mut file.coming);
        assert_eq!(onwards.experiment.changes.len(), 1);
        onwards.resume = Some((path, Arc::new(file)));
        headless::run(&onwards).unwrap();
        for name in ["metrics.csv", "samples.png", "experiment.toml", "run.safetensors"] {
            let [one, other] = [&straight, &left].map(|folder| fs::read(folder.join(name)).unwrap());
            assert!(one == other, "{tasks:?} {name}");
        }
        let [one, other] = [&straight, &left].map(|folder| {
            let text = fs::read_to_string(folder.join("summary.json")).unwrap();
            text.lines().filter(|line| !line.contains("elapsed_secs")).map(str::to_owned).collect::<Vec<_>>()
        });
        assert_eq!(one, other, "{tasks:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_byte_that_is_changed_makes_it_fail_otherwise_than_in_words(place in 0.0..1.0f64, byte: u8) {
        let run = begun(&small(families::PLANE, algorithms::MAML), 1);
        let mut bytes = file(&run).bytes().unwrap();
        let place = (place * bytes.len() as f64) as usize;
        bytes[place] = byte;
        if let Ok(file) = RunFile::parse(&bytes, Path::new("a.safetensors")) {
            let _ = file.restore(None, 1).map(|mut run| run.step(Cancel::NEVER));
        }
    }
}

#[test]
fn a_run_starts_from_the_phi_of_another_one_whatever_its_algorithm() {
    let file = |algorithm, iterations| {
        let mut trainer = Trainer::new(Settings::preset(families::SINE, algorithm), None, 1).unwrap();
        train_to(&mut trainer, iterations);
        RunFile::new(&trainer.saved().unwrap(), None).unwrap()
    };
    let learned = file(algorithms::MAML, 25);
    for algorithm in [algorithms::REPTILE, algorithms::META_SGD, algorithms::IMAML] {
        let settings = Settings::preset(families::SINE, algorithm);
        let mut trainer = Trainer::from_phi(settings.clone(), None, 1, &learned.reopened()).unwrap();
        assert_eq!(trainer.meta_iteration(), 0);
        assert_eq!(trainer.start().live.inner_rate, settings.live.inner_rate);
        let own = RunFile::new(&trainer.saved().unwrap(), None).unwrap().archive;
        for name in ["phi/W1", "phi/b2"] {
            assert_eq!(own.tensors[name], learned.archive.tensors[name], "{algorithm:?} {name}");
        }
        // What is kept of it goes on to the bit, though its φ was not drawn from its seed.
        train_to(&mut trainer, 7);
        let mut again = RunFile::new(&trainer.saved().unwrap(), None).unwrap().restore(None, 1).unwrap();
        train_to(&mut trainer, 14);
        train_to(&mut again, 14);
        let bytes = |trainer: &Trainer| RunFile::new(&trainer.saved().unwrap(), None).unwrap().bytes().unwrap();
        assert!(bytes(&trainer) == bytes(&again), "{algorithm:?}");
    }
    // Without a window too.
    let folder = tempdir().unwrap();
    let begun = Job {
        phi: Some(Arc::new(learned.clone())),
        ..job(&Settings::preset(families::SINE, algorithms::REPTILE), &folder.path().join("out"), 0)
    };
    headless::run(&begun).unwrap();
    let kept = RunFile::read(&folder.path().join("out/run.safetensors")).unwrap();
    assert_eq!(kept.archive.tensors["phi/W1"], learned.archive.tensors["phi/W1"]);
    let mut other = Settings::preset(families::SINE, algorithms::MAML);
    other.run.network.hidden = vec![8];
    let refused = Trainer::from_phi(other, None, 1, &learned.reopened()).err().unwrap().to_string();
    assert!(refused.contains("phi/W1"), "{refused}");
}
