//! Takes what the window shows, twice as sharp if that is wanted, and nobody sees it happen.

use egui::epaint::{ClippedPrimitive, ClippedShape};
use egui::{Color32, Context, FullOutput, Plugin, RawInput, Rect};
use image::RgbaImage;

use super::raster::{self, Textures};
use super::vector;

/// What was taken, not yet developed.
pub struct Shot {
    shapes: Vec<ClippedShape>,
    primitives: Vec<ClippedPrimitive>,
    textures: Textures,
    rect: Rect,
    scale: f32,
    ground: Color32,
}

impl Shot {
    /// The picture. It takes a moment.
    pub fn picture(&self) -> Option<RgbaImage> {
        raster::draw(&self.primitives, &self.textures, self.rect, self.scale, self.ground)
    }

    /// The drawing, in SVG.
    pub fn drawing(&self) -> String {
        vector::draw(&self.shapes, &self.textures, self.rect, self.ground)
    }
}

/// What is to be taken: a part of the window in points, how many times sharper than the screen, and on which ground.
struct Order {
    rect: Rect,
    sharper: f32,
    ground: Color32,
    done: Box<dyn FnOnce(Shot) + Send + Sync>,
}

/// The camera. Of all that egui uploads it knows where it lies in memory.
#[derive(Default)]
pub struct Camera {
    textures: Textures,
    order: Option<Order>,
    /// Frames until what lies over the view is gone: the menu that the order came from.
    wait: u8,
    /// What the screen shows while it is laid out for the picture.
    shown: Option<(Vec<ClippedShape>, f32)>,
}

impl Camera {
    /// Has a part of the window taken at the end of one of the next frames.
    pub fn take(
        ctx: &Context,
        rect: Rect,
        sharper: f32,
        ground: Color32,
        done: impl FnOnce(Shot) + Send + Sync + 'static,
    ) {
        if let Some(camera) = ctx.plugin_opt::<Self>() {
            let mut camera = camera.lock();
            camera.order = Some(Order { rect, sharper, ground, done: Box::new(done) });
            camera.wait = 2;
        }
        ctx.request_repaint();
    }
}

impl Plugin for Camera {
    fn debug_name(&self) -> &'static str {
        "camera"
    }

    // The picture is laid out anew: enlarged letters would be blurred.
    fn input_hook(&mut self, _: &Context, input: &mut RawInput) {
        if let (Some(order), Some(_)) = (&self.order, &self.shown)
            && let Some(info) = input.viewports.get_mut(&input.viewport_id)
        {
            info.native_pixels_per_point = Some(info.native_pixels_per_point.unwrap_or(1.0) * order.sharper);
        }
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        self.textures.take(&output.textures_delta);
        if self.order.is_some() {
            ctx.request_repaint();
            let sharper = self.order.as_ref().is_some_and(|order| order.sharper != 1.0);
            if self.wait > 0 {
                self.wait -= 1;
            } else if sharper && self.shown.is_none() {
                self.shown = Some((output.shapes.clone(), output.pixels_per_point));
            } else if let Some(Order { rect, ground, done, .. }) = self.order.take() {
                let (scale, shapes) = (output.pixels_per_point, output.shapes.clone());
                let primitives = ctx.tessellate(shapes.clone(), scale);
                if let Some((shapes, scale)) = self.shown.take() {
                    (output.shapes, output.pixels_per_point) = (shapes, scale);
                }
                done(Shot { shapes, primitives, textures: self.textures.clone(), rect, scale, ground });
            }
        }
        self.textures.free(&output.textures_delta);
    }
}
