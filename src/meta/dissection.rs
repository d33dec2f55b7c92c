//! An outer step taken apart: what first-order terms, second derivatives and plain movement each say about it.
//!
//! ```text
//! first order   v_K = ∇L(θ_K; Q)          FOMAML's direction
//! exact         v_0, the sweep's end      MAML's (Finn, Abbeel and Levine 2017)
//! correction    v_0 − v_K                 what the sweep adds
//! movement      φ − θ_K                   Reptile's (Nichol, Achiam and Schulman 2018)
//! ```
//! The inner loop and the sweep are the algorithm's own: ANIL's and Meta-SGD's rates, the meta-model's keeping of
//! parameters. While MAML++'s loss counts earlier steps too, Σ w_k ∇L(θ_k; Q) stands in place of v_K. iMAML has no sweep: its exact direction is the
//! implicit one. Of what is learned beside φ nothing is said; a context, whose start is held at 0, is 0 in all.
//!
//! Lengths and angles are summed in double precision. What is not finite becomes `None`.

use super::adapt::Kept;
use super::adjoint::Order;
use super::episode::Episode;
use super::learner::{Learner, MetaParameters, TaskWork};
use super::outer::implicit;
use super::recipe::{Moves, Recipe, Through};
use crate::maths::real::Real;
use crate::meta::cancel::Cancel;
use crate::settings::Algorithm;
use crate::text::say;

/// One task's directions, each laid out like φ.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts<T> {
    /// v_0, or iMAML's implicit direction.
    pub exact: Vec<T>,
    /// v_K.
    pub first: Vec<T>,
    /// φ − θ_K.
    pub moved: Vec<T>,
    /// iMAML: whether the linear system was seen not to be positive definite.
    pub indefinite: bool,
}

/// Adapts to a task with K = `steps` at α = `inner_rate` and takes its part of the outer direction apart.
pub fn take_apart<T: Real>(
    learner: &Learner,
    meta: &MetaParameters<T>,
    inner_rate: f64,
    episode: &Episode<T>,
    steps: usize,
    task: &mut TaskWork<T>,
) -> Parts<T> {
    let phi = meta.phi();
    task.inner.keep(if learner.recipe().through == Through::Implicit { Kept::Path } else { Kept::Sweep });
    learner.adapt(meta, inner_rate, episode, steps, Cancel::NEVER, task);
    task.direction.clear();
    task.direction.resize(meta.values.len(), T::zero());
    learner.query_gradient(episode, task);
    task.outcome.indefinite = false;
    let mut first = task.direction[..phi.len()].to_vec();
    if learner.recipe().through == Through::Implicit {
        implicit::direction(learner, episode, task);
    } else {
        let weights: Vec<T> = learner.query_weights(task.inner.steps());
        let (&last, earlier) = weights.split_last().unwrap_or((&T::one(), &[]));
        first.iter_mut().for_each(|v| *v *= last);
        let start = first.clone();
        if earlier.iter().any(|weight| *weight != T::zero()) {
            task.direction[..phi.len()].copy_from_slice(&start);
            learner.sweep_back(meta, episode, Order::First, earlier, task);
            first.copy_from_slice(&task.direction[..phi.len()]);
        }
        task.direction[..phi.len()].copy_from_slice(&start);
        task.direction[phi.len()..].fill(T::zero());
        learner.sweep_back(meta, episode, Order::Second, earlier, task);
    }
    task.inner.keep(Kept::Path);
    let mut exact = task.direction[..phi.len()].to_vec();
    let mut moved: Vec<T> = phi.iter().zip(task.inner.adapted()).map(|(&phi, &theta)| phi - theta).collect();
    for direction in [&mut exact, &mut first, &mut moved] {
        direction[learner.network.layout().context()].fill(T::zero());
    }
    Parts { exact, first, moved, indefinite: task.outcome.indefinite }
}

/// A way to take the outer step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Mean v_0 (iMAML: the mean implicit direction).
    Exact,
    /// Mean v_K.
    First,
    /// Mean φ − θ_K.
    Moved,
}

impl Way {
    /// All three, in the order of [`Dissection::directions`].
    pub const ALL: [Self; 3] = [Self::Exact, Self::First, Self::Moved];

    /// Why an algorithm has no such direction, or has another one in its place; `None` where it has.
    pub fn why_not(self, algorithm: Algorithm) -> Option<&'static str> {
        match (self, algorithm.recipe()) {
            (Self::Exact, Recipe { through: Through::Implicit, .. }) => Some(say(
                "iMAML has no backward sweep, so v_0 is not defined: in its place stands its implicit direction, (I + H/λ)⁻¹ v_K",
                "iMAML 没有沿内循环的反向传播，因此 v_0 没有定义：这里用它的隐式方向 (I + H/λ)⁻¹ v_K 代替",
            )),
            (Self::Moved, Recipe { moves: Moves::Context, .. }) => Some(say(
                "Only CAVIA's context moves, and it begins at 0 in every task: Reptile would have nothing to follow",
                "CAVIA 只有上下文会移动，而它在每个任务中都从 0 开始：Reptile 没有可以跟随的东西",
            )),
            _ => None,
        }
    }
}

/// One task's part of the outer step, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TaskPart {
    /// ‖v_K‖.
    pub first: Option<f64>,
    /// ‖v_0‖.
    pub exact: Option<f64>,
    /// ‖v_0 − v_K‖.
    pub correction: Option<f64>,
    /// Cosine of the angle between v_0 and v_K.
    pub turn: Option<f64>,
    /// Cosine of the angle between v_K and the mean v_K.
    pub with_mean: Option<f64>,
    /// iMAML: the implicit direction is not to be trusted.
    pub indefinite: bool,
}

/// One of the three mean directions.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Direction {
    /// Its length.
    pub norm: Option<f64>,
    /// Cosines of its angles with each of [`Way::ALL`]; `None` where one of the two is 0.
    pub cosines: [Option<f64>; 3],
    /// Its components in the plane of the first-order direction (the first axis) and the exact one (above it).
    pub in_plane: Option<[f64; 2]>,
}

/// The directions themselves, where φ has two numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrows {
    /// The means, in the order of [`Way::ALL`].
    pub means: [[f64; 2]; 3],
    /// The same of each task shown.
    pub tasks: Vec<[[f64; 2]; 3]>,
}

/// A meta-batch's outer step, taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dissection {
    /// The first few tasks.
    pub tasks: Vec<TaskPart>,
    /// Over how many tasks the means are.
    pub counted: usize,
    /// How many of them overflowed; then there are no means.
    pub overflowed: usize,
    /// Cosines of the angles between the v_K of the tasks shown, row by row.
    pub cosines: Vec<Vec<Option<f64>>>,
    /// Mean directions, in the order of [`Way::ALL`].
    pub directions: [Direction; 3],
    /// ‖mean v_0 − mean v_K‖ as a share of ‖mean v_K‖, the length of the first-order step: before the outer
    /// optimiser, which scales each parameter's part in its own way, and before clipping.
    pub change: Option<f64>,
    /// The directions themselves, where φ has two numbers and all is finite.
    pub arrows: Option<Arrows>,
}

/// Takes in one task after the other.
#[derive(Clone, Debug)]
pub struct Gathering<T> {
    shown: usize,
    firsts: Vec<Vec<T>>,
    arrows: Vec<[[f64; 2]; 3]>,
    sums: [Vec<f64>; 3],
    found: Dissection,
}

impl<T: Real> Gathering<T> {
    /// Of so many tasks, at most, the single numbers are kept.
    pub fn new(shown: usize) -> Self {
        Self { shown, firsts: Vec::new(), arrows: Vec::new(), sums: Default::default(), found: Dissection::default() }
    }

    /// The next task.
    pub fn add(&mut self, parts: Parts<T>) {
        let Parts { exact, first, moved, indefinite } = parts;
        let found = &mut self.found;
        let correction: Vec<T> = exact.iter().zip(&first).map(|(&exact, &first)| exact - first).collect();
        found.counted += 1;
        let all = [&exact, &first, &moved];
        found.overflowed += usize::from(all.iter().any(|direction| length(direction).is_none()));
        for (sum, direction) in self.sums.iter_mut().zip(all) {
            sum.resize(direction.len(), 0.0);
            sum.iter_mut().zip(direction).for_each(|(sum, value)| *sum += value.double());
        }
        if found.tasks.len() == self.shown {
            return;
        }
        found.tasks.push(TaskPart {
            first: length(&first),
            exact: length(&exact),
            correction: length(&correction),
            turn: cosine(&exact, &first),
            with_mean: None,
            indefinite,
        });
        let mut row: Vec<_> = self.firsts.iter().map(|other| cosine(other, &first)).collect();
        for (other, &cosine) in found.cosines.iter_mut().zip(&row) {
            other.push(cosine);
        }
        row.push(length(&first).filter(|length| *length > 0.0).map(|_| 1.0));
        found.cosines.push(row);
        if let ([x0, y0], [x1, y1], [x2, y2]) = (&*exact, &*first, &*moved) {
            self.arrows.push([[x0, y0], [x1, y1], [x2, y2]].map(|pair| pair.map(|value| value.double())));
        }
        self.firsts.push(first);
    }

    /// What the tasks so far come to.
    pub fn found(&self) -> Dissection {
        let mut found = self.found.clone();
        let share = 1.0 / found.counted.max(1) as f64;
        let means = self.sums.each_ref().map(|sum| sum.iter().map(|value| share * value).collect::<Vec<f64>>());
        let [exact, first, _] = &means;
        for (task, own) in found.tasks.iter_mut().zip(&self.firsts) {
            task.with_mean = cosine(own, first);
        }
        let difference: Vec<f64> = exact.iter().zip(first).map(|(exact, first)| exact - first).collect();
        let whole = length(first).filter(|length| *length > 0.0 && found.counted > 0);
        found.change = length(&difference).zip(whole).map(|(part, whole)| part / whole);
        let axes = axes(first, exact);
        found.directions = means.each_ref().map(|mean| Direction {
            norm: length(mean).filter(|_| found.counted > 0),
            cosines: means.each_ref().map(|other| cosine(mean, other)),
            in_plane: axes.as_ref().map(|axes| axes.each_ref().map(|axis| dot(mean, axis))).filter(finite),
        });
        let pairs = means.each_ref().map(|mean| <[f64; 2]>::try_from(&mean[..]).ok().filter(finite));
        if let [Some(exact), Some(first), Some(moved)] = pairs {
            found.arrows = Some(Arrows { means: [exact, first, moved], tasks: self.arrows.clone() });
        }
        found
    }
}

/// Unit vectors along the first-order direction and along what the exact one has beside it; 0 where there is nothing.
fn axes(first: &[f64], exact: &[f64]) -> Option<[Vec<f64>; 2]> {
    /// A remainder this many times shorter is rounding.
    const ROUNDING: f64 = 1e-9;
    let [first_length, exact_length] = [length(first)?, length(exact)?];
    if first_length == 0.0 {
        return None;
    }
    let along: Vec<f64> = first.iter().map(|value| value / first_length).collect();
    let share = dot(exact, &along);
    let beside: Vec<f64> = exact.iter().zip(&along).map(|(exact, along)| exact - share * along).collect();
    let rest = length(&beside)?;
    let scale = if rest > ROUNDING * exact_length { 1.0 / rest } else { 0.0 };
    Some([along, beside.iter().map(|value| scale * value).collect()])
}

fn finite(pair: &[f64; 2]) -> bool {
    pair.iter().all(|value| value.is_finite())
}

fn dot<A: Real, B: Real>(a: &[A], b: &[B]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a.double() * b.double()).sum()
}

fn length<T: Real>(a: &[T]) -> Option<f64> {
    Some(dot(a, a).sqrt()).filter(|length| length.is_finite())
}

/// `None` where one of them is 0 or not finite.
fn cosine<A: Real, B: Real>(a: &[A], b: &[B]) -> Option<f64> {
    let lengths = length(a)? * length(b)?;
    (lengths > 0.0 && lengths.is_finite()).then(|| (dot(a, b) / lengths).clamp(-1.0, 1.0))
}
