//! Work beside what runs: on a thread of its own, or, on a page, which has none, at once.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, channel};

use crate::text::{Text, Words, text};

/// What a page does.
#[cfg(any(test, not(feature = "desktop")))]
pub mod at_once;
#[cfg(feature = "desktop")]
mod threads;

#[cfg(not(feature = "desktop"))]
pub use at_once::{Aside, Queue, begin, deep, queue};
#[cfg(feature = "desktop")]
pub use threads::{Aside, Queue, begin, deep, queue};

/// What some work will give.
pub struct Coming<T>(Receiver<Result<T, Lost>>);

/// Why nothing came of some work.
#[derive(Debug)]
pub enum Lost {
    /// The system refused a thread.
    Refused(io::Error),
    /// The work panicked.
    Broke,
}

impl<T: Send + 'static> Coming<T> {
    /// Begins the work; the thread goes by `name`, and at its end calls `wake`. Who drops this does not wait for it.
    pub fn begin(name: &str, work: impl FnOnce() -> T + Send + 'static, wake: impl FnOnce() + Send + 'static) -> Self {
        let (sender, result) = channel();
        let own = sender.clone();
        // If nobody is there any more, nobody wants the result.
        let begun = begin(name, move || {
            let _ = own.send(catch_unwind(AssertUnwindSafe(work)).map_err(|_| Lost::Broke));
            wake();
        });
        if let Err(error) = begun {
            let _ = sender.send(Err(Lost::Refused(error)));
        }
        Self(result)
    }

    /// What came of it, once.
    pub fn poll(&self) -> Option<Result<T, Lost>> {
        self.0.try_recv().ok()
    }
}

impl From<Lost> for io::Error {
    fn from(lost: Lost) -> Self {
        let fault = text("it broke off through a fault in Metascope", "因 Metascope 的故障而中断");
        match lost {
            Lost::Refused(error) => error,
            Lost::Broke => Self::other(Words::from(fault)),
        }
    }
}

/// Whether there are threads: what takes minutes should not be begun without them.
pub const THREADS: bool = cfg!(feature = "desktop");

/// How many threads the machine runs at a time.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What is said where something needs threads and there are none.
pub const REFUSAL: Text = text(
    "A page has one thread, and this takes several: it is in the desktop program",
    "网页只有一个线程，而这需要多个：请使用桌面程序",
);

/// The same as an error.
pub fn refused() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, Words::from(REFUSAL))
}

#[cfg(test)]
#[expect(clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    fn wait<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Lost> {
        let (wake, woken) = channel::<()>();
        let coming = Coming::begin("work", work, move || drop(wake));
        assert!(woken.recv().is_err());
        let result = coming.poll().unwrap_or(Err(Lost::Refused(refused())));
        assert!(coming.poll().is_none(), "once");
        result
    }

    #[test]
    fn what_comes_of_work() {
        assert!(matches!(wait(|| 2 + 3), Ok(5)));
        assert!(matches!(wait(|| panic!("on purpose")), Err::<(), _>(Lost::Broke)));
    }
}
