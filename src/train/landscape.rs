//! The geometry of the loss around φ: over the whole parameter space where it is a plane, else over the plane through φ
//! and two adapted parameter vectors.
//!
//! Points that are not finite have no place on a plane; edges are always finite.

use ndarray::{Array2, Axis};

use crate::maths::network::Batch;
use crate::maths::vector::{add_scaled, dot, norm};

/// Farther out than this nothing is drawn.
const FARTHEST: f64 = 1e6;
/// A second axis must leave the first by this share of its length, or rounding decides where it leads.
const LEAST_ANGLE: f32 = 1e-3;

/// Left and right, then bottom and top.
pub type Edges = [[f64; 2]; 2];

/// A plane in parameter space with orthonormal axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plane {
    origin: Vec<f32>,
    axes: [Vec<f32>; 2],
}

impl Plane {
    /// All of a space of two parameters.
    pub fn whole() -> Self {
        Self { origin: vec![0.0; 2], axes: [vec![1.0, 0.0], vec![0.0, 1.0]] }
    }

    /// Through φ, with its first axis towards `a` and `b` in the half-plane above it. Where `b` lies in the direction
    /// of `a`, a fixed direction serves in its place, and the answer's second part is false. `None` if `a` is φ or not
    /// finite.
    pub fn through(phi: &[f32], a: &[f32], b: Option<&[f32]>) -> Option<(Self, bool)> {
        let minus = |theta: &[f32]| theta.iter().zip(phi).map(|(t, p)| t - p).collect::<Vec<f32>>();
        let first = unit(minus(a))?;
        let across = |mut vector: Vec<f32>| {
            let length = norm(&vector);
            // Twice, or rounding would leave a slant.
            for _ in 0..2 {
                let overlap = dot(&vector, &first);
                add_scaled(&mut vector, -overlap, &first);
            }
            unit(vector.clone()).filter(|_| norm(&vector) > LEAST_ANGLE * length)
        };
        let (second, towards) = match b.and_then(|b| across(minus(b))) {
            Some(second) => (second, true),
            None => (across(ripple(phi.len()))?, false),
        };
        Some((Self { origin: phi.to_vec(), axes: [first, second] }, towards))
    }

    /// How many numbers a point of it has.
    pub fn parameters(&self) -> usize {
        self.origin.len()
    }

    /// Where θ lies, projected.
    pub fn coordinates(&self, theta: &[f32]) -> [f64; 2] {
        let offset: Vec<f32> = theta.iter().zip(&self.origin).map(|(t, o)| t - o).collect();
        [0, 1].map(|axis| f64::from(dot(&offset, &self.axes[axis])))
    }

    /// The parameters at a place of the plane.
    pub fn point(&self, at: [f64; 2]) -> Vec<f32> {
        let [u, v] = at.map(|at| at as f32);
        let axes = self.axes[0].iter().zip(&self.axes[1]);
        self.origin.iter().zip(axes).map(|(o, (a, b))| o + u * a + v * b).collect()
    }

    /// A path's places, up to the first that has none.
    pub fn path(&self, thetas: &[Vec<f32>]) -> Vec<[f64; 2]> {
        let points = thetas.iter().map(|theta| self.coordinates(theta));
        points.take_while(|point| point.iter().all(|v| v.is_finite() && v.abs() < FARTHEST)).collect()
    }
}

/// Whether θ is near enough to φ to be drawn.
pub fn is_near(phi: &[f32], theta: &[f32]) -> bool {
    let difference: Vec<f32> = theta.iter().zip(phi).map(|(t, p)| t - p).collect();
    f64::from(norm(&difference)) < FARTHEST
}

/// The vector at length 1.
fn unit(mut vector: Vec<f32>) -> Option<Vec<f32>> {
    let length = norm(&vector);
    vector.iter_mut().for_each(|v| *v /= length);
    (length.is_finite() && length > 0.0).then_some(vector)
}

/// Ones whose signs have no pattern, the same each time.
fn ripple(len: usize) -> Vec<f32> {
    let sign = |i: usize| if (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 63 == 0 { 1.0 } else { -1.0 };
    (0..len).map(sign).collect()
}

/// Where a grid's lines lie between two edges.
pub fn along([from, to]: [f64; 2], index: usize, count: usize) -> f64 {
    from + (to - from) * index as f64 / (count.max(2) - 1) as f64
}

/// A frame around the points with a margin, no side below a third of the other. The one `before` stays as long as
/// all points are in it and it is not much too large.
pub fn frame(before: Option<Edges>, points: impl Iterator<Item = [f64; 2]>) -> Edges {
    const TOO_LARGE: f64 = 2.5;
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for point in points {
        for axis in [0, 1] {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    if !low[0].is_finite() {
        return before.unwrap_or([[-1.0, 1.0]; 2]);
    }
    let widest = (high[0] - low[0]).max(high[1] - low[1]).max(1e-3);
    let fresh = [0, 1].map(|axis| {
        let middle = (low[axis] + high[axis]) / 2.0;
        let half = (high[axis] - low[axis]).max(widest / 3.0) * 0.65;
        [middle - half, middle + half]
    });
    let fits = |before: &Edges| {
        (0..2).all(|axis| {
            let ([left, right], [from, to]) = (before[axis], fresh[axis]);
            left <= low[axis] && high[axis] <= right && right - left <= TOO_LARGE * (to - from)
        })
    };
    before.filter(fits).unwrap_or(fresh)
}

/// At most so many rows, evenly chosen.
pub fn thinned(batch: &Batch<f32>, most: usize) -> Batch<f32> {
    let stride = batch.rows().div_ceil(most).max(1);
    // An odd stride walks over all columns of an image.
    let stride = if stride > 1 { stride | 1 } else { 1 };
    let rows: Vec<usize> = (0..batch.rows()).step_by(stride).collect();
    Batch::new(batch.x().select(Axis(0), &rows), batch.y().select(Axis(0), &rows))
}

/// argmin over φ ∈ R² of the mean over tasks of mean (X(Aφ + b) − y)², from the normal equations. Of each task there
/// are its query (X, y) and, as three points, b and the columns of A; without adaptation A = I and b = 0.
pub fn lowest(tasks: &[(&Batch<f32>, [[f64; 2]; 3])]) -> Option<[f64; 2]> {
    let (mut a, mut b) = ([[0.0; 2]; 2], [0.0; 2]);
    for (query, [offset, first, second]) in tasks {
        let share = 1.0 / query.rows().max(1) as f64;
        let x: Array2<f64> = query.x().mapv(f64::from);
        for (row, y) in x.outer_iter().zip(query.y().column(0)) {
            let by = |v: &[f64; 2]| row[0] * v[0] + row[1] * v[1];
            let (slope, rest) = ([by(first), by(second)], f64::from(*y) - by(offset));
            for i in [0, 1] {
                b[i] += share * slope[i] * rest;
                for j in [0, 1] {
                    a[i][j] += share * slope[i] * slope[j];
                }
            }
        }
    }
    let determinant = a[0][0] * a[1][1] - a[0][1] * a[1][0];
    let scale = 0.5 * (a[0][0] + a[1][1]);
    let solution = [(b[0] * a[1][1] - b[1] * a[0][1]) / determinant, (b[1] * a[0][0] - b[0] * a[1][0]) / determinant];
    let good = determinant > 1e-9 * scale * scale && solution.iter().all(|v| v.is_finite() && v.abs() < FARTHEST);
    good.then_some(solution)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_stays_until_points_leave_it_or_it_is_much_too_large() {
        let first = frame(None, [[0.0, 0.0], [1.0, 1.0]].into_iter());
        assert_eq!(frame(Some(first), [[0.1, 0.0], [1.1, 0.8]].into_iter()), first);
        let wider = frame(Some(first), [[0.0, 0.0], [2.0, 1.0]].into_iter());
        assert!(wider[0][1] > 2.0 && wider != first);
        let closer = frame(Some(first), [[0.4, 0.4], [0.6, 0.6]].into_iter());
        assert!(closer[0][1] < first[0][1]);
        assert_eq!(frame(Some(first), std::iter::empty()), first);
    }

    #[test]
    fn a_plane_goes_through_its_points() {
        let (phi, a, b) = ([1.0, 2.0, 3.0, 4.0], [2.0, 2.0, 3.0, 4.0], [3.0, 3.0, 3.0, 3.5]);
        let (plane, towards) = Plane::through(&phi, &a, Some(&b)).unwrap_or_default();
        assert!(towards);
        assert_eq!(plane.coordinates(&phi), [0.0, 0.0]);
        for theta in [a, b] {
            let back = plane.point(plane.coordinates(&theta));
            assert!(back.iter().zip(theta).all(|(x, y)| (x - y).abs() < 1e-6), "{back:?}");
        }
        assert!(plane.coordinates(&b)[1] > 0.0);
        // Two that lie in one direction leave the second axis to chance, but there is one.
        let (plane, towards) = Plane::through(&phi, &a, Some(&[4.0, 2.0, 3.0, 4.0])).unwrap_or_default();
        assert!(!towards && dot(&plane.axes[0], &plane.axes[1]).abs() < 1e-6);
        assert_eq!(Plane::through(&phi, &phi, Some(&b)), None);
        assert_eq!(Plane::through(&phi, &[f32::NAN; 4], Some(&b)), None);
    }
}
