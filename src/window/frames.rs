//! What keeps frames short and training fast where a window is drawn without a graphics card. Nothing that is seen
//! depends on it.

/// When the window draws.
pub mod pacing;

/// Lines without the points that their drawing does not need.
pub mod simplify;

/// Shapes of few triangles.
pub mod tessellation;
