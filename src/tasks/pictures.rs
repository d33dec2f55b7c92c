//! A set's images, each as a function from position to colour (Tancik et al. 2021). Positions are pixel centres in
//! [−1, 1]², x to the right and y down; colours are sRGB values in [0, 1]. What all families of single images share.

use std::sync::Arc;

use image::imageops::{self, FilterType};
use ndarray::{Array2, ArrayView2, Axis};
use rand::{Rng, RngExt as _};
use rand_distr::{Distribution as _, StandardNormal};

use super::classes::sheet;
use super::held_out::{Adapted, Read, Reading};
use super::panel::{Look, Panel, Sheet};
use super::{FamilyError, Picture};
use crate::images::ImageSet;
use crate::maths::features::FourierFeatures;
use crate::maths::functions::Loss;
use crate::maths::network::{Batch, Network, Workspace};
use crate::maths::stream::{Purpose, stream};
use crate::settings::{LiveSettings, NetworkSettings};
use crate::text::text;

/// Pictures between two, both ends included.
const BETWEEN: usize = 7;
/// Images with more pixels a side are large enough.
const LARGEST_ENLARGED: usize = 64;

/// A network's outputs are colours: they begin in the middle of their range.
pub(super) const OUTPUT_BIAS: f64 = 0.5;

/// What lies between two pictures.
pub(super) const MIXED: Look = Look {
    title: text("Between", "混合"),
    about: text(
        "What lies between two pictures: above, those of their mixed parameters; below, their mixed colours",
        "两张图像之间有什么：上排由混合的参数画出，下排由混合的颜色得到",
    ),
};

/// The images, divided.
#[derive(Debug)]
pub(super) struct Pictures {
    pub set: Arc<ImageSet>,
    training: Vec<usize>,
    held_out: Vec<usize>,
    /// Network inputs of every pixel, row by row.
    pub positions: Array2<f32>,
    features: Option<FourierFeatures>,
}

impl Pictures {
    /// Of a set with at least one image to train on and one held out.
    ///
    /// # Errors
    /// If it has fewer.
    pub fn new(set: Arc<ImageSet>, network: &NetworkSettings, seed: u64) -> Result<Self, FamilyError> {
        let (held_out, others): (Vec<_>, Vec<_>) = (0..set.images.len()).partition(|&i| set.images[i].held_out);
        let training: Vec<usize> = others.into_iter().filter(|&i| !set.images[i].validates).collect();
        if training.is_empty() || held_out.is_empty() {
            let (training, held_out) = (training.len(), held_out.len());
            return Err(FamilyError::TooFewImages { name: set.title(), training, held_out });
        }
        let features = (network.fourier_features > 0).then(|| {
            let rng = &mut stream(seed, Purpose::Features, 0, 0);
            FourierFeatures::draw(network.fourier_features, 2, network.fourier_scale, rng)
        });
        let positions = inputs(centres(set.size), features.as_ref());
        Ok(Self { set, training, held_out, positions, features })
    }

    /// From a position to its colour.
    pub fn network(&self, settings: &NetworkSettings) -> Network {
        super::dense(settings, [self.positions.ncols(), self.set.channels], Loss::SquaredError)
    }

    /// How many images are held out.
    pub fn held_out_images(&self) -> usize {
        self.held_out.len()
    }

    /// A held-out image.
    pub fn held_out(&self, index: usize) -> usize {
        self.held_out[index % self.held_out.len()]
    }

    /// An image to train on. A meta-batch as large as the training set holds each of its images once.
    pub fn training(&self, live: &LiveSettings, index: usize, rng: &mut impl Rng) -> usize {
        let drawn = rng.random_range(0..self.training.len());
        let full = live.meta_batch >= self.training.len();
        self.training[if full { index % self.training.len() } else { drawn }]
    }

    /// Pixels of an image.
    pub fn pixels(&self) -> usize {
        self.set.size * self.set.size
    }

    /// Colours (pixels × channels) from bytes.
    pub fn colours(&self, bytes: &[u8]) -> Array2<f32> {
        let channels = self.set.channels;
        Array2::from_shape_fn((self.pixels(), channels), |(i, c)| f32::from(bytes[i * channels + c]) / 255.0)
    }

    /// Network inputs of positions (one in each row).
    pub fn inputs(&self, positions: Array2<f32>) -> Array2<f32> {
        inputs(positions, self.features.as_ref())
    }

    /// Some pixels with their colours.
    pub fn batch(&self, rows: &[usize], colours: &Array2<f32>) -> Batch<f32> {
        Batch::new(self.positions.select(Axis(0), rows), colours.select(Axis(0), rows))
    }

    /// Above, what the network draws between two parameter vectors; below, the mean of the two pictures with
    /// the same weights. `None` if something in it is not finite.
    fn between(&self, network: &Network, ends: [&[f32]; 2], work: &mut Workspace<f32>) -> Option<Picture> {
        let mix = |share: f32| -> Vec<f32> {
            ends[0].iter().zip(ends[1]).map(|(from, to)| (1.0 - share) * from + share * to).collect()
        };
        let shares: Vec<f32> = (0..BETWEEN).map(|i| i as f32 / (BETWEEN - 1) as f32).collect();
        let mut above: Vec<Array2<f32>> = Vec::with_capacity(BETWEEN);
        for &share in &shares {
            let drawn = network.output(&mix(share), self.positions.view(), work);
            drawn.iter().all(|colour| colour.is_finite()).then(|| above.push(drawn))?;
        }
        let (first, last) = (&above[0], &above[BETWEEN - 1]);
        let below = shares.iter().map(|&share| draw((first * (1.0 - share) + last * share).view()));
        let cells: Vec<Picture> = above.iter().map(|colours| draw(colours.view())).chain(below).collect();
        Some(sheet(&cells, BETWEEN, self.set.size))
    }
}

/// A picture that the network draws pixel by pixel.
#[derive(Debug)]
pub(super) struct Drawn {
    pub pictures: Arc<Pictures>,
    /// What it should be.
    pub target: Arc<Picture>,
}

impl Reading for Drawn {
    fn read(&self, outputs: ArrayView2<'_, f32>) -> Read {
        Read { panel: Panel::of(draw(outputs)), score: None }
    }

    fn gallery(
        &self,
        network: &Network,
        adapted: Adapted<'_>,
        next: Adapted<'_>,
        work: &mut Workspace<f32>,
    ) -> Option<Vec<Sheet>> {
        let picture = Arc::new(self.pictures.between(network, [adapted.theta, next.theta], work)?);
        let ends = [adapted.task.name.clone(), next.task.name.clone()];
        Some(vec![Sheet { look: MIXED, picture, ends }])
    }

    fn enlarged(
        &self,
        network: &Network,
        theta: &[f32],
        factor: usize,
        work: &mut Workspace<f32>,
    ) -> Option<[Picture; 2]> {
        if self.target.width > LARGEST_ENLARGED {
            return None;
        }
        let side = self.pictures.set.size * factor;
        let drawn = network.output(theta, self.pictures.inputs(centres(side)).view(), work);
        Some([draw(drawn.view()), enlarge(&self.target, side, FilterType::CatmullRom)])
    }
}

/// Colours (pixels × channels, clipped to 0..1) of a square as a drawable picture.
pub(super) fn draw(colours: ArrayView2<'_, f32>) -> Picture {
    let channels = colours.ncols();
    let byte = |value: f32| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
    let rgb = colours.outer_iter().flat_map(|row| [0, 1, 2].map(|c| byte(row[c.min(channels - 1)]))).collect();
    let side = colours.nrows().isqrt();
    Picture { width: side, height: side, rgb }
}

/// Colours with normal noise of this standard deviation.
pub(super) fn add_noise(colours: &Array2<f32>, noise: f64, rng: &mut impl Rng) -> Array2<f32> {
    if noise == 0.0 {
        return colours.clone();
    }
    colours.mapv(|colour| {
        let error: f32 = StandardNormal.sample(rng);
        colour + noise as f32 * error
    })
}

/// A square picture with so many pixels a side.
pub(super) fn enlarge(picture: &Picture, side: usize, filter: FilterType) -> Picture {
    let rgb = imageops::resize(&picture.image(), side as u32, side as u32, filter).into_raw();
    Picture { width: side, height: side, rgb }
}

/// Pixel centres of a square image, row by row.
pub(super) fn centres(side: usize) -> Array2<f32> {
    let centre = |pixel: usize| (2.0 * pixel as f32 + 1.0) / side as f32 - 1.0;
    Array2::from_shape_fn((side * side, 2), |(i, axis)| centre(if axis == 0 { i % side } else { i / side }))
}

fn inputs(positions: Array2<f32>, features: Option<&FourierFeatures>) -> Array2<f32> {
    match features {
        Some(features) => features.apply(positions.view()),
        None => positions,
    }
}
