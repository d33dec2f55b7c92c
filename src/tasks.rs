//! Task families: from a seed to tasks. A training task is an [`Episode`]; a held-out task also
//! says what is drawn of it. Pure: the same stream gives the same task.

/// Linear regression in two variables.
pub mod plane;

/// Sine curves.
pub mod sine;

/// A set's images as functions from position to colour.
pub mod pictures;

/// One image, whole or to be completed.
pub mod picture;

/// The guess that needs no learning: unknown pixels from known ones near them.
pub mod interpolation;

/// A set's classes, divided, and their images as codes.
pub mod classes;

/// One image from the means of its blocks.
mod upscale;

/// New images of a class from a few.
pub mod class;

/// To which of a few classes does an image belong?
pub mod classify;

/// Which images of a pile belong together?
pub mod cluster;

/// Images in blocks.
pub mod blocks;

/// Tasks that a person draws.
pub mod sketch;

/// Right answers and pure clusters.
pub mod scores;

/// What is drawn of a task.
pub mod panel;

/// Tasks with what is drawn of them.
pub mod held_out;

/// What is known of a family.
pub mod card;

/// Images as a few numbers.
pub mod encoding;

/// The most ways and shots.
pub mod limits;

/// Whether samples belong to their class.
pub mod judge;

/// What a classifier learns from samples.
pub mod taught;

use std::fmt::Debug;
use std::sync::Arc;

use image::RgbImage;
use ndarray::Axis;
use rand::Rng;

use crate::images::{ImageSet, LabelledImage, Origin};
use crate::maths::functions::{Activation, Loss};
use crate::maths::init::initialise;
use crate::maths::network::{Batch, Network};
use crate::maths::stream::{Purpose, Stream, stream};
use crate::meta::episode::Episode;

pub use card::Card;
pub use held_out::{Adapted, Answer, Choice, HeldOut, KnownClass, Read, Reading};
pub use panel::{Given, Look, Panel, Sheet};

use crate::settings::table::Feature;
use crate::settings::{ActivationKind, LiveSettings, NetworkSettings, RunSettings, TaskFamily};
use crate::text::numbers::plural;
use crate::text::{Words, say, tell};
use class::ClassTasks;
use sketch::Sketch;

/// Every family, in teaching order. A new one is a file and a line here.
pub static FAMILIES: [Card; 8] = [
    plane::PLANE,
    sine::SINE,
    picture::PICTURE,
    picture::COMPLETION,
    upscale::UPSCALE,
    class::CLASS,
    classify::CLASSIFY,
    cluster::CLUSTER,
];

/// The tasks that the window opens with: what comes out holds what was never given.
pub const OPENING: TaskFamily = picture::COMPLETION.family();

/// A small image, row by row, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// 3 bytes (sRGB) a pixel; grey images have three equal ones.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// The same, for files and filters.
    pub fn image(&self) -> RgbImage {
        RgbImage::from_raw(self.width as u32, self.height as u32, self.rgb.clone()).unwrap_or_default()
    }
}

/// Which of the tasks that are never trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// For the film-strip and the final statistics.
    Test,
    /// For choosing between settings. A family of images draws them from the same held-out ones: give it a
    /// set whose test images were taken out, [`for_validation`].
    Validation,
}

/// A held-out task's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The split that it belongs to.
    pub split: Split,
    /// Its number there.
    pub index: usize,
}

/// The tasks of a family. What is drawn from the same stream is the same.
pub trait Tasks: Debug + Send + Sync {
    /// The network that fits them.
    fn network(&self, settings: &NetworkSettings) -> Network;

    /// What the output layer's biases begin with.
    fn output_bias(&self) -> f64 {
        0.0
    }

    /// Training task `index` of a meta-iteration.
    fn training(&self, live: &LiveSettings, index: usize, rng: &mut Stream) -> Episode<f32>;

    /// The same with what is drawn of it.
    fn shown_training(&self, live: &LiveSettings, index: usize, rng: &mut Stream) -> HeldOut;

    /// A held-out task.
    fn held_out(&self, live: &LiveSettings, at: Place, rng: &mut Stream) -> HeldOut;

    /// How many different held-out tasks there are.
    fn held_out_tasks(&self) -> usize {
        usize::MAX
    }

    /// Held-out tasks that ask for every held-out image, where tasks of a few are drawn otherwise.
    fn every_held_out(&self, _live: &LiveSettings) -> Option<Vec<HeldOut>> {
        None
    }

    /// The task that was drawn; `None` where it does not fit, or has nothing to adapt on.
    fn sketched(&self, _sketch: &Sketch, _live: &LiveSettings, _seed: u64) -> Option<HeldOut> {
        None
    }

    /// How many times λ, the weight decay, counts: more than once where so little is trained on that it would soon be
    /// known by heart.
    fn scarcity(&self) -> f64 {
        1.0
    }

    /// The classes that new images are made of, where they are; somebody may judge them.
    fn makes_images(&self) -> Option<&ClassTasks> {
        None
    }
}

/// A family of tasks, and the seed's streams that they are drawn from.
#[derive(Clone, Debug)]
pub struct Family(Arc<dyn Tasks>);

/// Why a family cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FamilyError {
    /// A family of images without images.
    #[error(
        "{}",
        say(
            "these tasks need an image set: choose a built-in one or open a folder",
            "这些任务需要图像集：请选择内置的图像集，或打开一个文件夹",
        )
    )]
    NoImages,
    /// Too few images to train on some and hold others out.
    #[error("{}", tell(
        || format!("“{name}” has {training} images to train on and {held_out} held out: at least one of each is needed"),
        || format!("“{name}”有 {training} 张训练图像和 {held_out} 张留出图像：至少各需要一张"),
    ))]
    TooFewImages {
        /// The set.
        name: Words,
        /// Images to train on.
        training: usize,
        /// Images held out.
        held_out: usize,
    },
    /// Too few classes to train on some and hold others out.
    #[error("{}", tell(
        || {
            let classes = plural(*classes, "class", "classes");
            format!("“{name}” has {classes} with two images or more, and these tasks need at least two: choose a set with a folder for each class")
        },
        || format!("“{name}”中有 {classes} 个类别含有两张或更多图像，而这种任务至少需要两个：请选择每个类别各有一个文件夹的图像集"),
    ))]
    TooFewClasses {
        /// The set.
        name: Words,
        /// Classes with two images or more.
        classes: usize,
    },
    /// Too few classes to tell any apart.
    #[error("{}", tell(
        || format!("“{name}” has too few classes with two images or more: at least two to train on and two more to test on are needed; choose a set with a folder for each class"),
        || format!("“{name}”中含有两张或更多图像的类别太少：训练至少需要两个，测试还需要另外两个；请选择每个类别各有一个文件夹的图像集"),
    ))]
    TooFewWays {
        /// The set.
        name: Words,
    },
    /// Nothing tells the images apart.
    #[error("{}", tell(
        || format!("the training images of “{name}” are all alike: there is nothing to learn from them; choose other images"),
        || format!("“{name}”的训练图像全都一样：从中学不到任何东西；请选择其他图像"),
    ))]
    AllAlike {
        /// The set.
        name: Words,
    },
}

/// Whether a set has what such tasks are made from: images, classes, or classes enough to tell some apart in training and
/// others in a test.
pub fn suits(tasks: TaskFamily, set: &ImageSet, seed: u64) -> bool {
    if !tasks.needs_classes() {
        return tasks.needs_images();
    }
    let Ok(parts) = classes::class_parts(set, seed) else { return false };
    let classes = |test: bool| parts.iter().flatten().filter(|part| (**part == classes::Part::Test) == test).count();
    tasks.why_without(Feature::Ways).is_some() || classes(true).min(classes(false)) >= 2
}

/// A set without what it holds out for testing, and with some of the rest held out in its place: whole
/// classes where tasks are made of classes, else images. `None` where nothing can be spared.
pub fn for_validation(run: &RunSettings, set: &ImageSet) -> Option<ImageSet> {
    if run.tasks.needs_classes() { classes::for_validation(set, run.seed) } else { set.for_validation(run.seed) }
}

/// A set as it was learned from, with every image of another one held out, to be adapted to: whole classes where tasks
/// are made of classes. `None` where their sizes or colours differ.
pub fn for_adaptation(run: &RunSettings, set: &ImageSet, new: &ImageSet) -> Option<ImageSet> {
    if (set.size, set.channels) != (new.size, new.channels) {
        return None;
    }
    let mut learned: Vec<LabelledImage> = match run.tasks.needs_classes() {
        true => classes::without_tests(set, run.seed)?,
        false => set.images.iter().filter(|image| !image.held_out).cloned().collect(),
    };
    // The new classes stand first, among those that the set is about; the order of the others stays.
    learned.iter_mut().for_each(|image| image.class += new.classes.len());
    let held_out = |image: &LabelledImage| LabelledImage { held_out: true, validates: false, ..image.clone() };
    Some(ImageSet {
        name: new.name.clone(),
        images: learned.into_iter().chain(new.images.iter().map(held_out)).collect(),
        classes: new.classes.iter().chain(&set.classes).cloned().collect(),
        foreground: new.classes.len() + set.foreground,
        skipped: Vec::new(),
        notes: new.notes.clone(),
        origin: Origin { divided: true, ..set.origin },
        ..*set
    })
}

/// What a run holds out of a set, in English words: images, or whole classes.
pub fn what_is_held_out(run: &RunSettings, set: &ImageSet) -> String {
    if !run.tasks.needs_classes() {
        return format!("{} held out", set.counts().held_out);
    }
    let parts = classes::class_parts(set, run.seed).unwrap_or_default();
    let classes = parts.into_iter().filter(|part| *part == Some(classes::Part::Test)).count();
    format!("{} held out", plural(classes, "class", "classes"))
}

/// The support of each inner step: all of it, or a few points of it drawn again for every step.
fn mini_batches(support: Batch<f32>, live: &LiveSettings, rng: &mut impl Rng) -> Vec<Batch<f32>> {
    if live.inner_batch == 0 || live.inner_batch >= support.rows() {
        return vec![support];
    }
    let mut draw = || {
        let rows = rand::seq::index::sample(rng, support.rows(), live.inner_batch).into_vec();
        Batch::new(support.x().select(Axis(0), &rows), support.y().select(Axis(0), &rows))
    };
    (0..live.inner_steps.max(1)).map(|_| draw()).collect()
}

/// A dense stack of the hidden layers that were set, between so many inputs and outputs.
fn dense(settings: &NetworkSettings, [inputs, outputs]: [usize; 2], loss: Loss) -> Network {
    let activation = match settings.activation {
        ActivationKind::Tanh => Activation::Tanh,
        ActivationKind::Relu => Activation::Relu,
        ActivationKind::Sine => Activation::Sine { w0: settings.w0 },
        ActivationKind::Silu => Activation::Silu,
    };
    let sizes: Vec<usize> = [inputs].into_iter().chain(settings.hidden.iter().copied()).chain([outputs]).collect();
    Network::new(&sizes, activation, loss)
}

impl Family {
    /// The family that these settings ask for.
    ///
    /// # Errors
    /// If a family of images has none, or will not do with them.
    pub fn new(run: &RunSettings, images: Option<Arc<ImageSet>>) -> Result<Self, FamilyError> {
        Ok(Self((run.tasks.card().open)(run, images)?))
    }

    /// The network that fits this family.
    pub fn network(&self, run: &RunSettings) -> Network {
        self.0.network(&run.network)
    }

    /// The random initialisation that meta-training, joint pretraining and the random baseline start from.
    pub fn initialise(&self, network: &Network, seed: u64) -> Vec<f32> {
        initialise(network, self.0.output_bias(), &mut stream(seed, Purpose::Initialisation, 0, 0))
    }

    /// Training task `index` of a meta-iteration.
    pub fn training(&self, live: &LiveSettings, seed: u64, meta_iteration: u64, index: usize) -> Episode<f32> {
        self.0.training(live, index, &mut stream(seed, Purpose::Training, meta_iteration, index as u64))
    }

    /// The same with what is drawn of it.
    pub fn shown_training(&self, live: &LiveSettings, seed: u64, meta_iteration: u64, index: usize) -> HeldOut {
        self.0.shown_training(live, index, &mut stream(seed, Purpose::Training, meta_iteration, index as u64))
    }

    /// Held-out task `index` for testing; it does not depend on the meta-iteration.
    pub fn held_out(&self, live: &LiveSettings, seed: u64, index: usize) -> HeldOut {
        self.held_out_of(Split::Test, live, seed, index)
    }

    /// Held-out task `index` of a split; it does not depend on the meta-iteration.
    pub fn held_out_of(&self, split: Split, live: &LiveSettings, seed: u64, index: usize) -> HeldOut {
        let purpose = match split {
            Split::Test => Purpose::HeldOut,
            Split::Validation => Purpose::Validation,
        };
        self.0.held_out(live, Place { split, index }, &mut stream(seed, purpose, 0, index as u64))
    }

    /// Held-out tasks that ask for every held-out image, where tasks of a few are drawn otherwise.
    pub fn every_held_out(&self, live: &LiveSettings) -> Option<Vec<HeldOut>> {
        self.0.every_held_out(live)
    }

    /// How many different held-out tasks there are.
    pub fn held_out_tasks(&self) -> usize {
        self.0.held_out_tasks()
    }

    /// How many times λ counts.
    pub fn scarcity(&self) -> f64 {
        self.0.scarcity()
    }

    /// The classes that new images are made of, where they are.
    pub fn makes_images(&self) -> Option<&ClassTasks> {
        self.0.makes_images()
    }
}
