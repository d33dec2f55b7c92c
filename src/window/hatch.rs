//! Hatching, so that colour is not the only sign of danger.

use egui::{Painter, Pos2, Rect, Shape, Stroke, pos2};

use super::theme::Palette;

/// Width of a stripe along the edge that it begins at.
const WIDTH: f32 = 2.25;

/// Fills a zone and stripes it, with so much from one stripe to the next. The stripes are cut to the zone here and not by
/// a clip rectangle, each change of which costs a draw call.
pub fn hatch(painter: &Painter, zone: Rect, apart: f32, strength: f32, palette: &Palette) {
    painter.rect_filled(zone, 0.0, palette.danger_ground);
    let colour = palette.danger.gamma_multiply(strength);
    // The stripes of all parts of a zone that is interrupted lie on one grid.
    let mut x = ((zone.left() - zone.height() - WIDTH) / apart).floor() * apart;
    while x < zone.right() {
        let stripe = stripe(x, zone);
        if stripe.len() > 2 {
            painter.add(Shape::convex_polygon(stripe, colour, Stroke::NONE));
        }
        x += apart;
    }
}

/// The part within the zone of the stripe that begins at `x` of its lower edge and rises to the right.
fn stripe(x: f32, zone: Rect) -> Vec<Pos2> {
    let height = zone.height();
    let whole = [
        pos2(x, zone.bottom()),
        pos2(x + height, zone.top()),
        pos2(x + height + WIDTH, zone.top()),
        pos2(x + WIDTH, zone.bottom()),
    ];
    let right = cut(&whole, |at| at.x - zone.left());
    cut(&right, |at| zone.right() - at.x)
}

/// The part of a convex polygon where `inside` is not negative; `inside` is linear.
fn cut(polygon: &[Pos2], inside: impl Fn(Pos2) -> f32) -> Vec<Pos2> {
    let mut part = Vec::with_capacity(polygon.len() + 1);
    for (index, &from) in polygon.iter().enumerate() {
        let to = polygon[(index + 1) % polygon.len()];
        let [here, there] = [inside(from), inside(to)];
        if here >= 0.0 {
            part.push(from);
        }
        if here * there < 0.0 {
            part.push(from.lerp(to, here / (here - there)));
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stripes_end_where_their_zone_does() {
        let zone = Rect::from_min_max(pos2(10.0, 0.0), pos2(30.0, 6.0));
        let area = |polygon: &[Pos2]| {
            let next = polygon.iter().cycle().skip(1);
            0.5 * polygon.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y).sum::<f32>().abs()
        };
        assert!((area(&stripe(15.0, zone)) - 6.0 * WIDTH).abs() < 1e-3, "a whole one");
        for x in [4.0, 7.0, 26.0, 29.5] {
            let part = stripe(x, zone);
            assert!(part.iter().all(|at| zone.expand(1e-3).contains(*at)), "{part:?}");
            let expected: f32 = (0..6000)
                .map(|row| {
                    let left = x + (row as f32 + 0.5) * 1e-3;
                    ((left + WIDTH).min(zone.right()) - left.max(zone.left())).max(0.0) * 1e-3
                })
                .sum();
            assert!((area(&part) - expected).abs() < 1e-2, "{x}: {} {expected}", area(&part));
        }
        assert!(stripe(-5.0, zone).is_empty() && stripe(31.0, zone).is_empty());
    }
}
