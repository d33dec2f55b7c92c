//! The inner loop one step at a time, for whoever cannot wait for the whole of it.

use super::{Learner, MetaParameters};
use crate::maths::network::Workspace;
use crate::maths::real::Real;
use crate::maths::vector::norm;
use crate::meta::episode::Episode;
use crate::meta::imaml;
use crate::meta::rates::InnerRates;
use crate::meta::step::{Step, StepRule};
use crate::settings::Algorithm;

impl Learner {
    /// Step k = `index` of the inner loop from `theta` = θ_k: L(θ_k; S_k), and θ_{k+1} left in `theta`. `rates` are
    /// the inner rates in force, [`Self::rates`]. Steps one after the other give what [`Self::adapt`] gives; a loop
    /// that has converged stays where it is.
    #[expect(clippy::too_many_arguments, reason = "every one is part of the formula")]
    pub fn step_once<T: Real>(
        &self,
        meta: &MetaParameters<T>,
        rates: &[T],
        episode: &Episode<T>,
        index: usize,
        theta: &mut Vec<T>,
        gradient: &mut Vec<T>,
        work: &mut Workspace<T>,
    ) -> T {
        gradient.resize(theta.len(), T::zero());
        let loss = self.network.gradient(theta, episode.support(index), work, gradient);
        if self.tolerance > 0.0 && norm(gradient).double() <= self.tolerance {
            return loss;
        }
        let mut next = vec![T::zero(); theta.len()];
        let step = Step { index, theta, gradient, loss };
        match self.algorithm {
            Algorithm::Imaml => imaml::rule(self, meta.phi(), rates).apply(step, &mut next),
            Algorithm::MetaModel => self.meta_model(meta).apply(step, &mut next),
            _ => InnerRates::new(&self.sharing, rates).apply(step, &mut next),
        }
        *theta = next;
        loss
    }
}
