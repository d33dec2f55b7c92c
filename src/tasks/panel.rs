//! What is drawn of a task in one cell: pure data. A new kind of drawing is a variant here, and a drawer in the window
//! and in samples.png.

use std::sync::Arc;

use super::Picture;
use super::scores::{Clustering, Confusion};
use crate::text::{Text, Words};

/// The content of a cell.
#[derive(Clone, Debug)]
pub enum Panel {
    /// An image, or several side by side as one.
    Picture {
        /// Its pixels.
        picture: Arc<Picture>,
        /// True where a pixel is seen, row by row; `None` where all are.
        seen: Option<Arc<[bool]>>,
    },
    /// A curve over one variable.
    Curve {
        /// Positions of the support points and their noisy values.
        support: Arc<[[f32; 2]]>,
        /// Positions of `truth` and `fitted`, ascending.
        xs: Arc<[f32]>,
        /// The true curve.
        truth: Arc<[f32]>,
        /// What the network makes of it; not finite where it overflowed.
        fitted: Option<Vec<f32>>,
    },
    /// Predicted against actual values.
    Scatter {
        /// Actual values; support points first.
        actual: Arc<[f32]>,
        /// How many of them are support.
        support: usize,
        /// Predicted values in the same order; `None` for the actual ones.
        predicted: Option<Vec<f32>>,
    },
    /// What the images of each class were taken for.
    Matrix(Arc<Confusion>),
    /// Images as points, and the clusters that they were put into.
    Points {
        /// Where they lie.
        clustering: Arc<Clustering>,
        /// The true class of each.
        labels: Arc<[usize]>,
    },
    /// How likely each of a few classes is.
    Bars {
        /// The probability of each; 0 for all of them where an output is not finite.
        chances: Vec<f32>,
        /// Their names.
        names: Arc<[Words]>,
    },
}

impl Panel {
    /// A picture that is seen whole.
    pub fn of(picture: Picture) -> Self {
        Self::Picture { picture: Arc::new(picture), seen: None }
    }

    /// The picture, if it is one.
    pub fn picture(&self) -> Option<&Arc<Picture>> {
        match self {
            Self::Picture { picture, .. } => Some(picture),
            Self::Curve { .. } | Self::Scatter { .. } | Self::Matrix(_) | Self::Points { .. } | Self::Bars { .. } => {
                None
            }
        }
    }
}

/// What is known of a task: a column before those of the inner steps.
#[derive(Clone, Debug)]
pub struct Given {
    /// The column's name.
    pub title: Text,
    /// What the column is, for every task of its family.
    pub about: Text,
    /// What stands below the panel.
    pub caption: Words,
    /// What it shows of this task.
    pub says: Words,
    /// What is drawn.
    pub panel: Panel,
    /// What is reached without learning, by its names in summary.json: dB where losses are told in dB, else shares.
    pub reaches: Vec<(&'static str, f32)>,
}

/// A further look at adapted tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its name.
    pub title: Text,
    /// What it shows.
    pub about: Text,
}

/// A further look at one task: several pictures as one.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What is looked at.
    pub look: Look,
    /// The pictures.
    pub picture: Arc<Picture>,
    /// What stands below their left and right end.
    pub ends: [Words; 2],
}
