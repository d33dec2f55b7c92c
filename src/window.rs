//! The window, on a desktop or on a page: it draws the newest snapshot and turns what the user does into commands.
//! One view is one file with one struct; no view knows another one, and none does mathematics.
//!
//! A paused window that nobody touches draws no frame.

// What frames everything.
mod app;
#[cfg(feature = "desktop")]
mod native;
mod opening;
#[cfg(not(feature = "desktop"))]
mod page;

// What the user can ask for, and how it looks.
mod choices;
mod commands;
mod fonts;
mod hatch;
mod keyboard;
mod numbers;
mod pacing;
mod picker;
mod recent;
mod scene;
mod shades;
mod take_out;
mod theme;
mod toggle;
mod tooltip;
mod turns;
mod value_field;

// The areas of the screen.
mod banner;
mod beside;
mod formula;
mod knobs;
mod lesson;
mod losses;
mod parameters;
mod run_panel;
mod samples;
mod stage;
mod timeline;
mod top_bar;
mod verdict;
mod views;

// What lies over them.
mod compare;
mod dropped;
mod help;
mod images_dialog;
mod menu;
mod notices;
mod offer;
mod works;

/// Pictures of what it shows.
pub mod darkroom;

/// What measures it.
pub mod watching;

pub use app::App;
pub use fonts::letters;
#[cfg(feature = "desktop")]
pub use native::{WindowError, run};
pub use opening::{Opening, Sessions};
#[cfg(not(feature = "desktop"))]
pub use page::open;
