//! Activations and losses with the derivatives that two backward passes need.

use super::real::Real;

/// The non-linearity between layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// tanh z.
    Tanh,
    /// max(0, z), with derivative 0 at 0.
    Relu,
    /// sin(w0·z) (SIREN, Sitzmann et al. 2020).
    Sine {
        /// Frequency.
        w0: f64,
    },
    /// z·σ(z) with σ(z) = 1/(1 + e^−z) (Elfwing et al. 2018).
    Silu,
}

impl Activation {
    /// z → (f(z), f′(z)), in place: `value` holds z and receives f(z).
    #[expect(clippy::neg_cmp_op_on_partial_ord, reason = "what cannot be compared counts as above zero")]
    #[inline(always)]
    pub fn apply<T: Real>(self, value: &mut [T], slope: &mut [T]) {
        let pairs = value.iter_mut().zip(slope);
        match self {
            Self::Tanh => pairs.for_each(|(value, slope)| {
                *value = value.tanh();
                *slope = T::one() - *value * *value;
            }),
            Self::Relu => pairs.for_each(|(value, slope)| {
                // NaN is kept: it is not below or at zero either.
                let on = !(*value <= T::zero());
                *slope = if on { T::one() } else { T::zero() };
                *value = if on { *value } else { T::zero() };
            }),
            Self::Sine { w0 } => {
                let w0 = T::of(w0);
                pairs.for_each(|(value, slope)| {
                    let (sine, cosine) = (w0 * *value).sine_cosine();
                    *value = sine;
                    *slope = w0 * cosine;
                });
            }
            Self::Silu => pairs.for_each(|(value, slope)| {
                let sigma = value.logistic();
                *slope = sigma * (T::one() + *value * (T::one() - sigma));
                *value *= sigma;
            }),
        }
    }

    /// z → (f(z), f′(z), f″(z)), in place like [`Self::apply`].
    #[inline(always)]
    pub fn apply_twice<T: Real>(self, value: &mut [T], slope: &mut [T], curvature: &mut [T]) {
        if self == Self::Silu {
            for ((value, slope), curvature) in value.iter_mut().zip(slope).zip(curvature) {
                let sigma = value.logistic();
                let rest = T::one() - sigma;
                let two = T::of(2.0);
                *curvature = sigma * rest * (two + *value * (rest - sigma));
                *slope = sigma * (T::one() + *value * rest);
                *value *= sigma;
            }
            return;
        }
        self.apply(value, slope);
        let places = value.iter().zip(slope.iter()).zip(curvature);
        match self {
            Self::Tanh => {
                places.for_each(|((&value, &slope), curvature)| *curvature = -(value + value) * slope);
            }
            Self::Sine { w0 } => {
                let square = -T::of(w0 * w0);
                places.for_each(|((&value, _), curvature)| *curvature = square * value);
            }
            Self::Relu | Self::Silu => places.for_each(|(_, curvature)| *curvature = T::zero()),
        }
    }
}

/// What the network's outputs are compared with, averaged over rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Mean over rows and outputs of (f(x) − y)²; no ½.
    SquaredError,
    /// Softmax cross-entropy against rows of class probabilities (one-hot for plain labels).
    CrossEntropy,
}

impl Loss {
    /// The loss of outputs against targets (row-major, `outputs` columns).
    #[inline(always)]
    pub fn value<T: Real>(self, predicted: &[T], target: &[T], outputs: usize) -> T {
        match self {
            Self::SquaredError => {
                let sum: T = predicted.iter().zip(target).map(|(&p, &t)| (p - t) * (p - t)).sum();
                sum / T::of(predicted.len() as f64)
            }
            Self::CrossEntropy => {
                let rows = predicted.chunks_exact(outputs).zip(target.chunks_exact(outputs));
                let sum: T = rows
                    .map(|(p, t)| {
                        let top = p.iter().copied().fold(T::neg_infinity(), T::max);
                        let log_sum = top + p.iter().map(|&p| (p - top).exp()).sum::<T>().ln();
                        p.iter().zip(t).map(|(&p, &t)| t * (log_sum - p)).sum::<T>()
                    })
                    .sum();
                sum / T::of((predicted.len() / outputs) as f64)
            }
        }
    }

    /// The loss, and its derivative by the outputs in `delta`.
    #[inline(always)]
    pub fn gradient<T: Real>(self, predicted: &[T], target: &[T], outputs: usize, delta: &mut [T]) -> T {
        match self {
            Self::SquaredError => {
                let scale = T::of(2.0 / predicted.len() as f64);
                for ((delta, &p), &t) in delta.iter_mut().zip(predicted).zip(target) {
                    *delta = scale * (p - t);
                }
            }
            Self::CrossEntropy => {
                let scale = T::of(outputs as f64 / predicted.len() as f64);
                softmax(predicted, outputs, delta);
                for (delta, &t) in delta.iter_mut().zip(target) {
                    *delta = scale * (*delta - t);
                }
            }
        }
        self.value(predicted, target, outputs)
    }

    /// The loss's Hessian by the outputs times `tangent`, row by row.
    #[inline(always)]
    pub fn curvature<T: Real>(self, predicted: &[T], outputs: usize, tangent: &[T], out: &mut [T]) {
        match self {
            Self::SquaredError => {
                let scale = T::of(2.0 / predicted.len() as f64);
                for (out, &tangent) in out.iter_mut().zip(tangent) {
                    *out = scale * tangent;
                }
            }
            Self::CrossEntropy => {
                let scale = T::of(outputs as f64 / predicted.len() as f64);
                softmax(predicted, outputs, out);
                for (p, u) in out.chunks_exact_mut(outputs).zip(tangent.chunks_exact(outputs)) {
                    let mean: T = p.iter().zip(u).map(|(&p, &u)| p * u).sum();
                    for (p, &u) in p.iter_mut().zip(u) {
                        *p = scale * *p * (u - mean);
                    }
                }
            }
        }
    }
}

/// Class probabilities of each row of scores.
fn softmax<T: Real>(scores: &[T], classes: usize, out: &mut [T]) {
    for (out, scores) in out.chunks_exact_mut(classes).zip(scores.chunks_exact(classes)) {
        let top = scores.iter().copied().fold(T::neg_infinity(), T::max);
        let mut sum = T::zero();
        for (out, &score) in out.iter_mut().zip(scores) {
            *out = (score - top).exp();
            sum += *out;
        }
        for out in out {
            *out /= sum;
        }
    }
}
