//! Soft k-means: every point belongs to every cluster to a degree.
//!
//! ```text
//! r_ic ∝ exp(−b·‖x_i − m_c‖²/s),   m_c = Σ_i r_ic x_i / Σ_i r_ic
//! ```
//!
//! s is the mean squared distance of a point to its nearest centre, so the stiffness b has no unit (MacKay
//! 2003, chapter 20). The points must be finite.

use ndarray::ArrayView2;
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
    let points = Points::new(points);
    let found = (0..BEGINNINGS).map(|beginning| Search::begin(&points, count.max(1), beginning).run());
    let best = found.min_by(|a, b| a.distance.total_cmp(&b.distance));
    best.unwrap_or_else(|| Clusters { of: vec![0; points.count], distance: 0.0 })
}

/// Points one after the other, and dimension after dimension. Every sum is over contiguous numbers side by side, which
/// the compiler makes wide instructions of, and in the order of its terms.
struct Points {
    count: usize,
    rows: Vec<f32>,
    columns: Vec<f32>,
}

impl Points {
    fn new(points: ArrayView2<'_, f32>) -> Self {
        let [rows, columns] = [points, points.t()].map(|numbers| numbers.iter().copied().collect());
        Self { count: points.nrows(), rows, columns }
    }

    fn dimensions(&self) -> usize {
        self.rows.len() / self.count
    }

    fn row(&self, index: usize) -> &[f32] {
        &self.rows[index * self.dimensions()..][..self.dimensions()]
    }

    /// Squared distances to a centre.
    fn distances(&self, centre: &[f32], distances: &mut [f32]) {
        distances.fill(0.0);
        for (column, centre) in self.columns.chunks_exact(self.count).zip(centre) {
            for (distance, point) in distances.iter_mut().zip(column) {
                *distance += (point - centre) * (point - centre);
            }
        }
    }
}

/// From one beginning.
struct Search<'a> {
    points: &'a Points,
    centres: Vec<Vec<f32>>,
    /// Of each centre the squared distances of all points, and r.
    far: Vec<Vec<f32>>,
    shares: Vec<Vec<f32>>,
}

impl<'a> Search<'a> {
    /// Points as first centres, each drawn by its squared distance to those before it.
    fn begin(points: &'a Points, count: usize, beginning: u64) -> Self {
        let rng = &mut stream(0, Purpose::Clusters, 0, beginning);
        let (mut centres, mut all_far) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut weights = vec![1.0f32; points.count];
        for _ in 0..count {
            let total: f32 = weights.iter().sum();
            let mut at = rng.random::<f32>() * total;
            let place = weights.iter().position(|weight| {
                at -= weight;
                at < 0.0
            });
            if centres.is_empty() {
                weights.fill(f32::INFINITY);
            }
            let centre = points.row(place.unwrap_or(0)).to_vec();
            let mut far = vec![0.0; points.count];
            points.distances(&centre, &mut far);
            weights.iter_mut().zip(&far).for_each(|(weight, far)| *weight = weight.min(*far));
            centres.push(centre);
            all_far.push(far);
        }
        Self { points, centres, shares: all_far.clone(), far: all_far }
    }

    fn run(mut self) -> Clusters {
        let mut nearest = self.nearest();
        for _ in 0..PASSES {
            self.share(STIFFNESS / nearest.distance.max(f32::MIN_POSITIVE));
            self.move_centres();
            for (centre, far) in self.centres.iter().zip(&mut self.far) {
                self.points.distances(centre, far);
            }
            nearest = self.nearest();
        }
        nearest
    }

    fn share(&mut self, scale: f32) {
        let least = (0..self.points.count).map(|i| self.far.iter().map(|far| far[i]).fold(f32::INFINITY, f32::min));
        let least: Vec<f32> = least.collect();
        let mut totals = vec![0.0f32; self.points.count];
        for (far, shares) in self.far.iter().zip(&mut self.shares) {
            for (((share, far), least), total) in shares.iter_mut().zip(far).zip(&least).zip(&mut totals) {
                *share = (-scale * (far - least)).exp();
                *total += *share;
            }
        }
        for shares in &mut self.shares {
            shares.iter_mut().zip(&totals).for_each(|(share, total)| *share /= total);
        }
    }

    /// A centre that nothing belongs to stays where it is.
    fn move_centres(&mut self) {
        let mut sum = vec![0.0f32; self.points.dimensions()];
        for (centre, shares) in self.centres.iter_mut().zip(&self.shares) {
            let weight: f32 = shares.iter().sum();
            if weight > f32::MIN_POSITIVE {
                sum.fill(0.0);
                for (index, share) in shares.iter().enumerate() {
                    sum.iter_mut().zip(self.points.row(index)).for_each(|(sum, point)| *sum += share * point);
                }
                centre.iter_mut().zip(&sum).for_each(|(centre, sum)| *centre = sum / weight);
            }
        }
    }

    fn nearest(&self) -> Clusters {
        let nearest = |i: usize| {
            let far = self.far.iter().map(|far| far[i]).enumerate();
            far.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
        };
        let (of, far): (Vec<usize>, Vec<f32>) = (0..self.points.count).map(nearest).unzip();
        Clusters { distance: far.iter().sum::<f32>() / far.len().max(1) as f32, of }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use ndarray::{Array2, ArrayView1, Axis, array};

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

    /// The formulae word for word, from one beginning.
    fn plain(points: ArrayView2<'_, f32>, count: usize, beginning: u64) -> Clusters {
        let squared = |a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>| {
            a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>()
        };
        let rng = &mut stream(0, Purpose::Clusters, 0, beginning);
        let (mut chosen, mut far): (Vec<usize>, _) = (Vec::new(), vec![1.0f32; points.nrows()]);
        for _ in 0..count {
            let mut at = rng.random::<f32>() * far.iter().sum::<f32>();
            let next = far.iter().position(|far| {
                at -= far;
                at < 0.0
            });
            let next = next.unwrap_or(0);
            for (far, point) in far.iter_mut().zip(points.outer_iter()) {
                let distance = squared(point, points.row(next));
                *far = if chosen.is_empty() { distance } else { far.min(distance) };
            }
            chosen.push(next);
        }
        let mut centres = points.select(Axis(0), &chosen);
        let assign = |centres: &Array2<f32>| {
            let nearest = |point: ArrayView1<'_, f32>| {
                let far = centres.outer_iter().map(|centre| squared(point, centre)).enumerate();
                far.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
            };
            let (of, far): (Vec<usize>, Vec<f32>) = points.outer_iter().map(nearest).unzip();
            Clusters { distance: far.iter().sum::<f32>() / far.len() as f32, of }
        };
        let mut nearest = assign(&centres);
        for _ in 0..PASSES {
            let scale = STIFFNESS / nearest.distance.max(f32::MIN_POSITIVE);
            let (mut sums, mut weights) = (Array2::<f32>::zeros(centres.raw_dim()), vec![0.0f32; count]);
            for point in points.outer_iter() {
                let far: Vec<f32> = centres.outer_iter().map(|centre| squared(point, centre)).collect();
                let least = far.iter().copied().fold(f32::INFINITY, f32::min);
                let shares: Vec<f32> = far.iter().map(|far| (-scale * (far - least)).exp()).collect();
                let total: f32 = shares.iter().sum();
                for (cluster, share) in shares.iter().enumerate() {
                    sums.row_mut(cluster).scaled_add(share / total, &point);
                    weights[cluster] += share / total;
                }
            }
            for (cluster, &weight) in weights.iter().enumerate() {
                if weight > f32::MIN_POSITIVE {
                    centres.row_mut(cluster).assign(&(&sums.row(cluster) / weight));
                }
            }
            nearest = assign(&centres);
        }
        nearest
    }

    #[test]
    fn the_quick_way_gives_the_same_bits_as_the_plain_one() {
        for (rows, columns, count) in [(40, 40, 5), (17, 3, 4), (9, 101, 2), (5, 1, 7), (33, 8, 1)] {
            let rng = &mut stream(7, Purpose::Clusters, 1, rows as u64);
            let points = Array2::from_shape_fn((rows, columns), |(i, _)| rng.random::<f32>() + (i % 3) as f32);
            for beginning in 0..BEGINNINGS {
                let quick = Search::begin(&Points::new(points.view()), count, beginning).run();
                let plain = plain(points.view(), count, beginning);
                assert_eq!(quick.distance.to_bits(), plain.distance.to_bits(), "{rows} {columns} {count}");
                assert_eq!(quick.of, plain.of);
            }
        }
    }
}
