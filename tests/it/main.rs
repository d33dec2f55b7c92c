//! All integration tests in one program, a module for each topic: `cargo test --test it guard::` runs one of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

mod array_files;
mod array_kinds;
mod arrays;
mod choose;
mod class;
mod classify;
mod compare;
mod completion;
mod copies;
mod determinism;
mod dissection;
mod drawing;
mod drawings;
mod dropping;
mod few_triangles;
mod folders;
mod gradients;
mod guard;
mod headless;
mod image_limits;
mod images;
mod knobs;
mod landscape;
mod learning;
mod map;
mod microscope;
mod mistakes;
mod oracle;
mod outer;
mod own_sets;
mod photos;
mod pictures;
mod procedural;
mod reading;
mod settings;
mod slow_motion;
mod stability;
mod taught;
mod timeline;
mod timeline_window;
mod unattended;
mod window;
mod window_pictures;
