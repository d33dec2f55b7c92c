//! The Hessian-vector product, which goes on from a gradient: a tangent beside each value, upwards and downwards.

use super::buffers::{LayerBuffers, LayerTrace};
use super::passes::{multiply, scaled, turn};
use super::{Network, Trace, Workspace};
use crate::maths::functions::Activation;
use crate::maths::kernels::{Onto, Strided, Term, sum_of_products, vectorised};
use crate::maths::real::Real;
use crate::maths::vector::{add, sum_rows};

impl Network {
    /// The sum of ∇²L(θ; D)·u over the first batches of a curved pass at θ into `out`, exactly; `directions` holds u
    /// for one after the other, at least for one.
    pub fn hessian_vectors<T: Real>(
        &self,
        theta: &[T],
        directions: &[T],
        trace: &Trace<T>,
        work: &mut Workspace<T>,
        out: &mut [T],
    ) {
        let batches = directions.len() / theta.len();
        let rows = trace.rows_of(batches - 1).end;
        vectorised::<T, _>(
            #[inline(always)]
            || {
                work.fit(&self.sizes, rows);
                self.tangent_up(theta, directions, rows, trace, work);
                self.tangent_down(directions, rows, trace, work);
                self.tangent_of_gradient(rows, trace, work, out);
            },
        );
        let (delta, delta_tangent) = (&trace.layers[0].delta, &work.layers[0].delta_tangent);
        self.context_gradient(theta, &delta_tangent[..rows * self.sizes[1]], out);
        for (batch, direction) in directions.chunks_exact(theta.len()).enumerate() {
            let rows = scaled(trace.rows_of(batch), self.sizes[1]);
            self.add_context_product(direction, &delta[rows], out);
        }
    }

    /// The tangents of z and h in every layer: z' = h'W + hV + c, h' = f′(z) ⊙ z', for each batch's direction
    /// u = (V, c, …); a residual layer adds the h' below it.
    #[inline(always)]
    fn tangent_up<T: Real>(
        &self,
        theta: &[T],
        directions: &[T],
        rows: usize,
        trace: &Trace<T>,
        work: &mut Workspace<T>,
    ) {
        for layer in 0..=self.last() {
            let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
            let (below, above) = work.layers.split_at_mut(layer);
            let LayerBuffers { tangent, value_tangent, .. } = &mut above[0];
            let [tangent, value_tangent] = [tangent, value_tangent].map(
                #[inline(always)]
                |buffer| &mut buffer[..rows * outputs],
            );
            for (batch, direction) in directions.chunks_exact(theta.len()).enumerate() {
                let own = trace.rows_of(batch);
                let places = scaled(own.clone(), inputs);
                let tangent = &mut tangent[scaled(own.clone(), outputs)];
                let (weights, biases) = self.parts(layer, direction);
                let onto = self.onto_row(layer, biases, [(theta, direction), (direction, theta)], tangent);
                let input = Strided::rows(&trace.input_of(layer)[places.clone()], inputs);
                let by_direction = Term { a: input, b: weights, k: inputs };
                let shape = [own.len(), outputs];
                match below.last() {
                    None => sum_of_products(onto, &[by_direction], tangent, shape),
                    Some(below) => {
                        let input = Strided::rows(&below.value_tangent[places], inputs);
                        let by_weights = Term { a: input, b: self.weights(layer, theta), k: inputs };
                        sum_of_products(onto, &[by_direction, by_weights], tangent, shape);
                    }
                }
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

    /// The tangents of ∂L/∂z in every layer.
    #[inline(always)]
    fn tangent_down<T: Real>(&self, directions: &[T], rows: usize, trace: &Trace<T>, work: &mut Workspace<T>) {
        let (top, outputs) = (&mut work.layers[self.last()], self.outputs());
        let directions = directions.chunks_exact(self.parameters());
        for batch in 0..directions.len() {
            let own = scaled(trace.rows_of(batch), outputs);
            let value = &trace.layers[self.last()].value[own.clone()];
            self.loss.curvature(value, outputs, &top.tangent[own.clone()], &mut top.delta_tangent[own]);
        }
        for layer in (1..=self.last()).rev() {
            let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
            let Workspace { layers, turned, .. } = &mut *work;
            let (below, above) = layers.split_at_mut(layer);
            let (own, below) = (&above[0], &mut below[layer - 1]);
            let inflow = &mut below.delta_tangent[..rows * inputs];
            for (batch, direction) in directions.clone().enumerate() {
                let rows = trace.rows_of(batch);
                let places = scaled(rows.clone(), outputs);
                let by_weights = Term {
                    a: Strided::rows(&own.delta_tangent[places.clone()], outputs),
                    b: &trace.layers[layer].turned,
                    k: outputs,
                };
                let by_direction = Term {
                    a: Strided::rows(&trace.layers[layer].delta[places], outputs),
                    b: turn(self.weights(layer, direction), outputs, turned),
                    k: outputs,
                };
                let shape = [rows.len(), inputs];
                sum_of_products(Onto::Zero, &[by_weights, by_direction], &mut inflow[scaled(rows, inputs)], shape);
            }
            if self.is_residual(layer) {
                add(inflow, &own.inflow);
            }
            if self.is_residual(layer - 1) {
                below.inflow[..inflow.len()].copy_from_slice(inflow);
            }

            // δ = inflow ⊙ f′, so δ' = inflow' ⊙ f′ + inflow ⊙ f″ ⊙ z'.
            let LayerTrace { slope, bend, .. } = &trace.layers[layer - 1];
            multiply(inflow, slope);
            if self.activation != Activation::Relu {
                let places = bend.iter().zip(below.tangent.iter());
                inflow.iter_mut().zip(places).for_each(|(out, (&bend, &tangent))| *out += bend * tangent);
            }
        }
    }

    /// The tangent of the gradient, summed over all rows, but for a context.
    #[inline(always)]
    fn tangent_of_gradient<T: Real>(&self, rows: usize, trace: &Trace<T>, work: &Workspace<T>, out: &mut [T]) {
        for layer in 0..=self.last() {
            let [inputs, outputs] = [self.sizes[layer], self.sizes[layer + 1]];
            let shape = [inputs, outputs];
            let (weights, biases) = self.parts_mut(layer, out);
            let tangent = &work.layers[layer].delta_tangent[..rows * outputs];
            let input = Strided::transposed(&trace.input_of(layer)[..rows * inputs], inputs);
            let by_value = Term { a: input, b: tangent, k: rows };
            match layer.checked_sub(1) {
                None => sum_of_products(Onto::Zero, &[by_value], weights, shape),
                Some(below) => {
                    let input = Strided::transposed(&work.layers[below].value_tangent[..rows * inputs], inputs);
                    let by_tangent = Term { a: input, b: &trace.layers[layer].delta[..rows * outputs], k: rows };
                    sum_of_products(Onto::Zero, &[by_value, by_tangent], weights, shape);
                }
            }
            sum_rows(tangent, biases);
        }
    }
}
