//! What is known of a task, for drawing it; and what a network's outputs mean where they are answers.

use std::sync::Arc;

use ndarray::ArrayView2;

use super::Picture;
use super::scores::{Clustering, Confusion};

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
        /// The class, by its place in the set.
        class: usize,
        /// The images that adaptation sees, by their places in the set.
        support_images: Arc<[usize]>,
        /// The images of the class that it is judged by.
        query_images: Arc<[usize]>,
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
        matches!(self, Self::Classify { .. } | Self::Cluster { .. })
    }

    /// What the network's outputs at the query mean; `None` where they are drawn as they are.
    pub fn answer(&self, outputs: ArrayView2<'_, f32>) -> Option<Answer> {
        match self {
            Self::Classify { labels, .. } => Some(Answer::Confusion(Confusion::new(outputs, labels))),
            Self::Cluster { labels, names, raw, .. } => {
                Some(Answer::Clustering(Clustering::new(outputs, labels, names.len(), Some(raw))))
            }
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
}

impl Answer {
    /// Accuracy or purity, 0 to 1.
    pub fn score(&self) -> f32 {
        match self {
            Self::Confusion(confusion) => confusion.accuracy,
            Self::Clustering(clustering) => clustering.purity,
        }
    }
}

/// An image completed without learning.
#[derive(Clone, Debug)]
pub struct Interpolation {
    /// The image.
    pub picture: Arc<Picture>,
    /// Mean squared error of the unseen pixels.
    pub loss: f32,
}
