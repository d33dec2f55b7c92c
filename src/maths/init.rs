//! Random initialisation.

use rand::{Rng, RngExt as _};

use super::functions::Activation;
use super::network::Network;
use super::real::Real;

/// Fresh parameters; `output_bias` is added to the last layer's biases, which are 0 but for ReLU.
///
/// Weights by the activation: sine U(±1/inputs) in the first layer and U(±√(6/inputs)/w0) after it
/// (Sitzmann et al. 2020); ReLU U(±1/√inputs), biases too, so that its kinks
/// are spread out (LeCun et al. 1998); tanh and the linear model
/// U(±√(6/(inputs + outputs))) (Glorot and Bengio 2010); SiLU U(±√(6/inputs)) (He et al. 2015),
/// smaller in the last layer.
///
/// A context is 0; its weights are drawn like the first layer's others, after all else, so that the
/// same stream gives the rest of the network as without a context.
pub fn initialise<T: Real>(network: &Network, output_bias: f64, rng: &mut impl Rng) -> Vec<T> {
    let mut theta = vec![T::zero(); network.parameters()];
    let layers = network.layout().layers();
    let limit = |layer: usize| {
        let [inputs, outputs] = [network.sizes()[layer] as f64, network.sizes()[layer + 1] as f64];
        match network.activation() {
            Activation::Sine { .. } if layer == 0 => 1.0 / inputs,
            Activation::Sine { w0 } => (6.0 / inputs).sqrt() / w0,
            Activation::Relu => 1.0 / inputs.sqrt(),
            Activation::Tanh => (6.0 / (inputs + outputs)).sqrt(),
            // Variance 0.1/inputs in the last layer: what it puts out begins near its biases.
            Activation::Silu if layer + 1 == layers => (0.3 / inputs).sqrt(),
            Activation::Silu => (6.0 / inputs).sqrt(),
        }
    };
    for layer in 0..layers {
        let (weights, biases) = network.parts_mut(layer, &mut theta);
        for weight in weights {
            *weight = T::of(uniform(rng, limit(layer)));
        }
        if network.activation() == Activation::Relu {
            biases.iter_mut().for_each(|bias| *bias = T::of(uniform(rng, limit(layer))));
        }
        if layer + 1 == layers {
            biases.iter_mut().for_each(|bias| *bias += T::of(output_bias));
        }
    }
    for weight in network.context_weights_mut(&mut theta) {
        *weight = T::of(uniform(rng, limit(0)));
    }
    theta
}

fn uniform(rng: &mut impl Rng, limit: f64) -> f64 {
    (2.0 * rng.random::<f64>() - 1.0) * limit
}
