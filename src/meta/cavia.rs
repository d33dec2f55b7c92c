//! CAVIA: MAML in which only a context adapts, a few numbers that the network's first layer sees as
//! further inputs. It is 0 before adaptation; the network itself is shared by all tasks and learned by
//! the outer loop alone (Zintgraf, Shiarlis, Kurin, Hofmann and Whiteson 2019).
//!
//! On the plane the context can but shift the output: its model is linear, and a slope is no shift.

use super::learner::Learner;
use super::rates::Sharing;
use crate::maths::network::Network;
use crate::maths::real::Real;

/// Two segments: the context, then the network.
pub(super) fn sharing(network: &Network) -> Sharing {
    let context = network.layout().context();
    Sharing::Segments(vec![context.clone(), context.end..network.parameters()])
}

/// α for the context, 0 for the network.
pub(super) fn rates<T: Real>(inner_rate: f64) -> Vec<T> {
    vec![T::of(inner_rate), T::zero()]
}

/// The direction is MAML's, but for the context's own start, which stays 0.
pub(super) fn hold_context<T: Real>(learner: &Learner, direction: &mut [T]) {
    direction[learner.network.layout().context()].fill(T::zero());
}
