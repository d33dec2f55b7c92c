//! The trainer (one meta-iteration at a time), the thread that drives it, and what it shows.
//! It does not know egui.

pub mod snapshot;

pub mod link;
