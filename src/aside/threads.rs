//! With the system's threads.

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread::{Builder, JoinHandle};

/// Work under way.
pub type Aside<R> = JoinHandle<R>;

/// What takes things to be worked on, one after the other. Once the last of its clones is gone, the work ends.
pub struct Queue<T>(Sender<T>);

/// Begins some work. The thread goes by `name`.
///
/// # Errors
/// If the system refuses a thread.
pub fn begin<R: Send + 'static>(name: &str, work: impl FnOnce() -> R + Send + 'static) -> io::Result<Aside<R>> {
    Builder::new().name(name.to_owned()).spawn(work)
}

/// Begins to work on whatever will come.
///
/// # Errors
/// If the system refuses a thread.
pub fn queue<T: Send + 'static>(name: &str, work: impl FnMut(T) + Send + 'static) -> io::Result<(Queue<T>, Aside<()>)> {
    let (sender, things) = channel();
    let thread = begin(name, move || things.into_iter().for_each(work))?;
    Ok((Queue(sender), thread))
}

/// Does some work with a stack of so many bytes, and waits for it; `None` if it panicked.
///
/// # Errors
/// If the system refuses a thread.
pub fn deep<R: Send>(stack: usize, work: impl FnOnce() -> R + Send) -> io::Result<Option<R>> {
    std::thread::scope(|scope| Ok(Builder::new().stack_size(stack).spawn_scoped(scope, work)?.join().ok()))
}

impl<T> Queue<T> {
    /// Has this worked on after what came before.
    pub fn send(&self, thing: T) {
        // Whoever works on it stays as long as this does.
        let _ = self.0.send(thing);
    }
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}
