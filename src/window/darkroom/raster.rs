//! egui's triangles drawn on the processor: what is shown becomes a picture of any sharpness, with or without a screen.

use std::collections::HashMap;
use std::sync::Arc;

use egui::epaint::textures::{TextureFilter, TexturesDelta};
use egui::epaint::{ClippedPrimitive, ImageData, Primitive, Vertex};
use egui::{Color32, ColorImage, Rect, TextureId};
use image::RgbaImage;

/// What egui has uploaded, as the screen has it. To copy it copies no pixels.
#[derive(Clone, Default)]
pub struct Textures(HashMap<TextureId, Texture>);

/// A texture in memory.
#[derive(Clone)]
struct Texture {
    image: Arc<ColorImage>,
    smooth: bool,
}

impl Textures {
    /// Takes what a frame has uploaded.
    pub fn take(&mut self, delta: &TexturesDelta) {
        for (id, parts) in &delta.set {
            for part in parts {
                let ImageData::Color(image) = &part.image;
                match (part.pos, self.0.get_mut(id)) {
                    (Some(corner), Some(texture)) => patch(Arc::make_mut(&mut texture.image), corner, image),
                    _ => {
                        let smooth = part.options.magnification == TextureFilter::Linear;
                        self.0.insert(*id, Texture { image: Arc::clone(image), smooth });
                    }
                }
            }
        }
    }

    /// Forgets what a frame was the last to use.
    pub fn free(&mut self, delta: &TexturesDelta) {
        delta.free.iter().for_each(|id| drop(self.0.remove(id)));
    }

    /// A texture's pixels.
    pub fn pixels(&self, id: TextureId) -> Option<&Arc<ColorImage>> {
        self.0.get(&id).map(|texture| &texture.image)
    }
}

fn patch(image: &mut ColorImage, [left, top]: [usize; 2], part: &ColorImage) {
    let width = image.width();
    for (row, line) in part.pixels.chunks_exact(part.width().max(1)).enumerate() {
        let from = (top + row) * width + left;
        if let Some(place) = image.pixels.get_mut(from..from + line.len()) {
            place.copy_from_slice(line);
        }
    }
}

/// Draws triangles on a ground. `scale` is in pixels a point; `rect`, in points, is what is seen of them.
pub fn draw(
    primitives: &[ClippedPrimitive],
    textures: &Textures,
    rect: Rect,
    scale: f32,
    ground: Color32,
) -> Option<RgbaImage> {
    let origin = [rect.min.x, rect.min.y].map(|at| (at * scale).round() as i64);
    let [width, height] = [rect.width(), rect.height()].map(|side| (side * scale).round().max(1.0) as usize);
    let mut canvas = Canvas { width, pixels: vec![ground.to_array(); width * height] };
    for ClippedPrimitive { clip_rect, primitive } in primitives {
        let Primitive::Mesh(mesh) = primitive else { continue };
        let Some(texture) = textures.0.get(&mesh.texture_id) else { continue };
        let [left, top, right, bottom] =
            [clip_rect.min.x, clip_rect.min.y, clip_rect.max.x, clip_rect.max.y].map(|at| (at * scale).round() as i64);
        let clip = [
            (left - origin[0]).max(0),
            (top - origin[1]).max(0),
            (right - origin[0]).min(width as i64),
            (bottom - origin[1]).min(height as i64),
        ];
        for corners in mesh.indices.as_chunks::<3>().0 {
            let corner = |index: u32| mesh.vertices.get(index as usize);
            if let [Some(a), Some(b), Some(c)] = corners.map(corner) {
                canvas.triangle([a, b, c], (scale, origin), clip, texture);
            }
        }
    }
    let bytes = canvas.pixels.into_iter().flatten().collect();
    RgbaImage::from_raw(width as u32, height as u32, bytes)
}

impl Texture {
    fn texel(&self, x: f32, y: f32) -> [f32; 4] {
        let [width, height] = self.image.size;
        let column = x.clamp(0.0, width.saturating_sub(1) as f32) as usize;
        let row = y.clamp(0.0, height.saturating_sub(1) as f32) as usize;
        self.image.pixels.get(row * width + column).copied().unwrap_or_default().to_array().map(f32::from)
    }

    fn sample(&self, u: f32, v: f32) -> [f32; 4] {
        let (x, y) = (u * self.image.size[0] as f32, v * self.image.size[1] as f32);
        if !self.smooth {
            return self.texel(x.floor(), y.floor());
        }
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (right_share, lower_share) = (x - left, y - top);
        let mut mixed = [0.0; 4];
        for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
            let across = if dx > 0.0 { right_share } else { 1.0 - right_share };
            let down = if dy > 0.0 { lower_share } else { 1.0 - lower_share };
            for (sum, value) in mixed.iter_mut().zip(self.texel(left + dx, top + dy)) {
                *sum += across * down * value;
            }
        }
        mixed
    }
}

/// A frame buffer with premultiplied 8-bit colours.
struct Canvas {
    width: usize,
    pixels: Vec<[u8; 4]>,
}

/// Left, top, right, bottom in whole pixels; the right and bottom ones are outside.
type Clip = [i64; 4];
type Point = (i64, i64);

/// Parts of a pixel that corners are rounded to.
const UNIT: i64 = 256;

fn cross(a: Point, b: Point, p: Point) -> i64 {
    (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0)
}

impl Canvas {
    /// One triangle. A pixel belongs to it if its centre does; a centre on an edge belongs to exactly one of the two
    /// triangles there, so nothing is blended twice.
    fn triangle(&mut self, mut corners: [&Vertex; 3], (scale, origin): (f32, [i64; 2]), clip: Clip, texture: &Texture) {
        let fixed = |value: f32, from: i64| (f64::from(value * scale) * UNIT as f64).round() as i64 - from * UNIT;
        let place = |corner: &Vertex| (fixed(corner.pos.x, origin[0]), fixed(corner.pos.y, origin[1]));
        let mut points = corners.map(place);
        let mut area = cross(points[0], points[1], points[2]);
        if area < 0 {
            corners.swap(1, 2);
            points.swap(1, 2);
            area = -area;
        }
        if area == 0 {
            return;
        }
        let bounds = |[a, b, c]: [i64; 3]| (a.min(b).min(c) / UNIT - 1, a.max(b).max(c) / UNIT + 1);
        let (left, right) = bounds(points.map(|point| point.0));
        let (top, bottom) = bounds(points.map(|point| point.1));
        // Opposite edge of each corner; edges that go down or to the left do not own their centres.
        let edges = [(1, 2), (2, 0), (0, 1)].map(|(from, to)| {
            let (from, to): (Point, Point) = (points[from], points[to]);
            let owns = to.1 < from.1 || (to.1 == from.1 && to.0 > from.0);
            (from, to, i64::from(!owns))
        });
        for y in top.max(clip[1])..=bottom.min(clip[3] - 1) {
            for x in left.max(clip[0])..=right.min(clip[2] - 1) {
                let centre = (x * UNIT + UNIT / 2, y * UNIT + UNIT / 2);
                let sides = edges.map(|(from, to, _)| cross(from, to, centre));
                if sides.iter().zip(&edges).any(|(side, (.., strict))| side - strict < 0) {
                    continue;
                }
                let shares = sides.map(|side| (side as f64 / area as f64) as f32);
                let mix = |of: &dyn Fn(&Vertex) -> f32| {
                    corners.iter().zip(shares).map(|(corner, share)| share * of(corner)).sum::<f32>()
                };
                let texel = texture.sample(mix(&|vertex| vertex.uv.x), mix(&|vertex| vertex.uv.y));
                let source: [f32; 4] = std::array::from_fn(|channel| {
                    mix(&|vertex| f32::from(vertex.color.to_array()[channel])) * texel[channel] / 255.0
                });
                let below = &mut self.pixels[y as usize * self.width + x as usize];
                for (below, colour) in below.iter_mut().zip(source) {
                    *below = (colour + f32::from(*below) * (1.0 - source[3] / 255.0)).round().clamp(0.0, 255.0) as u8;
                }
            }
        }
    }
}
