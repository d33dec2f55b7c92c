//! The sine family (Finn et al. 2017): y = A sin(x + p), A ~ U[0.1, 5], p ~ U[0, π], x ~ U[−5, 5].

use std::sync::Arc;

use ndarray::{Array2, ArrayView2};
use rand::{Rng, RngExt as _};
use rand_distr::{Distribution as _, StandardNormal};

use super::card::{Card, Feature, Judged, Needs};
use super::held_out::{Read, Reading};
use super::panel::{Given, Panel};
use super::{HeldOut, Place, Tasks};
use crate::maths::functions::Loss;
use crate::maths::kernels::vectorised;
use crate::maths::network::{Batch, Network};
use crate::maths::real::Real as _;
use crate::maths::stream::Stream;
use crate::meta::episode::Episode;
use crate::settings::{ActivationKind, Domain, LiveSettings, NetworkSettings};
use crate::text::numbers::plural;
use crate::text::{Words, tell, text};

pub(super) const SINE: Card = Card {
    id: "sine",
    name: text("Curves", "曲线"),
    about: text(
        "Each task is a sine curve with its own amplitude and phase, seen at a few points",
        "每个任务是一条正弦曲线，各有自己的振幅和相位，只看到几个点",
    ),
    asks: |settings| {
        let points = settings.live.test_shots;
        tell(
            || {
                let points = plural(points, "point", "points");
                format!("From {points} of a curve that it never saw: the whole curve, from three starts")
            },
            || format!("只看一条没见过的曲线上的 {points} 个点，从三个起点各自得出整条曲线"),
        )
    },
    domain: Domain::Curve,
    needs: Needs::Nothing,
    judged: Judged::Loss,
    features: &[Feature::Shots, Feature::Points, Feature::Noise, Feature::HiddenLayers],
    reasons: &[],
    looks: &[],
    drawing: None,
    usual_iterations: [1000, 5000],
    preset: |settings| {
        let run = &mut settings.run;
        (run.network.hidden, run.network.activation) = (vec![40, 40], ActivationKind::Relu);
        run.held_out_tasks = 600;
        // One step is trained and ten are shown: the others overshoot sooner.
        run.outer.knee = 1_000;
    },
    open: |_, _| Ok(Arc::new(Sines)),
};

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

    fn name(&self) -> String {
        format!("A {:.2}, p {:.2}", self.amplitude, self.phase)
    }
}

#[derive(Debug)]
struct Sines;

impl Tasks for Sines {
    fn network(&self, settings: &NetworkSettings) -> Network {
        super::dense(settings, [1, 1], Loss::SquaredError)
    }

    fn training(&self, live: &LiveSettings, _index: usize, rng: &mut Stream) -> Episode<f32> {
        let sine = Sine::draw(rng);
        let support = sine.sample(live.shots, live.noise, rng);
        let query = sine.sample(live.shots.max(10), 0.0, rng);
        Episode { support: super::mini_batches(support, live, rng), query }
    }

    fn shown_training(&self, live: &LiveSettings, index: usize, rng: &mut Stream) -> HeldOut {
        let sine = Sine::draw(&mut rng.clone());
        let episode = self.training(live, index, rng);
        let curve = sine.curve();
        HeldOut { display: Some(curve.x().to_owned()), ..shown(sine.name().into(), episode, &curve) }
    }

    fn held_out(&self, live: &LiveSettings, _at: Place, rng: &mut Stream) -> HeldOut {
        let sine = Sine::draw(rng);
        let support = sine.sample(live.test_shots, live.noise, rng);
        let query = sine.curve();
        let curve = query.clone();
        shown(sine.name().into(), Episode { support: vec![support], query }, &curve)
    }
}

fn shown(name: Words, episode: Episode<f32>, curve: &Batch<f32>) -> HeldOut {
    let support = &episode.support[0];
    let reading = Fit {
        support: support.x().iter().zip(support.y()).map(|(&x, &y)| [x, y]).collect(),
        xs: curve.x().iter().copied().collect(),
        truth: curve.y().iter().copied().collect(),
    };
    let given = Given {
        title: text("target", "目标"),
        about: text("The true curve and the support points that adaptation sees", "真实曲线和适应时看到的支持点"),
        caption: name.clone(),
        says: Words::both(
            format!("The true curve and {} support points", support.rows()),
            format!("真实曲线和 {} 个支持点", support.rows()),
        ),
        panel: reading.panel(None),
        reaches: Vec::new(),
    };
    HeldOut { name, given: vec![given], choices: [].into(), display: None, reading: Arc::new(reading), episode }
}

/// The true curve and what is known of it.
#[derive(Debug)]
struct Fit {
    support: Arc<[[f32; 2]]>,
    xs: Arc<[f32]>,
    truth: Arc<[f32]>,
}

impl Fit {
    fn panel(&self, fitted: Option<Vec<f32>>) -> Panel {
        let Self { support, xs, truth } = self;
        Panel::Curve { support: support.clone(), xs: xs.clone(), truth: truth.clone(), fitted }
    }
}

impl Reading for Fit {
    fn read(&self, outputs: ArrayView2<'_, f32>) -> Read {
        Read { panel: self.panel(Some(outputs.iter().copied().collect())), score: None }
    }
}
