//! What relates the algorithms to one another.

use metascope::meta::cancel::Cancel;
use std::slice::from_ref;

use metascope::maths::functions::{Activation, Loss};
use metascope::maths::init::initialise;
use metascope::maths::network::{Network, Workspace};
use metascope::maths::vector::norm;
use metascope::meta::episode::Episode;
use metascope::meta::{Group, Learner, MetaParameters, TaskWork};
use metascope::settings::{Algorithm, MethodSettings};
use rand::RngExt as _;

use super::{batch, directions, relative_error, rng};
use crate::common::algorithms;

/// One direction of one algorithm on a fixed tanh network and episode.
fn direction_of(algorithm: Algorithm, steps: usize, inner_rate: f64) -> (Group<f64>, Network, Episode<f64>, Vec<f64>) {
    let network = Network::new(&[2, 6, 1], Activation::Tanh, Loss::SquaredError);
    let rng = &mut rng(7);
    let episode = Episode { support: vec![batch(&network, 8, rng)], query: batch(&network, 8, rng) };
    let learner = Learner::new(network.clone(), algorithm);
    let phi: Vec<f64> = initialise(&learner.network, 0.0, rng);
    let mut task = Group::default();
    let meta = learner.meta_parameters(phi.clone(), inner_rate);
    directions(&learner, &meta, inner_rate, from_ref(&episode), steps, &mut task);
    (task, network, episode, phi)
}

#[test]
fn reptile_with_one_step_is_plain_gradient_descent_on_the_support() {
    let (task, network, episode, phi) = direction_of(algorithms::REPTILE, 1, 0.05);
    let mut gradient = vec![0.0; phi.len()];
    network.gradient(&phi, episode.support(0), &mut Workspace::default(), &mut gradient);
    let scaled: Vec<f64> = gradient.iter().map(|g| 0.05 * g).collect();
    assert!(relative_error(&task.direction, &scaled) < 1e-12);
}

#[test]
fn fomaml_is_maml_where_the_hessian_vanishes_and_differs_elsewhere() {
    // A ReLU layer with every unit off is locally constant but for the output bias, whose rate is 0 in
    // the second argument of the product; the plainest such case is an inner rate of 0.
    let [first, exact] = [algorithms::FOMAML, algorithms::MAML].map(|a| direction_of(a, 3, 1e-300).0.direction);
    assert_eq!(first, exact);
    let [first, exact] = [algorithms::FOMAML, algorithms::MAML].map(|a| direction_of(a, 3, 0.05).0.direction);
    assert!(relative_error(&first, &exact) > 1e-3);
}

#[test]
fn the_body_of_anil_does_not_move_and_its_head_does() {
    let (task, network, ..) = direction_of(algorithms::ANIL, 3, 0.05);
    let [start, end] = [&task.task.inner.thetas[0], &task.task.inner.thetas[3]];
    let body = network.layout().layer(0);
    assert_eq!(start[body.clone()], end[body.clone()]);
    let head = network.layout().layer(1);
    assert!(start[head.clone()].iter().zip(&end[head]).all(|(a, b)| a != b));
    assert!(task.direction[body].iter().any(|&g| g != 0.0), "the body is still meta-trained");
}

#[test]
fn cavia_moves_its_context_and_nothing_else() {
    let (task, ..) = direction_of(algorithms::CAVIA, 3, 0.05);
    let context = MethodSettings::default().context;
    let [start, end] = [&task.task.inner.thetas[0], &task.task.inner.thetas[3]];
    assert_eq!(start[context..], end[context..]);
    assert_eq!(start[..context], [0.0; 5]);
    assert!(end[..context].iter().all(|&value| value != 0.0));
    assert_eq!(task.direction[..context], [0.0; 5]);
    assert!(task.direction[context..].iter().all(|&g| g != 0.0), "the network is still meta-trained");
}

#[test]
fn learned_rules_start_as_maml() {
    let maml = direction_of(algorithms::MAML, 3, 0.05).0;
    for algorithm in [algorithms::META_SGD, algorithms::MAML_PLUS_PLUS, algorithms::META_MODEL] {
        let task = direction_of(algorithm, 3, 0.05).0;
        assert!(relative_error(&task.direction[..maml.direction.len()], &maml.direction) < 1e-12, "{algorithm:?}");
        assert!(task.direction[maml.direction.len()..].iter().any(|&g| g != 0.0), "{algorithm:?}");
    }
}

#[test]
fn maml_plus_plus_begins_in_first_order_if_asked_to() {
    let network = Network::new(&[2, 6, 1], Activation::Tanh, Loss::SquaredError);
    let method = MethodSettings { first_order_iterations: 5, multi_step_iterations: 0, ..MethodSettings::default() };
    let mut learner = Learner::with(network.clone(), algorithms::MAML_PLUS_PLUS, method, 3);
    let direction_at = |learner: &Learner| {
        let rng = &mut rng(7);
        let episode = Episode { support: vec![batch(&network, 8, rng)], query: batch(&network, 8, rng) };
        let meta = learner.meta_parameters(initialise(&network, 0.0, rng), 0.05);
        let mut task = Group::default();
        directions(learner, &meta, 0.05, from_ref(&episode), 3, &mut task);
        task.direction[..network.parameters()].to_vec()
    };
    for (meta_iteration, like) in [(4, algorithms::FOMAML), (5, algorithms::MAML)] {
        learner.set_meta_iteration(meta_iteration);
        let reference = direction_of(like, 3, 0.05).0.direction;
        assert!(relative_error(&direction_at(&learner), &reference) < 1e-12, "{meta_iteration}");
    }
}

/// Whatever ψ is: within its bounds, and without growth beyond the steps it was trained for.
#[test]
fn the_meta_model_s_rule_is_bounded() {
    let network = Network::new(&[2, 6, 1], Activation::Tanh, Loss::SquaredError);
    let learner = Learner::with(network.clone(), algorithms::META_MODEL, MethodSettings::default(), 2);
    let rng = &mut rng(8);
    let episode = Episode { support: vec![batch(&network, 8, rng)], query: batch(&network, 8, rng) };
    let mut meta: MetaParameters<f64> = learner.meta_parameters(initialise(&network, 0.0, rng), 1e-4);
    // Behind φ and ln α.
    let psi = 2 * meta.phi().len();
    for _ in 0..20 {
        meta.values[psi..].fill_with(|| rng.random_range(-30.0..30.0));
        let mut task = TaskWork::default();
        learner.adapt(&meta, 1e-4, &episode, 50, Cancel::NEVER, &mut task);
        for (k, pair) in task.inner.thetas.windows(2).enumerate() {
            let most = if k < 2 { 1.05 } else { 1.0 };
            let longest = 1e-4 * 3f64.exp() * norm(&task.inner.gradients[k]);
            assert!(norm(&pair[1]) <= most * norm(&pair[0]) + longest + 1e-12, "step {k}");
        }
    }
}
