//! How many classes and images of each a task can have at the most.

use super::FamilyError;
use super::classes::{Part, class_parts};
use crate::images::ImageSet;

/// The most that tasks made of a set's classes can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Classes in a task: the fewer of those to train on and those to test on.
    pub ways: usize,
    /// Support images of a training class. One more is needed to judge by.
    pub shots: usize,
    /// The same of a test class.
    pub test_shots: usize,
}

impl Limits {
    /// Those of a set whose classes are divided by [`class_parts`].
    ///
    /// # Errors
    /// As [`class_parts`].
    pub fn of(set: &ImageSet, seed: u64) -> Result<Self, FamilyError> {
        let parts = class_parts(set, seed)?;
        let mut images = vec![0usize; parts.len()];
        set.images.iter().for_each(|image| images[image.class] += 1);
        let sizes = |test: bool| {
            let divided = parts.iter().zip(&images).filter_map(|(part, &images)| Some(((*part)?, images)));
            divided.filter(move |(part, _)| (*part == Part::Test) == test).map(|(_, images)| images)
        };
        let most = |test| sizes(test).max().unwrap_or(0).saturating_sub(1);
        Ok(Self { ways: sizes(false).count().min(sizes(true).count()), shots: most(false), test_shots: most(true) })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::images::built_in::built_in;
    use crate::settings::{ImageSource, Settings};
    use crate::tasks::Family;

    /// Families that are asked for more give exactly so many.
    #[test]
    fn they_are_what_families_give() {
        use crate::settings::{Algorithm, TaskFamily};
        let set = std::sync::Arc::new(built_in(&ImageSource::Digits).unwrap());
        let limits = Limits::of(&set, 0).unwrap();
        assert_eq!(limits.ways, 3);
        let mut settings = Settings::preset(TaskFamily::named("classify"), Algorithm::default());
        settings.run.ways = 20;
        let family = Family::new(&settings.run, Some(set.clone())).unwrap();
        let query = family.training(&settings.live, 0, 0, 0).query;
        assert_eq!(query.y().ncols(), limits.ways);
        settings.live.shots = limits.shots + 7;
        settings.live.test_shots = limits.test_shots + 7;
        let training = family.training(&settings.live, 0, 0, 0).support[0].rows();
        assert!(training <= limits.ways * limits.shots && training > limits.ways * (limits.shots - 20), "{training}");
        let tested = family.held_out(&settings.live, 0, 0).episode.support[0].rows();
        assert!(tested <= limits.ways * limits.test_shots && tested > 0, "{tested}");
    }
}
