//! The parts of an outer step against differences, closed forms and the algorithms that take them.

use crate::common::algorithms;
use metascope::maths::functions::{Activation, Loss};
use metascope::maths::init::initialise;
use metascope::maths::network::{Batch, Network, Workspace};
use metascope::maths::stream::{Purpose, Stream, stream};
use metascope::maths::vector::norm;
use metascope::meta::cancel::Cancel;
use metascope::meta::dissection::{Dissection, Gathering, Parts, Way, take_apart};
use metascope::meta::episode::Episode;
use metascope::meta::{Group, Learner, MetaParameters, Stepwise, TaskWork};
use metascope::settings::{Algorithm, MethodSettings};
use ndarray::{Array2, array};
use rand::RngExt as _;

const RATE: f64 = 0.05;
const STEPS: usize = 3;

fn rng(index: u64) -> Stream {
    stream(23, Purpose::Training, 0, index)
}

fn batch(network: &Network, rows: usize, rng: &mut Stream) -> Batch<f64> {
    let [inputs, outputs] = [network.sizes()[0], *network.sizes().last().unwrap()];
    let mut draw = |columns| Array2::from_shape_simple_fn((rows, columns), || rng.random_range(-1.0..1.0));
    Batch::new(draw(inputs), draw(outputs))
}

/// Fresh support at every step.
fn episode(network: &Network, rng: &mut Stream) -> Episode<f64> {
    Episode { support: (0..STEPS).map(|_| batch(network, 6, rng)).collect(), query: batch(network, 7, rng) }
}

fn small() -> Network {
    Network::new(&[2, 6, 4, 2], Activation::Tanh, Loss::SquaredError)
}

fn learner(network: &Network, algorithm: Algorithm) -> Learner {
    let method = MethodSettings { context: 3, regularisation: 20.0, conjugate_steps: 60, ..MethodSettings::default() };
    Learner::with(network.clone(), algorithm, method, STEPS)
}

/// Meta-parameters away from where all rates are alike and the meta-model says nothing.
fn meta_parameters(learner: &Learner, rng: &mut Stream) -> MetaParameters<f64> {
    let phi: Vec<f64> = initialise(&learner.network, 0.0, rng);
    let len = phi.len();
    let mut meta = learner.meta_parameters(phi, RATE);
    meta.values[len..].iter_mut().for_each(|value| *value += rng.random_range(-0.3..0.3));
    meta
}

fn parts(learner: &Learner, meta: &MetaParameters<f64>, episode: &Episode<f64>) -> Parts<f64> {
    take_apart(learner, meta, RATE, episode, STEPS, &mut TaskWork::default())
}

/// θ_K by the loop that the product has for test time.
fn adapted(learner: &Learner, meta: &MetaParameters<f64>, episode: &Episode<f64>) -> Vec<f64> {
    let mut task = TaskWork::default();
    learner.adapt(meta, RATE, episode, STEPS, Cancel::NEVER, &mut task);
    task.inner.adapted().to_vec()
}

/// The slope of `f` along every number in turn.
fn central_difference(x: &[f64], mut f: impl FnMut(&[f64]) -> f64) -> Vec<f64> {
    const H: f64 = 2e-6;
    let mut moved = x.to_vec();
    let slope = |i: usize| {
        let mut at = |value: f64| {
            moved[i] = value;
            f(&moved)
        };
        let [above, below] = [at(x[i] + H), at(x[i] - H)];
        moved[i] = x[i];
        (above - below) / (2.0 * H)
    };
    (0..x.len()).map(slope).collect()
}

fn length(a: &[f64]) -> f64 {
    a.iter().map(|value| value * value).sum::<f64>().sqrt()
}

fn minus(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn error(ours: &[f64], reference: &[f64]) -> f64 {
    assert_eq!(ours.len(), reference.len());
    length(&minus(ours, reference)) / length(reference)
}

/// The loss after adaptation differentiated numerically by φ is v_0, that at θ_K held fast by θ is v_K.
#[test]
fn both_gradients_are_derivatives_of_the_query_loss() {
    use algorithms::{ANIL, CAVIA, FOMAML, MAML, MAML_PLUS_PLUS, META_MODEL, META_SGD, REPTILE};
    let network = small();
    for algorithm in [MAML, FOMAML, REPTILE, META_SGD, MAML_PLUS_PLUS, ANIL, CAVIA, META_MODEL] {
        let rng = &mut rng(1);
        let learner = learner(&network, algorithm);
        let episode = episode(&network, rng);
        let meta = meta_parameters(&learner, rng);
        let parts = parts(&learner, &meta, &episode);
        let context = learner.network.layout().context();
        let work = &mut Workspace::default();
        let mut exact = central_difference(meta.phi(), |phi| {
            let mut moved = meta.clone();
            moved.values[..phi.len()].copy_from_slice(phi);
            learner.network.loss(&adapted(&learner, &moved, &episode), &episode.query, work)
        });
        let end = adapted(&learner, &meta, &episode);
        let mut first = central_difference(&end, |theta| learner.network.loss(theta, &episode.query, work));
        let mut moved = minus(meta.phi(), &end);
        for direction in [&mut exact, &mut first, &mut moved] {
            direction[context.clone()].fill(0.0);
        }
        assert!(error(&parts.exact, &exact) < 1e-6, "{algorithm:?} v_0");
        assert!(error(&parts.first, &first) < 1e-7, "{algorithm:?} v_K");
        assert_eq!(parts.moved, moved, "{algorithm:?}");
        assert!(error(&parts.exact, &parts.first) > 1e-3, "{algorithm:?} has a correction to speak of");
    }
}

/// The three ways are the directions that MAML, FOMAML and Reptile take; iMAML's is its own.
#[test]
fn the_ways_are_those_of_the_algorithms() {
    let network = small();
    let rng = &mut rng(2);
    let episodes: Vec<_> = (0..4).map(|_| episode(&network, rng)).collect();
    let phi: Vec<f64> = initialise(&network, 0.0, rng);
    let taken = |algorithm| {
        let learner = learner(&network, algorithm);
        let meta = learner.meta_parameters(phi.clone(), RATE);
        let mut group = Group::default();
        let rates = learner.rates(&meta, RATE);
        learner.directions(&meta, &rates, &episodes, STEPS, Cancel::NEVER, &mut group);
        group.direction.iter().map(|sum| sum / episodes.len() as f64).collect::<Vec<f64>>()
    };
    let mean = |algorithm, way: Way| {
        let learner = learner(&network, algorithm);
        let meta = learner.meta_parameters(phi.clone(), RATE);
        let mut sum = vec![0.0; phi.len()];
        for episode in &episodes {
            let parts = parts(&learner, &meta, episode);
            let own = [parts.exact, parts.first, parts.moved];
            sum.iter_mut().zip(&own[way as usize]).for_each(|(sum, value)| *sum += value / episodes.len() as f64);
        }
        sum
    };
    for algorithm in [algorithms::MAML, algorithms::FOMAML, algorithms::REPTILE] {
        for (way, taker) in Way::ALL.into_iter().zip([algorithms::MAML, algorithms::FOMAML, algorithms::REPTILE]) {
            let error = error(&mean(algorithm, way), &taken(taker));
            assert!(error < 1e-12, "{way:?} of {algorithm:?}: {error:.1e}");
        }
    }
    assert!(error(&mean(algorithms::IMAML, Way::Exact), &taken(algorithms::IMAML)) < 1e-5);
    assert!(error(&mean(algorithms::IMAML, Way::Exact), &mean(algorithms::IMAML, Way::First)) > 1e-3);
    assert!(error(&mean(algorithms::ANIL, Way::Exact), &taken(algorithms::ANIL)) < 1e-12);
}

/// While MAML++ counts every step, so do its parts: second order on, and off as at its beginning.
#[test]
fn annealing_counts_every_step() {
    let network = small();
    let rng = &mut rng(9);
    let episode = episode(&network, rng);
    for (first_order_iterations, way) in [(0, Way::Exact), (1000, Way::First)] {
        let method = MethodSettings { multi_step_iterations: 100, first_order_iterations, ..MethodSettings::default() };
        let mut learner = Learner::with(network.clone(), algorithms::MAML_PLUS_PLUS, method, STEPS);
        let meta = meta_parameters(&learner, rng);
        for now in [0, 40, 100] {
            learner.set_meta_iteration(now);
            let rates = learner.rates(&meta, RATE);
            let mut group = Group::default();
            learner.directions(&meta, &rates, std::slice::from_ref(&episode), STEPS, Cancel::NEVER, &mut group);
            let parts = parts(&learner, &meta, &episode);
            let own = if way == Way::Exact { &parts.exact } else { &parts.first };
            let error = error(own, &group.direction[..meta.phi().len()]);
            assert!(error < 1e-12, "{way:?} at {now}: {error:.1e}");
        }
    }
}

/// The plane family: H = 2/m XᵀX, so θ_K, v_K, v_0 and φ − θ_K are known.
#[test]
fn quadratic_losses_have_closed_forms() {
    let network = Network::linear(2);
    let rng = &mut rng(3);
    let phi = array![0.3, -1.1];
    let mut gathering = Gathering::new(16);
    let mut expected: Vec<[[f64; 2]; 3]> = Vec::new();
    for algorithm in [algorithms::MAML, algorithms::FOMAML, algorithms::REPTILE] {
        let learner = learner(&network, algorithm);
        let meta = learner.meta_parameters(phi.to_vec(), RATE);
        let episode = Episode { support: vec![batch(&network, 5, rng)], query: batch(&network, 9, rng) };
        let gradient = |data: &Batch<f64>, theta: &ndarray::Array1<f64>| {
            let residual = data.x().dot(theta) - data.y().column(0);
            data.x().t().dot(&residual) * (2.0 / data.rows() as f64)
        };
        let support = &episode.support[0];
        let shrink = Array2::eye(2) - support.x().t().dot(&support.x()) * (2.0 * RATE / support.rows() as f64);
        let mut theta = phi.clone();
        let mut power: Array2<f64> = Array2::eye(2);
        for _ in 0..STEPS {
            theta = &theta - RATE * gradient(support, &theta);
            power = power.dot(&shrink);
        }
        let first = gradient(&episode.query, &theta);
        let own = [power.dot(&first), first, &phi - &theta].map(|direction| [direction[0], direction[1]]);
        gathering.add(parts(&learner, &meta, &episode));
        expected.push(own);
    }
    let found = gathering.found();
    let arrows = found.arrows.clone().unwrap();
    for (ours, expected) in arrows.tasks.iter().zip(&expected) {
        for (ours, expected) in ours.iter().zip(expected) {
            assert!(error(ours, expected) < 1e-12, "{ours:?} {expected:?}");
        }
    }
    let mean = |way: usize| [0, 1].map(|i| expected.iter().map(|task| task[way][i]).sum::<f64>() / 3.0);
    let means = [0, 1, 2].map(mean);
    for (ours, expected) in arrows.means.iter().zip(means) {
        assert!(error(ours, &expected) < 1e-12);
    }
    let change = length(&minus(&means[0], &means[1])) / length(&means[1]);
    assert!((found.change.unwrap() - change).abs() < 1e-12 && change > 0.05, "{change}");
    for (task, [exact, first, _]) in found.tasks.iter().zip(&expected) {
        let cosine = |a: &[f64; 2], b: &[f64; 2]| (a[0] * b[0] + a[1] * b[1]) / (length(a) * length(b));
        assert!((task.correction.unwrap() - length(&minus(exact, first))).abs() < 1e-12);
        assert!((task.first.unwrap() - length(first)).abs() < 1e-12);
        assert!((task.exact.unwrap() - length(exact)).abs() < 1e-12);
        assert!((task.turn.unwrap() - cosine(exact, first)).abs() < 1e-12);
        assert!((task.with_mean.unwrap() - cosine(first, &means[1])).abs() < 1e-12);
    }
    // In two dimensions the plane of the two is everything: the components keep all lengths and angles.
    for (direction, mean) in found.directions.iter().zip(&means) {
        let [along, beside] = direction.in_plane.unwrap();
        assert!((along.hypot(beside) - length(mean)).abs() < 1e-12);
        assert!((along / length(mean) - direction.cosines[Way::First as usize].unwrap()).abs() < 1e-12);
    }
    assert!(found.directions[0].in_plane.unwrap()[1] > 0.0 && found.directions[1].in_plane.unwrap()[1].abs() < 1e-12);
}

/// A loss without curvature has no correction.
#[test]
fn without_curvature_there_is_no_correction() {
    let network = Network::new(&[2, 5, 1], Activation::Relu, Loss::SquaredError);
    let rng = &mut rng(4);
    let learner = learner(&network, algorithms::MAML);
    let meta = meta_parameters(&learner, rng);
    let parts = take_apart(&learner, &meta, RATE, &episode(&network, rng), 0, &mut TaskWork::default());
    let mut gathering = Gathering::new(16);
    gathering.add(parts);
    let found = gathering.found();
    assert_eq!((found.change, found.tasks[0].correction, found.tasks[0].turn), (Some(0.0), Some(0.0), Some(1.0)));
    // Reptile stands still: a length, and no angle.
    assert_eq!(found.directions[2].norm, Some(0.0));
    assert_eq!(found.directions[2].cosines, [None; 3]);
    assert!(found.arrows.is_none());
}

#[test]
fn the_matrix_is_that_of_the_query_gradients() {
    let network = small();
    let rng = &mut rng(5);
    let learner = learner(&network, algorithms::MAML);
    let meta = meta_parameters(&learner, rng);
    let all: Vec<_> = (0..5).map(|_| parts(&learner, &meta, &episode(&network, rng))).collect();
    let mut gathering = Gathering::new(3);
    all.iter().for_each(|parts| gathering.add(parts.clone()));
    let found = gathering.found();
    assert_eq!((found.tasks.len(), found.counted, found.overflowed), (3, 5, 0));
    for i in 0..3 {
        for j in 0..3 {
            let [a, b] = [&all[i].first, &all[j].first];
            let cosine = a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / (length(a) * length(b));
            assert!((found.cosines[i][j].unwrap() - cosine).abs() < 1e-12);
        }
    }
    // Those that are not shown count all the same.
    let mean: Vec<f64> =
        (0..all[0].first.len()).map(|i| all.iter().map(|parts| parts.first[i]).sum::<f64>() / 5.0).collect();
    assert!((found.directions[Way::First as usize].norm.unwrap() - length(&mean)).abs() < 1e-12);
}

#[test]
fn overflow_is_counted_and_never_a_number() {
    let mut gathering = Gathering::<f32>::new(16);
    let task = |x: f32| Parts { exact: vec![x, 1.0], first: vec![1.0, 2.0], moved: vec![0.5, 0.5], indefinite: false };
    gathering.add(task(2.0));
    gathering.add(task(f32::NAN));
    gathering.add(task(f32::INFINITY));
    let found = gathering.found();
    assert_eq!((found.counted, found.overflowed, found.change), (3, 2, None));
    assert_eq!(found.tasks[1].exact, None);
    assert_eq!(found.tasks[2].turn, None);
    assert_eq!(found.directions[0].norm, None);
    assert!(found.directions[1].norm.is_some());
    assert!(found.arrows.is_none());
    assert_eq!(Gathering::<f32>::new(16).found(), Dissection::default());
}

/// The inner loop step by step is the inner loop, and rests where that rests: for good, even if the mini-batch after the
/// one that it converged on has a long gradient.
#[test]
fn single_steps_are_the_loop() {
    const LONG: usize = 12;
    let network = small();
    for algorithm in Algorithm::ALL {
        let rng = &mut rng(6);
        let mut learner = learner(&network, algorithm);
        let meta = meta_parameters(&learner, rng);
        let episode = episode(&network, rng);
        let mut task = TaskWork::default();
        learner.adapt(&meta, RATE, &episode, LONG, Cancel::NEVER, &mut task);
        let lengths: Vec<f64> = task.inner.gradients.iter().map(|gradient| norm(gradient)).collect();
        // Just above the shortest gradient of each mini-batch that has a longer one after it.
        let shortest = |batch: usize| lengths[batch..].iter().step_by(STEPS).copied().fold(f64::INFINITY, f64::min);
        let tolerances = (0..STEPS).map(|batch| 1.001 * shortest(batch));
        let mut woken = 0;
        for tolerance in tolerances.chain([0.0]) {
            learner.set_tolerance(tolerance);
            learner.adapt(&meta, RATE, &episode, LONG, Cancel::NEVER, &mut task);
            let rests_at = task.inner.steps();
            let rates = learner.rates(&meta, RATE);
            let mut stepwise = Stepwise::default();
            stepwise.begin(meta.phi());
            for index in 0..LONG {
                let work = &mut Workspace::default();
                let loss = learner.step_once(&meta, &rates, &episode, &mut stepwise, work);
                let what = format!("{algorithm:?}, tolerance {tolerance}, step {index}");
                assert_eq!(stepwise.done(), rests_at.min(index + 1), "{what}");
                if index < rests_at {
                    assert_eq!(stepwise.theta(), task.inner.thetas[index + 1], "{what}");
                    assert_eq!(loss, task.inner.losses[index], "{what}");
                } else {
                    let resting = task.inner.adapted();
                    assert_eq!(stepwise.theta(), resting, "{what}");
                    assert_eq!(loss, network_loss(&learner, resting, episode.support(0)), "{what}");
                    let mut gradient = vec![0.0; resting.len()];
                    learner.network.gradient(resting, episode.support(index), work, &mut gradient);
                    woken += usize::from(norm(&gradient) > tolerance);
                }
            }
        }
        assert!(woken > 0, "{algorithm:?}: no mini-batch would have gone on");
    }
}

fn network_loss(learner: &Learner, theta: &[f64], batch: &Batch<f64>) -> f64 {
    learner.network.loss(theta, batch, &mut Workspace::default())
}

/// Every layer's activations by hand, a context and a residual layer among them.
#[test]
fn activations_are_those_of_the_layers() {
    let network = Network::new(&[2, 3, 3, 1], Activation::Tanh, Loss::SquaredError).with_residuals().with_context(1);
    let rng = &mut rng(7);
    let mut theta: Vec<f64> = initialise(&network, 0.0, rng);
    theta[0] = 0.8;
    let x = Array2::from_shape_simple_fn((4, 2), || rng.random_range(-1.0..1.0));
    let found = network.activations(&theta, x.view(), &mut Workspace::default());
    let tensor = |index: usize| &theta[network.layout().tensors()[index].range.clone()];
    let dense = |input: &[f64], layer: usize| {
        let biases = tensor(2 * layer + 1);
        let mut out = biases.to_vec();
        for (i, value) in input.iter().enumerate() {
            let weights = &tensor(2 * layer)[i * biases.len()..];
            out.iter_mut().zip(weights).for_each(|(out, weight)| *out += value * weight);
        }
        out
    };
    assert_eq!(found.iter().map(Array2::dim).collect::<Vec<_>>(), [(4, 3), (4, 3), (4, 1)]);
    for row in 0..4 {
        let first: Vec<f64> = dense(&[x[[row, 0]], x[[row, 1]], 0.8], 0).iter().map(|z| z.tanh()).collect();
        let second: Vec<f64> = dense(&first, 1).iter().zip(&first).map(|(z, below)| z.tanh() + below).collect();
        let expected = [first, second.clone(), dense(&second, 2)];
        for (found, expected) in found.iter().zip(&expected) {
            for (found, expected) in found.row(row).iter().zip(expected) {
                assert!((found - expected).abs() < 1e-12);
            }
        }
    }
}
