//! The classify family: N classes with a few images of each; which of them does another image belong to?
//! The network sees an image's code and gives a score for each class; the loss is softmax cross-entropy.
//! Which output stands for which class is drawn anew for every task, so nothing but adaptation can tell.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2};
use rand::Rng;
use rand::seq::SliceRandom as _;
use rand_distr::{Distribution as _, StandardNormal};

use super::card::{Card, Drawing, Feature, Judged, Needs, Pages, Score};
use super::classes::{Class, Classes, blank, sheet};
use super::held_out::{Answer, Choice, Read, Reading};
use super::panel::{Given, Panel};
use super::scores::{Confusion, chances};
use super::sketch::Sketch;
use super::{FamilyError, HeldOut, Picture, Place, Tasks, mini_batches};
use crate::images::ImageSet;
use crate::maths::functions::Loss;
use crate::maths::network::{Batch, Network};
use crate::maths::stream::{Purpose, Stream, stream};
use crate::meta::episode::Episode;
use crate::settings::{ActivationKind, Domain, ImageSource, LiveSettings, NetworkSettings, OuterOptimiser};
use crate::text::numbers::plural;
use crate::text::{Text, Words, tell, text};

pub(super) const CLASSIFY: Card = Card {
    id: "classify",
    name: text("Tell apart", "分辨"),
    about: text(
        "Each task is a few classes of images; the network has to tell them apart",
        "每个任务是几类图像；网络要把它们分辨开",
    ),
    asks: |settings| {
        let (shots, ways) = (settings.live.test_shots, settings.run.ways);
        tell(
            || {
                let images = plural(shots, "picture", "pictures");
                format!(
                    "From {images} of each of {ways} kinds that it never saw: of which kind another one is, from three starts"
                )
            },
            || format!("只看没见过的 {ways} 类各 {shots} 张图像，从三个起点各自判断另一张属于哪一类"),
        )
    },
    domain: Domain::Labels,
    needs: Needs::Classes,
    judged: Judged::Score(ACCURACY),
    features: &[Feature::Shots, Feature::Points, Feature::Noise, Feature::HiddenLayers, Feature::Ways],
    reasons: &[],
    looks: &[],
    drawing: Some(Drawing {
        pages: Pages::Question,
        masks: false,
        coarser: |_| 1,
        hint: text(
            "Draw an image: the bars show which class the adapted network takes it for",
            "画一张图像：条形显示适应后的网络把它认作哪一类",
        ),
    }),
    usual_iterations: [50, 150],
    preset: |settings| {
        let (live, run) = (&mut settings.live, &mut settings.run);
        run.images = ImageSource::Characters;
        (live.inner_rate, live.inner_steps, live.meta_batch) = (0.4, 3, 8);
        (live.shots, live.test_shots) = (1, 1);
        (run.network.hidden, run.network.activation) = (vec![64, 64], ActivationKind::Silu);
        (run.evaluate_every, run.held_out_tasks) = (20, 200);
        // Few classes are soon known by heart: scores that grow without end would be sure of wrong answers.
        (run.optimiser, run.outer.weight_decay) = (OuterOptimiser::AdamW, 0.5);
    },
    open: |run, images| Ok(Arc::new(ClassifyTasks::new(images.ok_or(FamilyError::NoImages)?, run.seed, run.ways)?)),
};

const ACCURACY: Score = Score {
    id: "accuracy",
    name: text("Accuracy", "准确率"),
    about: text(
        "The share of the held-out tasks' images whose class is right after adaptation",
        "适应后，留出任务的图像中类别判断正确的比例",
    ),
};

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

    /// N, the classes of a task; as many network outputs.
    pub fn ways(&self) -> usize {
        self.ways
    }

    fn shown(&self, drawn: &[&Class], [support, query]: &[Vec<Vec<usize>>; 2], episode: Episode<f32>) -> HeldOut {
        let choices = self.choices(drawn, support);
        let name = Words::joined(&names(&choices), COMMA);
        let shots = support.iter().map(Vec::len).max().unwrap_or(0);
        let shots = Words::both(format!("{} each", plural(shots, "image", "images")), format!("每类 {shots} 张图像"));
        let given = vec![
            Given {
                title: text("target", "目标"),
                about: text(
                    "Images of classes that were never trained on: which belongs to which?",
                    "从未训练过的类别的图像：哪张属于哪一类？",
                ),
                caption: name.clone(),
                says: text(
                    "Images that adaptation does not see, a row for each class: it is judged by them",
                    "适应时看不到的图像，每类一行：用它们来评判",
                )
                .into(),
                panel: Panel::of(self.rows(query)),
                reaches: Vec::new(),
            },
            Given {
                title: text("support", "支持集"),
                about: text("The few images of each class that adaptation sees", "适应时看到的每类的几张图像"),
                caption: shots,
                says: text(
                    "What adaptation sees of each class, in the same rows",
                    "适应时看到的各类图像，行的顺序相同",
                )
                .into(),
                panel: Panel::of(self.rows(support)),
                reaches: Vec::new(),
            },
        ];
        let reading = Answers { labels: labels(query).collect(), images: query.iter().flatten().copied().collect() };
        HeldOut { name, given, choices, display: None, episode, reading: Arc::new(reading) }
    }

    fn choices(&self, drawn: &[&Class], support: &[Vec<usize>]) -> Arc<[Choice]> {
        let each = drawn.iter().zip(support).map(|((class, _), images)| Choice {
            name: self.classes.set.class_title(*class),
            image: self.classes.original(images[0]),
        });
        each.collect()
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

impl Tasks for ClassifyTasks {
    /// From a code to a score for each class.
    fn network(&self, settings: &NetworkSettings) -> Network {
        super::dense(settings, [self.classes.codes.ncols(), self.ways], Loss::CrossEntropy)
    }

    // What is told apart are pairs of classes. Those of fewer than 26 are soon known by heart: measured on 7 to 32.
    fn scarcity(&self) -> f64 {
        (26.0 / self.classes.trained_on() as f64).max(1.0).powi(2)
    }

    fn training(&self, live: &LiveSettings, _index: usize, rng: &mut Stream) -> Episode<f32> {
        let drawn = Classes::draw(&self.classes.training, self.ways, rng);
        let [support, query] = divide(&drawn, live.shots, QUERY[0], rng);
        let support = self.batch(&support, live.noise, rng);
        Episode { support: mini_batches(support, live, rng), query: self.batch(&query, 0.0, rng) }
    }

    fn shown_training(&self, live: &LiveSettings, index: usize, rng: &mut Stream) -> HeldOut {
        let own = &mut rng.clone();
        let drawn = Classes::draw(&self.classes.training, self.ways, own);
        let images = divide(&drawn, live.shots, QUERY[0], own);
        self.shown(&drawn, &images, self.training(live, index, rng))
    }

    fn held_out(&self, live: &LiveSettings, _at: Place, rng: &mut Stream) -> HeldOut {
        let drawn = Classes::draw(&self.classes.held_out, self.ways, rng);
        let images = divide(&drawn, live.test_shots, QUERY[1], rng);
        let support = self.batch(&images[0], live.noise, rng);
        let query = self.batch(&images[1], 0.0, rng);
        self.shown(&drawn, &images, Episode { support: vec![support], query })
    }

    /// Each held-out class is in one of them, with its first images as support and all others as query; the last one is
    /// filled up with classes that came before.
    fn every_held_out(&self, live: &LiveSettings) -> Option<Vec<HeldOut>> {
        let classes: Vec<&Class> = self.classes.held_out.iter().collect();
        let last = classes.len().checked_sub(self.ways)?;
        let firsts = (0..classes.len()).step_by(self.ways).map(|first| first.min(last));
        let task = |first: usize| {
            let drawn = &classes[first..first + self.ways];
            let images = [true, false].map(|support| {
                let part = |(_, images): &&Class| {
                    let (seen, asked) = images.split_at(live.test_shots.clamp(1, images.len() - 1));
                    if support { seen.to_vec() } else { asked.to_vec() }
                };
                drawn.iter().map(part).collect::<Vec<_>>()
            });
            // Without noise nothing is drawn from it.
            let unused = &mut stream(0, Purpose::HeldOut, 0, 0);
            let [support, query] = images.each_ref().map(|images| self.batch(images, 0.0, unused));
            self.shown(drawn, &images, Episode { support: vec![support], query })
        };
        Some(firsts.map(task).collect())
    }

    /// One image, and the classes of a held-out task, some of them drawn anew.
    fn sketched(&self, sketch: &Sketch, live: &LiveSettings, seed: u64) -> Option<HeldOut> {
        let query = &sketch.page(0)?.picture;
        let redrawn: Vec<Option<&Picture>> =
            sketch.pages.iter().skip(1).map(|page| page.as_ref().map(|page| &page.picture)).collect();
        let size = self.classes.set.size;
        let fits = redrawn.len() <= self.ways && Picture::fit(redrawn.iter().copied().flatten().chain([query]), size);
        fits.then_some(())?;
        let of_task = &mut stream(seed, Purpose::HeldOut, 0, sketch.task as u64);
        let drawn = Classes::draw(&self.classes.held_out, self.ways, of_task);
        let [support, _] = divide(&drawn, live.test_shots, QUERY[1], of_task);
        let mut classes: Vec<Vec<Picture>> = support.iter().map(|images| self.classes.originals(images)).collect();
        for (class, picture) in redrawn.iter().enumerate() {
            if let Some(picture) = picture {
                classes[class] = vec![Picture::clone(picture)];
            }
        }
        let encode = |pictures: &mut dyn Iterator<Item = &Picture>| {
            let bytes: Vec<Vec<u8>> = pictures.map(|picture| picture.channels(self.classes.set.channels)).collect();
            self.classes.encoding.encode(bytes.iter().map(Vec::as_slice))
        };
        let codes = encode(&mut classes.iter().flatten());
        let labels: Vec<usize> = labels(&classes).collect();
        let support_batch = self.labelled(codes, &labels, live.noise, of_task);
        // Nobody knows the right answer: an even guess stands in its place.
        let even = Array2::from_elem((1, self.ways), 1.0 / self.ways as f32);
        let query_batch = Batch::new(encode(&mut [query].into_iter()), even);
        let choices = self.choices(&drawn, &support);
        let names = names(&choices);
        let listed = Words::joined(&names, COMMA);
        let given = vec![
            Given {
                title: text("your image", "你的图像"),
                about: text("Which of the classes is it?", "它属于哪一类？"),
                caption: text("your image", "你的图像").into(),
                says: text("Your image: which of the classes is it?", "你的图像：它属于哪一类？").into(),
                panel: Panel::of(enlarged(query, self.ways)),
                reaches: Vec::new(),
            },
            Given {
                title: text("classes", "类别"),
                about: text(
                    "A row for each class: what adaptation sees of it; the bars lie in the same rows",
                    "每类一行：适应时看到的图像；条形在同样的行里",
                ),
                caption: Words::joined(&names, text(" ", " ")),
                says: Words::told(|| {
                    tell(
                        || format!("What adaptation sees, a row for each class: {listed}"),
                        || format!("适应时看到的图像，每类一行：{listed}"),
                    )
                }),
                panel: Panel::of(self.square(&classes)),
                reaches: Vec::new(),
            },
        ];
        Some(HeldOut {
            name: text("your image", "你的图像").into(),
            given,
            choices,
            display: None,
            episode: Episode { support: vec![support_batch], query: query_batch },
            reading: Arc::new(Likely { names: names.into() }),
        })
    }
}

/// Scores of images whose classes are known.
#[derive(Debug)]
struct Answers {
    labels: Vec<usize>,
    /// Their places in the set.
    images: Vec<usize>,
}

impl Reading for Answers {
    fn read(&self, outputs: ArrayView2<'_, f32>) -> Read {
        let confusion = Confusion::new(outputs, &self.labels);
        Read { score: Some(confusion.accuracy), panel: Panel::Matrix(Arc::new(confusion)) }
    }

    fn answers(&self, outputs: ArrayView2<'_, f32>) -> Vec<Answer> {
        let rows = outputs.outer_iter().zip(&self.labels).zip(&self.images);
        let answer = |((row, &class), &image): ((_, &usize), &usize)| {
            let likeliest = chances(row).into_iter().enumerate().max_by(|one, other| one.1.total_cmp(&other.1));
            likeliest.map(|(answer, chance)| Answer { image, class, answer, chance })
        };
        rows.filter_map(answer).collect()
    }

    fn score(&self) -> Option<Text> {
        Some(ACCURACY.name)
    }
}

/// Scores of one image whose class nobody knows.
#[derive(Debug)]
struct Likely {
    names: Arc<[Words]>,
}

impl Reading for Likely {
    fn read(&self, outputs: ArrayView2<'_, f32>) -> Read {
        let chances = chances(outputs.row(0));
        let likeliest = chances.iter().copied().fold(0.0, f32::max);
        Read { panel: Panel::Bars { chances, names: self.names.clone() }, score: Some(likeliest) }
    }

    fn score(&self) -> Option<Text> {
        Some(text("Likeliest class", "最可能的类别"))
    }
}

/// What stands between names.
const COMMA: Text = text(", ", "、");

fn names(choices: &[Choice]) -> Vec<Words> {
    choices.iter().map(|choice| choice.name.clone()).collect()
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
