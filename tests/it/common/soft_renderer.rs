//! Pictures of the window that need neither a display nor a graphics driver.

use egui::epaint::textures::TexturesDelta;
use egui::{Color32, Context, FullOutput};
use image::RgbaImage;
use metascope::window::darkroom::raster::{Textures, draw};

/// The renderer.
#[derive(Default)]
pub struct SoftRenderer(Textures);

impl egui_kittest::TestRenderer for SoftRenderer {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        self.0.take(delta);
        self.0.free(delta);
        delta.set.clear();
        delta.free.clear();
    }

    fn render(&mut self, ctx: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let scale = output.pixels_per_point;
        let primitives = ctx.tessellate(output.shapes.clone(), scale);
        draw(&primitives, &self.0, ctx.content_rect(), scale, Color32::TRANSPARENT)
            .ok_or_else(|| "the picture has the wrong size".to_owned())
    }
}
