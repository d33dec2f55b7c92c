//! Exactness without reference files: central differences in float64, closed forms of the plane
//! family, and what relates the algorithms to one another.
#![allow(clippy::needless_range_loop)]

use crate::common::algorithms;
use crate::common::families;
use metascope::meta::cancel::Cancel;
use std::slice::from_ref;

use metascope::maths::functions::{Activation, Loss};
use metascope::maths::init::initialise;
use metascope::maths::network::{Batch, Network, Trace, Workspace};
use metascope::maths::stream::{Purpose, Stream, stream};
use metascope::maths::vector::norm;
use metascope::meta::episode::Episode;
use metascope::meta::outer::unrolled::step_weights;
use metascope::meta::{Group, Learner, MetaParameters, TaskWork};
use metascope::settings::{Algorithm, MethodSettings, Settings};
use metascope::tasks::{Family, plane};
use ndarray::{Array1, Array2};
use rand::RngExt as _;

mod relations;

fn rng(index: u64) -> Stream {
    stream(11, Purpose::Training, 0, index)
}

fn uniform(rows: usize, columns: usize, rng: &mut Stream) -> Array2<f64> {
    Array2::from_shape_simple_fn((rows, columns), || rng.random_range(-1.0..1.0))
}

/// A random batch; for cross-entropy its targets are class probabilities.
fn batch(network: &Network, rows: usize, rng: &mut Stream) -> Batch<f64> {
    let [inputs, outputs] = [network.sizes()[0], *network.sizes().last().unwrap()];
    let mut targets = uniform(rows, outputs, rng);
    if network.loss_kind() == Loss::CrossEntropy {
        targets.mapv_inplace(f64::exp);
        targets.outer_iter_mut().for_each(|mut row| row /= row.sum());
    }
    Batch::new(uniform(rows, inputs, rng), targets)
}

/// Networks of every activation and loss, smooth enough for differences (ReLU away from its kinks).
fn networks() -> Vec<Network> {
    let mut all = vec![Network::linear(3)];
    for loss in [Loss::SquaredError, Loss::CrossEntropy] {
        for activation in [Activation::Tanh, Activation::Relu, Activation::Sine { w0: 3.0 }, Activation::Silu] {
            all.push(Network::new(&[2, 7, 5, 3], activation, loss));
        }
    }
    all.push(Network::linear(2).with_context(2));
    all.push(Network::new(&[2, 7, 5, 3], Activation::Tanh, Loss::SquaredError).with_context(3));
    all.push(Network::new(&[2, 7, 5, 3], Activation::Sine { w0: 3.0 }, Loss::CrossEntropy).with_context(3));
    // Two residual layers on top of one another, one of another width, and none in front.
    let sizes = [2, 6, 6, 6, 5, 3];
    all.push(Network::new(&sizes, Activation::Silu, Loss::SquaredError).with_residuals());
    all.push(Network::new(&sizes, Activation::Tanh, Loss::CrossEntropy).with_residuals().with_context(2));
    all
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

fn relative_error(ours: &[f64], reference: &[f64]) -> f64 {
    let difference: Vec<f64> = ours.iter().zip(reference).map(|(a, b)| a - b).collect();
    norm(&difference) / norm(reference).max(1e-300)
}

#[test]
fn gradients_and_hessian_vector_products_are_the_derivatives_of_the_loss() {
    for (i, network) in networks().iter().enumerate() {
        let rng = &mut rng(i as u64);
        let mut theta: Vec<f64> = initialise(network, 0.1, rng);
        theta[network.layout().context()].fill_with(|| rng.random_range(-1.0..1.0));
        let data = batch(network, 9, rng);
        let mut work = Workspace::default();
        let mut gradient = vec![0.0; theta.len()];
        let loss = network.gradient(&theta, &data, &mut work, &mut gradient);
        assert_eq!(loss, network.loss(&theta, &data, &mut work));
        let difference = central_difference(&theta, 1e-5, |theta| network.loss(theta, &data, &mut work));
        assert!(relative_error(&gradient, &difference) < 1e-7, "{network:?}");

        let direction: Vec<f64> = (0..theta.len()).map(|_| rng.random_range(-1.0..1.0)).collect();
        let mut product = vec![0.0; theta.len()];
        let mut trace = Trace::default();
        assert_eq!(loss, network.traced_gradient(&theta, &data, &mut trace, &mut work, &mut product));
        assert_eq!(gradient, product);
        network.hessian_vectors(&theta, &direction, &trace, &mut work, &mut product);
        let mut along = |h: f64| {
            let moved: Vec<f64> = theta.iter().zip(&direction).map(|(t, d)| t + h * d).collect();
            let mut gradient = vec![0.0; theta.len()];
            network.gradient(&moved, &data, &mut work, &mut gradient);
            gradient
        };
        let (above, below) = (along(1e-5), along(-1e-5));
        let difference: Vec<f64> = above.iter().zip(&below).map(|(a, b)| (a - b) / 2e-5).collect();
        assert!(relative_error(&product, &difference) < 1e-6, "{network:?}");
    }
}

/// The outer direction of one task, or the sum over several, left in `group`.
fn directions(
    learner: &Learner,
    meta: &MetaParameters<f64>,
    inner_rate: f64,
    episodes: &[Episode<f64>],
    steps: usize,
    group: &mut Group<f64>,
) {
    let rates = learner.rates(meta, inner_rate);
    learner.directions(meta, &rates, episodes, steps, Cancel::NEVER, group);
}

/// A learner for three learned steps, and the meta-iteration in the middle of MAML++'s annealing.
fn annealing_learner(network: &Network, algorithm: Algorithm) -> Learner {
    let method = MethodSettings { multi_step_iterations: 10, context: 3, ..MethodSettings::default() };
    let mut learner = Learner::with(network.clone(), algorithm, method, 3);
    learner.set_meta_iteration(4);
    learner
}

/// Σ w_k L(θ_k; Q) after a plain adaptation.
fn objective(learner: &Learner, meta: &MetaParameters<f64>, episode: &Episode<f64>, steps: usize) -> f64 {
    let mut task = TaskWork::default();
    learner.adapt(meta, 0.05, episode, steps, Cancel::NEVER, &mut task);
    let annealing = if learner.algorithm() == algorithms::MAML_PLUS_PLUS { 10 } else { 0 };
    let weights: Vec<f64> = step_weights(steps, 4, annealing);
    let TaskWork { inner, work, .. } = &mut task;
    let losses = inner.thetas[1..].iter().map(|theta| learner.network.loss(theta, &episode.query, work));
    losses.zip(&weights).map(|(loss, weight)| loss * weight).sum()
}

/// The whole outer objective, differentiated numerically through the inner loop: φ, the learned rates of
/// Meta-SGD and MAML++, and the meta-model's ψ.
#[test]
fn exact_meta_gradients_are_the_derivatives_of_the_outer_objective() {
    use algorithms::{ANIL, CAVIA, MAML, MAML_PLUS_PLUS, META_MODEL, META_SGD};
    for algorithm in [MAML, META_SGD, MAML_PLUS_PLUS, ANIL, CAVIA, META_MODEL] {
        for (i, network) in networks().into_iter().enumerate() {
            for steps in [1, 3, 5] {
                let rng = &mut rng(100 + i as u64);
                // Fresh support at every step, as the picture family has.
                let support = (0..steps).map(|_| batch(&network, 6, rng)).collect();
                let episode = Episode { support, query: batch(&network, 7, rng) };
                let learner = annealing_learner(&network, algorithm);
                let phi = initialise(&learner.network, 0.0, rng);
                let learned = phi.len();
                let mut meta: MetaParameters<f64> = learner.meta_parameters(phi, 0.05);
                // Away from the start, where all rates are alike and the meta-model says nothing.
                meta.values[learned..].iter_mut().for_each(|value| *value += rng.random_range(-0.3..0.3));
                let mut task = Group::default();
                directions(&learner, &meta, 0.05, from_ref(&episode), steps, &mut task);
                let mut difference = central_difference(&meta.values, 2e-6, |values| {
                    let mut moved = meta.clone();
                    moved.values.copy_from_slice(values);
                    objective(&learner, &moved, &episode, steps)
                });
                if algorithm == CAVIA {
                    difference[learner.network.layout().context()].fill(0.0);
                }
                let error = relative_error(&task.direction, &difference);
                assert!(error < 1e-6, "{algorithm:?} K = {steps} {:?}: {error:.1e}", learner.network);
                if learned < difference.len() {
                    let error = relative_error(&task.direction[learned..], &difference[learned..]);
                    assert!(error < 1e-5, "{algorithm:?} K = {steps}, beside φ {:?}: {error:.1e}", learner.network);
                }
            }
        }
    }
}

/// The proximal descent run to its end, differentiated numerically.
#[test]
fn the_implicit_gradient_is_the_derivative_of_the_converged_adaptation() {
    let network = Network::new(&[2, 7, 5, 3], Activation::Tanh, Loss::SquaredError);
    let rng = &mut rng(300);
    let episode = Episode { support: vec![batch(&network, 6, rng)], query: batch(&network, 7, rng) };
    let method = MethodSettings { regularisation: 10.0, conjugate_steps: 60, ..MethodSettings::default() };
    let learner = Learner::with(network.clone(), algorithms::IMAML, method, 1);
    let meta: MetaParameters<f64> = learner.meta_parameters(initialise(&network, 0.0, rng), 0.05);
    let mut task = Group::default();
    directions(&learner, &meta, 0.05, from_ref(&episode), 100, &mut task);
    assert!(!task.tasks[0].outcome.indefinite);
    let (direction, adapted) = (task.direction.clone(), task.task.inner.adapted().to_vec());
    let difference = central_difference(&meta.values, 1e-3, |values| {
        let mut moved = meta.clone();
        moved.values.copy_from_slice(values);
        directions(&learner, &moved, 0.05, from_ref(&episode), 100, &mut task);
        task.tasks[0].outcome.query_after.unwrap()
    });
    let error = relative_error(&direction, &difference);
    assert!(error < 1e-5, "{error:.1e}");
    assert!(task.task.inner.thetas.len() == 101, "a descent that rests keeps its number of steps");
    directions(&learner, &meta, 0.05, from_ref(&episode), 2000, &mut task);
    let inner = &task.task.inner;
    assert!(relative_error(inner.adapted(), &adapted) < 1e-6);
    assert_eq!(inner.thetas[1999], inner.thetas[2000]);
}

/// Whether tasks that are gone through together at φ give the sum of what each gives alone.
fn check_sum(learner: &Learner, meta: &MetaParameters<f64>, episodes: &[Episode<f64>], steps: usize) {
    let (mut together, mut alone) = (Group::default(), Group::default());
    directions(learner, meta, 0.05, episodes, steps, &mut together);
    let what = format!("{:?} K = {steps} {:?}", learner.algorithm(), learner.network);
    let mut sum = vec![0.0; meta.values.len()];
    for (episode, losses) in episodes.iter().zip(&together.tasks) {
        directions(learner, meta, 0.05, from_ref(episode), steps, &mut alone);
        sum.iter_mut().zip(&alone.direction).for_each(|(sum, own)| *sum += own);
        let [ours, theirs] = [losses, &alone.tasks[0]].map(|losses| losses.outcome);
        let apart = |ours: Option<f64>, theirs: Option<f64>| (ours.unwrap() - theirs.unwrap()).abs();
        assert!(apart(ours.query_before, theirs.query_before) < 1e-12, "{what}");
        assert!(apart(ours.query_after, theirs.query_after) < 1e-12, "{what}");
        assert_eq!(losses.support.len(), alone.tasks[0].support.len(), "{what}");
    }
    if sum.iter().any(|number| *number != 0.0) {
        let error = relative_error(&together.direction, &sum);
        // Conjugate gradients end at 1e-6 of the query gradient.
        let tolerance = if learner.algorithm() == algorithms::IMAML { 1e-5 } else { 1e-12 };
        assert!(error < tolerance, "{what}: {error:.1e}");
    }
}

#[test]
fn what_is_not_measured_changes_no_bit_of_the_direction() {
    for algorithm in Algorithm::ALL {
        for (i, network) in networks().into_iter().enumerate() {
            let rng = &mut rng(700 + i as u64);
            let episodes = [5, 8].map(|rows| Episode {
                support: vec![batch(&network, rows, rng)],
                query: batch(&network, rows + 2, rng),
            });
            let mut learner = annealing_learner(&network, algorithm);
            let meta = learner.meta_parameters(initialise(&learner.network, 0.0, rng), 0.05);
            let [mut measured, mut not] = [Group::default(), Group::default()];
            directions(&learner, &meta, 0.05, &episodes, 2, &mut measured);
            learner.set_measuring(false);
            directions(&learner, &meta, 0.05, &episodes, 2, &mut not);
            assert_eq!(measured.direction, not.direction, "{algorithm:?}");
            let outcomes = |group: &Group<f64>| group.tasks.iter().map(|task| task.outcome).collect::<Vec<_>>();
            assert!(outcomes(&measured).iter().all(|task| task.query_before.is_some() && task.query_after.is_some()));
            assert!(outcomes(&not).iter().all(|task| task.query_before.is_none()));
        }
    }
}

#[test]
fn a_group_of_tasks_is_the_sum_of_its_tasks() {
    for algorithm in Algorithm::ALL {
        for (i, network) in networks().into_iter().enumerate() {
            let rng = &mut rng(500 + i as u64);
            let episodes = [5, 1, 8].map(|rows| Episode {
                support: (0..2).map(|_| batch(&network, rows, rng)).collect(),
                query: batch(&network, rows + 2, rng),
            });
            let mut learner = annealing_learner(&network, algorithm);
            let meta = learner.meta_parameters(initialise(&learner.network, 0.0, rng), 0.05);
            for steps in [0, 1, 3] {
                check_sum(&learner, &meta, &episodes, steps);
            }
            // A tolerance that ends the first task's loop, or each one's, before its first step.
            let lengths = [&episodes[0], &episodes[1], &episodes[2]].map(|episode| {
                let mut gradient = vec![0.0; learner.network.parameters()];
                learner.network.gradient(meta.phi(), episode.support(0), &mut Workspace::default(), &mut gradient);
                norm(&gradient)
            });
            for tolerance in [lengths[0] * 1.001, lengths.into_iter().fold(0.0, f64::max) * 1.001] {
                learner.set_tolerance(tolerance);
                check_sum(&learner, &meta, &episodes, 3);
            }
        }
    }
}

/// Rows repeated many times change nothing but the memory that they take: too much for a pass over all, and for
/// keeping what every step leaves behind.
#[test]
fn what_does_not_fit_into_memory_is_computed_again() {
    let network = Network::new(&[1, 40, 1], Activation::Tanh, Loss::SquaredError);
    let rng = &mut rng(600);
    let [support, query] = [batch(&network, 3, rng), batch(&network, 3, rng)];
    let repeated = |batch: &Batch<f64>| {
        let times = |values: ndarray::ArrayView2<'_, f64>| {
            Array2::from_shape_fn((3 * 10_000, 1), |(row, _)| values[[row % 3, 0]])
        };
        Batch::new(times(batch.x()), times(batch.y()))
    };
    let large = Episode { support: vec![repeated(&support)], query: repeated(&query) };
    let small = Episode { support: vec![support], query };
    for algorithm in [algorithms::MAML, algorithms::META_SGD, algorithms::FOMAML, algorithms::MAML_PLUS_PLUS] {
        let learner = annealing_learner(&network, algorithm);
        let meta = learner.meta_parameters(initialise(&network, 0.0, rng), 0.05);
        let [large, small] = [&large, &small].map(|episode| {
            let mut group = Group::default();
            directions(&learner, &meta, 0.05, from_ref(episode), 3, &mut group);
            group.direction
        });
        assert!(relative_error(&large, &small) < 1e-9, "{algorithm:?}");
    }
}

#[test]
fn the_weights_of_the_multi_step_loss_go_from_every_step_alike_to_the_last() {
    assert_eq!(step_weights::<f64>(4, 0, 100), [0.25; 4]);
    assert_eq!(step_weights::<f64>(4, 50, 100), [0.125, 0.125, 0.125, 0.625]);
    assert_eq!(step_weights::<f64>(4, 100, 100), [0.0, 0.0, 0.0, 1.0]);
    assert_eq!(step_weights::<f64>(1, 0, 100), [1.0]);
    assert_eq!(step_weights::<f64>(2, 0, 0), [0.0, 1.0]);
}

/// θ_K = w* + (I − αH)ᴷ (φ − w*) for squared error on a linear model.
#[test]
fn the_plane_s_adapted_parameters_equal_their_closed_form() {
    let settings = Settings::preset(families::PLANE, algorithms::MAML);
    let family = Family::new(&settings.run, None).unwrap();
    let learner = Learner::new(family.network(&settings.run), algorithms::MAML);
    for index in 0..20 {
        let episode = family.training(&settings.live, 3, 0, index);
        let meta = learner.meta_parameters(vec![0.3f32, -0.7], settings.live.inner_rate);
        for steps in [1, 3, 10] {
            let mut task = TaskWork::default();
            learner.adapt(&meta, settings.live.inner_rate, &episode, steps, Cancel::NEVER, &mut task);
            let x = episode.support(0).x().mapv(f64::from);
            let y = episode.support(0).y().column(0).mapv(f64::from);
            let points = x.nrows() as f64;
            let hessian = x.t().dot(&x) * (2.0 / points);
            let slope = x.t().dot(&y) * (2.0 / points);
            let mut theta = Array1::from(vec![f64::from(0.3f32), f64::from(-0.7f32)]);
            for _ in 0..steps {
                theta = &theta - &((hessian.dot(&theta) - &slope) * settings.live.inner_rate);
            }
            for (ours, exact) in task.inner.adapted().iter().zip(&theta) {
                assert!((f64::from(*ours) - exact).abs() < 1e-5, "{ours} {exact}");
            }
        }
    }
}

/// The introductory text's own run: rate 0.01 on the gradient Xᵀ(Xθ − y)/m, 5 iterations of 100
/// epochs; our loss has no ½, so the same steps have rate 0.005.
#[test]
fn the_text_s_task_is_fitted_to_its_weights() {
    let data = plane::sample(plane::TEXT_WEIGHTS, plane::TEXT_SAMPLES, 0.0, &mut rng(0));
    assert_eq!(data.rows(), 100);
    let learner = Learner::new(Network::linear(2), algorithms::MAML);
    let meta = learner.meta_parameters(vec![0.0f32; 2], 0.005);
    let episode = Episode { support: vec![data.clone()], query: data };
    let mut task = TaskWork::default();
    learner.adapt(&meta, 0.005, &episode, 5 * 100, Cancel::NEVER, &mut task);
    let fitted = task.inner.adapted();
    assert!((fitted[0] - 0.5).abs() < 0.02 && (fitted[1] - 2.0).abs() < 0.05, "{fitted:?}");
    learner.adapt(&meta, 0.1, &episode, 5 * 100, Cancel::NEVER, &mut task);
    let fitted = task.inner.adapted();
    assert!((fitted[0] - 0.5).abs() < 1e-5 && (fitted[1] - 2.0).abs() < 1e-5, "{fitted:?}");
}
