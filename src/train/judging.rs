//! The judge of class samples, trained beside the run.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use crate::tasks::class::ClassTasks;
use crate::tasks::judge::{Judge, Marks};
use crate::tasks::{Given, HeldOut};
use ndarray::ArrayView2;

/// A judge that is ready, or will be.
pub struct Judging {
    classes: ClassTasks,
    seed: u64,
    thread: Mutex<Option<JoinHandle<Judge>>>,
    judge: OnceLock<Judge>,
}

impl Judging {
    /// Begins to train the judge on a thread of its own.
    pub fn start(classes: ClassTasks, seed: u64) -> Self {
        let own = classes.clone();
        let thread = std::thread::Builder::new().name("judge".to_owned()).spawn(move || own.judge(seed));
        Self { classes, seed, thread: Mutex::new(thread.ok()), judge: OnceLock::new() }
    }

    /// What is to be said of samples of a held-out task; waits until the judge is ready.
    pub fn marks(&self, task: &HeldOut, samples: ArrayView2<'_, f32>) -> Option<Marks> {
        self.classes.marks(self.judge(), &task.given, samples)
    }

    /// The same of the real images that the task is judged by.
    pub fn real(&self, given: &Given) -> Option<Marks> {
        self.classes.real_marks(self.judge(), given)
    }

    fn judge(&self) -> &Judge {
        self.judge.get_or_init(|| {
            let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
            // A system without a thread to spare, or a fault in it: the same is done here.
            thread.and_then(|thread| thread.join().ok()).unwrap_or_else(|| self.classes.judge(self.seed))
        })
    }
}
