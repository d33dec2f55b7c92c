//! Exactness, for whoever doubts it: every algorithm's outer direction in float64 against numbers that
//! come from nothing but the value of the loss.
//!
//! Algorithms that follow the gradient of the query loss after adaptation are compared with its central
//! difference by every meta-parameter: φ, and whatever else the algorithm learns. FOMAML and Reptile
//! follow something else by design, so they are compared with their own definition; its inner loop and
//! its gradients are central differences too. iMAML differentiates where adaptation ends, so its
//! reference adapts until nothing moves. CAVIA's context starts at 0 by definition and is no
//! meta-parameter.
//!
//! A difference that crosses a kink of ReLU says nothing. Each is therefore taken with two step lengths,
//! and a task for which the two disagree is drawn again; the direction under test has no say in it.

use crate::meta::cancel::Cancel;
use rand::{Rng, RngExt as _};

use crate::columns::columns;
use crate::maths::functions::{Activation, Loss};
use crate::maths::init::initialise;
use crate::maths::network::{Batch, Network, Workspace};
use crate::maths::stream::{Purpose, stream};
use crate::maths::vector::norm;
use crate::meta::episode::Episode;
use crate::meta::recipe::Through;
use crate::meta::{Group, Learner, MetaParameters, TaskWork};
use crate::settings::{Algorithm, MethodSettings};

/// A relative error above this is a fault.
pub const TOLERANCE: f64 = 1e-6;
/// The same for iMAML, whose conjugate gradients end at a residual of 1e-6.
pub const IMPLICIT_TOLERANCE: f64 = 1e-5;
/// Tasks for each line of the report.
const TASKS: u64 = 3;
/// How often a task is drawn again because of a kink.
const DRAWS: u64 = 30;
/// Step of a difference; the error of a smooth one is of the order of its square.
const STEP: f64 = 1e-5;
const INNER_RATE: f64 = 0.05;
/// iMAML's λ here: firm enough for a positive definite system on every task.
const REGULARISATION: f64 = 10.0;
/// Steps after which its adaptation rests.
const STEPS_TO_REST: usize = 200;

/// What an algorithm's outer direction is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// ∂L(θ_K; Q)/∂(every meta-parameter), through the whole inner loop.
    QueryLoss,
    /// ∇L(θ_K; Q), the inner loop left out.
    FirstOrder,
    /// φ − θ_K.
    Displacement,
    /// dL(θ*; Q)/dφ with θ* = argmin L(θ; S) + λ/2 ‖θ − φ‖².
    Rest,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Which algorithm.
    pub algorithm: Algorithm,
    /// What its direction is compared with.
    pub reference: Reference,
    /// Name of the network's activation.
    pub activation: &'static str,
    /// K.
    pub steps: usize,
    /// Which meta-parameters.
    pub part: &'static str,
    /// The worst of a few tasks: ‖direction − reference‖ / ‖reference‖; infinite if no task was smooth.
    pub relative_error: f64,
}

impl Comparison {
    /// Whether the error is within its tolerance.
    pub fn passes(&self) -> bool {
        let tolerance = if self.reference == Reference::Rest { IMPLICIT_TOLERANCE } else { TOLERANCE };
        self.relative_error <= tolerance
    }
}

impl Reference {
    /// What an algorithm claims to follow.
    pub fn of(algorithm: Algorithm) -> Self {
        match algorithm.recipe().through {
            Through::Unrolled => Self::QueryLoss,
            Through::FirstOrder => Self::FirstOrder,
            Through::Difference => Self::Displacement,
            Through::Implicit => Self::Rest,
        }
    }

    /// As a formula.
    pub fn formula(self) -> &'static str {
        match self {
            Self::QueryLoss => "d L(theta_K; Q) / d meta-parameters",
            Self::FirstOrder => "grad L at theta_K; by definition",
            Self::Displacement => "phi - theta_K; by definition",
            Self::Rest => "d L(theta*; Q) / d phi",
        }
    }
}

/// The report as columns of text.
pub fn table(lines: &[Comparison]) -> String {
    let title = ["algorithm", "compared with", "activation", "K", "part", "relative error", "verdict"];
    let row = |line: &Comparison| {
        [
            line.algorithm.label().to_owned(),
            line.reference.formula().to_owned(),
            line.activation.to_owned(),
            line.steps.to_string(),
            line.part.to_owned(),
            format!("{:.1e}", line.relative_error),
            if line.passes() { "exact" } else { "WRONG" }.to_owned(),
        ]
    };
    columns(&[title.map(str::to_owned)].into_iter().chain(lines.iter().map(row)).collect::<Vec<_>>())
}

/// Checks every algorithm with every activation, K = 1 and 3, on random small tasks.
pub fn report() -> Vec<Comparison> {
    let dense = |kind| Network::new(&[2, 5, 4, 1], kind, Loss::SquaredError);
    let residual = Network::new(&[2, 4, 4, 1], Activation::Silu, Loss::SquaredError).with_residuals();
    let networks = [
        ("tanh", dense(Activation::Tanh)),
        ("ReLU", dense(Activation::Relu)),
        ("sine", dense(Activation::Sine { w0: 3.0 })),
        ("SiLU", residual),
    ];
    let mut lines = Vec::new();
    for algorithm in Algorithm::ALL {
        for (activation, network) in &networks {
            for steps in if Reference::of(algorithm) == Reference::Rest { vec![STEPS_TO_REST] } else { vec![1, 3] } {
                let learner = learner(network.clone(), algorithm, steps);
                lines.extend(compare(&learner, activation, steps, &tasks(&learner, steps), &by_the_learner));
            }
        }
    }
    lines
}

/// With every step's own rates, and conjugate gradients that end by their residual.
fn learner(network: Network, algorithm: Algorithm, steps: usize) -> Learner {
    let method = MethodSettings { regularisation: REGULARISATION, conjugate_steps: 100, ..MethodSettings::default() };
    Learner::with(network, algorithm, method, steps)
}

/// A task without a kink in reach, and the direction that is right on it.
struct Smooth {
    meta: MetaParameters<f64>,
    episode: Episode<f64>,
    reference: Vec<f64>,
}

/// What is under test: the outer direction of one task after so many steps.
type Direction<'a> = &'a dyn Fn(&Learner, &Smooth, usize) -> Vec<f64>;

fn by_the_learner(learner: &Learner, task: &Smooth, steps: usize) -> Vec<f64> {
    let mut group = Group::default();
    let rates = learner.rates(&task.meta, INNER_RATE);
    learner.directions(&task.meta, &rates, std::slice::from_ref(&task.episode), steps, Cancel::NEVER, &mut group);
    group.direction
}

fn tasks(learner: &Learner, steps: usize) -> Vec<Option<Smooth>> {
    (0..TASKS).map(|task| smooth(learner, steps, task)).collect()
}

fn compare(
    learner: &Learner,
    activation: &'static str,
    steps: usize,
    tasks: &[Option<Smooth>],
    direction: Direction<'_>,
) -> Vec<Comparison> {
    let directions: Vec<Option<(Vec<f64>, &[f64])>> = tasks
        .iter()
        .map(|task| task.as_ref().map(|task| (direction(learner, task, steps), task.reference.as_slice())))
        .collect();
    let start = learner.network.layout().context().end;
    let phi = learner.network.parameters();
    let all = tasks.iter().flatten().map(|task| task.meta.values.len()).max().unwrap_or(phi);
    let parts = [("phi", start..phi), ("learned rates", phi..all)];
    let error = |task: &Option<(Vec<f64>, &[f64])>, range: &std::ops::Range<usize>| match task {
        Some((direction, reference)) if direction.len() == reference.len() => {
            relative_error(&direction[range.clone()], &reference[range.clone()])
        }
        _ => f64::INFINITY,
    };
    let line = |(part, range): (&'static str, std::ops::Range<usize>)| Comparison {
        algorithm: learner.algorithm(),
        reference: Reference::of(learner.algorithm()),
        activation,
        steps,
        part,
        relative_error: directions.iter().map(|task| error(task, &range)).fold(0.0, f64::max),
    };
    parts.into_iter().filter(|(_, range)| !range.is_empty()).map(line).collect()
}

/// The first draw of a task without a kink in reach.
fn smooth(learner: &Learner, steps: usize, task: u64) -> Option<Smooth> {
    let reference = Reference::of(learner.algorithm());
    (0..DRAWS).find_map(|draw| {
        let rng = &mut stream(0, Purpose::Training, task, draw);
        let episode = Episode {
            // Fresh support at every step, as the picture family has; a place to rest needs one alone.
            support: (0..if reference == Reference::Rest { 1 } else { steps })
                .map(|_| batch(&learner.network, 5, rng))
                .collect(),
            query: batch(&learner.network, 6, rng),
        };
        let mut phi = initialise(&learner.network, 0.1, rng);
        phi[learner.network.layout().context()].fill(0.0);
        let mut meta = learner.meta_parameters(phi, INNER_RATE);
        // What starts equal, as learned rates do, must not hide one taken for another.
        let phi = learner.network.parameters();
        meta.values[phi..].iter_mut().for_each(|value| *value += rng.random_range(-0.3..0.3));
        let [fine, coarse] =
            [STEP, 2.0 * STEP].map(|step| by_differences(learner, &meta, &episode, steps, reference, step));
        // A smooth difference changes by the square of the step, a kink by much more.
        let smooth = relative_error(&coarse, &fine) <= TOLERANCE / 10.0;
        smooth.then_some(Smooth { meta, episode, reference: fine })
    })
}

/// The reference direction, from values of the loss alone.
fn by_differences(
    learner: &Learner,
    meta: &MetaParameters<f64>,
    episode: &Episode<f64>,
    steps: usize,
    reference: Reference,
    step: f64,
) -> Vec<f64> {
    let network = &learner.network;
    let mut work = Workspace::default();
    if reference == Reference::QueryLoss {
        let mut task = TaskWork::default();
        let mut moved = meta.clone();
        return central_difference(&meta.values, step, |values| {
            moved.values.copy_from_slice(values);
            learner.adapt(&moved, INNER_RATE, episode, steps, Cancel::NEVER, &mut task);
            network.loss(task.inner.adapted(), &episode.query, &mut work)
        });
    }
    if reference == Reference::Rest {
        let mut gradient = meta.phi().to_vec();
        return central_difference(&meta.values, step, |phi| {
            let mut theta = phi.to_vec();
            for _ in 0..steps {
                network.gradient(&theta, episode.support(0), &mut work, &mut gradient);
                for ((theta, gradient), phi) in theta.iter_mut().zip(&gradient).zip(phi) {
                    *theta -= INNER_RATE * (gradient + REGULARISATION * (*theta - phi));
                }
            }
            network.loss(&theta, &episode.query, &mut work)
        });
    }
    let mut theta = meta.phi().to_vec();
    for k in 0..steps {
        let gradient = central_difference(&theta, step, |theta| network.loss(theta, episode.support(k), &mut work));
        theta.iter_mut().zip(&gradient).for_each(|(theta, gradient)| *theta -= INNER_RATE * gradient);
    }
    match reference {
        Reference::Displacement => meta.phi().iter().zip(&theta).map(|(phi, theta)| phi - theta).collect(),
        _ => central_difference(&theta, step, |theta| network.loss(theta, &episode.query, &mut work)),
    }
}

/// (f(x + h e_i) − f(x − h e_i)) / 2h for every i.
fn central_difference(x: &[f64], h: f64, mut f: impl FnMut(&[f64]) -> f64) -> Vec<f64> {
    let mut moved = x.to_vec();
    let slope = |i: usize| {
        moved[i] = x[i] + h;
        let above = f(&moved);
        moved[i] = x[i] - h;
        let below = f(&moved);
        moved[i] = x[i];
        (above - below) / (2.0 * h)
    };
    (0..x.len()).map(slope).collect()
}

/// ‖ours − reference‖ / ‖reference‖; infinite if it is no number or the lengths differ.
pub fn relative_error(ours: &[f64], reference: &[f64]) -> f64 {
    if ours.len() != reference.len() {
        return f64::INFINITY;
    }
    let difference: Vec<f64> = ours.iter().zip(reference).map(|(a, b)| a - b).collect();
    let error = norm(&difference) / norm(reference).max(1e-300);
    if error.is_finite() { error } else { f64::INFINITY }
}

fn batch(network: &Network, rows: usize, rng: &mut impl Rng) -> Batch<f64> {
    let [inputs, outputs] = [network.sizes().first(), network.sizes().last()].map(|size| size.copied().unwrap_or(1));
    let mut uniform = |columns| ndarray::Array2::from_shape_simple_fn((rows, columns), || rng.random_range(-1.0..1.0));
    Batch::new(uniform(inputs), uniform(outputs))
}

#[cfg(test)]
mod tests;
