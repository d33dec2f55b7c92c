//! SGD, momentum, Adam: an outer direction becomes a step; and what may happen to it before.

use super::kernels::vectorised;
use super::real::Real;

/// Which rule, with its constants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// p ← p − β g.
    Sgd,
    /// m ← μ m + g; p ← p − β m (heavy ball).
    Momentum {
        /// μ.
        decay: f64,
    },
    /// Adam with bias correction (Kingma and Ba 2015).
    Adam {
        /// Decay of the mean.
        beta1: f64,
        /// Decay of the mean square.
        beta2: f64,
        /// Added to the root mean square.
        epsilon: f64,
    },
}

/// An optimiser's state for one flat vector.
#[derive(Clone, Debug)]
pub struct Optimiser<T> {
    rule: Rule,
    mean: Vec<T>,
    square: Vec<T>,
    steps: i32,
}

impl<T: Real> Optimiser<T> {
    /// For a vector of this many numbers.
    pub fn new(rule: Rule, parameters: usize) -> Self {
        let mean = if rule == Rule::Sgd { 0 } else { parameters };
        let square = if matches!(rule, Rule::Adam { .. }) { parameters } else { 0 };
        Self { rule, mean: vec![T::zero(); mean], square: vec![T::zero(); square], steps: 0 }
    }

    /// Which rule it follows.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// How many numbers its state has.
    pub fn numbers(&self) -> usize {
        self.mean.len() + self.square.len()
    }

    /// Whether its state is finite; if not, it cannot go on.
    pub fn is_finite(&self) -> bool {
        super::vector::is_finite(&self.mean) && super::vector::is_finite(&self.square)
    }

    /// Moves the parameters against the direction.
    pub fn step(&mut self, parameters: &mut [T], direction: &[T], rate: f64) {
        self.steps = self.steps.saturating_add(1);
        vectorised::<T, _>(
            #[inline(always)]
            || self.moved(parameters, direction, rate),
        );
    }

    #[inline(always)]
    fn moved(&mut self, parameters: &mut [T], direction: &[T], rate: f64) {
        match self.rule {
            Rule::Sgd => super::vector::add_scaled(parameters, T::of(-rate), direction),
            Rule::Momentum { decay } => {
                for ((p, &g), m) in parameters.iter_mut().zip(direction).zip(&mut self.mean) {
                    *m = T::of(decay) * *m + g;
                    *p -= T::of(rate) * *m;
                }
            }
            Rule::Adam { beta1, beta2, epsilon } => {
                let rate = T::of(rate / (1.0 - beta1.powi(self.steps)));
                let correction = T::of(1.0 / (1.0 - beta2.powi(self.steps)));
                let [keep1, keep2, epsilon] = [beta1, beta2, epsilon].map(T::of);
                let [take1, take2] = [1.0 - beta1, 1.0 - beta2].map(T::of);
                let state = self.mean.iter_mut().zip(&mut self.square);
                for ((p, &g), (m, v)) in parameters.iter_mut().zip(direction).zip(state) {
                    *m = keep1 * *m + take1 * g;
                    *v = keep2 * *v + take2 * g * g;
                    *p -= rate * *m / ((*v * correction).sqrt() + epsilon);
                }
            }
        }
    }
}

/// Shortens a direction to at most this length; returns the length that it had.
pub fn clip<T: Real>(direction: &mut [T], longest: f64) -> f64 {
    let length = super::vector::norm(direction).double();
    if length > longest {
        let share = T::of(longest / length);
        direction.iter_mut().for_each(|value| *value *= share);
    }
    length
}

impl Rule {
    /// Adam with its usual constants.
    pub const ADAM: Self = Self::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    /// Momentum 0.9.
    pub const MOMENTUM: Self = Self::Momentum { decay: 0.9 };
}
