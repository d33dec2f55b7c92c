//! Reading own images in the background, for the window.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};

use web_time::{Duration, Instant};

use super::{ImageError, ImageSet, Progress, at_path};
use crate::aside;
use crate::settings::ImageReading;
use crate::text::Words;

/// The window is woken at most this often while files are read.
const WAKE_EVERY: Duration = Duration::from_millis(50);

/// A set on its way. Dropping it cancels, and never waits.
pub struct Loader {
    path: PathBuf,
    result: Receiver<Result<ImageSet, ImageError>>,
    taken: Cell<bool>,
    progress: Arc<Mutex<Progress>>,
    cancel: Arc<AtomicBool>,
}

impl Loader {
    /// Begins. `wake` is called when there is something new to show.
    pub fn start(path: PathBuf, reading: ImageReading, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (sender, result) = channel();
        let progress = Arc::new(Mutex::new(Progress::default()));
        let cancel = Arc::new(AtomicBool::new(false));
        let own = (path.clone(), progress.clone(), cancel.clone(), sender.clone());
        let work = move || {
            let (path, progress, cancel, sender) = own;
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
            // If the window has gone, nobody wants the result.
            let _ = sender.send(guarded(&path, || on_spare_cores(|| at_path::load(&path, reading, &note, &cancel))));
            wake();
        };
        if let Err(error) = aside::begin("images", work) {
            let _ = sender.send(Err(ImageError::Path { path: path.clone(), reason: Words::of_error(&error) }));
        }
        Self { path, result, taken: Cell::new(false), progress, cancel }
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
        if self.taken.get() {
            return None;
        }
        let result = match self.result.try_recv() {
            Ok(result) => result,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Err(ImageError::Fault { path: self.path.clone() }),
        };
        self.taken.set(true);
        Some(result)
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

/// A panic becomes an error, so that the window hears of it.
fn guarded(path: &Path, work: impl FnOnce() -> Result<ImageSet, ImageError>) -> Result<ImageSet, ImageError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(ImageError::Fault { path: path.to_owned() }))
}

#[cfg(test)]
#[expect(clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let result = guarded(Path::new("a/b"), || panic!("on purpose"));
        assert_eq!(result.map(|set| set.name), Err(ImageError::Fault { path: "a/b".into() }));
    }

    #[test]
    fn the_result_is_given_once() {
        let loader = Loader::start("/no/such/folder".into(), ImageReading::of_size(8, 0), Arc::new(|| {}));
        while loader.poll().is_none() {
            std::thread::yield_now();
        }
        assert!(loader.poll().is_none());
    }
}
