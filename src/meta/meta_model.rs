//! The meta-model: a small network h_ψ watches each inner step and says how long it is to be and
//! how much of the parameters to keep, layer by layer (ALFA, Baik et al. 2020).
//!
//! ```text
//! θ_{k+1} = b_k ⊙ θ_k − a_k ⊙ g_k
//! (o, p) = h_ψ(mean of θ_k and of g_k in each layer, ½ ln(L + ε), k/K)
//! a_k = α ⊙ exp(3 tanh o),   b_k = 1 + tanh(p)/20
//! ```
//! α, one number for each parameter, is learned as well (as ln α): h says how much of it each layer
//! gets. ψ's last layer starts at 0 and α at one value, so the first meta-iteration is MAML's. The bounds hold for whatever h
//! reads. Steps beyond K count as the last with a ≤ α and b = 1: what h learned to keep once is wrong again
//! and again, and longer steps than trained ones overshoot. The direction is exact for φ and ψ, through h's inputs too:
//! with m, q the means, s the scaled loss and v = v_{k+1}, for the n parameters of a layer
//!
//! ```text
//! ∂J/∂ln α = −a ⊙ g ⊙ v,   ∂J/∂(3 tanh o) = Σ ∂J/∂ln α,   ∂J/∂b = θ·v      then through h to m̄, q̄, s̄ and ψ
//! v_k = b ⊙ v + m̄/n + s̄ s′(L) g − H (a ⊙ v − q̄/n)     one Hessian-vector product
//! ```

use std::ops::Range;

use rand::RngExt as _;

use super::rates::Sharing;
use super::step::{Adjoint, Step, StepRule};
use crate::maths::real::Real;
use crate::maths::stream::{Purpose, stream};
use crate::maths::vector::{add_scaled, dot, exponentials};

/// Width of h's hidden tanh layer.
const HIDDEN: usize = 16;
/// ln (a/α) stays within ± this.
const RATE_SPAN: f64 = 3.0;
/// b − 1 stays within ± this.
const KEEP_SPAN: f64 = 0.05;
/// ε beside the loss, under the logarithm.
const LOSS_FLOOR: f64 = 1e-3;

/// h_ψ for networks of `layers` layers: W1 row-major [2·layers + 2, 16], b1, W2 [16, 2·layers], b2.
#[derive(Clone, Copy, Debug)]
struct Shape {
    layers: usize,
}

impl Shape {
    fn inputs(self) -> usize {
        2 * self.layers + 2
    }

    fn outputs(self) -> usize {
        2 * self.layers
    }

    /// Where W1, b1, W2 and b2 stand.
    fn parts(self) -> [Range<usize>; 4] {
        let mut end = 0;
        [self.inputs() * HIDDEN, HIDDEN, HIDDEN * self.outputs(), self.outputs()].map(|len| {
            end += len;
            end - len..end
        })
    }
}

/// ln α for `parameters` parameters, then ψ, at the start: W1 uniform within ±1/√inputs, the same in every run; all else 0.
pub(super) fn initial<T: Real>(sharing: &Sharing, parameters: usize, log_rate: T) -> Vec<T> {
    let shape = Shape { layers: sharing.groups() };
    let [first, .., last] = shape.parts();
    let mut learned = vec![log_rate; parameters];
    learned.resize(parameters + last.end, T::zero());
    let psi = &mut learned[parameters..];
    let rng = &mut stream(0, Purpose::Initialisation, 0, 1);
    let limit = 1.0 / (shape.inputs() as f64).sqrt();
    psi[first].iter_mut().for_each(|weight| *weight = T::of(rng.random_range(-limit..limit)));
    learned
}

/// The step rule; its own parameters are ln α and ψ.
pub(super) struct MetaModel<'a, T> {
    segments: &'a [Range<usize>],
    psi: &'a [T],
    rates: Vec<T>,
    steps: usize,
}

/// What h read and said at one step.
struct Reading<T> {
    inputs: Vec<T>,
    hidden: Vec<T>,
    /// tanh of the outputs: one for each layer's a, then one for each layer's b.
    outputs: Vec<T>,
}

impl<'a, T: Real> MetaModel<'a, T> {
    /// `learned` is ln α and ψ; h was or is to be trained with this many inner steps.
    pub fn new(sharing: &'a Sharing, learned: &'a [T], steps: usize) -> Self {
        let segments: &[Range<usize>] = if let Sharing::Segments(segments) = sharing { segments } else { &[] };
        let (log_rates, psi) = learned.split_at(segments.last().map_or(0, |last| last.end));
        Self { segments, psi, rates: exponentials(log_rates), steps: steps.max(1) }
    }

    fn shape(&self) -> Shape {
        Shape { layers: self.segments.len() }
    }

    fn read(&self, step: Step<'_, T>) -> Reading<T> {
        let mean = |of: &[T], segment: &Range<usize>| {
            of[segment.clone()].iter().copied().sum::<T>() / T::of(segment.len() as f64)
        };
        let mut inputs: Vec<T> = self.segments.iter().map(|segment| mean(step.theta, segment)).collect();
        inputs.extend(self.segments.iter().map(|segment| mean(step.gradient, segment)));
        inputs.push(T::of(0.5) * (step.loss + T::of(LOSS_FLOOR)).ln());
        inputs.push(T::of(step.index.min(self.steps - 1) as f64 / self.steps as f64));
        let [w1, b1, w2, b2] = self.shape().parts().map(|part| &self.psi[part]);
        let layer = |inputs: &[T], weights: &[T], biases: &[T]| {
            let mut outputs = biases.to_vec();
            for (&input, weights) in inputs.iter().zip(weights.chunks_exact(biases.len())) {
                add_scaled(&mut outputs, input, weights);
            }
            outputs.iter_mut().for_each(|output| *output = output.tanh());
            outputs
        };
        let hidden = layer(&inputs, w1, b1);
        let outputs = layer(&hidden, w2, b2);
        Reading { inputs, hidden, outputs }
    }

    /// α of every parameter.
    pub fn rates(&self) -> &[T] {
        &self.rates
    }

    /// a/α and b of every layer.
    pub fn shares_and_keeps(&self, step: Step<'_, T>) -> Vec<(T, T)> {
        let reading = self.read(step);
        (0..self.segments.len()).map(|layer| self.share_and_keep(&reading, layer, step.index)).collect()
    }

    /// a/α and b of one layer.
    fn share_and_keep(&self, reading: &Reading<T>, layer: usize, step: usize) -> (T, T) {
        let share = (T::of(RATE_SPAN) * reading.outputs[layer]).exp();
        let keep = T::one() + T::of(KEEP_SPAN) * reading.outputs[self.segments.len() + layer];
        if step < self.steps { (share, keep) } else { (share.min(T::one()), T::one()) }
    }

    /// Back through h: ∂J by its outputs (before their tanh) to ∂J by its inputs; adds ∂J/∂ψ to `own`.
    fn back_through(&self, reading: &Reading<T>, outputs: &[T], own: &mut [T]) -> Vec<T> {
        let [w1, b1, w2, b2] = self.shape().parts();
        let transposed = |weights: &Range<usize>, by: &[T]| {
            self.psi[weights.clone()].chunks_exact(by.len()).map(|row| dot(row, by)).collect::<Vec<T>>()
        };
        let mut hidden = transposed(&w2, outputs);
        for (gradient, &value) in hidden.iter_mut().zip(&reading.hidden) {
            *gradient *= T::one() - value * value;
        }
        let layers = [(&reading.inputs, &hidden[..], w1.clone(), b1), (&reading.hidden, outputs, w2, b2)];
        for (inputs, outputs, weights, biases) in layers {
            add_scaled(&mut own[biases], T::one(), outputs);
            for (&input, row) in inputs.iter().zip(own[weights].chunks_exact_mut(outputs.len())) {
                add_scaled(row, input, outputs);
            }
        }
        transposed(&w1, &hidden)
    }
}

impl<T: Real> StepRule<T> for MetaModel<'_, T> {
    fn apply(&self, step: Step<'_, T>, next: &mut [T]) {
        let reading = self.read(step);
        for (layer, segment) in self.segments.iter().enumerate() {
            let (share, keep) = self.share_and_keep(&reading, layer, step.index);
            let [theta, gradient, rates] =
                [step.theta, step.gradient, &self.rates].map(|vector| vector[segment.clone()].iter());
            let states = theta.zip(gradient).zip(rates);
            for (next, ((&theta, &gradient), &rate)) in next[segment.clone()].iter_mut().zip(states) {
                *next = keep * theta - share * rate * gradient;
            }
        }
    }
}

impl<T: Real> Adjoint<T> for MetaModel<'_, T> {
    fn vjp(&self, step: Step<'_, T>, v: &mut [T], through: &mut [T], own: Option<&mut [T]>) {
        let reading = self.read(step);
        let layers = self.segments.len();
        let mut outputs = vec![T::zero(); 2 * layers];
        // Without a place for their gradient nothing is lost.
        let mut nowhere = Vec::new();
        let own = own.unwrap_or_else(|| {
            nowhere.resize(self.rates.len() + self.psi.len(), T::zero());
            &mut nowhere
        });
        let (log_rates, psi) = own.split_at_mut(self.rates.len());
        for (layer, segment) in self.segments.iter().enumerate() {
            let (share, keep) = self.share_and_keep(&reading, layer, step.index);
            let mut all = T::zero();
            let mut kept = T::zero();
            for i in segment.clone() {
                let a = share * self.rates[i];
                let log_rate = -a * step.gradient[i] * v[i];
                log_rates[i] += log_rate;
                all += log_rate;
                kept += step.theta[i] * v[i];
                through[i] = a * v[i];
                v[i] *= keep;
            }
            // A bound that holds does not move with ψ.
            let within = step.index < self.steps;
            if within || share < T::one() {
                outputs[layer] = all * T::of(RATE_SPAN);
            }
            if within {
                outputs[layers + layer] = kept * T::of(KEEP_SPAN);
            }
        }
        for (gradient, &value) in outputs.iter_mut().zip(&reading.outputs) {
            *gradient *= T::one() - value * value;
        }
        let inputs = self.back_through(&reading, &outputs, psi);
        for (layer, segment) in self.segments.iter().enumerate() {
            let share = T::one() / T::of(segment.len() as f64);
            v[segment.clone()].iter_mut().for_each(|v| *v += share * inputs[layer]);
            through[segment.clone()].iter_mut().for_each(|through| *through -= share * inputs[layers + layer]);
        }
        let slope = T::of(0.5) / (step.loss + T::of(LOSS_FLOOR));
        add_scaled(v, inputs[2 * layers] * slope, step.gradient);
    }
}
