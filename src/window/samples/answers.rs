//! Answers: which classes were taken for which, and where the images of a pile lie. Painted by hand, because
//! there is one for each cell of the strip.

use egui::{Color32, Mesh, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2, pos2, vec2};

use super::plots::ground;
use crate::train::snapshot::{Clustering, Confusion};
use crate::window::theme::Palette;

/// Points this many mean distances from the centre reach the edge; farther ones lie on it.
const REACH: f32 = 2.2;
/// Side of a point.
const POINT: f32 = 5.0;

/// A bar for each class, as long as it is likely; beside the class's row of support images.
pub fn bars(painter: &Painter, rect: Rect, chances: &[f32], colour: Color32, palette: &Palette) {
    ground(painter, rect, palette);
    let height = rect.height() / chances.len().max(1) as f32;
    let likeliest = chances.iter().copied().fold(0.0, f32::max);
    let mut mesh = Mesh::default();
    for (row, &chance) in chances.iter().enumerate() {
        let corner = rect.min + vec2(0.0, row as f32 * height);
        let size = vec2(chance.clamp(0.0, 1.0) * rect.width(), height);
        let colour = if chance == likeliest { colour } else { colour.gamma_multiply(0.5) };
        mesh.add_colored_rect(Rect::from_min_size(corner, size).shrink2(vec2(0.0, (0.12 * height).min(3.0))), colour);
    }
    painter.add(mesh);
    painter.rect_stroke(rect, 0.0, Stroke::new(1.0, palette.line), StrokeKind::Inside);
}

/// A row for each true class and a column for each answer; the stronger, the more of the class's images.
/// Right answers lie on the diagonal.
pub fn confused(painter: &Painter, rect: Rect, confusion: &Confusion, palette: &Palette) {
    ground(painter, rect, palette);
    let side = vec2(rect.width(), rect.height()) / confusion.ways.max(1) as f32;
    let mut mesh = Mesh::default();
    for (i, &share) in confusion.shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
        let (row, column) = (i / confusion.ways, i % confusion.ways);
        let corner = rect.min + vec2(column as f32 * side.x, row as f32 * side.y);
        let colour = if row == column { palette.support } else { palette.danger };
        // The root tells one wrong image from none.
        mesh.add_colored_rect(Rect::from_min_size(corner, side).shrink(0.5), colour.gamma_multiply(share.sqrt()));
    }
    painter.add(mesh);
    painter.rect_stroke(rect, 0.0, Stroke::new(1.0, palette.line), StrokeKind::Inside);
}

/// Images as dots, coloured by their true class, framed by the cluster that they were put into: a line from
/// each to the centre of its cluster.
pub fn clusters(painter: &Painter, rect: Rect, clustering: &Clustering, labels: &[usize], palette: &Palette) {
    ground(painter, rect, palette);
    painter.rect_stroke(rect, 0.0, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    let inner = rect.shrink(POINT);
    let place = |[x, y]: [f32; 2]| {
        let share = |value: f32| 0.5 + 0.5 * (value / REACH).clamp(-1.0, 1.0);
        pos2(inner.left() + share(x) * inner.width(), inner.bottom() - share(y) * inner.height())
    };
    let points: Vec<Pos2> = clustering.points.iter().map(|&point| place(point)).collect();
    let count = clustering.clusters.iter().max().map_or(0, |most| most + 1);
    let mut centres = vec![(Vec2::ZERO, 0.0f32); count];
    for (point, &cluster) in points.iter().zip(&clustering.clusters) {
        centres[cluster].0 += point.to_vec2();
        centres[cluster].1 += 1.0;
    }
    let stroke = Stroke::new(1.0, palette.weak.gamma_multiply(0.5));
    for (point, &cluster) in points.iter().zip(&clustering.clusters) {
        let (sum, members) = centres[cluster];
        painter.line_segment([*point, (sum / members).to_pos2()], stroke);
    }
    let mut dots = Mesh::default();
    for (point, &label) in points.iter().zip(labels) {
        let colour: Color32 = palette.series[label % palette.series.len()];
        dots.add_colored_rect(Rect::from_center_size(*point, Vec2::splat(POINT)), colour);
    }
    painter.add(dots);
}
