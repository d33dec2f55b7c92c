//! What a classifier learns from samples: as much as from the real images where they are as good, and nothing where
//! they are not.

use std::ops::Range;

use metascope::maths::stream::{Purpose, stream};
use metascope::tasks::taught::{By, Pupil, Taught, right_answers};
use ndarray::{Array2, Axis, concatenate};
use rand::RngExt as _;

const CLASSES: usize = 4;
const EACH: usize = 60;

/// Images of 6 x 6 pixels: each class a pattern of its own, under much noise.
fn images() -> Vec<Array2<f32>> {
    let rng = &mut stream(3, Purpose::Images, 0, 0);
    let patterns = Array2::from_shape_simple_fn((CLASSES, 36), || f32::from(u8::from(rng.random::<f32>() < 0.5)));
    let of = |class: usize| {
        Array2::from_shape_fn((EACH, 36), |(_, i)| patterns[[class, i]] + 2.0 * (rng.random::<f32>() - 0.5))
    };
    (0..CLASSES).map(of).collect()
}

fn rows(images: &Array2<f32>, range: Range<usize>) -> Array2<f32> {
    images.select(Axis(0), &range.collect::<Vec<_>>())
}

/// Two images of each class to learn from, forty to be asked about, and what else is taken for samples.
fn pupils(samples: impl Fn(&[Array2<f32>], usize) -> Array2<f32>) -> Vec<Pupil> {
    let all = images();
    let pupil = |class: usize| Pupil {
        support: rows(&all[class], 0..2),
        query: rows(&all[class], 20..EACH),
        samples: samples(&all, class),
    };
    (0..CLASSES).map(pupil).collect()
}

fn mean(pupils: &[Pupil], by: By) -> f64 {
    // Of five classifiers: a single one says little.
    let of = |seed| right_answers(pupils, 1, by, seed).iter().sum::<f64>() / CLASSES as f64;
    (0..5).map(of).sum::<f64>() / 5.0
}

#[test]
fn copies_of_the_support_teach_what_the_support_teaches() {
    let copies = pupils(|all, class| rows(&all[class], 0..2));
    for seed in 0..3 {
        let [support, samples, both] =
            [By::Support, By::Samples, By::Both].map(|by| right_answers(&copies, 1, by, seed));
        assert_eq!(support, samples);
        assert_eq!(support, both);
        assert!(support.iter().sum::<f64>() / CLASSES as f64 > 0.5, "{support:?}");
    }
}

#[test]
fn more_real_images_beside_the_support_help_and_those_of_wrong_classes_harm() {
    let more = pupils(|all, class| rows(&all[class], 2..20));
    let [support, samples, both] = [By::Support, By::Samples, By::Both].map(|by| mean(&more, by));
    assert!(samples > support + 0.02 && both > support + 0.02, "{support} {samples} {both}");
    let wrong = pupils(|all, class| rows(&all[(class + 1) % CLASSES], 2..20));
    let harmed = [By::Samples, By::Both].map(|by| mean(&wrong, by));
    assert!(harmed[0] < 0.1 && harmed[1] < support - 0.1, "{harmed:?} {support}");
}

#[test]
fn samples_that_tell_nothing_of_their_class_teach_no_more_than_chance() {
    let mixed = |all: &[Array2<f32>], _: usize| {
        let few: Vec<_> = all.iter().map(|images| rows(images, 2..8)).collect();
        concatenate(Axis(0), &few.iter().map(|images| images.view()).collect::<Vec<_>>()).unwrap()
    };
    let by_samples = mean(&pupils(mixed), By::Samples);
    assert!((by_samples - 1.0 / CLASSES as f64).abs() < 0.12, "{by_samples}");
    // One and the same blurred mean for all of them, too.
    let blurred = |all: &[Array2<f32>], _: usize| {
        all.iter().map(|images| rows(images, 2..20)).reduce(|sum, images| sum + images).unwrap() / CLASSES as f32
    };
    let by_samples = mean(&pupils(blurred), By::Samples);
    assert!((by_samples - 1.0 / CLASSES as f64).abs() < 0.12, "{by_samples}");
}

#[test]
fn where_there_are_no_samples_the_support_alone_teaches() {
    let none = pupils(|_, _| Array2::zeros((0, 36)));
    assert_eq!(right_answers(&none, 1, By::Both, 0), right_answers(&none, 1, By::Support, 0));
    assert_eq!(right_answers(&none, 1, By::Samples, 0), [0.0; CLASSES]);
    assert_eq!(Taught::mean(&[]), None);
}
