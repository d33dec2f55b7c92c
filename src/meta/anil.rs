//! ANIL, "almost no inner loop": MAML in which α belongs to the last layer alone; the body's inner
//! rate is 0, so it is learned but does not adapt (Raghu, Raghu, Bengio and Vinyals 2020).

use super::rates::Sharing;
use crate::maths::network::Network;
use crate::maths::real::Real;

/// Two segments: the body, then the head.
pub(super) fn sharing(network: &Network) -> Sharing {
    let layout = network.layout();
    let head = layout.layer(layout.layers().saturating_sub(1));
    Sharing::Segments(vec![0..head.start, head])
}

/// 0 for the body, α for the head.
pub(super) fn rates<T: Real>(inner_rate: f64) -> Vec<T> {
    vec![T::zero(), T::of(inner_rate)]
}
