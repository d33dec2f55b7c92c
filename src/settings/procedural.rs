//! How sets made from formulas (creatures and textures) are made.

use serde::{Deserialize, Serialize};

use super::ImageSource;

/// What a set made from formulas depends on; another value makes it again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProceduralSettings {
    /// Classes; an eighth of them is held out.
    pub classes: usize,
    /// Images of each class.
    pub each: usize,
    /// How much the images of a class differ from each other; 0 for not at all.
    pub variety: f64,
    /// How little colour tells classes apart; at 1 they differ in shape alone.
    pub sameness: f64,
    /// Chooses the classes and their images, apart from the seed of the run.
    pub seed: u64,
}

/// One setting of [`ProceduralSettings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProceduralKnob {
    /// Classes.
    Classes,
    /// Images of each.
    Each,
    /// Differences within a class.
    Variety,
    /// Likeness between classes.
    Sameness,
    /// Another set of the same kind.
    Seed,
}

impl Default for ProceduralSettings {
    fn default() -> Self {
        Self::of(&ImageSource::Creatures)
    }
}

impl ProceduralSettings {
    /// What a set begins with. Creatures are so many and so various that neither a random initialisation nor
    /// joint pretraining makes most of them recognisable.
    pub fn of(source: &ImageSource) -> Self {
        let (classes, variety) = if *source == ImageSource::Textures { (96, 1.0) } else { (240, 1.2) };
        Self { classes, each: 20, variety, sameness: 0.0, seed: 0 }
    }

    /// How many of the classes, the last ones, are held out.
    pub fn held_out(&self) -> usize {
        self.classes / 8
    }
}

impl ImageSource {
    /// Whether it is made from formulas, as [`ProceduralSettings`] say.
    pub fn is_procedural(&self) -> bool {
        matches!(self, Self::Creatures | Self::Textures)
    }
}

impl ProceduralKnob {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Classes, Self::Each, Self::Variety, Self::Sameness, Self::Seed];

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Classes => "Classes",
            Self::Each => "Images of each",
            Self::Variety => "Variety",
            Self::Sameness => "Sameness",
            Self::Seed => "Seed of the set",
        }
    }

    /// The key in an experiment file.
    pub fn key(self) -> &'static str {
        match self {
            Self::Classes => "classes",
            Self::Each => "each",
            Self::Variety => "variety",
            Self::Sameness => "sameness",
            Self::Seed => "seed",
        }
    }

    /// The option on the command line, without its dashes.
    pub fn option(self) -> &'static str {
        match self {
            Self::Classes => "set-classes",
            Self::Each => "set-each",
            Self::Variety => "set-variety",
            Self::Sameness => "set-sameness",
            Self::Seed => "set-seed",
        }
    }

    /// One sentence: what it is and does.
    pub fn tooltip(self) -> &'static str {
        match self {
            Self::Classes => {
                "Classes of the set, an eighth of them held out: with more, the shared prior is learned from more"
            }
            Self::Each => "Images of each class: the shots are taken from them, the others judge",
            Self::Variety => {
                "How much the images of one class differ in pose, size, squash, place, gaze and light, or in where the pattern lies: the more, the less a few of them tell"
            }
            Self::Sameness => {
                "How little colour gives a class away: fewer colours for more of it, and at 1 the classes differ in shape alone"
            }
            Self::Seed => "Another seed makes other classes in the same way",
        }
    }

    /// Lowest and highest value.
    pub fn range(self) -> [f64; 2] {
        match self {
            Self::Classes => [8.0, 480.0],
            Self::Each => [4.0, 60.0],
            Self::Variety => [0.0, 2.0],
            Self::Sameness => [0.0, 1.0],
            Self::Seed => [0.0, 9999.0],
        }
    }

    /// Whether the value is a whole number.
    pub fn is_whole(self) -> bool {
        !matches!(self, Self::Variety | Self::Sameness)
    }

    /// The value in these settings.
    pub fn get(self, settings: &ProceduralSettings) -> f64 {
        match self {
            Self::Classes => settings.classes as f64,
            Self::Each => settings.each as f64,
            Self::Variety => settings.variety,
            Self::Sameness => settings.sameness,
            Self::Seed => settings.seed as f64,
        }
    }

    /// Sets the value; whole numbers are cut off.
    pub fn set(self, settings: &mut ProceduralSettings, value: f64) {
        match self {
            Self::Classes => settings.classes = value as usize,
            Self::Each => settings.each = value as usize,
            Self::Variety => settings.variety = value,
            Self::Sameness => settings.sameness = value,
            Self::Seed => settings.seed = value as u64,
        }
    }
}
