//! The dense network x → W₁ → act → … → Wₙ. Its gradient and its Hessian-vector product are written
//! once, here, for every task family.
//!
//! The Hessian is never formed: H·u is the derivative of the gradient in the direction u, computed
//! exactly by a forward and a backward pass that carry a tangent beside each value (Pearlmutter 1994).

use ndarray::{Array1, Array2, ArrayView2, Axis, Slice};

use super::functions::{Activation, Loss};
use super::layout::Layout;
use super::real::Real;

mod buffers;
mod context;
mod passes;
mod tangents;

pub use buffers::{Trace, Workspace};

/// Inputs and targets, one row for each point.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch<T> {
    x: Array2<T>,
    y: Array2<T>,
}

impl<T: Real> Batch<T> {
    /// From `x` (rows × inputs) and `y` (rows × outputs); surplus rows of the longer one are cut off.
    pub fn new(x: Array2<T>, y: Array2<T>) -> Self {
        let rows = x.nrows().min(y.nrows());
        let cut = |a: Array2<T>| match a.nrows() == rows && a.is_standard_layout() {
            true => a,
            false => a.slice_axis(Axis(0), Slice::from(..rows)).as_standard_layout().into_owned(),
        };
        Self { x: cut(x), y: cut(y) }
    }

    /// From one input and one target for each row.
    pub fn columns(x: Vec<T>, y: Vec<T>) -> Self {
        let column = |numbers: Vec<T>| Array1::from_vec(numbers).insert_axis(Axis(1));
        Self::new(column(x), column(y))
    }

    /// How many points.
    pub fn rows(&self) -> usize {
        self.x.nrows()
    }

    /// Inputs, rows × inputs.
    pub fn x(&self) -> ArrayView2<'_, T> {
        self.x.view()
    }

    /// Targets, rows × outputs.
    pub fn y(&self) -> ArrayView2<'_, T> {
        self.y.view()
    }

    /// Inputs and targets, row by row.
    fn slices(&self) -> (&[T], &[T]) {
        (self.x.as_slice().unwrap_or_default(), self.y.as_slice().unwrap_or_default())
    }
}

/// A dense stack with a loss; its parameters are a flat vector with the [`Layout`] that it names.
#[derive(Clone, Debug)]
pub struct Network {
    sizes: Vec<usize>,
    activation: Activation,
    loss: Loss,
    layout: Layout,
    residual: bool,
}

impl Network {
    /// A stack with these widths (inputs first, outputs last; at least two numbers).
    pub fn new(sizes: &[usize], activation: Activation, loss: Loss) -> Self {
        debug_assert!(sizes.len() >= 2, "a network has inputs and outputs");
        Self { sizes: sizes.to_vec(), activation, loss, layout: Layout::new(sizes, true, 0), residual: false }
    }

    /// The linear model y = w·x without a bias, with squared error.
    pub fn linear(inputs: usize) -> Self {
        let sizes = vec![inputs, 1];
        let layout = Layout::new(&sizes, false, 0);
        Self { sizes, activation: Activation::Tanh, loss: Loss::SquaredError, layout, residual: false }
    }

    /// The same network in which each hidden layer that is as wide as the hidden layer below it adds
    /// its input to its output: h = h_below + f(z) (He et al. 2016).
    #[must_use]
    pub fn with_residuals(mut self) -> Self {
        self.residual = true;
        self
    }

    /// The same network with `context` numbers more in its parameter vector, in front, which its first
    /// layer sees beside every row of inputs (CAVIA, Zintgraf et al. 2019): W1 gets a row for each.
    #[must_use]
    pub fn with_context(mut self, context: usize) -> Self {
        let biases = self.layout.tensors().iter().any(|tensor| tensor.name == "b1" && !tensor.range.is_empty());
        self.layout = Layout::new(&self.sizes, biases, context);
        self
    }

    /// Where each tensor stands in the flat vector.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Widths, inputs (without the context) first.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// Between the layers.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// What outputs are compared with.
    pub fn loss_kind(&self) -> Loss {
        self.loss
    }

    /// Whether hidden layers that are as wide as the one below add their input to their output.
    pub fn has_residuals(&self) -> bool {
        self.residual
    }

    /// How many parameters.
    pub fn parameters(&self) -> usize {
        self.layout.len()
    }

    /// Floating-point operations in the dense products of a forward pass, of a gradient and of a Hessian-vector
    /// product that goes on from a gradient's trace, over so many rows; those on a context are left out.
    pub fn operations(&self, rows: usize) -> [f64; 3] {
        let weights = |layer: usize| (self.sizes[layer] * self.sizes[layer + 1]) as f64;
        let all: f64 = (0..=self.last()).map(weights).sum();
        // No derivative by the inputs is needed.
        let inner = all - weights(0);
        [all, 2.0 * all + inner, 2.0 * all + 4.0 * inner].map(|products| 2.0 * rows as f64 * products)
    }

    /// Whether a layer adds its input to its output.
    fn is_residual(&self, layer: usize) -> bool {
        self.residual && layer > 0 && layer < self.last() && self.sizes[layer] == self.sizes[layer + 1]
    }

    fn last(&self) -> usize {
        self.sizes.len() - 2
    }

    fn outputs(&self) -> usize {
        self.sizes[self.sizes.len() - 1]
    }

    /// A layer's weights on its inputs, and its biases, in a vector laid out like θ.
    fn parts<'a, T>(&self, layer: usize, vector: &'a [T]) -> (&'a [T], &'a [T]) {
        let own = &vector[self.layout.layer(layer)];
        let weights = self.sizes[layer] * self.sizes[layer + 1];
        (&own[..weights], &own[weights + self.context_weights(layer)..])
    }

    pub(super) fn parts_mut<'a, T>(&self, layer: usize, vector: &'a mut [T]) -> (&'a mut [T], &'a mut [T]) {
        let own = &mut vector[self.layout.layer(layer)];
        let (weights, rest) = own.split_at_mut(self.sizes[layer] * self.sizes[layer + 1]);
        (weights, &mut rest[self.context_weights(layer)..])
    }
}
