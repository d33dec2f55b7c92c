//! Lines, two triangles a piece.

use egui::emath::GuiRounding as _;
use egui::epaint::Vertex;
use egui::{Color32, Mesh, Pos2, Rect, Stroke, Vec2};

use super::Brush;
use crate::window::frames::simplify::simplified;

/// So far a line may pass by its points, in pixels: nobody sees it.
const PASSES_BY: f32 = 0.2;

/// A corner with a smaller cosine between its two sides' normals is cut, not mitred.
const BLUNT: f32 = 0.0;

/// A line's soft edges: half their distance in points, where they are in the atlas, and the line's colour.
#[derive(Clone, Copy)]
struct Edges {
    half: f32,
    uv: [Pos2; 2],
    colour: Color32,
}

impl Brush<'_> {
    /// Of a line of that width; `None` for one that is too thick for any disc.
    fn edges(&self, width: f32, colour: Color32) -> Option<Edges> {
        // A line thinner than a pixel would be missed by some of them: it is drawn as pale as it is thin.
        let pixels = (width / self.pixel).max(1.0);
        let profile = self.profile(0.5 * pixels)?;
        Some(Edges {
            half: 0.5 * profile.texels * pixels / profile.covered * self.pixel,
            uv: profile.ends.map(|end| (end.to_vec2() * self.texel).to_pos2()),
            colour: colour.gamma_multiply((width / self.pixel).min(1.0)),
        })
    }

    /// A line through the points. Whether it could be drawn: not if it is too thick or broken.
    pub fn line(&self, points: &[Pos2], width: f32, colour: Color32, mesh: &mut Mesh) -> bool {
        let Some(edges) = self.edges(width, colour) else { return false };
        if points.iter().any(|point| !point.is_finite()) {
            return false;
        }
        // The last point, and the direction that the line comes to it from.
        let mut from = None;
        let points = points.iter().map(|&point| point.into());
        for to in simplified(points, PASSES_BY * self.pixel).map(Pos2::from) {
            from = match from {
                None => Some((to, None)),
                Some((at, before)) => match (to - at).normalized() {
                    along if along == Vec2::ZERO => continue,
                    along => {
                        edges.turn(at, before, along, mesh);
                        Some((to, Some(along)))
                    }
                },
            };
        }
        if let Some((at, Some(along))) = from {
            edges.join(mesh);
            edges.pair(at, along.rot90(), mesh);
        }
        true
    }

    /// A line that may be level or upright, which egui moves so that it is sharp.
    pub fn segment(&self, [from, to]: [Pos2; 2], stroke: Stroke, mesh: &mut Mesh) -> bool {
        let (level, upright) = (from.y == to.y, from.x == to.x);
        if level == upright {
            return self.line(&[from, to], stroke.width, stroke.color, mesh);
        }
        let (scale, mut rect) = (1.0 / self.pixel, Rect::from_two_pos(from, to));
        if !rect.is_finite() {
            return false;
        }
        let half = 0.5 * stroke.width.max(self.pixel);
        let (along, across) = if level { (0, 1) } else { (1, 0) };
        let mut middle = rect.min[across];
        stroke.round_center_to_pixel(scale, &mut middle);
        (rect.min[across], rect.max[across]) = (middle - half, middle + half);
        rect.min[along] = rect.min[along].round_to_pixels(scale);
        rect.max[along] = rect.max[along].round_to_pixels(scale).max(rect.min[along] + self.pixel);
        mesh.add_colored_rect(rect, stroke.color.gamma_multiply((stroke.width * scale).min(1.0)));
        true
    }
}

impl Edges {
    fn pair(&self, at: Pos2, across: Vec2, mesh: &mut Mesh) {
        for (side, uv) in [self.half, -self.half].into_iter().zip(self.uv) {
            mesh.vertices.push(Vertex { pos: at + side * across, uv, color: self.colour });
        }
    }

    /// The piece between the last pair and the one that comes.
    fn join(&self, mesh: &mut Mesh) {
        let next = mesh.vertices.len() as u32;
        mesh.add_triangle(next - 2, next - 1, next);
        mesh.add_triangle(next - 1, next, next + 1);
    }

    /// The beginning, or the corner between two pieces.
    fn turn(&self, at: Pos2, before: Option<Vec2>, along: Vec2, mesh: &mut Mesh) {
        let normal = along.rot90();
        let Some(before) = before else { return self.pair(at, normal, mesh) };
        self.join(mesh);
        let cosine = before.dot(along);
        if cosine > BLUNT {
            return self.pair(at, (before.rot90() + normal) / (1.0 + cosine), mesh);
        }
        self.pair(at, before.rot90(), mesh);
        self.pair(at, normal, mesh);
        let next = mesh.vertices.len() as u32;
        let outer = if normal.dot(before) > 0.0 { 0 } else { 1 };
        mesh.add_triangle(next - 4 + outer, next - 2 + outer, next - 3 - outer);
    }
}
