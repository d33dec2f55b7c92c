//! Which state of a run was its best by its error on held-out tasks, and whether the run has left it for good. Pure.
//!
//! The error is the query loss after adaptation, or, where answers are right or wrong, the share of wrong ones: a loss
//! over answers rises with confidence while they get better.

use std::collections::VecDeque;
use std::sync::Arc;

use super::evaluation::honest;

/// So many measurements are averaged: a single one is too noisy to be called the best.
pub const MEASUREMENTS: usize = 10;
/// A run has gone astray when its last [`LASTING`] measurements all exceed its best by this factor, or have lost half of
/// what it had gained since its first, if that was much: a share of wrong answers never reaches three times its best.
const ASTRAY: f32 = 3.0;
const LASTING: usize = 5;
/// The best is much of a gain when it is at most this share of the first.
const GAIN: f32 = 0.6;

/// The state to go back to, and how far the run is from it.
#[derive(Debug)]
pub struct Guard<S> {
    /// The last [`MEASUREMENTS`] errors, oldest first.
    recent: VecDeque<f32>,
    /// The first error, while it is of the same measure as the last.
    first: Option<f32>,
    best: Best<S>,
    /// How many times its best loss the run's was when losses became another measure than before.
    carried: Option<f32>,
}

/// A state to go back to.
#[derive(Debug)]
pub struct Best<S> {
    /// When it was.
    pub meta_iteration: u64,
    /// The mean error of the last [`MEASUREMENTS`] measurements until then. `None` while there were fewer: then
    /// it is the last state that gave no reason for concern.
    pub loss: Option<f32>,
    /// The state itself.
    pub state: Arc<S>,
}

/// What a guard knows beside its state, to be kept with the run.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Memory {
    recent: Vec<f32>,
    first: Option<f32>,
    best_at: u64,
    best_loss: Option<f32>,
    carried: Option<f32>,
}

impl<S> Clone for Best<S> {
    fn clone(&self) -> Self {
        Self { state: Arc::clone(&self.state), ..*self }
    }
}

impl<S> Clone for Guard<S> {
    fn clone(&self) -> Self {
        Self { recent: self.recent.clone(), best: self.best.clone(), ..*self }
    }
}

impl<S> Guard<S> {
    /// Of a run that begins, or begins again, with this state.
    pub fn new(meta_iteration: u64, state: Arc<S>) -> Self {
        let best = Best { meta_iteration, loss: None, state };
        Self { recent: VecDeque::new(), first: None, best, carried: None }
    }

    /// What it knows.
    pub fn memory(&self) -> Memory {
        let Self { recent, first, best, carried } = self;
        let recent = recent.iter().copied().collect();
        Memory { recent, first: *first, best_at: best.meta_iteration, best_loss: best.loss, carried: *carried }
    }

    /// One that knows this much and goes back to this state.
    pub fn recalled(memory: Memory, state: Arc<S>) -> Self {
        let Memory { recent, first, best_at, best_loss, carried } = memory;
        let recent = recent.into_iter().take(MEASUREMENTS).collect();
        Self { recent, first, best: Best { meta_iteration: best_at, loss: best_loss, state }, carried }
    }

    /// Notes a measured error, a NaN as infinite; `calm` says that nothing else gives reason for
    /// concern. `state` is asked for only if it is the one to go back to from now on.
    pub fn note(&mut self, meta_iteration: u64, loss: f32, calm: bool, state: impl FnOnce() -> Arc<S>) {
        let loss = honest(loss);
        if let Some(times) = self.carried.take() {
            self.best.loss = Some(loss / times);
        }
        if self.recent.is_empty() && self.best.loss.is_none() {
            self.first = Some(loss);
        }
        if self.recent.len() == MEASUREMENTS {
            self.recent.pop_front();
        }
        self.recent.push_back(loss);
        let better = match (self.mean(), self.best.loss) {
            (Some(mean), Some(best)) => mean < best,
            (Some(mean), None) => mean.is_finite(),
            (None, best) => calm && best.is_none(),
        };
        if better {
            self.best = Best { meta_iteration, loss: self.mean(), state: state() };
        }
    }

    /// From now on the error is that of other tasks, or after other steps: how many times its best it is, is taken to
    /// stay as it was.
    pub fn measures_anew(&mut self) {
        if let Some((loss, best)) = self.mean().zip(self.best.loss)
            && self.carried.is_none()
        {
            let times = loss / best;
            self.carried = Some(if times.is_finite() { times.max(1.0) } else { 1.0 });
        }
        self.recent.clear();
        self.first = None;
    }

    /// The run is at its best state again.
    pub fn went_back(&mut self) {
        self.recent = self.best.loss.into_iter().cycle().take(MEASUREMENTS).collect();
        self.carried = None;
    }

    /// The state to go back to.
    pub fn best(&self) -> &Best<S> {
        &self.best
    }

    /// How many times its best the error is, if it has been far above it for a while; an error that is `negligible` is
    /// not far above anything, nor a best below it any better.
    pub fn astray(&self, negligible: f32) -> Option<f32> {
        let (best, far) = self.best.loss.zip(self.far(negligible)).filter(|_| self.recent.len() >= LASTING)?;
        let last = || self.recent.iter().rev().take(LASTING);
        last().all(|loss| *loss > far).then(|| last().sum::<f32>() / LASTING as f32 / best.max(negligible))
    }

    /// A greater error than this is far above the best, and more than `negligible`.
    pub fn far(&self, negligible: f32) -> Option<f32> {
        let best = self.best.loss.filter(|_| self.carried.is_none())?;
        let lost = self.first.filter(|first| best < GAIN * first).map_or(f32::INFINITY, |first| 0.5 * (best + first));
        Some(lost.min(ASTRAY * best).max(negligible))
    }

    fn mean(&self) -> Option<f32> {
        let full = self.recent.len() == MEASUREMENTS;
        full.then(|| self.recent.iter().sum::<f32>() / MEASUREMENTS as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(losses: impl IntoIterator<Item = f32>) -> Guard<u64> {
        let mut guard = Guard::new(0, Arc::new(0));
        for (at, loss) in (1..).zip(losses) {
            guard.note(at, loss, true, || Arc::new(at));
        }
        guard
    }

    #[test]
    fn the_best_is_the_lowest_mean_of_ten_and_until_then_the_last_calm_state() {
        assert_eq!((after([]).best().meta_iteration, after([5.0, 9.0]).best().meta_iteration), (0, 2));
        let mut guard = after([5.0, 9.0]);
        guard.note(3, 99.0, false, || Arc::new(3));
        assert_eq!((guard.best().meta_iteration, guard.best().loss), (2, None));
        // Falling to 1 at 20, one deep outlier at 30, rising from 40.
        let loss = |at: u16| match at {
            30 => 0.5,
            0..=20 => f32::from(21 - at),
            21..=40 => 1.0,
            _ => 1.0 + f32::from(at - 40),
        };
        let guard = after((1..=60).map(loss));
        assert_eq!((guard.best().meta_iteration, guard.best().loss, *guard.best().state), (30, Some(0.95), 30));
    }

    #[test]
    fn a_run_is_astray_when_its_loss_stays_above_three_times_its_best() {
        let calm = || std::iter::repeat_n(1.0, 20);
        assert_eq!(after(calm().chain([4.0; 4])).astray(0.0), None);
        assert_eq!(after(calm().chain([4.0; 5])).astray(0.0), Some(4.0));
        assert_eq!(after(calm().chain([4.0, 4.0, 4.0, 1.0, 4.0])).astray(0.0), None);
        assert_eq!(after(calm().chain([f32::NAN; 5])).astray(0.0), Some(f32::INFINITY));
        let mut guard = after(calm().chain([4.0; 5]));
        guard.went_back();
        assert_eq!((guard.astray(0.0), guard.best().meta_iteration), (None, 10));
    }

    #[test]
    fn a_run_is_astray_when_it_has_lost_half_of_what_it_had_gained() {
        let learns = || std::iter::once(0.8).chain([0.3; 12]);
        assert_eq!(after(learns().chain([0.5; 9])).astray(0.0), None);
        assert!(after(learns().chain([0.6; 5])).astray(0.0).is_some_and(|times| (times - 2.0).abs() < 1e-5));
        assert_eq!(
            after(std::iter::once(0.8).chain([0.7; 12]).chain([0.79; 9])).astray(0.0),
            None,
            "too little to lose"
        );
    }

    #[test]
    fn who_was_perfect_and_is_nearly_so_has_lost_nothing() {
        let perfect = |now: f32| after(std::iter::once(0.2).chain([0.0; 12]).chain([now; 5]));
        assert_eq!(perfect(2e-8).astray(0.0), Some(f32::INFINITY));
        assert_eq!(perfect(2e-8).astray(1e-6), None);
        assert_eq!(perfect(2e-6).astray(1e-6), Some(2.0));
    }

    #[test]
    fn another_measure_is_no_other_run() {
        let mut guard = after(std::iter::repeat_n(1.0, 20));
        guard.measures_anew();
        (21..30).for_each(|at| guard.note(at, 50.0, true, || Arc::new(at)));
        assert_eq!((guard.astray(0.0), guard.best().meta_iteration, guard.best().loss), (None, 10, Some(50.0)));
        (30..50).for_each(|at| guard.note(at, 40.0, true, || Arc::new(at)));
        assert_eq!(guard.best().meta_iteration, 39);
        guard.measures_anew();
        guard.measures_anew();
        guard.note(50, 1.0, true, || Arc::new(50));
        (51..60).for_each(|at| guard.note(at, 9.0, true, || Arc::new(at)));
        assert_eq!((guard.best().meta_iteration, guard.astray(0.0)), (39, Some(9.0)));
    }
}
