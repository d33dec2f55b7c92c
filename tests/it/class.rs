//! New images of a class from a few: encoding, tasks, sampling, learning.

use std::sync::Arc;

use metascope::images::built_in::built_in;
use metascope::images::{ImageSet, LabelledImage};
use metascope::maths::functions::{Activation, Loss};
use metascope::maths::network::{Network, Workspace};
use metascope::settings::{ImageSource, Settings};
use metascope::tasks::class::{ClassTasks, Flow, sample};
use metascope::tasks::encoding::Encoding;
use metascope::tasks::judge::{Marks, distances};
use metascope::tasks::{Family, FamilyError, KnownClass, Tasks as _};
use metascope::train::trainer::Trainer;
use ndarray::{Array2, Axis, array};

use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::train_to;
use crate::common::sets;

fn hand() -> ImageSet {
    ImageSet::clone(&sets::read_once(&ImageSource::Hand))
}

fn training(set: &ImageSet) -> Vec<usize> {
    (0..set.images.len()).filter(|&i| !set.images[i].held_out).collect()
}

/// Smooth colour gradients: nothing like a drawing.
fn gradients(channels: usize) -> ImageSet {
    let size = 16;
    let pixel = |class: usize, i: usize, c: usize, sample: usize| {
        let (x, y) = (i % size, i / size);
        (60 + class * 15 + x * (3 + c) + y * (class % 3) + sample * 2).min(255) as u8
    };
    let image = |class: usize, sample: usize| LabelledImage {
        name: format!("{class}-{sample}"),
        class,
        held_out: false,
        validates: false,
        pixels: (0..size * size).flat_map(|i| (0..channels).map(move |c| pixel(class, i, c, sample))).collect(),
    };
    ImageSet {
        name: "gradients".to_owned(),
        size,
        channels,
        images: (0..10).flat_map(|class| (0..4).map(move |sample| image(class, sample))).collect(),
        classes: (0..10).map(|class| format!("gradient {class}")).collect(),
        foreground: 10,
        skipped: Vec::new(),
        notes: Vec::new(),
        origin: metascope::images::Origin::default(),
    }
}

fn error(set: &ImageSet, encoding: &Encoding) -> f64 {
    let codes = encoding.encode(set.images.iter().map(|image| image.pixels.as_ref()));
    let (mut sum, mut count) = (0.0, 0);
    for (image, picture) in set.images.iter().zip(encoding.decode(codes.view())) {
        for (i, pixel) in image.pixels.chunks_exact(set.channels).enumerate() {
            for (c, &byte) in pixel.iter().enumerate() {
                sum += ((f64::from(byte) - f64::from(picture.rgb[3 * i + c])) / 255.0).powi(2);
                count += 1;
            }
        }
    }
    sum / f64::from(count)
}

#[test]
fn drawings_and_colours_come_back_from_their_codes() {
    let hand = hand();
    let training = training(&hand);
    let (encoding, codes) = Encoding::of(&hand, &training);
    assert!(encoding.is_drawing());
    // Characters that the encoding was not fitted to, too.
    assert!(error(&hand, &encoding) < 0.02, "{}", error(&hand, &encoding));
    let codes = codes.select(Axis(0), &training);
    assert_eq!(codes.ncols(), 48);
    let square = codes.iter().map(|code| code * code).sum::<f32>() / codes.len() as f32;
    assert!((square - 1.0).abs() < 1e-3, "{square}");

    for channels in [1, 3] {
        let set = gradients(channels);
        let (encoding, _) = Encoding::of(&set, &(0..set.images.len()).collect::<Vec<_>>());
        assert!(!encoding.is_drawing());
        assert!(error(&set, &encoding) < 1e-4, "{}", error(&set, &encoding));
    }
}

#[test]
fn a_network_that_always_says_the_same_draws_the_same() {
    let network = Network::new(&[2 + 8, 5, 2], Activation::Silu, Loss::SquaredError);
    let mut theta = vec![0.0; network.parameters()];
    let biases = theta.len() - 2;
    theta[biases..].copy_from_slice(&[0.7, -0.4]);
    let noise = Array2::from_shape_fn((6, 2), |(i, j)| i as f32 - 2.0 * j as f32);
    for flow in [(1, 1), (20, 1), (20, 2), (2, 2)].map(|(steps, order)| Flow { steps, order }) {
        let samples = sample(&network, &theta, noise.view(), flow, &mut Workspace::default());
        for row in samples.outer_iter() {
            assert!((row[0] - 0.7).abs() < 1e-6 && (row[1] + 0.4).abs() < 1e-6, "{row}");
        }
    }
}

#[test]
fn heun_comes_nearer_to_the_flow_than_euler_with_as_many_questions() {
    let network = Network::new(&[3 + 8, 16, 3], Activation::Silu, Loss::SquaredError);
    // Without the features of time: they turn so fast that the last step's error would hide the others'.
    let weight = |i: usize| if (3 * 16..11 * 16).contains(&i) { 0.0 } else { 0.4 * ((i * 37) as f32).sin() };
    let theta: Vec<f32> = (0..network.parameters()).map(weight).collect();
    let noise = Array2::from_shape_fn((8, 3), |(i, j)| ((5 * i + j) as f32).sin());
    let follow =
        |steps, order| sample(&network, &theta, noise.view(), Flow { steps, order }, &mut Workspace::default());
    let truth = follow(4000, 1);
    let error = |samples: Array2<f32>| (samples - &truth).iter().map(|d| d * d).sum::<f32>().sqrt();
    let [euler, heun] = [error(follow(20, 1)), error(follow(10, 2))];
    assert!(heun < 0.5 * euler, "{heun} against {euler}");
    assert!(error(follow(40, 1)) < 0.7 * euler);
}

#[test]
fn what_a_set_is_about_is_drawn_more_often_and_alone_held_out() {
    let mut set = hand();
    set.images.iter_mut().for_each(|image| image.held_out = false);
    set.foreground = 10;
    let names = set.classes.clone();
    let mut settings = Settings::preset(families::CLASS, algorithms::MAML);
    settings.run.seed = 5;
    let family = Family::new(&settings.run, Some(Arc::new(set))).unwrap();
    assert_eq!(family.held_out_tasks(), 2);
    for index in 0..2 {
        let name = family.held_out(&settings.live, 0, index).name;
        assert!(names[..10].iter().any(|known| name == *known), "{name}");
    }
}

#[test]
fn the_judge_knows_real_images_and_marks_what_is_wrong() {
    let settings = Settings::preset(families::CLASS, algorithms::MAML);
    let set = Arc::new(hand());
    let all = Family::new(&settings.run, Some(set.clone())).unwrap();
    let family = all.makes_images().unwrap();
    let judge = family.judge(0);
    let tasks: Vec<_> = (0..12).map(|index| all.held_out(&settings.live, 0, index)).collect();
    let known: Vec<&KnownClass> = tasks.iter().map(|task| task.reading.known().unwrap()).collect();
    let real: Vec<Marks> = known.iter().map(|known| family.real_marks(&judge, known)).collect();
    let real = Marks::mean(&real).unwrap();
    assert!(real.recognised_held_out > 0.97 && real.recognised_all > 0.95, "{real:?}");
    assert!(real.nearest_support > 2.0 && real.diversity > real.nearest_support, "{real:?}");

    // One and the same sample of another class: not recognised, not varied.
    let (_, codes) = Encoding::of(&set, &training(&set));
    let wrong = codes.select(Axis(0), &[known[1].query[0]; 6]);
    let marks = family.marks(&judge, known[0], wrong.view());
    assert_eq!((marks.recognised_held_out, marks.recognised_all), (0.0, 0.0));
    assert!(marks.diversity < 1e-6 && marks.nearest_support > 2.0, "{marks:?}");
    // Copies of the support are recognised, and seen to be copies.
    let copies = family.marks(&judge, known[0], codes.select(Axis(0), &known[0].support).view());
    assert!(copies.recognised_held_out > 0.9 && copies.nearest_support < 0.5 * real.nearest_support, "{copies:?}");
    // What overflowed is worth nothing.
    let overflown = Array2::from_elem((3, codes.ncols()), f32::NAN);
    assert_eq!(family.marks(&judge, known[0], overflown.view()), Marks::default());
}

#[test]
fn distances_between_known_points() {
    let images = array![[0.0f32, 0.0], [3.0, 4.0], [0.0, 0.0]];
    let support = array![[0.0f32, 1.0], [3.0, 0.0]];
    let [between, nearest] = distances(images.view(), support.view());
    assert!((between - 10.0 / 3.0).abs() < 1e-9);
    assert!((nearest - (1.0 + 4.0 + 1.0) / 3.0).abs() < 1e-9);
}

#[test]
fn held_out_classes_are_those_of_the_set_or_a_fifth() {
    let settings = Settings::preset(families::CLASS, algorithms::MAML);
    let family = Family::new(&settings.run, Some(Arc::new(hand()))).unwrap();
    assert_eq!(family.held_out_tasks(), 12);
    let mut names = String::new();
    for index in 0..12 {
        let task = family.held_out(&settings.live, 0, index);
        names += &task.name;
        let known = task.reading.known().unwrap();
        assert_eq!((known.support.len(), known.query.len()), (10, 9));
        // 10 images, 8 draws of each; the other 9 judge.
        assert_eq!((task.episode.support(0).rows(), task.episode.query.rows()), (80, 9 * 32));
        assert_ne!(task.episode.support(0), task.episode.support(1), "every step draws anew");
    }
    assert_eq!(names, "AGRe23456789");

    let none = ClassTasks::new(Arc::new(gradients(3)), 3).unwrap();
    assert_eq!(none.held_out_tasks(), 2);
}

#[test]
fn a_row_lies_between_noise_and_image_at_the_time_it_says() {
    let settings = Settings::preset(families::CLASS, algorithms::MAML);
    let family = Family::new(&settings.run, Some(Arc::new(sets::characters()))).unwrap();
    let task = family.training(&settings.live, 0, 0, 0);
    let (x, y) = (task.query.x(), task.query.y());
    let (width, rows) = (y.ncols(), x.nrows());
    let mut times = Vec::new();
    let mut square = 0.0;
    for (x, y) in x.outer_iter().zip(y.outer_iter()) {
        // The features of frequency ½ are cos πt and sin πt.
        let time = x[width + 1].atan2(x[width]) / std::f32::consts::PI;
        assert!((x[width + 2] - (std::f32::consts::TAU * time).cos()).abs() < 1e-4);
        times.push(time);
        if time < 0.8 {
            square += (0..width).map(|i| ((x[i] - time * y[i]) / (1.0 - time)).powi(2)).sum::<f32>() / width as f32;
        }
    }
    let noisy = times.iter().filter(|&&time| time < 0.8).count() as f32;
    assert!((square / noisy - 1.0).abs() < 0.15, "the noise has variance {}", square / noisy);
    // Stratified: one time in each of as many equal parts.
    times.sort_by(f32::total_cmp);
    assert!(times.iter().enumerate().all(|(i, t)| (t * rows as f32 - i as f32 - 0.5).abs() < 0.51));
}

#[test]
fn one_class_is_not_enough() {
    let faces = built_in(&ImageSource::Faces).unwrap();
    let refused = ClassTasks::new(Arc::new(faces), 0).err();
    assert!(matches!(refused, Some(FamilyError::TooFewClasses { classes: 1, .. })), "{refused:?}");
    assert!(refused.unwrap().to_string().contains("a folder for each class"));
}

#[test]
fn images_that_are_all_alike_are_refused() {
    let mut set = gradients(3);
    let first = set.images[0].pixels.clone();
    set.images.iter_mut().for_each(|image| image.pixels = first.clone());
    let refused = ClassTasks::new(Arc::new(set), 0).err();
    assert!(matches!(refused, Some(FamilyError::AllAlike { .. })), "{refused:?}");
}

#[test]
fn unseen_characters_are_learned_from_ten_images() {
    let mut settings = Settings::preset(families::CLASS, algorithms::MAML);
    settings.live.test_steps = 5;
    let mut trainer = Trainer::new(settings, Some(Arc::new(hand())), 2).unwrap();
    train_to(&mut trainer, 60);
    let statistics = trainer.statistics();
    let marks = statistics[0].marks.unwrap();
    assert!(marks.recognised_held_out > 0.6 && marks.diversity > 2.0 && marks.nearest_support > 2.0, "{marks:?}");
    assert_eq!(statistics[0].flow_loss.as_ref(), Some(&statistics[0].loss));
    let probe = trainer.evaluation().tasks[0].clone();
    assert!(probe.traces.iter().all(|trace| trace.marks.is_some()));
    let gallery = probe.gallery.unwrap();
    let [way, nearest] = ["From noise", "Nearest"]
        .map(|title| &gallery.iter().find(|sheet| sheet.look.title.en() == title).unwrap().picture);
    assert_eq!((way.width, way.height), (8 * 17 - 1, 4 * 17 - 1));
    assert_eq!((nearest.width, nearest.height), (12 * 17 - 1, 2 * 17 - 1));
    let [learned, random, joint] = statistics.map(|statistics| statistics.loss);
    assert!(learned[5] < 0.75 * learned[0], "{learned:?}");
    assert!(learned[5] < 0.8 * random[5], "{learned:?} {random:?}");
    assert!(learned[5] < 0.97 * joint[5], "{learned:?} {joint:?}");
}
