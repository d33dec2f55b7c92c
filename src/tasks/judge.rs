//! Whether new images belong to their class, differ from each other, and are no copies.
//!
//! A classifier says which class a sample belongs to. It sees real images only, of every class that the
//! set is about, the held-out ones too, and never a sample. (A kernel distance between the pixels of
//! samples and images is not used: it is lower for varied samples of a wrong class than for right ones.)

use std::cmp::Ordering;

use ndarray::{Array2, ArrayView2, Axis};
use rand::RngExt as _;
use rand_distr::{Distribution as _, StandardNormal};
use serde::{Deserialize, Serialize};

use super::taught::Taught;
use crate::maths::functions::{Activation, Loss};
use crate::maths::init::initialise;
use crate::maths::network::{Batch, Network, Workspace};
use crate::maths::optimiser::{Optimiser, Rule};
use crate::maths::stream::{Purpose, Stream, stream};

/// Width of the classifier's hidden layer.
const HIDDEN: usize = 128;
/// Steps of Adam that train it, at least so many for each class and in all; rows in each, and their rate, which falls to
/// nothing.
const STEPS: [usize; 2] = [8, 600];
const ROWS: usize = 128;
const RATE: f64 = 5e-3;
/// Noise on the pixels that it sees, so that it does not hang on a few of them.
const NOISE: f32 = 0.1;
/// It sees images at most this large; larger ones are averaged.
const SIDE: usize = 16;

/// What is said of samples, or of real images in their place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Marks {
    /// Share of them that the classifier takes for their own class, choosing among the held-out classes.
    pub recognised_held_out: f64,
    /// The same, choosing among all classes that the set is about.
    pub recognised_all: f64,
    /// Mean distance between two of them: the length of the difference of their pixels, each 0 to 1.
    pub diversity: f64,
    /// Mean distance to the nearest support image, measured alike.
    pub nearest_support: f64,
    /// What classifiers learn from them.
    #[serde(flatten)]
    pub taught: Option<Taught>,
}

impl Marks {
    /// The mean of several; `None` of none.
    pub fn mean(marks: &[Self]) -> Option<Self> {
        let mean = |of: fn(&Self) -> f64| marks.iter().map(of).sum::<f64>() / marks.len() as f64;
        (!marks.is_empty()).then(|| Self {
            recognised_held_out: mean(|marks| marks.recognised_held_out),
            recognised_all: mean(|marks| marks.recognised_all),
            diversity: mean(|marks| marks.diversity),
            nearest_support: mean(|marks| marks.nearest_support),
            taught: marks
                .iter()
                .map(|marks| marks.taught)
                .collect::<Option<Vec<_>>>()
                .and_then(|each| Taught::mean(&each)),
        })
    }
}

/// A classifier of the classes that a set is about.
#[derive(Clone, Debug)]
pub struct Judge {
    classifier: Classifier,
    /// Whether each of its classes is held out.
    held_out: Vec<bool>,
}

impl Judge {
    /// Trained on images (one row of pixels for each, at least one; `channels` numbers a pixel) and their
    /// classes; `held_out` says of every class whether it is held out.
    pub fn train(
        images: ArrayView2<'_, f32>,
        channels: usize,
        classes: &[usize],
        held_out: Vec<bool>,
        seed: u64,
    ) -> Self {
        let course = Course { hidden: HIDDEN, steps: STEPS[1].max(STEPS[0] * held_out.len()), rows: ROWS };
        let rng = &mut stream(seed, Purpose::Judge, 0, 0);
        let classifier = Classifier::train(images, channels, held_out.len(), course, rng, |_, rng| {
            let row = rng.random_range(0..classes.len());
            (row, classes[row])
        });
        Self { classifier, held_out }
    }

    /// The shares of images (rows of pixels) that are taken for this class, among the held-out classes and
    /// among all.
    pub fn recognise(&self, images: ArrayView2<'_, f32>, class: usize) -> [f64; 2] {
        [
            self.classifier.taken_for(images, class, |other| self.held_out[other]),
            self.classifier.taken_for(images, class, |_| true),
        ]
    }
}

/// How a classifier is trained.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// Width of its hidden layer.
    pub hidden: usize,
    /// Steps of Adam.
    pub steps: usize,
    /// Images in each.
    pub rows: usize,
}

/// A classifier of small images: one hidden layer on their pixels.
#[derive(Clone, Debug)]
pub struct Classifier {
    network: Network,
    theta: Vec<f32>,
    channels: usize,
}

impl Classifier {
    /// Trained on images (rows of pixels, `channels` numbers a pixel); `pick` says which row each place of a step's
    /// batch holds, and of which of the `classes` it is.
    pub fn train(
        images: ArrayView2<'_, f32>,
        channels: usize,
        classes: usize,
        course: Course,
        rng: &mut Stream,
        mut pick: impl FnMut(usize, &mut Stream) -> (usize, usize),
    ) -> Self {
        let images = reduce(images, channels);
        let network = Network::new(&[images.ncols(), course.hidden, classes], Activation::Silu, Loss::CrossEntropy);
        let mut theta: Vec<f32> = initialise(&network, 0.0, rng);
        let mut optimiser = Optimiser::new(Rule::ADAM, theta.len());
        let (mut work, mut gradient) = (Workspace::default(), vec![0.0; theta.len()]);
        for step in 0..course.steps {
            let (rows, labels): (Vec<usize>, Vec<usize>) = (0..course.rows).map(|place| pick(place, rng)).unzip();
            let noisy = images.select(Axis(0), &rows).mapv(|pixel| {
                let noise: f32 = StandardNormal.sample(rng);
                pixel + NOISE * noise
            });
            let right = |(row, class): (usize, usize)| f32::from(u8::from(labels[row] == class));
            let labels = Array2::from_shape_fn((course.rows, classes), right);
            network.gradient(&theta, &Batch::new(noisy, labels), &mut work, &mut gradient);
            optimiser.step(&mut theta, &gradient, RATE * (1.0 - step as f64 / course.steps as f64));
        }
        Self { network, theta, channels }
    }

    /// The share of images (rows of pixels) that are taken for this class rather than for one of the `others`; 0 of
    /// none.
    pub fn taken_for(&self, images: ArrayView2<'_, f32>, class: usize, others: impl Fn(usize) -> bool) -> f64 {
        let small = reduce(images, self.channels);
        let scores = self.network.output(&self.theta, small.view(), &mut Workspace::default());
        let below = |one: f32, own: f32| one.partial_cmp(&own) == Some(Ordering::Less);
        let right = scores.outer_iter().filter(|row| {
            (0..row.len()).all(|other| other == class || !others(other) || below(row[other], row[class]))
        });
        right.count() as f64 / images.nrows().max(1) as f64
    }
}

/// Images averaged over squares until they are at most [`SIDE`] wide.
fn reduce(images: ArrayView2<'_, f32>, channels: usize) -> Array2<f32> {
    let size = (images.ncols() / channels).isqrt();
    let side = size.min(SIDE);
    let span = size as f32 / side as f32;
    // The pixels that a square reaches over, and how much of each.
    let reach = |place: usize| {
        let (from, to) = (place as f32 * span, (place + 1) as f32 * span);
        (from as usize..(to.ceil() as usize).min(size)).map(move |i| (i, to.min((i + 1) as f32) - from.max(i as f32)))
    };
    Array2::from_shape_fn((images.nrows(), side * side * channels), |(image, j)| {
        let (x, y, channel) = (j / channels % side, j / channels / side, j % channels);
        let images = &images;
        let row = |y: usize| reach(x).map(move |(x, part)| part * images[[image, (y * size + x) * channels + channel]]);
        reach(y).map(|(y, part)| part * row(y).sum::<f32>()).sum::<f32>() / (span * span)
    })
}

/// The mean distance between two different rows, and from a row to the nearest of `support`.
pub fn distances(images: ArrayView2<'_, f32>, support: ArrayView2<'_, f32>) -> [f64; 2] {
    let distance = |a: ndarray::ArrayView1<'_, f32>, b: ndarray::ArrayView1<'_, f32>| {
        a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt()
    };
    let (mut between, mut pairs, mut nearest) = (0.0, 0, 0.0);
    for (i, image) in images.outer_iter().enumerate() {
        for other in images.outer_iter().skip(i + 1) {
            between += distance(image, other);
            pairs += 1;
        }
        nearest += support.outer_iter().map(|real| distance(image, real)).fold(f64::INFINITY, f64::min);
    }
    [between / f64::from(pairs.max(1)), nearest / images.nrows().max(1) as f64]
}

/// Which of `support` is nearest to each of `images`.
pub fn nearest(images: ArrayView2<'_, f32>, support: ArrayView2<'_, f32>) -> Vec<usize> {
    let square = |a: ndarray::ArrayView1<'_, f32>, b: ndarray::ArrayView1<'_, f32>| {
        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>()
    };
    let of = |image: ndarray::ArrayView1<'_, f32>| {
        let all = support.outer_iter().enumerate().map(|(i, real)| (i, square(image, real)));
        all.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(i, _)| i)
    };
    images.outer_iter().map(of).collect()
}
