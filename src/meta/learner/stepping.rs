//! The inner loop one step at a time, for whoever cannot wait for the whole of it.

use super::{Learner, MetaParameters};
use crate::maths::network::Workspace;
use crate::maths::real::Real;
use crate::maths::vector::norm;
use crate::meta::episode::Episode;
use crate::meta::step::{Step, StepRule};

/// An inner loop as far as it is done.
#[derive(Clone, Debug, Default)]
pub struct Stepwise<T> {
    theta: Vec<T>,
    next: Vec<T>,
    gradient: Vec<T>,
    done: usize,
    /// L(θ; S_0) since it rests.
    rests: Option<T>,
}

impl<T: Real> Stepwise<T> {
    /// Back to θ_0 = `phi`.
    pub fn begin(&mut self, phi: &[T]) {
        self.theta.clear();
        self.theta.extend_from_slice(phi);
        self.next.resize(phi.len(), T::zero());
        self.gradient.resize(phi.len(), T::zero());
        (self.done, self.rests) = (0, None);
    }

    /// θ_k.
    pub fn theta(&self) -> &[T] {
        &self.theta
    }

    /// k: the steps that were made.
    pub fn done(&self) -> usize {
        self.done
    }
}

impl Learner {
    /// The next step of an inner loop that began at φ: L(θ_k; S_k), and θ_{k+1} left in it. `rates` are the inner rates
    /// in force, [`Self::rates`]. Steps one after the other give what [`Self::adapt`] gives: from the first gradient on
    /// that is no longer than the tolerance the loop rests for good, whatever the mini-batches after it say, and the
    /// loss is L(θ_k; S_0).
    pub fn step_once<T: Real>(
        &self,
        meta: &MetaParameters<T>,
        rates: &[T],
        episode: &Episode<T>,
        stepwise: &mut Stepwise<T>,
        work: &mut Workspace<T>,
    ) -> T {
        if let Some(loss) = stepwise.rests {
            return loss;
        }
        let Stepwise { theta, next, gradient, done, rests } = stepwise;
        let loss = self.network.gradient(theta, episode.support(*done), work, gradient);
        if self.tolerance > 0.0 && norm(gradient).double() <= self.tolerance {
            return *rests.insert(self.network.loss(theta, episode.support(0), work));
        }
        let step = Step { index: *done, theta, gradient, loss };
        self.rule(meta, rates).apply(step, next);
        std::mem::swap(theta, next);
        *done += 1;
        loss
    }
}
