//! A few tasks' part of a meta-iteration: their inner loops, then every algorithm's outer direction.

use super::{Group, Learner, MetaParameters, Outcome, TaskLosses, TaskWork};
use crate::maths::network::{Batch, Trace};
use crate::maths::real::Real;
use crate::maths::vector::{add_scaled, subtract};
use crate::meta::adapt::{Kept, TRACE_BYTES};
use crate::meta::adjoint::{Order, Scratch, Sweep};
use crate::meta::cancel::Cancel;
use crate::meta::episode::Episode;
use crate::meta::outer::{difference, first_order, implicit, unrolled};
use crate::meta::rates::InnerRates;
use crate::meta::recipe::{Moves, Rates, Recipe, Through};
use crate::meta::step::Adjoint;

impl Learner {
    /// Several tasks' part of a meta-iteration: adapts to each with K = `steps`, then leaves the sum of their outer
    /// directions, and each one's losses, in `group`. `rates` are the inner rates in force, [`Self::rates`]. At φ,
    /// where all tasks have their parameters in common, they are gone through together. Where `cancel` is wanted,
    /// which is asked before each inner step, what is left in `group` is incomplete: discard it.
    pub fn directions<T: Real>(
        &self,
        meta: &MetaParameters<T>,
        rates: &[T],
        episodes: &[Episode<T>],
        steps: usize,
        cancel: Cancel<'_>,
        group: &mut Group<T>,
    ) {
        if cancel.is_wanted() {
            return;
        }
        let Group { direction, tasks, task, at_phi, product } = group;
        let (network, phi) = (&self.network, meta.phi());
        let Recipe { through, rates: rated, moves, .. } = *self.recipe;
        let unrolled = through == Through::Unrolled;
        let supports = episodes.iter().map(|episode| episode.support(0));
        let queries = if self.measures { episodes } else { &[] };
        let batches = supports.chain(queries.iter().map(|episode| &episode.query));
        let rows = batches.clone().map(Batch::rows).sum();
        let together = steps > 0 && Trace::<T>::bytes(network, rows) <= TRACE_BYTES;
        if together {
            network.pass(phi, batches, episodes.len(), unrolled, at_phi, &mut task.work);
        }
        direction.clear();
        direction.resize(meta.values.len(), T::zero());
        let parameters = phi.len();
        if together && unrolled && task.first.len() < episodes.len() * parameters {
            task.first.resize(episodes.len() * parameters, T::zero());
        }
        tasks.resize_with(episodes.len(), TaskLosses::default);
        task.rates.clear();
        task.rates.extend_from_slice(rates);
        task.inner.keep(match (through, rated) {
            (Through::FirstOrder | Through::Difference, _) => Kept::Ends,
            (Through::Implicit, _) => Kept::Path,
            (Through::Unrolled, Rates::Given) => Kept::BareSweep,
            (Through::Unrolled, Rates::PerParameter | Rates::PerTensorAndStep | Rates::Model) => Kept::Sweep,
        });
        let mut left = false;
        for (index, (episode, losses)) in episodes.iter().zip(&mut *tasks).enumerate() {
            self.descend(meta, episode, steps, cancel, together.then_some((&*at_phi, index)), task);
            if cancel.is_wanted() {
                return;
            }
            task.outcome = Outcome {
                query_before: self.measures.then(|| match together {
                    true => at_phi.losses()[episodes.len() + index],
                    false => network.loss(phi, &episode.query, &mut task.work),
                }),
                ..Outcome::default()
            };
            task.leaves_first = (together && unrolled).then_some(index);
            // Every algorithm fills the φ part, and adds to the rest.
            task.direction.resize(meta.values.len(), T::zero());
            task.direction[phi.len()..].fill(T::zero());
            match through {
                Through::Unrolled => unrolled::direction(self, meta, episode, task),
                Through::FirstOrder => first_order::direction(self, episode, task),
                Through::Implicit => implicit::direction(self, episode, task),
                Through::Difference => difference::direction(self, episode, task),
            }
            add_scaled(direction, T::one(), &task.direction);
            if together && unrolled {
                match task.leaves_first.take() {
                    None => left = true,
                    Some(index) => task.first[index * parameters..][..parameters].fill(T::zero()),
                }
            }
            losses.outcome = task.outcome;
            losses.support.clear();
            losses.support.extend_from_slice(&task.inner.losses);
        }
        task.inner.keep(Kept::Path);
        if left {
            product.resize(parameters, T::zero());
            let first = &task.first[..episodes.len() * parameters];
            network.hessian_vectors(phi, first, at_phi, &mut task.work, product);
            subtract(&mut direction[..phi.len()], product);
        }
        if matches!(rated, Rates::PerParameter | Rates::PerTensorAndStep) {
            to_log_rates(&mut direction[phi.len()..], rates);
        }
        // It starts at 0 in every task.
        if moves == Moves::Context {
            direction[network.layout().context()].fill(T::zero());
        }
    }

    /// v_K = ∇L(θ_K; Q) into the φ part of the direction; records the query loss.
    pub(in crate::meta) fn query_gradient<T: Real>(&self, episode: &Episode<T>, task: &mut TaskWork<T>) {
        let phi = self.network.parameters();
        let TaskWork { inner, work, direction, outcome, .. } = task;
        let loss = self.network.gradient(inner.adapted(), &episode.query, work, &mut direction[..phi]);
        outcome.query_after = Some(loss);
    }

    /// Carries the φ part of the direction back through the inner loop, but for a first step that is left over,
    /// with ∂J by what the step rule learns in the rest if there is any. `weights` are those of the query losses before
    /// the last step.
    pub(in crate::meta) fn sweep_back<T: Real>(
        &self,
        meta: &MetaParameters<T>,
        episode: &Episode<T>,
        order: Order,
        weights: &[T],
        task: &mut TaskWork<T>,
    ) {
        if self.recipe.rates == Rates::Model {
            return self.sweep_with(&self.meta_model(meta), episode, order, weights, task);
        }
        let rates = std::mem::take(&mut task.rates);
        self.sweep_with(&InnerRates::new(&self.sharing, &rates), episode, order, weights, task);
        task.rates = rates;
    }

    /// The same for any step rule.
    fn sweep_with<T: Real>(
        &self,
        rule: &impl Adjoint<T>,
        episode: &Episode<T>,
        order: Order,
        weights: &[T],
        task: &mut TaskWork<T>,
    ) {
        let TaskWork { direction, first, inner, work, spare, scratch: [through, product, _], leaves_first, .. } = task;
        let parameters = self.network.parameters();
        through.resize(parameters, T::zero());
        product.resize(parameters, T::zero());
        let (v, own) = direction.split_at_mut(parameters);
        let own = (!own.is_empty()).then_some(own);
        let sweep = Sweep { network: &self.network, episode, inner, order, weights };
        let left = if order == Order::Second { leaves_first.take() } else { None };
        let u = left.map_or(&mut through[..], |task| &mut first[task * parameters..][..parameters]);
        let mut scratch = Scratch { work, spare, through: u, product };
        if left.is_some() {
            sweep.back_to_first(rule, &mut scratch, v, own);
        } else {
            sweep.back(rule, &mut scratch, v, own);
        }
    }
}

/// Turns ∂J/∂a into ∂J/∂ln a = a ⊙ ∂J/∂a.
fn to_log_rates<T: Real>(gradient: &mut [T], rates: &[T]) {
    for (gradient, &rate) in gradient.iter_mut().zip(rates) {
        *gradient *= rate;
    }
}
