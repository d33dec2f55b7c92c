//! What slow motion shows of the coming meta-iteration: computed ahead, as training will do it.

use crate::meta::cancel::Cancel;
use std::sync::Arc;

use super::Trainer;
use super::shown::probe_task;
use crate::maths::network::Workspace;
use crate::maths::vector::{add_scaled, norm};
use crate::meta::Group;
use crate::meta::adjoint::Order;
use crate::meta::recipe::Through;
use crate::train::evaluation::{Measured, Start, honest, measure};
use crate::train::shown::Evaluation;
use crate::train::walk::{Ground, Passage, Route, TASKS, Walk, sub_steps};

impl Trainer {
    /// The coming meta-iteration, to be walked through; `None` where `cancel` is wanted, which is asked between inner
    /// steps. It changes nothing.
    pub fn walk(&mut self, cancel: Cancel<'_>) -> Option<Walk> {
        self.learner.set_meta_iteration(self.now.meta_iteration);
        self.learner.set_measuring(true);
        let Self { settings, family, learner, now, pool, .. } = self;
        let (live, seed, meta_iteration) = (&settings.live, settings.run.seed, now.meta_iteration);
        let shown = live.meta_batch.min(TASKS);
        let start = Start { learner, meta: &now.meta, inner_rate: live.inner_rate };
        let tasks = pool.map(shown, |task| {
            let task = family.shown_training(live, seed, meta_iteration, task);
            let measured = measure(start, &task, live.inner_steps, cancel);
            (task, measured)
        });
        let rates = learner.rates(&now.meta, live.inner_rate);
        let directions = pool.map(live.meta_batch, |task| {
            if cancel.is_wanted() {
                return Vec::new();
            }
            let episode = [family.training(live, seed, meta_iteration, task)];
            let mut group = Group::default();
            learner.directions(&now.meta, &rates, &episode, live.inner_steps, cancel, &mut group);
            group.direction.truncate(now.meta.phi().len());
            group.direction
        });
        if cancel.is_wanted() {
            return None;
        }
        let mut mean = vec![0.0; now.meta.phi().len()];
        directions.iter().for_each(|direction| add_scaled(&mut mean, 1.0 / live.meta_batch as f32, direction));
        let network = &learner.network;
        let work = &mut Workspace::default();
        let passages: Vec<Passage> = tasks
            .iter()
            .zip(&directions)
            .map(|((task, measured), direction)| {
                let mut gradient = vec![0.0; network.parameters()];
                let adapted = measured.thetas.last().map_or(&[][..], Vec::as_slice);
                network.gradient(adapted, &task.episode.query, work, &mut gradient);
                let thetas = &measured.thetas[..(measured.done + 1).min(measured.thetas.len())];
                let moved = thetas.windows(2).map(|pair| honest(distance(&pair[0], &pair[1])));
                let after = thetas.iter().skip(1).enumerate();
                let after = after.map(|(step, theta)| network.loss(theta, task.episode.support(step), work));
                let after = after.map(honest).collect();
                let path = thetas.iter().filter_map(|theta| <[f32; 2]>::try_from(theta.as_slice()).ok());
                Passage {
                    moved: moved.collect(),
                    after,
                    query_gradient: honest(norm(&gradient)),
                    direction: honest(norm(direction)),
                    path: path.collect(),
                }
            })
            .collect();
        let inner: Vec<usize> = passages.iter().map(|passage| passage.moved.len()).collect();
        let starts = [start; 3];
        let decibels = settings.run.tasks.is_told_in_decibels();
        let drawn = tasks.iter().map(|(task, measured)| {
            probe_task(task, &[measured.clone(), Measured::default(), Measured::default()], &starts, None, decibels)
        });
        let evaluation = Evaluation { meta_iteration, tasks: drawn.collect(), ..Evaluation::default() };
        let others = live.meta_batch - shown;
        let weights = learner.query_weights::<f32>(live.inner_steps);
        let earlier_counts = weights.iter().rev().skip(1).any(|weight| *weight > 0.0);
        Some(Walk::new(Ground {
            meta_iteration,
            settings: Arc::clone(settings),
            shown: Arc::new(evaluation),
            passages,
            others,
            route: match learner.recipe().through {
                Through::FirstOrder => Route::FirstOrder,
                Through::Difference => Route::Difference,
                Through::Implicit => Route::Implicit,
                Through::Unrolled if earlier_counts => Route::EveryStep,
                Through::Unrolled if learner.order() == Order::First => Route::FirstOrder,
                Through::Unrolled => Route::Sweep,
            },
            direction: honest(norm(&mean)),
            outer_rate: live.outer_rate * settings.run.outer.share_of_rate(meta_iteration),
            sub_steps: sub_steps(&inner, others),
        }))
    }
}

/// ‖a − b‖.
pub(in crate::train) fn distance(a: &[f32], b: &[f32]) -> f32 {
    norm(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f32>>())
}
