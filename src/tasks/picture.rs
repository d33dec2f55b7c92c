//! The picture and the completion family: one image, of which all pixels or a few are seen.

use std::sync::Arc;

use ndarray::Array2;
use rand::Rng;
use rand::seq::index::sample;

use super::card::{Card, Drawing, Feature, Judged, Needs, Pages, percent};
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
use crate::text::{Text, Words, tell, text};

/// Whole images.
pub(super) const PICTURE: Card = Card {
    id: "picture",
    name: text("Redraw pictures", "重绘图像"),
    about: text(
        "Each task is one image, learned as a function from position to colour",
        "每个任务是一张图像，作为从位置到颜色的函数来学习",
    ),
    asks: |settings| {
        let [seen, seen_zh] = seen(settings);
        tell(
            || format!("From {seen} of a picture that it never saw: all of it redrawn, from three starts"),
            || format!("{seen_zh}，从三个起点各自重绘整张图像"),
        )
    },
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
    name: text("Complete pictures", "补全图像"),
    about: text(
        "Each task is one image of which a few pixels are given; the others must be guessed",
        "每个任务是一张只给出少量像素的图像；其余像素要靠猜测",
    ),
    asks: |settings| {
        let ([seen, seen_zh], [rest, rest_zh]) = (
            seen(settings),
            match settings.live.support_share >= 1.0 {
                true => ["all of it redrawn", "重绘整张图像"],
                false => ["the others made up", "补全其余部分"],
            },
        );
        tell(
            || format!("From {seen} of a picture that it never saw: {rest}, from three starts"),
            || format!("{seen_zh}，从三个起点各自{rest_zh}"),
        )
    },
    domain: Domain::HiddenImage,
    features: &[Feature::Share, Feature::TrainingShare, Feature::Noise, Feature::HiddenLayers, Feature::Positions],
    reasons: &[(Feature::Pixels, ALL_PIXELS), (Feature::Points, ALL_PIXELS)],
    preset: |settings| {
        drawn(settings);
        (settings.live.inner_steps, settings.live.support_share) = (5, 0.15);
        // Where few pixels say much, as in drawings, the gradient of a single task can be huge.
        settings.run.outer.clip_norm = 0.1;
    },
    open: |run, images| Ok(Arc::new(PictureTasks::new(images.ok_or(FamilyError::NoImages)?, run, true)?)),
    ..PICTURE
};

const ALL_PIXELS: Text =
    text("Completion tasks adapt on all given pixels at every step", "“补全图像”任务每一步都在全部给定像素上适应");

const DRAWING: Drawing = Drawing {
    pages: Pages::One,
    masks: true,
    coarser: |_| 1,
    hint: text(
        "Paint a picture, or start from one: the network adapts while you paint",
        "画一张图像，或从一张已有的开始：你一边画，网络一边适应",
    ),
};

/// How much of a picture is seen, in both languages.
fn seen(settings: &Settings) -> [String; 2] {
    if settings.live.support_share >= 1.0 {
        return ["all pixels", "看到一张没见过的图像的全部像素"].map(str::to_owned);
    }
    let share = percent(settings.live.support_share);
    [format!("{share} of the pixels"), format!("只看一张没见过的图像 {share} 的像素")]
}

/// What all families of single images begin with.
pub(super) fn drawn(settings: &mut Settings) {
    let Settings { live, run } = settings;
    run.images = ImageSource::Faces;
    (live.inner_rate, live.meta_batch) = (0.1, 4);
    (run.network.hidden, run.network.activation) = (vec![64, 64, 64], ActivationKind::Sine);
    (run.evaluate_every, run.held_out_tasks) = (10, 24);
    // Longer steps of the outer loop gain nothing on faces, and on drawings they make training fall apart.
    run.outer.knee = 500;
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
    fn task(&self, name: Words, bytes: &[u8], seen: &[usize], noise: f64, rng: &mut impl Rng) -> HeldOut {
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
        let seen_text = if complete {
            text("all pixels", "全部像素").into()
        } else {
            let (seen, all) = (seen.len(), mask.len());
            Words::both(format!("{seen} of {all} px"), format!("{seen} / {all} 像素"))
        };
        let about = match self.completion && !complete {
            true => text(
                "The image that the network has to complete; it is judged by the unseen pixels alone",
                "网络要补全的图像；只用没有看到的像素来评判",
            ),
            false => text("The image that the network has to draw", "网络要画出的图像"),
        };
        let given = [
            Given {
                title: text("target", "目标"),
                about,
                caption: name.clone(),
                says: Words::told(|| {
                    tell(
                        || format!("{name} is the image that the network has to draw"),
                        || format!("网络要画出的图像：{name}"),
                    )
                }),
                panel: Panel::Picture { picture: target.clone(), seen: None },
                reaches: Vec::new(),
            },
            Given {
                title: text("support", "支持集"),
                about: text("The pixels of it that adaptation may see", "其中适应时可以看到的像素"),
                caption: seen_text,
                says: text(
                    "What adaptation may see of it; checked pixels are hidden",
                    "适应时可以看到的部分；画成棋盘格的像素是隐藏的",
                )
                .into(),
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
        title: text("interpolated", "插值"),
        about: text(
            "What interpolation makes of these pixels, without learning",
            "不经学习，由这些像素插值得到的图像",
        ),
        caption: format!("{:.1} dB", psnr(loss)).into(),
        says: text(
            "Without learning: each unseen pixel is the mean of the four nearest given ones, weighted by one over their distance",
            "不经学习：每个没有看到的像素取最近四个给定像素的均值，按距离的倒数加权",
        )
        .into(),
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
        let name = self.pictures.set.image_title(image);
        let image = &self.pictures.set.images[image];
        let shown = self.task(name, &image.pixels, &seen, live.noise, own);
        let display = Some(self.pictures.positions.clone());
        HeldOut { episode: self.training(live, index, rng), display, ..shown }
    }

    fn held_out(&self, live: &LiveSettings, at: Place, rng: &mut Stream) -> HeldOut {
        let image = self.pictures.held_out(at.index);
        let name = self.pictures.set.image_title(image);
        let image = &self.pictures.set.images[image];
        let seen = self.seen(live.support_share, rng);
        self.task(name, &image.pixels, &seen, live.noise, rng)
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
        let name = text("your picture", "你的图像").into();
        (fits && !pixels.is_empty()).then(|| self.task(name, &bytes, &pixels, live.noise, rng))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Algorithm, TaskFamily};
    use crate::text::Language;

    #[test]
    fn what_is_asked_says_all_pixels_where_all_are_seen() {
        for tasks in TaskFamily::ALL.into_iter().filter(|tasks| ["picture", "completion"].contains(&tasks.id())) {
            let mut settings = Settings::preset(tasks, Algorithm::default());
            for (share, en, zh) in
                [(1.0, "From all pixels of", "全部像素"), (0.25, "From 25 % of the pixels of", "25 % 的像素")]
            {
                settings.live.support_share = share;
                let asked = Words::told(|| (tasks.card().asks)(&settings));
                let [said, said_zh] = [Language::English, Language::Chinese].map(|language| {
                    language.speak();
                    asked.get().to_owned()
                });
                Language::English.speak();
                assert!(said.contains(en) && !said.contains("100 %"), "{said}");
                assert!(said_zh.contains(zh) && !said_zh.contains("100 %"), "{said_zh}");
            }
        }
    }
}
