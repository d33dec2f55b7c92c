//! Tasks that a person draws: their own images in place of a held-out task's.

/// Drawings laid as a set's images lie.
pub mod fit;

/// Pages that a person paints on.
pub mod pad;

use ndarray::Array2;

use super::blocks::Blocks;
use super::{Family, HeldOut, Picture};
use crate::settings::LiveSettings;

/// What was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch {
    /// The pages; `None` where nothing is on one.
    pub pages: Vec<Option<SketchedPage>>,
    /// The held-out task whose classes can be the answer, where one is asked about.
    pub task: usize,
}

/// A page of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SketchedPage {
    /// A square of the image set's size, or coarser where the family says so.
    pub picture: Picture,
    /// Which of its pixels adaptation may see, row by row.
    pub seen: Vec<bool>,
}

impl Sketch {
    /// A page, if something is on it.
    pub fn page(&self, index: usize) -> Option<&SketchedPage> {
        self.pages.get(index)?.as_ref()
    }
}

impl Family {
    /// The task that was drawn; `None` where it does not fit this family, its image size, or has nothing to
    /// adapt on.
    pub fn sketched(&self, sketch: &Sketch, live: &LiveSettings, seed: u64) -> Option<HeldOut> {
        self.0.sketched(sketch, live, seed)
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

    /// The means of so many blocks a side of a square, at most as many as it has pixels.
    pub(super) fn reduced(&self, side: usize) -> Self {
        let rows = Array2::from_shape_fn((self.width * self.height, 3), |(i, c)| f32::from(self.rgb[3 * i + c]));
        let means = Blocks::of(self.width, side).means(rows.view());
        Self { width: side, height: side, rgb: means.iter().map(|mean| mean.round() as u8).collect() }
    }

    fn is_square(&self, size: usize) -> bool {
        self.width == size && self.height == size && self.rgb.len() == 3 * size * size
    }

    /// Whether all of them are squares of this size.
    pub(super) fn fit<'a>(pictures: impl IntoIterator<Item = &'a Self>, size: usize) -> bool {
        pictures.into_iter().all(|picture| picture.is_square(size))
    }
}
