//! What if φ lay somewhere else on the map? The probe tasks are adapted from there, for display only.

use crate::meta::cancel::Cancel;
use std::sync::Arc;

use web_time::{Duration, Instant};

use crate::maths::network::Workspace;
use crate::meta::TaskWork;
use crate::train::evaluation::honest;
use crate::train::landscape::Plane;
use crate::train::shown::{Evaluation, Init, LandscapePath};
use crate::train::shown::{Heights, Map};
use crate::train::trainer::Trainer;

/// Share of the worker's time that a moving place may take while the trainer trains.
const MOVING: f64 = 0.3;
/// The same of one that rests, and is adapted from again because the run has moved on.
const RESTING: f64 = 0.02;
/// Floating-point operations that are soon done: all tasks are adapted at once.
const SOON: f64 = 2e7;

/// A place to begin at instead of φ.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// The plane that it is on.
    pub plane: Arc<Plane>,
    /// Its coordinates there.
    pub at: [f64; 2],
    /// The map that it is marked on.
    pub map: Map,
}

impl PartialEq for WhatIf {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.plane, &other.plane) && self.at == other.at && self.map == other.map
    }
}

/// What came of beginning there.
#[derive(Clone, Debug)]
pub struct Tried {
    /// What was asked for.
    pub asked: WhatIf,
    /// The place in the newest map's coordinates, projected onto its plane; `None` where it has none there.
    pub at: Option<[f64; 2]>,
    /// The inner paths from there, as far as they are done.
    pub paths: Vec<LandscapePath>,
    /// Query loss from there, before and after the test-time steps: of the task that the map is of, or the mean over
    /// the probe tasks. Infinite where it overflowed.
    pub here: [f32; 2],
    /// The same from φ.
    pub at_phi: [f32; 2],
    /// The test-time steps.
    pub steps: usize,
}

/// The place that is asked about, and what is known of it.
#[derive(Default)]
pub(super) struct WhatIfs {
    asked: Option<(WhatIf, Arc<Evaluation>)>,
    /// θ_0 … θ_K of each probe task that is done, and its query losses before and after.
    done: Vec<(usize, Vec<Vec<f32>>, [f32; 2])>,
    plane: Option<Arc<Plane>>,
    found: Option<Arc<Tried>>,
    last: Option<(Instant, Duration)>,
}

impl WhatIfs {
    /// What came of it last.
    pub fn found(&self) -> Option<&Arc<Tried>> {
        self.found.as_ref()
    }

    /// Adapts from the place if it is another one or the run has moved on, and enough time has passed if the trainer
    /// trains: says whether it did, and whether there is something new to show. `plane` is the newest map's.
    pub fn advance(
        &mut self,
        asked: Option<&WhatIf>,
        plane: Option<&Arc<Plane>>,
        trainer: &Trainer,
        trains: bool,
    ) -> [bool; 2] {
        // A place on another network's plane is nowhere.
        let parameters = trainer.learner().network.parameters();
        let Some(asked) = asked.filter(|asked| asked.plane.parameters() == parameters) else {
            let forgotten = self.found.is_some();
            *self = Self::default();
            return [false, forgotten];
        };
        let evaluation = trainer.evaluation();
        let same = self.asked.as_ref().is_some_and(|(known, _)| known == asked);
        let fresh = same && self.asked.as_ref().is_some_and(|(_, known)| Arc::ptr_eq(known, &evaluation));
        let order = order(asked.map, trainer);
        let all = fresh && self.done.len() == order.len();
        if all {
            let projected = match (&self.plane, plane) {
                (Some(known), Some(now)) => Arc::ptr_eq(known, now),
                (_, None) => true,
                (None, Some(_)) => false,
            };
            if projected {
                return [false, false];
            }
        } else {
            let share = if same && !fresh { RESTING } else { MOVING };
            let waits = |(at, took): (Instant, Duration)| at.elapsed().as_secs_f64() * share < took.as_secs_f64();
            if trains && self.last.is_some_and(waits) {
                return [false, false];
            }
            let begun = Instant::now();
            if !fresh {
                self.done.clear();
                self.asked = Some((asked.clone(), evaluation));
            }
            let rest = &order[self.done.len()..];
            // The task that the map is of comes first where all take long.
            let first = self.done.is_empty() && matches!(asked.map.heights, Heights::Task(_));
            let few = if first && operations(trainer) > SOON { &rest[..rest.len().min(1)] } else { rest };
            let more = adapt(asked, few, trainer);
            self.done.extend(more);
            self.last = Some((Instant::now(), begun.elapsed()));
        }
        self.plane = plane.cloned();
        self.found = self.show(asked, trainer).map(Arc::new);
        [true, true]
    }

    fn show(&self, asked: &WhatIf, trainer: &Trainer) -> Option<Tried> {
        let probed = trainer.probed();
        let plane = self.plane.as_ref().unwrap_or(&asked.plane);
        let own = |task: usize| match asked.map.heights {
            Heights::Task(own) => task == own.min(probed.tasks.len().saturating_sub(1)),
            Heights::Adapted => true,
        };
        let path = |(task, thetas, _): &(usize, Vec<Vec<f32>>, [f32; 2])| LandscapePath {
            init: Init::Learned,
            task: probed.task(*task).map(|task| task.name.clone()).unwrap_or_default(),
            own: own(*task),
            points: plane.path(thetas),
        };
        let mean = |sum: f64, count: usize| honest((sum / count.max(1) as f64) as f32);
        let known: Vec<_> = self.done.iter().filter(|(task, _, _)| own(*task)).collect();
        let here = [0, 1].map(|i| mean(known.iter().map(|(_, _, losses)| f64::from(losses[i])).sum(), known.len()));
        let at_phi = [0, 1].map(|i| {
            let losses = known.iter().filter_map(|(task, _, _)| {
                let losses = &probed.measured.get(*task)?[Init::Learned as usize].query_loss;
                if i == 0 { losses.first() } else { losses.last() }
            });
            mean(losses.map(|loss| f64::from(*loss)).sum(), known.len())
        });
        let paths: Vec<_> = self.done.iter().map(path).collect();
        Some(Tried {
            asked: asked.clone(),
            at: paths.first()?.points.first().copied(),
            paths,
            here,
            at_phi,
            steps: probed.live.test_steps,
        })
    }
}

/// The probe tasks, that of the map first.
fn order(map: Map, trainer: &Trainer) -> Vec<usize> {
    let count = trainer.probed().tasks.len();
    let own = match map.heights {
        Heights::Task(own) => own.min(count.saturating_sub(1)),
        Heights::Adapted => 0,
    };
    (own..count.min(own + 1)).chain((0..count).filter(|&task| task != own)).collect()
}

/// Floating-point operations to adapt to all probe tasks.
fn operations(trainer: &Trainer) -> f64 {
    let (network, probed) = (&trainer.learner().network, trainer.probed());
    let steps = probed.live.test_steps as f64;
    let of = |rows: usize| steps * network.operations(rows)[1];
    probed.tasks.iter().map(|task| of(task.episode.support(0).rows())).sum()
}

/// Adapts as the last probe did, which it is compared with: a knob that was turned since is for the next one.
fn adapt(asked: &WhatIf, tasks: &[usize], trainer: &Trainer) -> Vec<(usize, Vec<Vec<f32>>, [f32; 2])> {
    let probed = trainer.probed();
    let theta = asked.plane.point(asked.at);
    let mut meta = probed.meta.clone();
    meta.values[..theta.len()].copy_from_slice(&theta);
    let (mut learner, live) = (trainer.learner().clone(), probed.live);
    learner.set_tolerance(live.tolerance);
    trainer.pool().map(tasks.len(), |index| {
        let Some(task) = probed.task(tasks[index]) else { return (tasks[index], Vec::new(), [f32::INFINITY; 2]) };
        let mut work = TaskWork::default();
        learner.adapt(&meta, live.inner_rate, &task.episode, live.test_steps, Cancel::NEVER, &mut work);
        let thetas = work.inner.thetas;
        let work = &mut Workspace::default();
        let mut loss = |theta: Option<&Vec<f32>>| {
            theta.map_or(f32::INFINITY, |theta| learner.network.loss(theta, &task.episode.query, work))
        };
        let losses = [loss(thetas.first()), loss(thetas.last())];
        (tasks[index], thetas, losses.map(honest))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::settings::{Algorithm, Knob, Settings, TaskFamily};

    /// What comes of beginning at φ itself: the losses, which must be those from φ, and after how many steps.
    fn from_phi(trainer: &Trainer, asked: &WhatIf) -> ([f32; 2], usize) {
        let mut what_ifs = WhatIfs::default();
        what_ifs.advance(Some(asked), Some(&asked.plane), trainer, false);
        let tried = what_ifs.found().unwrap();
        for (here, at_phi) in tried.here.iter().zip(tried.at_phi) {
            assert!((here / at_phi - 1.0).abs() < 1e-5, "{:?}: {here} {at_phi}", asked.map);
        }
        (tried.here, tried.steps)
    }

    /// Whatever was turned since the last probe, both losses are of the same tasks and the same adaptation.
    #[test]
    fn what_was_turned_waits_for_the_next_probe() {
        let knobs = [
            (Knob::NOISE, 0.7),
            (Knob::TEST_SHOTS, 3.0),
            (Knob::TEST_STEPS, 9.0),
            (Knob::INNER_RATE, 0.003),
            (Knob::TOLERANCE, 8.0),
        ];
        let mut settings = Settings::preset(TaskFamily::named("sine"), Algorithm::default());
        settings.run.network.hidden = vec![8];
        for (knob, value) in knobs {
            for heights in [Heights::Task(1), Heights::Adapted] {
                let mut trainer = Trainer::new(settings.clone(), None, 1).unwrap();
                let phi = trainer.meta_parameters().phi().to_vec();
                let away: Vec<f32> = phi.iter().map(|value| value + 0.1).collect();
                let plane = Arc::new(Plane::through(&phi, &away, None).unwrap().0);
                let asked = WhatIf { plane, at: [0.0; 2], map: Map { heights, ..Map::default() } };
                let before = from_phi(&trainer, &asked);
                let mut live = trainer.settings().live.clone();
                knob.set(&mut live, value);
                trainer.set_live(live).unwrap();
                assert_eq!(from_phi(&trainer, &asked), before, "{knob:?}");
                trainer.probe();
                assert_ne!(from_phi(&trainer, &asked), before, "{knob:?}");
            }
        }
    }
}
