//! Meta-learning: one inner loop ([`adapt`]) and one backward sweep ([`sweep`]) serve every
//! algorithm; each algorithm's own file says who owns the inner rates and how the query loss flows
//! back. Pure: no thread, clock, file or window.
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
pub mod sweep;

/// MAML: the exact meta-gradient.
pub mod maml;

/// FOMAML: without the Hessian term.
pub mod fomaml;

/// Reptile: towards the adapted parameters.
pub mod reptile;

/// Meta-SGD: one learned rate for each parameter.
pub mod meta_sgd;

/// MAML++: one learned rate for each tensor and step, and a loss over all steps.
pub mod maml_plus_plus;

/// ANIL: only the head adapts.
pub mod anil;

/// CAVIA: only a context adapts.
pub mod cavia;

/// iMAML: the meta-gradient from where adaptation ends.
pub mod imaml;

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

mod learner;

pub use learner::{Group, Learner, MetaParameters, Outcome, Stepwise, TaskLosses, TaskWork};
