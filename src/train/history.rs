//! Bounded histories: full resolution for the recent past, thinned with minimum and maximum for all of it.

use std::collections::VecDeque;

use super::snapshot::{Curve, CurvePoint};

const RECENT: usize = 512;
const THINNED: usize = 1024;

/// One quantity over meta-iterations, in bounded memory. Values that are not finite are left out.
#[derive(Clone, Debug)]
pub struct Series {
    recent: VecDeque<CurvePoint>,
    /// Each covers `stride` values, but for the last.
    thinned: Vec<CurvePoint>,
    stride: u64,
    in_last: u64,
}

impl Default for Series {
    fn default() -> Self {
        Self { recent: VecDeque::new(), thinned: Vec::new(), stride: 1, in_last: 0 }
    }
}

impl Series {
    /// Appends a value.
    pub fn push(&mut self, at: u64, value: f32) {
        if !value.is_finite() {
            return;
        }
        let point = CurvePoint { at: at as f64, mean: value, min: value, max: value };
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(point);
        match self.thinned.last_mut() {
            Some(last) if self.in_last < self.stride => {
                *last = join(last, self.in_last, &point, 1);
                self.in_last += 1;
            }
            _ => {
                if self.thinned.len() == THINNED {
                    self.thinned =
                        self.thinned.chunks(2).map(|pair| join(&pair[0], 1, &pair[pair.len() - 1], 1)).collect();
                    self.stride *= 2;
                }
                self.thinned.push(point);
                self.in_last = 1;
            }
        }
    }

    /// Forgets everything after this meta-iteration.
    pub fn forget_after(&mut self, at: u64) {
        self.recent.retain(|point| point.at <= at as f64);
        self.thinned.retain(|point| point.at <= at as f64);
        self.in_last = self.stride;
    }

    /// The last value.
    pub fn last(&self) -> Option<f32> {
        self.recent.back().map(|point| point.mean)
    }

    /// For drawing: thinned points, then the recent ones.
    pub fn curve(&self) -> Curve {
        let first_recent = self.recent.front().map_or(f64::INFINITY, |point| point.at);
        let old = self.thinned.iter().filter(|point| point.at < first_recent);
        Curve { points: old.chain(&self.recent).copied().collect() }
    }
}

fn join(a: &CurvePoint, a_count: u64, b: &CurvePoint, b_count: u64) -> CurvePoint {
    let (a_count, b_count) = (a_count as f32, b_count as f32);
    CurvePoint {
        at: a.at,
        mean: (a.mean * a_count + b.mean * b_count) / (a_count + b_count),
        min: a.min.min(b.min),
        max: a.max.max(b.max),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_values_stay_bounded_and_keep_their_extremes() {
        let mut series = Series::default();
        for i in 0..1_000_000u64 {
            let value = if i == 123_456 {
                -7.0
            } else if i == 654_321 {
                9.0
            } else {
                (i % 10) as f32 / 10.0
            };
            series.push(i, value);
        }
        let curve = series.curve();
        assert!(curve.points.len() <= RECENT + THINNED);
        assert!(curve.points.windows(2).all(|pair| pair[0].at < pair[1].at));
        let min = curve.points.iter().map(|point| point.min).fold(f32::INFINITY, f32::min);
        let max = curve.points.iter().map(|point| point.max).fold(f32::NEG_INFINITY, f32::max);
        assert_eq!((min, max), (-7.0, 9.0));
        assert_eq!(curve.points.last().map(|point| point.at), Some(999_999.0));
        let old = &curve.points[5];
        assert!((old.mean - 0.45).abs() < 0.05, "{old:?}");
    }

    #[test]
    fn what_is_not_finite_never_gets_in() {
        let mut series = Series::default();
        series.push(0, f32::NAN);
        series.push(1, f32::INFINITY);
        series.push(2, 1.0);
        assert_eq!(series.curve().points.len(), 1);
    }

    #[test]
    fn forgetting_goes_back_in_time() {
        let mut series = Series::default();
        (0..100).for_each(|i| series.push(i, i as f32));
        series.forget_after(40);
        assert_eq!(series.last(), Some(40.0));
        series.push(41, 5.0);
        assert_eq!(series.curve().points.len(), 42);
    }
}
