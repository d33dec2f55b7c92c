//! Lines without the points that their drawing does not need. Pure.

/// A line: points as two coordinates.
pub type Polyline = Vec<[f32; 2]>;

/// Leaves out points that a straight piece passes within this distance (Sklansky and Gonzalez 1980). Both ends stay.
///
/// From where a piece begins, what lies so far to both sides of a point that it passes is seen within a sector. The
/// piece may end at any point in all of those sectors, and ends before the first one that is not.
pub fn simplified(points: impl Iterator<Item = [f32; 2]>, within: f32) -> impl Iterator<Item = [f32; 2]> {
    Simplified { points, within, start: None, reached: None }
}

struct Simplified<I> {
    points: I,
    within: f32,
    start: Option<[f32; 2]>,
    /// The last point that a piece from the start may end at, and the sector; none where any direction will do.
    reached: Option<([f32; 2], Option<Sector>)>,
}

impl<I: Iterator<Item = [f32; 2]>> Iterator for Simplified<I> {
    type Item = [f32; 2];

    fn next(&mut self) -> Option<[f32; 2]> {
        for point in self.points.by_ref() {
            let Some(start) = self.start else {
                self.start = Some(point);
                return Some(point);
            };
            let to = between(start, point);
            let own = Sector::around(to, self.within);
            let Some((end, sector)) = self.reached else {
                self.reached = Some((point, own));
                continue;
            };
            let onwards = dot(between(end, point), between(start, end)) >= 0.0;
            if onwards && sector.is_none_or(|sector| sector.holds(to)) {
                let common = sector.zip(own).map(|(sector, own)| sector.with(own));
                self.reached = Some((point, common.or(sector).or(own)));
            } else {
                self.start = Some(end);
                self.reached = Some((point, Sector::around(between(end, point), self.within)));
                return Some(end);
            }
        }
        self.reached.take().map(|(end, _)| end)
    }
}

/// Directions between two others, anticlockwise and less than half a turn apart.
#[derive(Clone, Copy)]
struct Sector([[f32; 2]; 2]);

impl Sector {
    /// Between what lies `aside` of a place on either side; `None` for a place that is no farther than that.
    fn around([x, y]: [f32; 2], aside: f32) -> Option<Self> {
        let distance = dot([x, y], [x, y]).sqrt();
        let [right, up] = [-y, x].map(|part| aside / distance * part);
        (distance > aside).then_some(Self([[x - right, y - up], [x + right, y + up]]))
    }

    fn holds(self, direction: [f32; 2]) -> bool {
        cross(self.0[0], direction) >= 0.0 && cross(direction, self.0[1]) >= 0.0
    }

    /// What both have in common.
    fn with(self, other: Self) -> Self {
        let Self([from, to]) = self;
        let Self([other_from, other_to]) = other;
        Self([
            if cross(from, other_from) > 0.0 { other_from } else { from },
            if cross(other_to, to) > 0.0 { other_to } else { to },
        ])
    }
}

fn between([from_x, from_y]: [f32; 2], [to_x, to_y]: [f32; 2]) -> [f32; 2] {
    [to_x - from_x, to_y - from_y]
}

fn dot(a: [f32; 2], b: [f32; 2]) -> f32 {
    a[0] * b[0] + a[1] * b[1]
}

/// Positive if `b` lies anticlockwise of `a`.
fn cross(a: [f32; 2], b: [f32; 2]) -> f32 {
    a[0] * b[1] - a[1] * b[0]
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const WITHIN: f32 = 0.2;

    type Shape = fn(f32) -> [f32; 2];

    fn corners(points: &[[f32; 2]]) -> Polyline {
        simplified(points.iter().copied(), WITHIN).collect()
    }

    /// How far a point is from a piece.
    fn distance(point: [f32; 2], piece: &[[f32; 2]]) -> f32 {
        let (along, to) = (between(piece[0], piece[1]), between(piece[0], point));
        let share = (dot(to, along) / dot(along, along).max(1e-12)).clamp(0.0, 1.0);
        let rest = between(along.map(|part| share * part), to);
        dot(rest, rest).sqrt()
    }

    #[test]
    fn every_piece_passes_near_the_points_between_its_ends() {
        let shapes: [(Shape, f32); 5] = [
            (|at| [at, 30.0 * (0.05 * at).sin()], 0.25),
            (|at| [20.0 * (0.1 * at).cos(), 20.0 * (0.1 * at).sin()], 0.5),
            (|at| [at, (12.9 * at).sin() * 3.0], 0.99),
            (|at| [10.0 * (0.3 * at).sin(), 0.01 * at], 0.25),
            (|at| [0.002 * at * (0.2 * at).cos(), 0.002 * at * (0.2 * at).sin()], 0.25),
        ];
        for (shape, most) in shapes {
            for step in [0.1, 0.7, 1.9] {
                let points: Polyline = (0..400).map(|index| shape(step * index as f32)).collect();
                let corners = corners(&points);
                assert_eq!([corners[0], corners[corners.len() - 1]], [points[0], points[399]]);
                let mut rest = &points[..];
                for piece in corners.windows(2) {
                    let end = 1 + rest[1..].iter().position(|point| *point == piece[1]).unwrap();
                    for &point in &rest[..=end] {
                        let distance = distance(point, piece);
                        assert!(distance <= 1.001 * WITHIN, "{distance} at {point:?}");
                    }
                    rest = &rest[end..];
                }
                assert_eq!(rest.len(), 1);
                if step < 1.0 {
                    assert!((corners.len() as f32) < most * 400.0, "{} corners", corners.len());
                }
            }
        }
    }

    #[test]
    fn straight_parts_need_their_ends_only() {
        let corner: Polyline = (0..=10).map(|x| [x as f32, 0.0]).chain((1..=10).map(|y| [10.0, y as f32])).collect();
        assert_eq!(corners(&corner), [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]);
        let slope: Polyline = (0..50).map(|at| [at as f32, 0.3 * at as f32]).collect();
        assert_eq!(corners(&slope), [slope[0], slope[49]]);
        assert_eq!(corners(&[[1.0, 2.0]]), [[1.0, 2.0]]);
        assert!(corners(&[]).is_empty());
    }
}
