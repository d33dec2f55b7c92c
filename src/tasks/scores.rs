//! What adaptation is judged by beside its loss: which of the images it puts into the right class, and how
//! pure the clusters are that it finds.

use ndarray::{Array2, ArrayView1, ArrayView2};

use crate::maths::clusters::{Clusters, soft_k_means};
use crate::maths::principal::Principal;
use crate::maths::turn::turned_onto;

/// Peak signal-to-noise ratio in dB of values in [0, 1] with this mean squared error.
pub fn psnr(loss: f32) -> f32 {
    -10.0 * loss.max(1e-10).log10()
}

/// What the images of each class were taken for.
#[derive(Clone, Debug, PartialEq)]
pub struct Confusion {
    /// Classes.
    pub ways: usize,
    /// Row by row (the true class) and column by column (the answer): the share of the class's images. A
    /// row adds up to less than 1 where outputs are not finite.
    pub shares: Vec<f32>,
    /// The share of all images whose answer is right.
    pub accuracy: f32,
}

impl Confusion {
    /// From one row of scores for each image, and the true classes. The answer is the highest score.
    pub fn new(scores: ArrayView2<'_, f32>, labels: &[usize]) -> Self {
        let ways = scores.ncols();
        let mut counts = vec![0usize; ways * ways];
        for (row, &label) in scores.outer_iter().zip(labels) {
            let best = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(answer, _)| answer);
            if let Some(answer) = best.filter(|_| row.iter().all(|score| score.is_finite())) {
                counts[label * ways + answer] += 1;
            }
        }
        let of_class = |class: usize| labels.iter().filter(|&&label| label == class).count().max(1) as f32;
        let right: usize = (0..ways).map(|class| counts[class * ways + class]).sum();
        Self {
            ways,
            shares: counts.iter().enumerate().map(|(i, &count)| count as f32 / of_class(i / ways)).collect(),
            accuracy: right as f32 / labels.len().max(1) as f32,
        }
    }
}

/// Softmax of one image's scores: the probability of each class. All of them are 0 where a score is not finite.
pub fn chances(scores: ArrayView1<'_, f32>) -> Vec<f32> {
    if scores.iter().any(|score| !score.is_finite()) {
        return vec![0.0; scores.len()];
    }
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights: Vec<f32> = scores.iter().map(|score| (score - highest).exp()).collect();
    let sum: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// Points in a plane, and the clusters that they were put into.
#[derive(Clone, Debug, PartialEq)]
pub struct Clustering {
    /// The two directions of greatest variance, turned and mirrored to lie as the reference does; each
    /// coordinate is in units of the points' mean distance from their centre. Empty where a number was not
    /// finite.
    pub points: Vec<[f32; 2]>,
    /// The cluster of each point.
    pub clusters: Vec<usize>,
    /// The share of points that belong to the class which is most frequent in their cluster; 0 where a number
    /// was not finite.
    pub purity: f32,
}

impl Clustering {
    /// Of an embedding with one row for each image, into as many clusters as there are classes (`ways`);
    /// drawn to lie as `reference` does, if there is one.
    pub fn new(embedding: ArrayView2<'_, f32>, labels: &[usize], ways: usize, reference: Option<&Self>) -> Self {
        if embedding.iter().any(|number| !number.is_finite()) {
            return Self { points: Vec::new(), clusters: vec![0; labels.len()], purity: 0.0 };
        }
        let Clusters { of, .. } = soft_k_means(embedding, ways);
        let principal = Principal::of(embedding, 2);
        let flat = principal.project(embedding);
        let mut points: Vec<[f32; 2]> =
            flat.outer_iter().map(|row| std::array::from_fn(|i| *row.get(i).unwrap_or(&0.0))).collect();
        let spread = points.iter().map(|[x, y]| x.hypot(*y)).sum::<f32>() / points.len().max(1) as f32;
        points.iter_mut().flatten().for_each(|number| *number /= spread.max(f32::MIN_POSITIVE));
        if let Some(reference) = reference.filter(|reference| reference.points.len() == points.len()) {
            turned_onto(&mut points, &reference.points);
        }
        Self { purity: purity(&of, labels), clusters: of, points }
    }
}

/// Σ over clusters of the count of their most frequent class, over all.
pub fn purity(clusters: &[usize], labels: &[usize]) -> f32 {
    let most = |of: &[usize]| of.iter().max().map_or(0, |most| most + 1);
    let mut counts = Array2::<usize>::zeros((most(clusters), most(labels)));
    clusters.iter().zip(labels).for_each(|(&cluster, &label)| counts[[cluster, label]] += 1);
    let right: usize = counts.outer_iter().map(|row| row.iter().copied().max().unwrap_or(0)).sum();
    right as f32 / labels.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_confusion_counts_answers_by_true_class() {
        let scores = array![[2.0, 1.0], [0.0, 3.0], [5.0, 4.0], [f32::NAN, 9.0]];
        let confusion = Confusion::new(scores.view(), &[0, 0, 1, 1]);
        assert_eq!(confusion.shares, [0.5, 0.5, 0.5, 0.0]);
        assert_eq!(confusion.accuracy, 0.25);
    }

    #[test]
    fn chances_add_up_whatever_the_scores() {
        assert_eq!(chances(array![0.0, 0.0].view()), [0.5, 0.5]);
        let far = chances(array![1000.0, 0.0, 1000.0].view());
        assert_eq!(far, [0.5, 0.0, 0.5]);
        assert!((chances(array![3f32.ln(), 0.0].view())[0] - 0.75).abs() < 1e-6);
        assert_eq!(chances(array![f32::INFINITY, 0.0].view()), [0.0, 0.0]);
    }

    #[test]
    fn purity_knows_perfect_and_mixed_clusters() {
        assert_eq!(purity(&[2, 2, 0, 0], &[0, 0, 1, 1]), 1.0);
        assert_eq!(purity(&[0, 0, 0, 0], &[0, 0, 1, 2]), 0.5);
        assert_eq!(purity(&[0, 1, 0, 1], &[0, 0, 1, 1]), 0.5);
    }

    #[test]
    fn far_groups_are_found_and_overflow_has_no_clusters() {
        let groups =
            Array2::from_shape_fn((12, 3), |(i, j)| (i / 4 * 10) as f32 * (j as f32 - 0.7) + (i % 4) as f32 * 0.1);
        let labels: Vec<usize> = (0..12).map(|i| i / 4).collect();
        let clustering = Clustering::new(groups.view(), &labels, 3, None);
        assert_eq!((clustering.purity, clustering.points.len()), (1.0, 12));
        let overflown = groups.mapv(|x| if x > 1.0 { f32::INFINITY } else { x });
        assert_eq!(Clustering::new(overflown.view(), &labels, 3, None).purity, 0.0);
    }
}
