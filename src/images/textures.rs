//! Textures: colour images made from formulas. A class is a pattern with its frequency, angle and two
//! colours; an image is the pattern at a place of its own.

use std::f32::consts::TAU;
use std::sync::Arc;

use rand::{Rng, RngExt as _};

use super::ImageSet;
use super::creatures::colour;
use super::procedural::{self, SIZE};
use crate::maths::stream::{Purpose, stream};
use crate::settings::ProceduralSettings;
use crate::text::text;

/// The set of seed 0 is one and the same on every machine; other seeds are counted from here.
const SEED: u64 = 12;

/// What all images of a class share.
#[derive(Clone, Copy, Debug)]
struct Texture {
    kind: usize,
    /// Waves across the image.
    frequency: f32,
    angle: f32,
    colours: [[f32; 3]; 2],
}

/// Patterns in colour, 16 x 16 pixels.
pub fn textures(settings: &ProceduralSettings) -> ImageSet {
    let seed = SEED.wrapping_add(settings.seed);
    let drawn =
        |class: usize| Texture::draw(settings.sameness as f32, &mut stream(seed, Purpose::Images, class as u64, 0));
    let textures: Vec<Texture> = (0..settings.classes).map(drawn).collect();
    procedural::set("Textures", text("texture", "纹理"), settings, |class, piece| {
        let rng = &mut stream(seed, Purpose::Images, class as u64, 1 + piece as u64);
        textures[class].piece(settings.variety as f32, rng)
    })
}

impl Texture {
    /// The more sameness, the nearer all colours lie to one and the same pair.
    fn draw(sameness: f32, rng: &mut impl Rng) -> Self {
        let mut part = |shared: f32| (1.0 - sameness) * rng.random::<f32>() + sameness * shared;
        let hue = part(0.6);
        let other = hue + 0.2 + 0.6 * part(0.5);
        Self {
            kind: rng.random_range(0..4),
            frequency: 1.0 + 2.0 * rng.random::<f32>(),
            angle: 0.5 * TAU * rng.random::<f32>(),
            colours: [colour(hue, 0.7, 0.85), colour(other, 0.35, 0.95)],
        }
    }

    /// How much of the first colour a place has, 0 to 1; `phase` is 0 to 1 both ways.
    fn share(self, [x, y]: [f32; 2], phase: [f32; 2]) -> f32 {
        let (sine, cosine) = self.angle.sin_cos();
        let u = self.frequency * (cosine * x + sine * y) + phase[0];
        let v = self.frequency * (cosine * y - sine * x) + phase[1];
        let [a, b] = [u, v].map(|wave| (TAU * wave).sin());
        let height = match self.kind {
            0 => a,
            1 => a * b,
            2 => a + b - 0.4,
            // Rings around a centre that moves a little.
            _ => {
                let from = [x - 0.5 - 0.3 * (phase[0] - 0.5), y - 0.5 - 0.3 * (phase[1] - 0.5)];
                (TAU * self.frequency * 1.4 * from[0].hypot(from[1]) + TAU * self.angle).sin()
            }
        };
        (0.5 + 1.5 * height).clamp(0.0, 1.0)
    }

    /// A piece at a place of its own. At a variety of 1 it may lie anywhere; with more of it, angle and
    /// frequency are its own too.
    fn piece(mut self, variety: f32, rng: &mut impl Rng) -> Arc<[u8]> {
        let phase = [rng.random::<f32>(), rng.random()].map(|place| 0.5 + variety.min(1.0) * (place - 0.5));
        let mut more = |swing: f32| (variety - 1.0).max(0.0) * swing * (2.0 * rng.random::<f32>() - 1.0);
        self.angle += more(0.5);
        self.frequency *= 1.0 + more(0.25);
        let pixel = |i: usize| {
            let place = [i % SIZE, i / SIZE].map(|i| (i as f32 + 0.5) / SIZE as f32);
            let share = self.share(place, phase);
            let [first, second] = self.colours;
            [0, 1, 2].map(|c| ((share * first[c] + (1.0 - share) * second[c]) * 255.0).round() as u8)
        };
        (0..SIZE * SIZE).flat_map(pixel).collect()
    }
}
