//! The loss around φ: over the whole parameter space where it is a plane, else over the plane
//! through φ and two adapted parameter vectors.

use super::evaluation::Measured;
use super::pool::Pool;
use super::snapshot::{Init, Landscape, LandscapePath};
use crate::maths::network::{Batch, Network, Workspace};
use crate::maths::vector::{dot, norm};
use crate::tasks::HeldOut;
use ndarray::{Array2, Axis};

/// Grid points a side.
const GRID: usize = 25;
/// Query points that a grid point's loss is computed from, at most.
const POINTS: usize = 256;

/// The landscape of the first task's query loss. `adapted[t][i]` is task t from [`Init::ALL`]`[i]`.
pub(super) fn landscape(
    pool: &Pool,
    network: &Network,
    tasks: &[HeldOut],
    adapted: &[[Measured; 3]],
    meta_iteration: u64,
) -> Option<Landscape> {
    let exact = network.parameters() == 2;
    let first = &adapted.first()?[0];
    let phi = first.thetas.first()?;
    let plane = if exact {
        Plane { origin: vec![0.0; 2], axes: [vec![1.0, 0.0], vec![0.0, 1.0]] }
    } else {
        Plane::through(phi, first.thetas.last()?, adapted.get(1)?[0].thetas.last()?)?
    };
    let mut paths = Vec::new();
    for (t, (task, traces)) in tasks.iter().zip(adapted).enumerate() {
        for (init, trace) in Init::ALL.into_iter().zip(traces) {
            // Off a slice the other initialisations have no honest place.
            if init != Init::Learned && !(exact && t == 0) {
                continue;
            }
            let points = trace.thetas.iter().map(|theta| plane.coordinates(theta));
            let points = points.take_while(|point| point.iter().all(|v| v.is_finite() && v.abs() < 1e6)).collect();
            paths.push(LandscapePath { init, task: task.name.clone(), own: t == 0, points });
        }
    }
    let query = thin(&tasks.first()?.episode.query);
    let optimum = if exact { least_squares(&query) } else { None };
    let shown = paths.iter().filter(|path| exact || path.own || path.task == tasks[1.min(tasks.len() - 1)].name);
    let (x, y) = frame(shown.flat_map(|path| path.points.iter().copied()).chain(optimum));
    let rows = pool.map(GRID, |r| {
        let mut work = Workspace::default();
        let along = |edges: [f64; 2], i: usize| edges[0] + (edges[1] - edges[0]) * i as f64 / (GRID - 1) as f64;
        let loss = |c| network.loss(&plane.point([along(x, c), along(y, r)]), &query, &mut work);
        (0..GRID).map(loss).map(|loss| if loss.is_finite() { loss } else { f32::INFINITY }).collect::<Vec<f32>>()
    });
    let towards = |t: usize| format!("towards {}", shortened(&tasks[t].name));
    Some(Landscape {
        meta_iteration,
        exact,
        title: format!("Query loss of {}", tasks[0].name),
        axes: if exact { ["w₁".to_owned(), "w₂".to_owned()] } else { [towards(0), towards(1)] },
        x,
        y,
        columns: GRID,
        loss: rows.concat(),
        paths,
        optimum,
    })
}

/// A name that fits an axis.
fn shortened(name: &str) -> String {
    const LONGEST: usize = 18;
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let start: String = name.chars().take(LONGEST - 1).collect();
    format!("{}…", start.trim_end())
}

/// A plane in parameter space with orthonormal axes.
struct Plane {
    origin: Vec<f32>,
    axes: [Vec<f32>; 2],
}

impl Plane {
    /// Through φ, with its first axis towards `a` and `b` in the half-plane above it.
    fn through(phi: &[f32], a: &[f32], b: &[f32]) -> Option<Self> {
        let minus = |theta: &[f32]| theta.iter().zip(phi).map(|(t, p)| t - p).collect::<Vec<f32>>();
        let unit = |mut vector: Vec<f32>| {
            let length = norm(&vector);
            vector.iter_mut().for_each(|v| *v /= length);
            (length.is_finite() && length > 0.0).then_some(vector)
        };
        let first = unit(minus(a))?;
        let mut second = minus(b);
        let overlap = dot(&second, &first);
        second.iter_mut().zip(&first).for_each(|(s, f)| *s -= overlap * f);
        Some(Self { origin: phi.to_vec(), axes: [first, unit(second)?] })
    }

    fn coordinates(&self, theta: &[f32]) -> [f64; 2] {
        let offset: Vec<f32> = theta.iter().zip(&self.origin).map(|(t, o)| t - o).collect();
        [0, 1].map(|axis| f64::from(dot(&offset, &self.axes[axis])))
    }

    fn point(&self, at: [f64; 2]) -> Vec<f32> {
        let [u, v] = at.map(|at| at as f32);
        let axes = self.axes[0].iter().zip(&self.axes[1]);
        self.origin.iter().zip(axes).map(|(o, (a, b))| o + u * a + v * b).collect()
    }
}

/// A frame around the points with a margin, square in spirit: no side below a third of the other.
fn frame(points: impl Iterator<Item = [f64; 2]>) -> ([f64; 2], [f64; 2]) {
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for point in points {
        for axis in [0, 1] {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    if !low[0].is_finite() {
        return ([-1.0, 1.0], [-1.0, 1.0]);
    }
    let widest = (high[0] - low[0]).max(high[1] - low[1]).max(1e-3);
    let edges = |axis: usize| {
        let middle = (low[axis] + high[axis]) / 2.0;
        let half = (high[axis] - low[axis]).max(widest / 3.0) * 0.65;
        [middle - half, middle + half]
    };
    (edges(0), edges(1))
}

/// At most [`POINTS`] rows, evenly chosen.
fn thin(batch: &Batch<f32>) -> Batch<f32> {
    let stride = batch.rows().div_ceil(POINTS).max(1);
    // An odd stride walks over all columns of an image.
    let stride = if stride > 1 { stride | 1 } else { 1 };
    let rows: Vec<usize> = (0..batch.rows()).step_by(stride).collect();
    Batch::new(batch.x().select(Axis(0), &rows), batch.y().select(Axis(0), &rows))
}

/// argmin over w ∈ R² of mean (Xw − y)², from the normal equations.
fn least_squares(batch: &Batch<f32>) -> Option<[f64; 2]> {
    let x: Array2<f64> = batch.x().mapv(f64::from);
    let y = batch.y().column(0).mapv(f64::from);
    let (a, b) = (x.t().dot(&x), x.t().dot(&y));
    let determinant = a[[0, 0]] * a[[1, 1]] - a[[0, 1]] * a[[1, 0]];
    let solve =
        || [(b[0] * a[[1, 1]] - b[1] * a[[0, 1]]) / determinant, (b[1] * a[[0, 0]] - b[0] * a[[1, 0]]) / determinant];
    (determinant.abs() > 1e-12).then(solve)
}
