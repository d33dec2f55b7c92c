//! The exactness of every gradient against float64 references that another automatic
//! differentiation system computed (tests/oracle), and against closed forms.

use crate::common::algorithms;
use metascope::maths::kernels::without_vectors;
use metascope::maths::network::{Trace, Workspace};
use metascope::maths::optimiser::{Optimiser, Rule};
use metascope::maths::real::Real;
use metascope::maths::vector::{add_scaled, norm};
use metascope::meta::Group;
use metascope::meta::adapt::{InnerLoop, Until, adapt};
use metascope::meta::cancel::Cancel;
use metascope::meta::rates::{InnerRates, Sharing};
use metascope::settings::MethodSettings;

use self::reference::{Oracle, convert, directions, numbers};

mod reference;

const TOLERANCE_SINGLE: f64 = 1e-4;
const TOLERANCE_DOUBLE: f64 = 1e-9;
/// Of implicit gradients, which two iterations approach.
const TOLERANCE_IMPLICIT: f64 = 1e-3;

const THREE: Until = Until { steps: 3, tolerance: 0.0 };

/// Runs a check on both activations in both precisions.
fn on_every_network(check: impl Fn(&Oracle<f32>), check_double: impl Fn(&Oracle<f64>)) {
    for activation in ["tanh", "relu"] {
        check(&Oracle::mlp(activation, TOLERANCE_SINGLE));
        check_double(&Oracle::mlp(activation, TOLERANCE_DOUBLE));
    }
}

fn losses_gradients_and_hessian_vector_products<T: Real>(oracle: &Oracle<T>) {
    let mut work = Workspace::default();
    let len = oracle.phi.len();
    let (mut support, mut query, mut hvp) = (vec![T::zero(); len], vec![T::zero(); len], vec![T::zero(); len]);
    let prediction = oracle.network.output(&oracle.phi, oracle.episodes[0].query.x(), &mut work);
    oracle.check("prediction", prediction.as_slice().unwrap(), &oracle.results["prediction_theta_task0_query"]);
    for (i, episode) in oracle.episodes.iter().enumerate() {
        let mut trace = Trace::default();
        let loss = oracle.network.traced_gradient(&oracle.phi, episode.support(0), &mut trace, &mut work, &mut support);
        assert_eq!(loss, oracle.network.loss(&oracle.phi, episode.support(0), &mut work));
        oracle.network.gradient(&oracle.phi, &episode.query, &mut work, &mut query);
        oracle.network.hessian_vectors(&oracle.phi, &query, &trace, &mut work, &mut hvp);
        oracle.check("support gradient", &support, &oracle.results["grad_support_theta"][i]);
        oracle.check("query gradient", &query, &oracle.results["grad_query_theta"][i]);
        oracle.check("hessian-vector", &hvp, &oracle.results["hvp_support_theta_times_grad_query_theta"][i]);
    }
}

#[test]
fn losses_gradients_and_hessian_vector_products_match() {
    on_every_network(losses_gradients_and_hessian_vector_products, losses_gradients_and_hessian_vector_products);
}

fn inner_loop<T: Real>(oracle: &Oracle<T>) {
    let rate = [T::of(oracle.rate)];
    let rates = InnerRates::new(&Sharing::All, &rate);
    let (mut work, mut inner) = (Workspace::default(), InnerLoop::default());
    for (i, episode) in oracle.episodes.iter().enumerate() {
        adapt(&oracle.network, &oracle.phi, &rates, episode, THREE, Cancel::NEVER, None, &mut work, &mut inner);
        oracle.check("θ_1", &inner.thetas[1], &oracle.results["phi_K1"][i]);
        oracle.check("θ_3", inner.adapted(), &oracle.results["phi_K3"][i]);
        let trace = &oracle.results["loss_trace"][i];
        let mut losses = |batch| -> Vec<T> {
            inner.thetas.iter().map(|theta| oracle.network.loss(theta, batch, &mut work)).collect()
        };
        oracle.check("support losses", &losses(episode.support(0)), &trace["support"]);
        oracle.check("query losses", &losses(&episode.query), &trace["query"]);
    }
}

#[test]
fn the_inner_loop_matches() {
    on_every_network(inner_loop, inner_loop);
}

fn outer_directions<T: Real>(oracle: &Oracle<T>) {
    for steps in [1, 3] {
        for (algorithm, name) in
            [(algorithms::MAML, "maml"), (algorithms::FOMAML, "fomaml"), (algorithms::ANIL, "anil")]
        {
            let (learner, meta) = oracle.learner(algorithm);
            let (direction, loss) = oracle.mean_direction(&learner, &meta, steps);
            let reference = &oracle.results[format!("{name}_K{steps}")];
            oracle.check(name, &direction, &reference["grad"]);
            if algorithm != algorithms::FOMAML {
                oracle.check(name, &[loss], &reference["outer_loss"]);
            }
        }
    }
    let (learner, meta) = oracle.learner(algorithms::REPTILE);
    oracle.check("reptile", &oracle.mean_direction(&learner, &meta, 3).0, &oracle.results["reptile_K3"]["grad"]);
}

#[test]
fn maml_fomaml_anil_and_reptile_match() {
    on_every_network(outer_directions, outer_directions);
}

fn learned_rates<T: Real>(oracle: &Oracle<T>) {
    let len = oracle.phi.len();
    let layout = oracle.network.layout();
    for steps in [1, 3] {
        let at = |name: &str| oracle.results[format!("{name}_K{steps}")].clone();
        let alpha = |count: usize| vec![T::of(oracle.rate); count];
        let varied = convert::<T>(&numbers(&at("metasgd_varied")["alpha"]));
        let (phi, rates) = oracle.rate_gradient(&Sharing::None(len), &varied, steps);
        oracle.check("Meta-SGD varied, φ", &phi, &at("metasgd_varied")["grad_theta"]);
        oracle.check("Meta-SGD varied, rates", &rates, &at("metasgd_varied")["grad_alpha"]);
        let scalar = oracle.rate_gradient(&Sharing::All, &alpha(1), steps).1;
        oracle.check("scalar rate", &scalar, &at("scalar_lr")["grad_alpha"]);
        let per_step = oracle.rate_gradient(&Sharing::All, &alpha(steps), steps).1;
        oracle.check("rate per step", &per_step, &at("per_step_scalar_lr"));
        for (name, sharing) in [("layer", Sharing::layers(layout)), ("tensor", Sharing::tensors(layout))] {
            let gradient = oracle.rate_gradient(&sharing, &alpha(steps * sharing.groups()), steps).1;
            oracle.check(name, &gradient, &at(&format!("lslr_per_{name}"))["grad"]);
        }
        let (learner, meta) = oracle.learner(algorithms::META_SGD);
        let (direction, loss) = oracle.mean_direction(&learner, &meta, steps);
        let reference = at("metasgd_const");
        oracle.check("Meta-SGD, φ", &direction[..len], &reference["grad_theta"]);
        oracle.check("Meta-SGD, loss", &[loss], &reference["outer_loss"]);
        // The optimiser moves ln a: ∂J/∂ln a = a ∂J/∂a.
        let rates: Vec<T> = direction[len..].iter().map(|&g| g / T::of(oracle.rate)).collect();
        oracle.check("Meta-SGD, rates", &rates, &reference["grad_alpha"]);
    }
}

#[test]
fn gradients_of_every_kind_of_inner_rate_match() {
    on_every_network(learned_rates, learned_rates);
}

/// J = Σ w_k L(θ_k; Q) with the weights of the reference.
fn multi_step_loss<T: Real>(oracle: &Oracle<T>) {
    let reference = &oracle.results["maml_msl_K3"];
    let weights: Vec<T> = convert(&numbers(&reference["weights_after_step_1_2_3"]));
    let rate = [T::of(oracle.rate)];
    let rates = InnerRates::new(&Sharing::All, &rate);
    let (mut work, mut inner) = (Workspace::default(), InnerLoop::default());
    let (mut mean, mut objective) = (vec![T::zero(); oracle.phi.len()], T::zero());
    let share = T::of(1.0 / oracle.episodes.len() as f64);
    for episode in &oracle.episodes {
        adapt(&oracle.network, &oracle.phi, &rates, episode, THREE, Cancel::NEVER, None, &mut work, &mut inner);
        for (theta, &weight) in inner.thetas[1..].iter().zip(&weights) {
            objective += share * weight * oracle.network.loss(theta, &episode.query, &mut work);
        }
        let mut v = vec![T::zero(); oracle.phi.len()];
        oracle.network.gradient(inner.adapted(), &episode.query, &mut work, &mut v);
        v.iter_mut().for_each(|v| *v *= weights[2]);
        oracle.sweep_back(&rates, episode, &inner, &weights[..2], &mut v, None);
        add_scaled(&mut mean, share, &v);
    }
    oracle.check("multi-step loss", &[objective], &reference["outer_loss"]);
    oracle.check("multi-step gradient", &mean, &reference["grad"]);
}

#[test]
fn the_multi_step_loss_matches() {
    on_every_network(multi_step_loss, multi_step_loss);
}

fn learned_rates_of_maml_plus_plus<T: Real>(oracle: &Oracle<T>) {
    let len = oracle.phi.len();
    for steps in [1, 3] {
        let learner = oracle.learner_with(algorithms::MAML_PLUS_PLUS, MethodSettings::default(), steps);
        let meta = learner.meta_parameters(oracle.phi.clone(), oracle.rate);
        let (direction, loss) = oracle.mean_direction(&learner, &meta, steps);
        let maml = &oracle.results[format!("maml_K{steps}")];
        oracle.check("MAML++, φ", &direction[..len], &maml["grad"]);
        oracle.check("MAML++, loss", &[loss], &maml["outer_loss"]);
        let rates: Vec<T> = direction[len..].iter().map(|&g| g / T::of(oracle.rate)).collect();
        oracle.check("MAML++, rates", &rates, &oracle.results[format!("lslr_per_tensor_K{steps}")]["grad"]);
    }
}

#[test]
fn maml_plus_plus_with_its_annealing_over_matches() {
    on_every_network(learned_rates_of_maml_plus_plus, learned_rates_of_maml_plus_plus);
}

/// The implicit gradient of one reference, and for each task whether the system was seen to be indefinite.
fn implicit<T: Real>(
    oracle: &Oracle<T>,
    name: &str,
    inner_steps: usize,
    conjugate_steps: usize,
) -> (Vec<T>, Vec<bool>) {
    let regularisation = oracle.results[name]["lambda_"].as_f64().unwrap();
    let method = MethodSettings { regularisation, conjugate_steps, ..MethodSettings::default() };
    let learner = oracle.learner_with(algorithms::IMAML, method, inner_steps);
    let meta = learner.meta_parameters(oracle.phi.clone(), oracle.rate);
    let mut group = Group::default();
    directions(&learner, &meta, oracle.rate, &oracle.episodes, inner_steps, &mut group);
    let losses: Vec<T> = group.tasks.iter().filter_map(|task| task.outcome.query_after).collect();
    let indefinite = group.tasks.iter().map(|task| task.outcome.indefinite).collect();
    oracle.check(name, &losses, &oracle.results[name]["query_loss"]);
    (oracle.mean_direction(&learner, &meta, inner_steps).0, indefinite)
}

fn implicit_gradients<T: Real>(activation: &str) {
    let oracle = Oracle::<T>::mlp(activation, TOLERANCE_IMPLICIT);
    let name = "imaml_lambda10_K16";
    let (direction, indefinite) = implicit(&oracle, name, 16, 40);
    oracle.check(name, &direction, &oracle.results[name]["grad"]);
    assert_eq!(indefinite, [false; 3]);
    oracle.check("five steps", &implicit(&oracle, name, 16, 5).0, &oracle.results[name]["grad_cg5"]);
    // ReLU's proximal descent ends on a kink, where there is no implicit gradient.
    if activation == "tanh" {
        let name = "imaml_converged";
        let (direction, indefinite) = implicit(&oracle, name, 3000, 97);
        oracle.check(name, &direction, &oracle.results[name]["grad"]);
        assert_eq!(indefinite, [false; 3]);
    }
}

#[test]
fn implicit_gradients_match() {
    for activation in ["tanh", "relu"] {
        implicit_gradients::<f32>(activation);
        implicit_gradients::<f64>(activation);
    }
}

/// At λ = 2 and K = 16 the reference says that I + H/λ of the third task is not positive definite.
#[test]
fn an_indefinite_system_is_reported() {
    let oracle = Oracle::<f64>::mlp("tanh", TOLERANCE_IMPLICIT);
    let definite = &oracle.results["imaml_K16"]["system_is_SPD"];
    let definite: Vec<bool> = definite.as_array().unwrap().iter().map(|value| value.as_bool().unwrap()).collect();
    assert_eq!(definite, [true, true, false]);
    let (direction, indefinite) = implicit(&oracle, "imaml_K16", 16, 97);
    assert_eq!(indefinite, [false, false, true]);
    assert!(direction.iter().all(|value| value.is_finite()));
    let single = Oracle::<f32>::mlp("tanh", TOLERANCE_IMPLICIT);
    assert_eq!(implicit(&single, "imaml_K16", 16, 97).1, [false, false, true]);
}

fn twenty_adam_steps<T: Real>(oracle: &Oracle<T>) {
    for steps in [1, 3] {
        let reference = &oracle.results[format!("adam20_maml_K{steps}")];
        let (learner, mut meta) = oracle.learner(algorithms::MAML);
        let published = Rule::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, surprise: f64::INFINITY };
        let mut optimiser = Optimiser::new(published, meta.values.len());
        let mut losses = Vec::new();
        for _ in 0..20 {
            let (direction, loss) = oracle.mean_direction(&learner, &meta, steps);
            losses.push(loss);
            optimiser.step(&mut meta.values, &direction, 1e-3);
        }
        losses.push(oracle.mean_direction(&learner, &meta, steps).1);
        oracle.check("losses along Adam", &losses, &reference["outer_loss"]);
        oracle.check("norm after Adam", &[norm(meta.phi())], &reference["final_norm"]);
        if steps == 1 {
            oracle.check("θ after Adam", meta.phi(), &reference["final_theta"]);
        }
    }
}

#[test]
fn twenty_outer_adam_steps_match() {
    on_every_network(twenty_adam_steps, twenty_adam_steps);
}

/// The linear references: every quantity has a closed form there.
fn linear<T: Real>(oracle: &Oracle<T>) {
    for steps in [1, 3] {
        let reference = &oracle.results[format!("K{steps}")];
        for (algorithm, name) in [(algorithms::MAML, "maml_grad"), (algorithms::FOMAML, "fomaml_grad")] {
            let (learner, meta) = oracle.learner(algorithm);
            oracle.check(name, &oracle.mean_direction(&learner, &meta, steps).0, &reference[name]);
        }
        let (learner, meta) = oracle.learner(algorithms::REPTILE);
        let direction = oracle.mean_direction(&learner, &meta, steps).0;
        oracle.check("Reptile", &direction, &reference["reptile_grad_theta_minus_mean_phi"]);
        let mut group = Group::default();
        let (mut thetas, mut losses) = (Vec::new(), Vec::new());
        for episode in &oracle.episodes {
            directions(&learner, &meta, oracle.rate, std::slice::from_ref(episode), steps, &mut group);
            thetas.extend_from_slice(group.task.inner.adapted());
            losses.push(group.tasks[0].outcome.query_after.unwrap());
        }
        oracle.check("θ_K", &thetas, &reference["phi"]);
        oracle.check("query losses", &losses, &reference["query_loss"]);
        let rate = T::of(oracle.rate);
        let (_, per_parameter) = oracle.rate_gradient(&Sharing::None(2), &[rate; 2], steps);
        oracle.check("Meta-SGD rates", &per_parameter, &reference["metasgd_grad_alpha"]);
        oracle.check("scalar rate", &oracle.rate_gradient(&Sharing::All, &[rate], steps).1, &reference["dalpha"]);
    }
}

#[test]
fn the_linear_closed_forms_match() {
    linear(&Oracle::<f32>::linear(TOLERANCE_SINGLE));
    linear(&Oracle::<f64>::linear(TOLERANCE_DOUBLE));
}

/// The same on a processor without vector registers.
#[test]
fn all_of_it_matches_by_plain_loops_too() {
    without_vectors(|| {
        losses_gradients_and_hessian_vector_products_match();
        the_inner_loop_matches();
        maml_fomaml_anil_and_reptile_match();
        gradients_of_every_kind_of_inner_rate_match();
        the_multi_step_loss_matches();
        maml_plus_plus_with_its_annealing_over_matches();
        implicit_gradients_match();
        an_indefinite_system_is_reported();
        twenty_outer_adam_steps_match();
        the_linear_closed_forms_match();
    });
}
