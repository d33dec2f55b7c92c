//! Draws egui's triangles on the processor, so that pictures of the window need neither a display
//! nor a graphics driver.

use std::collections::HashMap;

use egui::epaint::textures::{TextureFilter, TexturesDelta};
use egui::epaint::{ImageData, Primitive, Vertex};
use egui::{Color32, Context, FullOutput, TextureId};
use image::RgbaImage;

/// A texture in memory.
struct Texture {
    size: [usize; 2],
    pixels: Vec<Color32>,
    smooth: bool,
}

/// The renderer.
#[derive(Default)]
pub struct SoftRenderer {
    textures: HashMap<TextureId, Texture>,
}

impl Texture {
    fn texel(&self, x: f32, y: f32) -> [f32; 4] {
        let column = x.clamp(0.0, (self.size[0] - 1) as f32) as usize;
        let row = y.clamp(0.0, (self.size[1] - 1) as f32) as usize;
        self.pixels[row * self.size[0] + column].to_array().map(f32::from)
    }

    fn sample(&self, u: f32, v: f32) -> [f32; 4] {
        let (x, y) = (u * self.size[0] as f32, v * self.size[1] as f32);
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
    height: usize,
    pixels: Vec<[u8; 4]>,
}

/// Left, top, right, bottom in whole pixels; the right and bottom ones are outside.
type Clip = [i64; 4];

impl Canvas {
    /// One triangle. A pixel belongs to it if its centre does; a centre on an edge belongs to
    /// exactly one of the two triangles there, so nothing is blended twice.
    fn triangle(&mut self, corners: [&Vertex; 3], scale: f32, clip: Clip, texture: &Texture) {
        const UNIT: i64 = 256;
        let fixed = |value: f32| (f64::from(value * scale) * UNIT as f64).round() as i64;
        let mut corners = corners.map(|corner| (fixed(corner.pos.x), fixed(corner.pos.y), corner));
        let cross = |a: (i64, i64), b: (i64, i64), p: (i64, i64)| (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0);
        let at = |corner: &(i64, i64, &Vertex)| (corner.0, corner.1);
        let mut area = cross(at(&corners[0]), at(&corners[1]), at(&corners[2]));
        if area == 0 {
            return;
        }
        if area < 0 {
            corners.swap(1, 2);
            area = -area;
        }
        let points = [at(&corners[0]), at(&corners[1]), at(&corners[2])];
        let bounds = |pick: fn(&(i64, i64)) -> i64| {
            let values = points.iter().map(pick);
            (values.clone().min().unwrap() / UNIT - 1, values.max().unwrap() / UNIT + 1)
        };
        let (left, right) = bounds(|point| point.0);
        let (top, bottom) = bounds(|point| point.1);
        // Opposite edge of each corner; edges that go down or to the left do not own their centres.
        let edges = [(1, 2), (2, 0), (0, 1)].map(|(from, to)| {
            let (from, to): ((i64, i64), (i64, i64)) = (points[from], points[to]);
            let owns = to.1 < from.1 || (to.1 == from.1 && to.0 > from.0);
            (from, to, i64::from(!owns))
        });
        for y in top.max(clip[1])..=bottom.min(clip[3] - 1) {
            for x in left.max(clip[0])..=right.min(clip[2] - 1) {
                let centre = (x * UNIT + UNIT / 2, y * UNIT + UNIT / 2);
                let inside = edges.map(|(from, to, strict)| cross(from, to, centre) - strict);
                if inside.iter().any(|value| *value < 0) {
                    continue;
                }
                let shares = edges.map(|(from, to, _)| (cross(from, to, centre) as f64 / area as f64) as f32);
                let mix = |pick: &dyn Fn(&Vertex) -> f32| {
                    (0..3).map(|corner| shares[corner] * pick(corners[corner].2)).sum::<f32>()
                };
                let texel = texture.sample(mix(&|vertex| vertex.uv.x), mix(&|vertex| vertex.uv.y));
                let source: [f32; 4] = std::array::from_fn(|channel| {
                    mix(&|vertex| f32::from(vertex.color.to_array()[channel])) * texel[channel] / 255.0
                });
                let below = &mut self.pixels[y as usize * self.width + x as usize];
                for channel in 0..4 {
                    let mixed = source[channel] + f32::from(below[channel]) * (1.0 - source[3] / 255.0);
                    below[channel] = mixed.round().clamp(0.0, 255.0) as u8;
                }
            }
        }
    }
}

impl egui_kittest::TestRenderer for SoftRenderer {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        for (id, images) in delta.set.drain() {
            for part in images {
                let ImageData::Color(image) = &part.image;
                match part.pos {
                    None => {
                        let smooth = part.options.magnification == TextureFilter::Linear;
                        self.textures.insert(id, Texture { size: image.size, pixels: image.pixels.clone(), smooth });
                    }
                    Some([left, top]) => {
                        let texture = self.textures.get_mut(&id).unwrap();
                        for (row, line) in image.pixels.chunks_exact(image.size[0]).enumerate() {
                            let from = (top + row) * texture.size[0] + left;
                            texture.pixels[from..from + line.len()].copy_from_slice(line);
                        }
                    }
                }
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    fn render(&mut self, ctx: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let scale = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * scale;
        let (width, height) = (size.x.round() as usize, size.y.round() as usize);
        let mut canvas = Canvas { width, height, pixels: vec![[0; 4]; width * height] };
        for clipped in ctx.tessellate(output.shapes.clone(), scale) {
            let Primitive::Mesh(mesh) = &clipped.primitive else { continue };
            let texture =
                self.textures.get(&mesh.texture_id).ok_or_else(|| format!("no texture {:?}", mesh.texture_id))?;
            let rect = clipped.clip_rect * scale;
            let clip = [
                (rect.min.x.round() as i64).max(0),
                (rect.min.y.round() as i64).max(0),
                (rect.max.x.round() as i64).min(canvas.width as i64),
                (rect.max.y.round() as i64).min(canvas.height as i64),
            ];
            for corners in mesh.indices.chunks_exact(3) {
                let corners = [corners[0], corners[1], corners[2]].map(|index| &mesh.vertices[index as usize]);
                canvas.triangle(corners, scale, clip, texture);
            }
        }
        let bytes = canvas.pixels.into_iter().flatten().collect();
        RgbaImage::from_raw(width as u32, height as u32, bytes)
            .ok_or_else(|| "the picture has the wrong size".to_owned())
    }
}
