//! Meta-SGD: MAML with one learned inner rate for each parameter (Li, Zhou, Chen and Li 2017).
//!
//! The outer optimiser moves ln a, so that rates stay positive: ∂J/∂ln a = a ⊙ ∂J/∂a. All else is MAML's.

use super::rates::Sharing;
use crate::maths::network::Network;

/// One rate for each parameter.
pub(super) fn sharing(network: &Network) -> Sharing {
    Sharing::None(network.parameters())
}
