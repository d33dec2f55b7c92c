//! The loss around φ.

use std::sync::Arc;

use super::probes::Init;
use crate::text::Words;
use crate::train::landscape::Plane;

/// What the map shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Map {
    /// What its heights are.
    pub heights: Heights,
    /// The probe tasks whose adapted parameters span the plane, with φ; of no effect where all parameters are on it.
    pub through: [usize; 2],
}

/// What a map's heights are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heights {
    /// L(φ′; Q) of a probe task, by its index.
    Task(usize),
    /// The mean over probe tasks of L(θ_K; Q), adapted from φ′ with the run's K, rates and algorithm.
    Adapted,
}

impl Default for Map {
    fn default() -> Self {
        Self { heights: Heights::Task(0), through: [0, 1] }
    }
}

/// The loss around φ on a plane in parameter space.
#[derive(Clone, Debug)]
pub struct Landscape {
    /// When it was made.
    pub meta_iteration: u64,
    /// What was asked for.
    pub map: Map,
    /// Whether the plane is the whole parameter space (plane family) or a slice of it.
    pub exact: bool,
    /// What the heights are, e.g. "query loss of face-12".
    pub title: Words,
    /// Axis names, e.g. "w₁", "w₂", or "towards face-12".
    pub axes: [Words; 2],
    /// Left and right edge.
    pub x: [f64; 2],
    /// Bottom and top edge.
    pub y: [f64; 2],
    /// Columns of `loss`; rows follow from its length, the bottom row first. Cell (c, r) is at x[0] + (x[1]-x[0])·c/(columns-1).
    pub columns: usize,
    /// Loss at each grid point; infinite where it overflowed.
    pub loss: Vec<f32>,
    /// Adaptation paths, each beginning at its initialisation, projected onto the plane.
    pub paths: Vec<LandscapePath>,
    /// The minimum of the drawn loss, where it is known in closed form.
    pub optimum: Option<[f64; 2]>,
    /// Where the query loss of each probe task is lowest, where a model has two parameters; else empty.
    pub optima: Vec<[f64; 2]>,
    /// The plane.
    pub plane: Arc<Plane>,
}

/// One inner loop on the landscape.
#[derive(Clone, Debug)]
pub struct LandscapePath {
    /// Which initialisation it starts from.
    pub init: Init,
    /// Task name.
    pub task: Words,
    /// Whether this task's loss is in the heights.
    pub own: bool,
    /// θ_0, θ_1, … in the plane's coordinates; only finite points.
    pub points: Vec<[f64; 2]>,
}
