//! Where what is shown becomes pictures: of the window as it is, and of what was never on the screen.

/// Taking what the window shows.
pub mod camera;
/// Films.
pub mod film;
/// What was never on the screen.
pub mod printer;
/// Triangles as pixels.
pub mod raster;
/// Shapes as SVG.
pub mod vector;
/// What can be taken, and as what.
pub mod views;
