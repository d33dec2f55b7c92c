//! Work beside what runs: on a thread of its own, or, on a page, which has none, at once.

use std::io;

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
