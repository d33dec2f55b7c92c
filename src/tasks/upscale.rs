//! The upscale family: one image of which the means of blocks of pixels are seen; every pixel must be made up. Each mean
//! stands at the middle of its block, where adaptation asks the network for it; the meta-loss asks for the whole image,
//! so that what lies between is learned from other images. What enlargement without learning makes of the same means
//! stands beside it.

use std::sync::Arc;

use image::imageops::FilterType;
use ndarray::Array2;

use super::blocks::{Blocks, fewer};
use super::card::{Card, Drawing, Feature, Judged, Needs, Pages};
use super::panel::{Given, Panel};
use super::pictures::{Drawn, MIXED, OUTPUT_BIAS, Pictures, add_noise, centres, draw, enlarge};
use super::scores::psnr;
use super::sketch::Sketch;
use super::{FamilyError, HeldOut, Picture, Place, Tasks};
use crate::maths::network::{Batch, Network};
use crate::maths::stream::{Purpose, Stream, stream};
use crate::meta::episode::Episode;
use crate::settings::{Domain, LiveSettings, NetworkSettings, OuterOptimiser};
use crate::text::{Text, Words, tell, text};

pub(super) const UPSCALE: Card = Card {
    id: "upscale",
    name: text("Sharpen pictures", "超分辨率"),
    about: text(
        "Each task is one image seen as a few large blocks; the network has to make up its pixels",
        "每个任务是一张只看到若干大色块的图像；网络要补出它的像素",
    ),
    asks: |settings| {
        let side = settings.live.reduction;
        tell(
            || {
                format!(
                    "From the means of {side} × {side} pixels of a picture that it never saw: all of them, from three starts"
                )
            },
            || format!("只看一张没见过的图像每 {side} × {side} 像素的均值，从三个起点各自得出全部像素"),
        )
    },
    domain: Domain::HiddenImage,
    needs: Needs::Images,
    judged: Judged::Psnr,
    features: &[Feature::Reduction, Feature::Noise, Feature::HiddenLayers, Feature::Positions],
    reasons: &[
        (
            Feature::Shots,
            text("An upscale task is one image: use the reduction instead", "“超分辨率”任务是一张图像：请改用缩小倍数"),
        ),
        (
            Feature::Share,
            text(
                "Upscale tasks see the means of all blocks: use the reduction instead",
                "“超分辨率”任务看到所有色块的均值：请改用缩小倍数",
            ),
        ),
        (Feature::Pixels, ALL_BLOCKS),
        (Feature::Points, ALL_BLOCKS),
    ],
    looks: &[MIXED],
    drawing: Some(Drawing {
        pages: Pages::One,
        masks: false,
        coarser: |live| live.reduction,
        hint: text(
            "Paint coarse blocks, and see what fine picture the network takes them for",
            "画出粗大的色块，看网络把它们当作怎样的精细图像",
        ),
    }),
    usual_iterations: [50, 150],
    preset: |settings| {
        super::picture::drawn(settings);
        // Trained with fewer steps, φ overshoots in the later ones.
        (settings.live.inner_rate, settings.live.inner_steps) = (0.05, 10);
        // A few means leave nearly everything open: gradients of single tasks can be huge, and curvature would grow.
        (settings.run.optimiser, settings.run.outer.weight_decay) = (OuterOptimiser::AdamW, 0.5);
        settings.run.outer.clip_norm = 0.1;
    },
    open: |run, images| {
        let images = images.ok_or(FamilyError::NoImages)?;
        Ok(Arc::new(UpscaleTasks { pictures: Arc::new(Pictures::new(images, &run.network, run.seed)?) }))
    },
};

const ALL_BLOCKS: Text = text(
    "Upscale tasks adapt on the means of all blocks at every step",
    "“超分辨率”任务每一步都在所有色块的均值上适应",
);

#[derive(Debug)]
struct UpscaleTasks {
    pictures: Arc<Pictures>,
}

impl UpscaleTasks {
    fn blocks(&self, live: &LiveSettings) -> Blocks {
        let size = self.pictures.set.size;
        Blocks::of(size, fewer(size, live.reduction))
    }

    /// What is seen, at the middles of the blocks.
    fn support(&self, blocks: &Blocks, means: Array2<f32>) -> Batch<f32> {
        let middles = blocks.means(centres(self.pictures.set.size).view());
        Batch::new(self.pictures.inputs(middles), means)
    }

    fn episode(&self, image: usize, live: &LiveSettings, rng: &mut Stream) -> (Episode<f32>, Array2<f32>) {
        let blocks = self.blocks(live);
        let colours = self.pictures.colours(&self.pictures.set.images[image].pixels);
        let means = add_noise(&blocks.means(colours.view()), live.noise, rng);
        let query = Batch::new(self.pictures.positions.clone(), colours);
        (Episode { support: vec![self.support(&blocks, means.clone())], query }, means)
    }

    fn shown(&self, image: usize, live: &LiveSettings, rng: &mut Stream) -> HeldOut {
        let name = self.pictures.set.image_title(image);
        let (episode, means) = self.episode(image, live, rng);
        let target = Arc::new(draw(episode.query.y()));
        let given = Given {
            title: text("target", "目标"),
            about: text("The held-out image that the network has to make up", "网络要还原的留出图像"),
            caption: name.clone(),
            says: Words::told(|| {
                tell(
                    || format!("{name} at full size, which adaptation does not see"),
                    || format!("完整大小的 {name}，适应时看不到"),
                )
            }),
            panel: Panel::Picture { picture: target.clone(), seen: None },
            reaches: Vec::new(),
        };
        let given = [given].into_iter().chain(self.enlargements(&draw(means.view()), Some(&target))).collect();
        let reading = Arc::new(Drawn { pictures: self.pictures.clone(), target });
        HeldOut { name, episode, given, choices: [].into(), display: None, reading }
    }

    /// What is seen, and what enlargement without learning makes of it; with its PSNR where the target is known.
    fn enlargements(&self, seen: &Picture, target: Option<&Picture>) -> impl Iterator<Item = Given> {
        let ways = [
            (text("means", "均值"), NEAREST, FilterType::Nearest, "nearest_psnr"),
            (text("bicubic", "双三次"), BICUBIC, FilterType::CatmullRom, "bicubic_psnr"),
            (text("Lanczos", "Lanczos"), LANCZOS, FilterType::Lanczos3, "lanczos_psnr"),
        ];
        ways.map(|(title, about, filter, key)| {
            let picture = enlarge(seen, self.pictures.set.size, filter);
            let reached = target.map(|target| psnr(error(&picture, target)));
            Given {
                title,
                about,
                caption: reached.map_or_else(|| title.into(), |reached| format!("{reached:.1} dB").into()),
                says: about.into(),
                panel: Panel::of(picture),
                reaches: reached.map(|reached| (key, reached)).into_iter().collect(),
            }
        })
        .into_iter()
    }
}

const NEAREST: Text = text("What adaptation sees: the mean of each block of pixels", "适应时看到的：每块像素的均值");
const BICUBIC: Text = text(
    "Without learning: the means enlarged by bicubic interpolation (Catmull and Rom)",
    "不经学习：用双三次插值（Catmull 和 Rom）放大的均值",
);
const LANCZOS: Text = text(
    "Without learning: the means enlarged by Lanczos interpolation with three lobes",
    "不经学习：用三瓣 Lanczos 插值放大的均值",
);

/// Mean squared error of colours in 0 to 1.
fn error(picture: &Picture, target: &Picture) -> f32 {
    let square = |(a, b): (&u8, &u8)| (f32::from(a.abs_diff(*b)) / 255.0).powi(2);
    picture.rgb.iter().zip(&target.rgb).map(square).sum::<f32>() / target.rgb.len() as f32
}

impl Tasks for UpscaleTasks {
    fn network(&self, settings: &NetworkSettings) -> Network {
        self.pictures.network(settings)
    }

    fn output_bias(&self) -> f64 {
        OUTPUT_BIAS
    }

    fn training(&self, live: &LiveSettings, index: usize, rng: &mut Stream) -> Episode<f32> {
        let image = self.pictures.training(live, index, rng);
        self.episode(image, live, rng).0
    }

    fn shown_training(&self, live: &LiveSettings, index: usize, rng: &mut Stream) -> HeldOut {
        let image = self.pictures.training(live, index, rng);
        self.shown(image, live, rng)
    }

    fn held_out(&self, live: &LiveSettings, at: Place, rng: &mut Stream) -> HeldOut {
        self.shown(self.pictures.held_out(at.index), live, rng)
    }

    fn held_out_tasks(&self) -> usize {
        self.pictures.held_out_images()
    }

    /// Blocks that a person painted: nobody knows the fine picture, so the loss is that of the blocks.
    fn sketched(&self, sketch: &Sketch, live: &LiveSettings, seed: u64) -> Option<HeldOut> {
        let page = &sketch.page(0)?.picture;
        let (set, blocks) = (&self.pictures.set, self.blocks(live));
        Picture::fit([page], blocks.side).then_some(())?;
        let bytes = page.channels(set.channels);
        let means = Array2::from_shape_fn((blocks.side * blocks.side, set.channels), |(block, channel)| {
            f32::from(bytes[block * set.channels + channel]) / 255.0
        });
        let noisy = add_noise(&means, live.noise, &mut stream(seed, Purpose::Sketch, 0, 0));
        let target = Arc::new(enlarge(page, set.size, FilterType::CatmullRom));
        Some(HeldOut {
            name: text("your picture", "你的图像").into(),
            episode: Episode { support: vec![self.support(&blocks, noisy)], query: self.support(&blocks, means) },
            given: self.enlargements(page, None).collect(),
            choices: [].into(),
            display: Some(self.pictures.positions.clone()),
            reading: Arc::new(Drawn { pictures: self.pictures.clone(), target }),
        })
    }
}
