//! The class family: one class with a few images; the network learns to make new images of it. A
//! rectified flow (Liu et al. 2023) from noise to images in the space of an [`Encoding`]:
//!
//! ```text
//! x_t = (1 − t)·ε + t·x,   ε ~ N(0, I),   t ~ U[0, 1]
//! ```
//!
//! The network sees x_t and t, and says x; the velocity of the flow is (x − x_t)/(1 − t).

mod family;
mod flow;
mod looks;

pub(super) use family::CLASS;
pub use flow::{Flow, sample};
pub use looks::MOMENTS;

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, Axis};
use rand::seq::SliceRandom as _;
use rand::{Rng, RngExt as _};
use rand_distr::{Distribution as _, StandardNormal};

use super::classes::{Class, Classes, blank, sheet};
use super::held_out::{Adapted, KnownClass, Read, Reading};
use super::judge::{self, Judge, Marks};
use super::panel::{Given, Panel, Sheet};
use super::sketch::Sketch;
use super::taught::Pupil;
use super::{FamilyError, HeldOut, Picture, Place, Tasks};
use crate::images::ImageSet;
use crate::maths::functions::Loss;
use crate::maths::network::{Batch, Network, Workspace};
use crate::maths::stream::{Purpose, Stream, stream};
use crate::meta::episode::Episode;
use crate::settings::{LiveSettings, NetworkSettings};
use crate::text::numbers::plural;
use crate::text::{Words, tell, text};
use flow::inputs;

/// Pairs of noise and time drawn for each image, at each inner step.
const DRAWS: usize = 8;
/// The same when a held-out task is judged.
const JUDGING_DRAWS: usize = 32;
/// Images that a task is judged by, at most: a class may have thousands.
const MOST_QUERY: usize = 32;
/// Samples across and down in a picture of samples.
const MOSAIC: usize = 3;
/// Samples in such a picture.
pub const DRAWN: usize = MOSAIC * MOSAIC;
/// Samples of a held-out class that are judged; the first of them are drawn.
const JUDGED: usize = 24;

/// The classes of a set as tasks.
#[derive(Clone, Debug)]
pub struct ClassTasks {
    classes: Arc<Classes>,
}

impl ClassTasks {
    /// From a set with at least two classes that have two images each; see
    /// [`class_parts`](super::classes::class_parts) for which are held out.
    ///
    /// # Errors
    /// If it has fewer, or its images are all alike.
    pub fn new(set: Arc<ImageSet>, seed: u64) -> Result<Self, FamilyError> {
        Ok(Self { classes: Arc::new(Classes::new(set, seed)?) })
    }

    /// Numbers in a code.
    fn outputs(&self) -> usize {
        self.classes.codes.ncols()
    }

    fn training_class(&self, live: &LiveSettings, index: usize, rng: &mut impl Rng) -> &Class {
        let training = &self.classes.training;
        let drawn = rng.random_range(0..training.len());
        let full = live.meta_batch >= training.len();
        &training[if full { index % training.len() } else { drawn }]
    }

    /// Adapts on some images of a class of the set; is judged by others.
    fn shown(
        &self,
        class: usize,
        (support, query): (Vec<usize>, Vec<usize>),
        live: &LiveSettings,
        rng: &mut impl Rng,
    ) -> HeldOut {
        let codes = [&support, &query].map(|images| self.classes.codes_of(images));
        let images = [&support, &query].map(|images| self.classes.originals(images));
        let known = KnownClass { class, support: support.into(), query: query.into() };
        self.task(self.classes.set.class_title(class), codes, &images, Some(known), live, rng)
    }

    /// Adapts on the first images and is judged by the second ones.
    fn task(
        &self,
        name: Words,
        [support, query]: [Array2<f32>; 2],
        [shown, target]: &[Vec<Picture>; 2],
        known: Option<KnownClass>,
        live: &LiveSettings,
        rng: &mut impl Rng,
    ) -> HeldOut {
        let query = rows(query.view(), JUDGING_DRAWS, rng);
        let noise = normal(JUDGED, self.outputs(), rng) * live.temperature as f32;
        let steps = 0..live.test_steps.max(1);
        let shots = Words::both(plural(shown.len(), "image", "images"), format!("{} 张图像", shown.len()));
        let panel = |images: &[Picture]| Panel::of(mosaic(images, self.classes.set.size));
        let given = vec![
            Given {
                title: text("target", "目标"),
                about: text(
                    "Images of the class that it is judged by; the network has to make new ones like them",
                    "该类中用于评判的图像；网络要生成与它们同类的新图像",
                ),
                caption: name.clone(),
                says: Words::told(|| {
                    tell(
                        || format!("Images of {name} that it is judged by"),
                        || format!("用于评判的图像，类别：{name}"),
                    )
                }),
                panel: panel(target),
                reaches: Vec::new(),
            },
            Given {
                title: text("support", "支持集"),
                about: text("The few images of it that adaptation sees", "该类中适应时看到的几张图像"),
                caption: shots,
                says: text("What adaptation sees; at most nine are shown", "适应时看到的图像；最多显示九张").into(),
                panel: panel(shown),
                reaches: Vec::new(),
            },
        ];
        let flow = Flow { steps: live.flow_steps, order: live.flow_order };
        HeldOut {
            name,
            episode: Episode { support: steps.map(|_| rows(support.view(), DRAWS, rng)).collect(), query },
            given,
            choices: [].into(),
            display: Some(noise),
            reading: Arc::new(Samples { tasks: self.clone(), flow, known }),
        }
    }

    /// A classifier of the classes that the set is about, trained on all their images.
    pub fn judge(&self, seed: u64) -> Judge {
        let about: Vec<usize> = (0..self.classes.set.images.len())
            .filter(|&i| self.classes.set.images[i].class < self.classes.set.foreground)
            .collect();
        let classes: Vec<usize> = about.iter().map(|&i| self.classes.set.images[i].class).collect();
        let mut held_out = vec![false; self.classes.set.foreground];
        self.classes.held_out.iter().for_each(|(class, _)| held_out[*class] = true);
        Judge::train(
            self.pixels(&self.classes.originals(&about)).view(),
            self.classes.set.channels,
            &classes,
            held_out,
            seed,
        )
    }

    /// What is to be said of samples (as codes) of a held-out task of this family.
    pub fn marks(&self, judge: &Judge, known: &KnownClass, samples: ArrayView2<'_, f32>) -> Marks {
        if samples.iter().any(|code| !code.is_finite()) {
            return Marks::default();
        }
        let samples = self.pixels(&self.classes.encoding.decode(samples));
        self.marks_of(judge, known.class, &samples, &known.support)
    }

    /// The same of the real images that a held-out task is judged by.
    pub fn real_marks(&self, judge: &Judge, known: &KnownClass) -> Marks {
        let query = self.pixels(&self.classes.originals(&known.query));
        self.marks_of(judge, known.class, &query, &known.support)
    }

    fn marks_of(&self, judge: &Judge, class: usize, images: &Array2<f32>, support: &[usize]) -> Marks {
        let [recognised_held_out, recognised_all] = judge.recognise(images.view(), class);
        let support = self.pixels(&self.classes.originals(support));
        let [diversity, nearest_support] = judge::distances(images.view(), support.view());
        Marks { recognised_held_out, recognised_all, diversity, nearest_support, taught: None }
    }

    /// What a classifier may learn a held-out task's class from, and be asked about; `samples` are codes.
    pub fn pupil(&self, known: &KnownClass, samples: Option<ArrayView2<'_, f32>>) -> Pupil {
        let finite = samples.filter(|samples| samples.iter().all(|code| code.is_finite()));
        let samples = finite.map_or_else(Vec::new, |samples| self.classes.encoding.decode(samples));
        let [support, query] =
            [&known.support, &known.query].map(|images| self.pixels(&self.classes.originals(images)));
        Pupil { support, samples: self.pixels(&samples), query }
    }

    /// Numbers a pixel of the set's images.
    pub fn channels(&self) -> usize {
        self.classes.set.channels
    }

    /// One row of numbers from 0 to 1 for each picture.
    fn pixels(&self, pictures: &[Picture]) -> Array2<f32> {
        let (area, channels) = (self.classes.set.size * self.classes.set.size, self.classes.set.channels);
        Array2::from_shape_fn((pictures.len(), area * channels), |(i, j)| {
            f32::from(pictures[i].rgb[3 * (j / channels) + j % channels]) / 255.0
        })
    }

    /// Codes as one drawable picture of several images.
    fn draw(&self, codes: ArrayView2<'_, f32>) -> Picture {
        let (drawn, _) = codes.split_at(Axis(0), codes.nrows().min(DRAWN));
        mosaic(&self.classes.encoding.decode(drawn), self.classes.set.size)
    }
}

impl Tasks for ClassTasks {
    /// From a code and the time to a code.
    fn network(&self, settings: &NetworkSettings) -> Network {
        let sizes = [self.outputs() + flow::TIME_FEATURES, self.outputs()];
        super::dense(settings, sizes, Loss::SquaredError).with_residuals()
    }

    /// A meta-batch as large as the number of training classes holds each of them once.
    fn training(&self, live: &LiveSettings, index: usize, rng: &mut Stream) -> Episode<f32> {
        let (_, images) = self.training_class(live, index, rng);
        let (support, query) = divide(images, live.shots, rng);
        let [support, query] = [support, query].map(|images| self.classes.codes_of(&images));
        let steps = 0..live.inner_steps.max(1);
        let support = steps.map(|_| rows(support.view(), DRAWS, rng)).collect();
        Episode { support, query: rows(query.view(), DRAWS, rng) }
    }

    fn shown_training(&self, live: &LiveSettings, index: usize, rng: &mut Stream) -> HeldOut {
        let own = &mut rng.clone();
        let (class, images) = self.training_class(live, index, own);
        let shown = self.shown(*class, divide(images, live.shots, own), live, own);
        HeldOut { episode: self.training(live, index, rng), ..shown }
    }

    fn held_out(&self, live: &LiveSettings, at: Place, rng: &mut Stream) -> HeldOut {
        let (class, images) = &self.classes.held_out[at.index % self.classes.held_out.len()];
        self.shown(*class, divide(images, live.test_shots, rng), live, rng)
    }

    fn held_out_tasks(&self) -> usize {
        self.classes.held_out.len()
    }

    /// A class of which a person drew all that there is: it is judged by the same images.
    fn sketched(&self, sketch: &Sketch, live: &LiveSettings, seed: u64) -> Option<HeldOut> {
        let images: Vec<Picture> = sketch.pages.iter().flatten().map(|page| page.picture.clone()).collect();
        if images.is_empty() || !Picture::fit(&images, self.classes.set.size) {
            return None;
        }
        let rng = &mut stream(seed, Purpose::Sketch, 0, 0);
        let bytes: Vec<Vec<u8>> = images.iter().map(|image| image.channels(self.classes.set.channels)).collect();
        let codes = self.classes.encoding.encode(bytes.iter().map(Vec::as_slice));
        let name = text("your class", "你的类别").into();
        Some(self.task(name, [codes.clone(), codes], &[images.clone(), images], None, live, rng))
    }

    fn makes_images(&self) -> Option<&ClassTasks> {
        Some(self)
    }
}

/// New images of a class: outputs are codes to which the flow carries noise.
#[derive(Debug)]
struct Samples {
    tasks: ClassTasks,
    flow: Flow,
    known: Option<KnownClass>,
}

impl Reading for Samples {
    fn outputs(
        &self,
        network: &Network,
        theta: &[f32],
        noise: ArrayView2<'_, f32>,
        all: bool,
        work: &mut Workspace<f32>,
    ) -> Array2<f32> {
        let (drawn, _) = noise.split_at(Axis(0), if all { noise.nrows() } else { DRAWN.min(noise.nrows()) });
        sample(network, theta, drawn, self.flow, work)
    }

    fn read(&self, outputs: ArrayView2<'_, f32>) -> Read {
        Read { panel: Panel::of(self.tasks.draw(outputs)), score: None }
    }

    fn known(&self) -> Option<&KnownClass> {
        self.known.as_ref()
    }

    fn gallery(
        &self,
        network: &Network,
        adapted: Adapted<'_>,
        _next: Adapted<'_>,
        work: &mut Workspace<f32>,
    ) -> Option<Vec<Sheet>> {
        looks::sheets(&self.tasks, network, adapted, self.flow, self.known.as_ref()?, work)
    }
}

/// `draws` rows for each image (codes); times are stratified over all rows.
fn rows(images: ArrayView2<'_, f32>, draws: usize, rng: &mut impl Rng) -> Batch<f32> {
    let (count, width) = (images.nrows() * draws, images.ncols());
    let mut strata: Vec<usize> = (0..count).collect();
    strata.shuffle(rng);
    let noise = normal(count, width, rng);
    let times: Vec<f32> = strata.iter().map(|&stratum| (stratum as f32 + rng.random::<f32>()) / count as f32).collect();
    let clean = images.select(Axis(0), &(0..count).map(|row| row % images.nrows()).collect::<Vec<_>>());
    let mixed = Array2::from_shape_fn((count, width), |at| (1.0 - times[at.0]) * noise[at] + times[at.0] * clean[at]);
    Batch::new(inputs(mixed.view(), |row| times[row]), clean)
}

/// `shots` of the images, and at most [`MOST_QUERY`] others; at least one of each.
fn divide(images: &[usize], shots: usize, rng: &mut impl Rng) -> (Vec<usize>, Vec<usize>) {
    let mut order = images.to_vec();
    order.shuffle(rng);
    let mut query = order.split_off(shots.clamp(1, images.len() - 1));
    query.truncate(MOST_QUERY);
    (order, query)
}

fn normal(rows: usize, columns: usize, rng: &mut impl Rng) -> Array2<f32> {
    Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(rng))
}

/// The first nine images in three rows, a dark line between them.
fn mosaic(images: &[Picture], size: usize) -> Picture {
    let blank = blank(size);
    let nine: Vec<Picture> = (0..DRAWN).map(|i| images.get(i).unwrap_or(&blank).clone()).collect();
    sheet(&nine, MOSAIC, size)
}
