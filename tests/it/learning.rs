//! Meta-training works: what is learned adapts to held-out tasks better than what was there before.

use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::train_to;
use crate::common::sets;

use metascope::settings::{ActivationKind, Algorithm, ImageSource, Settings};
use metascope::train::evaluation::Statistics;
use metascope::train::trainer::{TrainError, Trainer};

fn train(mut settings: Settings, iterations: u64) -> [Statistics; 3] {
    settings.run.held_out_tasks = if settings.run.tasks == families::PICTURE { 4 } else { 50 };
    let faces = sets::read_once(&ImageSource::Faces);
    let mut trainer = Trainer::new(settings, Some(faces), 2).unwrap();
    train_to(&mut trainer, iterations);
    trainer.statistics()
}

#[test]
fn faces_appear_in_a_few_steps_after_forty_meta_iterations() {
    let [learned, random, joint] = train(Settings::preset(families::PICTURE, algorithms::MAML), 40);
    let psnr = |statistics: &Statistics, k: usize| statistics.psnr.as_ref().unwrap()[k];
    assert!(psnr(&learned, 5) > 20.0, "{:?}", learned.psnr);
    assert!(psnr(&learned, 5) > psnr(&random, 5) + 5.0, "{:?} {:?}", learned.psnr, random.psnr);
    assert!(psnr(&learned, 5) > psnr(&joint, 5) + 2.0, "{:?} {:?}", learned.psnr, joint.psnr);
}

#[test]
fn every_algorithm_learns_to_adapt_to_sine_curves() {
    for algorithm in Algorithm::ALL {
        let settings = Settings::preset(families::SINE, algorithm);
        // iMAML is made for where adaptation ends, and learns longer; the others for the first step too.
        let imaml = algorithm == algorithms::IMAML;
        let (step, iterations) = if imaml { (settings.live.inner_steps, 2500) } else { (1, 1250) };
        let [learned, random, joint] = train(settings, iterations);
        let after = |statistics: &Statistics| statistics.loss_median[step];
        assert!(after(&learned) < 0.7 * after(&random), "{algorithm:?}: {} {}", after(&learned), after(&random));
        assert!(after(&learned) < 0.8 * after(&joint), "{algorithm:?}: {} {}", after(&learned), after(&joint));
    }
}

/// Where every task has the same curvature, the best initialisation is the centre of the tasks.
#[test]
fn the_plane_s_initialisation_moves_to_the_centre_of_the_tasks() {
    for algorithm in [algorithms::MAML, algorithms::FOMAML, algorithms::REPTILE] {
        let settings = Settings::preset(families::PLANE, algorithm);
        let mut trainer = Trainer::new(settings, None, 1).unwrap();
        train_to(&mut trainer, 1500);
        let phi = trainer.meta_parameters().phi();
        assert!((phi[0] - 0.5).abs() < 0.3 && (phi[1] - 2.0).abs() < 0.3, "{algorithm:?}: {phi:?}");
    }
}

#[test]
fn fourier_features_tanh_and_handwriting_work_too() {
    let mut settings = Settings::preset(families::PICTURE, algorithms::MAML);
    settings.run.network.activation = ActivationKind::Tanh;
    settings.run.network.fourier_features = 32;
    settings.run.network.hidden = vec![32];
    settings.live.support_share = 0.5;
    settings.live.noise = 0.05;
    settings.run.held_out_tasks = 4;
    let hand = sets::read_once(&ImageSource::Hand);
    let mut trainer = Trainer::new(settings, Some(hand), 2).unwrap();
    let first = trainer.first_row().held_out[1];
    train_to(&mut trainer, 60);
    trainer.probe();
    assert!(trainer.first_row().held_out[1] < 0.8 * first);
}

#[test]
fn a_run_that_cannot_start_says_why() {
    let missing = Trainer::new(Settings::default(), None, 1).err();
    assert!(matches!(missing, Some(TrainError::Family(_))), "{missing:?}");
    let mut settings = Settings::preset(families::SINE, algorithms::MAML);
    settings.live.outer_rate = f64::NAN;
    let error = Trainer::new(settings, None, 1).err().unwrap().to_string();
    assert!(error.contains("outer_rate"), "{error}");
}
