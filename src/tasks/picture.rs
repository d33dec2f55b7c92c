//! The picture and the completion family: one image as a function (x, y) → colour (Tancik et al. 2021). Positions are
//! pixel centres in [−1, 1]², x to the right and y down; colours are sRGB values in [0, 1].

use std::sync::Arc;

use image::{RgbImage, imageops};
use ndarray::{Array2, Axis};
use rand::seq::index::sample;
use rand::{Rng, RngExt as _};
use rand_distr::{Distribution as _, StandardNormal};

use super::classes::sheet;
use super::interpolation::interpolate;
use super::{Display, FamilyError, Given, HeldOut, Interpolation, Picture};
use crate::images::ImageSet;
use crate::maths::features::FourierFeatures;
use crate::maths::network::{Batch, Network, Workspace};
use crate::maths::stream::{Purpose, stream};
use crate::meta::episode::Episode;
use crate::settings::{LiveSettings, NetworkSettings};

/// Pictures between two, both ends included.
const BETWEEN: usize = 7;

/// The images of a set as tasks.
#[derive(Clone, Debug)]
pub struct PictureTasks {
    set: Arc<ImageSet>,
    training: Vec<usize>,
    held_out: Vec<usize>,
    /// Network inputs of every pixel, row by row.
    positions: Array2<f32>,
    features: Option<FourierFeatures>,
    /// Whether a training task adapts on the same few pixels at every inner step.
    completion: bool,
}

impl PictureTasks {
    /// From a set with at least one image to train on and one held out.
    ///
    /// # Errors
    /// If it has fewer.
    pub fn new(set: Arc<ImageSet>, network: &NetworkSettings, seed: u64) -> Result<Self, FamilyError> {
        let (held_out, others): (Vec<_>, Vec<_>) = (0..set.images.len()).partition(|&i| set.images[i].held_out);
        let training: Vec<usize> = others.into_iter().filter(|&i| !set.images[i].validates).collect();
        if training.is_empty() || held_out.is_empty() {
            let (training, held_out) = (training.len(), held_out.len());
            return Err(FamilyError::TooFewImages { name: set.name.clone(), training, held_out });
        }
        let features = (network.fourier_features > 0).then(|| {
            let rng = &mut stream(seed, Purpose::Features, 0, 0);
            FourierFeatures::draw(network.fourier_features, 2, network.fourier_scale, rng)
        });
        let positions = positions(set.size, features.as_ref());
        Ok(Self { set, training, held_out, positions, features, completion: false })
    }

    /// The same images as completion tasks.
    pub fn for_completion(self) -> Self {
        Self { completion: true, ..self }
    }

    /// Network inputs.
    pub fn inputs(&self) -> usize {
        self.positions.ncols()
    }

    /// Network outputs.
    pub fn channels(&self) -> usize {
        self.set.channels
    }

    /// How many images are held out.
    pub fn held_out_images(&self) -> usize {
        self.held_out.len()
    }

    /// For completion judged by the unseen pixels, which makes a better start than the whole image does.
    /// A meta-batch as large as the training set holds each of its images once.
    pub(super) fn training(&self, live: &LiveSettings, index: usize, rng: &mut impl Rng) -> Episode<f32> {
        let (image, seen) = self.training_image(live, index, rng);
        let colours = self.colours(&self.set.images[image].pixels);
        let noisy = add_noise(&colours, live.noise, rng);
        if self.completion {
            let judged = self.judged(&self.mask(&seen));
            return Episode { support: vec![self.batch(&seen, &noisy)], query: self.batch(&judged, &colours) };
        }
        let mut some_of = |pixels: &[usize], colours: &Array2<f32>| {
            let wanted = live.pixels_per_step.min(pixels.len());
            let rows: Vec<usize> = sample(rng, pixels.len(), wanted).into_iter().map(|i| pixels[i]).collect();
            self.batch(&rows, colours)
        };
        let support = (0..live.inner_steps.max(1)).map(|_| some_of(&seen, &noisy)).collect();
        let every: Vec<usize> = (0..self.pixels()).collect();
        Episode { support, query: some_of(&every, &colours) }
    }

    /// An image to train on, and the pixels of it that may be seen.
    fn training_image(&self, live: &LiveSettings, index: usize, rng: &mut impl Rng) -> (usize, Vec<usize>) {
        let drawn = rng.random_range(0..self.training.len());
        let full = live.meta_batch >= self.training.len();
        let image = self.training[if full { index % self.training.len() } else { drawn }];
        (image, self.seen(if self.completion { live.training_share } else { live.support_share }, rng))
    }

    /// A training task with what is drawn of it.
    pub(super) fn shown_training(&self, live: &LiveSettings, index: usize, rng: &mut (impl Rng + Clone)) -> HeldOut {
        let own = &mut rng.clone();
        let (image, seen) = self.training_image(live, index, own);
        let image = &self.set.images[image];
        let shown = self.task(image.name.clone(), &image.pixels, &seen, live.noise, own);
        HeldOut { episode: self.training(live, index, rng), shows: Display::Inputs, ..shown }
    }

    /// Adapts on all the pixels that may be seen; is judged by the others, or by all if none are hidden.
    pub(super) fn held_out(&self, live: &LiveSettings, index: usize, rng: &mut impl Rng) -> HeldOut {
        let image = &self.set.images[self.held_out[index % self.held_out.len()]];
        let seen = self.seen(live.support_share, rng);
        self.task(image.name.clone(), &image.pixels, &seen, live.noise, rng)
    }

    /// A picture that a person drew, and the pixels of it that they left to be seen.
    pub(super) fn sketched(
        &self,
        picture: &Picture,
        seen: &[bool],
        live: &LiveSettings,
        rng: &mut impl Rng,
    ) -> Option<HeldOut> {
        let pixels: Vec<usize> = (0..seen.len()).filter(|&pixel| seen[pixel]).collect();
        let fits = Picture::fit([picture], self.set.size) && seen.len() == self.pixels() && !pixels.is_empty();
        let bytes = picture.channels(self.set.channels);
        fits.then(|| self.task("your picture".to_owned(), &bytes, &pixels, live.noise, rng))
    }

    fn task(&self, name: String, bytes: &[u8], seen: &[usize], noise: f64, rng: &mut impl Rng) -> HeldOut {
        let colours = self.colours(bytes);
        let noisy = add_noise(&colours, noise, rng);
        let mask = self.mask(seen);
        let complete = seen.len() == self.pixels();
        let judged = self.judged(&mask);
        let mut shown = noisy.clone();
        for (mut row, _) in shown.outer_iter_mut().zip(&mask).filter(|(_, seen)| !**seen) {
            row.fill(0.0);
        }
        let interpolation = (self.completion && !complete).then(|| {
            let guess = interpolate(&noisy, &mask, self.set.size);
            let errors = judged.iter().flat_map(|&i| (0..colours.ncols()).map(move |c| [i, c]));
            let sum: f64 = errors.map(|at| f64::from(guess[at] - colours[at]).powi(2)).sum();
            let loss = (sum / (judged.len() * colours.ncols()) as f64) as f32;
            Interpolation { picture: Arc::new(self.draw(&guess)), loss }
        });
        HeldOut {
            name,
            episode: Episode { support: vec![self.batch(seen, &noisy)], query: self.batch(&judged, &colours) },
            given: Given::Picture {
                target: Arc::new(self.draw(&colours)),
                support: Arc::new(self.draw(&shown)),
                mask: mask.into(),
                interpolation,
            },
            display: self.positions.clone(),
            shows: if complete { Display::Query } else { Display::Inputs },
        }
    }

    /// Above, what the network draws between two parameter vectors; below, the mean of the two pictures with
    /// the same weights. `None` if something in it is not finite.
    pub fn between(&self, network: &Network, ends: [&[f32]; 2], work: &mut Workspace<f32>) -> Option<Picture> {
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
        let below = shares.iter().map(|&share| self.draw(&(first * (1.0 - share) + last * share)));
        let cells: Vec<Picture> = above.iter().map(|colours| self.draw(colours)).chain(below).collect();
        Some(sheet(&cells, BETWEEN, self.set.size))
    }

    /// Network inputs on a grid with `factor` times as many points a side, over the same image.
    pub fn finer(&self, factor: usize) -> Array2<f32> {
        positions(self.set.size * factor, self.features.as_ref())
    }

    /// Colours (pixels × channels, 0..1, clipped) of a square as a drawable picture.
    pub fn draw(&self, colours: &Array2<f32>) -> Picture {
        let channels = colours.ncols();
        let byte = |value: f32| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
        let rgb = colours.outer_iter().flat_map(|row| [0, 1, 2].map(|c| byte(row[c.min(channels - 1)]))).collect();
        let side = colours.nrows().isqrt();
        Picture { width: side, height: side, rgb }
    }

    fn pixels(&self) -> usize {
        self.set.size * self.set.size
    }

    fn colours(&self, bytes: &[u8]) -> Array2<f32> {
        let channels = self.set.channels;
        Array2::from_shape_fn((self.pixels(), channels), |(i, c)| f32::from(bytes[i * channels + c]) / 255.0)
    }

    /// The pixels that adaptation may see, ascending.
    fn seen(&self, share: f64, rng: &mut impl Rng) -> Vec<usize> {
        let count = ((share * self.pixels() as f64).round() as usize).clamp(1, self.pixels());
        let mut seen =
            if count == self.pixels() { (0..count).collect() } else { sample(rng, self.pixels(), count).into_vec() };
        seen.sort_unstable();
        seen
    }

    fn mask(&self, seen: &[usize]) -> Vec<bool> {
        let mut mask = vec![false; self.pixels()];
        seen.iter().for_each(|&pixel| mask[pixel] = true);
        mask
    }

    /// The unseen pixels, or all if none are hidden.
    fn judged(&self, mask: &[bool]) -> Vec<usize> {
        let complete = mask.iter().all(|seen| *seen);
        (0..self.pixels()).filter(|&pixel| complete || !mask[pixel]).collect()
    }

    fn batch(&self, rows: &[usize], colours: &Array2<f32>) -> Batch<f32> {
        Batch::new(self.positions.select(Axis(0), rows), colours.select(Axis(0), rows))
    }
}

/// Pixel centres of a square image, row by row, as the network gets them.
fn positions(side: usize, features: Option<&FourierFeatures>) -> Array2<f32> {
    let centre = |pixel: usize| (2.0 * pixel as f32 + 1.0) / side as f32 - 1.0;
    let plain =
        Array2::from_shape_fn((side * side, 2), |(i, axis)| centre(if axis == 0 { i % side } else { i / side }));
    match features {
        Some(features) => features.apply(plain.view()),
        None => plain,
    }
}

/// A picture with `factor` times as many pixels a side, by bicubic interpolation (Catmull and Rom).
pub fn bicubic(picture: &Picture, factor: usize) -> Picture {
    let [width, height] = [picture.width, picture.height].map(|side| side as u32);
    let image = RgbImage::from_raw(width, height, picture.rgb.clone()).unwrap_or_default();
    let (width, height) = (picture.width * factor, picture.height * factor);
    let rgb = imageops::resize(&image, width as u32, height as u32, imageops::FilterType::CatmullRom).into_raw();
    Picture { width, height, rgb }
}

fn add_noise(colours: &Array2<f32>, noise: f64, rng: &mut impl Rng) -> Array2<f32> {
    if noise == 0.0 {
        return colours.clone();
    }
    colours.mapv(|colour| {
        let error: f32 = StandardNormal.sample(rng);
        colour + noise as f32 * error
    })
}
