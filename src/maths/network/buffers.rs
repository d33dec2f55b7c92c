//! Where the passes keep what they compute; reused from one to the next.

use std::ops::Range;

use super::Network;
use crate::maths::real::Real;

/// What a pass over one or more batches leaves behind: their rows lie one after the other, and all that their
/// gradients and Hessian-vector products at the same parameters need is here. Behind it may be what an earlier pass over
/// more rows left.
#[derive(Clone, Debug, Default)]
pub struct Trace<T> {
    /// The row after the last one of each batch.
    pub(super) ends: Vec<usize>,
    /// L(θ; D) of each batch.
    pub(super) losses: Vec<T>,
    pub(super) input: Vec<T>,
    pub(super) layers: Vec<LayerTrace<T>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct LayerTrace<T> {
    /// Layer output h = f(z), rows × width (z itself after the last layer); a residual layer's
    /// input is added to it.
    pub value: Vec<T>,
    /// f′(z).
    pub slope: Vec<T>,
    /// f″(z) on the way up, f″(z) ⊙ ∂L/∂h after the way down; unused where f″ = 0.
    pub bend: Vec<T>,
    /// ∂L/∂z, of the batches that are differentiated.
    pub delta: Vec<T>,
    /// The transpose of the layer's weights, but for the first layer.
    pub turned: Vec<T>,
}

/// Buffers of the passes; owned by the caller, one per thread.
#[derive(Clone, Debug, Default)]
pub struct Workspace<T> {
    pub(super) trace: Trace<T>,
    pub(super) layers: Vec<LayerBuffers<T>>,
    pub(super) turned: Vec<T>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct LayerBuffers<T> {
    /// ∂L/∂h, or its directional derivative; kept for residual layers.
    pub inflow: Vec<T>,
    /// Directional derivative of z.
    pub tangent: Vec<T>,
    /// Directional derivative of h.
    pub value_tangent: Vec<T>,
    /// Directional derivative of ∂L/∂z.
    pub delta_tangent: Vec<T>,
}

impl<T: Real> Trace<T> {
    /// Bytes that batches of so many rows together take.
    pub fn bytes(network: &Network, rows: usize) -> usize {
        let widths = network.sizes[0] + 4 * network.sizes[1..].iter().sum::<usize>();
        size_of::<T>() * (rows * widths + network.parameters())
    }

    /// L(θ; D) of each batch.
    pub fn losses(&self) -> &[T] {
        &self.losses
    }

    /// The rows of a batch.
    pub(super) fn rows_of(&self, batch: usize) -> Range<usize> {
        batch.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[batch]
    }

    /// What goes into a layer, all rows at least.
    pub(super) fn input_of(&self, layer: usize) -> &[T] {
        layer.checked_sub(1).map_or(&self.input, |below| &self.layers[below].value)
    }

    /// Makes room for so many rows; buffers never shrink, so that turns of few and many rows cost nothing.
    pub(super) fn fit(&mut self, sizes: &[usize], rows: usize) {
        self.layers.resize_with(sizes.len() - 1, LayerTrace::default);
        for (layer, &width) in self.layers.iter_mut().zip(&sizes[1..]) {
            let LayerTrace { value, slope, bend, delta, .. } = layer;
            for buffer in [value, slope, bend, delta] {
                if buffer.len() < rows * width {
                    buffer.resize(rows * width, T::zero());
                }
            }
        }
    }
}

impl<T: Real> Workspace<T> {
    /// Makes room for so many rows, as a trace does.
    pub(super) fn fit(&mut self, sizes: &[usize], rows: usize) {
        self.layers.resize_with(sizes.len() - 1, LayerBuffers::default);
        for (layer, &width) in self.layers.iter_mut().zip(&sizes[1..]) {
            let LayerBuffers { inflow, tangent, value_tangent, delta_tangent } = layer;
            for buffer in [inflow, tangent, value_tangent, delta_tangent] {
                if buffer.len() < rows * width {
                    buffer.resize(rows * width, T::zero());
                }
            }
        }
    }
}
