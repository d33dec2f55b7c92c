//! The cluster family: a pile of images of N classes, and nobody says which is which. Adaptation learns to
//! tell every image of the pile from every other (instance discrimination: Dosovitskiy et al. 2014); the
//! meta-loss asks that it take an image for any of its own class alike, which the classes of the training
//! images teach. The outputs of the adapted network, one for each image of the pile, are the embedding that
//! is put into clusters.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2};
use rand::Rng;
use rand::seq::SliceRandom as _;
use rand_distr::{Distribution as _, StandardNormal};

use super::card::{Card, Feature, Judged, Needs, Score};
use super::classes::{Classes, blank, sheet};
use super::held_out::{Read, Reading};
use super::panel::{Given, Panel};
use super::scores::{Clustering, purity};
use super::{FamilyError, HeldOut, Place, Tasks};
use crate::images::ImageSet;
use crate::maths::functions::Loss;
use crate::maths::network::{Batch, Network};
use crate::maths::stream::Stream;
use crate::meta::episode::Episode;
use crate::settings::{ActivationKind, Domain, ImageSource, LiveSettings, NetworkSettings, OuterOptimiser};
use crate::text::{Text, Words, tell, text};

pub(super) const CLUSTER: Card = Card {
    id: "cluster",
    name: text("Group", "聚类"),
    about: text(
        "Each task is a pile of images without labels; the network has to find which belong together",
        "每个任务是一堆没有标签的图像；网络要找出哪些属于同一类",
    ),
    asks: |settings| {
        let ways = settings.run.ways;
        tell(
            || {
                format!(
                    "From a pile of pictures of {ways} kinds that it never saw: which belong together, from three starts"
                )
            },
            || format!("把没见过的 {ways} 类图像混成一堆，从三个起点各自找出哪些属于同一类"),
        )
    },
    domain: Domain::Embedding,
    needs: Needs::Classes,
    judged: Judged::Score(PURITY),
    features: &[Feature::Noise, Feature::HiddenLayers, Feature::Ways],
    reasons: &[
        (Feature::Shots, text("A pile has eight images of each class", "一堆图像中每类有八张")),
        (
            Feature::Points,
            text("Clusters are learned from the whole pile at every step", "“聚类”任务每一步都从整堆图像中学习"),
        ),
    ],
    looks: &[],
    drawing: None,
    usual_iterations: [50, 150],
    preset: |settings| {
        let (live, run) = (&mut settings.live, &mut settings.run);
        run.images = ImageSource::Characters;
        (live.inner_rate, live.outer_rate, live.inner_steps) = (0.5, 2e-3, 3);
        (live.meta_batch, live.noise) = (8, 0.3);
        (run.network.hidden, run.network.activation) = (vec![64, 64], ActivationKind::Silu);
        // Without it the classes that are trained on are known by heart after some thousand meta-iterations.
        (run.optimiser, run.outer.weight_decay) = (OuterOptimiser::AdamW, 0.5);
        run.evaluate_every = 20;
    },
    open: |run, images| Ok(Arc::new(ClusterTasks::new(images.ok_or(FamilyError::NoImages)?, run.seed, run.ways)?)),
};

const PURITY: Score = Score {
    id: "purity",
    name: text("Purity", "纯度"),
    about: text(
        "The share of images that belong to the class which is most frequent in their cluster, after adaptation",
        "适应后，属于所在簇中最多的那个类别的图像所占的比例",
    ),
};

/// Images of each class in a pile, at most.
const EACH: usize = 8;
/// Random clusterings that chance is the mean of.
const CHANCE: usize = 200;

/// The classes of a set as tasks.
#[derive(Clone, Debug)]
pub struct ClusterTasks {
    classes: Arc<Classes>,
    ways: usize,
}

impl ClusterTasks {
    /// Piles of `ways` classes, or as many as the set can give.
    ///
    /// # Errors
    /// If it cannot give two.
    pub fn new(set: Arc<ImageSet>, seed: u64, ways: usize) -> Result<Self, FamilyError> {
        let (classes, ways) = Classes::for_ways(set, seed, ways)?;
        Ok(Self { classes, ways })
    }

    /// Network outputs: one for each image of a pile.
    fn outputs(&self) -> usize {
        self.ways * EACH
    }

    /// Classes in a pile.
    pub fn ways(&self) -> usize {
        self.ways
    }

    fn shown(&self, images: &[usize], labels: Vec<usize>, episode: Episode<f32>, rng: &mut impl Rng) -> HeldOut {
        let originals = self.classes.originals(images);
        let size = self.classes.set.size;
        let bytes = |i: usize| &self.classes.set.images[images[i]].pixels;
        let pixels = Array2::from_shape_fn((images.len(), bytes(0).len()), |(i, j)| f32::from(bytes(i)[j]) / 255.0);
        let raw = Clustering::new(pixels.view(), &labels, self.ways, None);
        let mut shuffled = raw.clusters.clone();
        let chance = (0..CHANCE).map(|_| {
            shuffled.shuffle(rng);
            purity(&shuffled, &labels)
        });
        let chance = chance.sum::<f32>() / CHANCE as f32;
        let mut classes: Vec<usize> = images.iter().map(|&i| self.classes.set.images[i].class).collect();
        classes.dedup();
        let names: Vec<Words> = classes.iter().map(|&class| self.classes.set.class_title(class)).collect();
        // A row for each class, in a square.
        let side = EACH.max(self.ways);
        let blank = blank(size);
        let cell = |row: usize, column: usize| {
            let of_class = (0..images.len()).filter(|&i| labels[i] == row);
            of_class.skip(column).map(|i| originals[i].clone()).next().unwrap_or_else(|| blank.clone())
        };
        let cells: Vec<_> = (0..side * side).map(|i| cell(i / side, i % side)).collect();
        let name = Words::joined(&names, text(", ", "、"));
        let reading = Piles { labels: labels.into(), ways: self.ways, raw: Arc::new(raw) };
        let purity = format!("{:.0} %", 100.0 * reading.raw.purity);
        let given = vec![
            Given {
                title: text("pile", "图像堆"),
                about: text(
                    "Images of classes that were never trained on, without their labels: which belong together?",
                    "从未训练过的类别的图像，没有标签：哪些属于同一类？",
                ),
                caption: name.clone(),
                says: text(
                    "The pile, in rows by its true classes, which adaptation does not know",
                    "这堆图像，按真实类别分行；适应时并不知道类别",
                )
                .into(),
                panel: Panel::of(sheet(&cells, side, size)),
                reaches: Vec::new(),
            },
            Given {
                title: text("raw pixels", "原始像素"),
                about: text(
                    "Clusters of the pixels themselves; dots are images, coloured by their true class",
                    "直接对像素聚类；每个点是一张图像，颜色表示真实类别",
                ),
                says: Words::both(
                    format!(
                        "Clusters of the pixels themselves: purity {purity}; clusters drawn by chance have {:.0} %",
                        100.0 * chance
                    ),
                    format!("直接对像素聚类：纯度 {purity}；随机分簇的纯度是 {:.0} %", 100.0 * chance),
                ),
                caption: purity.into(),
                panel: reading.panel(reading.raw.clone()),
                reaches: vec![("raw_purity", reading.raw.purity), ("chance_purity", chance)],
            },
        ];
        HeldOut { name, given, choices: [].into(), display: None, episode, reading: Arc::new(reading) }
    }

    /// Images of different classes, class after class; and which of the pile's classes each belongs to.
    fn pile(&self, held_out: bool, rng: &mut impl Rng) -> (Vec<usize>, Vec<usize>) {
        let from = if held_out { &self.classes.held_out } else { &self.classes.training };
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        for (label, (_, of_class)) in Classes::draw(from, self.ways, rng).into_iter().enumerate() {
            let mut order = of_class.clone();
            order.shuffle(rng);
            order.truncate(EACH);
            labels.resize(labels.len() + order.len(), label);
            images.append(&mut order);
        }
        (images, labels)
    }

    /// Support: each image with fresh noise at every step, its own output the target. Query: the images as
    /// they are, the outputs of all images of the same class the target. Which output is whose is drawn.
    fn episode(
        &self,
        images: &[usize],
        labels: &[usize],
        steps: usize,
        noise: f64,
        rng: &mut impl Rng,
    ) -> Episode<f32> {
        let codes = self.classes.codes_of(images);
        let mut output: Vec<usize> = (0..self.outputs()).collect();
        output.shuffle(rng);
        let mut owner = vec![None; self.outputs()];
        (0..images.len()).for_each(|i| owner[output[i]] = Some(i));
        let count = |label: usize| labels.iter().filter(|&&other| other == label).count() as f32;
        let own =
            Array2::from_shape_fn((images.len(), self.outputs()), |(i, j)| if owner[j] == Some(i) { 1.0 } else { 0.0 });
        let alike = Array2::from_shape_fn((images.len(), self.outputs()), |(i, j)| match owner[j] {
            Some(other) if labels[other] == labels[i] => 1.0 / count(labels[i]),
            _ => 0.0,
        });
        let mut noisy = || {
            codes.mapv(|code| {
                let error: f64 = StandardNormal.sample(rng);
                code + (noise * error) as f32
            })
        };
        let support = (0..steps.max(1)).map(|_| Batch::new(noisy(), own.clone())).collect();
        Episode { support, query: Batch::new(codes.clone(), alike) }
    }
}

impl Tasks for ClusterTasks {
    /// From a code to a score for each image of the pile.
    fn network(&self, settings: &NetworkSettings) -> Network {
        super::dense(settings, [self.classes.codes.ncols(), self.outputs()], Loss::CrossEntropy)
    }

    fn training(&self, live: &LiveSettings, _index: usize, rng: &mut Stream) -> Episode<f32> {
        let (images, labels) = self.pile(false, rng);
        self.episode(&images, &labels, live.inner_steps, live.noise, rng)
    }

    fn shown_training(&self, live: &LiveSettings, index: usize, rng: &mut Stream) -> HeldOut {
        let own = &mut rng.clone();
        let (images, labels) = self.pile(false, own);
        self.shown(&images, labels, self.training(live, index, rng), own)
    }

    fn held_out(&self, live: &LiveSettings, _at: Place, rng: &mut Stream) -> HeldOut {
        let (images, labels) = self.pile(true, rng);
        let episode = self.episode(&images, &labels, live.test_steps, live.noise, rng);
        self.shown(&images, labels, episode, rng)
    }
}

/// An embedding of a pile, which is put into clusters.
#[derive(Debug)]
struct Piles {
    labels: Arc<[usize]>,
    ways: usize,
    /// Clusters of the raw pixels, as which the others are turned.
    raw: Arc<Clustering>,
}

impl Piles {
    fn panel(&self, clustering: Arc<Clustering>) -> Panel {
        Panel::Points { clustering, labels: self.labels.clone() }
    }
}

impl Reading for Piles {
    fn read(&self, outputs: ArrayView2<'_, f32>) -> Read {
        let clustering = Clustering::new(outputs, &self.labels, self.ways, Some(&self.raw));
        Read { score: Some(clustering.purity), panel: self.panel(Arc::new(clustering)) }
    }

    fn score(&self) -> Option<Text> {
        Some(PURITY.name)
    }
}
