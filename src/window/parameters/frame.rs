//! A map's place on the screen, and adaptation drawn on it.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2};

use crate::train::snapshot::{Init, LandscapePath};
use crate::window::theme::Palette;

/// Parameters to screen and back.
#[derive(Clone, Copy)]
pub struct Frame {
    /// Where the map is.
    pub rect: Rect,
    /// Its left and right edge, in parameters.
    pub x: [f64; 2],
    /// Its bottom and top edge.
    pub y: [f64; 2],
}

impl Frame {
    /// Where it is on the screen.
    pub fn screen(&self, [x, y]: [f64; 2]) -> Pos2 {
        let share = |value: f64, [low, high]: [f64; 2]| {
            if high > low { ((value - low) / (high - low)).clamp(-50.0, 50.0) as f32 } else { 0.5 }
        };
        pos2(
            self.rect.left() + share(x, self.x) * self.rect.width(),
            self.rect.bottom() - share(y, self.y) * self.rect.height(),
        )
    }

    /// What is at a place of the screen.
    pub fn value(&self, at: Pos2) -> [f64; 2] {
        let x = f64::from((at.x - self.rect.left()) / self.rect.width().max(1.0));
        let y = f64::from((self.rect.bottom() - at.y) / self.rect.height().max(1.0));
        [self.x[0] + x * (self.x[1] - self.x[0]), self.y[0] + y * (self.y[1] - self.y[0])]
    }
}

/// Draws an inner loop with an arrow for each step.
pub fn one_path(painter: &Painter, frame: Frame, path: &LandscapePath, palette: &Palette, strength: f32) {
    let colour = palette.init(path.init).gamma_multiply(strength * if path.own { 1.0 } else { 0.45 });
    let width = if path.own { 2.0 } else { 1.2 };
    let points: Vec<Pos2> = path.points.iter().map(|point| frame.screen(*point)).collect();
    painter.line(points.clone(), Stroke::new(width, colour));
    for pair in points.windows(2) {
        arrow_head(painter, pair[0], pair[1], if path.own { 7.0 } else { 5.0 }, colour);
    }
    if let Some(first) = points.first().filter(|_| path.init != Init::Learned) {
        painter.circle_filled(*first, 3.0, colour);
    }
}

/// The head of an arrow, if there is room for it.
pub fn arrow_head(painter: &Painter, from: Pos2, to: Pos2, size: f32, colour: Color32) {
    let step = to - from;
    if step.length() < size {
        return;
    }
    let along = step.normalized() * size;
    let across = along.rot90() * 0.45;
    painter.add(Shape::convex_polygon(vec![to, to - along + across, to - along - across], colour, Stroke::NONE));
}
