//! Threads for tasks. Results keep the order of the tasks, so sums come out the same to the bit
//! with any number of threads.

use std::sync::Arc;

use rayon::prelude::*;

/// Runs work on the tasks of a batch.
#[derive(Clone)]
pub struct Pool(Option<Arc<rayon::ThreadPool>>);

impl Pool {
    /// With this many threads; one thread, or a system that grants no more, means the caller's own.
    pub(super) fn new(threads: usize) -> Self {
        let build =
            || rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|i| format!("tasks-{i}")).build();
        Self(if threads > 1 { build().ok().map(Arc::new) } else { None })
    }

    /// Runs `work` on one of the threads, which then shares what it does with the others.
    pub fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match &self.0 {
            None => work(),
            Some(pool) => pool.install(work),
        }
    }

    /// Runs `work` on every slot.
    pub(super) fn for_each<T: Send>(&self, slots: &mut [T], work: impl Fn(usize, &mut T) + Sync + Send) {
        match &self.0 {
            None => slots.iter_mut().enumerate().for_each(|(i, slot)| work(i, slot)),
            Some(pool) => {
                // Slots are few and long: each is worth a thread's while.
                let each = || slots.par_iter_mut().with_max_len(1).enumerate().for_each(|(i, slot)| work(i, slot));
                pool.install(each)
            }
        }
    }

    /// `work(0), work(1), …` in order.
    pub(super) fn map<R: Send>(&self, count: usize, work: impl Fn(usize) -> R + Sync + Send) -> Vec<R> {
        match &self.0 {
            None => (0..count).map(work).collect(),
            Some(pool) => pool.install(|| (0..count).into_par_iter().map(work).collect()),
        }
    }
}
