//! Flat parameters, one dense network with exact first and second derivatives, and the outer
//! optimisers. Pure: no thread, clock, file or window; the same call gives the same bits.
//!
//! NaN and infinity pass through every function here unchanged in kind: what goes in not finite
//! comes out not finite, and the caller decides what that means.

/// The number types that everything is written for.
pub mod real;

/// Dense products and element-wise functions for the processor at hand.
pub mod kernels;

/// Names and places of the tensors in the flat parameter vector.
pub mod layout;

/// Activations and losses with the derivatives that two backward passes need.
pub mod functions;

/// The dense network: output, loss, gradient, Hessian-vector product.
pub mod network;

/// Random streams by (seed, purpose, meta-iteration, index).
pub mod stream;

/// Random initialisation.
pub mod init;

/// Random Fourier features.
pub mod features;

/// SGD, momentum, Adam.
pub mod optimiser;

/// Principal components.
pub mod principal;

/// Soft k-means.
pub mod clusters;

/// How alike two representations are.
pub mod similarity;

/// Points in a plane, turned onto others.
pub mod turn;

/// Conjugate gradients.
pub mod conjugate;

/// Dot products and the like on flat vectors.
pub mod vector;
