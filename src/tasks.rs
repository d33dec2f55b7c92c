//! Task families: from a seed to tasks. A training task is an [`Episode`]; a held-out task also
//! says what is drawn of it. Pure: the same stream gives the same task.

/// Linear regression in two variables.
pub mod plane;

/// Sine curves.
pub mod sine;

/// One image as a function from position to colour.
pub mod picture;

/// The guess that needs no learning: unknown pixels from known ones near them.
pub mod interpolation;

/// A set's classes, divided, and their images as codes.
pub mod classes;

/// New images of a class from a few.
pub mod class;

/// To which of a few classes does an image belong?
pub mod classify;

/// Which images of a pile belong together?
pub mod cluster;

/// Tasks that a person draws.
pub mod sketch;

/// Right answers and pure clusters.
pub mod scores;

/// What is known of a task, and what outputs mean.
pub mod given;

/// Images as a few numbers.
pub mod encoding;

/// The most ways and shots.
pub mod limits;

/// Whether samples belong to their class.
pub mod judge;

/// What a classifier learns from samples.
pub mod taught;

use std::sync::Arc;

use ndarray::{Array2, Axis};
use rand::Rng;

use crate::images::ImageSet;
use crate::maths::functions::{Activation, Loss};
use crate::maths::init::initialise;
use crate::maths::network::{Batch, Network};
use crate::maths::stream::{Purpose, Stream, stream};
use crate::meta::episode::Episode;

pub use given::{Answer, Gallery, Given, Interpolation, KnownClass};

use crate::settings::{ActivationKind, LiveSettings, RunSettings, TaskFamily};

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

/// A task with what is drawn of it: as a rule a held-out one.
#[derive(Clone, Debug)]
pub struct HeldOut {
    /// A name for people.
    pub name: String,
    /// What to adapt on and be judged by.
    pub episode: Episode<f32>,
    /// What is drawn of it.
    pub given: Given,
    /// What is drawn comes from this; `shows` says how.
    pub display: Array2<f32>,
    /// How `display` becomes what is drawn.
    pub shows: Display,
}

/// What a held-out task's `display` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// Exactly the query's inputs; their outputs are drawn.
    Query,
    /// Inputs; their outputs are drawn.
    Inputs,
    /// Noise; where the flow carries it is drawn ([`class::sample`]).
    Flow(class::Flow),
}

/// Which of the tasks that are never trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// For the film-strip and the final statistics.
    Test,
    /// For choosing between settings. A picture family draws them from the same held-out images: give it a
    /// set whose test images were taken out, [`for_validation`].
    Validation,
}

/// A family of tasks.
#[derive(Clone, Debug)]
pub enum Family {
    /// Linear regression in two variables.
    Plane,
    /// Sine curves.
    Sine,
    /// Images, whole or to be completed.
    Picture(picture::PictureTasks),
    /// Classes of images.
    Class(class::ClassTasks),
    /// Classes to be told apart.
    Classify(classify::ClassifyTasks),
    /// Piles of images.
    Cluster(cluster::ClusterTasks),
}

/// Why a family cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FamilyError {
    /// A family of images without images.
    #[error("these tasks need an image set: choose a built-in one or open a folder")]
    NoImages,
    /// Too few images to train on some and hold others out.
    #[error("“{name}” has {training} images to train on and {held_out} held out: at least one of each is needed")]
    TooFewImages {
        /// The set.
        name: String,
        /// Images to train on.
        training: usize,
        /// Images held out.
        held_out: usize,
    },
    /// Too few classes to train on some and hold others out.
    #[error("“{name}” has {classes} {} with two images or more, and class tasks need at least two: choose a set with a folder for each class", if *classes == 1 { "class" } else { "classes" })]
    TooFewClasses {
        /// The set.
        name: String,
        /// Classes with two images or more.
        classes: usize,
    },
    /// Too few classes to tell any apart.
    #[error(
        "“{name}” has too few classes with two images or more: at least two to train on and two more to test on are needed; choose a set with a folder for each class"
    )]
    TooFewWays {
        /// The set.
        name: String,
    },
    /// Nothing tells the images apart.
    #[error("the training images of “{name}” are all alike: there is nothing to learn from them; choose other images")]
    AllAlike {
        /// The set.
        name: String,
    },
}

/// A set without what it holds out for testing, and with some of the rest held out in its place: whole
/// classes where tasks are made of classes, else images. `None` where nothing can be spared.
pub fn for_validation(run: &RunSettings, set: &ImageSet) -> Option<ImageSet> {
    if run.tasks.needs_classes() { classes::for_validation(set, run.seed) } else { set.for_validation(run.seed) }
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

impl Family {
    /// The family that these settings ask for.
    ///
    /// # Errors
    /// If a family of images lacks them.
    pub fn new(run: &RunSettings, images: Option<Arc<ImageSet>>) -> Result<Self, FamilyError> {
        match run.tasks {
            TaskFamily::Plane => Ok(Self::Plane),
            TaskFamily::Sine => Ok(Self::Sine),
            TaskFamily::Picture => {
                let images = images.ok_or(FamilyError::NoImages)?;
                Ok(Self::Picture(picture::PictureTasks::new(images, &run.network, run.seed)?))
            }
            TaskFamily::Completion => {
                let images = images.ok_or(FamilyError::NoImages)?;
                Ok(Self::Picture(picture::PictureTasks::new(images, &run.network, run.seed)?.for_completion()))
            }
            TaskFamily::Class => {
                Ok(Self::Class(class::ClassTasks::new(images.ok_or(FamilyError::NoImages)?, run.seed)?))
            }
            TaskFamily::Classify => {
                let images = images.ok_or(FamilyError::NoImages)?;
                Ok(Self::Classify(classify::ClassifyTasks::new(images, run.seed, run.ways)?))
            }
            TaskFamily::Cluster => {
                let images = images.ok_or(FamilyError::NoImages)?;
                Ok(Self::Cluster(cluster::ClusterTasks::new(images, run.seed, run.ways)?))
            }
        }
    }

    /// The network that fits this family.
    pub fn network(&self, run: &RunSettings) -> Network {
        let settings = &run.network;
        let activation = match settings.activation {
            ActivationKind::Tanh => Activation::Tanh,
            ActivationKind::Relu => Activation::Relu,
            ActivationKind::Sine => Activation::Sine { w0: settings.w0 },
            ActivationKind::Silu => Activation::Silu,
        };
        let (inputs, outputs) = match self {
            Self::Plane => return Network::linear(2),
            Self::Sine => (1, 1),
            Self::Picture(pictures) => (pictures.inputs(), pictures.channels()),
            Self::Class(classes) => (classes.inputs(), classes.outputs()),
            Self::Classify(classes) => (classes.inputs(), classes.ways()),
            Self::Cluster(piles) => (piles.inputs(), piles.outputs()),
        };
        let loss = match self {
            Self::Classify(_) | Self::Cluster(_) => Loss::CrossEntropy,
            _ => Loss::SquaredError,
        };
        let sizes: Vec<usize> = [inputs].into_iter().chain(settings.hidden.iter().copied()).chain([outputs]).collect();
        let network = Network::new(&sizes, activation, loss);
        if matches!(self, Self::Class(_)) { network.with_residuals() } else { network }
    }

    /// The random initialisation that meta-training, joint pretraining and the random baseline start from.
    pub fn initialise(&self, network: &Network, seed: u64) -> Vec<f32> {
        // Colours lie in 0..1, so a picture's network starts in their middle.
        let output_bias = if matches!(self, Self::Picture(_)) { 0.5 } else { 0.0 };
        initialise(network, output_bias, &mut stream(seed, Purpose::Initialisation, 0, 0))
    }

    /// Training task `index` of a meta-iteration.
    pub fn training(&self, live: &LiveSettings, seed: u64, meta_iteration: u64, index: usize) -> Episode<f32> {
        let rng: &mut Stream = &mut stream(seed, Purpose::Training, meta_iteration, index as u64);
        match self {
            Self::Plane => plane::training(live, rng),
            Self::Sine => sine::training(live, rng),
            Self::Picture(pictures) => pictures.training(live, index, rng),
            Self::Class(classes) => classes.training(live, index, rng),
            Self::Classify(classes) => classes.training(live, rng),
            Self::Cluster(piles) => piles.training(live, rng),
        }
    }

    /// The same with what is drawn of it.
    pub fn shown_training(&self, live: &LiveSettings, seed: u64, meta_iteration: u64, index: usize) -> HeldOut {
        let rng: &mut Stream = &mut stream(seed, Purpose::Training, meta_iteration, index as u64);
        match self {
            Self::Plane => plane::shown_training(live, rng),
            Self::Sine => sine::shown_training(live, rng),
            Self::Picture(pictures) => pictures.shown_training(live, index, rng),
            Self::Class(classes) => classes.shown_training(live, index, rng),
            Self::Classify(classes) => classes.shown_training(live, rng),
            Self::Cluster(piles) => piles.shown_training(live, rng),
        }
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
        let rng: &mut Stream = &mut stream(seed, purpose, 0, index as u64);
        match self {
            Self::Plane => plane::held_out(live, split == Split::Test && index == 1, rng),
            Self::Sine => sine::held_out(live, rng),
            Self::Picture(pictures) => pictures.held_out(live, index, rng),
            Self::Class(classes) => classes.held_out(live, index, rng),
            Self::Classify(classes) => classes.held_out(live, rng),
            Self::Cluster(piles) => piles.held_out(live, rng),
        }
    }

    /// How many different held-out tasks there are.
    pub fn held_out_tasks(&self) -> usize {
        match self {
            Self::Plane | Self::Sine | Self::Classify(_) | Self::Cluster(_) => usize::MAX,
            Self::Picture(pictures) => pictures.held_out_images(),
            Self::Class(classes) => classes.held_out_classes(),
        }
    }
}
