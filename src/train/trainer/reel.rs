//! A run seen again from its beginning: earlier states, each adapted from anew.

use std::sync::Arc;

use super::kept::State;
use super::{Saved, TrainError, Trainer};
use crate::meta::cancel::Cancel;
use crate::train::shown::Evaluation;

/// Earlier states of a run, in order, to be adapted from on a thread of one's own: the run itself goes on.
pub struct Reel {
    trainer: Trainer,
    states: std::vec::IntoIter<Arc<State>>,
}

impl Saved {
    /// At most so many of the states that are kept, the first and the last among them.
    ///
    /// # Errors
    /// As [`Trainer::new`].
    pub fn reel(&self, most: usize) -> Result<Reel, TrainError> {
        let mut trainer = Trainer::new(self.start().as_ref().clone(), self.images().cloned(), 1)?;
        // A rate that was lowered to fit is in the states.
        trainer.put_settings(Arc::clone(&self.present().settings));
        let mut states: Vec<Arc<State>> = self.moments().to_vec();
        if states.last().is_none_or(|last| last.now.meta_iteration < self.meta_iteration()) {
            states.push(Arc::new(self.present().clone()));
        }
        Ok(Reel { trainer, states: thinned(states, most).into_iter() })
    }
}

impl Reel {
    /// How many are still to come.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The held-out tasks as the next state adapts to them, from all starts; `None` where `cancel` is wanted, or at the
    /// end.
    pub fn next(&mut self, cancel: Cancel<'_>) -> Option<Arc<Evaluation>> {
        let state = self.states.next()?;
        self.trainer.put_state(&state);
        self.trainer.probes.takes_its_time();
        self.trainer.adapt_probes(false, cancel)?;
        Some(self.trainer.evaluation())
    }
}

/// At most so many, evenly chosen, the first and the last among them.
fn thinned<T: Clone>(all: Vec<T>, most: usize) -> Vec<T> {
    let (count, most) = (all.len(), most.max(2));
    if count <= most {
        return all;
    }
    (0..most).map(|index| all[index * (count - 1) / (most - 1)].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_are_among_them() {
        assert_eq!(thinned((0..10).collect(), 4), [0, 3, 6, 9]);
        assert_eq!(thinned(vec![1, 2], 4), [1, 2]);
        assert_eq!(thinned((0..5).collect(), 1), [0, 4]);
    }
}
