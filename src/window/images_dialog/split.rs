//! What is trained on and what is held out: of pictures single images, of class tasks whole classes.

use crate::images::ImageSet;
use crate::settings::{RunSettings, TaskFamily};
use crate::window::numbers::count;

/// One class: how many images it has, and how many of them are held out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassCounts {
    /// Images.
    pub images: usize,
    /// Those of them that are held out.
    pub held_out: usize,
}

/// Every class of a set.
pub fn counts(set: &ImageSet) -> Vec<ClassCounts> {
    let mut counts = vec![ClassCounts::default(); set.classes.len()];
    for image in &set.images {
        if let Some(class) = counts.get_mut(image.class) {
            class.images += 1;
            class.held_out += usize::from(image.held_out);
        }
    }
    counts
}

/// How the images, or for class tasks the classes, are divided, in one line.
pub fn line(counts: &[ClassCounts], run: &RunSettings) -> String {
    if run.tasks != TaskFamily::Class {
        let held_out: usize = counts.iter().map(|class| class.held_out).sum();
        let all: usize = counts.iter().map(|class| class.images).sum();
        return format!("{} images to train on, {} held out", count(all - held_out), count(held_out));
    }
    let whole = counts.iter().filter(|class| class.is_held_out()).count();
    if by_class(counts) {
        return format!("{} to train on, {} held out", count(counts.len() - whole), count(whole));
    }
    "a fifth, chosen by the seed, is held out".to_owned()
}

/// What a class is used for, in a word or two.
pub fn word(class: ClassCounts, counts: &[ClassCounts], run: &RunSettings) -> String {
    match class.held_out {
        _ if class.is_held_out() => "held out".to_owned(),
        _ if run.tasks == TaskFamily::Class && !by_class(counts) => String::new(),
        0 => "training".to_owned(),
        held_out => format!("{held_out} held out"),
    }
}

impl ClassCounts {
    fn is_held_out(self) -> bool {
        self.images > 0 && self.held_out == self.images
    }
}

/// Whether the set itself says which classes are held out.
fn by_class(counts: &[ClassCounts]) -> bool {
    let whole = counts.iter().filter(|class| class.is_held_out()).count();
    let mixed = counts.iter().any(|class| class.held_out > 0 && !class.is_held_out());
    !mixed && whole > 0 && whole < counts.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Algorithm, Settings};

    fn class(images: usize, held_out: usize) -> ClassCounts {
        ClassCounts { images, held_out }
    }

    #[test]
    fn images_are_divided_for_pictures_and_classes_for_class_tasks() {
        let run = |tasks| Settings::preset(tasks, Algorithm::Maml).run;
        let (picture, of_class) = (run(TaskFamily::Picture), run(TaskFamily::Class));
        let whole = [class(5, 0), class(2_000, 0), class(4, 4)];
        assert_eq!(line(&whole, &picture), "2,005 images to train on, 4 held out");
        assert_eq!(line(&whole, &of_class), "2 to train on, 1 held out");
        assert_eq!(word(whole[2], &whole, &of_class), "held out");
        assert_eq!(word(whole[0], &whole, &of_class), "training");
        let mixed = [class(5, 1), class(5, 0)];
        assert_eq!(line(&mixed, &of_class), "a fifth, chosen by the seed, is held out");
        assert_eq!([mixed[0], mixed[1]].map(|class| word(class, &mixed, &of_class)), ["", ""]);
        assert_eq!([mixed[0], mixed[1]].map(|class| word(class, &mixed, &picture)), ["1 held out", "training"]);
    }
}
