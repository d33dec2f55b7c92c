//! The outer directions: what a task that has been adapted to asks of φ, and of whatever else is learned. One file for
//! each way there; which of them an algorithm takes, its [recipe](super::recipe) says.

/// Exactly, through every inner step.
pub mod unrolled;

/// The query gradient as it stands.
pub(super) mod first_order;

/// Towards the adapted parameters.
pub(super) mod difference;

/// From where adaptation ends.
pub(super) mod implicit;
