//! Telling classes apart, and finding them in a pile: what tasks are made of, and that both are learned.

use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::train_to;
use crate::common::sets;
use std::sync::Arc;

use metascope::images::ImageSet;
use metascope::images::built_in::built_in;
use metascope::maths::functions::Loss;
use metascope::settings::{ImageSource, LiveSettings, Settings, TaskFamily};
use metascope::tasks::classes::{Part, class_parts};
use metascope::tasks::{Family, FamilyError, Panel, for_validation, suits};
use metascope::train::evaluation::Statistics;
use metascope::train::trainer::Trainer;
use ndarray::Axis;

fn family(tasks: TaskFamily, ways: usize, set: ImageSet) -> Result<(Family, LiveSettings), FamilyError> {
    let mut settings = Settings::preset(tasks, algorithms::MAML);
    settings.run.ways = ways;
    Ok((Family::new(&settings.run, Some(Arc::new(set)))?, settings.live))
}

fn hand() -> ImageSet {
    ImageSet::clone(&sets::read_once(&ImageSource::Hand))
}

fn parts(set: &ImageSet, seed: u64) -> [usize; 3] {
    let parts = class_parts(set, seed).unwrap();
    [Part::Training, Part::Validation, Part::Test]
        .map(|part| parts.iter().filter(|other| **other == Some(part)).count())
}

#[test]
fn classes_are_divided_into_three_parts() {
    // What a set holds out whole is for testing, and a fifth of the others for validation.
    assert_eq!(parts(&hand(), 0), [40, 10, 12]);
    assert_eq!(parts(&built_in(&ImageSource::Characters).unwrap(), 0), [520, 10, 12]);
    let mut own = hand();
    own.images.iter_mut().enumerate().for_each(|(i, image)| image.held_out = i % 5 == 0);
    assert_eq!(parts(&own, 0), [40, 10, 12]);
    assert_eq!(class_parts(&own, 3), class_parts(&own, 3));
    assert_ne!(class_parts(&own, 3), class_parts(&own, 4));
    let of = |classes: usize| {
        let mut set = own.clone();
        set.images.retain(|image| image.class < classes);
        parts(&set, 0)
    };
    assert_eq!((of(20), of(4), of(3), of(2)), ([13, 3, 4], [1, 1, 2], [1, 1, 1], [1, 0, 1]));
}

#[test]
fn settings_are_chosen_without_the_test_classes() {
    let mut own = hand();
    own.images.iter_mut().enumerate().for_each(|(i, image)| image.held_out = i % 5 == 0);
    let run = Settings::preset(families::CLASS, algorithms::MAML).run;
    let of_part = class_parts(&own, run.seed).unwrap();
    let validation = for_validation(&run, &own).unwrap();
    for image in &validation.images {
        assert_ne!(of_part[image.class], Some(Part::Test));
        assert_eq!(image.held_out, of_part[image.class] == Some(Part::Validation));
    }
    assert_eq!(parts(&validation, 0)[2], 10);
    own.images.retain(|image| image.class < 2);
    assert!(for_validation(&run, &own).is_none());
}

#[test]
fn a_classify_task_has_its_shots_and_no_image_twice() {
    let (family, live) = family(families::CLASSIFY, 5, hand()).unwrap();
    for shots in [1, 5, 100] {
        let live = LiveSettings { shots, test_shots: shots, ..live.clone() };
        for index in 0..4 {
            let episode = family.training(&live, 0, 7, index);
            let held_out = family.held_out(&live, 0, index);
            let given = shots.min(18);
            for (episode, most) in [(&episode, 10), (&held_out.episode, 15)] {
                let support = episode.support(0);
                assert_eq!(support.rows(), 5 * given);
                assert_eq!(episode.query.rows(), 5 * (19 - given).min(most));
                for batch in [support, &episode.query] {
                    assert!(batch.y().sum_axis(Axis(1)).iter().all(|&sum| sum == 1.0));
                    let each = batch.rows() as f32 / 5.0;
                    assert!(batch.y().sum_axis(Axis(0)).iter().all(|&count| count == each));
                }
                let same = |a: usize, b: usize| support.x().row(a) == episode.query.x().row(b);
                assert!(!(0..support.rows()).any(|a| (0..episode.query.rows()).any(|b| same(a, b))));
            }
            assert!(held_out.display.is_none() && held_out.choices.len() == 5);
            let shown = if given == 1 { "1 image each".to_owned() } else { format!("{given} images each") };
            assert_eq!(held_out.given[1].caption, shown);
            // Right scores are read as right answers.
            assert_eq!(held_out.reading.read(held_out.episode.query.y()).score, Some(1.0));
        }
    }
}

#[test]
fn a_pile_tells_nobody_its_classes_but_the_meta_loss() {
    let (family, live) = family(families::CLUSTER, 4, hand()).unwrap();
    let task = family.held_out(&live, 0, 0);
    let Panel::Points { labels, .. } = &task.given[1].panel else { unreachable!() };
    assert_eq!((labels.len(), task.name.split(", ").count()), (32, 4));
    let [(_, raw), (_, chance)] = task.given[1].reaches[..] else { unreachable!() };
    assert!(chance > 0.25 && chance < raw, "chance {chance}, raw pixels {raw}");
    for step in 0..3 {
        // Each image is its own target, and no other image's.
        let y = task.episode.support(step).y();
        assert!(y.sum_axis(Axis(1)).iter().all(|&sum| sum == 1.0));
        assert!(y.sum_axis(Axis(0)).iter().all(|&sum| sum <= 1.0));
    }
    assert_ne!(task.episode.support(0).x(), task.episode.support(1).x());
    let y = task.episode.query.y();
    for (a, &first) in labels.iter().enumerate() {
        for (b, &second) in labels.iter().enumerate() {
            assert_eq!(y.row(a) == y.row(b), first == second);
        }
    }
}

#[test]
fn ways_follow_what_a_set_can_give() {
    let network = |tasks, ways, set| {
        family(tasks, ways, set).map(|(family, _)| {
            let network = family.network(&Settings::preset(tasks, algorithms::MAML).run);
            assert_eq!(network.loss_kind(), Loss::CrossEntropy);
            *network.sizes().last().unwrap()
        })
    };
    assert_eq!(network(families::CLASSIFY, 7, hand()), Ok(7));
    assert_eq!(network(families::CLASSIFY, 20, hand()), Ok(12));
    assert_eq!(network(families::CLUSTER, 5, hand()), Ok(40));
    let mut few = hand();
    few.images.retain(|image| image.class < 3);
    for tasks in [families::CLASSIFY, families::CLUSTER] {
        let error = network(tasks, 5, few.clone()).unwrap_err();
        assert!(matches!(error, FamilyError::TooFewWays { .. }) && error.to_string().contains("folder for each class"));
    }
    assert!(network(families::CLASSIFY, 5, built_in(&ImageSource::Faces).unwrap()).is_err());
}

/// Statistics of the learned, random and joint initialisation after some meta-iterations on handwriting.
fn learned(tasks: TaskFamily, iterations: u64) -> [Statistics; 3] {
    let mut settings = Settings::preset(tasks, algorithms::MAML);
    settings.run.held_out_tasks = 40;
    settings.run.evaluate_every = 1_000;
    settings.run.network.hidden = vec![32, 32];
    let mut trainer = Trainer::new(settings, Some(Arc::new(hand())), 2).unwrap();
    train_to(&mut trainer, iterations);
    trainer.statistics()
}

#[test]
fn unseen_classes_are_told_apart_better_than_without_meta_learning() {
    let [learned, random, joint] = learned(families::CLASSIFY, 200).map(|statistics| {
        assert_eq!(statistics.scores.len(), 1);
        statistics.scores["accuracy"].clone()
    });
    assert!((learned[0] - 0.2).abs() < 0.08, "before adaptation nothing says which is which: {}", learned[0]);
    let best = random[10].max(joint[10]);
    assert!(learned[10] > best + 0.04, "learned {learned:?}, random {random:?}, joint {joint:?}");
}

#[test]
fn piles_of_unseen_classes_come_apart_better_than_without_meta_learning() {
    let [learned, random, joint] = learned(families::CLUSTER, 300).map(|statistics| {
        assert_eq!(statistics.scores.len(), 1);
        statistics.scores["purity"].clone()
    });
    let best = random[10].max(joint[10]);
    assert!(learned[10] > best + 0.04, "learned {learned:?}, random {random:?}, joint {joint:?}");
    assert!(learned[3] > learned[0], "adaptation without labels helps: {learned:?}");
}

/// What the window offers to do with images can be done.
#[test]
fn a_set_suits_the_families_that_can_be_made_of_it() {
    let hand = sets::read_once(&ImageSource::Hand);
    let needing = || TaskFamily::ALL.into_iter().filter(|tasks| tasks.needs_classes());
    let mut suited = 0;
    for classes in [1, 2, 3, 4, 6, 62] {
        let mut few = (*hand).clone();
        few.images.retain(|image| image.class < classes);
        let few = Arc::new(few);
        for tasks in needing() {
            let run = Settings::preset(tasks, algorithms::MAML).run;
            let made = Family::new(&run, Some(few.clone())).is_ok();
            assert_eq!(suits(tasks, &few, run.seed), made, "{tasks:?} of {classes} classes");
            suited += usize::from(made);
        }
    }
    assert!((needing().count()..6 * needing().count()).contains(&suited), "{suited}");
}
