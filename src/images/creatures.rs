//! Creatures: colour images made from formulas. A class is a species, with its colours, head, eyes,
//! mouth, ears and pattern; an image is one animal of it, in its own pose, size and squash, looking
//! somewhere.

use std::f32::consts::TAU;
use std::sync::Arc;

use rand::{Rng, RngExt as _};

use super::ImageSet;
use super::procedural::{self, SIZE};
use crate::maths::stream::{Purpose, stream};
use crate::settings::ProceduralSettings;
use crate::text::text;

/// Every pixel is the mean of this many squared.
const FINER: usize = 4;
/// The set of seed 0 is one and the same on every machine; other seeds are counted from here.
const SEED: u64 = 11;
/// Hues of the skin, and of the ground, where colours may differ most.
const HUES: [usize; 2] = [6, 3];

type Colour = [f32; 3];

/// What all animals of a species share.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Species {
    skin: Colour,
    dark: Colour,
    ground: Colour,
    head: usize,
    eyes: usize,
    mouth: usize,
    ears: usize,
    pattern: usize,
}

/// What is an animal's own.
#[derive(Clone, Copy, Debug)]
struct Animal {
    turn: f32,
    size: f32,
    squash: f32,
    place: [f32; 2],
    gaze: [f32; 2],
    light: f32,
}

/// Species of animals in colour, 16 x 16 pixels.
pub fn creatures(settings: &ProceduralSettings) -> ImageSet {
    let seed = SEED.wrapping_add(settings.seed);
    let mut species = Vec::with_capacity(settings.classes);
    for class in 0..settings.classes {
        let rng = &mut stream(seed, Purpose::Images, class as u64, 0);
        let mut drawn = Species::draw(settings.sameness, rng);
        // No species stands for two classes; there are at least 576 of them.
        while species.contains(&drawn) {
            drawn = Species::draw(settings.sameness, rng);
        }
        species.push(drawn);
    }
    procedural::set("Creatures", text("species", "物种"), settings, |class, animal| {
        let rng = &mut stream(seed, Purpose::Images, class as u64, 1 + animal as u64);
        draw(species[class], Animal::draw(settings.variety as f32, rng))
    })
}

impl Species {
    /// The more sameness, the fewer of the hues are taken; at 1 all species have the first.
    fn draw(sameness: f64, rng: &mut impl Rng) -> Self {
        // Few colours, so that a colour alone does not give a species away.
        let mut one_of = |hues: usize| {
            let taken = 1 + ((1.0 - sameness) * (hues - 1) as f64).round() as usize;
            rng.random_range(0..taken) as f32 / hues as f32
        };
        let [hue, ground] = HUES.map(&mut one_of);
        Self {
            skin: colour(hue, 0.72, 0.9),
            dark: colour(hue, 0.85, 0.55),
            ground: colour(ground, 0.16, 0.98),
            head: rng.random_range(0..4),
            eyes: rng.random_range(0..3),
            mouth: rng.random_range(0..4),
            ears: rng.random_range(0..4),
            pattern: rng.random_range(0..3),
        }
    }

    /// Whether a place is inside the head; the head is about 0.6 wide either way.
    fn in_head(self, [x, y]: [f32; 2]) -> bool {
        match self.head {
            0 => x * x + y * y < 0.36,
            1 => x.powi(4) + y.powi(4) < 0.11,
            2 => y < 0.5 && y > -0.62 && x.abs() < 0.33 * (y + 0.62) + 0.08 + 0.2 * (y + 0.62),
            _ => (x / 0.72).powi(2) + (y / 0.48).powi(2) < 1.0,
        }
    }

    fn in_ears(self, [x, y]: [f32; 2]) -> bool {
        let x = x.abs();
        match self.ears {
            0 => false,
            1 => (x - 0.5).powi(2) + (y + 0.5).powi(2) < 0.05,
            2 => y < -0.25 && y > -0.9 && (x - 0.4).abs() < 0.3 * (y + 0.9),
            _ => {
                let stalk = y < -0.35 && y > -0.85 && (x - 0.3).abs() < 0.06;
                stalk || (x - 0.3).powi(2) + (y + 0.82).powi(2) < 0.015
            }
        }
    }

    fn in_mouth(self, [x, y]: [f32; 2]) -> bool {
        let down = y - 0.26;
        match self.mouth {
            0 => x.abs() < 0.26 && (down - 0.1 + 1.6 * x * x).abs() < 0.05,
            1 => x.abs() < 0.24 && down.abs() < 0.05,
            2 => (x / 0.14).powi(2) + (down / 0.14).powi(2) < 1.0,
            _ => x.abs() < 0.28 && (down + 0.05 - 1.6 * x * x).abs() < 0.05,
        }
    }

    fn is_patterned(self, [x, y]: [f32; 2]) -> bool {
        match self.pattern {
            0 => false,
            1 => (5.0 * y).rem_euclid(1.0) < 0.4 && y < -0.1,
            _ => {
                let spot = |centre: f32| (x.abs() - centre).powi(2) + (y + 0.38).powi(2) < 0.012;
                spot(0.0) || spot(0.3)
            }
        }
    }

    /// The eyes' centres and how large they are.
    fn eyes(self) -> (&'static [[f32; 2]], f32) {
        match self.eyes {
            0 => (&[[-0.22, -0.08], [0.22, -0.08]], 0.15),
            1 => (&[[0.0, -0.08]], 0.22),
            _ => (&[[-0.28, -0.05], [0.0, -0.14], [0.28, -0.05]], 0.12),
        }
    }

    fn at(self, animal: Animal, place: [f32; 2]) -> Colour {
        let (eyes, size) = self.eyes();
        // All eyes lie in here; most of an image does not.
        let near = place[0].abs() < 0.45 && place[1].abs() < 0.35;
        for eye in eyes.iter().filter(|_| near) {
            let from = [place[0] - eye[0], place[1] - eye[1]];
            let pupil = [from[0] - 0.4 * size * animal.gaze[0], from[1] - 0.4 * size * animal.gaze[1]];
            if pupil[0].powi(2) + pupil[1].powi(2) < (0.5 * size).powi(2) {
                return [0.1; 3];
            }
            if from[0].powi(2) + from[1].powi(2) < size * size {
                return [1.0; 3];
            }
        }
        let lit = |colour: Colour| colour.map(|part| (part * animal.light).min(1.0));
        if self.in_head(place) {
            return match (self.in_mouth(place), self.is_patterned(place)) {
                (true, _) => [0.35, 0.05, 0.1],
                (_, true) => lit(self.dark),
                _ => lit(self.skin),
            };
        }
        if self.in_ears(place) { lit(self.dark) } else { self.ground }
    }
}

impl Animal {
    /// The more variety, the farther everything lies from its middle.
    fn draw(variety: f32, rng: &mut impl Rng) -> Self {
        let mut about = |middle: f32, swing: f32| middle + variety * swing * (2.0 * rng.random::<f32>() - 1.0);
        let angle = about(0.0, 0.5) * TAU;
        Self {
            turn: about(0.0, 0.25),
            size: about(1.0, 0.15),
            squash: about(1.0, 0.15),
            place: [about(0.0, 0.08), about(0.04, 0.08)],
            gaze: [angle.cos(), angle.sin()],
            light: about(1.0, 0.08),
        }
    }
}

/// The pixels of one animal, sRGB.
fn draw(species: Species, animal: Animal) -> Arc<[u8]> {
    let fine = (SIZE * FINER) as f32;
    let (sine, cosine) = animal.turn.sin_cos();
    let at = |x: usize, y: usize| {
        let seen = [x, y].map(|i| (2.0 * i as f32 + 1.0) / fine - 1.0);
        let [u, v] = [seen[0] - animal.place[0], seen[1] - animal.place[1]];
        let [u, v] = [cosine * u + sine * v, cosine * v - sine * u];
        species.at(animal, [u / (animal.size * animal.squash), v * animal.squash / animal.size])
    };
    let mut pixels = Vec::with_capacity(SIZE * SIZE * 3);
    for pixel in 0..SIZE * SIZE {
        let (left, top) = (pixel % SIZE * FINER, pixel / SIZE * FINER);
        let mut sum = [0.0; 3];
        for i in 0..FINER * FINER {
            let colour = at(left + i % FINER, top + i / FINER);
            sum.iter_mut().zip(colour).for_each(|(sum, part)| *sum += part);
        }
        pixels.extend(sum.map(|part| (part / (FINER * FINER) as f32 * 255.0).round() as u8));
    }
    pixels.into()
}

/// Hue, saturation and value, each 0 to 1, as red, green and blue (Smith 1978).
pub(super) fn colour(hue: f32, saturation: f32, value: f32) -> Colour {
    [0.0, 4.0, 2.0].map(|shift| {
        let ramp = ((hue * 6.0 + shift).rem_euclid(6.0) - 3.0).abs() - 1.0;
        value * (1.0 - saturation * (1.0 - ramp.clamp(0.0, 1.0)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_the_wheel() {
        assert_eq!(colour(0.0, 1.0, 1.0), [1.0, 0.0, 0.0]);
        assert_eq!(colour(1.0 / 3.0, 1.0, 1.0).map(|part| part.round()), [0.0, 1.0, 0.0]);
        assert_eq!(colour(0.7, 0.0, 0.5), [0.5; 3]);
    }
}
