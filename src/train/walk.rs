//! Slow motion: one meta-iteration in numbered sub-steps, so that each can be looked at by itself.

use std::sync::Arc;

use super::shown::Evaluation;
use crate::settings::Settings;

/// Tasks of the meta-batch that are walked through one by one, at most; the others follow together.
pub const TASKS: usize = 4;

/// One thing that happens in a meta-iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubStep {
    /// The tasks of the meta-batch are drawn.
    Draw,
    /// A task's inner step: θ_{k+1} = θ_k − a_k ⊙ ∇L(θ_k; S_k).
    Inner {
        /// The task.
        task: usize,
        /// k, from 0.
        step: usize,
    },
    /// What adaptation came to: L(θ_K; Q) and its gradient.
    Query {
        /// The task.
        task: usize,
    },
    /// The way back from there to a direction for φ.
    Back {
        /// The task.
        task: usize,
    },
    /// All tasks that are not shown, in the same way.
    Others,
    /// φ moves by the mean direction.
    Outer,
}

/// How an algorithm gets a direction for φ from an adapted task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The backward sweep: a Hessian-vector product for each inner step.
    Sweep,
    /// The query gradient as it stands (FOMAML; MAML++ at first if it is asked to).
    FirstOrder,
    /// The query gradients after every inner step, each with its weight (MAML++ while its loss counts them).
    EveryStep,
    /// φ − θ_K (Reptile).
    Difference,
    /// A linear system, by conjugate gradients (iMAML).
    Implicit,
}

/// What a task's adaptation came to, in numbers; infinite where something overflowed.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// ‖θ_{k+1} − θ_k‖ of each inner step that is done.
    pub moved: Vec<f32>,
    /// L(θ_{k+1}; S_k) of each: on what the step went by.
    pub after: Vec<f32>,
    /// ‖∇L(θ_K; Q)‖.
    pub query_gradient: f32,
    /// The length of the task's direction for φ.
    pub direction: f32,
    /// θ_0 … θ_K where there are two parameters, else empty.
    pub path: Vec<[f32; 2]>,
}

/// What is walked through; computed once.
#[derive(Clone, Debug)]
pub struct Ground {
    /// Meta-iterations done before.
    pub meta_iteration: u64,
    /// The settings in force.
    pub settings: Arc<Settings>,
    /// The first tasks of the meta-batch; of the traces only that of φ has anything in it.
    pub shown: Arc<Evaluation>,
    /// One for each of them.
    pub passages: Vec<Passage>,
    /// How many tasks the meta-batch has beside them.
    pub others: usize,
    /// How a task's direction is found.
    pub route: Route,
    /// The length of the mean direction.
    pub direction: f32,
    /// β at this meta-iteration.
    pub outer_rate: f64,
    /// All sub-steps, in order.
    pub sub_steps: Vec<SubStep>,
}

/// A walk through one meta-iteration.
#[derive(Clone, Debug)]
pub struct Walk {
    /// What is walked through.
    pub ground: Arc<Ground>,
    /// The present sub-step, counted from 0.
    pub at: usize,
    /// How far the outer step moved φ, ‖φ' − φ‖, once it is done.
    pub moved: Option<f32>,
}

impl Walk {
    /// At its start.
    pub fn new(ground: Ground) -> Self {
        Self { ground: Arc::new(ground), at: 0, moved: None }
    }

    /// The present sub-step.
    pub fn now(&self) -> SubStep {
        self.ground.sub_steps.get(self.at).copied().unwrap_or(SubStep::Outer)
    }

    /// Whether the last sub-step is reached.
    pub fn is_over(&self) -> bool {
        self.at + 1 >= self.ground.sub_steps.len()
    }
}

/// The sub-steps of a meta-iteration; `inner` holds how many inner steps each shown task takes.
pub(super) fn sub_steps(inner: &[usize], others: usize) -> Vec<SubStep> {
    let of_task = |(task, &steps): (usize, &usize)| {
        let inner = (0..steps).map(move |step| SubStep::Inner { task, step });
        inner.chain([SubStep::Query { task }, SubStep::Back { task }])
    };
    let tasks = inner.iter().enumerate().flat_map(of_task);
    let others = (others > 0).then_some(SubStep::Others);
    [SubStep::Draw].into_iter().chain(tasks).chain(others).chain([SubStep::Outer]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_goes_forth_and_back_before_the_next() {
        use SubStep::{Back, Draw, Inner, Others, Outer, Query};
        let expected = [
            Draw,
            Inner { task: 0, step: 0 },
            Inner { task: 0, step: 1 },
            Query { task: 0 },
            Back { task: 0 },
            Inner { task: 1, step: 0 },
            Query { task: 1 },
            Back { task: 1 },
            Others,
            Outer,
        ];
        assert_eq!(sub_steps(&[2, 1], 3), expected);
        assert_eq!(sub_steps(&[0], 0), [Draw, Query { task: 0 }, Back { task: 0 }, Outer]);
    }
}
