//! What hovering shows of a picture: the adapted function on a finer grid than the image that it was
//! adapted to, and beside it the image enlarged without a network.

use std::sync::Arc;

use egui::load::SizedTexture;
use egui::{Color32, ColorImage, Context, Image, Response, RichText, TextureHandle, TextureOptions, Ui, vec2};

use crate::text::tell;
use crate::train::snapshot::{Enlarged, Picture};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette};

/// Side of an enlarged picture in points.
const SIDE: f32 = 256.0;

/// The enlarged pictures and the textures of the task that was last looked at.
#[derive(Default)]
pub struct Closer {
    enlarged: Option<Arc<Enlarged>>,
    shown: Option<(usize, [TextureHandle; 2])>,
}

impl Closer {
    /// Takes what the trainer drew last.
    pub fn update(&mut self, enlarged: Option<&Arc<Enlarged>>) {
        let same = match (&self.enlarged, enlarged) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (old, new) => old.is_none() && new.is_none(),
        };
        if !same {
            (self.enlarged, self.shown) = (enlarged.cloned(), None);
        }
    }

    /// Shows the pictures of a task while the pointer rests on `response`.
    pub fn on_hover(&mut self, response: Response, task: usize) {
        let Some(enlarged) = self.enlarged.clone().filter(|enlarged| task < enlarged.pairs.len()) else { return };
        response.on_hover_ui(|ui| self.pair(ui, &enlarged, task));
    }

    fn pair(&mut self, ui: &mut Ui, enlarged: &Enlarged, task: usize) {
        let palette = Palette::of(ui);
        ui.set_max_width(2.0 * SIDE + 2.0 * GRID);
        let textures = match self.shown.take() {
            Some((shown, textures)) if shown == task => textures,
            _ => enlarged.pairs[task].each_ref().map(|picture| load(ui.ctx(), picture)),
        };
        let at = numbers::thousands(enlarged.meta_iteration);
        let factor = enlarged.factor;
        let captions = [
            tell(
                || format!("Adapted function at {factor} × the resolution, at meta-iteration {at}"),
                || format!("适应后的函数，分辨率为 {factor} 倍，第 {at} 次元迭代时"),
            ),
            tell(
                || format!("Target enlarged {factor} × bicubically"),
                || format!("目标图像，用双三次插值放大 {factor} 倍"),
            ),
        ];
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0 * GRID;
            for (texture, caption) in textures.iter().zip(captions) {
                ui.vertical(|ui| {
                    ui.set_width(SIDE);
                    ui.add(Image::from_texture(SizedTexture::new(texture.id(), vec2(SIDE, SIDE))));
                    ui.label(RichText::new(caption).small().color(palette.weak));
                });
            }
        });
        self.shown = Some((task, textures));
    }
}

fn load(ctx: &Context, picture: &Picture) -> TextureHandle {
    let pixels = picture.rgb.chunks_exact(3).map(|pixel| Color32::from_rgb(pixel[0], pixel[1], pixel[2])).collect();
    let image = ColorImage::new([picture.width, picture.height], pixels);
    ctx.load_texture("enlarged", image, TextureOptions::NEAREST)
}
