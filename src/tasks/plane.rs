//! The plane family: x ∈ R², y = w·x. A task draws w around the introductory text's own task,
//! w = (0.5, 2), which is held-out task 1: the mean of the family, and so no picture of adaptation
//! once φ is learned. θ is 2-D, so everything can be drawn exactly.

use ndarray::{Array1, Array2, Axis, concatenate};
use rand::Rng;
use rand_distr::{Distribution as _, StandardNormal};

use super::{Display, Given, HeldOut};
use crate::maths::network::Batch;
use crate::meta::episode::Episode;
use crate::settings::LiveSettings;

/// The introductory text's w.
pub const TEXT_WEIGHTS: [f64; 2] = [0.5, 2.0];
/// The introductory text's sample count, and our query's.
pub const TEXT_SAMPLES: usize = 100;

/// The text's example exactly: 100 standard normal points, y = 0.5 x₁ + 2 x₂ plus `noise`.
pub fn text_example(noise: f64, rng: &mut impl Rng) -> Batch<f32> {
    sample(TEXT_WEIGHTS, TEXT_SAMPLES, noise, rng)
}

pub(super) fn training(live: &LiveSettings, rng: &mut impl Rng) -> Episode<f32> {
    let weights = draw_weights(rng);
    let support = sample(weights, live.shots, live.noise, rng);
    Episode { support: super::mini_batches(support, live, rng), query: sample(weights, live.shots.max(10), 0.0, rng) }
}

pub(super) fn held_out(live: &LiveSettings, is_text: bool, rng: &mut impl Rng) -> HeldOut {
    let drawn = draw_weights(rng);
    let weights = if is_text { TEXT_WEIGHTS } else { drawn };
    let query = sample(weights, TEXT_SAMPLES, 0.0, rng);
    let support = sample(weights, live.test_shots, live.noise, rng);
    shown(weights, Episode { support: vec![support], query })
}

/// A training task with what is drawn of it.
pub(super) fn shown_training(live: &LiveSettings, rng: &mut (impl Rng + Clone)) -> HeldOut {
    shown(draw_weights(&mut rng.clone()), training(live, rng))
}

fn shown(weights: [f64; 2], episode: Episode<f32>) -> HeldOut {
    let Episode { support, query } = &episode;
    let support = &support[0];
    let display = concatenate(Axis(0), &[support.x(), query.x()]).unwrap_or_else(|_| query.x().to_owned());
    let actual = support.y().iter().chain(query.y().iter()).copied().collect();
    HeldOut {
        name: format!("w = ({:.2}, {:.2})", weights[0], weights[1]),
        given: Given::Scatter { actual, support: support.rows() },
        episode,
        display,
        shows: Display::Inputs,
    }
}

/// w ~ N((0.5, 2), I).
fn draw_weights(rng: &mut impl Rng) -> [f64; 2] {
    TEXT_WEIGHTS.map(|mean| mean + normal(rng))
}

fn sample(weights: [f64; 2], points: usize, noise: f64, rng: &mut impl Rng) -> Batch<f32> {
    let x = Array2::from_shape_simple_fn((points, 2), || normal(rng));
    let y = x.dot(&Array1::from(weights.to_vec())).mapv_into(|y| y + noise * normal(rng));
    Batch::new(x.mapv(|x| x as f32), y.mapv(|y| y as f32).insert_axis(Axis(1)))
}

fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}
