//! FewTriangles and rounded rectangles of few triangles: where there is no graphics card, triangles are most of what a frame
//! costs. Soft edges come from the discs that egui keeps beside its letters, where egui itself lays a seam of
//! triangles around every shape.

mod line;
mod rounded;

use egui::emath::TSTransform;
use egui::epaint::{ClippedShape, ColorMode, PathStroke, TextOptions, TextureAtlas};
use egui::{Color32, Context, FullOutput, Mesh, Plugin, Pos2, Rect, Shape, Vec2, pos2};

/// Smallest size of an atlas with nothing but discs.
const ATLAS: [usize; 2] = [1024, 32];

/// Redraws every frame's shapes.
#[derive(Default)]
pub struct FewTriangles {
    profiles: Vec<Profile>,
    made_for: Option<TextOptions>,
}

/// A disc, and how opaque a line is across: a column of texels through the disc's middle.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Profile {
    /// Its radius in texels: half of the thickest line that it is used for, in pixels.
    radius: f32,
    /// Its sum: texels that it covers.
    covered: f32,
    /// Texels from end to end.
    texels: f32,
    /// Both ends in the atlas, in texels.
    ends: [Pos2; 2],
}

impl FewTriangles {
    /// From now on, in this context.
    pub fn install(ctx: &Context) {
        ctx.add_plugin(Self::default());
    }
}

impl Plugin for FewTriangles {
    fn debug_name(&self) -> &'static str {
        "few triangles"
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
            Redrawn { shapes: Vec::with_capacity(shapes.len()), mesh: Mesh::default(), clip: Rect::NOTHING };
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

/// What is drawn with.
struct Brush<'a> {
    profiles: &'a [Profile],
    /// Width and height of a texel as a share of the atlas.
    texel: Vec2,
    /// Size of a pixel in points.
    pixel: f32,
}

impl Brush<'_> {
    /// The smallest disc that is at least so large, in pixels.
    fn profile(&self, radius: f32) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.radius >= radius)
    }
}

/// The frame's shapes again, neighbours among the redrawn as one mesh.
struct Redrawn {
    shapes: Vec<ClippedShape>,
    mesh: Mesh,
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
                    || brush.segment(*points, *stroke, &mut self.mesh)
            }
            Shape::Path(path) if !path.closed && path.fill == Color32::TRANSPARENT => match path.stroke {
                PathStroke { width, color: ColorMode::Solid(colour), .. } => {
                    path.stroke.is_empty()
                        || !path.visual_bounding_rect().intersects(clip_rect)
                        || brush.line(&path.points, width, colour, &mut self.mesh)
                }
                PathStroke { .. } => false,
            },
            Shape::Rect(rect) => !rect.visual_bounding_rect().intersects(clip_rect) || brush.rect(rect, &mut self.mesh),
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

    /// Nothing more joins the mesh so far.
    fn close(&mut self) {
        if !self.mesh.is_empty() {
            let mesh = std::mem::take(&mut self.mesh);
            self.shapes.push(ClippedShape::new(self.clip, mesh));
        }
    }
}
