//! Tasks as the inner loop sees them: what to adapt on at each step, and what to be judged by.

use crate::maths::network::Batch;

/// Support and query of one task.
#[derive(Clone, Debug, PartialEq)]
pub struct Episode<T> {
    /// S_0, S_1, …: the support of each inner step; one alone serves every step, and steps beyond
    /// the last begin again with the first. Never empty.
    pub support: Vec<Batch<T>>,
    /// Q.
    pub query: Batch<T>,
}

impl<T> Episode<T> {
    /// S_k.
    pub fn support(&self, step: usize) -> &Batch<T> {
        &self.support[step % self.support.len()]
    }
}
