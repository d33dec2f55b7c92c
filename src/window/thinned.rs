//! Lines without the points that their drawing does not need. Pure.

/// A line: points as two coordinates.
pub type Polyline = Vec<[f32; 2]>;

/// Most points that are left out in a row: each new point is compared with all of them.
const MOST: usize = 24;

/// Leaves out points that lie within this distance of the line between their neighbours. Both ends stay.
pub fn thinned(points: impl Iterator<Item = [f32; 2]>, within: f32) -> Polyline {
    let mut line = Polyline::new();
    // Those left out since the last point of the line, and the one that may follow.
    let mut waiting: Polyline = Vec::new();
    for point in points {
        if let (Some(from), Some(candidate)) = (line.last().copied(), waiting.last().copied())
            && (waiting.len() == MOST || waiting.iter().any(|between| !near(*between, from, point, within)))
        {
            line.push(candidate);
            waiting.clear();
        }
        if line.is_empty() { line.push(point) } else { waiting.push(point) }
    }
    line.extend(waiting.last());
    line
}

/// Whether `point` is within a distance of the line through two others, or of the first if they are one.
fn near([x, y]: [f32; 2], [from_x, from_y]: [f32; 2], [to_x, to_y]: [f32; 2], within: f32) -> bool {
    let (along, across, right, down) = (to_x - from_x, to_y - from_y, x - from_x, y - from_y);
    let length = along * along + across * across;
    if length == 0.0 {
        right * right + down * down <= within * within
    } else {
        let area = right * across - down * along;
        area * area <= within * within * length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_parts_need_their_ends_only() {
        let corner = (0..=10).map(|x| [x as f32, 0.0]).chain((1..=10).map(|y| [10.0, y as f32]));
        assert_eq!(thinned(corner, 0.1), [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]);
        assert!(thinned(std::iter::empty(), 0.1).is_empty());
        assert_eq!(thinned([[1.0, 2.0]].into_iter(), 0.1), [[1.0, 2.0]]);
    }

    #[test]
    fn a_curve_keeps_its_shape() {
        let wave = |x: f32| 20.0 * (0.06 * x).sin();
        let line = thinned((0..100).map(|x| [x as f32, wave(x as f32)]), 0.2);
        assert!(line.len() < 25, "{}", line.len());
        for pair in line.windows(2) {
            let ([x0, y0], [x1, y1]) = (pair[0], pair[1]);
            let middle = 0.5 * (x0 + x1);
            assert!((0.5 * (y0 + y1) - wave(middle)).abs() < 0.6);
        }
    }
}
