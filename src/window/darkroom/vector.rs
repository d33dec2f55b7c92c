//! egui's shapes as SVG: what is shown becomes a drawing that can be enlarged without end. Text stays text, pictures are
//! within.

use std::fmt::Write as _;
use std::io::Cursor;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use egui::epaint::{
    CircleShape, ClippedShape, ColorMode, EllipseShape, Mesh, PathShape, PathStroke, RectShape, Shape, TextShape,
};
use egui::{Color32, ColorImage, Pos2, Rect, Stroke, StrokeKind, TextureId};
use image::{ImageFormat, RgbaImage};

use super::raster::Textures;
use crate::keep::chart::escaped;

/// A drawing of what is seen of the shapes in `rect`, on a ground.
pub fn draw(shapes: &[ClippedShape], textures: &Textures, rect: Rect, ground: Color32) -> String {
    let (width, height) = (rect.width(), rect.height());
    let mut svg = Drawing { text: String::new(), textures };
    let _ = writeln!(
        svg.text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{} {} {width} {height}\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\">",
        rect.min.x, rect.min.y
    );
    svg.rect(rect, 0.0, &paint("fill", ground));
    let mut clip = None;
    for (index, ClippedShape { clip_rect, shape, .. }) in shapes.iter().enumerate() {
        let seen = clip_rect.intersect(rect);
        let bounds = shape.visual_bounding_rect();
        if !seen.is_positive() || !(bounds.intersects(seen) || bounds == Rect::NOTHING) {
            continue;
        }
        if clip != Some(seen) {
            let close = if clip.is_some() { "</g>\n" } else { "" };
            let (at, size) = (seen.min, seen.size());
            let _ = writeln!(
                svg.text,
                "{close}<clipPath id=\"c{index}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath><g clip-path=\"url(#c{index})\">",
                at.x, at.y, size.x, size.y
            );
            clip = Some(seen);
        }
        svg.shape(shape);
    }
    svg.text.push_str(if clip.is_some() { "</g>\n</svg>\n" } else { "</svg>\n" });
    svg.text
}

struct Drawing<'a> {
    text: String,
    textures: &'a Textures,
}

/// An attribute for a colour, with its opacity.
fn paint(name: &str, colour: Color32) -> String {
    let [r, g, b, a] = colour.to_srgba_unmultiplied();
    match a {
        0 => format!("{name}=\"none\""),
        255 => format!("{name}=\"#{r:02x}{g:02x}{b:02x}\""),
        _ => format!("{name}=\"#{r:02x}{g:02x}{b:02x}\" {name}-opacity=\"{:.3}\"", f32::from(a) / 255.0),
    }
}

fn stroked(stroke: Stroke) -> String {
    match stroke.is_empty() {
        true => String::new(),
        false => format!(" {} stroke-width=\"{}\"", paint("stroke", stroke.color), stroke.width),
    }
}

fn along(points: &[Pos2]) -> String {
    points.iter().map(|point| format!("{:.2},{:.2}", point.x, point.y)).collect::<Vec<_>>().join(" ")
}

impl Drawing<'_> {
    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        let _ = self.text.write_fmt(element);
        self.text.push('\n');
    }

    fn rect(&mut self, rect: Rect, radius: f32, style: &str) {
        let (at, size) = (rect.min, rect.size());
        let round = if radius > 0.0 { format!(" rx=\"{radius}\"") } else { String::new() };
        self.add(format_args!(
            "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\"{round} {style}/>",
            at.x, at.y, size.x, size.y
        ));
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Noop | Shape::Callback(_) => {}
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| self.shape(shape)),
            Shape::Circle(CircleShape { center, radius, fill, stroke }) => self.add(format_args!(
                "<circle cx=\"{:.2}\" cy=\"{:.2}\" r=\"{radius:.2}\" {}{}/>",
                center.x,
                center.y,
                paint("fill", *fill),
                stroked(*stroke)
            )),
            Shape::Ellipse(EllipseShape { center, radius, fill, stroke, .. }) => self.add(format_args!(
                "<ellipse cx=\"{:.2}\" cy=\"{:.2}\" rx=\"{:.2}\" ry=\"{:.2}\" {}{}/>",
                center.x,
                center.y,
                radius.x,
                radius.y,
                paint("fill", *fill),
                stroked(*stroke)
            )),
            Shape::LineSegment { points, stroke } => self.line(points, false, "fill=\"none\"", *stroke),
            Shape::Path(PathShape { points, closed, fill, stroke }) => {
                self.line(points, *closed, &paint("fill", *fill), plain(stroke));
            }
            Shape::Rect(rect) => self.filled(rect),
            Shape::Text(text) => self.words(text),
            Shape::Mesh(mesh) => self.mesh(mesh),
            Shape::QuadraticBezier(curve) => {
                let [a, b, c] = curve.points;
                let d = format!("M{:.2} {:.2}Q{:.2} {:.2} {:.2} {:.2}", a.x, a.y, b.x, b.y, c.x, c.y);
                self.curve(&d, curve.fill, plain(&curve.stroke));
            }
            Shape::CubicBezier(curve) => {
                let [a, b, c, e] = curve.points;
                let d =
                    format!("M{:.2} {:.2}C{:.2} {:.2} {:.2} {:.2} {:.2} {:.2}", a.x, a.y, b.x, b.y, c.x, c.y, e.x, e.y);
                self.curve(&d, curve.fill, plain(&curve.stroke));
            }
            Shape::Band(band) => {
                let above = band.points.iter().map(|point| Pos2::new(point.x, point.y.min));
                let below = band.points.iter().rev().map(|point| Pos2::new(point.x, point.y.max));
                let around: Vec<Pos2> = above.chain(below).collect();
                self.line(&around, true, &paint("fill", band.fill), band.stroke);
            }
        }
    }

    fn line(&mut self, points: &[Pos2], closed: bool, fill: &str, stroke: Stroke) {
        let name = if closed { "polygon" } else { "polyline" };
        self.add(format_args!(
            "<{name} points=\"{}\" {fill}{} stroke-linejoin=\"round\"/>",
            along(points),
            stroked(stroke)
        ));
    }

    fn curve(&mut self, d: &str, fill: Color32, stroke: Stroke) {
        self.add(format_args!("<path d=\"{d}\" {}{}/>", paint("fill", fill), stroked(stroke)));
    }

    fn filled(&mut self, shape: &RectShape) {
        let RectShape { rect, corner_radius, fill, stroke, stroke_kind, blur_width, brush, .. } = shape;
        if let Some(brush) = brush {
            return self.picture(*rect, brush.fill_texture_id, brush.uv);
        }
        // Shadows under what floats are no part of what is shown.
        if *blur_width > 0.0 {
            return;
        }
        let inset = match stroke_kind {
            StrokeKind::Inside => 0.5,
            StrokeKind::Middle => 0.0,
            StrokeKind::Outside => -0.5,
        };
        let rect = if stroke.is_empty() { *rect } else { rect.shrink(inset * stroke.width) };
        self.rect(rect, f32::from(corner_radius.nw), &format!("{}{}", paint("fill", *fill), stroked(*stroke)));
    }

    /// One element for each run of letters that look alike; as wide as on the screen, whatever the font.
    fn words(&mut self, shape: &TextShape) {
        let TextShape { pos, galley, fallback_color, override_text_color, opacity_factor, angle, .. } = shape;
        if *angle != 0.0 {
            let turned = angle.to_degrees();
            self.add(format_args!("<g transform=\"rotate({turned} {} {})\">", pos.x, pos.y));
        }
        let sections = &galley.job.sections;
        let mut at = 0;
        for row in &galley.rows {
            let mesh = &row.row.visuals.mesh;
            let size_at = |byte: usize| {
                let section = sections.iter().find(|section| section.byte_range.contains(&byte.into()));
                section.or(sections.last()).map_or(12.0, |section| section.format.font_id.size)
            };
            let mut run: Option<(Pos2, f32, f32, Color32, String)> = None;
            for glyph in &row.row.glyphs {
                let size = size_at(at);
                at += glyph.chr.len_utf8();
                let own = mesh.vertices.get(glyph.first_vertex as usize).map(|vertex| vertex.color);
                let own = own.filter(|colour| *colour != Color32::PLACEHOLDER).unwrap_or(*fallback_color);
                let colour = override_text_color.unwrap_or(own).gamma_multiply(*opacity_factor);
                let place = *pos + row.pos.to_vec2() + glyph.pos.to_vec2();
                let blank = glyph.chr.is_whitespace();
                if let Some((start, end, own_size, own, letters)) = &mut run
                    && *own_size == size
                    && start.y == place.y
                    && (blank || *own == colour)
                {
                    letters.push(glyph.chr);
                    *end = place.x + glyph.advance_width;
                    continue;
                }
                if let Some(run) = run.take() {
                    self.run(run);
                }
                if !blank {
                    run = Some((place, place.x + glyph.advance_width, size, colour, glyph.chr.to_string()));
                }
            }
            if let Some(run) = run.take() {
                self.run(run);
            }
            at += usize::from(row.ends_with_newline);
        }
        if *angle != 0.0 {
            self.add(format_args!("</g>"));
        }
    }

    fn run(&mut self, (start, end, size, colour, letters): (Pos2, f32, f32, Color32, String)) {
        self.add(format_args!(
            "<text x=\"{:.2}\" y=\"{:.2}\" font-size=\"{size}\" textLength=\"{:.2}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\" {}>{}</text>",
            start.x,
            start.y,
            end - start.x,
            paint("fill", colour),
            escaped(&letters)
        ));
    }

    /// Pictures are meshes of two triangles each; other triangles have one colour, that of their middle.
    fn mesh(&mut self, mesh: &Mesh) {
        let mut triangles = mesh.indices.as_chunks::<3>().0.iter();
        let corner = |index: u32| mesh.vertices.get(index as usize);
        while let Some(triangle) = triangles.next() {
            let [Some(a), Some(b), Some(c)] = triangle.map(corner) else { continue };
            let plain = a.uv == b.uv && b.uv == c.uv;
            if !plain {
                let [mut rect, mut uv] = [Rect::NOTHING; 2];
                triangles.next();
                for vertex in [a, b, c] {
                    rect.extend_with(vertex.pos);
                    uv.extend_with(vertex.uv);
                }
                self.picture(rect, mesh.texture_id, uv);
                continue;
            }
            let [r, g, b_, a_] = std::array::from_fn(|channel| {
                let sum: u16 = [a, b, c].iter().map(|vertex| u16::from(vertex.color.to_array()[channel])).sum();
                (sum / 3) as u8
            });
            let colour = paint("fill", Color32::from_rgba_premultiplied(r, g, b_, a_));
            let points = along(&[a.pos, b.pos, c.pos]);
            self.add(format_args!("<polygon points=\"{points}\" {colour} shape-rendering=\"crispEdges\"/>"));
        }
    }

    fn picture(&mut self, rect: Rect, id: TextureId, uv: Rect) {
        let Some(png) = self.textures.pixels(id).and_then(|pixels| part(pixels, uv)) else { return };
        let (at, size) = (rect.min, rect.size());
        self.add(format_args!(
            "<image x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{png}\"/>",
            at.x, at.y, size.x, size.y
        ));
    }
}

fn plain(stroke: &PathStroke) -> Stroke {
    match &stroke.color {
        ColorMode::Solid(colour) => Stroke::new(stroke.width, *colour),
        ColorMode::UV(_) => Stroke::NONE,
    }
}

/// The part of a texture as a PNG in base64.
fn part(pixels: &Arc<ColorImage>, uv: Rect) -> Option<String> {
    let [width, height] = pixels.size;
    let place = |share: f32, side: usize| ((share * side as f32).round().max(0.0) as usize).min(side);
    let (left, right) = (place(uv.min.x, width), place(uv.max.x, width));
    let (top, bottom) = (place(uv.min.y, height), place(uv.max.y, height));
    let (wide, high) = (right.checked_sub(left)?, bottom.checked_sub(top)?);
    let pixel = |x: u32, y: u32| {
        let colour = pixels.pixels.get((top + y as usize) * width + left + x as usize);
        image::Rgba(colour.copied().unwrap_or_default().to_srgba_unmultiplied())
    };
    let mut png = Cursor::new(Vec::new());
    let drawn = (wide > 0 && high > 0).then(|| RgbaImage::from_fn(wide as u32, high as u32, pixel))?;
    drawn.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(STANDARD.encode(png.get_ref()))
}
