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
    /// Adam with bias correction (Kingma and Ba 2015): p ← p − β m̂/(√v̂ + ε). Where the direction has outgrown its mean
    /// squares, √(mean of g²/v̂) > `surprise`, the step is shortened by as much as it exceeds it (Shazeer and Stern
    /// 2018; Wortsman et al. 2023).
    Adam {
        /// Decay of the mean.
        beta1: f64,
        /// Decay of the mean square.
        beta2: f64,
        /// Added to the root mean square.
        epsilon: f64,
        /// The largest root mean square of g/√v̂ that a full step is taken with; infinite for Adam as published.
        surprise: f64,
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

    /// Its state: means, mean squares (either empty where the rule has none), and steps done.
    pub fn state(&self) -> (&[T], &[T], i32) {
        (&self.mean, &self.square, self.steps)
    }

    /// The same rule for as long a vector, with another state; `None` if that has another length.
    pub fn with_state(&self, mean: &[T], square: &[T], steps: i32) -> Option<Self> {
        let fits = mean.len() == self.mean.len() && square.len() == self.square.len() && steps >= 0;
        fits.then(|| Self { rule: self.rule, mean: mean.to_vec(), square: square.to_vec(), steps })
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
            Rule::Adam { beta1, beta2, epsilon, surprise } => {
                let correction = T::of(1.0 / (1.0 - beta2.powi(self.steps)));
                let [keep1, keep2, take1, take2] = [beta1, beta2, 1.0 - beta1, 1.0 - beta2].map(T::of);
                for ((&g, m), v) in direction.iter().zip(&mut self.mean).zip(&mut self.square) {
                    *m = keep1 * *m + take1 * g;
                    *v = keep2 * *v + take2 * g * g;
                }
                let rate = rate / (1.0 - beta1.powi(self.steps));
                let rate = T::of(rate / (self.surprise(direction, correction, epsilon) / surprise).max(1.0));
                let epsilon = T::of(epsilon);
                for ((p, &m), &v) in parameters.iter_mut().zip(&self.mean).zip(&self.square) {
                    *p -= rate * m / ((v * correction).sqrt() + epsilon);
                }
            }
        }
    }

    /// √(mean of g²/v̂): 1 while the direction is as large as it has been, more where it has grown. Summed in lanes,
    /// which are the same whatever the processor.
    #[inline(always)]
    fn surprise(&self, direction: &[T], correction: T, epsilon: f64) -> f64 {
        const LANES: usize = 16;
        let least = T::of(epsilon * epsilon);
        let mut lanes = [T::zero(); LANES];
        let chunks = direction.chunks(LANES).zip(self.square.chunks(LANES));
        for (directions, squares) in chunks {
            for ((lane, &g), &v) in lanes.iter_mut().zip(directions).zip(squares) {
                *lane += g * g / (v * correction + least);
            }
        }
        (lanes.iter().map(|lane| lane.double()).sum::<f64>() / direction.len().max(1) as f64).sqrt()
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
    /// Adam with its usual constants, steps bounded.
    pub const ADAM: Self = Self::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, surprise: 1.0 };
    /// Momentum 0.9.
    pub const MOMENTUM: Self = Self::Momentum { decay: 0.9 };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(surprise: f64, directions: &[[f64; 2]]) -> [f64; 2] {
        let mut optimiser = Optimiser::new(Rule::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, surprise }, 2);
        let mut parameters = [0.0; 2];
        directions.iter().for_each(|direction| optimiser.step(&mut parameters, direction, 0.1));
        parameters
    }

    #[test]
    fn a_direction_that_outgrows_its_mean_squares_moves_less_and_any_other_as_adam_does() {
        let calm = [[1.0, -2.0]; 50];
        let [bounded, published] = [1.0, f64::INFINITY].map(|surprise| moved(surprise, &calm));
        assert!(bounded.iter().zip(published).all(|(a, b)| (a - b).abs() < 1e-9), "{bounded:?} {published:?}");
        let leap: Vec<_> = calm.into_iter().chain([[30.0, -60.0]]).collect();
        let step = |surprise| moved(surprise, &leap)[0] - moved(surprise, &calm)[0];
        // v̂ of 50 ones and a 900: the root mean square of g/√v̂ by hand.
        let square = (1.0 - 0.999_f64.powi(50)) * 0.999 + 0.001 * 900.0;
        let surprise = (900.0 / (square / (1.0 - 0.999_f64.powi(51)))).sqrt();
        assert!(surprise > 3.0);
        assert!((step(f64::INFINITY) / step(1.0) - surprise).abs() < 1e-6, "{surprise}");
    }
}
