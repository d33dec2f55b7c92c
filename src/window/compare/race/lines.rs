//! The curves of a race, from the probes of its runs.

use egui_plot::PlotPoint;

use crate::compare::race::{Probe, estimate};
use crate::window::losses::half_decades;

/// Early differences are much larger than later ones; the axis is for what comes after this share.
const SETTLED: f64 = 0.15;

/// Ready to be drawn, one list for each algorithm.
#[derive(Default)]
pub struct Lines {
    /// Decimal logarithm of the mean loss over seeds and probe tasks.
    pub losses: Vec<Vec<PlotPoint>>,
    /// Meta-iteration, mean paired difference to the first algorithm, both ends of its interval.
    pub differences: Vec<Vec<[f64; 4]>>,
}

impl Lines {
    /// `probes` of run `algorithm · seeds + seed`; a point needs all seeds. `same_tasks` says whether all
    /// seeds are measured on the same ones.
    pub fn new(probes: &[Vec<Probe>], seeds: usize, same_tasks: bool) -> Self {
        let lanes: Vec<&[Vec<Probe>]> = probes.chunks(seeds.max(1)).collect();
        let Some(&first) = lanes.first() else { return Self::default() };
        let count = |lane: &[Vec<Probe>]| lane.iter().map(Vec::len).min().unwrap_or(0);
        let losses = lanes.iter().map(|lane| {
            let at = |i: usize| {
                let tasks: Vec<f64> = lane.iter().flat_map(|run| &run[i].tasks).map(|loss| f64::from(*loss)).collect();
                let mean = tasks.iter().sum::<f64>() / tasks.len().max(1) as f64;
                PlotPoint::new(lane[0][i].iteration as f64, mean.log10())
            };
            (0..count(lane)).map(at).filter(|point| point.y.is_finite()).collect()
        });
        let differences = lanes.iter().map(|lane| {
            let at = |i: usize| {
                let pairs = lane.iter().zip(first).map(|(own, first)| {
                    let tasks = own[i].tasks.iter().zip(&first[i].tasks);
                    tasks.map(|(own, first)| f64::from(*own) - f64::from(*first)).collect::<Vec<f64>>()
                });
                let [mean, interval] = estimate(&pairs.collect::<Vec<_>>(), same_tasks);
                [lane[0][i].iteration as f64, mean, mean - interval, mean + interval]
            };
            let both = count(lane).min(count(first));
            (0..both).map(at).filter(|point| point.iter().all(|value| value.is_finite())).collect()
        });
        Self { losses: losses.collect(), differences: differences.collect() }
    }

    /// The range of the loss axis (decimal logarithms).
    pub fn loss_range(&self) -> [f64; 2] {
        half_decades(self.losses.iter().flatten().map(|point| point.y)).unwrap_or([-1.0, 0.0])
    }

    /// The range of the differences, with 0 in it, in steps of 1, 2 and 5.
    pub fn difference_range(&self) -> [f64; 2] {
        let points = || self.differences.iter().skip(1).flatten();
        let last = points().map(|point| point[0]).fold(0.0, f64::max);
        let settled = || points().filter(move |point| point[0] >= SETTLED * last);
        let low = settled().map(|point| point[2]).fold(0.0, f64::min);
        let high = settled().map(|point| point[3]).fold(0.0, f64::max);
        let wide = (high - low).max(1e-6);
        [if low < 0.0 { -round_up(-low) } else { -0.1 * wide }, if high > 0.0 { round_up(high) } else { 0.1 * wide }]
    }
}

/// The next of 1, 2, 5, 10 … times a power of ten.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power).into_iter().find(|round| *round >= value).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(losses: &[[f32; 2]]) -> Vec<Probe> {
        let probe = |(i, tasks): (usize, &[f32; 2])| Probe {
            iteration: 10 * i as u64,
            held_out: [1.0, tasks[0]],
            tasks: tasks.to_vec(),
        };
        losses.iter().enumerate().map(probe).collect()
    }

    #[test]
    fn differences_are_paired_and_wait_for_every_seed() {
        // Two algorithms, two seeds; the second seed of the second algorithm is one probe behind.
        let probes = [
            run(&[[1.0, 3.0], [0.5, 2.5]]),
            run(&[[2.0, 4.0], [1.0, 3.0]]),
            run(&[[1.0, 3.0], [0.4, 2.4]]),
            run(&[[2.0, 4.0]]),
        ];
        let lines = Lines::new(&probes, 2, false);
        assert_eq!(lines.losses.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert!((lines.losses[0][0].y - 2.5f64.log10()).abs() < 1e-9);
        assert_eq!(lines.differences[1], [[0.0; 4]]);
        let mut all = probes;
        all[3] = run(&[[2.0, 4.0], [0.9, 2.9]]);
        let [at, mean, low, high] = Lines::new(&all, 2, false).differences[1][1];
        // Every pair differs by 0.1 although the tasks differ by much more: the interval is narrow.
        assert!(at == 10.0 && (mean + 0.1).abs() < 1e-6 && high - low < 1e-6, "{mean} {low} {high}");
    }

    #[test]
    fn ranges_hold_nothing_and_something() {
        assert_eq!(Lines::default().loss_range(), [-1.0, 0.0]);
        let [low, high] = Lines::default().difference_range();
        assert!(low < 0.0 && high > 0.0);
        assert_eq!([0.13, 0.2, 3.0, 70.0].map(round_up), [0.2, 0.2, 5.0, 100.0]);
    }
}
