//! An image from a few of its pixels: what a task sees, what it is judged by, and interpolation beside it.

use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::train_to;
use crate::common::sets;
use metascope::meta::cancel::Cancel;
use std::collections::HashSet;
use std::fs;
use std::sync::Arc;

use metascope::experiment::Experiment;
use metascope::headless::{Job, run};
use metascope::images::{ImageSet, LabelledImage};
use metascope::maths::network::Batch;
use metascope::meta::Learner;
use metascope::settings::{Algorithm, ImageSource, Settings};
use metascope::tasks::interpolation::interpolate;
use metascope::tasks::{Family, HeldOut, Panel};
use metascope::train::evaluation::{Start, psnr, query_losses};
use metascope::train::trainer::Trainer;
use ndarray::Array2;

fn preset() -> Settings {
    Settings::preset(families::COMPLETION, algorithms::MAML)
}

fn small(algorithm: Algorithm) -> Settings {
    let mut settings = Settings::preset(families::COMPLETION, algorithm);
    settings.run.network.hidden = vec![16, 16];
    settings.run.images = ImageSource::Hand;
    settings.run.evaluate_every = 5;
    settings.run.held_out_tasks = 3;
    settings.live.test_steps = 3;
    settings
}

fn faces() -> Arc<ImageSet> {
    sets::read_once(&ImageSource::Faces)
}

/// Two grey images of 8 x 8 pixels, the second held out.
fn grey(pixel: impl Fn(usize) -> u8) -> Arc<ImageSet> {
    let image = |held_out| LabelledImage {
        name: "grey".to_owned(),
        class: 0,
        held_out,
        validates: false,
        pixels: (0..64).map(&pixel).collect(),
    };
    Arc::new(ImageSet {
        name: "grey".to_owned(),
        size: 8,
        channels: 1,
        images: vec![image(false), image(true)],
        classes: vec!["grey".to_owned()],
        foreground: 1,
        origin: metascope::images::Origin::default(),
        skipped: Vec::new(),
        notes: Vec::new(),
    })
}

fn positions(batch: &Batch<f32>) -> HashSet<[u32; 2]> {
    batch.x().outer_iter().map(|row| [row[0].to_bits(), row[1].to_bits()]).collect()
}

fn interpolation_loss(task: &HeldOut) -> Option<f32> {
    let reached = task.given.iter().flat_map(|given| &given.reaches).find(|(name, _)| *name == "interpolation_psnr");
    reached.map(|(_, psnr)| 10f32.powf(-0.1 * psnr))
}

fn mask(task: &HeldOut) -> &[bool] {
    let Panel::Picture { seen: Some(seen), .. } = &task.given[1].panel else { panic!("no mask") };
    seen
}

#[test]
fn a_training_task_adapts_on_the_same_few_pixels_at_every_step() {
    let settings = preset();
    let family = Family::new(&settings.run, Some(faces())).unwrap();
    let task = family.training(&settings.live, 0, 0, 0);
    assert_eq!((task.support(0).rows(), task.query.rows()), (154, 870), "15 % of 1024, and the others");
    (1..settings.live.inner_steps).for_each(|step| assert_eq!(task.support(step), task.support(0)));
    assert!(positions(task.support(0)).is_disjoint(&positions(&task.query)));
    let other = family.training(&settings.live, 0, 0, 1);
    assert_ne!(positions(task.support(0)), positions(other.support(0)));
}

#[test]
fn seen_and_judged_pixels_are_the_whole_image_without_overlap() {
    let mut settings = preset();
    let family = Family::new(&settings.run, Some(faces())).unwrap();
    for (share, count) in [(0.1, 102), (0.15, 154), (0.25, 256)] {
        settings.live.support_share = share;
        let task = family.held_out(&settings.live, 0, 3);
        let [seen, judged] = [task.episode.support(0), &task.episode.query].map(positions);
        assert_eq!((seen.len(), judged.len()), (count, 1024 - count));
        assert!(seen.is_disjoint(&judged));
        assert_eq!(mask(&task).iter().filter(|seen| **seen).count(), count);
    }
    settings.live.support_share = 1.0;
    assert!(interpolation_loss(&family.held_out(&settings.live, 0, 3)).is_none(), "nothing is left to complete");
}

#[test]
fn only_unseen_pixels_count() {
    let mut settings = small(algorithms::MAML);
    settings.live.support_share = 0.5;
    let family = |images| Family::new(&settings.run, Some(images)).unwrap();
    let task = family(grey(|_| 0)).held_out(&settings.live, 0, 0);
    let mask = mask(&task);
    // A network that always says the same is right on the unseen pixels alone, then on the seen ones alone.
    for right_on_unseen in [true, false] {
        let family = family(grey(|pixel| if mask[pixel] == right_on_unseen { 255 } else { 51 }));
        let network = family.network(&settings.run);
        let mut phi = vec![0.0; network.parameters()];
        *phi.last_mut().unwrap() = 0.2;
        let learner = Learner::new(network, algorithms::MAML);
        let meta = learner.meta_parameters(phi, 0.1);
        let start = Start { learner: &learner, meta: &meta, inner_rate: 0.1 };
        let task = family.held_out(&settings.live, 0, 0);
        let psnr = psnr(query_losses(start, &task, 1)[0]);
        assert!(if right_on_unseen { psnr > 90.0 } else { psnr < 2.0 }, "{psnr} dB");
    }
}

#[test]
fn interpolation_keeps_constants_and_ramps() {
    let settings = preset();
    let family = Family::new(&settings.run, Some(grey(|_| 102))).unwrap();
    let loss = interpolation_loss(&family.held_out(&settings.live, 0, 0)).unwrap();
    assert!(loss < 1.1e-10, "no more than 100 dB are told: {loss}");

    // Every other pixel of a ramp is known: inside, the four beside an unknown one mean its value.
    let ramp = Array2::from_shape_fn((64, 1), |(i, _)| (i % 8) as f32 + 3.0 * (i / 8) as f32);
    let known: Vec<bool> = (0..64).map(|i| (i % 8 + i / 8) % 2 == 0).collect();
    let filled = interpolate(&ramp, &known, 8);
    for i in (0..64).filter(|i| known[*i] || ((1..7).contains(&(i % 8)) && (1..7).contains(&(i / 8)))) {
        assert!((filled[[i, 0]] - ramp[[i, 0]]).abs() < 1e-5, "pixel {i}: {}", filled[[i, 0]]);
    }
}

#[test]
fn the_share_of_held_out_images_does_not_change_training() {
    let learned = |share: f64, training_share: f64| {
        let mut settings = small(algorithms::MAML);
        (settings.live.support_share, settings.live.training_share) = (share, training_share);
        let images = sets::read_once(&settings.run.images);
        let mut trainer = Trainer::new(settings, Some(images), 1).unwrap();
        train_to(&mut trainer, 3);
        trainer.meta_parameters().values.clone()
    };
    assert_eq!(learned(0.1, 0.15), learned(0.25, 0.15));
    assert_ne!(learned(0.1, 0.15), learned(0.1, 0.3));
}

#[test]
fn every_algorithm_runs_and_threads_do_not_change_a_bit() {
    let folder = tempfile::TempDir::new().unwrap();
    for algorithm in Algorithm::ALL {
        let settings = small(algorithm);
        let images = sets::read_once(&settings.run.images);
        let [one, three] = [1, 3].map(|threads| {
            let out = folder.path().join(format!("{}-{threads}", algorithm.id()));
            let experiment = Experiment { settings: settings.clone(), ..Experiment::default() };
            let job = Job {
                experiment,
                images: Some(images.clone()),
                iterations: 15,
                out: out.clone(),
                threads,
                ..Job::default()
            };
            let summary = run(&job).unwrap();
            assert!(summary.diverged.is_none(), "{algorithm:?}: {:?}", summary.diverged);
            let interpolation = summary.references["interpolation_psnr"];
            assert!(interpolation.is_finite() && interpolation > 5.0, "{interpolation}");
            let files = ["metrics.csv", "samples.png"].map(|name| fs::read(out.join(name)).unwrap());
            (files, summary.held_out, interpolation)
        });
        assert!(one == three, "{algorithm:?}");
    }
}

#[test]
fn the_settings_are_written_and_read_again() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("experiment.toml");
    let mut settings = preset();
    (settings.live.support_share, settings.live.training_share) = (0.25, 0.2);
    let experiment = Experiment { settings, ..Experiment::default() };
    fs::write(&path, experiment.to_text().unwrap()).unwrap();
    assert_eq!(Experiment::read(&path).unwrap(), experiment);
    fs::write(&path, "[run]\ntasks = \"completion\"\n").unwrap();
    assert_eq!(Experiment::read(&path).unwrap().settings, preset());
}

#[test]
fn a_few_meta_iterations_beat_the_baselines() {
    let mut settings = preset();
    settings.run.held_out_tasks = 8;
    let mut trainer = Trainer::new(settings, Some(faces()), 2).unwrap();
    train_to(&mut trainer, 60);
    let [learned, random, joint] = trainer.statistics().map(|statistics| statistics.psnr.unwrap()[10]);
    assert!(learned > random + 2.0 && learned > joint, "{learned} {random} {joint}");
}

#[test]
fn a_function_is_drawn_finer_than_the_image_it_was_adapted_to() {
    let mut settings = preset();
    settings.live.test_steps = 1;
    let trainer = Trainer::new(settings, Some(faces()), 1).unwrap();
    let enlarged = trainer.enlarged(Cancel::NEVER).unwrap();
    assert_eq!((enlarged.factor, enlarged.pairs.len()), (4, 4));
    for (task, [function, bicubic]) in trainer.evaluation().tasks.iter().zip(&enlarged.pairs) {
        assert_eq!((function.width, function.height, bicubic.width, bicubic.height), (128, 128, 128, 128));
        // The finer grid lies over the same square: its means are close to the values on the coarse one.
        let [target, output] = [&task.given[0].panel, &task.traces[0].outputs[1]].map(|panel| panel.picture().unwrap());
        for (fine, coarse) in [(function, output), (bicubic, target)] {
            let mean = |pixel: usize| {
                let corner = pixel / 32 * 4 * 128 + pixel % 32 * 4;
                let block = (0..16).map(|i| f32::from(fine.rgb[3 * (corner + i / 4 * 128 + i % 4)]));
                block.sum::<f32>() / 16.0
            };
            let error = (0..1024).map(|pixel| (mean(pixel) - f32::from(coarse.rgb[3 * pixel])).abs()).sum::<f32>();
            assert!(error / 1024.0 < 12.0, "{}", error / 1024.0);
        }
    }
    let trainer = Trainer::new(Settings::preset(families::PLANE, algorithms::MAML), None, 1).unwrap();
    assert!(trainer.enlarged(Cancel::NEVER).is_none());
}
