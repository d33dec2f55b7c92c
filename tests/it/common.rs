//! What several topics need.

pub mod bench;
pub mod command;
pub mod files;
pub mod fixtures;
pub mod pictures;
pub mod reading;
pub mod sets;
pub mod soft_renderer;
pub mod write;
