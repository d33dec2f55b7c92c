//! The judge of class samples, trained beside the run.

use crate::meta::cancel::Cancel;
use std::sync::{Mutex, OnceLock, PoisonError};

use ndarray::ArrayView2;

use super::pool::Pool;
use crate::aside::{self, Aside};
use crate::tasks::class::ClassTasks;
use crate::tasks::judge::{Judge, Marks};
use crate::tasks::taught::{By, Pupil, Taught, right_answers};
use crate::tasks::{HeldOut, KnownClass};

/// A judge that is ready, or will be.
pub struct Judging {
    classes: ClassTasks,
    seed: u64,
    thread: Mutex<Option<Aside<Judge>>>,
    judge: OnceLock<Judge>,
}

impl Judging {
    /// Begins to train the judge on a thread of its own.
    pub fn start(classes: ClassTasks, seed: u64) -> Self {
        let own = classes.clone();
        let thread = aside::begin("judge", move || own.judge(seed));
        Self { classes, seed, thread: Mutex::new(thread.ok()), judge: OnceLock::new() }
    }

    /// What is to be said of samples of a held-out task; waits until the judge is ready.
    pub fn marks(&self, task: &HeldOut, samples: ArrayView2<'_, f32>) -> Option<Marks> {
        Some(self.classes.marks(self.judge(), task.reading.known()?, samples))
    }

    /// The same of the real images that the task is judged by.
    pub fn real(&self, task: &HeldOut) -> Option<Marks> {
        Some(self.classes.real_marks(self.judge(), task.reading.known()?))
    }

    /// What classifiers learn of the tasks' classes: for each initialisation in `samples` (as codes, task after task)
    /// what is to be said of each task. What the support teaches depends on no initialisation, and may be `known`. Incomplete
    /// where `cancel` is wanted, which is asked before each of the classifiers; empty where a task is no class of the set.
    pub fn taught(
        &self,
        pool: &Pool,
        tasks: &[HeldOut],
        samples: &[Vec<ArrayView2<'_, f32>>],
        known: Option<Vec<f64>>,
        cancel: Cancel<'_>,
    ) -> Vec<Vec<Taught>> {
        let of = |samples| [(Some(samples), By::Samples), (Some(samples), By::Both)];
        let support = known.is_none().then_some((None, By::Support));
        let lessons: Vec<(Option<&Vec<ArrayView2<'_, f32>>>, By)> =
            support.into_iter().chain(samples.iter().flat_map(of)).collect();
        let mut answers = pool.map(lessons.len(), |i| {
            let (samples, by) = lessons[i];
            let of = |task: usize| {
                let known: &KnownClass = tasks[task].reading.known()?;
                Some(self.classes.pupil(known, samples.map(|samples| samples[task])))
            };
            let pupils: Option<Vec<Pupil>> = (0..tasks.len()).map(of).collect();
            let pupils = pupils.filter(|_| !cancel.is_wanted()).unwrap_or_default();
            right_answers(&pupils, self.classes.channels(), by, self.seed)
        });
        let by_support = known.unwrap_or_else(|| answers.remove(0));
        let of = |pair: &[Vec<f64>]| {
            let each = by_support.iter().zip(&pair[0]).zip(&pair[1]);
            each.map(|((&by_support, &by_samples), &by_both)| Taught { by_support, by_samples, by_both }).collect()
        };
        answers.chunks_exact(2).map(of).collect()
    }

    fn judge(&self) -> &Judge {
        self.judge.get_or_init(|| {
            let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
            // A system without a thread to spare, or a fault in it: the same is done here.
            thread.and_then(|thread| thread.join().ok()).unwrap_or_else(|| self.classes.judge(self.seed))
        })
    }
}
