//! What is trained on and what is held out: of pictures single images, of class tasks whole classes.

use crate::images::ImageSet;
use crate::settings::RunSettings;
use crate::tasks::classes::{Part, class_parts};
use crate::text::{say, tell};
use crate::window::numbers::thousands;

/// One class: how many images it has, how many of them are held out, and what it is kept for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassCounts {
    /// Images.
    pub images: usize,
    /// Those of them that are held out.
    pub held_out: usize,
    /// Those that validate.
    pub validating: usize,
    /// Where tasks are made of classes: its part; `None` if it has too few images.
    pub part: Option<Part>,
}

/// Every class of a set.
pub fn counts(set: &ImageSet, run: &RunSettings) -> Vec<ClassCounts> {
    let parts = if run.tasks.needs_classes() { class_parts(set, run.seed).ok() } else { None };
    let part = |class: usize| parts.as_ref().and_then(|parts| parts[class]);
    let mut counts: Vec<_> =
        (0..set.classes.len()).map(|class| ClassCounts { part: part(class), ..Default::default() }).collect();
    for image in &set.images {
        if let Some(class) = counts.get_mut(image.class) {
            class.images += 1;
            class.held_out += usize::from(image.held_out);
            class.validating += usize::from(image.validates);
        }
    }
    counts
}

/// How the images, or for class tasks the classes, are divided, in one line.
pub fn line(counts: &[ClassCounts], run: &RunSettings) -> String {
    if run.tasks.needs_classes() {
        let [training, validation, test] = [Part::Training, Part::Validation, Part::Test]
            .map(|part| thousands(counts.iter().filter(|class| class.part == Some(part)).count()));
        return tell(
            || format!("{training} to train on, {validation} to validate, {test} to test"),
            || format!("{training} 个用于训练，{validation} 个用于验证，{test} 个用于测试"),
        );
    }
    let held_out: usize = counts.iter().map(|class| class.held_out).sum();
    let validating: usize = counts.iter().map(|class| class.validating).sum();
    let all: usize = counts.iter().map(|class| class.images).sum();
    let (training, none) = (thousands(all - held_out - validating), validating == 0);
    let [held_out, validating] = [held_out, validating].map(thousands);
    match none {
        true => tell(
            || format!("{training} images to train on, {held_out} held out"),
            || format!("{training} 张图像用于训练，{held_out} 张留出"),
        ),
        false => tell(
            || format!("{training} images to train on, {validating} validate, {held_out} held out"),
            || format!("{training} 张图像用于训练，{validating} 张用于验证，{held_out} 张留出"),
        ),
    }
}

/// What a class is used for, in a word or two.
pub fn word(class: ClassCounts, run: &RunSettings) -> String {
    if run.tasks.needs_classes() {
        let word = match class.part {
            Some(Part::Training) => say("training", "训练"),
            Some(Part::Validation) => say("validation", "验证"),
            Some(Part::Test) => say("test", "测试"),
            None => say("too few", "太少"),
        };
        return word.to_owned();
    }
    match class.held_out {
        0 if class.images > 0 && class.validating == class.images => say("validation", "验证").to_owned(),
        0 => say("training", "训练").to_owned(),
        held_out if held_out == class.images => say("held out", "留出").to_owned(),
        held_out => tell(|| format!("{} held out", thousands(held_out)), || format!("留出 {} 张", thousands(held_out))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Algorithm, Settings, TaskFamily};

    #[test]
    fn images_are_divided_for_pictures_and_classes_for_class_tasks() {
        let run = |tasks| Settings::preset(tasks, Algorithm::default()).run;
        let (picture, of_class) = (run(TaskFamily::named("picture")), run(TaskFamily::named("classify")));
        let class = |images, held_out, part| ClassCounts { images, held_out, validating: 0, part };
        let counts = [
            class(5, 0, Some(Part::Training)),
            class(2_000, 1, Some(Part::Validation)),
            class(4, 4, Some(Part::Test)),
            class(1, 0, None),
        ];
        assert_eq!(line(&counts, &picture), "2,005 images to train on, 5 held out");
        assert_eq!(counts.map(|class| word(class, &picture)), ["training", "1 held out", "held out", "training"]);
        assert_eq!(line(&counts, &of_class), "1 to train on, 1 to validate, 1 to test");
        assert_eq!(counts.map(|class| word(class, &of_class)), ["training", "validation", "test", "too few"]);
    }
}
