//! Contour lines by marching squares. Pure; values that are not finite have no contour.

/// A line: points as two coordinates.
pub type Polyline = Vec<[f32; 2]>;

/// One edge of the grid: the index of its first point, and whether it goes right or up.
type Edge = (usize, bool);

/// The lines along which `values` (row by row) equals `level`, in grid coordinates: column and row.
pub fn lines(values: &[f32], columns: usize, level: f32) -> Vec<Polyline> {
    if columns < 2 || !level.is_finite() {
        return Vec::new();
    }
    let rows = values.len() / columns;
    let mut segments: Vec<[Edge; 2]> = Vec::new();
    for row in 0..rows.saturating_sub(1) {
        for column in 0..columns - 1 {
            cell(values, columns, row * columns + column, level, &mut segments);
        }
    }
    chain(&segments, values.len())
        .into_iter()
        .map(|edges| edges.into_iter().map(|edge| crossing(values, columns, level, edge)).collect())
        .collect()
}

/// Levels that divide the finite range of `values` evenly, without its ends.
pub fn levels(values: &[f32], count: usize) -> Vec<f32> {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    let (low, high) =
        finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low >= high {
        return Vec::new();
    }
    (1..=count).map(|index| low + (high - low) * index as f32 / (count + 1) as f32).collect()
}

fn cell(values: &[f32], columns: usize, corner: usize, level: f32, segments: &mut Vec<[Edge; 2]>) {
    let corners = [corner, corner + 1, corner + columns + 1, corner + columns].map(|index| values[index]);
    if corners.iter().any(|value| !value.is_finite()) {
        return;
    }
    let [bottom, right, top, left] = [(corner, true), (corner + 1, false), (corner + columns, true), (corner, false)];
    let above = corners.map(|value| value > level);
    let case = above.iter().enumerate().fold(0, |case, (bit, above)| case | usize::from(*above) << bit);
    let centre = corners.iter().sum::<f32>() / 4.0 > level;
    match case {
        1 | 14 => segments.push([left, bottom]),
        2 | 13 => segments.push([bottom, right]),
        3 | 12 => segments.push([left, right]),
        4 | 11 => segments.push([right, top]),
        6 | 9 => segments.push([bottom, top]),
        7 | 8 => segments.push([left, top]),
        // Two opposite corners are above: the centre says which pair hangs together.
        5 | 10 if (case == 5) == centre => segments.extend([[left, top], [bottom, right]]),
        5 | 10 => segments.extend([[left, bottom], [right, top]]),
        _ => {}
    }
}

/// Joins segments that share an edge into the longest lines. Points of the grid are numbered below `points`.
fn chain(segments: &[[Edge; 2]], points: usize) -> Vec<Vec<Edge>> {
    // An edge has a cell on either side of it, and each lays at most one segment to it.
    let mut at_edge: Vec<[Option<usize>; 2]> = vec![[None; 2]; 2 * points];
    let number = |(index, rightwards): Edge| 2 * index + usize::from(rightwards);
    for (index, segment) in segments.iter().enumerate() {
        for edge in segment {
            let touching = &mut at_edge[number(*edge)];
            touching[usize::from(touching[0].is_some())] = Some(index);
        }
    }
    let mut used = vec![false; segments.len()];
    let follow = |start: Edge, used: &mut Vec<bool>| {
        let mut line = vec![start];
        let mut edge = start;
        while let Some(next) = at_edge[number(edge)].into_iter().flatten().find(|index| !used[*index]) {
            used[next] = true;
            let [from, to] = segments[next];
            edge = if from == edge { to } else { from };
            line.push(edge);
        }
        line
    };
    let ends = segments.iter().flatten().copied().filter(|edge| at_edge[number(*edge)][1].is_none());
    let mut lines: Vec<Vec<Edge>> = Vec::new();
    for start in ends.chain(segments.iter().map(|segment| segment[0])) {
        let line = follow(start, &mut used);
        if line.len() > 1 {
            lines.push(line);
        }
    }
    lines
}

fn crossing(values: &[f32], columns: usize, level: f32, (index, rightwards): Edge) -> [f32; 2] {
    let other = if rightwards { index + 1 } else { index + columns };
    let (from, to) = (values[index], values[other]);
    let share = if to == from { 0.5 } else { ((level - from) / (to - from)).clamp(0.0, 1.0) };
    let (column, row) = ((index % columns) as f32, (index / columns) as f32);
    if rightwards { [column + share, row] } else { [column, row + share] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bowl(side: usize) -> Vec<f32> {
        let middle = (side - 1) as f32 / 2.0;
        (0..side * side)
            .map(|index| ((index % side) as f32 - middle).powi(2) + ((index / side) as f32 - middle).powi(2))
            .collect()
    }

    #[test]
    fn a_bowl_has_one_closed_round_line() {
        let lines = lines(&bowl(21), 21, 36.0);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        for [x, y] in &lines[0] {
            assert!(((x - 10.0).hypot(y - 10.0) - 6.0).abs() < 0.1);
        }
    }

    #[test]
    fn a_slope_has_one_straight_line_with_a_point_in_each_row() {
        let slope: Vec<f32> = (0..12).map(|index| (index % 4) as f32).collect();
        let lines = lines(&slope, 4, 1.25);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|[x, _]| (x - 1.25).abs() < 1e-6) && lines[0].len() == 3);
    }

    #[test]
    fn a_saddle_has_two_lines() {
        for values in [[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]] {
            assert_eq!(lines(&values, 2, 0.4).len(), 2);
            assert_eq!(lines(&values, 2, 0.6).len(), 2);
        }
    }

    #[test]
    fn overflow_is_left_out() {
        let mut values = bowl(9);
        values[40] = f32::INFINITY;
        values[0] = f32::NAN;
        assert!(lines(&values, 9, 4.0).iter().flatten().flatten().all(|value| value.is_finite()));
        assert!(lines(&[f32::INFINITY; 16], 4, 1.0).is_empty());
        assert!(levels(&[f32::INFINITY; 16], 5).is_empty());
        assert!(lines(&[], 0, 1.0).is_empty());
    }

    #[test]
    fn even_levels() {
        assert_eq!(levels(&[0.0, 4.0, f32::INFINITY], 3), [1.0, 2.0, 3.0]);
    }
}
