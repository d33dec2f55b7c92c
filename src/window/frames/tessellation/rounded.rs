//! Rectangles, their corners quarters of a disc.

use egui::emath::GuiRounding as _;
use egui::epaint::{CornerRadius, RectShape, StrokeKind, Vertex};
use egui::{Color32, Mesh, Rect, Stroke, Vec2, vec2};

use super::Brush;

/// Added to every radius: without it corners look sharper than they are. (egui does it as well.)
const ROUNDER: f32 = 0.4;

impl Brush<'_> {
    /// A rectangle as egui would draw it. Whether it could be drawn: not if it is turned, blurred, a picture, of
    /// different or large corners, or if what is filled would shine through its own outline.
    pub fn rect(&self, shape: &RectShape, mesh: &mut Mesh) -> bool {
        let &RectShape { mut rect, corner_radius, fill, stroke, stroke_kind, round_to_pixels, .. } = shape;
        let plain = shape.brush.is_none() && shape.blur_width == 0.0 && shape.angle == 0.0;
        let alike = corner_radius == CornerRadius::same(corner_radius.nw);
        if !plain || !alike || round_to_pixels == Some(false) || !rect.is_finite() {
            return false;
        }
        let (scale, thin) = (1.0 / self.pixel, 2.0 * self.pixel);
        let mut radius = f32::from(corner_radius.nw);
        if stroke.is_empty() {
            // Panels that need no ground have such a one; blended over the whole window it would cost the most.
            if fill == Color32::TRANSPARENT {
                return true;
            }
            if rect.width() <= thin {
                return self.segment([rect.center_top(), rect.center_bottom()], Stroke::new(rect.width(), fill), mesh);
            }
            if rect.height() <= thin {
                return self.segment([rect.left_center(), rect.right_center()], Stroke::new(rect.height(), fill), mesh);
            }
            return self.rounded(rect.round_to_pixels(scale), rounder(radius), fill, mesh);
        }
        // An outline of whole pixels is sharp.
        let stroke = Stroke { width: (scale * stroke.width).round().max(1.0) * self.pixel, ..stroke };
        let outside = match stroke_kind {
            StrokeKind::Inside => 0.0,
            StrokeKind::Middle => 0.5 * stroke.width,
            StrokeKind::Outside => stroke.width,
        };
        if !(fill.is_opaque() && stroke.color.is_opaque()) || rect.size().min_elem() <= 3.0 * stroke.width {
            return false;
        }
        if stroke_kind == StrokeKind::Middle {
            for coordinate in [&mut rect.min.x, &mut rect.min.y, &mut rect.max.x, &mut rect.max.y] {
                stroke.round_center_to_pixel(scale, coordinate);
            }
        } else {
            rect = rect.round_to_pixels(scale);
        }
        rect = rect.expand(outside);
        if radius > 0.0 {
            radius = rounder(radius + outside).max(stroke.width);
        }
        self.rounded(rect, radius, stroke.color, mesh)
            && self.rounded(rect.shrink(stroke.width), (radius - stroke.width).max(0.0), fill, mesh)
    }

    /// A filled rectangle whose edges lie between pixels.
    fn rounded(&self, rect: Rect, radius: f32, fill: Color32, mesh: &mut Mesh) -> bool {
        let radius = radius.min(0.5 * rect.size().min_elem());
        if radius <= 0.0 {
            mesh.add_colored_rect(rect, fill);
            return true;
        }
        let Some(profile) = self.profile(radius / self.pixel) else { return false };
        let inner = rect.shrink2(vec2(0.0, radius));
        let shorter = rect.shrink2(vec2(radius, 0.0));
        for part in [shorter.with_max_y(inner.top()), inner, shorter.with_min_y(inner.bottom())] {
            if part.is_positive() {
                mesh.add_colored_rect(part, fill);
            }
        }
        let centre = (profile.ends[0].lerp(profile.ends[1], 0.5).to_vec2() * self.texel).to_pos2();
        let reach = profile.radius * self.texel;
        for (x, y) in [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)] {
            let outwards = vec2(x, y);
            let from = rect.center() + (0.5 * rect.size() - Vec2::splat(radius)) * outwards;
            let next = mesh.vertices.len() as u32;
            for share in [vec2(0.0, 0.0), vec2(1.0, 0.0), vec2(0.0, 1.0), vec2(1.0, 1.0)] {
                let (pos, uv) = (from + radius * outwards * share, centre + reach * outwards * share);
                mesh.vertices.push(Vertex { pos, uv, color: fill });
            }
            mesh.add_triangle(next, next + 1, next + 2);
            mesh.add_triangle(next + 2, next + 1, next + 3);
        }
        true
    }
}

fn rounder(radius: f32) -> f32 {
    if radius > 0.0 { radius + ROUNDER } else { 0.0 }
}
