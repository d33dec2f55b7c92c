//! The meta-batch: its tasks are drawn, adapted to and summed, a few to a slot.

use crate::maths::network::{Network, Workspace};
use crate::maths::vector::add_scaled;
use crate::meta::cancel::Cancel;
use crate::meta::episode::Episode;
use crate::meta::joint::{self, Pooled};
use crate::meta::{Group, Learner, MetaParameters, TaskLosses};
use crate::settings::Settings;
use crate::tasks::Family;
use crate::train::pool::Pool;

/// The slots, and the means over all tasks; reused from one meta-batch to the next.
#[derive(Default)]
pub(super) struct MetaBatch {
    slots: Vec<Slot>,
    /// The mean outer direction.
    pub direction: Vec<f32>,
    /// The mean gradient of joint pretraining; empty without it.
    pub joint_direction: Vec<f32>,
}

/// A few of the tasks, which one thread goes through together.
#[derive(Default)]
struct Slot {
    episodes: Vec<Episode<f32>>,
    group: Group<f32>,
    pooled: Pooled<f32>,
    work: Workspace<f32>,
}

/// How many slots serve so many tasks. It must not depend on threads, as it decides the order of sums: enough for eight
/// threads, and at most four tasks to a slot.
fn slot_count(tasks: usize) -> usize {
    const THREADS: usize = 8;
    const TOGETHER: usize = 4;
    tasks.div_ceil(TOGETHER).next_multiple_of(THREADS).min(tasks)
}

/// What the tasks of a meta-batch are gone through with.
pub(super) struct Outer<'a> {
    pub settings: &'a Settings,
    pub family: &'a Family,
    pub learner: &'a Learner,
    pub meta: &'a MetaParameters<f32>,
    pub meta_iteration: u64,
    /// The network of joint pretraining and its parameters, if it goes on beside.
    pub joint: Option<(&'a Network, &'a [f32])>,
}

impl MetaBatch {
    /// Goes through all tasks; where `cancel` is wanted, what is left here is incomplete: discard it.
    pub fn go_through(&mut self, pool: &Pool, outer: &Outer<'_>, cancel: Cancel<'_>) {
        let Outer { settings, family, learner, meta, meta_iteration, joint } = *outer;
        let (live, seed) = (&settings.live, settings.run.seed);
        let (tasks, count) = (live.meta_batch, slot_count(live.meta_batch));
        self.slots.resize_with(count, Slot::default);
        let rates = learner.rates(meta, live.inner_rate);
        // The first slots have a task more: others wait until a thread takes them.
        let first_task = |slot: usize| (slot * tasks).div_ceil(count);
        let work = |index: usize, slot: &mut Slot| {
            let Slot { episodes, group, pooled, work } = slot;
            let own = first_task(index)..first_task(index + 1);
            episodes.clear();
            episodes.extend(own.map(|task| family.training(live, seed, meta_iteration, task)));
            learner.directions(meta, &rates, episodes, live.inner_steps, cancel, group);
            if let Some((network, theta)) = joint.filter(|_| !cancel.is_wanted()) {
                joint::gradient(network, theta, episodes, work, pooled);
            }
        };
        pool.reduce(&mut self.slots, work, |left, right| {
            add_scaled(&mut left.group.direction, 1.0, &right.group.direction);
            add_scaled(&mut left.pooled.gradient, 1.0, &right.pooled.gradient);
        });
        self.direction.clear();
        self.joint_direction.clear();
        if let Some(Slot { group, pooled, .. }) = self.slots.first() {
            let share = 1.0 / tasks as f32;
            self.direction.extend(group.direction.iter().map(|sum| share * sum));
            self.joint_direction.extend(pooled.gradient.iter().map(|sum| share * sum));
        }
    }

    /// Each task's losses, in order.
    pub fn losses(&self) -> impl Iterator<Item = &TaskLosses<f32>> + Clone {
        self.slots.iter().flat_map(|slot| &slot.group.tasks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_even_and_of_few_tasks() {
        for tasks in 1..200 {
            let count = slot_count(tasks);
            assert!(count <= tasks && tasks.div_ceil(count) <= 4, "{tasks}");
            assert!(count == tasks || count.is_multiple_of(8), "{tasks}");
        }
    }
}
