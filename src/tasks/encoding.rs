//! Images as a few numbers of unit size, and back: principal components, of a drawing's distance field
//! or of the colours themselves.

use ndarray::{Array2, ArrayView2, Axis};

use super::Picture;
use crate::images::{ImageSet, distance};
use crate::maths::principal::Principal;

/// Components of drawings.
const DRAWING_COMPONENTS: usize = 48;
/// Components of other images.
const COLOUR_COMPONENTS: usize = 64;

/// A reversible reduction, fitted to the images that are trained on.
#[derive(Clone, Debug)]
pub struct Encoding {
    principal: Principal,
    /// One standard deviation for all components.
    scale: f32,
    /// Whether images are drawings, seen as distance fields.
    drawing: bool,
    size: usize,
    channels: usize,
}

impl Encoding {
    /// Fitted to some images of a set (at least one); and all the set's images, encoded.
    pub fn of(set: &ImageSet, images: &[usize]) -> (Self, Array2<f32>) {
        let drawing = set.channels == 1 && is_drawing(images.iter().map(|&i| set.images[i].pixels.as_ref()));
        let (size, channels) = (set.size, set.channels);
        let all = values(set.images.iter().map(|image| image.pixels.as_ref()), drawing, size);
        let seen = all.select(Axis(0), images);
        let principal = Principal::of(seen.view(), if drawing { DRAWING_COMPONENTS } else { COLOUR_COMPONENTS });
        let codes = principal.project(seen.view());
        let square = codes.iter().map(|&code| f64::from(code).powi(2)).sum::<f64>() / codes.len().max(1) as f64;
        let scale = (square.sqrt() as f32).max(1e-6);
        let encoding = Self { principal, scale, drawing, size, channels };
        let codes = encoding.project(&all);
        (encoding, codes)
    }

    /// One row of unit-sized numbers for each image (size · size · channels bytes).
    pub fn encode<'a>(&self, images: impl Iterator<Item = &'a [u8]>) -> Array2<f32> {
        self.project(&values(images, self.drawing, self.size))
    }

    fn project(&self, values: &Array2<f32>) -> Array2<f32> {
        self.principal.project(values.view()) / self.scale
    }

    /// The images that rows of numbers stand for.
    pub fn decode(&self, codes: ArrayView2<'_, f32>) -> Vec<Picture> {
        let values = self.principal.reconstruct((&codes * self.scale).view());
        let shade = |value: f32| if self.drawing { distance::ink(value, self.size) } else { value.clamp(0.0, 1.0) };
        let channels = self.channels;
        let picture = |row: ndarray::ArrayView1<'_, f32>| {
            let byte = |i: usize, c: usize| (shade(row[i * channels + c.min(channels - 1)]) * 255.0).round() as u8;
            let rgb = (0..self.size * self.size).flat_map(|i| [byte(i, 0), byte(i, 1), byte(i, 2)]).collect();
            Picture { width: self.size, height: self.size, rgb }
        };
        values.outer_iter().map(picture).collect()
    }

    /// Numbers for each image; 0 if the images it was fitted to are all alike.
    pub fn components(&self) -> usize {
        self.principal.components()
    }

    /// Whether images are seen as distance fields.
    pub fn is_drawing(&self) -> bool {
        self.drawing
    }
}

/// Whether grey images are strokes on dark ground: half of their pixels or more are nearly black, and
/// of the others no more than two thirds are grey rather than nearly white.
fn is_drawing<'a>(images: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut dark, mut light, mut all) = (0, 0, 0);
    for &pixel in images.flatten() {
        dark += usize::from(pixel < 32);
        light += usize::from(pixel >= 192);
        all += 1;
    }
    2 * dark >= all && 3 * light >= all - dark
}

fn values<'a>(images: impl Iterator<Item = &'a [u8]>, drawing: bool, size: usize) -> Array2<f32> {
    let rows: Vec<Vec<f32>> = images
        .map(|pixels| match drawing {
            true => distance::field(pixels, size),
            false => pixels.iter().map(|&byte| f32::from(byte) / 255.0).collect(),
        })
        .collect();
    let columns = rows.first().map_or(0, Vec::len);
    Array2::from_shape_fn((rows.len(), columns), |(i, j)| rows[i][j])
}
