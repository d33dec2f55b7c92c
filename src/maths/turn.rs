//! Points in a plane, turned onto others, so that pictures of one thing do not spin from one to the next.

/// Turns `points` about the origin, mirrored if that is nearer, so that the sum of squared distances to
/// `onto` is smallest (orthogonal Procrustes, Schönemann 1966). Nothing happens where that is undetermined.
pub fn turned_onto(points: &mut [[f32; 2]], onto: &[[f32; 2]]) {
    let mut sums = [[0.0f32; 2]; 2];
    for (from, to) in points.iter().zip(onto) {
        for (sums, from) in sums.iter_mut().zip(from) {
            sums.iter_mut().zip(to).for_each(|(sum, to)| *sum += from * to);
        }
    }
    let [[xx, xy], [yx, yy]] = sums;
    let (turn, mirror) = ([xx + yy, xy - yx], [xx - yy, xy + yx]);
    let length = |[a, b]: [f32; 2]| a.hypot(b);
    let mirrored = length(mirror) > length(turn);
    let best = if mirrored { mirror } else { turn };
    let norm = length(best);
    if norm == 0.0 || !norm.is_finite() {
        return;
    }
    let [cos, sin] = best.map(|part| part / norm);
    for [x, y] in points {
        let up = if mirrored { -*y } else { *y };
        (*x, *y) = (cos * *x - sin * up, sin * *x + cos * up);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_and_mirrors_are_undone() {
        let onto = [[1.0, 0.2], [-0.5, 2.0], [0.3, -1.0], [-0.8, -1.2]];
        for mirror in [1.0, -1.0] {
            for angle in [0.0f32, 0.7, 2.0, 4.0] {
                let (sin, cos) = angle.sin_cos();
                let mut points = onto.map(|[x, y]: [f32; 2]| [cos * x - sin * y, mirror * (sin * x + cos * y)]);
                turned_onto(&mut points, &onto);
                let far = points.iter().flatten().zip(onto.iter().flatten()).map(|(a, b)| (a - b).abs());
                assert!(far.fold(0.0, f32::max) < 1e-5, "{mirror} {angle}");
            }
        }
        let mut nothing = [[0.0, 0.0]];
        turned_onto(&mut nothing, &[[1.0, 1.0]]);
        assert_eq!(nothing, [[0.0, 0.0]]);
    }
}
