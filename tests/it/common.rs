//! What several topics need.

pub mod algorithms;
pub mod alone;
pub mod bench;
pub mod command;
pub mod families;
pub mod files;
pub mod fixtures;
pub mod picture;
pub mod pictures;
pub mod reading;
pub mod runs;
pub mod sets;
pub mod snapshots;
pub mod soft_renderer;
pub mod waiting;
pub mod write;
