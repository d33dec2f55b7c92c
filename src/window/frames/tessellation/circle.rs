//! Circles, two triangles for each disc.

use egui::epaint::CircleShape;
use egui::{Color32, Mesh, Pos2, Rect, Vec2};

use super::Brush;

/// The disc is at least so much larger than what it is drawn for, if there is one: between too blurred and too sharp.
/// (egui's figure.)
const FINER: f32 = 1.189_207_1;

impl Brush<'_> {
    /// A circle as egui would draw it. Whether it could be drawn: not if it is large, or if what is filled is nothing
    /// or would shine through its own outline.
    pub fn circle(&self, shape: &CircleShape, mesh: &mut Mesh) -> bool {
        let &CircleShape { center, radius, fill, stroke } = shape;
        if stroke.is_empty() {
            return self.disc(center, radius, fill, mesh);
        }
        // An outline lies outside.
        radius > 0.0
            && fill.is_opaque()
            && stroke.color.is_opaque()
            && self.disc(center, radius + stroke.width, stroke.color, mesh)
            && self.disc(center, radius, fill, mesh)
    }

    fn disc(&self, centre: Pos2, radius: f32, fill: Color32, mesh: &mut Mesh) -> bool {
        if !centre.is_finite() || radius.is_nan() || radius <= 0.0 {
            return false;
        }
        let pixels = radius / self.pixel;
        let Some(profile) = self.profile(FINER * pixels).or_else(|| self.profile(pixels)) else { return false };
        let size = radius / profile.radius * profile.texels;
        let [min, max] = [profile.disc.min, profile.disc.max].map(|at| (at.to_vec2() * self.texel).to_pos2());
        mesh.add_rect_with_uv(Rect::from_center_size(centre, Vec2::splat(size)), Rect::from_min_max(min, max), fill);
        true
    }
}
