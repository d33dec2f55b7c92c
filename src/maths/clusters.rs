//! Soft k-means: every point belongs to every cluster to a degree.
//!
//! ```text
//! r_ic ∝ exp(−b·‖x_i − m_c‖²/s),   m_c = Σ_i r_ic x_i / Σ_i r_ic
//! ```
//!
//! s is the mean squared distance of a point to its nearest centre, so the stiffness b has no unit (MacKay
//! 2003, chapter 20). The points must be finite.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use rand::RngExt as _;

use super::stream::{Purpose, stream};

/// b.
const STIFFNESS: f32 = 3.0;
/// Passes over the points, and beginnings of which the best one counts.
const PASSES: usize = 20;
const BEGINNINGS: u64 = 8;

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Clusters {
    /// The cluster that each point belongs to most.
    pub of: Vec<usize>,
    /// Mean squared distance of the points to the centre of theirs.
    pub distance: f32,
}

/// Puts points (rows) into `count` clusters, at least one. The beginnings are drawn from a fixed seed, far
/// points more often (k-means++, Arthur and Vassilvitskii 2007), so the same points give the same clusters.
pub fn soft_k_means(points: ArrayView2<'_, f32>, count: usize) -> Clusters {
    if points.nrows() == 0 {
        return Clusters { of: Vec::new(), distance: 0.0 };
    }
    let found = (0..BEGINNINGS).map(|beginning| from_beginning(points, count.max(1), beginning));
    let best = found.min_by(|a, b| a.distance.total_cmp(&b.distance));
    best.unwrap_or_else(|| Clusters { of: vec![0; points.nrows()], distance: 0.0 })
}

fn from_beginning(points: ArrayView2<'_, f32>, count: usize, beginning: u64) -> Clusters {
    let mut centres = begin(points, count, beginning);
    let mut nearest = assign(points, &centres);
    for _ in 0..PASSES {
        let scale = STIFFNESS / nearest.distance.max(f32::MIN_POSITIVE);
        let mut sums = Array2::<f32>::zeros(centres.raw_dim());
        let mut weights = vec![0.0f32; count];
        for point in points.outer_iter() {
            let far: Vec<f32> = centres.outer_iter().map(|centre| squared(point, centre)).collect();
            let least = far.iter().copied().fold(f32::INFINITY, f32::min);
            let shares: Vec<f32> = far.iter().map(|far| (-scale * (far - least)).exp()).collect();
            let total: f32 = shares.iter().sum();
            for ((mut sum, weight), share) in sums.outer_iter_mut().zip(&mut weights).zip(&shares) {
                sum.scaled_add(share / total, &point);
                *weight += share / total;
            }
        }
        for ((mut centre, sum), weight) in centres.outer_iter_mut().zip(sums.outer_iter()).zip(&weights) {
            if *weight > f32::MIN_POSITIVE {
                centre.assign(&(&sum / *weight));
            }
        }
        nearest = assign(points, &centres);
    }
    nearest
}

/// Points as first centres, each drawn by its squared distance to those before it.
fn begin(points: ArrayView2<'_, f32>, count: usize, beginning: u64) -> Array2<f32> {
    let rng = &mut stream(0, Purpose::Clusters, 0, beginning);
    let mut chosen: Vec<usize> = Vec::with_capacity(count);
    let mut far = vec![1.0f32; points.nrows()];
    for _ in 0..count {
        let total: f32 = far.iter().sum();
        let mut at = rng.random::<f32>() * total;
        let place = far.iter().position(|far| {
            at -= far;
            at < 0.0
        });
        let next = place.unwrap_or(0);
        if chosen.is_empty() {
            far.fill(f32::INFINITY);
        }
        chosen.push(next);
        for (far, point) in far.iter_mut().zip(points.outer_iter()) {
            *far = far.min(squared(point, points.index_axis(Axis(0), next)));
        }
    }
    points.select(Axis(0), &chosen)
}

fn assign(points: ArrayView2<'_, f32>, centres: &Array2<f32>) -> Clusters {
    let nearest = |point: ArrayView1<'_, f32>| {
        let far = centres.outer_iter().map(|centre| squared(point, centre)).enumerate();
        far.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
    };
    let (of, far): (Vec<usize>, Vec<f32>) = points.outer_iter().map(nearest).unzip();
    Clusters { distance: far.iter().sum::<f32>() / far.len().max(1) as f32, of }
}

fn squared(a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn separate_groups_are_found_whatever_their_order() {
        let points = array![[0.0, 0.1], [9.0, 0.0], [0.2, 0.0], [9.1, 0.2], [0.1, 8.0], [0.0, 8.2]];
        let found = soft_k_means(points.view(), 3);
        let same = |a: usize, b: usize| found.of[a] == found.of[b];
        assert!(same(0, 2) && same(1, 3) && same(4, 5) && !same(0, 1) && !same(1, 4) && !same(0, 4));
        assert!(found.distance < 0.1);
        assert_eq!(found, soft_k_means(points.view(), 3));
    }

    #[test]
    fn fewer_points_than_clusters_and_equal_points_are_no_trouble() {
        let equal = Array2::<f32>::ones((4, 2));
        assert_eq!(soft_k_means(equal.view(), 3).distance, 0.0);
        assert_eq!(soft_k_means(equal.select(Axis(0), &[0]).view(), 3).of.len(), 1);
        assert!(soft_k_means(Array2::<f32>::zeros((0, 2)).view(), 3).of.is_empty());
    }
}
