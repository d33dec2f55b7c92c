//! Pictures of what was never on the screen: drawn as the window draws, in a context of their own, on any thread.

use egui::{CentralPanel, Context, Frame, Margin, Rect, Theme, Ui, Vec2};
use image::RgbaImage;

use super::raster::{self, Textures};
use crate::window::theme::{self, Palette};

/// Space around a print.
const MARGIN: i8 = 12;

/// Prints one picture after the other; what is alike in two of them is laid out once.
pub struct Printer {
    ctx: Context,
    textures: Textures,
    size: Vec2,
}

impl Printer {
    /// Of this size in points, which are pixels here; light, for paper and slides.
    pub fn new(size: Vec2) -> Self {
        let ctx = Context::default();
        ctx.set_theme(Theme::Light);
        theme::install(&ctx);
        Self { ctx, textures: Textures::default(), size }
    }

    /// The picture of what `add` lays out.
    pub fn print(&mut self, mut add: impl FnMut(&mut Ui)) -> Option<RgbaImage> {
        let rect = Rect::from_min_size(egui::Pos2::ZERO, self.size);
        let mut picture = None;
        // What needs its own size to be laid out knows it the second time.
        for last in [false, true] {
            let input = egui::RawInput { screen_rect: Some(rect), focused: false, ..Default::default() };
            let mut ground = egui::Color32::WHITE;
            let mut output = self.ctx.run_ui(input, |ui| {
                ground = Palette::of(ui).panel;
                let frame = Frame::new().fill(ground).inner_margin(Margin::same(MARGIN));
                CentralPanel::default().frame(frame).show(ui, |ui| add(ui));
            });
            self.textures.take(&output.textures_delta);
            if last {
                let primitives = self.ctx.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
                picture = raster::draw(&primitives, &self.textures, rect, output.pixels_per_point, ground);
            }
            self.textures.free(&output.textures_delta);
            output.drop_without_applying_deltas();
        }
        picture
    }
}
