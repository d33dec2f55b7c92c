//! Three looks at how samples of a class come about: the way from noise, the nearest support image under
//! each sample, and what lies between two noises.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2, Axis};

use super::ClassTasks;
use super::flow::follow;
use crate::maths::network::{Network, Workspace};
use crate::tasks::classes::sheet;
use crate::tasks::judge;
use crate::tasks::{Display, Gallery, Given, HeldOut, Picture};

/// Samples whose way is shown.
const WAYS: usize = 4;
/// Moments of the way that are shown, its end included.
pub const MOMENTS: usize = 8;
/// Samples that are shown with their nearest support image.
const PAIRS: usize = 12;
/// Pairs of noises, and what is shown from the one to the other.
const BETWEEN: [usize; 2] = [4, 8];

impl ClassTasks {
    /// For a held-out task of this family, adapted to `theta`, whose samples are `samples` (as codes);
    /// `None` if something in it is not finite.
    pub fn gallery(
        &self,
        network: &Network,
        theta: &[f32],
        task: &HeldOut,
        samples: ArrayView2<'_, f32>,
        work: &mut Workspace<f32>,
    ) -> Option<Gallery> {
        let (Display::Flow(flow), Given::Class { known: Some(known), .. }) = (task.shows, &task.given) else {
            return None;
        };
        let (some, _) = task.display.view().split_at(Axis(0), WAYS.min(task.display.nrows()));
        let mut moments = Vec::with_capacity(MOMENTS * some.nrows());
        let mut shown = 0;
        follow(network, theta, some, flow, work, |step, codes| {
            // Evenly spaced moments; a flow of few steps shows some of its states twice.
            while shown < MOMENTS && shown * flow.steps <= step * (MOMENTS - 1) {
                moments.push(codes.to_owned());
                shown += 1;
            }
        });
        let between = follow(network, theta, self.between(task.display.view()).view(), flow, work, |_, _| ());
        let (paired, _) = samples.split_at(Axis(0), PAIRS.min(samples.nrows()));
        let finite = |codes: ArrayView2<'_, f32>| codes.iter().all(|code| code.is_finite());
        if !finite(between.view()) || !finite(paired) || !moments.iter().all(|codes| finite(codes.view())) {
            return None;
        }
        let mut ways: Vec<Picture> = Vec::with_capacity(WAYS * MOMENTS);
        for row in 0..some.nrows() {
            for codes in &moments {
                ways.extend(self.classes.encoding.decode(codes.select(Axis(0), &[row]).view()));
            }
        }
        let drawn = self.classes.encoding.decode(paired);
        let support = self.classes.originals(&known.support);
        let nearest = judge::nearest(self.pixels(&drawn).view(), self.pixels(&support).view());
        let below: Vec<Picture> = nearest.into_iter().map(|i| support[i].clone()).collect();
        let pairs: Vec<Picture> = drawn.into_iter().chain(below).collect();
        Some(Gallery {
            way: Some(Arc::new(sheet(&ways, MOMENTS, self.classes.set.size))),
            nearest: Some(Arc::new(sheet(&pairs, paired.nrows(), self.classes.set.size))),
            between: Arc::new(sheet(&self.classes.encoding.decode(between.view()), BETWEEN[1], self.classes.set.size)),
            ends: ["one noise", "another"].map(str::to_owned),
        })
    }

    /// From the first noise to the second, from the third to the fourth, …, along great circles: a mean of
    /// two noises would be too short for the flow.
    fn between(&self, noise: ArrayView2<'_, f32>) -> Array2<f32> {
        let [pairs, count] = BETWEEN;
        let pairs = pairs.min(noise.nrows() / 2);
        Array2::from_shape_fn((pairs * count, noise.ncols()), |(row, column)| {
            let angle = std::f32::consts::FRAC_PI_2 * (row % count) as f32 / (count - 1) as f32;
            let pair = row / count * 2;
            angle.cos() * noise[[pair, column]] + angle.sin() * noise[[pair + 1, column]]
        })
    }
}
