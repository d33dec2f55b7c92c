//! The context: numbers in the parameter vector that the first layer sees as inputs beside x. They
//! are the same for every row, so they shift its z by c·C, where C is their part of W1.
//!
//! ```text
//! z = xW + cC + b,   ∂L/∂C = c ⊗ s,   ∂L/∂c = C s,   s = Σ over rows of ∂L/∂z
//! ```

use super::Network;
use crate::maths::real::Real;
use crate::maths::vector::{add_scaled, dot, sum_rows};

impl Network {
    /// How many numbers of a layer weigh the context.
    pub(super) fn context_weights(&self, layer: usize) -> usize {
        if layer == 0 { self.layout.context().len() * self.sizes[1] } else { 0 }
    }

    /// C in a vector laid out like θ, in place.
    pub(in crate::maths) fn context_weights_mut<'a, T>(&self, vector: &'a mut [T]) -> &'a mut [T] {
        let start = self.layout.context().len() + self.sizes[0] * self.sizes[1];
        &mut vector[start..start + self.context_weights(0)]
    }

    fn context_weights_of<'a, T>(&self, vector: &'a [T]) -> &'a [T] {
        let start = self.layout.context().len() + self.sizes[0] * self.sizes[1];
        &vector[start..start + self.context_weights(0)]
    }

    /// Adds cC to every row, c from one vector laid out like θ and C from another.
    pub(super) fn add_context<T: Real>(&self, contexts: &[T], weights: &[T], out: &mut [T]) {
        let (context, width) = (&contexts[self.layout.context()], self.sizes[1]);
        if context.is_empty() {
            return;
        }
        let mut shift = vec![T::zero(); width];
        for (&context, weights) in context.iter().zip(self.context_weights_of(weights).chunks_exact(width)) {
            add_scaled(&mut shift, context, weights);
        }
        for row in out.chunks_exact_mut(width) {
            add_scaled(row, T::one(), &shift);
        }
    }

    /// ∂L/∂c and ∂L/∂C into `gradient`, from ∂L/∂z of the first layer.
    pub(super) fn context_gradient<T: Real>(&self, theta: &[T], delta: &[T], gradient: &mut [T]) {
        if self.layout.context().is_empty() {
            return;
        }
        gradient[self.layout.context()].fill(T::zero());
        self.context_weights_mut(gradient).fill(T::zero());
        self.add_context_product(theta, delta, gradient);
    }

    /// Adds C s and c ⊗ s, c and C from a vector laid out like θ.
    pub(super) fn add_context_product<T: Real>(&self, vector: &[T], delta: &[T], out: &mut [T]) {
        let (places, width) = (self.layout.context(), self.sizes[1]);
        if places.is_empty() {
            return;
        }
        let mut sum = vec![T::zero(); width];
        sum_rows(delta, &mut sum);
        let weights = self.context_weights_of(vector).chunks_exact(width);
        for (out, weights) in out[places.clone()].iter_mut().zip(weights) {
            *out += dot(weights, &sum);
        }
        for (&context, out) in vector[places].iter().zip(self.context_weights_mut(out).chunks_exact_mut(width)) {
            add_scaled(out, context, &sum);
        }
    }
}
