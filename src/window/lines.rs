//! Every line of the window as a strip of two triangles a piece. Its soft edges come from the discs that egui keeps
//! beside its letters; egui itself takes four to ten triangles a piece, and where there is no graphics card,
//! triangles are most of what a frame costs.

use egui::emath::{GuiRounding as _, TSTransform};
use egui::epaint::{ClippedShape, ColorMode, PathStroke, TextOptions, TextureAtlas, Vertex};
use egui::{Color32, Context, FullOutput, Mesh, Plugin, Pos2, Rect, Shape, Stroke, Vec2, pos2};

/// Smallest size of an atlas with nothing but discs.
const ATLAS: [usize; 2] = [1024, 32];

/// A corner with a smaller cosine between its two sides' normals is cut, not mitred.
const BLUNT: f32 = 0.0;

/// Redraws the lines of every frame.
#[derive(Default)]
pub struct Lines {
    profiles: Vec<Profile>,
    made_for: Option<TextOptions>,
}

/// How opaque a line is across: a column of texels through the middle of a disc.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Profile {
    /// Half of the thickest line that it is used for, in pixels.
    radius: f32,
    /// Its sum: texels that it covers.
    covered: f32,
    /// Texels from end to end.
    texels: f32,
    /// Both ends in the atlas, in texels.
    ends: [Pos2; 2],
}

impl Lines {
    /// Redraws every line from now on.
    pub fn install(ctx: &Context) {
        ctx.add_plugin(Self::default());
    }
}

impl Plugin for Lines {
    fn debug_name(&self) -> &'static str {
        "lines"
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        let (options, size) = ctx.fonts(|fonts| (*fonts.options(), fonts.font_image_size()));
        if self.made_for != Some(options) {
            (self.profiles, self.made_for) = (profiles(options), Some(options));
        }
        let texel = Vec2::new(1.0 / size[0] as f32, 1.0 / size[1] as f32);
        let brush = Brush { profiles: &self.profiles, texel, pixel: 1.0 / output.pixels_per_point };
        let shapes = std::mem::take(&mut output.shapes);
        let mut redrawn =
            Redrawn { shapes: Vec::with_capacity(shapes.len()), lines: Mesh::default(), clip: Rect::NOTHING };
        for shape in shapes {
            redrawn.take(&brush, shape);
        }
        redrawn.close();
        output.shapes = redrawn.shapes;
    }
}

/// Those of the discs, which lie at the same place in every atlas with these options.
fn profiles(options: TextOptions) -> Vec<Profile> {
    let atlas = TextureAtlas::new(ATLAS, options);
    let size = Vec2::from(ATLAS.map(|side| side as f32));
    let discs = atlas.prepared_discs();
    let profiles = discs.into_iter().map(|disc| {
        let (x, top) = (disc.uv.center().x * size.x, (disc.uv.top() * size.y).round());
        let rows = (0..disc.w as usize).map(|row| atlas.image()[(x as usize, top as usize + row)].a());
        Profile {
            radius: disc.r,
            covered: rows.map(|alpha| f32::from(alpha) / 255.0).sum(),
            texels: disc.w,
            ends: [pos2(x, top), pos2(x, top + disc.w)],
        }
    });
    profiles.collect()
}

/// What lines are drawn with.
struct Brush<'a> {
    profiles: &'a [Profile],
    /// Width and height of a texel as a share of the atlas.
    texel: Vec2,
    /// Size of a pixel in points.
    pixel: f32,
}

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
        let profile = self.profiles.iter().find(|profile| profile.radius >= 0.5 * pixels)?;
        Some(Edges {
            half: 0.5 * profile.texels * pixels / profile.covered * self.pixel,
            uv: profile.ends.map(|end| (end.to_vec2() * self.texel).to_pos2()),
            colour: colour.gamma_multiply((width / self.pixel).min(1.0)),
        })
    }

    /// A line through the points. Whether it could be drawn: not if it is too thick or broken.
    fn line(&self, points: &[Pos2], width: f32, colour: Color32, mesh: &mut Mesh) -> bool {
        let Some(edges) = self.edges(width, colour) else { return false };
        if points.iter().any(|point| !point.is_finite()) {
            return false;
        }
        // The last point, and the direction that the line comes to it from.
        let mut from = None;
        for &to in points {
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
    fn segment(&self, [from, to]: [Pos2; 2], stroke: Stroke, mesh: &mut Mesh) -> bool {
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

/// The frame's shapes again, neighbouring lines as one mesh.
struct Redrawn {
    shapes: Vec<ClippedShape>,
    lines: Mesh,
    clip: Rect,
}

impl Redrawn {
    fn take(
        &mut self,
        brush: &Brush<'_>,
        ClippedShape { clip_rect, shape, transform_after_tessellation }: ClippedShape,
    ) {
        let moved = transform_after_tessellation != TSTransform::IDENTITY;
        if clip_rect != self.clip {
            self.close();
            self.clip = clip_rect;
        }
        let drawn = match &shape {
            _ if moved => false,
            Shape::Noop => true,
            Shape::LineSegment { points, stroke } => {
                stroke.is_empty()
                    || !Rect::from_two_pos(points[0], points[1]).expand(stroke.width).intersects(clip_rect)
                    || brush.segment(*points, *stroke, &mut self.lines)
            }
            Shape::Path(path) if !path.closed && path.fill == Color32::TRANSPARENT => match path.stroke {
                PathStroke { width, color: ColorMode::Solid(colour), .. } => {
                    path.stroke.is_empty()
                        || !path.visual_bounding_rect().intersects(clip_rect)
                        || brush.line(&path.points, width, colour, &mut self.lines)
                }
                PathStroke { .. } => false,
            },
            _ => false,
        };
        match shape {
            Shape::Vec(shapes) if !moved => {
                for shape in shapes {
                    self.take(brush, ClippedShape { clip_rect, shape, transform_after_tessellation });
                }
            }
            _ if drawn => {}
            shape => {
                self.close();
                self.shapes.push(ClippedShape { clip_rect, shape, transform_after_tessellation });
            }
        }
    }

    /// Nothing more joins the lines so far.
    fn close(&mut self) {
        if !self.lines.is_empty() {
            let lines = std::mem::take(&mut self.lines);
            self.shapes.push(ClippedShape::new(self.clip, lines));
        }
    }
}
