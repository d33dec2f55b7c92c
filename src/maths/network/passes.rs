//! The passes: forward, and the gradient.

use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use super::buffers::LayerTrace;
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
        let Workspace { trace, .. } = work;
        trace.input.clear();
        trace.input.extend_from_slice(x.as_slice().unwrap_or_default());
        self.forward(theta, rows, trace);
        let outputs = self.outputs();
        Array2::from_shape_fn((rows, outputs), |(i, j)| trace.layers[self.last()].value[i * outputs + j])
    }

    /// What every layer puts out for these inputs, rows × width, first layer first: after its activation, with its
    /// input added where the layer is residual; the last one's are the outputs.
    pub fn activations<T: Real>(&self, theta: &[T], x: ArrayView2<'_, T>, work: &mut Workspace<T>) -> Vec<Array2<T>> {
        self.output(theta, x.view(), work);
        let layer = |layer: usize| {
            let width = self.sizes[layer + 1];
            Array2::from_shape_fn((x.nrows(), width), |(i, j)| work.trace.layers[layer].value[i * width + j])
        };
        (0..=self.last()).map(layer).collect()
    }

    /// L(θ; D).
    pub fn loss<T: Real>(&self, theta: &[T], batch: &Batch<T>, work: &mut Workspace<T>) -> T {
        let (x, y) = batch.slices();
        let Workspace { trace, .. } = work;
        trace.input.clear();
        trace.input.extend_from_slice(x);
        self.forward(theta, batch.rows(), trace);
        self.loss.value(&trace.layers[self.last()].value[..y.len()], y, self.outputs())
    }

    /// ∇L(θ; D) into `gradient` (one number for each parameter); returns L(θ; D).
    pub fn gradient<T: Real>(&self, theta: &[T], batch: &Batch<T>, work: &mut Workspace<T>, gradient: &mut [T]) -> T {
        let mut trace = std::mem::take(&mut work.trace);
        self.pass(theta, [batch].into_iter(), 1, false, &mut trace, work);
        self.gradient_of(theta, 0, &trace, gradient);
        let loss = trace.losses[0];
        work.trace = trace;
        loss
    }

    /// The same, and `trace` is left behind for [`Self::hessian_vectors`].
    pub fn traced_gradient<T: Real>(
        &self,
        theta: &[T],
        batch: &Batch<T>,
        trace: &mut Trace<T>,
        work: &mut Workspace<T>,
        gradient: &mut [T],
    ) -> T {
        self.pass(theta, [batch].into_iter(), 1, true, trace, work);
        self.gradient_of(theta, 0, trace, gradient);
        trace.losses[0]
    }

    /// One pass over several batches at the same parameters, from which [`Self::gradient_of`] follows for the first
    /// so many of them, and [`Self::hessian_vectors`] if the trace is `curved`. Of the others only the losses are
    /// computed.
    pub fn pass<'a, T: Real>(
        &self,
        theta: &[T],
        batches: impl Iterator<Item = &'a Batch<T>> + Clone,
        differentiated: usize,
        curved: bool,
        trace: &mut Trace<T>,
        work: &mut Workspace<T>,
    ) {
        trace.input.clear();
        trace.ends.clear();
        trace.losses.clear();
        let mut rows = 0;
        for batch in batches.clone() {
            rows += batch.rows();
            trace.input.extend_from_slice(batch.slices().0);
            trace.ends.push(rows);
        }
        vectorised::<T, _>(
            #[inline(always)]
            || self.up(theta, rows, curved, trace),
        );
        let outputs = self.outputs();
        for (index, batch) in batches.enumerate() {
            let places = scaled(trace.rows_of(index), outputs);
            let LayerTrace { value, delta, .. } = &mut trace.layers[self.last()];
            let (value, delta) = (&value[places.clone()], &mut delta[places]);
            let y = batch.slices().1;
            trace.losses.push(if index < differentiated {
                self.loss.gradient(value, y, outputs, delta)
            } else {
                self.loss.value(value, y, outputs)
            });
        }
        let rows = differentiated.checked_sub(1).map_or(0, |last| trace.ends[last]);
        vectorised::<T, _>(
            #[inline(always)]
            || self.down(theta, rows, curved, trace, work),
        );
    }

    /// ∇L(θ; D) of one of the batches of a pass at θ.
    pub fn gradient_of<T: Real>(&self, theta: &[T], batch: usize, trace: &Trace<T>, gradient: &mut [T]) {
        self.gradient_of_rows(theta, trace.rows_of(batch), trace, gradient);
    }

    /// The sum of ∇L(θ; D) over the first so many batches of a pass at θ, at least one.
    pub fn gradient_sum<T: Real>(&self, theta: &[T], batches: usize, trace: &Trace<T>, gradient: &mut [T]) {
        self.gradient_of_rows(theta, 0..trace.rows_of(batches - 1).end, trace, gradient);
    }

    fn gradient_of_rows<T: Real>(&self, theta: &[T], rows: Range<usize>, trace: &Trace<T>, gradient: &mut [T]) {
        vectorised::<T, _>(
            #[inline(always)]
            || {
                for layer in 0..=self.last() {
                    let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
                    let input = &trace.input_of(layer)[scaled(rows.clone(), inputs)];
                    let delta = &trace.layers[layer].delta[scaled(rows.clone(), outputs)];
                    let (weights, biases) = self.parts_mut(layer, gradient);
                    let shape = [inputs, rows.len(), outputs];
                    product(Onto::Zero, Strided::transposed(input, inputs), delta, weights, shape);
                    sum_rows(delta, biases);
                }
            },
        );
        self.context_gradient(theta, &trace.layers[0].delta[scaled(rows, self.sizes[1])], gradient);
    }

    fn forward<T: Real>(&self, theta: &[T], rows: usize, trace: &mut Trace<T>) {
        vectorised::<T, _>(
            #[inline(always)]
            || self.up(theta, rows, false, trace),
        );
    }

    /// z and h in every layer with f′(z), and f″(z) if `curved`.
    #[inline(always)]
    fn up<T: Real>(&self, theta: &[T], rows: usize, curved: bool, trace: &mut Trace<T>) {
        trace.fit(&self.sizes, rows);
        for layer in 0..=self.last() {
            let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
            let (weights, biases) = self.parts(layer, theta);
            let (below, above) = trace.layers.split_at_mut(layer);
            let LayerTrace { value, slope, bend, .. } = &mut above[0];
            let [value, slope, bend] = [value, slope, bend].map(
                #[inline(always)]
                |buffer| &mut buffer[..rows * outputs],
            );
            let input = &below.last().map_or(&trace.input, |below| &below.value)[..rows * inputs];
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

    /// ∂L/∂z in every layer from that of the last one, for the first rows.
    #[inline(always)]
    fn down<T: Real>(&self, theta: &[T], rows: usize, curved: bool, trace: &mut Trace<T>, work: &mut Workspace<T>) {
        work.fit(&self.sizes, rows);
        for layer in (1..=self.last()).rev() {
            let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
            let (below, above) = trace.layers.split_at_mut(layer);
            let LayerTrace { slope, bend, delta, .. } = &mut below[layer - 1];
            let (delta, slope) = (&mut delta[..rows * inputs], &slope[..rows * inputs]);
            let LayerTrace { delta: own, turned, .. } = &mut above[0];
            let weights = turn(self.weights(layer, theta), outputs, turned);
            product(
                Onto::Zero,
                Strided::rows(&own[..rows * outputs], outputs),
                weights,
                delta,
                [rows, outputs, inputs],
            );
            if self.is_residual(layer) {
                add(delta, &work.layers[layer].inflow);
            }
            if self.is_residual(layer - 1) {
                work.layers[layer - 1].inflow[..delta.len()].copy_from_slice(delta);
            }
            if curved && self.activation != Activation::Relu {
                multiply(bend, delta);
            }
            multiply(delta, slope);
        }
    }

    /// A layer's weights on its inputs in a vector laid out like θ.
    pub(super) fn weights<'a, T>(&self, layer: usize, vector: &'a [T]) -> &'a [T] {
        self.parts(layer, vector).0
    }

    /// What a layer's product is added to: the biases in every row, and in the first layer the shift by the
    /// context, which is the sum of cC over pairs of vectors (c from one, C from the other).
    #[inline(always)]
    pub(super) fn onto_row<'a, T: Real, const N: usize>(
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

/// The transpose of a row-major matrix with so many columns, in a buffer.
#[inline(always)]
pub(super) fn turn<'a, T: Real>(matrix: &[T], columns: usize, buffer: &'a mut Vec<T>) -> &'a [T] {
    buffer.resize(matrix.len(), T::zero());
    transpose(matrix, columns, buffer);
    buffer
}

/// Where so many numbers a row stand.
#[inline(always)]
pub(super) fn scaled(rows: Range<usize>, width: usize) -> Range<usize> {
    rows.start * width..rows.end * width
}

/// a ← a ⊙ b.
#[inline(always)]
pub(super) fn multiply<T: Real>(a: &mut [T], b: &[T]) {
    a.iter_mut().zip(b).for_each(|(a, &b)| *a *= b);
}
