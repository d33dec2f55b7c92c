//! The trainer (one meta-iteration at a time), the thread that drives it, and what it shows.
//! It does not know egui.
//!
//! Invariants: a run is a function of its settings, seed and knob changes alone, to the bit, with
//! any number of threads; NaN and infinity end in a [`snapshot::Divergence`], never in a plot.

/// What is shown of a run.
pub mod shown;

/// One picture of a run.
pub mod snapshot;

/// The two ways between the window and the trainer.
pub mod link;

/// Bounded histories.
pub mod history;

/// States of a run under a cap of memory.
pub mod timeline;

/// Adaptation of held-out tasks, measured.
pub mod evaluation;

/// The loss around φ.
pub mod landscape;

/// When a run has diverged, and what to say.
pub mod divergence;

/// Which state was the best, and whether the run has left it.
pub mod guard;

/// The state machine.
pub mod trainer;

/// What a window has of it: training, and what is done beside it, in turns.
pub mod session;

/// The thread that gives a session its turns.
#[cfg(feature = "desktop")]
pub mod worker;

/// What views look at closely.
pub mod views;

/// Slow motion.
pub mod walk;

mod judging;

/// Threads for tasks, in a fixed order of results.
pub mod pool;
