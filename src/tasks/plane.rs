//! The plane family: x ∈ R², y = w·x. A task draws w around the introductory text's own task,
//! w = (0.5, 2), which is held-out task 1: the mean of the family, and so no picture of adaptation
//! once φ is learned. θ is 2-D, so everything can be drawn exactly.

use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};
use rand::Rng;
use rand_distr::{Distribution as _, StandardNormal};

use super::card::{Card, Feature, Judged, Needs};
use super::held_out::{Read, Reading};
use super::panel::{Given, Panel};
use super::{HeldOut, Place, Split, Tasks};
use crate::maths::network::{Batch, Network};
use crate::maths::stream::Stream;
use crate::meta::episode::Episode;
use crate::settings::{Domain, LiveSettings, NetworkSettings};
use crate::text::numbers::plural;
use crate::text::{Words, tell, text};

pub(super) const PLANE: Card = Card {
    id: "plane",
    name: text("Planes", "平面"),
    about: text(
        "Each task is a plane y = w·x with its own w; with two parameters everything can be drawn exactly",
        "每个任务是一个平面 y = w·x，各有自己的 w；只有两个参数，一切都能精确画出",
    ),
    asks: |settings| {
        let points = settings.live.test_shots;
        tell(
            || {
                format!(
                    "From {} of a plane that it never saw: its slope, from three starts",
                    plural(points, "point", "points")
                )
            },
            || format!("只看一个没见过的平面上的 {points} 个点，从三个起点各自得出它的斜率"),
        )
    },
    domain: Domain::Linear,
    needs: Needs::Nothing,
    judged: Judged::Loss,
    features: &[Feature::Shots, Feature::Points, Feature::Noise],
    reasons: &[(
        Feature::HiddenLayers,
        text("The plane family's model has no hidden layer", "平面任务族的模型没有隐藏层"),
    )],
    looks: &[],
    drawing: None,
    usual_iterations: [500, 1000],
    preset: |settings| {
        let live = &mut settings.live;
        (live.inner_rate, live.outer_rate, live.inner_steps) = (0.25, 1e-2, 3);
        (live.meta_batch, live.noise) = (8, 0.1);
        settings.run.network.hidden = Vec::new();
    },
    open: |_, _| Ok(Arc::new(Planes)),
};

/// The introductory text's w.
pub const TEXT_WEIGHTS: [f64; 2] = [0.5, 2.0];
/// The introductory text's sample count, and our query's.
pub const TEXT_SAMPLES: usize = 100;

#[derive(Debug)]
struct Planes;

impl Tasks for Planes {
    fn network(&self, _settings: &NetworkSettings) -> Network {
        Network::linear(2)
    }

    fn training(&self, live: &LiveSettings, _index: usize, rng: &mut Stream) -> Episode<f32> {
        let weights = draw_weights(rng);
        let support = sample(weights, live.shots, live.noise, rng);
        let query = sample(weights, live.shots.max(10), 0.0, rng);
        Episode { support: super::mini_batches(support, live, rng), query }
    }

    fn shown_training(&self, live: &LiveSettings, index: usize, rng: &mut Stream) -> HeldOut {
        shown(draw_weights(&mut rng.clone()), self.training(live, index, rng))
    }

    fn held_out(&self, live: &LiveSettings, at: Place, rng: &mut Stream) -> HeldOut {
        let drawn = draw_weights(rng);
        let is_text = at == Place { split: Split::Test, index: 1 };
        let weights = if is_text { TEXT_WEIGHTS } else { drawn };
        let query = sample(weights, TEXT_SAMPLES, 0.0, rng);
        let support = sample(weights, live.test_shots, live.noise, rng);
        shown(weights, Episode { support: vec![support], query })
    }
}

fn shown(weights: [f64; 2], episode: Episode<f32>) -> HeldOut {
    let name = Words::from(format!("w = ({:.2}, {:.2})", weights[0], weights[1]));
    let Episode { support, query } = &episode;
    let support = &support[0];
    let display = concatenate(Axis(0), &[support.x(), query.x()]).unwrap_or_else(|_| query.x().to_owned());
    let reading =
        Predictions { actual: support.y().iter().chain(query.y().iter()).copied().collect(), support: support.rows() };
    let given = Given {
        title: text("task", "任务"),
        about: text(
            "The held-out task; each plot beside it shows predicted against actual values",
            "留出任务；旁边每张图的两轴是预测值和真实值",
        ),
        caption: name.clone(),
        says: Words::both(
            format!(
                "{} support points and {} that it is judged by; a perfect fit lies on the diagonal",
                support.rows(),
                query.rows()
            ),
            format!("{} 个支持点和 {} 个评判点；完全拟合时都落在对角线上", support.rows(), query.rows()),
        ),
        panel: reading.panel(None),
        reaches: Vec::new(),
    };
    HeldOut {
        name,
        given: vec![given],
        choices: [].into(),
        display: Some(display),
        reading: Arc::new(reading),
        episode,
    }
}

/// Values of points, the support's first.
#[derive(Debug)]
struct Predictions {
    actual: Arc<[f32]>,
    support: usize,
}

impl Predictions {
    fn panel(&self, predicted: Option<Vec<f32>>) -> Panel {
        Panel::Scatter { actual: self.actual.clone(), support: self.support, predicted }
    }
}

impl Reading for Predictions {
    fn read(&self, outputs: ArrayView2<'_, f32>) -> Read {
        Read { panel: self.panel(Some(outputs.iter().copied().collect())), score: None }
    }
}

/// w ~ N((0.5, 2), I).
fn draw_weights(rng: &mut impl Rng) -> [f64; 2] {
    TEXT_WEIGHTS.map(|mean| mean + normal(rng))
}

/// Standard normal points, y = w·x plus `noise`.
pub fn sample(weights: [f64; 2], points: usize, noise: f64, rng: &mut impl Rng) -> Batch<f32> {
    let x = Array2::from_shape_simple_fn((points, 2), || normal(rng));
    let y = x.dot(&Array1::from(weights.to_vec())).mapv_into(|y| y + noise * normal(rng));
    Batch::new(x.mapv(|x| x as f32), y.mapv(|y| y as f32).insert_axis(Axis(1)))
}

fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}
