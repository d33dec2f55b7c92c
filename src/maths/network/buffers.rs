//! Where the passes keep what they compute; reused from one to the next.

use super::Network;
use crate::maths::real::Real;

/// What a gradient leaves behind: all that the Hessian-vector products at the same parameters and
/// batch need of it.
#[derive(Clone, Debug, Default)]
pub struct Trace<T> {
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
    /// ∂L/∂z.
    pub delta: Vec<T>,
}

/// Buffers of the passes; owned by the caller, one per thread.
#[derive(Clone, Debug, Default)]
pub struct Workspace<T> {
    pub(super) trace: Trace<T>,
    pub(super) layers: Vec<LayerBuffers<T>>,
    pub(super) transposed: Vec<T>,
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
    /// Bytes that a batch of so many rows takes.
    pub fn bytes(network: &Network, rows: usize) -> usize {
        4 * size_of::<T>() * rows * network.sizes[1..].iter().sum::<usize>()
    }

    pub(super) fn fit(&mut self, sizes: &[usize], rows: usize) {
        self.layers.resize_with(sizes.len() - 1, LayerTrace::default);
        for (layer, &width) in self.layers.iter_mut().zip(&sizes[1..]) {
            let LayerTrace { value, slope, bend, delta } = layer;
            for buffer in [value, slope, bend, delta] {
                buffer.resize(rows * width, T::zero());
            }
        }
    }
}

impl<T: Real> Workspace<T> {
    pub(super) fn fit(&mut self, sizes: &[usize], rows: usize) {
        self.layers.resize_with(sizes.len() - 1, LayerBuffers::default);
        for (layer, &width) in self.layers.iter_mut().zip(&sizes[1..]) {
            let LayerBuffers { inflow, tangent, value_tangent, delta_tangent } = layer;
            for buffer in [inflow, tangent, value_tangent, delta_tangent] {
                buffer.resize(rows * width, T::zero());
            }
        }
    }
}
