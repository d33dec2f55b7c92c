//! The passes: forward, the gradient, and the Hessian-vector product that goes on from a gradient.

use ndarray::{Array2, ArrayView2};

use super::buffers::{LayerBuffers, LayerTrace};
use super::{Batch, Network, Trace, Workspace};
use crate::maths::functions::Activation;
use crate::maths::kernels::{Onto, Strided, product, transpose, vectorised};
use crate::maths::real::Real;
use crate::maths::vector::{add, sum_rows};

impl Network {
    /// Outputs for the batch's inputs, rows × outputs.
    pub fn output<T: Real>(&self, theta: &[T], x: ArrayView2<'_, T>, work: &mut Workspace<T>) -> Array2<T> {
        let rows = x.nrows();
        let x = x.as_standard_layout();
        self.forward(theta, x.as_slice().unwrap_or_default(), rows, false, &mut work.trace);
        let outputs = self.outputs();
        Array2::from_shape_fn((rows, outputs), |(i, j)| work.trace.layers[self.last()].value[i * outputs + j])
    }

    /// L(θ; D).
    pub fn loss<T: Real>(&self, theta: &[T], batch: &Batch<T>, work: &mut Workspace<T>) -> T {
        let (x, y) = batch.slices();
        self.forward(theta, x, batch.rows(), false, &mut work.trace);
        self.loss.value(&work.trace.layers[self.last()].value, y, self.outputs())
    }

    /// ∇L(θ; D) into `gradient` (one number for each parameter); returns L(θ; D).
    pub fn gradient<T: Real>(&self, theta: &[T], batch: &Batch<T>, work: &mut Workspace<T>, gradient: &mut [T]) -> T {
        let mut trace = std::mem::take(&mut work.trace);
        let loss = vectorised::<T, _>(
            #[inline(always)]
            || self.gradient_pass(theta, batch, false, &mut trace, work, gradient),
        );
        work.trace = trace;
        loss
    }

    /// The same, and `trace` is left behind for [`Self::hessian_vector`].
    pub fn traced_gradient<T: Real>(
        &self,
        theta: &[T],
        batch: &Batch<T>,
        trace: &mut Trace<T>,
        work: &mut Workspace<T>,
        gradient: &mut [T],
    ) -> T {
        vectorised::<T, _>(
            #[inline(always)]
            || self.gradient_pass(theta, batch, true, trace, work, gradient),
        )
    }

    /// ∇²L(θ; D)·u into `out`, exactly; `direction` is u, and `trace` was left behind by the gradient
    /// at the same θ and D.
    pub fn hessian_vector<T: Real>(
        &self,
        theta: &[T],
        direction: &[T],
        batch: &Batch<T>,
        trace: &Trace<T>,
        work: &mut Workspace<T>,
        out: &mut [T],
    ) {
        vectorised::<T, _>(
            #[inline(always)]
            || {
                work.fit(&self.sizes, batch.rows());
                self.tangent_up(theta, direction, batch, trace, work);
                self.tangent_down(theta, direction, batch, trace, work, out);
            },
        );
    }

    /// z and h in every layer with f′(z), and f″(z) if `curved`.
    fn forward<T: Real>(&self, theta: &[T], x: &[T], rows: usize, curved: bool, trace: &mut Trace<T>) {
        vectorised::<T, _>(
            #[inline(always)]
            || self.up(theta, x, rows, curved, trace),
        );
    }

    #[inline(always)]
    fn up<T: Real>(&self, theta: &[T], x: &[T], rows: usize, curved: bool, trace: &mut Trace<T>) {
        trace.fit(&self.sizes, rows);
        for layer in 0..=self.last() {
            let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
            let (weights, biases) = self.parts(layer, theta);
            let (below, above) = trace.layers.split_at_mut(layer);
            let LayerTrace { value, slope, bend, .. } = &mut above[0];
            let input = below.last().map_or(x, |below| &below.value);
            let onto = self.onto_row(layer, biases, [(theta, theta)], value);
            product(onto, Strided::rows(input, inputs), weights, value, [rows, inputs, outputs]);
            if layer < self.last() {
                if curved && self.activation != Activation::Relu {
                    self.activation.apply_twice(value, slope, bend);
                } else {
                    self.activation.apply(value, slope);
                }
            }
            if self.is_residual(layer) {
                add(value, input);
            }
        }
    }

    #[inline(always)]
    fn gradient_pass<T: Real>(
        &self,
        theta: &[T],
        batch: &Batch<T>,
        curved: bool,
        trace: &mut Trace<T>,
        work: &mut Workspace<T>,
        gradient: &mut [T],
    ) -> T {
        let (x, y) = batch.slices();
        let rows = batch.rows();
        self.up(theta, x, rows, curved, trace);
        work.fit(&self.sizes, rows);
        let top = &mut trace.layers[self.last()];
        let loss = self.loss.gradient(&top.value, y, self.outputs(), &mut top.delta);
        for layer in (0..=self.last()).rev() {
            let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
            let (below, above) = trace.layers.split_at_mut(layer);
            let own = &above[0];
            let input = below.last().map_or(x, |below| &below.value);
            let (weights, biases) = self.parts_mut(layer, gradient);
            product(Onto::Zero, Strided::transposed(input, inputs), &own.delta, weights, [inputs, rows, outputs]);
            sum_rows(&own.delta, biases);
            let Some(below) = below.last_mut() else {
                self.context_gradient(theta, &own.delta, gradient);
                break;
            };
            let Workspace { layers, transposed, .. } = work;
            let weights = turn(self.weights(layer, theta), outputs, transposed);
            let delta = Strided::rows(&own.delta, outputs);
            product(Onto::Zero, delta, weights, &mut below.delta, [rows, outputs, inputs]);
            if self.is_residual(layer) {
                add(&mut below.delta, &layers[layer].inflow);
            }
            if self.is_residual(layer - 1) {
                layers[layer - 1].inflow.copy_from_slice(&below.delta);
            }
            let LayerTrace { slope, bend, delta, .. } = below;
            if curved && self.activation != Activation::Relu {
                multiply(bend, delta);
            }
            multiply(delta, slope);
        }
        loss
    }

    /// The tangents of z and h in every layer: z' = h'W + hV + c, h' = f′(z) ⊙ z', for the direction
    /// u = (V, c, …); a residual layer adds the h' below it.
    #[inline(always)]
    fn tangent_up<T: Real>(
        &self,
        theta: &[T],
        direction: &[T],
        batch: &Batch<T>,
        trace: &Trace<T>,
        work: &mut Workspace<T>,
    ) {
        let (x, _) = batch.slices();
        for layer in 0..=self.last() {
            let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
            let shape = [batch.rows(), inputs, outputs];
            let (weights_tangent, biases_tangent) = self.parts(layer, direction);
            let (below, above) = work.layers.split_at_mut(layer);
            let LayerBuffers { tangent, value_tangent, .. } = &mut above[0];
            let onto = self.onto_row(layer, biases_tangent, [(theta, direction), (direction, theta)], tangent);
            let input = if layer == 0 { x } else { &trace.layers[layer - 1].value };
            product(onto, Strided::rows(input, inputs), weights_tangent, tangent, shape);
            if let Some(below) = below.last() {
                let input = Strided::rows(&below.value_tangent, inputs);
                product(Onto::Itself, input, self.weights(layer, theta), tangent, shape);
            }
            if layer < self.last() {
                let places = trace.layers[layer].slope.iter().zip(tangent.iter());
                value_tangent.iter_mut().zip(places).for_each(|(out, (&slope, &tangent))| *out = slope * tangent);
            }
            if let Some(below) = below.last().filter(|_| self.is_residual(layer)) {
                add(value_tangent, &below.value_tangent);
            }
        }
    }

    /// The tangents of ∂L/∂z in every layer, and of the gradient into `out`.
    #[inline(always)]
    fn tangent_down<T: Real>(
        &self,
        theta: &[T],
        direction: &[T],
        batch: &Batch<T>,
        trace: &Trace<T>,
        work: &mut Workspace<T>,
        out: &mut [T],
    ) {
        let (x, _) = batch.slices();
        let top = &mut work.layers[self.last()];
        let outputs = &trace.layers[self.last()].value;
        self.loss.curvature(outputs, self.outputs(), &top.tangent, &mut top.delta_tangent);
        for layer in (0..=self.last()).rev() {
            let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
            let shape = [inputs, batch.rows(), outputs];
            let Workspace { layers, transposed, .. } = &mut *work;
            let (below, above) = layers.split_at_mut(layer);
            let own = &above[0];
            let delta = &trace.layers[layer].delta;
            let input = if layer == 0 { x } else { &trace.layers[layer - 1].value };
            let (weights, biases) = self.parts_mut(layer, out);
            product(Onto::Zero, Strided::transposed(input, inputs), &own.delta_tangent, weights, shape);
            sum_rows(&own.delta_tangent, biases);
            let Some(below) = below.last_mut() else {
                self.context_hessian_vector([theta, direction], [delta, &own.delta_tangent], out);
                break;
            };
            product(Onto::Itself, Strided::transposed(&below.value_tangent, inputs), delta, weights, shape);

            let shape = [batch.rows(), outputs, inputs];
            let inflow = &mut below.delta_tangent;
            let weights = turn(self.weights(layer, theta), outputs, transposed);
            product(Onto::Zero, Strided::rows(&own.delta_tangent, outputs), weights, inflow, shape);
            let weights_tangent = turn(self.weights(layer, direction), outputs, transposed);
            product(Onto::Itself, Strided::rows(delta, outputs), weights_tangent, inflow, shape);
            if self.is_residual(layer) {
                add(inflow, &own.inflow);
            }
            if self.is_residual(layer - 1) {
                below.inflow.copy_from_slice(inflow);
            }

            // δ = inflow ⊙ f′, so δ' = inflow' ⊙ f′ + inflow ⊙ f″ ⊙ z'.
            let LayerTrace { slope, bend, .. } = &trace.layers[layer - 1];
            let LayerBuffers { tangent, delta_tangent, .. } = below;
            multiply(delta_tangent, slope);
            if self.activation != Activation::Relu {
                let places = bend.iter().zip(tangent.iter());
                delta_tangent.iter_mut().zip(places).for_each(|(out, (&bend, &tangent))| *out += bend * tangent);
            }
        }
    }

    /// A layer's weights on its inputs in a vector laid out like θ.
    fn weights<'a, T>(&self, layer: usize, vector: &'a [T]) -> &'a [T] {
        self.parts(layer, vector).0
    }

    /// What a layer's product is added to: the biases in every row, and in the first layer the shift by the
    /// context, which is the sum of cC over pairs of vectors (c from one, C from the other).
    #[inline(always)]
    fn onto_row<'a, T: Real, const N: usize>(
        &self,
        layer: usize,
        biases: &'a [T],
        contexts: [(&[T], &[T]); N],
        out: &mut [T],
    ) -> Onto<'a, T> {
        if layer > 0 || self.layout.context().is_empty() {
            return Onto::Row(biases);
        }
        out.fill(T::zero());
        if !biases.is_empty() {
            out.chunks_exact_mut(biases.len()).for_each(|row| row.copy_from_slice(biases));
        }
        for (context, weights) in contexts {
            self.add_context(context, weights, out);
        }
        Onto::Itself
    }
}

/// The transpose of a row-major matrix with so many columns, in a buffer; of a single column itself.
#[inline(always)]
fn turn<'a, T: Real>(matrix: &'a [T], columns: usize, buffer: &'a mut Vec<T>) -> &'a [T] {
    if columns == 1 {
        return matrix;
    }
    buffer.resize(matrix.len(), T::zero());
    transpose(matrix, columns, buffer);
    buffer
}

/// a ← a ⊙ b.
#[inline(always)]
fn multiply<T: Real>(a: &mut [T], b: &[T]) {
    a.iter_mut().zip(b).for_each(|(a, &b)| *a *= b);
}
