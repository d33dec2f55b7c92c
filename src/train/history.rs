//! Bounded histories: full resolution for the recent past, thinned with minimum and maximum for all of it.

use std::collections::VecDeque;

use super::shown::{Curve, CurvePoint};
use crate::archive::{Archive, ArchiveError};
use crate::text::say;

const RECENT: usize = 512;
const THINNED: usize = 1024;
/// Values that a history may stand for.
const MOST: f64 = 1e15;

/// One quantity over meta-iterations, in bounded memory. Values that are not finite are left out.
#[derive(Clone, Debug)]
pub struct Series {
    recent: VecDeque<CurvePoint>,
    /// Each covers `stride` values, but for the last.
    thinned: Vec<Bucket>,
    stride: u64,
    in_last: u64,
    first: Option<CurvePoint>,
}

/// One or several neighbouring values, and where the last one is.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    point: CurvePoint,
    end: f64,
}

impl Default for Series {
    fn default() -> Self {
        Self { recent: VecDeque::new(), thinned: Vec::new(), stride: 1, in_last: 0, first: None }
    }
}

impl Series {
    /// Appends a value.
    pub fn push(&mut self, at: u64, value: f32) {
        if !value.is_finite() {
            return;
        }
        let point = CurvePoint { at: at as f64, mean: value, min: value, max: value };
        self.first.get_or_insert(point);
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(point);
        self.thin(point);
    }

    fn thin(&mut self, point: CurvePoint) {
        let bucket = Bucket { point, end: point.at };
        match self.thinned.last_mut() {
            Some(last) if self.in_last < self.stride => {
                *last = join(last, self.in_last, &bucket, 1);
                self.in_last += 1;
            }
            _ => {
                if self.thinned.len() == THINNED {
                    self.thinned =
                        self.thinned.chunks(2).map(|pair| join(&pair[0], 1, &pair[pair.len() - 1], 1)).collect();
                    self.stride *= 2;
                }
                self.thinned.push(bucket);
                self.in_last = 1;
            }
        }
    }

    /// Forgets everything after this meta-iteration. Of values that are long past and were joined with later ones
    /// nothing is left.
    pub fn forget_after(&mut self, at: u64) {
        let at = at as f64;
        self.recent.retain(|point| point.at <= at);
        let cut = self.thinned.iter().position(|bucket| bucket.end > at);
        let Some(first) = cut.map(|cut| self.thinned[cut].point.at) else { return };
        self.thinned.retain(|bucket| bucket.end <= at);
        self.in_last = self.stride;
        let mut known: Vec<CurvePoint> = self.recent.iter().filter(|point| point.at >= first).copied().collect();
        self.first = self.first.filter(|first| first.at <= at);
        if self.thinned.is_empty() && known.first() != self.first.as_ref() {
            known.splice(..0, self.first);
        }
        known.into_iter().for_each(|point| self.thin(point));
    }

    /// The last value.
    pub fn last(&self) -> Option<f32> {
        self.recent.back().map(|point| point.mean)
    }

    /// Puts it into an archive under this name.
    pub fn store(&self, archive: &mut Archive, name: &str) {
        let row = |point: &CurvePoint| [point.at, f64::from(point.mean), f64::from(point.min), f64::from(point.max)];
        let rows = |points: &mut dyn Iterator<Item = &CurvePoint>| points.flat_map(row).collect::<Vec<f64>>();
        archive.put(format!("{name}/recent"), &[4], &rows(&mut self.recent.iter()));
        archive.put(format!("{name}/first"), &[4], &rows(&mut self.first.iter()));
        let buckets = self.thinned.iter().flat_map(|bucket| row(&bucket.point).into_iter().chain([bucket.end]));
        archive.put(format!("{name}/thinned"), &[5], &buckets.collect::<Vec<f64>>());
        archive.put(format!("{name}/stride"), &[2], &[self.stride as f64, self.in_last as f64]);
    }

    /// Takes it out again.
    ///
    /// # Errors
    /// If it is not there, or no history.
    pub fn load(archive: &Archive, name: &str) -> Result<Self, ArchiveError> {
        let part = |part: &str, columns: usize| {
            let name = format!("{name}/{part}");
            let values = archive.numbers::<f64>(&name, &[columns])?;
            match values.iter().all(|value| value.is_finite()) {
                true => Ok(values),
                false => Err(ArchiveError::Fact { name, message: say("not finite", "非有限的数").to_owned() }),
            }
        };
        let point =
            |row: &[f64]| CurvePoint { at: row[0], mean: row[1] as f32, min: row[2] as f32, max: row[3] as f32 };
        let stride = part("stride", 2)?;
        let whole = |index: usize| stride.get(index).map_or(1, |value| value.clamp(1.0, MOST) as u64);
        Ok(Self {
            recent: part("recent", 4)?.chunks_exact(4).take(RECENT).map(point).collect(),
            thinned: part("thinned", 5)?
                .chunks_exact(5)
                .take(THINNED)
                .map(|row| Bucket { point: point(row), end: row[4] })
                .collect(),
            stride: whole(0),
            in_last: stride.get(1).map_or(0, |value| value.clamp(0.0, MOST) as u64),
            first: part("first", 4)?.chunks_exact(4).next().map(point),
        })
    }

    /// For drawing: thinned points, then the recent ones.
    pub fn curve(&self) -> Curve {
        let first_recent = self.recent.front().map_or(f64::INFINITY, |point| point.at);
        let old = self.thinned.iter().map(|bucket| &bucket.point).filter(|point| point.at < first_recent);
        Curve { points: old.chain(&self.recent).copied().collect() }
    }
}

fn join(a: &Bucket, a_count: u64, b: &Bucket, b_count: u64) -> Bucket {
    let (a_count, b_count) = (a_count as f32, b_count as f32);
    let (first, second) = (&a.point, &b.point);
    let point = CurvePoint {
        at: first.at,
        mean: (first.mean * a_count + second.mean * b_count) / (a_count + b_count),
        min: first.min.min(second.min),
        max: first.max.max(second.max),
    };
    Bucket { point, end: b.end }
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

    #[test]
    fn nothing_of_what_is_forgotten_is_left_in_a_mean() {
        for (values, cut) in [(10_000u64, 9_900u64), (100_000, 51_234), (3_000, 2_999), (3_000, 0)] {
            let mut series = Series::default();
            (0..=values).for_each(|i| series.push(i, if i <= cut { 1.0 } else { 5.0 }));
            series.forget_after(cut);
            let curve = series.curve();
            assert!(curve.points.iter().all(|point| point.max == 1.0 && point.mean == 1.0), "{values} {cut}");
            assert!(curve.points.windows(2).all(|pair| pair[0].at < pair[1].at));
            (cut + 1..=values).for_each(|i| series.push(i, 2.0));
            let curve = series.curve();
            assert!(curve.points.windows(2).all(|pair| pair[0].at < pair[1].at));
            assert!(curve.points.iter().all(|point| point.max <= 2.0), "{values} {cut}");
            assert_eq!(curve.points.first().map(|point| point.at), Some(0.0));
        }
    }
}
