//! What one inner step is made of: how θ_k and g_k become θ_{k+1}, and the adjoint of that. The inner
//! loop and the backward sweep are written once, for any such rule.

use crate::maths::real::Real;

/// One inner step as it was done.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a, T> {
    /// k.
    pub index: usize,
    /// θ_k.
    pub theta: &'a [T],
    /// g_k = ∇L(θ_k; S_k).
    pub gradient: &'a [T],
    /// L(θ_k; S_k).
    pub loss: T,
}

/// A rule that makes θ_{k+1} from θ_k, g_k and the loss.
pub trait StepRule<T: Real> {
    /// θ_{k+1} into `next`.
    fn apply(&self, step: Step<'_, T>, next: &mut [T]);
}

/// A rule that can be gone through backwards.
pub trait Adjoint<T: Real>: StepRule<T> {
    /// From v = ∂J/∂θ_{k+1}: leaves in `v` what flows to θ_k other than through g_k, and in `through`
    /// the vector u = −∂J/∂g_k, whose product with the Hessian of L(θ_k; S_k) the sweep subtracts.
    /// Adds ∂J by the rule's own parameters to `own` if it is given.
    fn vjp(&self, step: Step<'_, T>, v: &mut [T], through: &mut [T], own: Option<&mut [T]>);
}
