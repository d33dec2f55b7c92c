//! Learned inner rates as people look at them: one number for each tensor and step.

use super::adapt::InnerLoop;
use super::learner::{Learner, MetaParameters};
use super::recipe::Rates;
use crate::maths::layout::Tensor;
use crate::maths::real::Real;

/// A rate this many times smaller than the one it started from counts as vanished.
const VANISHED: f64 = 100.0;

/// One tensor (a layer's weights or its biases) at one inner step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TensorRate {
    /// Geometric mean of a over the tensor's parameters.
    pub rate: f64,
    /// b, what is kept of the parameters before the gradient step; 1 but for the meta-model.
    pub keep: f64,
    /// Share of the tensor's rates that are more than a hundred times below α. None can be negative, because
    /// their logarithm is what is learned.
    pub vanished: f64,
}

impl Learner {
    /// The learned rates of an adaptation, step by step and in each step tensor by tensor (without empty
    /// ones); one row where a rate serves every step, and none where the user owns the rates. `inner_rate`
    /// is α.
    pub fn tensor_rates<T: Real>(
        &self,
        meta: &MetaParameters<T>,
        inner_rate: f64,
        inner: &InnerLoop<T>,
    ) -> Vec<Vec<TensorRate>> {
        let vanished = |rate: f64| if rate < inner_rate / VANISHED { 1.0 } else { 0.0 };
        let one = |rate: f64, keep: f64| TensorRate { rate, keep, vanished: vanished(rate) };
        let tensors: Vec<_> = self.network.layout().filled().collect();
        // One rate for each parameter, times what the layer's share of it is.
        let of_tensor = |tensor: &Tensor, share: f64, keep: f64| {
            let logs = &meta.beside_phi()[tensor.range.clone()];
            let count = logs.len() as f64;
            let mean = |of: &dyn Fn(f64) -> f64| logs.iter().map(|log| of(log.double())).sum::<f64>() / count;
            let rate = share * mean(&|log| log).exp();
            TensorRate { rate, keep, vanished: mean(&|log| vanished(share * log.exp())) }
        };
        match self.recipe().rates {
            Rates::PerParameter => vec![tensors.iter().map(|tensor| of_tensor(tensor, 1.0, 1.0)).collect()],
            Rates::PerTensorAndStep => {
                let steps = meta.beside_phi().chunks_exact(self.sharing().groups());
                steps.map(|logs| logs.iter().map(|log| one(log.double().exp(), 1.0)).collect()).collect()
            }
            Rates::Model => {
                let rule = self.meta_model(meta);
                let row = |step| {
                    let layers = rule.shares_and_keeps(inner.step(step));
                    let of = |tensor: &&Tensor| {
                        layers.get(tensor.layer).map(|(s, k)| of_tensor(tensor, s.double(), k.double()))
                    };
                    tensors.iter().filter_map(of).collect()
                };
                (0..inner.steps()).map(row).collect()
            }
            Rates::Given => Vec::new(),
        }
    }
}
