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
