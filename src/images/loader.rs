//! Reading own images in the background, for the window.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use web_time::{Duration, Instant};

use super::{ImageError, ImageSet, Progress, at_path};
use crate::aside::{self, Coming, Lost};
use crate::settings::ImageReading;
use crate::text::Words;

/// The window is woken at most this often while files are read.
const WAKE_EVERY: Duration = Duration::from_millis(50);

/// A set on its way. Dropping it cancels, and never waits.
pub struct Loader {
    path: PathBuf,
    result: Coming<Result<ImageSet, ImageError>>,
    progress: Arc<Mutex<Progress>>,
    cancel: Arc<AtomicBool>,
}

impl Loader {
    /// Begins. `wake` is called when there is something new to show.
    pub fn start(path: PathBuf, reading: ImageReading, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let progress = Arc::new(Mutex::new(Progress::default()));
        let cancel = Arc::new(AtomicBool::new(false));
        let own = (path.clone(), progress.clone(), cancel.clone(), wake.clone());
        let work = move || {
            let (path, progress, cancel, wake) = own;
            let woken = Mutex::new(Instant::now());
            let note = |now: Progress| {
                {
                    let mut shown = progress.lock().unwrap_or_else(PoisonError::into_inner);
                    // Threads report out of order; the bar never goes back.
                    if now.done >= shown.done {
                        *shown = now;
                    }
                }
                if let Ok(mut woken) = woken.try_lock()
                    && woken.elapsed() > WAKE_EVERY
                {
                    *woken = Instant::now();
                    wake();
                }
            };
            on_spare_cores(|| at_path::load(&path, reading, &note, &cancel))
        };
        Self { path, result: Coming::begin("images", work, move || wake()), progress, cancel }
    }

    /// What is being read.
    pub fn path(&self) -> &PathBuf {
        &self.path
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops before the next file; [`Self::poll`] then gives [`ImageError::Cancelled`].
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    /// The result, once.
    pub fn poll(&self) -> Option<Result<ImageSet, ImageError>> {
        let path = || self.path.clone();
        Some(self.result.poll()?.unwrap_or_else(|lost| match lost {
            Lost::Refused(error) => Err(ImageError::Path { path: path(), reason: Words::of_error(&error) }),
            Lost::Broke => Err(ImageError::Fault { path: path() }),
        }))
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Leaves one core to the window; if the system grants no threads, all of them serve.
fn on_spare_cores<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    let cores = aside::cores();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(cores.saturating_sub(1).max(1)).build();
    match pool {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_is_given_once() {
        let loader = Loader::start("/no/such/folder".into(), ImageReading::of_size(8, 0), Arc::new(|| {}));
        while loader.poll().is_none() {
            std::thread::yield_now();
        }
        assert!(loader.poll().is_none());
    }
}
