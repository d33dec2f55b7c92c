//! How long an inner step may be: gradient descent on a loss with Hessian H overshoots along its
//! steepest direction once α > 2/λ_max(H).

use crate::maths::network::{Batch, Network, Trace, Workspace};
use crate::maths::real::Real;
use crate::maths::vector::norm;

/// λ_max of ∇²L(θ; D) in absolute value, by `iterations` of power iteration on the exact
/// Hessian-vector product. Not finite where the loss is not.
pub fn largest_eigenvalue<T: Real>(
    network: &Network,
    theta: &[T],
    batch: &Batch<T>,
    iterations: usize,
    work: &mut Workspace<T>,
) -> f64 {
    let mut vector = vec![T::zero(); theta.len()];
    // The gradient is rich in the steepest direction; a fixed ripple covers the rest.
    let mut trace = Trace::default();
    network.traced_gradient(theta, batch, &mut trace, work, &mut vector);
    let ripple = T::of(1e-3) * norm(&vector) + T::of(1e-12);
    for (i, entry) in vector.iter_mut().enumerate() {
        *entry += if i % 2 == 0 { ripple } else { -ripple };
    }
    let mut product = vec![T::zero(); theta.len()];
    let mut value = T::zero();
    for _ in 0..iterations {
        let length = norm(&vector);
        if length == T::zero() || !length.is_finite() {
            return length.double();
        }
        for entry in &mut vector {
            *entry /= length;
        }
        network.hessian_vectors(theta, &vector, &trace, work, &mut product);
        value = norm(&product);
        std::mem::swap(&mut vector, &mut product);
    }
    value.double()
}
