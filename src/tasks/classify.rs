//! The classify family: N classes with a few images of each; which of them does another image belong to?
//! The network sees an image's code and gives a score for each class; the loss is softmax cross-entropy.
//! Which output stands for which class is drawn anew for every task, so nothing but adaptation can tell.

use std::sync::Arc;

use ndarray::Array2;
use rand::Rng;
use rand::seq::SliceRandom as _;
use rand_distr::{Distribution as _, StandardNormal};

use super::classes::{Class, Classes, blank, sheet};
use super::{Display, FamilyError, Given, HeldOut, Picture, mini_batches};
use crate::images::ImageSet;
use crate::maths::network::Batch;
use crate::meta::episode::Episode;
use crate::settings::LiveSettings;

/// Query images of each class in training tasks, and in held-out ones.
const QUERY: [usize; 2] = [10, 15];

/// The classes of a set as tasks.
#[derive(Clone, Debug)]
pub struct ClassifyTasks {
    classes: Arc<Classes>,
    ways: usize,
}

impl ClassifyTasks {
    /// Tasks of `ways` classes, or as many as the set can give.
    ///
    /// # Errors
    /// If it cannot give two.
    pub fn new(set: Arc<ImageSet>, seed: u64, ways: usize) -> Result<Self, FamilyError> {
        let (classes, ways) = Classes::for_ways(set, seed, ways)?;
        Ok(Self { classes, ways })
    }

    /// Network inputs: a code.
    pub fn inputs(&self) -> usize {
        self.classes.codes.ncols()
    }

    /// N, the classes of a task; as many network outputs.
    pub fn ways(&self) -> usize {
        self.ways
    }

    pub(super) fn training(&self, live: &LiveSettings, rng: &mut impl Rng) -> Episode<f32> {
        let drawn = Classes::draw(&self.classes.training, self.ways, rng);
        let [support, query] = divide(&drawn, live.shots, QUERY[0], rng);
        let support = self.batch(&support, live.noise, rng);
        Episode { support: mini_batches(support, live, rng), query: self.batch(&query, 0.0, rng) }
    }

    pub(super) fn held_out(&self, live: &LiveSettings, rng: &mut impl Rng) -> HeldOut {
        let drawn = Classes::draw(&self.classes.held_out, self.ways, rng);
        let images = divide(&drawn, live.test_shots, QUERY[1], rng);
        let support = self.batch(&images[0], live.noise, rng);
        let query = self.batch(&images[1], 0.0, rng);
        self.shown(&drawn, &images, Episode { support: vec![support], query })
    }

    /// A training task with what is drawn of it.
    pub(super) fn shown_training(&self, live: &LiveSettings, rng: &mut (impl Rng + Clone)) -> HeldOut {
        let own = &mut rng.clone();
        let drawn = Classes::draw(&self.classes.training, self.ways, own);
        let images = divide(&drawn, live.shots, QUERY[0], own);
        self.shown(&drawn, &images, self.training(live, rng))
    }

    fn shown(&self, drawn: &[&Class], [support, query]: &[Vec<Vec<usize>>; 2], episode: Episode<f32>) -> HeldOut {
        let names: Vec<&str> = drawn.iter().map(|(class, _)| self.classes.set.classes[*class].as_str()).collect();
        HeldOut {
            name: names.join(", "),
            given: Given::Classify {
                target: Arc::new(self.rows(query)),
                support: Arc::new(self.rows(support)),
                shots: support.iter().map(Vec::len).max().unwrap_or(0),
                names: names.iter().map(|&name| name.to_owned()).collect(),
                labels: labels(query).collect(),
            },
            display: episode.query.x().to_owned(),
            episode,
            shows: Display::Query,
        }
    }

    /// One image that a person drew, and the classes of a held-out task, some of them drawn anew. `rng` is
    /// the stream of that task.
    pub(super) fn sketched(
        &self,
        query: &Picture,
        redrawn: &[Option<Picture>],
        live: &LiveSettings,
        rng: &mut impl Rng,
    ) -> Option<HeldOut> {
        let size = self.classes.set.size;
        let fits = redrawn.len() <= self.ways && Picture::fit(redrawn.iter().flatten().chain([query]), size);
        fits.then_some(())?;
        let drawn = Classes::draw(&self.classes.held_out, self.ways, rng);
        let [support, _] = divide(&drawn, live.test_shots, QUERY[1], rng);
        let mut classes: Vec<Vec<Picture>> = support.iter().map(|images| self.classes.originals(images)).collect();
        for (class, picture) in redrawn.iter().enumerate() {
            if let Some(picture) = picture {
                classes[class] = vec![picture.clone()];
            }
        }
        let encode = |pictures: &mut dyn Iterator<Item = &Picture>| {
            let bytes: Vec<Vec<u8>> = pictures.map(|picture| picture.channels(self.classes.set.channels)).collect();
            self.classes.encoding.encode(bytes.iter().map(Vec::as_slice))
        };
        let codes = encode(&mut classes.iter().flatten());
        let labels: Vec<usize> = labels(&classes).collect();
        let support = self.labelled(codes, &labels, live.noise, rng);
        // Nobody knows the right answer: the query's loss is that of an even guess.
        let even = Array2::from_elem((1, self.ways), 1.0 / self.ways as f32);
        let query_batch = Batch::new(encode(&mut [query].into_iter()), even);
        let names = drawn.iter().map(|(class, _)| self.classes.set.classes[*class].clone());
        Some(HeldOut {
            name: "your image".to_owned(),
            given: Given::Query {
                query: Arc::new(enlarged(query, self.ways)),
                support: Arc::new(self.square(&classes)),
                names: names.collect(),
            },
            display: query_batch.x().to_owned(),
            episode: Episode { support: vec![support], query: query_batch },
            shows: Display::Query,
        })
    }

    /// Codes, with normal noise of this standard deviation, and one-hot labels.
    fn batch(&self, images: &[Vec<usize>], noise: f64, rng: &mut impl Rng) -> Batch<f32> {
        let all: Vec<usize> = images.iter().flatten().copied().collect();
        let labels: Vec<usize> = labels(images).collect();
        self.labelled(self.classes.codes_of(&all), &labels, noise, rng)
    }

    fn labelled(&self, mut codes: Array2<f32>, labels: &[usize], noise: f64, rng: &mut impl Rng) -> Batch<f32> {
        if noise > 0.0 {
            codes.mapv_inplace(|code| {
                let error: f64 = StandardNormal.sample(rng);
                code + (noise * error) as f32
            });
        }
        let right = |(row, class): (usize, usize)| f32::from(u8::from(labels[row] == class));
        Batch::new(codes, Array2::from_shape_fn((labels.len(), self.ways), right))
    }

    fn rows(&self, images: &[Vec<usize>]) -> Picture {
        let shown: Vec<_> = images.iter().map(|of_class| self.classes.originals(first(of_class, self.ways))).collect();
        self.square(&shown)
    }

    /// A square of images: the first few of each class in a row.
    fn square(&self, images: &[Vec<Picture>]) -> Picture {
        let size = self.classes.set.size;
        let blank = blank(size);
        let cell = |class: usize, i: usize| images[class].get(i).unwrap_or(&blank).clone();
        let cells: Vec<_> = (0..self.ways * self.ways).map(|i| cell(i / self.ways, i % self.ways)).collect();
        sheet(&cells, self.ways, size)
    }
}

/// `shots` of each class's images, and at most `query` of its others; at least one of each.
fn divide(classes: &[&Class], shots: usize, query: usize, rng: &mut impl Rng) -> [Vec<Vec<usize>>; 2] {
    let (mut support, mut others) = (Vec::new(), Vec::new());
    for (_, images) in classes {
        let mut order = images.clone();
        order.shuffle(rng);
        let mut rest = order.split_off(shots.clamp(1, images.len() - 1));
        rest.truncate(query);
        support.push(order);
        others.push(rest);
    }
    [support, others]
}

/// A picture as large as a square of so many a side, as [`sheet`] makes them.
fn enlarged(picture: &Picture, times: usize) -> Picture {
    let (size, side) = (picture.width, times * (picture.width + 1) - 1);
    let margin = (times - 1) / 2;
    let pixel = |i: usize| {
        let [x, y] = [i % side, i / side].map(|place| (place.saturating_sub(margin) / times).min(size - 1));
        let at = 3 * (y * size + x);
        [0, 1, 2].map(|c| picture.rgb[at + c])
    };
    Picture { width: side, height: side, rgb: (0..side * side).flat_map(pixel).collect() }
}

fn first<T>(of: &[T], count: usize) -> &[T] {
    &of[..count.min(of.len())]
}

/// The class of each image, row after row.
fn labels<T>(images: &[Vec<T>]) -> impl Iterator<Item = usize> {
    images.iter().enumerate().flat_map(|(class, images)| std::iter::repeat_n(class, images.len()))
}
