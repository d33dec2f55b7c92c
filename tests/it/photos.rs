//! Grey pictures like photographs, a user's own: no strokes on dark ground, so no distance fields; they
//! are learned as they are, and judged as drawings are.

use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::train_to;
use std::fs;
use std::sync::Arc;

use image::{GrayImage, Luma};
use metascope::images::for_run;
use metascope::settings::{ImageSource, Settings};
use metascope::tasks::Tasks as _;
use metascope::tasks::class::ClassTasks;
use metascope::tasks::encoding::Encoding;
use metascope::train::trainer::Trainer;
use tempfile::TempDir;

/// A ball under a light; its class says how large and how dark it is, and where a shadow lies on it.
fn ball(class: u32, sample: u32) -> GrayImage {
    let (width, height) = (40 + 9 * sample, 60 + 5 * class - 4 * sample);
    let side = width.min(height) as f32;
    let light = 0.9 * sample as f32;
    GrayImage::from_fn(width, height, |x, y| {
        let place = [x as f32 - 0.5 * width as f32, y as f32 - 0.5 * height as f32].map(|i| 2.0 * i / side);
        let radius = 0.4 + 0.08 * class as f32;
        let distance = place[0].hypot(place[1]) / radius;
        let shade = 0.5 + 0.15 * (light.cos() * place[0] + light.sin() * place[1]);
        let shadow = 0.25 * (class as f32 * 1.1 + 3.0 * place[0]).sin();
        let ball = (1.0 - distance * distance).max(0.0).sqrt() * (0.3 + shadow);
        Luma([((shade + ball) * 200.0).clamp(0.0, 255.0) as u8])
    })
}

#[test]
fn grey_photographs_of_ones_own_are_learned_as_they_are() {
    let folder = TempDir::new().unwrap();
    for class in 0..6 {
        fs::create_dir(folder.path().join(format!("ball {class}"))).unwrap();
        for sample in 0..5 {
            ball(class, sample).save(folder.path().join(format!("ball {class}/{sample}.png"))).unwrap();
        }
    }
    let mut settings = Settings::preset(families::CLASS, algorithms::MAML);
    settings.run.images = ImageSource::Path(folder.path().to_owned());
    settings.run.network.hidden = vec![24];
    (settings.live.shots, settings.live.test_shots, settings.live.test_steps) = (3, 3, 2);
    let set = for_run(&settings.run).unwrap().unwrap();
    assert_eq!((set.size, set.channels, set.classes.len(), set.images.len()), (16, 1, 6, 30));
    let (encoding, _) = Encoding::of(&set, &(0..set.images.len()).collect::<Vec<_>>());
    assert!(!encoding.is_drawing());
    assert_eq!(ClassTasks::new(set.clone(), 0).unwrap().held_out_tasks(), 2);

    let mut trainer = Trainer::new(settings, Some(Arc::clone(&set)), 1).unwrap();
    train_to(&mut trainer, 10);
    for statistics in trainer.statistics() {
        let marks = statistics.marks.unwrap();
        let numbers = [marks.recognised_held_out, marks.recognised_all, marks.diversity, marks.nearest_support];
        assert!(numbers.iter().all(|number| number.is_finite()), "{marks:?}");
        assert!(marks.diversity > 0.0 && marks.nearest_support > 0.0, "{marks:?}");
        assert!(statistics.loss.iter().all(|loss| loss.is_finite()), "{:?}", statistics.loss);
    }
}
