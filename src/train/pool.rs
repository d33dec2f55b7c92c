//! Threads for tasks. Results keep the order of the tasks, and what is merged is merged in one order, so sums come
//! out the same to the bit with any number of threads.

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

    /// Runs `work` on every slot, and merges them two by two until all is in the first one; the pairs do not depend
    /// on threads.
    pub(super) fn reduce<T: Send>(
        &self,
        slots: &mut [T],
        work: impl Fn(usize, &mut T) + Sync,
        merge: impl Fn(&mut T, &mut T) + Sync,
    ) {
        match &self.0 {
            None => halves(0, slots, &work, &merge, false),
            Some(pool) => pool.install(|| halves(0, slots, &work, &merge, true)),
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

fn halves<T: Send>(
    first: usize,
    slots: &mut [T],
    work: &(impl Fn(usize, &mut T) + Sync),
    merge: &(impl Fn(&mut T, &mut T) + Sync),
    in_pool: bool,
) {
    if let [slot] = slots {
        return work(first, slot);
    }
    let middle = slots.len() / 2;
    let (left, right) = slots.split_at_mut(middle);
    if left.is_empty() {
        return;
    }
    if in_pool {
        rayon::join(|| halves(first, left, work, merge, true), || halves(first + middle, right, work, merge, true));
    } else {
        halves(first, left, work, merge, false);
        halves(first + middle, right, work, merge, false);
    }
    merge(&mut left[0], &mut right[0]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_has_one_order_for_any_number_of_threads() {
        for count in 0..20 {
            let texts = [1, 2, 3].map(|threads| {
                let mut slots = vec![String::new(); count];
                let merge = |left: &mut String, right: &mut String| *left = format!("({left} {right})");
                Pool::new(threads).reduce(&mut slots, |index, slot| *slot = index.to_string(), merge);
                slots.into_iter().next().unwrap_or_default()
            });
            assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
            assert_eq!(
                texts[0].matches(char::is_numeric).count(),
                (0..count).map(|i| i.to_string().len()).sum::<usize>()
            );
        }
    }
}
