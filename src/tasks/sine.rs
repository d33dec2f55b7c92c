//! The sine family (Finn et al. 2017): y = A sin(x + p), A ~ U[0.1, 5], p ~ U[0, π], x ~ U[−5, 5].

use ndarray::Array2;
use rand::{Rng, RngExt as _};
use rand_distr::{Distribution as _, StandardNormal};

use super::{Display, Given, HeldOut};
use crate::maths::kernels::vectorised;
use crate::maths::network::Batch;
use crate::maths::real::Real as _;
use crate::meta::episode::Episode;
use crate::settings::LiveSettings;

/// Held-out tasks are judged on this many evenly spaced points, the middles of equal parts of [−5, 5].
const QUERY_POINTS: usize = 100;

struct Sine {
    amplitude: f64,
    phase: f64,
}

impl Sine {
    fn draw(rng: &mut impl Rng) -> Self {
        Self { amplitude: rng.random_range(0.1..=5.0), phase: rng.random_range(0.0..=std::f64::consts::PI) }
    }

    fn at(&self, x: f64) -> f64 {
        self.amplitude * (x + self.phase).sin()
    }

    fn sample(&self, points: usize, noise: f64, rng: &mut impl Rng) -> Batch<f32> {
        let (mut x, mut y) = (Vec::with_capacity(points), Vec::with_capacity(points));
        for _ in 0..points {
            x.push(rng.random_range(-5.0..=5.0_f64) as f32);
            let error: f64 = StandardNormal.sample(rng);
            y.push((noise * error) as f32);
        }
        let (amplitude, phase) = (self.amplitude as f32, self.phase as f32);
        vectorised::<f32, _>(
            #[inline(always)]
            || x.iter().zip(&mut y).for_each(|(x, y)| *y += amplitude * (x + phase).sine_cosine().0),
        );
        Batch::columns(x, y)
    }

    /// All of it, at evenly spaced points.
    fn curve(&self) -> Batch<f32> {
        let xs: Vec<f64> = (0..QUERY_POINTS).map(|i| -5.0 + 10.0 * (i as f64 + 0.5) / QUERY_POINTS as f64).collect();
        let column = |f: &dyn Fn(f64) -> f64| Array2::from_shape_fn((QUERY_POINTS, 1), |(i, _)| f(xs[i]) as f32);
        Batch::new(column(&|x| x), column(&|x| self.at(x)))
    }

    fn given(&self, support: &Batch<f32>, curve: &Batch<f32>) -> Given {
        Given::Curve {
            support: support.x().iter().zip(support.y()).map(|(&x, &y)| [x, y]).collect(),
            xs: curve.x().iter().copied().collect(),
            truth: curve.y().iter().copied().collect(),
        }
    }

    fn name(&self) -> String {
        format!("A {:.2}, p {:.2}", self.amplitude, self.phase)
    }
}

pub(super) fn training(live: &LiveSettings, rng: &mut impl Rng) -> Episode<f32> {
    let sine = Sine::draw(rng);
    let support = sine.sample(live.shots, live.noise, rng);
    let query = sine.sample(live.shots.max(10), 0.0, rng);
    Episode { support: super::mini_batches(support, live, rng), query }
}

pub(super) fn held_out(live: &LiveSettings, rng: &mut impl Rng) -> HeldOut {
    let sine = Sine::draw(rng);
    let support = sine.sample(live.test_shots, live.noise, rng);
    let query = sine.curve();
    let display = query.x().to_owned();
    let given = sine.given(&support, &query);
    HeldOut {
        name: sine.name(),
        given,
        display,
        episode: Episode { support: vec![support], query },
        shows: Display::Query,
    }
}

/// A training task with what is drawn of it.
pub(super) fn shown_training(live: &LiveSettings, rng: &mut (impl Rng + Clone)) -> HeldOut {
    let sine = Sine::draw(&mut rng.clone());
    let episode = training(live, rng);
    let curve = sine.curve();
    let given = sine.given(&episode.support[0], &curve);
    HeldOut { name: sine.name(), given, display: curve.x().to_owned(), episode, shows: Display::Inputs }
}
