//! The picture and the completion family: one image, of which all pixels or a few are seen.

use std::sync::Arc;

use ndarray::Array2;
use rand::Rng;
use rand::seq::index::sample;

use super::card::{Card, Drawing, Feature, Judged, Needs, Pages};
use super::interpolation::interpolate;
use super::panel::{Given, Panel};
use super::pictures::{Drawn, MIXED, OUTPUT_BIAS, Pictures, add_noise, draw};
use super::scores::psnr;
use super::sketch::Sketch;
use super::{FamilyError, HeldOut, Picture, Place, Tasks};
use crate::images::ImageSet;
use crate::maths::network::Network;
use crate::maths::stream::{Purpose, Stream, stream};
use crate::meta::episode::Episode;
use crate::settings::{ActivationKind, Domain, ImageSource, LiveSettings, NetworkSettings, RunSettings, Settings};

/// Whole images.
pub(super) const PICTURE: Card = Card {
    id: "picture",
    name: "Pictures",
    about: "Each task is one image, learned as a function from position to colour",
    domain: Domain::Image,
    needs: Needs::Images,
    judged: Judged::Psnr,
    features: &[Feature::Pixels, Feature::Share, Feature::Noise, Feature::HiddenLayers, Feature::Positions],
    reasons: &[],
    looks: &[MIXED],
    drawing: Some(DRAWING),
    usual_iterations: [50, 150],
    preset: |settings| {
        drawn(settings);
        settings.live.inner_steps = 3;
    },
    open: |run, images| Ok(Arc::new(PictureTasks::new(images.ok_or(FamilyError::NoImages)?, run, false)?)),
};

/// Images to be completed.
pub(super) const COMPLETION: Card = Card {
    id: "completion",
    name: "Completion",
    about: "Each task is one image of which a few pixels are given; the others must be guessed",
    domain: Domain::HiddenImage,
    features: &[Feature::Share, Feature::TrainingShare, Feature::Noise, Feature::HiddenLayers, Feature::Positions],
    reasons: &[(Feature::Pixels, ALL_PIXELS), (Feature::Points, ALL_PIXELS)],
    preset: |settings| {
        drawn(settings);
        (settings.live.inner_steps, settings.live.support_share) = (5, 0.15);
    },
    open: |run, images| Ok(Arc::new(PictureTasks::new(images.ok_or(FamilyError::NoImages)?, run, true)?)),
    ..PICTURE
};

const ALL_PIXELS: &str = "Completion tasks adapt on all given pixels at every step";

const DRAWING: Drawing = Drawing {
    pages: Pages::One,
    masks: true,
    coarser: |_| 1,
    hint: "Paint a picture, or start from one: the network adapts while you paint",
};

/// What all families of single images begin with.
pub(super) fn drawn(settings: &mut Settings) {
    let Settings { live, run } = settings;
    run.images = ImageSource::Faces;
    (live.inner_rate, live.meta_batch) = (0.1, 4);
    (run.network.hidden, run.network.activation) = (vec![64, 64, 64], ActivationKind::Sine);
    (run.evaluate_every, run.held_out_tasks) = (10, 24);
}

/// The images of a set as tasks.
#[derive(Clone, Debug)]
pub struct PictureTasks {
    pictures: Arc<Pictures>,
    /// Whether a training task adapts on the same few pixels at every inner step.
    completion: bool,
}

impl PictureTasks {
    fn new(set: Arc<ImageSet>, run: &RunSettings, completion: bool) -> Result<Self, FamilyError> {
        Ok(Self { pictures: Arc::new(Pictures::new(set, &run.network, run.seed)?), completion })
    }

    /// An image to train on, and the pixels of it that may be seen.
    fn training_image(&self, live: &LiveSettings, index: usize, rng: &mut impl Rng) -> (usize, Vec<usize>) {
        let image = self.pictures.training(live, index, rng);
        (image, self.seen(if self.completion { live.training_share } else { live.support_share }, rng))
    }

    /// Adapts on the pixels that may be seen; is judged by the others, or by all if none are hidden.
    fn task(&self, name: String, bytes: &[u8], seen: &[usize], noise: f64, rng: &mut impl Rng) -> HeldOut {
        let pictures = &self.pictures;
        let colours = pictures.colours(bytes);
        let noisy = add_noise(&colours, noise, rng);
        let mask = self.mask(seen);
        let complete = seen.len() == pictures.pixels();
        let judged = self.judged(&mask);
        let mut shown = noisy.clone();
        for (mut row, _) in shown.outer_iter_mut().zip(&mask).filter(|(_, seen)| !**seen) {
            row.fill(0.0);
        }
        let guess = (self.completion && !complete).then(|| interpolate(&noisy, &mask, pictures.set.size));
        let interpolated = guess.map(|guess| {
            let errors = judged.iter().flat_map(|&i| (0..colours.ncols()).map(move |c| [i, c]));
            let sum: f64 = errors.map(|at| f64::from(guess[at] - colours[at]).powi(2)).sum();
            interpolated(&guess, (sum / (judged.len() * colours.ncols()) as f64) as f32)
        });
        let target = Arc::new(draw(colours.view()));
        let seen_text = if complete { "all pixels".to_owned() } else { format!("{} of {} px", seen.len(), mask.len()) };
        let about = match self.completion && !complete {
            true => "The image that the network has to complete; it is judged by the unseen pixels alone",
            false => "The image that the network has to draw",
        };
        let given = [
            Given {
                title: "target",
                about,
                caption: name.clone(),
                says: format!("{name} is the image that the network has to draw"),
                panel: Panel::Picture { picture: target.clone(), seen: None },
                reaches: Vec::new(),
            },
            Given {
                title: "support",
                about: "The pixels of it that adaptation may see",
                caption: seen_text,
                says: "What adaptation may see of it; checked pixels are hidden".to_owned(),
                panel: Panel::Picture { picture: Arc::new(draw(shown.view())), seen: Some(mask.into()) },
                reaches: Vec::new(),
            },
        ];
        HeldOut {
            name,
            episode: Episode { support: vec![pictures.batch(seen, &noisy)], query: pictures.batch(&judged, &colours) },
            given: given.into_iter().chain(interpolated).collect(),
            choices: [].into(),
            display: (!complete).then(|| pictures.positions.clone()),
            reading: Arc::new(Drawn { pictures: self.pictures.clone(), target }),
        }
    }

    /// The pixels that adaptation may see, ascending.
    fn seen(&self, share: f64, rng: &mut impl Rng) -> Vec<usize> {
        let pixels = self.pictures.pixels();
        let count = ((share * pixels as f64).round() as usize).clamp(1, pixels);
        let mut seen = if count == pixels { (0..count).collect() } else { sample(rng, pixels, count).into_vec() };
        seen.sort_unstable();
        seen
    }

    fn mask(&self, seen: &[usize]) -> Vec<bool> {
        let mut mask = vec![false; self.pictures.pixels()];
        seen.iter().for_each(|&pixel| mask[pixel] = true);
        mask
    }

    /// The unseen pixels, or all if none are hidden.
    fn judged(&self, mask: &[bool]) -> Vec<usize> {
        let complete = mask.iter().all(|seen| *seen);
        (0..self.pictures.pixels()).filter(|&pixel| complete || !mask[pixel]).collect()
    }
}

fn interpolated(guess: &Array2<f32>, loss: f32) -> Given {
    Given {
        title: "interpolated",
        about: "What interpolation makes of these pixels, without learning",
        caption: format!("{:.1} dB", psnr(loss)),
        says: "Without learning: each unseen pixel is the mean of the four nearest given ones, weighted by one over their distance".to_owned(),
        panel: Panel::of(draw(guess.view())),
        reaches: vec![("interpolation_psnr", psnr(loss))],
    }
}

impl Tasks for PictureTasks {
    fn network(&self, settings: &NetworkSettings) -> Network {
        self.pictures.network(settings)
    }

    fn output_bias(&self) -> f64 {
        OUTPUT_BIAS
    }

    /// For completion judged by the unseen pixels, which makes a better start than the whole image does.
    fn training(&self, live: &LiveSettings, index: usize, rng: &mut Stream) -> Episode<f32> {
        let (image, seen) = self.training_image(live, index, rng);
        let pictures = &self.pictures;
        let colours = pictures.colours(&pictures.set.images[image].pixels);
        let noisy = add_noise(&colours, live.noise, rng);
        if self.completion {
            let judged = self.judged(&self.mask(&seen));
            return Episode { support: vec![pictures.batch(&seen, &noisy)], query: pictures.batch(&judged, &colours) };
        }
        let mut some_of = |pixels: &[usize], colours: &Array2<f32>| {
            let wanted = live.pixels_per_step.min(pixels.len());
            let rows: Vec<usize> = sample(rng, pixels.len(), wanted).into_iter().map(|i| pixels[i]).collect();
            pictures.batch(&rows, colours)
        };
        let support = (0..live.inner_steps.max(1)).map(|_| some_of(&seen, &noisy)).collect();
        let every: Vec<usize> = (0..pictures.pixels()).collect();
        Episode { support, query: some_of(&every, &colours) }
    }

    fn shown_training(&self, live: &LiveSettings, index: usize, rng: &mut Stream) -> HeldOut {
        let own = &mut rng.clone();
        let (image, seen) = self.training_image(live, index, own);
        let image = &self.pictures.set.images[image];
        let shown = self.task(image.name.clone(), &image.pixels, &seen, live.noise, own);
        let display = Some(self.pictures.positions.clone());
        HeldOut { episode: self.training(live, index, rng), display, ..shown }
    }

    fn held_out(&self, live: &LiveSettings, at: Place, rng: &mut Stream) -> HeldOut {
        let image = &self.pictures.set.images[self.pictures.held_out(at.index)];
        let seen = self.seen(live.support_share, rng);
        self.task(image.name.clone(), &image.pixels, &seen, live.noise, rng)
    }

    fn held_out_tasks(&self) -> usize {
        self.pictures.held_out_images()
    }

    /// A picture, and the pixels of it that were left to be seen.
    fn sketched(&self, sketch: &Sketch, live: &LiveSettings, seed: u64) -> Option<HeldOut> {
        let page = sketch.page(0)?;
        let pixels: Vec<usize> = (0..page.seen.len()).filter(|&pixel| page.seen[pixel]).collect();
        let set = &self.pictures.set;
        let fits = Picture::fit([&page.picture], set.size) && page.seen.len() == self.pictures.pixels();
        let bytes = page.picture.channels(set.channels);
        let rng = &mut stream(seed, Purpose::Sketch, 0, 0);
        (fits && !pixels.is_empty()).then(|| self.task("your picture".to_owned(), &bytes, &pixels, live.noise, rng))
    }
}
