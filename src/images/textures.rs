//! Textures: colour images made from formulas. A class is a pattern with its frequency, angle and two
//! colours; an image is the pattern at a place of its own.

use std::f32::consts::TAU;
use std::sync::Arc;

use rand::{Rng, RngExt as _};

use super::creatures::colour;
use super::{ImageSet, Kind, LabelledImage, Origin};
use crate::maths::stream::{Purpose, stream};

/// Classes, and how many of them are held out.
pub const TEXTURES: usize = 96;
const HELD_OUT: usize = 12;
/// Images of each.
pub const PIECES: usize = 20;
/// Side in pixels.
pub const SIZE: usize = 16;
/// The set is one and the same on every machine.
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

/// 96 textures of 20 pieces, colour, 16 x 16 pixels; 12 textures are held out.
pub fn textures() -> ImageSet {
    let image = |class: usize, piece: usize| {
        let texture = Texture::draw(&mut stream(SEED, Purpose::Images, class as u64, 0));
        let rng = &mut stream(SEED, Purpose::Images, class as u64, 1 + piece as u64);
        LabelledImage {
            name: format!("texture {} {}", class + 1, piece + 1),
            class,
            held_out: class >= TEXTURES - HELD_OUT,
            pixels: texture.piece([rng.random(), rng.random()]),
        }
    };
    ImageSet {
        name: "Textures".to_owned(),
        size: SIZE,
        channels: 3,
        images: (0..TEXTURES).flat_map(|class| (0..PIECES).map(move |piece| image(class, piece))).collect(),
        classes: (1..=TEXTURES).map(|class| format!("texture {class}")).collect(),
        foreground: TEXTURES,
        skipped: Vec::new(),
        origin: Origin {
            kind: Kind::BuiltIn,
            smallest: (SIZE as u32, SIZE as u32),
            largest: (SIZE as u32, SIZE as u32),
        },
    }
}

impl Texture {
    fn draw(rng: &mut impl Rng) -> Self {
        let hue: f32 = rng.random();
        let other = hue + 0.2 + 0.6 * rng.random::<f32>();
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

    fn piece(self, phase: [f32; 2]) -> Arc<[u8]> {
        let pixel = |i: usize| {
            let place = [i % SIZE, i / SIZE].map(|i| (i as f32 + 0.5) / SIZE as f32);
            let share = self.share(place, phase);
            let [first, second] = self.colours;
            [0, 1, 2].map(|c| ((share * first[c] + (1.0 - share) * second[c]) * 255.0).round() as u8)
        };
        (0..SIZE * SIZE).flat_map(pixel).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_texture_share_colours_and_differ() {
        let set = textures();
        assert_eq!(set.images.len(), TEXTURES * PIECES);
        assert_eq!(set.images.iter().filter(|image| image.held_out).count(), HELD_OUT * PIECES);
        for pieces in set.images.chunks(PIECES) {
            assert_ne!(pieces[0].pixels, pieces[1].pixels);
        }
    }
}
