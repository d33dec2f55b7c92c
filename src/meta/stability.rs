//! How long an inner step may be: gradient descent on a loss with Hessian H overshoots along its steepest direction
//! once α > 2/λ_max(H).
//!
//! λ_max is found by the Lanczos method on the exact Hessian-vector product (Lanczos 1950; Golub and Van Loan, Matrix
//! Computations, 10.1), with full reorthogonalisation. Its k-th value is never above λ_max but for rounding, and an
//! eigenvalue lies within the residual that comes with it.

use std::ops::Range;

use nalgebra::{DMatrix, SymmetricEigen};

use super::learner::Learner;
use super::recipe::{Rates, Through};
use crate::maths::network::{Batch, Network, Trace, Workspace};
use crate::maths::real::Real;
use crate::maths::vector::{add_scaled, dot, norm};

/// Hessian-vector products that a largest eigenvalue is worth, at most.
pub const PRODUCTS: usize = 20;
/// A residual of this share of the value is small enough: the limit of α is drawn, and told in two digits.
const ACCURACY: f64 = 3e-3;

/// An eigenvalue and how far the next one of H is from it at most; neither is finite where the loss is not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eigenvalue {
    /// The largest one, negative where the loss bends down in every direction.
    pub value: f64,
    /// ‖Hv − value·v‖ of its unit vector v.
    pub residual: f64,
}

/// The search for λ_max of ∇²L(θ; D), in those of the parameters that an inner step moves.
pub struct Lanczos<T> {
    trace: Trace<T>,
    moved: Range<usize>,
    /// Orthonormal; zero in parameters that do not move.
    basis: Vec<Vec<T>>,
    diagonal: Vec<f64>,
    beside: Vec<f64>,
    product: Vec<T>,
    found: Eigenvalue,
}

impl<T: Real> Lanczos<T> {
    /// Begins at θ: one gradient.
    pub fn new(network: &Network, theta: &[T], batch: &Batch<T>, moved: Range<usize>, work: &mut Workspace<T>) -> Self {
        let mut start = vec![T::zero(); theta.len()];
        let mut trace = Trace::default();
        network.traced_gradient(theta, batch, &mut trace, work, &mut start);
        // The gradient is rich in the steepest direction; a fixed ripple covers the rest.
        let ripple = T::of(1e-3) * norm(&start[moved.clone()]) + T::of(1e-12);
        for (i, entry) in start.iter_mut().enumerate() {
            let ripple = if i % 2 == 0 { ripple } else { -ripple };
            *entry = if moved.contains(&i) { *entry + ripple } else { T::zero() };
        }
        let length = norm(&start);
        let found = Eigenvalue { value: (length * T::zero()).double(), residual: f64::INFINITY };
        start.iter_mut().for_each(|entry| *entry /= length);
        let product = vec![T::zero(); theta.len()];
        Self { trace, moved, basis: vec![start], diagonal: Vec::new(), beside: Vec::new(), product, found }
    }

    /// One more product with H at the same θ; whether yet another one may tell more.
    pub fn advance(&mut self, network: &Network, theta: &[T], work: &mut Workspace<T>) -> bool {
        let Self { trace, moved, basis, diagonal, beside, product, found } = self;
        let Some(last) = basis.last() else { return false };
        network.hessian_vectors(theta, last, trace, work, product);
        product[..moved.start].fill(T::zero());
        product[moved.end..].fill(T::zero());
        diagonal.push(dot(last, product).double());
        for _ in 0..2 {
            for vector in &*basis {
                let overlap = dot(vector, product);
                add_scaled(product, -overlap, vector);
            }
        }
        let length = norm(product);
        *found = ritz(diagonal, beside, length.double());
        let more = found.residual > ACCURACY * found.value.abs() && basis.len() < moved.len();
        // What is left of a vector that lay in the space already is rounding.
        let most = diagonal.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        if !more || !length.is_finite() || length.double() <= 1e-6 * most {
            return false;
        }
        beside.push(length.double());
        basis.push(product.iter().map(|&entry| entry / length).collect());
        true
    }

    /// The largest eigenvalue as far as it is known.
    pub fn found(&self) -> Eigenvalue {
        self.found
    }
}

impl Learner {
    /// The parameters that α moves; `None` where the inner rates are learned.
    pub fn moved(&self) -> Option<Range<usize>> {
        (self.recipe().rates == Rates::Given).then(|| self.recipe().moves.range(&self.network))
    }

    /// The inner rate from which on a step overshoots where H has this λ_max, for iMAML with its proximal term:
    /// 2/λ_max. Infinite where the loss is flat or bends down, 0 where λ_max is not finite.
    pub fn longest_step(&self, largest_eigenvalue: f64) -> f64 {
        let proximal = if self.recipe().through == Through::Implicit { self.method().regularisation } else { 0.0 };
        match largest_eigenvalue + proximal {
            curvature if !curvature.is_finite() => 0.0,
            curvature if curvature <= 0.0 => f64::INFINITY,
            curvature => 2.0 / curvature,
        }
    }
}

/// The largest eigenvalue of the tridiagonal matrix, and its residual from the next number `below` its diagonal.
fn ritz(diagonal: &[f64], beside: &[f64], below: f64) -> Eigenvalue {
    let all = diagonal.iter().chain(beside).chain([&below]);
    if all.clone().any(|value| !value.is_finite()) {
        return Eigenvalue { value: f64::NAN, residual: f64::NAN };
    }
    let size = diagonal.len();
    let matrix = DMatrix::from_fn(size, size, |row, column| match row.abs_diff(column) {
        0 => diagonal[row],
        1 => beside[row.min(column)],
        _ => 0.0,
    });
    let eigen = SymmetricEigen::new(matrix);
    let largest = eigen.eigenvalues.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let Some((index, &value)) = largest else { return Eigenvalue { value: 0.0, residual: 0.0 } };
    Eigenvalue { value, residual: below * eigen.eigenvectors[(size - 1, index)].abs() }
}

/// λ_max of ∇²L(θ; D) in the parameters that are `moved`, by at most `products` Hessian-vector products.
pub fn largest_eigenvalue<T: Real>(
    network: &Network,
    theta: &[T],
    batch: &Batch<T>,
    moved: Range<usize>,
    products: usize,
    work: &mut Workspace<T>,
) -> Eigenvalue {
    let mut search = Lanczos::new(network, theta, batch, moved, work);
    for _ in 0..products {
        if !search.advance(network, theta, work) {
            break;
        }
    }
    search.found()
}
