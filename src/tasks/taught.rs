//! What new images are worth to whoever learns from them: a classifier is trained on a few real images of each class,
//! on samples of each, or on both, and asked about other real images (classification accuracy score, Ravuri and
//! Vinyals 2019; data augmentation, Antoniou et al. 2017). Nobody passes it with blurred or repeated samples: where they
//! tell less than the real images do, so do the answers.
//!
//! All three are trained alike, from the same start and with as many images in as many steps, every class as often as
//! another; of both, every other image is a sample.

use ndarray::{Array2, ArrayView2, Axis, concatenate};
use rand::RngExt as _;
use serde::{Deserialize, Serialize};

use super::judge::{Classifier, Course};
use crate::maths::stream::{Purpose, stream};

/// Width of the classifier's hidden layer, and images in each step.
const HIDDEN: usize = 32;
const ROWS: usize = 32;
/// Steps for each class that is told apart.
const STEPS: usize = 30;

/// The share of right answers about real images of a class, 0 to 1, from a classifier of all the classes in question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Taught {
    /// Trained on the support images.
    #[serde(rename = "taught_by_support")]
    pub by_support: f64,
    /// Trained on samples.
    #[serde(rename = "taught_by_samples")]
    pub by_samples: f64,
    /// Trained on both.
    #[serde(rename = "taught_by_both")]
    pub by_both: f64,
}

impl Taught {
    /// The mean over several classes; `None` of none.
    pub fn mean(each: &[Self]) -> Option<Self> {
        let mean = |of: fn(&Self) -> f64| each.iter().map(of).sum::<f64>() / each.len() as f64;
        (!each.is_empty()).then(|| Self {
            by_support: mean(|taught| taught.by_support),
            by_samples: mean(|taught| taught.by_samples),
            by_both: mean(|taught| taught.by_both),
        })
    }
}

/// What a classifier is trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Real images.
    Support,
    /// New ones.
    Samples,
    /// As many of either.
    Both,
}

/// The images of one class, as rows of pixels.
#[derive(Clone, Debug)]
pub struct Pupil {
    /// Real ones to learn from, at least one.
    pub support: Array2<f32>,
    /// New ones to learn from; none where they are not finite.
    pub samples: Array2<f32>,
    /// Real ones to be asked about.
    pub query: Array2<f32>,
}

/// For each class the share of its queries that are answered rightly by a classifier of them all (`channels` numbers a
/// pixel). Where a class has no samples, its real images stand in for them beside others, and it is not learned at all
/// from samples alone.
pub fn right_answers(classes: &[Pupil], channels: usize, by: By, seed: u64) -> Vec<f64> {
    let (mut parts, mut rows): (Vec<ArrayView2<'_, f32>>, Vec<[Vec<usize>; 2]>) = (Vec::new(), Vec::new());
    let mut count = 0;
    for class in classes {
        rows.push([&class.support, &class.samples].map(|images| {
            parts.push(images.view());
            count += images.nrows();
            (count - images.nrows()..count).collect()
        }));
    }
    let source = |class: usize, place: usize| {
        let [support, samples] = &rows[class];
        match by {
            By::Samples => samples,
            By::Both if place % 2 == 1 && !samples.is_empty() => samples,
            By::Support | By::Both => support,
        }
    };
    let learned: Vec<usize> = (0..classes.len()).filter(|&class| !source(class, 0).is_empty()).collect();
    let images = concatenate(Axis(0), &parts).unwrap_or_default();
    if learned.is_empty() || images.is_empty() {
        return vec![0.0; classes.len()];
    }
    let course = Course { hidden: HIDDEN, steps: STEPS * classes.len(), rows: ROWS };
    let rng = &mut stream(seed, Purpose::Judge, 1, 0);
    let classifier = Classifier::train(images.view(), channels, classes.len(), course, rng, |place, rng| {
        let class = learned[rng.random_range(0..learned.len())];
        let from = source(class, place);
        (from[rng.random_range(0..from.len())], class)
    });
    let asked = classes.iter().enumerate();
    asked.map(|(class, pupil)| classifier.taken_for(pupil.query.view(), class, |_| true)).collect()
}
