//! The dense network x → W₁ → act → … → Wₙ. Its gradient and its Hessian-vector product are written
//! once, here, for every task family.
//!
//! The Hessian is never formed: H·u is the derivative of the gradient in the direction u, computed
//! exactly by a forward and a backward pass that carry a tangent beside each value (Pearlmutter 1994).

use ndarray::{Array2, ArrayView2, Axis, Slice};

use super::functions::{Activation, Loss};
use super::kernels::{Strided, elementwise, product, transpose};
use super::layout::Layout;
use super::real::Real;
use super::vector::add_scaled;

mod context;

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
        let cut = |a: Array2<T>| a.slice_axis(Axis(0), Slice::from(..rows)).as_standard_layout().into_owned();
        Self { x: cut(x), y: cut(y) }
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

/// Buffers that the passes reuse; owned by the caller, one per thread.
#[derive(Clone, Debug, Default)]
pub struct Workspace<T> {
    layers: Vec<LayerBuffers<T>>,
    weights_transposed: Vec<T>,
}

#[derive(Clone, Debug, Default)]
struct LayerBuffers<T> {
    /// Layer output h = f(z), rows × width (z itself after the last layer); a residual layer's
    /// input is added to it.
    value: Vec<T>,
    /// f′(z).
    slope: Vec<T>,
    /// f″(z).
    curvature: Vec<T>,
    /// Directional derivative of z.
    tangent: Vec<T>,
    /// Directional derivative of h.
    value_tangent: Vec<T>,
    /// ∂L/∂z.
    delta: Vec<T>,
    /// ∂L/∂h, before it is multiplied by f′.
    inflow: Vec<T>,
    /// Directional derivative of ∂L/∂z.
    delta_tangent: Vec<T>,
    /// Directional derivative of ∂L/∂h, kept for residual layers.
    inflow_tangent: Vec<T>,
}

impl<T: Real> Workspace<T> {
    fn fit(&mut self, sizes: &[usize], rows: usize) {
        self.layers.resize_with(sizes.len() - 1, LayerBuffers::default);
        for (buffers, &width) in self.layers.iter_mut().zip(&sizes[1..]) {
            let len = rows * width;
            let LayerBuffers { value, slope, curvature, tangent, value_tangent, delta, .. } = buffers;
            for buffer in [value, slope, curvature, tangent, value_tangent, delta] {
                buffer.resize(len, T::zero());
            }
            let LayerBuffers { inflow, delta_tangent, inflow_tangent, .. } = buffers;
            for buffer in [inflow, delta_tangent, inflow_tangent] {
                buffer.resize(len, T::zero());
            }
        }
    }
}

impl Network {
    /// A stack with these widths (inputs first, outputs last; at least two numbers).
    pub fn new(sizes: &[usize], activation: Activation, loss: Loss) -> Self {
        debug_assert!(sizes.len() >= 2, "a network has inputs and outputs");
        Self { sizes: sizes.to_vec(), activation, loss, layout: Layout::dense(sizes, true), residual: false }
    }

    /// The linear model y = w·x without a bias, with squared error.
    pub fn linear(inputs: usize) -> Self {
        let sizes = vec![inputs, 1];
        let layout = Layout::dense(&sizes, false);
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
        self.layout = Layout::with_context(&self.sizes, biases, context);
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

    /// How many parameters.
    pub fn parameters(&self) -> usize {
        self.layout.len()
    }

    /// Outputs for the batch's inputs, rows × outputs.
    pub fn output<T: Real>(&self, theta: &[T], x: ArrayView2<'_, T>, work: &mut Workspace<T>) -> Array2<T> {
        let rows = x.nrows();
        let x = x.as_standard_layout();
        self.forward(theta, x.as_slice().unwrap_or_default(), rows, false, work);
        let outputs = self.outputs();
        Array2::from_shape_fn((rows, outputs), |(i, j)| work.layers[self.last()].value[i * outputs + j])
    }

    /// L(θ; D).
    pub fn loss<T: Real>(&self, theta: &[T], batch: &Batch<T>, work: &mut Workspace<T>) -> T {
        let (x, y) = batch.slices();
        self.forward(theta, x, batch.rows(), false, work);
        self.loss.value(&work.layers[self.last()].value, y, self.outputs())
    }

    /// ∇L(θ; D) into `gradient` (one number for each parameter); returns L(θ; D).
    pub fn gradient<T: Real>(&self, theta: &[T], batch: &Batch<T>, work: &mut Workspace<T>, gradient: &mut [T]) -> T {
        let (x, y) = batch.slices();
        let rows = batch.rows();
        self.forward(theta, x, rows, false, work);
        let top = &mut work.layers[self.last()];
        let loss = self.loss.gradient(&top.value, y, self.outputs(), &mut top.delta);
        for layer in (0..=self.last()).rev() {
            let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
            let (below, above) = work.layers.split_at_mut(layer);
            let own = &above[0];
            let input = below.last().map_or(x, |below| &below.value);
            let (weights, biases) = self.parts_mut(layer, gradient);
            product(false, Strided::transposed(input, inputs), &own.delta, weights, [inputs, rows, outputs]);
            sum_rows(&own.delta, biases);
            if layer == 0 {
                self.context_gradient(theta, &own.delta, gradient);
            }
            if let Some(below) = below.last_mut() {
                let weights = &theta[self.layout.layer(layer)][..inputs * outputs];
                work.weights_transposed.resize(weights.len(), T::zero());
                transpose(weights, outputs, &mut work.weights_transposed);
                let inflow = Strided::rows(&own.delta, outputs);
                product(false, inflow, &work.weights_transposed, &mut below.delta, [rows, outputs, inputs]);
                if self.is_residual(layer) {
                    add_scaled(&mut below.delta, T::one(), &own.inflow);
                }
                if self.is_residual(layer - 1) {
                    below.inflow.copy_from_slice(&below.delta);
                }
                elementwise(
                    #[inline(always)]
                    || below.delta.iter_mut().zip(&below.slope).for_each(|(delta, &slope)| *delta *= slope),
                );
            }
        }
        loss
    }

    /// ∇²L(θ; D)·u into `out`, exactly; `direction` is u. As a by-product the work buffers hold the
    /// gradient's intermediates, not the gradient itself.
    pub fn hessian_vector<T: Real>(
        &self,
        theta: &[T],
        direction: &[T],
        batch: &Batch<T>,
        work: &mut Workspace<T>,
        out: &mut [T],
    ) {
        let (x, y) = batch.slices();
        let rows = batch.rows();
        self.forward(theta, x, rows, true, work);
        self.forward_tangent(theta, direction, x, rows, work);
        let top = &mut work.layers[self.last()];
        self.loss.gradient(&top.value, y, self.outputs(), &mut top.delta);
        self.loss.curvature(&top.value, self.outputs(), &top.tangent, &mut top.delta_tangent);
        for layer in (0..=self.last()).rev() {
            let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
            let (below, above) = work.layers.split_at_mut(layer);
            let own = &above[0];
            let shape = [inputs, rows, outputs];
            let input = below.last().map_or(x, |below| &below.value);
            let (weights, biases) = self.parts_mut(layer, out);
            product(false, Strided::transposed(input, inputs), &own.delta_tangent, weights, shape);
            sum_rows(&own.delta_tangent, biases);
            if layer == 0 {
                self.context_hessian_vector([theta, direction], [&own.delta, &own.delta_tangent], out);
                break;
            }
            let Some(below) = below.last_mut() else { continue };
            product(true, Strided::transposed(&below.value_tangent, inputs), &own.delta, weights, shape);

            let transposed = &mut work.weights_transposed;
            transposed.resize(inputs * outputs, T::zero());
            transpose(&theta[self.layout.layer(layer)][..inputs * outputs], outputs, transposed);
            let (delta, delta_tangent) =
                (Strided::rows(&own.delta, outputs), Strided::rows(&own.delta_tangent, outputs));
            let shape = [rows, outputs, inputs];
            product(false, delta, transposed, &mut below.inflow, shape);
            product(false, delta_tangent, transposed, &mut below.delta_tangent, shape);
            transpose(&direction[self.layout.layer(layer)][..inputs * outputs], outputs, transposed);
            product(true, delta, transposed, &mut below.delta_tangent, shape);
            if self.is_residual(layer) {
                add_scaled(&mut below.inflow, T::one(), &own.inflow);
                add_scaled(&mut below.delta_tangent, T::one(), &own.inflow_tangent);
            }
            if self.is_residual(layer - 1) {
                below.inflow_tangent.copy_from_slice(&below.delta_tangent);
            }

            // δ = inflow ⊙ f′, so δ' = inflow' ⊙ f′ + inflow ⊙ f″ ⊙ z'.
            let LayerBuffers { slope, curvature, tangent, delta, inflow, delta_tangent, .. } = below;
            elementwise(
                #[inline(always)]
                || {
                    for i in 0..delta.len() {
                        delta[i] = inflow[i] * slope[i];
                        delta_tangent[i] = delta_tangent[i] * slope[i] + inflow[i] * curvature[i] * tangent[i];
                    }
                },
            );
        }
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

    /// z and h in every layer with f′(z), and f″(z) if `curved`.
    fn forward<T: Real>(&self, theta: &[T], x: &[T], rows: usize, curved: bool, work: &mut Workspace<T>) {
        work.fit(&self.sizes, rows);
        for layer in 0..=self.last() {
            let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
            let (weights, biases) = self.parts(layer, theta);
            let (below, above) = work.layers.split_at_mut(layer);
            let own = &mut above[0];
            let input = below.last().map_or(x, |below| &below.value);
            fill_rows(&mut own.value, biases);
            if layer == 0 {
                self.add_context(theta, theta, &mut own.value);
            }
            product(true, Strided::rows(input, inputs), weights, &mut own.value, [rows, inputs, outputs]);
            if layer < self.last() {
                let activation = self.activation;
                let LayerBuffers { value, slope, curvature, .. } = own;
                if curved {
                    elementwise(
                        #[inline(always)]
                        || activation.apply_twice(value, slope, curvature),
                    );
                } else {
                    elementwise(
                        #[inline(always)]
                        || activation.apply(value, slope),
                    );
                }
            }
            if self.is_residual(layer) {
                add_scaled(&mut own.value, T::one(), input);
            }
        }
    }

    /// The tangents of z and f(z) in every layer: z' = h'W + hV + c, h' = f′(z) ⊙ z', for the
    /// direction u = (V, c, …); a residual layer adds the h' below it.
    fn forward_tangent<T: Real>(&self, theta: &[T], direction: &[T], x: &[T], rows: usize, work: &mut Workspace<T>) {
        for layer in 0..=self.last() {
            let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
            let shape = [rows, inputs, outputs];
            let weights = &theta[self.layout.layer(layer)][..inputs * outputs];
            let (weights_tangent, biases_tangent) = self.parts(layer, direction);
            let (below, above) = work.layers.split_at_mut(layer);
            let own = &mut above[0];
            fill_rows(&mut own.tangent, biases_tangent);
            if layer == 0 {
                self.add_context(theta, direction, &mut own.tangent);
                self.add_context(direction, theta, &mut own.tangent);
            }
            let input = below.last().map_or(x, |below| &below.value);
            product(true, Strided::rows(input, inputs), weights_tangent, &mut own.tangent, shape);
            if let Some(below) = below.last() {
                product(true, Strided::rows(&below.value_tangent, inputs), weights, &mut own.tangent, shape);
            }
            if layer < self.last() {
                let LayerBuffers { slope, tangent, value_tangent, .. } = own;
                elementwise(
                    #[inline(always)]
                    || {
                        let inputs = slope.iter().zip(tangent.iter());
                        value_tangent
                            .iter_mut()
                            .zip(inputs)
                            .for_each(|(out, (&slope, &tangent))| *out = slope * tangent);
                    },
                );
            }
            if let Some(below) = below.last().filter(|_| self.is_residual(layer)) {
                add_scaled(&mut own.value_tangent, T::one(), &below.value_tangent);
            }
        }
    }
}

/// Sets every row to `row`, or to 0 where there is none (no biases).
fn fill_rows<T: Real>(matrix: &mut [T], row: &[T]) {
    if row.is_empty() {
        matrix.fill(T::zero());
        return;
    }
    for out in matrix.chunks_exact_mut(row.len()) {
        out.copy_from_slice(row);
    }
}

fn sum_rows<T: Real>(matrix: &[T], out: &mut [T]) {
    if out.is_empty() {
        return;
    }
    out.fill(T::zero());
    for row in matrix.chunks_exact(out.len()) {
        for (out, &value) in out.iter_mut().zip(row) {
            *out += value;
        }
    }
}
