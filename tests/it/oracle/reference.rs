//! The references, and what is computed for them.

use metascope::maths::functions::{Activation, Loss};
use metascope::maths::network::{Batch, Network, Trace, Workspace};
use metascope::maths::real::Real;
use metascope::maths::vector::{add_scaled, norm};
use metascope::meta::adapt::{InnerLoop, Until, adapt};
use metascope::meta::adjoint::{Order, Scratch, Sweep};
use metascope::meta::cancel::Cancel;
use metascope::meta::episode::Episode;
use metascope::meta::rates::{InnerRates, Sharing};
use metascope::meta::{Group, Learner, MetaParameters};
use metascope::settings::{Algorithm, MethodSettings};
use ndarray::Array2;
use serde_json::Value;

fn load(name: &str) -> Value {
    let path = format!("{}/tests/oracle/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(numbers).collect(),
        _ => vec![value.as_f64().unwrap()],
    }
}

pub fn convert<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&value| T::of(value)).collect()
}

fn column<T: Real>(value: &Value, width: usize) -> Array2<T> {
    let values = convert(&numbers(value));
    Array2::from_shape_vec((values.len() / width, width), values).unwrap()
}

/// The outer direction of one task, or the sum over several, left in `group`.
pub fn directions<T: Real>(
    learner: &Learner,
    meta: &MetaParameters<T>,
    inner_rate: f64,
    episodes: &[Episode<T>],
    steps: usize,
    group: &mut Group<T>,
) {
    let rates = learner.rates(meta, inner_rate);
    learner.directions(meta, &rates, episodes, steps, Cancel::NEVER, group);
}

/// One reference file as networks and episodes of either precision.
pub struct Oracle<T> {
    pub results: Value,
    pub network: Network,
    pub phi: Vec<T>,
    pub rate: f64,
    pub episodes: Vec<Episode<T>>,
    pub tolerance: f64,
}

impl<T: Real> Oracle<T> {
    pub fn mlp(activation: &str, tolerance: f64) -> Self {
        let file = load(&format!("mlp_1-8-8-1_{activation}"));
        let activation = if activation == "relu" { Activation::Relu } else { Activation::Tanh };
        let episodes = file["tasks"].as_array().unwrap().iter().map(|task| Episode {
            support: vec![Batch::new(column(&task["xs"], 1), column(&task["ys"], 1))],
            query: Batch::new(column(&task["xq"], 1), column(&task["yq"], 1)),
        });
        Self {
            network: Network::new(&[1, 8, 8, 1], activation, Loss::SquaredError),
            phi: convert(&numbers(&file["theta"])),
            rate: file["inner_lr"].as_f64().unwrap(),
            episodes: episodes.collect(),
            results: file["results"].clone(),
            tolerance,
        }
    }

    pub fn linear(tolerance: f64) -> Self {
        let file = load("linear2d");
        let episodes = file["tasks"].as_array().unwrap().iter().map(|task| Episode {
            support: vec![Batch::new(column(&task["Xs"], 2), column(&task["ys"], 1))],
            query: Batch::new(column(&task["Xq"], 2), column(&task["yq"], 1)),
        });
        Self {
            network: Network::linear(2),
            phi: convert(&numbers(&file["w0"])),
            rate: file["inner_lr"].as_f64().unwrap(),
            episodes: episodes.collect(),
            results: file["results"].clone(),
            tolerance,
        }
    }

    /// ‖ours − reference‖ / ‖reference‖ within the tolerance.
    pub fn check(&self, what: &str, ours: &[T], reference: &Value) {
        let reference = numbers(reference);
        assert_eq!(ours.len(), reference.len(), "{what}: length");
        let difference: Vec<f64> = ours.iter().zip(&reference).map(|(a, b)| a.double() - b).collect();
        let error = norm(&difference) / norm(&reference).max(1e-300);
        assert!(error <= self.tolerance, "{what}: relative error {error:.2e}");
    }

    /// The mean outer direction and mean query loss of an algorithm.
    pub fn mean_direction(&self, learner: &Learner, meta: &MetaParameters<T>, steps: usize) -> (Vec<T>, T) {
        let mut group = Group::default();
        directions(learner, meta, self.rate, &self.episodes, steps, &mut group);
        let share = T::of(1.0 / self.episodes.len() as f64);
        let mut mean = vec![T::zero(); meta.values.len()];
        add_scaled(&mut mean, share, &group.direction);
        (mean, share * group.tasks.iter().filter_map(|losses| losses.outcome.query_after).sum::<T>())
    }

    pub fn learner(&self, algorithm: Algorithm) -> (Learner, MetaParameters<T>) {
        let learner = Learner::new(self.network.clone(), algorithm);
        let meta = learner.meta_parameters(self.phi.clone(), self.rate);
        (learner, meta)
    }

    pub fn learner_with(&self, algorithm: Algorithm, method: MethodSettings, steps: usize) -> Learner {
        Learner::with(self.network.clone(), algorithm, method, steps)
    }

    /// v_K to v_0 at fixed rates, with ∂J by them in `own`.
    pub fn sweep_back(
        &self,
        rates: &InnerRates<'_, T>,
        episode: &Episode<T>,
        inner: &InnerLoop<T>,
        weights: &[T],
        v: &mut [T],
        own: Option<&mut [T]>,
    ) {
        let [mut through, mut product] = [v.to_vec(), v.to_vec()];
        let (work, spare) = (&mut Workspace::default(), &mut Trace::default());
        let mut scratch = Scratch { work, spare, through: &mut through, product: &mut product };
        let sweep = Sweep { network: &self.network, episode, inner, order: Order::Second, weights };
        sweep.back(rates, &mut scratch, v, own);
    }

    /// ∂J/∂a for any sharing of rates, by the sweep itself.
    pub fn rate_gradient(&self, sharing: &Sharing, rates: &[T], steps: usize) -> (Vec<T>, Vec<T>) {
        let until = Until { steps, tolerance: 0.0 };
        let mut work = Workspace::default();
        let mut inner = InnerLoop::default();
        let (mut phi_gradient, mut gradient) = (vec![T::zero(); self.phi.len()], vec![T::zero(); rates.len()]);
        let share = T::of(1.0 / self.episodes.len() as f64);
        for episode in &self.episodes {
            let rates = InnerRates::new(sharing, rates);
            adapt(&self.network, &self.phi, &rates, episode, until, Cancel::NEVER, None, &mut work, &mut inner);
            let mut v = vec![T::zero(); self.phi.len()];
            self.network.gradient(inner.adapted(), &episode.query, &mut work, &mut v);
            let mut own = vec![T::zero(); gradient.len()];
            self.sweep_back(&rates, episode, &inner, &[], &mut v, Some(&mut own));
            add_scaled(&mut phi_gradient, share, &v);
            add_scaled(&mut gradient, share, &own);
        }
        (phi_gradient, gradient)
    }
}
