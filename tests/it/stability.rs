//! How long an inner step may be: λ_max against a dense eigenvalue solve, the limits against the plane's closed form,
//! and what is said of a run that went beyond them.
#![allow(clippy::needless_range_loop)]

use crate::common::algorithms;
use crate::common::families;
use crate::common::runs::train_to;
use metascope::maths::functions::{Activation, Loss};
use metascope::maths::init::initialise;
use metascope::maths::network::{Batch, Network, Trace, Workspace};
use metascope::maths::stream::{Purpose, Stream, stream};
use metascope::meta::cancel::Cancel;
use metascope::meta::episode::Episode;
use metascope::meta::stability::{PRODUCTS, largest_eigenvalue};
use metascope::meta::{Learner, TaskWork};
use metascope::settings::{Knob, MethodSettings, Settings};
use metascope::train::divergence::{first_harmful_step, limit};
use metascope::train::shown::slightly_below;
use metascope::train::snapshot::Divergence;
use metascope::train::trainer::{Step, Trainer};
use ndarray::{Array2, array};
use rand::RngExt as _;

fn rng(index: u64) -> Stream {
    stream(11, Purpose::Training, 0, index)
}

fn batch(network: &Network, rows: usize, rng: &mut Stream) -> Batch<f64> {
    let [inputs, outputs] = [network.sizes()[0], *network.sizes().last().unwrap()];
    let uniform = |columns: usize, rng: &mut Stream| {
        Array2::from_shape_simple_fn((rows, columns), || rng.random_range(-1.0..1.0f64))
    };
    let x = uniform(inputs, rng);
    let mut y = uniform(outputs, rng);
    if network.loss_kind() == Loss::CrossEntropy {
        y.mapv_inplace(f64::exp);
        y.outer_iter_mut().for_each(|mut row| row /= row.sum());
    }
    Batch::new(x, y)
}

fn single(batch: &Batch<f64>) -> Batch<f32> {
    Batch::new(batch.x().mapv(|x| x as f32), batch.y().mapv(|y| y as f32))
}

/// The Hessian, column by column.
fn hessian(network: &Network, theta: &[f64], data: &Batch<f64>) -> Vec<Vec<f64>> {
    let (mut work, mut trace) = (Workspace::default(), Trace::default());
    network.traced_gradient(theta, data, &mut trace, &mut work, &mut vec![0.0; theta.len()]);
    let column = |j: usize| {
        let unit: Vec<f64> = (0..theta.len()).map(|k| f64::from(u8::from(k == j))).collect();
        let mut column = vec![0.0; theta.len()];
        network.hessian_vectors(theta, &unit, &trace, &mut work, &mut column);
        column
    };
    (0..theta.len()).map(column).collect()
}

/// All eigenvalues of a symmetric matrix by Jacobi's rotations (Golub and Van Loan, 8.5), smallest first.
fn eigenvalues(mut a: Vec<Vec<f64>>) -> Vec<f64> {
    let n = a.len();
    for _ in 0..60 {
        let off: f64 = (0..n).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j] * a[i][j]).sum();
        if off < 1e-22 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q].abs() < 1e-300 {
                    continue;
                }
                let tau = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
                let c = 1.0 / (1.0 + t * t).sqrt();
                let s = t * c;
                for k in 0..n {
                    let (x, y) = (a[k][p], a[k][q]);
                    (a[k][p], a[k][q]) = (c * x - s * y, s * x + c * y);
                }
                for k in 0..n {
                    let (x, y) = (a[p][k], a[q][k]);
                    (a[p][k], a[q][k]) = (c * x - s * y, s * x + c * y);
                }
            }
        }
    }
    let mut values: Vec<f64> = (0..n).map(|i| a[i][i]).collect();
    values.sort_by(f64::total_cmp);
    values
}

#[test]
fn jacobi_knows_a_matrix() {
    let values = eigenvalues(vec![vec![2.0, 1.0, 0.0], vec![1.0, 2.0, 1.0], vec![0.0, 1.0, 2.0]]);
    for (ours, exact) in values.iter().zip([2.0 - 2f64.sqrt(), 2.0, 2.0 + 2f64.sqrt()]) {
        assert!((ours - exact).abs() < 1e-12, "{values:?}");
    }
}

/// In float32, with as many products as the views spend, of a network of every activation and loss: at its
/// initialisation and at larger parameters, where negative curvature is strong.
#[test]
fn the_largest_eigenvalue_is_that_of_a_dense_solve() {
    for (index, activation) in [
        Activation::Tanh,
        Activation::Relu,
        Activation::Sine { w0: 30.0 },
        Activation::Sine { w0: 3.0 },
        Activation::Silu,
    ]
    .into_iter()
    .enumerate()
    {
        for loss in [Loss::SquaredError, Loss::CrossEntropy] {
            for scale in [1.0, 2.5] {
                let network = Network::new(&[2, 9, 8, 3], activation, loss);
                let rng = &mut rng(200 + index as u64);
                let theta: Vec<f64> = initialise::<f64>(&network, 0.1, rng).iter().map(|value| scale * value).collect();
                let data = batch(&network, 24, rng);
                let matrix = hessian(&network, &theta, &data);
                for j in 0..theta.len() {
                    for k in 0..j {
                        let size = matrix[j][j].abs().max(matrix[k][k].abs()).max(1.0);
                        assert!((matrix[j][k] - matrix[k][j]).abs() < 1e-9 * size, "the Hessian is symmetric");
                    }
                }
                let values = eigenvalues(matrix);
                let (smallest, largest) = (values[0], *values.last().unwrap());
                let theta: Vec<f32> = theta.iter().map(|value| *value as f32).collect();
                let work = &mut Workspace::default();
                let found = largest_eigenvalue(&network, &theta, &single(&data), 0..theta.len(), PRODUCTS, work);
                let error = (found.value - largest).abs();
                let rounding = 1e-4 * largest.max(-smallest);
                assert!(found.value < largest + rounding, "{activation:?} {loss:?}: {found:?} {largest}");
                let nearest = values.iter().map(|value| (value - found.value).abs()).fold(f64::INFINITY, f64::min);
                assert!(nearest < found.residual + rounding, "{activation:?} {loss:?}: {found:?} {nearest}");
                assert!(error < 1e-3 * largest, "{activation:?} {loss:?} {scale}: {found:?} {largest} {smallest}");
            }
        }
    }
}

/// What does not move counts for nothing: ANIL's body, and everything but CAVIA's context.
#[test]
fn only_parameters_that_move_count() {
    for algorithm in [algorithms::ANIL, algorithms::CAVIA, algorithms::MAML] {
        let network = Network::new(&[2, 7, 6, 3], Activation::Tanh, Loss::SquaredError);
        let learner = Learner::new(network, algorithm);
        let network = &learner.network;
        let rng = &mut rng(300);
        let theta: Vec<f64> = initialise(network, 0.1, rng);
        let data = batch(network, 12, rng);
        let moved = learner.moved().unwrap();
        let matrix = hessian(network, &theta, &data);
        let block = moved.clone().map(|i| matrix[i][moved.clone()].to_vec()).collect();
        let exact = *eigenvalues(block).last().unwrap();
        let found = largest_eigenvalue(network, &theta, &data, moved.clone(), 60, &mut Workspace::default());
        assert!((found.value - exact).abs() < 1e-3 * exact, "{algorithm:?} {found:?} {exact}");
        assert_eq!(moved.len() == theta.len(), algorithm == algorithms::MAML);
    }
    for algorithm in [algorithms::META_SGD, algorithms::MAML_PLUS_PLUS, algorithms::META_MODEL] {
        assert_eq!(Learner::new(Network::linear(2), algorithm).moved(), None);
    }
}

/// λ_max of (2/m) XᵀX, by the formula for two by two matrices.
fn plane_curvature(x: ndarray::ArrayView2<'_, f32>) -> f64 {
    let x = x.mapv(f64::from);
    let h = x.t().dot(&x) * (2.0 / x.nrows() as f64);
    let (mean, half) = ((h[[0, 0]] + h[[1, 1]]) / 2.0, (h[[0, 0]] - h[[1, 1]]) / 2.0);
    mean + half.hypot(h[[0, 1]])
}

#[test]
fn the_plane_s_limits_have_a_closed_form() {
    for algorithm in [algorithms::MAML, algorithms::REPTILE, algorithms::ANIL, algorithms::IMAML] {
        let settings = Settings::preset(families::PLANE, algorithm);
        let trainer = Trainer::new(settings, None, 1).unwrap();
        let learner = trainer.learner();
        for episode in trainer.coming_episodes(8) {
            let proximal = if algorithm == algorithms::IMAML { learner.method().regularisation } else { 0.0 };
            let exact = 2.0 / (plane_curvature(episode.support(0).x()) + proximal);
            let found = limit(learner, trainer.meta_parameters(), &episode).unwrap();
            assert!((found - exact).abs() < 1e-4 * exact, "{algorithm:?} {found} {exact}");
        }
    }
}

/// Points on the axes: H = diag(2a², 2b²)·(1/2), so that everything along the inner loop is known.
fn axes(a: f32, b: f32) -> Episode<f32> {
    let data = Batch::new(array![[a, 0.0], [0.0, b]], array![[0.0], [0.0]]);
    Episode { support: vec![data.clone()], query: data }
}

/// With α = 3/λ_max every step multiplies the steepest direction by 1 − αλ_max = −2, its loss by 4.
#[test]
fn the_first_step_that_harms_is_that_of_the_closed_form() {
    let learner = Learner::with(Network::linear(2), algorithms::MAML, MethodSettings::default(), 1);
    // λ = a² = 4 and λ = b² = 1: the loss is θ₁²·a²/2 + θ₂²·b²/2.
    let episode = axes(2.0, 1.0);
    let rate = 3.0 / 4.0;
    for (start, first) in [([1.0f32, 0.0], Some(1)), ([0.02, 1.0], None), ([0.0, 1.0], None)] {
        let meta = learner.meta_parameters(start.to_vec(), rate);
        let loss = |k: i32| {
            2.0 * (f64::from(start[0]) * (-2f64).powi(k)).powi(2)
                + 0.5 * (f64::from(start[1]) * 0.25f64.powi(k)).powi(2)
        };
        let mut task = TaskWork::default();
        learner.adapt(&meta, rate, &episode, 12, Cancel::NEVER, &mut task);
        for (k, ours) in task.inner.losses.iter().enumerate() {
            let exact = loss(k as i32);
            assert!((f64::from(*ours) - exact).abs() <= 1e-5 * exact.max(1e-9), "step {k}: {ours} {exact}");
        }
        let expected = (0..12).find(|&k| loss(k + 1) > loss(k)).map(|k| k as usize + 1);
        assert!(first.is_none() || first == expected);
        assert_eq!(first_harmful_step(&learner, &meta, rate, &episode, 12), expected, "{start:?}");
    }
    let calm = learner.meta_parameters(vec![1.0f32, 1.0], 0.4);
    assert_eq!(first_harmful_step(&learner, &calm, 0.4, &episode, 12), None);
    let mut wild = learner.meta_parameters(vec![1e19f32, 0.0], rate);
    assert_eq!(first_harmful_step(&learner, &wild, rate, &episode, 12), Some(1), "overflow counts");
    wild.values[0] = f32::NAN;
    assert_eq!(first_harmful_step(&learner, &wild, rate, &episode, 12), Some(1), "NaN counts");
}

fn run_until_it_diverges(settings: Settings, change: impl Fn(&mut Trainer)) -> (Divergence, Trainer) {
    let mut trainer = Trainer::new(settings, None, 1).unwrap();
    for iteration in 0..2000 {
        if iteration == 20 {
            change(&mut trainer);
        }
        if let Step::Diverged(divergence) = trainer.step(Cancel::NEVER) {
            return (divergence, trainer);
        }
    }
    panic!("it never diverged");
}

#[test]
fn a_run_beyond_stability_says_how_far_and_where_and_the_mark_is_safe() {
    let settings = Settings::preset(families::PLANE, algorithms::MAML);
    let (divergence, mut trainer) = run_until_it_diverges(settings, |trainer| {
        let mut live = trainer.settings().live.clone();
        (live.inner_rate, live.inner_steps) = (8.0, 5);
        trainer.set_live(live).unwrap();
    });
    assert!(divergence.times_too_long.unwrap() > 1.0, "{divergence:?}");
    assert_eq!(divergence.inner_step, Some(1), "{divergence:?}");
    assert!(divergence.reason.contains("inner step 1 of 5"), "{}", divergence.reason);
    assert_eq!(divergence.inner_rate, 8.0);
    assert_eq!(divergence.rate_to_lower(&trainer.settings().run), Knob::INNER_RATE);
    assert_eq!(divergence.why_no_mark(&trainer.settings().run), None);
    let mark = divergence.mark().unwrap();
    assert_eq!(mark, slightly_below(divergence.limit.unwrap()));
    for episode in trainer.coming_episodes(16) {
        let exact = 2.0 / plane_curvature(episode.support(0).x());
        assert!(mark < exact && divergence.limit.unwrap() < exact * (1.0 + 1e-4), "{mark} {exact}");
    }
    let mut live = trainer.settings().live.clone();
    live.inner_rate = mark;
    trainer.set_live(live).unwrap();
    let after = trainer.meta_iteration() + 5;
    train_to(&mut trainer, after);
}

#[test]
fn beta_is_blamed_where_alpha_was_within_its_limit() {
    let mut settings = Settings::preset(families::SINE, algorithms::MAML);
    settings.run.optimiser = metascope::settings::OuterOptimiser::Sgd;
    settings.live.inner_rate = 1e-3;
    let (divergence, trainer) = run_until_it_diverges(settings, |trainer| {
        let mut live = trainer.settings().live.clone();
        live.outer_rate = 1.0;
        trainer.set_live(live).unwrap();
    });
    let run = &trainer.settings().run;
    assert!(divergence.mark().is_none() && divergence.why_no_mark(run).is_some(), "{divergence:?}");
    assert!(divergence.reason.contains('β'), "{}", divergence.reason);
    assert_eq!(divergence.rate_to_lower(run), Knob::OUTER_RATE, "{divergence:?}");
    assert!(!divergence.reason.contains("Set the inner rate"), "{}", divergence.reason);
}
