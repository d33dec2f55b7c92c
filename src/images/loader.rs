//! Reading a folder in the background, for the window.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{ImageError, ImageSet, Progress, folder};

/// The window is woken at most this often while files are read.
const WAKE_EVERY: Duration = Duration::from_millis(50);

/// A folder on its way. Dropping it cancels, and never waits.
pub struct Loader {
    path: PathBuf,
    result: Receiver<Result<ImageSet, ImageError>>,
    progress: Arc<Mutex<Progress>>,
    cancel: Arc<AtomicBool>,
}

impl Loader {
    /// Begins. `wake` is called when there is something new to show.
    pub fn start(path: PathBuf, size: usize, seed: u64, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
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
            let _ = sender.send(folder::load(&path, size, seed, &note, &cancel));
            wake();
        };
        if let Err(error) = std::thread::Builder::new().name("images".to_owned()).spawn(work) {
            let _ = sender.send(Err(ImageError::Path { path: path.clone(), reason: error.to_string() }));
        }
        Self { path, result, progress, cancel }
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
        match self.result.try_recv() {
            Ok(result) => Some(result),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(ImageError::Cancelled)),
        }
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.cancel();
    }
}
