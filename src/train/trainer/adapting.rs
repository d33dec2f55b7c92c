//! What was learned, adapted to images that it never saw.

use std::sync::Arc;

use super::probes::ENLARGED;
use super::shown::probe_task;
use super::{TrainError, Trainer};
use crate::images::ImageSet;
use crate::maths::network::Workspace;
use crate::meta::cancel::Cancel;
use crate::tasks::{Answer, Family, HeldOut, Picture, Split};
use crate::text::Words;
use crate::train::evaluation::{Start, measure};
use crate::train::shown::ProbeTask;

/// One task of new images.
pub struct AdaptedTask {
    /// How the learned start adapts; the other starts' places hold the same.
    pub task: ProbeTask,
    /// What it makes, on a finer grid, where it is a picture of any size.
    pub enlarged: Option<Picture>,
    /// What each image was taken for, where images are told apart.
    pub answers: Vec<Answered>,
}

/// What an image was taken for.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The image's name.
    pub image: String,
    /// The class that it stands in, and the one that it was taken for.
    pub classes: [Words; 2],
    /// How likely the latter is.
    pub chance: f32,
}

impl Trainer {
    /// Adapts to every held-out task of a set; `done` is called after each with how many there are in all.
    ///
    /// # Errors
    /// If the set gives no such tasks, or the network does not fit them.
    pub fn adapt_to(
        &self,
        images: Arc<ImageSet>,
        done: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<AdaptedTask>, TrainError> {
        let (live, run) = (&self.settings.live, &self.settings.run);
        let family = Family::new(run, Some(Arc::clone(&images)))?;
        if family.network(run).sizes() != self.plain.network.sizes() {
            return Err(TrainError::Checkpoint);
        }
        let start = Start { learner: &self.learner, meta: &self.now.meta, inner_rate: live.inner_rate };
        // Of tasks that are drawn at random there is no end.
        let count = Some(family.held_out_tasks()).filter(|count| *count < usize::MAX).unwrap_or(run.held_out_tasks);
        let drawn = || (0..count).map(|index| family.held_out_of(Split::Test, live, run.seed, index)).collect();
        let tasks: Vec<HeldOut> = family.every_held_out(live).unwrap_or_else(drawn);
        let network = &self.learner.network;
        Ok(self.pool.map(tasks.len(), |index| {
            let task = &tasks[index];
            let measured = measure(start, task, live.test_steps, Cancel::NEVER);
            let last = measured.thetas.last();
            let pair =
                last.and_then(|theta| task.reading.enlarged(network, theta, ENLARGED, &mut Workspace::default()));
            let outputs = last.map(|theta| network.output(theta, task.episode.query.x(), &mut Workspace::default()));
            let answers = outputs.map(|outputs| task.reading.answers(outputs.view())).unwrap_or_default();
            let answered = |answer: Answer| Answered {
                image: images.images[answer.image].name.clone(),
                classes: [answer.class, answer.answer].map(|class| task.choices[class].name.clone()),
                chance: answer.chance,
            };
            let answers = answers.into_iter().map(answered).collect();
            let measured = [measured.clone(), measured.clone(), measured];
            let shown = probe_task(task, &measured, &[start; 3], None, self.in_decibels());
            done(tasks.len());
            AdaptedTask { task: shown, enlarged: pair.map(|[made, _]| made), answers }
        }))
    }
}
