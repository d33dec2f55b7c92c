//! Who owns the inner rates: one for all, one for each of some segments, or one for each parameter;
//! the same at every step or one set for each.

use std::ops::Range;

use super::recipe::{Moves, Rates, Recipe};
use super::step::{Adjoint, Step, StepRule};
use crate::maths::kernels::vectorised;
use crate::maths::layout::Layout;
use crate::maths::network::Network;
use crate::maths::real::Real;
use crate::maths::vector::dot;

/// Which parameters share a rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// One rate for all.
    All,
    /// One rate for each of these adjoining segments of the parameter vector, and none for what stands before them.
    Segments(Vec<Range<usize>>),
    /// One rate for each of this many parameters.
    None(usize),
}

impl Sharing {
    /// One rate for each layer; a context counts with the first.
    pub fn layers(layout: &Layout) -> Self {
        let mut segments: Vec<_> = (0..layout.layers()).map(|layer| layout.layer(layer)).collect();
        if let Some(first) = segments.first_mut() {
            first.start = 0;
        }
        Self::Segments(segments)
    }

    /// One rate for each tensor that is not empty.
    pub fn tensors(layout: &Layout) -> Self {
        Self::Segments(layout.filled().map(|tensor| tensor.range.clone()).collect())
    }

    /// What a recipe's inner rates have in common in such a network: where they are given and not everything moves,
    /// what does is a segment between what does not.
    pub(super) fn of(recipe: &Recipe, network: &Network) -> Self {
        let layout = network.layout();
        match (recipe.rates, recipe.moves) {
            (Rates::PerParameter, _) => Self::None(network.parameters()),
            (Rates::PerTensorAndStep, _) => Self::tensors(layout),
            (Rates::Model, _) => Self::layers(layout),
            (Rates::Given, Moves::All) => Self::All,
            (Rates::Given, moves) => {
                let Range { start, end } = moves.range(network);
                Self::Segments(vec![0..start, start..end, end..network.parameters()])
            }
        }
    }

    /// How many rates a step has.
    pub fn groups(&self) -> usize {
        match self {
            Self::All => 1,
            Self::Segments(segments) => segments.len(),
            Self::None(parameters) => *parameters,
        }
    }
}

/// The inner rates a_k.
#[derive(Clone, Copy, Debug)]
pub struct InnerRates<'a, T> {
    sharing: &'a Sharing,
    rates: &'a [T],
}

impl<'a, T: Real> InnerRates<'a, T> {
    /// `rates` holds one rate for each group, for one step (which then serves all) or step after
    /// step; steps beyond the last use the last.
    pub fn new(sharing: &'a Sharing, rates: &'a [T]) -> Self {
        debug_assert!(!rates.is_empty() && rates.len().is_multiple_of(sharing.groups()), "whole steps of rates");
        Self { sharing, rates }
    }

    /// Where step k's rates stand.
    fn row(&self, step: usize) -> Range<usize> {
        let groups = self.sharing.groups();
        let start = step.min(self.rates.len() / groups - 1) * groups;
        start..start + groups
    }

    /// out ← a_k ⊙ g.
    pub fn scale(&self, step: usize, g: &[T], out: &mut [T]) {
        self.each(
            step,
            g,
            g,
            out,
            #[inline(always)]
            |_, product| product,
        );
    }

    /// out ← f(x, a_k ⊙ g), number by number.
    #[inline(always)]
    fn each(&self, step: usize, g: &[T], x: &[T], out: &mut [T], f: impl Fn(T, T) -> T) {
        let rates = &self.rates[self.row(step)];
        vectorised::<T, _>(
            #[inline(always)]
            || match self.sharing {
                Sharing::All => by_one_rate(rates[0], g, x, out, f),
                Sharing::Segments(segments) => {
                    // What no segment holds does not move.
                    let free = ..segments.first().map_or(0, |first| first.start);
                    by_one_rate(T::zero(), &g[free], &x[free], &mut out[free], &f);
                    for (segment, &rate) in segments.iter().zip(rates) {
                        let [g, x] = [&g[segment.clone()], &x[segment.clone()]];
                        by_one_rate(rate, g, x, &mut out[segment.clone()], &f);
                    }
                }
                Sharing::None(_) => {
                    for (((out, &x), &g), &rate) in out.iter_mut().zip(x).zip(g).zip(rates) {
                        *out = f(x, rate * g);
                    }
                }
            },
        );
    }

    /// Adds ∂J/∂a_k = −g_k ⊙ v_{k+1}, summed over each group, to `gradient` (laid out like the rates).
    pub fn add_gradient(&self, step: usize, g: &[T], v: &[T], gradient: &mut [T]) {
        let gradient = &mut gradient[self.row(step)];
        match self.sharing {
            Sharing::All => gradient[0] -= dot(g, v),
            Sharing::Segments(segments) => {
                for (segment, gradient) in segments.iter().zip(gradient) {
                    *gradient -= dot(&g[segment.clone()], &v[segment.clone()]);
                }
            }
            Sharing::None(_) => vectorised::<T, _>(
                #[inline(always)]
                || {
                    for ((gradient, &g), &v) in gradient.iter_mut().zip(g).zip(v) {
                        *gradient -= g * v;
                    }
                },
            ),
        }
    }
}

/// out ← f(x, rate·g).
#[inline(always)]
fn by_one_rate<T: Real>(rate: T, g: &[T], x: &[T], out: &mut [T], f: impl Fn(T, T) -> T) {
    for ((out, &x), &g) in out.iter_mut().zip(x).zip(g) {
        *out = f(x, rate * g);
    }
}

/// θ_{k+1} = θ_k − a_k ⊙ g_k; its own parameters are the rates.
impl<T: Real> StepRule<T> for InnerRates<'_, T> {
    fn apply(&self, step: Step<'_, T>, next: &mut [T]) {
        self.each(
            step.index,
            step.gradient,
            step.theta,
            next,
            #[inline(always)]
            |theta, product| theta - product,
        );
    }
}

impl<T: Real> Adjoint<T> for InnerRates<'_, T> {
    fn vjp(&self, step: Step<'_, T>, v: &mut [T], through: &mut [T], own: Option<&mut [T]>) {
        if let Some(gradient) = own {
            self.add_gradient(step.index, step.gradient, v, gradient);
        }
        self.scale(step.index, v, through);
    }
}
