//! Lines, rectangles and discs of few triangles, in few draw calls: where there is no graphics card, these are most of
//! what a frame costs. Soft edges come from the discs that egui keeps beside its letters, where egui itself lays a seam of
//! triangles around every shape.

mod circle;
mod line;
mod rounded;

use egui::emath::TSTransform;
use egui::epaint::{ClippedShape, ColorMode, PathStroke, TextOptions, TextureAtlas};
use egui::{Color32, Context, FullOutput, Mesh, Plugin, Pos2, Rect, Shape, Vec2, pos2};

/// Smallest size of an atlas with nothing but discs.
const ATLAS: [usize; 2] = [1024, 32];

/// How far soft edges reach beyond all shapes but rectangles, in points.
const SEAM: f32 = 1.0;

/// Redraws every frame's shapes, from when it is installed on.
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
    /// The disc in the atlas, in texels.
    disc: Rect,
}

impl FewTriangles {
    /// From now on, in all windows of this context.
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
        let mut redrawn = Redrawn::new(ctx.viewport_rect(), shapes.len());
        for shape in shapes {
            redrawn.take(&brush, shape);
        }
        redrawn.end_shared();
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
            disc: Rect::from_min_max(
                (disc.uv.min.to_vec2() * size).to_pos2(),
                (disc.uv.max.to_vec2() * size).to_pos2(),
            ),
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
///
/// Every change of the clip rectangle costs a draw call, so neighbours get the same one as far as nobody sees it: a
/// shape that its own does not cut may have any that holds it.
struct Redrawn {
    screen: Rect,
    shapes: Vec<ClippedShape>,
    mesh: Mesh,
    /// Where the shapes begin that share a clip rectangle.
    shared_from: usize,
    shared: Clip,
}

/// The clip rectangle of several shapes.
#[derive(Clone, Copy)]
enum Clip {
    /// Any that holds this.
    Around(Rect),
    /// This one, by which one of them is cut.
    Exactly(Rect),
}

impl Clip {
    /// One that serves another shape as well; `None` if there is none.
    fn with(self, clip: Rect, bounds: Rect) -> Option<Self> {
        let cut = !clip.contains_rect(bounds);
        match self {
            Self::Around(held) if !cut => Some(Self::Around(held.union(bounds))),
            Self::Around(held) => clip.contains_rect(held).then_some(Self::Exactly(clip)),
            Self::Exactly(own) => (own == clip || !cut && own.contains_rect(bounds)).then_some(self),
        }
    }
}

impl Redrawn {
    fn new(screen: Rect, count: usize) -> Self {
        let shapes = Vec::with_capacity(count);
        Self { screen, shapes, mesh: Mesh::default(), shared_from: 0, shared: Clip::Around(Rect::NOTHING) }
    }

    fn take(&mut self, brush: &Brush<'_>, clipped: ClippedShape) {
        let ClippedShape { clip_rect, shape, transform_after_tessellation } = clipped;
        if transform_after_tessellation != TSTransform::IDENTITY {
            self.end_shared();
            self.shapes.push(ClippedShape { clip_rect, shape, transform_after_tessellation });
            self.shared_from = self.shapes.len();
            return;
        }
        if let Shape::Vec(shapes) = shape {
            shapes.into_iter().for_each(|shape| self.take(brush, ClippedShape::new(clip_rect, shape)));
            return;
        }
        let seam = match &shape {
            Shape::Rect(_) => 0.0,
            // Its outline lies outside, of which egui counts half.
            Shape::Circle(circle) => SEAM + 0.5 * circle.stroke.width,
            _ => SEAM,
        };
        let bounds = shape.visual_bounding_rect().expand(seam);
        if !bounds.intersects(clip_rect) {
            return;
        }
        self.shared = self.shared.with(clip_rect, bounds).unwrap_or_else(|| {
            self.end_shared();
            let nothing = Clip::Around(Rect::NOTHING);
            nothing.with(clip_rect, bounds).unwrap_or(Clip::Exactly(clip_rect))
        });
        let drawn = match &shape {
            Shape::LineSegment { points, stroke } => {
                stroke.is_empty() || brush.segment(*points, *stroke, &mut self.mesh)
            }
            Shape::Path(path) if !path.closed && path.fill == Color32::TRANSPARENT => match path.stroke {
                PathStroke { width, color: ColorMode::Solid(colour), .. } => {
                    path.stroke.is_empty() || brush.line(&path.points, width, colour, &mut self.mesh)
                }
                PathStroke { .. } => false,
            },
            Shape::Rect(rect) => brush.rect(rect, &mut self.mesh),
            Shape::Circle(circle) => brush.circle(circle, &mut self.mesh),
            _ => false,
        };
        if !drawn {
            self.end_mesh();
            self.shapes.push(ClippedShape::new(clip_rect, shape));
        }
    }

    /// Nothing more joins the mesh so far.
    fn end_mesh(&mut self) {
        if !self.mesh.is_empty() {
            let mesh = std::mem::take(&mut self.mesh);
            self.shapes.push(ClippedShape::new(self.screen, mesh));
        }
    }

    /// Nothing more shares the clip rectangle.
    fn end_shared(&mut self) {
        self.end_mesh();
        let clip = match self.shared {
            Clip::Around(_) => self.screen,
            Clip::Exactly(clip) => clip,
        };
        self.shapes[self.shared_from..].iter_mut().for_each(|shape| shape.clip_rect = clip);
        (self.shared_from, self.shared) = (self.shapes.len(), Clip::Around(Rect::NOTHING));
    }
}
