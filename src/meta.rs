//! Meta-learning: one inner loop ([`adapt`]) and one backward sweep ([`adjoint`]) serve every
//! algorithm. What tells algorithms apart is said in [`recipes`], one entry for each: what an inner step moves, who owns
//! its rates, and how the query loss becomes an outer direction. Pure: no thread, clock, file or window.
//!
//! NaN and infinity pass through to the outcome; [`crate::train`] turns them into an event.

/// Tasks as the inner loop sees them.
pub mod episode;

/// Who owns the inner rates.
pub mod rates;

/// How one inner step is made, and its adjoint.
pub mod step;

/// The inner loop.
pub mod adapt;

/// The backward sweep, the adjoint of the inner loop.
pub mod adjoint;

/// The parts that algorithms are made of.
pub mod recipe;

/// The algorithms.
pub mod recipes;

/// The outer directions.
pub mod outer;

/// The meta-model: a network that sets each step's rates.
pub mod meta_model;

/// Joint pretraining, the baseline.
pub mod joint;

/// How long an inner step may be.
pub mod stability;

/// An outer step taken apart.
pub mod dissection;

/// Learned rates, layer by layer.
pub mod tensor_rates;

/// Breaking off.
pub mod cancel;

mod learner;
mod proximal;

pub use learner::{Group, Learner, MetaParameters, Outcome, Stepwise, TaskLosses, TaskWork};
