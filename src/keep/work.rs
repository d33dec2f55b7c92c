//! How far a file is that is being written, and whether it is still wanted.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use web_time::{Duration, Instant};

use super::run_file::RunFileError;

/// Of what [`Work::share`] counts.
const WHOLE: u32 = 1000;

/// A file that is being written.
#[derive(Debug)]
pub struct Work {
    path: PathBuf,
    begun: Instant,
    done: AtomicU32,
    cancelled: AtomicBool,
}

impl Work {
    /// Begins now.
    pub fn new(path: PathBuf) -> Self {
        Self { path, begun: Instant::now(), done: AtomicU32::new(0), cancelled: AtomicBool::new(false) }
    }

    /// Where the file will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How long it has been written.
    pub fn since(&self) -> Duration {
        self.begun.elapsed()
    }

    /// How much of it is done, from 0 to 1.
    pub fn share(&self) -> f32 {
        self.done.load(Ordering::Relaxed) as f32 / WHOLE as f32
    }

    /// It is not wanted any more.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it is not.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Notes that so many pieces of all are done.
    ///
    /// # Errors
    /// If it is not wanted any more.
    pub fn done(&self, pieces: usize, all: usize) -> Result<(), RunFileError> {
        let share = WHOLE as usize * pieces.min(all) / all.max(1);
        self.done.store(u32::try_from(share).unwrap_or(WHOLE), Ordering::Relaxed);
        if self.is_cancelled() { Err(RunFileError::Cancelled) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_is_cancelled_says_so_at_its_next_piece() {
        let work = Work::new("a".into());
        assert!(work.done(1, 4).is_ok());
        assert_eq!(work.share(), 0.25);
        work.cancel();
        assert!(matches!(work.done(2, 4), Err(RunFileError::Cancelled)));
    }
}
