//! What is known of a task, for drawing it; and what a network's outputs mean where they are answers.

use std::sync::Arc;

use ndarray::ArrayView2;

use super::Picture;
use super::scores::{Clustering, Confusion, chances};

/// What is known of a task, for drawing.
#[derive(Clone, Debug)]
pub enum Given {
    /// An image.
    Picture {
        /// The whole image.
        target: Arc<Picture>,
        /// The pixels that adaptation sees; the others are 0 with mask false.
        support: Arc<Picture>,
        /// True where a pixel is support; row by row.
        mask: Arc<[bool]>,
        /// For completion with hidden pixels: what interpolation makes of the support.
        interpolation: Option<Interpolation>,
    },
    /// A class of images.
    Class {
        /// Images of the class that it is judged by, side by side.
        target: Arc<Picture>,
        /// The images that adaptation sees, side by side.
        support: Arc<Picture>,
        /// How many they are.
        shots: usize,
        /// Where it comes from, if it is a class of the set.
        known: Option<KnownClass>,
    },
    /// Classes to be told apart.
    Classify {
        /// Images that it is judged by: a row for each class, as many images across.
        target: Arc<Picture>,
        /// Images that adaptation sees, in the same form.
        support: Arc<Picture>,
        /// How many it sees of each class.
        shots: usize,
        /// The classes' names.
        names: Vec<String>,
        /// The true class of each image that it is judged by.
        labels: Arc<[usize]>,
    },
    /// One image, and the question to which of a few classes it belongs.
    Query {
        /// The image.
        query: Arc<Picture>,
        /// Images that adaptation sees: a row for each class.
        support: Arc<Picture>,
        /// The classes' names.
        names: Vec<String>,
    },
    /// A pile of images to be put into clusters.
    Cluster {
        /// The images in rows, class after class.
        target: Arc<Picture>,
        /// The classes' names.
        names: Vec<String>,
        /// The true class of each image.
        labels: Arc<[usize]>,
        /// Clusters of the raw pixels.
        raw: Arc<Clustering>,
        /// Mean purity of as large clusters drawn by chance.
        chance: f32,
    },
    /// A curve over one variable.
    Curve {
        /// Positions of the support points and their noisy values.
        support: Vec<[f32; 2]>,
        /// Positions at which truth and outputs are given, ascending.
        xs: Arc<[f32]>,
        /// The true curve at `xs`.
        truth: Vec<f32>,
    },
    /// Points whose value is to be predicted (the plane family): predicted against actual.
    Scatter {
        /// Actual values; support points first.
        actual: Vec<f32>,
        /// How many of them are support.
        support: usize,
    },
}

impl Given {
    /// Whether outputs are answers.
    pub fn is_answered(&self) -> bool {
        matches!(self, Self::Classify { .. } | Self::Cluster { .. } | Self::Query { .. })
    }

    /// What the network's outputs at the query mean; `None` where they are drawn as they are.
    pub fn answer(&self, outputs: ArrayView2<'_, f32>) -> Option<Answer> {
        match self {
            Self::Classify { labels, .. } => Some(Answer::Confusion(Confusion::new(outputs, labels))),
            Self::Cluster { labels, names, raw, .. } => {
                Some(Answer::Clustering(Clustering::new(outputs, labels, names.len(), Some(raw))))
            }
            Self::Query { .. } => Some(Answer::Chances(chances(outputs.row(0)))),
            _ => None,
        }
    }
}

/// What outputs mean where they are answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Of [`Given::Classify`].
    Confusion(Confusion),
    /// Of [`Given::Cluster`].
    Clustering(Clustering),
    /// Of [`Given::Query`]: the probability of each class; 0 for all of them where an output is not finite.
    Chances(Vec<f32>),
}

impl Answer {
    /// Accuracy or purity, or the probability of the likeliest class; 0 to 1.
    pub fn score(&self) -> f32 {
        match self {
            Self::Confusion(confusion) => confusion.accuracy,
            Self::Clustering(clustering) => clustering.purity,
            Self::Chances(chances) => chances.iter().copied().fold(0.0, f32::max),
        }
    }
}

/// A class of the set and images of it, by their places in the set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownClass {
    /// The class.
    pub class: usize,
    /// The images that adaptation sees.
    pub support: Arc<[usize]>,
    /// The images that it is judged by.
    pub query: Arc<[usize]>,
}

/// Further looks at an adapted task.
#[derive(Clone, Debug)]
pub struct Gallery {
    /// A row for each sample, a column for each moment from t = 0 (noise) to 1 (class).
    pub way: Option<Arc<Picture>>,
    /// Samples above, below each the support image that is nearest to it (class).
    pub nearest: Option<Arc<Picture>>,
    /// From one to another: samples of different noises (class), or pictures of different parameters (picture).
    pub between: Arc<Picture>,
    /// What stands at either end of that.
    pub ends: [String; 2],
}

/// An image completed without learning.
#[derive(Clone, Debug)]
pub struct Interpolation {
    /// The image.
    pub picture: Arc<Picture>,
    /// Mean squared error of the unseen pixels.
    pub loss: f32,
}
