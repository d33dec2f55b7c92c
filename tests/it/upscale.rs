//! Upscaling: adaptation sees the means of blocks, is judged by every pixel, and does better than enlargement.

use std::sync::Arc;

use egui::accesskit::Role;
use metascope::images::ImageSet;
use metascope::settings::{ImageSource, Settings};
use metascope::tasks::Family;
use metascope::tasks::sketch::{Sketch, SketchedPage};
use metascope::train::snapshot::{By, Evaluation, Init, Lead, ProbeTask, Rival};
use metascope::train::trainer::Trainer;
use ndarray::Axis;

use crate::common::algorithms;
use crate::common::bench::Bench;
use crate::common::families;
use crate::common::fixtures;
use crate::common::runs::train_to;
use crate::common::sets;

fn opened(source: ImageSource, reduction: usize) -> (Settings, Arc<ImageSet>, Family) {
    let mut settings = Settings::preset(families::UPSCALE, algorithms::MAML);
    (settings.run.images, settings.live.reduction) = (source, reduction);
    let set = sets::read_once(&settings.run.images);
    let family = Family::new(&settings.run, Some(set.clone())).unwrap();
    (settings, set, family)
}

#[test]
fn the_means_of_blocks_are_seen_at_their_middles_and_every_pixel_is_judged() {
    for (reduction, side) in [(2, 16), (4, 8), (8, 4), (3, 10)] {
        let (settings, _, family) = opened(ImageSource::Faces, reduction);
        let task = family.held_out(&settings.live, 0, 3);
        let (support, query) = (task.episode.support(0), &task.episode.query);
        assert_eq!((support.rows(), query.rows()), (side * side, 1024));
        // Of equal blocks the mean of the means is the mean of all.
        if 32 % reduction == 0 {
            for batch in [support.x().mean_axis(Axis(0)), query.x().mean_axis(Axis(0))] {
                assert!(batch.unwrap().iter().all(|position| position.abs() < 1e-5));
            }
            let [seen, all] = [support, query].map(|batch| batch.y().mean_axis(Axis(0)).unwrap());
            assert!(seen.iter().zip(&all).all(|(seen, all)| (seen - all).abs() < 1e-5));
        }
        // The first block lies in the corner.
        let corner: f32 = (0..32 / side).map(|i| query.y()[[i, 0]]).sum::<f32>() / (32 / side) as f32;
        assert!((support.y()[[0, 0]] - corner).abs() < 0.5, "{corner}");
        let training = family.training(&settings.live, 0, 0, 0);
        assert_eq!((training.support(0).rows(), training.query.rows()), (side * side, 1024));
    }
    // An image smaller than that is one block.
    let (settings, _, family) = opened(ImageSource::Digits, 8);
    assert_eq!(family.held_out(&settings.live, 0, 0).episode.support(0).rows(), 1);
}

#[test]
fn enlargement_of_the_means_stands_beside_the_target() {
    let (settings, _, family) = opened(ImageSource::Faces, 4);
    let task = family.held_out(&settings.live, 0, 0);
    let titles: Vec<&str> = task.given.iter().map(|given| given.title.get()).collect();
    assert_eq!(titles, ["target", "means", "bicubic", "Lanczos"]);
    let picture = |column: usize| task.given[column].panel.picture().unwrap();
    assert!((0..4).all(|column| (picture(column).width, picture(column).height) == (32, 32)));
    for column in 1..4 {
        let [(_, reached)] = task.given[column].reaches[..] else { panic!() };
        let square = |(a, b): (&u8, &u8)| (f64::from(*a) - f64::from(*b)).powi(2) / (255.0 * 255.0);
        let sum: f64 = picture(column).rgb.iter().zip(&picture(0).rgb).map(square).sum();
        assert!((f64::from(reached) + 10.0 * (sum / 3072.0).log10()).abs() < 1e-3, "{reached}");
    }
    // Blocks of one colour: the same in all their pixels.
    let means = picture(1);
    assert!((0..4).all(|x| means.rgb[3 * x..3 * x + 3] == means.rgb[..3]));
}

#[test]
fn unseen_faces_are_made_up_better_than_enlarged() {
    let (settings, set, _) = opened(ImageSource::Faces, 4);
    let mut trainer = Trainer::new(settings, Some(set), 2).unwrap();
    train_to(&mut trainer, 100);
    let [learned, random, joint] = trainer.statistics().map(|statistics| statistics.psnr.unwrap()[10]);
    let references = trainer.references();
    assert_eq!(references.keys().copied().collect::<Vec<_>>(), ["bicubic_psnr", "lanczos_psnr", "nearest_psnr"]);
    let best = references.values().copied().fold(f64::NEG_INFINITY, f64::max);
    assert!(learned > best + 1.5, "learned {learned}, enlarged {references:?}");
    assert!(learned > joint + 1.0 && joint > random, "{learned} {joint} {random}");
}

#[test]
fn the_verdict_is_not_given_before_enlargement_is_beaten() {
    let (settings, set, _) = opened(ImageSource::Faces, 4);
    let mut trainer = Trainer::new(settings, Some(set), 2).unwrap();
    train_to(&mut trainer, 60);
    let evaluation = trainer.evaluation();
    let rivals: Vec<_> = Rival::all(&evaluation).collect();
    let starts = [Init::Random, Init::Joint].map(Rival::Start);
    assert_eq!(rivals, [&starts[..], &[1, 2, 3].map(Rival::Unlearned)].concat());
    let lead = |column: usize| Lead::over(&evaluation, Rival::Unlearned(column)).unwrap();
    let mean = |of: &dyn Fn(&ProbeTask) -> f32| {
        evaluation.tasks.iter().map(|task| f64::from(of(task))).sum::<f64>() / evaluation.tasks.len() as f64
    };
    let learned = mean(&|task| *task.traces[0].psnr.as_ref().unwrap().last().unwrap());
    for column in 1..4 {
        let ahead = learned - mean(&|task| task.given[column].reaches[0].1);
        assert!(lead(column).by == By::Decibels && (lead(column).mean - ahead).abs() < 1e-6, "{ahead}");
    }

    // As if one of them did better than the network by far.
    let mut better = Evaluation::clone(&evaluation);
    for task in &mut better.tasks {
        let mut given = task.given.to_vec();
        given[2].reaches[0].1 += 40.0;
        task.given = given.into();
    }
    let mut snapshot = fixtures::snapshot(families::UPSCALE, 60);
    snapshot.evaluation = Some(Arc::new(better));
    let mut bench = Bench::with(snapshot.clone());
    let by = 40.0 - lead(2).mean;
    let behind = format!("the learned start is behind “bicubic” (without learning) by {by:.1} dB");
    assert!(bench.says(&behind), "{behind}");
    snapshot.evaluation = Some(evaluation);
    bench.publish(snapshot);
    assert!(!bench.says(&behind));
}

#[test]
fn coarse_paint_becomes_a_task() {
    let (settings, set, family) = opened(ImageSource::Faces, 4);
    let held_out = family.held_out(&settings.live, 0, 0);
    let coarse = |side: usize| {
        let rgb = (0..side * side * 3).map(|i| (i * 7 % 256) as u8).collect();
        let picture = metascope::tasks::Picture { width: side, height: side, rgb };
        Sketch { pages: vec![Some(SketchedPage { picture, seen: vec![true; side * side] })], task: 0 }
    };
    let drawn = family.sketched(&coarse(8), &settings.live, 0).unwrap();
    assert_eq!(drawn.episode.support(0).x(), held_out.episode.support(0).x());
    assert_eq!(drawn.episode.support(0).y()[[0, 1]], 7.0 / 255.0);
    assert_eq!(drawn.display().nrows(), set.size * set.size);
    assert!(family.sketched(&coarse(32), &settings.live, 0).is_none(), "fine paint is no blocks");

    let mut bench = Bench::of(families::UPSCALE);
    bench.click(Role::Button, "Draw");
    let Some(Some(begun)) = bench.trainer.take_sketch() else { panic!("it begins with a held-out image") };
    assert_eq!(begun.page(0).unwrap().picture.width, 8);
    assert!(!bench.says("Hide"), "blocks cannot be hidden");
}
