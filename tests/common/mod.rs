//! What several test files share.

pub mod fixtures;
pub mod soft_renderer;
