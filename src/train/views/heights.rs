//! The heights of a map, place by place.

use crate::maths::network::Batch;
use crate::meta::cancel::Cancel;
use crate::meta::episode::Episode;
use crate::meta::recipe::Rates;
use crate::meta::{Learner, MetaParameters, TaskWork};
use crate::text::numbers::plural;
use crate::text::{Words, tell};
use crate::train::evaluation::honest;
use crate::train::landscape::{lowest, thinned};
use crate::train::shown::Heights;
use crate::train::trainer::Trainer;

/// Points that a loss is computed from, at most.
const POINTS: usize = 256;
/// Floating-point operations that one place may need: fewer tasks are adapted to, but always one.
const MOST_OPERATIONS: f64 = 6e7;

/// What is to be computed at each place, and how far the present one is.
pub(super) struct Surface {
    learner: Learner,
    meta: MetaParameters<f32>,
    inner_rate: f64,
    steps: usize,
    heights: Heights,
    name: Words,
    episodes: Vec<Episode<f32>>,
    /// Probe tasks that there are, and rows that their query and support have.
    all: (usize, [usize; 2]),
    affine: bool,
    work: TaskWork<f32>,
    /// The place under way, the tasks that are done there, and the sum of their losses.
    place: Option<(usize, f64)>,
}

impl Surface {
    /// Takes what it needs; `None` without a task.
    pub fn new(trainer: &Trainer, heights: Heights) -> Option<Self> {
        let probed = trainer.probed();
        let heights = match heights {
            Heights::Task(task) => Heights::Task(task.min(probed.tasks.len().checked_sub(1)?)),
            Heights::Adapted => Heights::Adapted,
        };
        let live = probed.live;
        let mut learner = trainer.learner().clone();
        learner.set_tolerance(live.tolerance);
        let mut surface = Self {
            learner,
            meta: probed.meta.clone(),
            inner_rate: live.inner_rate,
            steps: live.inner_steps,
            heights,
            name: Words::default(),
            episodes: Vec::new(),
            all: (probed.tasks.len(), [0; 2]),
            affine: trainer.learner().recipe().rates != Rates::Model && live.tolerance == 0.0,
            work: TaskWork::default(),
            place: None,
        };
        let few = |episode: &Episode<f32>| Episode {
            support: episode.support.iter().map(|support| thinned(support, POINTS)).collect(),
            query: thinned(&episode.query, POINTS),
        };
        let first = match heights {
            Heights::Task(task) => probed.task(task)?,
            Heights::Adapted => probed.task(0)?,
        };
        surface.name.clone_from(&first.name);
        surface.all.1 = [first.episode.query.rows(), first.episode.support(0).rows()];
        surface.episodes.push(few(&first.episode));
        if heights == Heights::Adapted {
            let affordable = (MOST_OPERATIONS / surface.operations()).floor().max(1.0) as usize;
            let more = probed.tasks.iter().take(affordable).skip(1);
            surface.episodes.extend(more.map(|task| few(&task.episode)));
        }
        Some(surface)
    }

    /// Floating-point operations for a place.
    pub fn operations(&self) -> f64 {
        let network = &self.learner.network;
        let of = |episode: &Episode<f32>| {
            let [query, _, _] = network.operations(episode.query.rows());
            let [_, gradient, _] = network.operations(episode.support(0).rows());
            query + if self.heights == Heights::Adapted { self.steps as f64 * gradient } else { 0.0 }
        };
        self.episodes.iter().map(of).sum()
    }

    /// Whether a probe task's loss is in the heights.
    pub fn covers(&self, task: usize) -> bool {
        match self.heights {
            Heights::Task(own) => own == task,
            Heights::Adapted => task < self.episodes.len(),
        }
    }

    /// What the heights are, and what they are a mean over.
    pub fn title(&self) -> Words {
        let Some(episode) = self.episodes.first() else { return "".into() };
        Words::told(|| self.told([episode.query.rows(), episode.support(0).rows()]))
    }

    /// The same where so many rows of a task's query and support are used.
    fn told(&self, few: [usize; 2]) -> String {
        let (Self { name, steps, .. }, (all, rows)) = (self, self.all);
        let points = |part: usize| {
            let (few, all) = (few[part], rows[part]);
            tell(|| format!("{few} of {all} points"), || format!("{all} 个点中的 {few} 个"))
        };
        match self.heights {
            Heights::Task(_) if few[0] < rows[0] => {
                let points = points(0);
                tell(|| format!("Query loss of {name}, {points}"), || format!("{name} 的查询损失，{points}"))
            }
            Heights::Task(_) => tell(|| format!("Query loss of {name}"), || format!("{name} 的查询损失")),
            Heights::Adapted => {
                let tasks = match self.episodes.len() {
                    few if few < all => {
                        tell(|| format!("{few} of {all} tasks"), || format!("{all} 个任务中的 {few} 个"))
                    }
                    _ => tell(|| format!("{all} tasks"), || format!("{all} 个任务")),
                };
                let mut title = tell(
                    || format!("Mean query loss after {}, {tasks}", plural(*steps, "step", "steps")),
                    || format!("{steps} 步后的平均查询损失，{tasks}"),
                );
                if few[0] < rows[0] {
                    let points = points(0);
                    title += &tell(|| format!(", {points} to judge by"), || format!("，评判用 {points}"));
                }
                if few[1] < rows[1] {
                    let points = points(1);
                    title += &tell(|| format!(", {points} to adapt on"), || format!("，适应用 {points}"));
                }
                title
            }
        }
    }

    /// One task's part of the height at a place; the height once it is complete. Infinite where it overflows.
    pub fn height(&mut self, place: impl FnOnce() -> Vec<f32>) -> Option<f32> {
        let (done, sum) = match self.place.take() {
            Some(place) => place,
            None => {
                let theta = place();
                self.meta.values[..theta.len()].copy_from_slice(&theta);
                (0, 0.0)
            }
        };
        let Self { learner, meta, inner_rate, steps, heights, work, .. } = self;
        let Some(episode) = self.episodes.get(done) else { return Some(f32::INFINITY) };
        let loss = if *heights == Heights::Adapted {
            learner.adapt(meta, *inner_rate, episode, *steps, Cancel::NEVER, work);
            learner.network.loss(work.inner.adapted(), &episode.query, &mut work.work)
        } else {
            learner.network.loss(meta.phi(), &episode.query, &mut work.work)
        };
        let sum = sum + f64::from(loss);
        if done + 1 < self.episodes.len() {
            self.place = Some((done + 1, sum));
            return None;
        }
        Some(honest((sum / self.episodes.len() as f64) as f32))
    }

    /// Where the heights of a model with two parameters are lowest. Adaptation by given rates is affine in where it
    /// begins, θ_K = Aφ′ + b, and the query loss is quadratic; `None` where they are not.
    pub fn lowest(&mut self) -> Option<[f64; 2]> {
        let adapts = self.heights == Heights::Adapted;
        if adapts && !self.affine {
            return None;
        }
        let meta = self.meta.clone();
        let mut end = |learner: &Learner, episode: &Episode<f32>, start: [f32; 2]| -> Option<[f64; 2]> {
            if !adapts {
                return Some(start.map(f64::from));
            }
            let mut meta = meta.clone();
            meta.values[..2].copy_from_slice(&start);
            learner.adapt(&meta, self.inner_rate, episode, self.steps, Cancel::NEVER, &mut self.work);
            let end: Vec<f64> = self.work.inner.adapted().iter().copied().map(f64::from).collect();
            end.try_into().ok()
        };
        let mut maps: Vec<(&Batch<f32>, [[f64; 2]; 3])> = Vec::new();
        for episode in &self.episodes {
            let zero = end(&self.learner, episode, [0.0, 0.0])?;
            let [first, second] = [end(&self.learner, episode, [1.0, 0.0])?, end(&self.learner, episode, [0.0, 1.0])?]
                .map(|end| [end[0] - zero[0], end[1] - zero[1]]);
            maps.push((&episode.query, [zero, first, second]));
        }
        lowest(&maps)
    }
}
