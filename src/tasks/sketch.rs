//! Tasks that a person draws: their own images in place of a held-out task's.

/// Drawings laid as a set's images lie.
pub mod fit;

/// Pages that a person paints on.
pub mod pad;

use super::{Family, HeldOut, Picture};
use crate::maths::stream::{Purpose, stream};
use crate::settings::LiveSettings;

/// What was drawn. All pictures are squares of the image set's size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sketch {
    /// An image to be drawn by the network, or to be completed (picture and completion).
    Picture {
        /// The image.
        picture: Picture,
        /// Which of its pixels adaptation may see, row by row.
        seen: Vec<bool>,
    },
    /// Images of a new class, one at least (class).
    Class {
        /// The images.
        images: Vec<Picture>,
    },
    /// An image, and the question to which class it belongs (classify).
    Query {
        /// The image.
        query: Picture,
        /// The held-out task whose classes can be the answer.
        task: usize,
        /// An image for each class that replaces all images of it, where there is one.
        redrawn: Vec<Option<Picture>>,
    },
}

impl Family {
    /// The task that was drawn; `None` where it does not fit this family, its image size, or has nothing to
    /// adapt on.
    pub fn sketched(&self, sketch: &Sketch, live: &LiveSettings, seed: u64) -> Option<HeldOut> {
        let rng = &mut stream(seed, Purpose::Sketch, 0, 0);
        match (self, sketch) {
            (Self::Picture(pictures), Sketch::Picture { picture, seen }) => pictures.sketched(picture, seen, live, rng),
            (Self::Class(classes), Sketch::Class { images }) => classes.sketched(images, live, rng),
            (Self::Classify(classes), Sketch::Query { query, task, redrawn }) => {
                let held_out = &mut stream(seed, Purpose::HeldOut, 0, *task as u64);
                classes.sketched(query, redrawn, live, held_out)
            }
            _ => None,
        }
    }
}

impl Picture {
    /// The bytes that an image set with so many channels keeps: shades are Rec. 601 luma.
    pub fn channels(&self, channels: usize) -> Vec<u8> {
        let luma = |rgb: &[u8]| {
            let [r, g, b] = [0, 1, 2].map(|c| u32::from(rgb[c]));
            ((299 * r + 587 * g + 114 * b + 500) / 1000) as u8
        };
        if channels == 1 { self.rgb.chunks_exact(3).map(luma).collect() } else { self.rgb.clone() }
    }

    fn is_square(&self, size: usize) -> bool {
        self.width == size && self.height == size && self.rgb.len() == 3 * size * size
    }

    /// Whether all of them are squares of this size.
    pub(super) fn fit<'a>(pictures: impl IntoIterator<Item = &'a Self>, size: usize) -> bool {
        pictures.into_iter().all(|picture| picture.is_square(size))
    }
}
