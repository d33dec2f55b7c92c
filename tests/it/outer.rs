//! The outer loop beside the meta-gradient: schedules, weight decay, clipping, full and stochastic batches.

use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::train_to;
use crate::common::sets;
use metascope::meta::cancel::Cancel;
use std::collections::HashSet;

use metascope::maths::network::Workspace;
use metascope::maths::optimiser::clip;
use metascope::meta::{Learner, TaskWork};
use metascope::settings::{ImageSource, OuterOptimiser, OuterSettings, Schedule, Settings};
use metascope::tasks::Family;
use metascope::train::trainer::Trainer;

fn trained(settings: &Settings, iterations: u64) -> Vec<f32> {
    let mut trainer = Trainer::new(settings.clone(), None, 1).unwrap();
    train_to(&mut trainer, iterations);
    trainer.meta_parameters().phi().to_vec()
}

fn sine(optimiser: OuterOptimiser, outer: OuterSettings) -> Settings {
    let mut settings = Settings::preset(families::SINE, algorithms::MAML);
    settings.live.meta_batch = 2;
    (settings.run.optimiser, settings.run.outer) = (optimiser, outer);
    settings
}

#[test]
fn a_rate_of_zero_stops_phi() {
    let outer = OuterSettings { schedule: Schedule::Step, period: 5, factor: 0.0, ..OuterSettings::default() };
    let settings = sine(OuterOptimiser::Adam, outer);
    let [start, four, five, nine] = [0, 4, 5, 9].map(|at| trained(&settings, at));
    assert!(start != four && four != five);
    assert_eq!(five, nine);
}

#[test]
fn warm_up_takes_a_share_of_the_first_step() {
    let whole = sine(OuterOptimiser::Sgd, OuterSettings::default());
    let warm = sine(OuterOptimiser::Sgd, OuterSettings { warm_up: 4, ..OuterSettings::default() });
    let [start, whole, warm] = [(&whole, 0), (&whole, 1), (&warm, 1)].map(|(settings, at)| trained(settings, at));
    for ((start, whole), warm) in start.iter().zip(&whole).zip(&warm) {
        assert!((4.0 * (warm - start) - (whole - start)).abs() < 1e-6);
    }
}

#[test]
fn weight_decay_draws_phi_to_zero() {
    let decay = |optimiser, weight_decay| {
        let outer = OuterSettings { weight_decay, ..OuterSettings::default() };
        trained(&sine(optimiser, outer), 1)
    };
    let start = trained(&sine(OuterOptimiser::Sgd, OuterSettings::default()), 0);
    // One step with rate 0.001: both kinds take 0.001 λ φ away, whatever the gradient.
    for optimiser in [OuterOptimiser::Sgd, OuterOptimiser::AdamW] {
        let [without, with] = [0.0, 0.5].map(|amount| decay(optimiser, amount));
        for ((start, without), with) in start.iter().zip(&without).zip(&with) {
            assert!((without - with - 0.001 * 0.5 * start).abs() < 1e-6, "{optimiser:?}");
        }
    }
    // Adam divides the decay by its own average, so that its amount is lost: the reason for AdamW.
    assert_ne!(decay(OuterOptimiser::Adam, 0.5), decay(OuterOptimiser::AdamW, 0.5));
}

#[test]
fn clipping_keeps_the_direction() {
    let mut direction = vec![3.0f64, -4.0];
    assert_eq!(clip(&mut direction, 10.0), 5.0);
    assert_eq!(direction, [3.0, -4.0]);
    assert_eq!(clip(&mut direction, 1.0), 5.0);
    assert!((direction[0] - 0.6).abs() < 1e-12 && (direction[1] + 0.8).abs() < 1e-12);
    let outer = OuterSettings { clip_norm: 1e-3, ..OuterSettings::default() };
    let settings = sine(OuterOptimiser::Sgd, outer);
    let moved = trained(&settings, 0).into_iter().zip(trained(&settings, 1)).map(|(a, b)| f64::from(a - b).powi(2));
    assert!((moved.sum::<f64>().sqrt() - 1e-6).abs() < 1e-7, "rate 0.001 times length 0.001");
}

#[test]
fn a_full_meta_batch_holds_every_image_once() {
    let images = sets::read_once(&ImageSource::Hand);
    let training = images.images.iter().filter(|image| !image.held_out).count();
    let mut settings = Settings::preset(families::PICTURE, algorithms::MAML);
    settings.live.pixels_per_step = 256;
    let family = Family::new(&settings.run, Some(images)).unwrap();
    let different = |settings: &Settings| {
        let picture = |index| {
            let episode = family.training(&settings.live, 0, 7, index);
            let (x, y) = (episode.query.x(), episode.query.y());
            let mut pixels: Vec<Vec<u32>> = x
                .outer_iter()
                .zip(y.outer_iter())
                .map(|(x, y)| x.iter().chain(y).map(|value| value.to_bits()).collect())
                .collect();
            pixels.sort();
            pixels
        };
        (0..training).map(picture).collect::<HashSet<_>>().len()
    };
    settings.live.meta_batch = training;
    assert_eq!(different(&settings), training);
    settings.live.meta_batch = training - 1;
    assert!(different(&settings) < training, "drawn with replacement");
}

#[test]
fn inner_mini_batches_are_drawn_from_the_support() {
    let mut settings = Settings::preset(families::SINE, algorithms::MAML);
    settings.live.inner_steps = 4;
    let family = Family::new(&settings.run, None).unwrap();
    let all = family.training(&settings.live, 3, 5, 0);
    assert_eq!((all.support.len(), all.support[0].rows()), (1, 10));
    settings.live.inner_batch = 3;
    let some = family.training(&settings.live, 3, 5, 0);
    assert_eq!(some.support.len(), 4);
    let whole: HashSet<u32> = all.support[0].x().iter().map(|x| x.to_bits()).collect();
    for batch in &some.support {
        let drawn: HashSet<u32> = batch.x().iter().map(|x| x.to_bits()).collect();
        assert!(drawn.len() == 3 && drawn.is_subset(&whole));
    }
    assert_eq!(some.query.x(), all.query.x());
    assert_eq!(family.held_out(&settings.live, 3, 0).episode.support[0].rows(), 10);
}

#[test]
fn adaptation_ends_where_its_gradient_is_short() {
    let settings = Settings::preset(families::PLANE, algorithms::MAML);
    let family = Family::new(&settings.run, None).unwrap();
    let mut learner = Learner::new(family.network(&settings.run), algorithms::MAML);
    let episode = family.held_out(&settings.live, 0, 0).episode;
    let meta = learner.meta_parameters(vec![0.0f32; 2], 0.1);
    let mut adapted = |tolerance| {
        learner.set_tolerance(tolerance);
        let mut task = TaskWork::default();
        learner.adapt(&meta, 0.1, &episode, 200, Cancel::NEVER, &mut task);
        let (work, mut gradient) = (&mut Workspace::default(), vec![0.0; 2]);
        learner.network.gradient(task.inner.adapted(), episode.support(0), work, &mut gradient);
        (task.inner, gradient[0].hypot(gradient[1]))
    };
    let (all, _) = adapted(0.0);
    assert_eq!(all.steps(), 200);
    let (mut early, end) = adapted(0.1);
    let steps = early.steps();
    assert!(steps > 1 && steps < 100 && end <= 0.1, "{steps} steps, gradient {end}");
    assert_eq!(early.thetas[..], all.thetas[..=steps]);
    early.hold(200, 0.5);
    assert_eq!((early.thetas.len(), early.losses.len()), (201, 200));
    assert_eq!(early.thetas[200], all.thetas[steps]);
}
