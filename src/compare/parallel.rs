//! Runs side by side: each on one thread, as many threads as wished.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use crate::meta::cancel::Cancel;

/// Does `work` for every job, the jobs spread over `threads`; `work` is given the job and what
/// breaks it off. `done` gets each result on the caller's thread, in the order of finishing.
///
/// # Errors
/// The first error of `done`; runs under way are then broken off.
pub fn parallel<R: Send, E>(
    jobs: &[usize],
    threads: usize,
    work: impl Fn(usize, Cancel<'_>) -> R + Sync,
    done: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let stopped = || stop.load(Ordering::Relaxed);
    std::thread::scope(|scope| {
        let (sender, receiver) = channel();
        for _ in 0..threads.clamp(1, jobs.len().max(1)) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                while !stopped() {
                    let Some(&job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                    if sender.send(work(job, Cancel::when(&stopped))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let finished = receiver.iter().try_for_each(done);
        stop.store(finished.is_err(), Ordering::Relaxed);
        finished
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_done_once_and_an_error_ends_the_rest() {
        let mut seen = Vec::new();
        let jobs: Vec<usize> = (0..50).collect();
        let done: Result<(), ()> = parallel(
            &jobs,
            3,
            |job, _| job,
            |job| {
                seen.push(job);
                Ok(())
            },
        );
        seen.sort_unstable();
        assert_eq!((done, seen), (Ok(()), jobs.clone()));
        let wait = |job: usize, cancel: Cancel<'_>| {
            while job > 0 && !cancel.is_wanted() {
                std::thread::yield_now();
            }
            job
        };
        assert_eq!(parallel(&jobs, 2, wait, Err), Err(0));
    }
}
