//! Without threads: whoever begins some work waits for it.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Work that is done.
pub struct Aside<R>(R);

/// What works on things as they come.
pub struct Queue<T>(Arc<Mutex<dyn FnMut(T) + Send>>);

/// Does some work.
///
/// # Errors
/// None; a system has some.
pub fn begin<R: Send + 'static>(_: &str, work: impl FnOnce() -> R + Send + 'static) -> io::Result<Aside<R>> {
    Ok(Aside(work()))
}

/// What will do the work.
///
/// # Errors
/// None; a system has some.
pub fn queue<T: Send + 'static>(_: &str, work: impl FnMut(T) + Send + 'static) -> io::Result<(Queue<T>, Aside<()>)> {
    Ok((Queue(Arc::new(Mutex::new(work))), Aside(())))
}

/// Does some work; the stack is the page's.
///
/// # Errors
/// None; a system has some.
pub fn deep<R>(_: usize, work: impl FnOnce() -> R) -> io::Result<Option<R>> {
    Ok(Some(work()))
}

impl<R> Aside<R> {
    /// It is.
    pub fn is_finished(&self) -> bool {
        true
    }

    /// What came of it.
    ///
    /// # Errors
    /// None; a thread has some.
    pub fn join(self) -> thread::Result<R> {
        Ok(self.0)
    }
}

impl<T> Queue<T> {
    /// Works on this.
    pub fn send(&self, thing: T) {
        (self.0.lock().unwrap_or_else(PoisonError::into_inner))(thing);
    }
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_when_it_is_begun() {
        let begun = begin("sum", || 2 + 3).unwrap();
        assert!(begun.is_finished());
        assert_eq!(begun.join().unwrap(), 5);
        assert_eq!(deep(1, || 7).unwrap(), Some(7));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let own = Arc::clone(&seen);
        let (line, _) = queue("line", move |thing: u8| own.lock().unwrap().push(thing)).unwrap();
        line.send(1);
        line.clone().send(2);
        assert_eq!(*seen.lock().unwrap(), [1, 2]);
    }
}
