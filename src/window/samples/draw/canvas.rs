//! The canvas itself: one page, enlarged, that strokes are painted on.

use std::sync::Arc;

use egui::{
    Color32, ColorImage, Context, CursorIcon, PointerButton, Pos2, Rect, Role, Sense, Stroke, StrokeKind,
    TextureHandle, TextureId, TextureOptions, Ui, WidgetInfo, pos2, vec2,
};

use super::tools::Brush;
use crate::tasks::sketch::pad::{Pad, Page};
use crate::text::say;
use crate::window::theme::Palette;
use crate::window::watching::spot;

/// Pages as textures.
#[derive(Default)]
pub struct Textures {
    held: Vec<(Arc<Page>, bool, TextureHandle)>,
}

impl Textures {
    /// A page's texture, made again if the page or the theme has changed. Hidden pixels are checked.
    pub fn of(&mut self, ctx: &Context, index: usize, page: &Arc<Page>, palette: &Palette) -> TextureId {
        let dark = ctx.theme() == egui::Theme::Dark;
        match self.held.get_mut(index) {
            Some((held, was_dark, texture)) => {
                if !Arc::ptr_eq(held, page) || *was_dark != dark {
                    texture.set(image(page, palette), TextureOptions::NEAREST);
                    (*held, *was_dark) = (Arc::clone(page), dark);
                }
                texture.id()
            }
            None => {
                let texture = ctx.load_texture(format!("page-{index}"), image(page, palette), TextureOptions::NEAREST);
                let id = texture.id();
                self.held.push((Arc::clone(page), dark, texture));
                id
            }
        }
    }
}

fn image(page: &Page, palette: &Palette) -> ColorImage {
    let size = page.picture.width;
    let pixels = page.picture.rgb.chunks_exact(3).zip(&page.seen).enumerate().map(|(i, (rgb, seen))| match seen {
        true => Color32::from_rgb(rgb[0], rgb[1], rgb[2]),
        false => palette.unseen[(i % size + i / size) % 2],
    });
    ColorImage::new([size, size], pixels.collect())
}

/// Draws the page that is painted on in at most `room` points a side, and paints; true if it changed.
pub fn ui(ui: &mut Ui, pad: &mut Pad, brush: &mut Brush, grey: bool, room: f32, textures: &mut Textures) -> bool {
    let palette = Palette::of(ui);
    let scale = ui.ctx().pixels_per_point();
    let pixels = pad.size() as f32;
    let side = (room * scale / pixels).floor().max(1.0) * pixels / scale;
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::click_and_drag());
    spot(ui.ctx(), "canvas", rect);
    let changed = paint(ui, &response, rect, pad, brush, grey);
    let texture = textures.of(ui.ctx(), pad.current(), pad.page(), palette);
    ui.painter().image(texture, rect, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), Color32::WHITE);
    ui.painter().rect_stroke(rect, 0.0, Stroke::new(1.0, palette.line), StrokeKind::Outside);
    if let Some(at) = response.hover_pos().filter(|at| rect.contains(*at)) {
        let radius = brush.radius * side / pixels;
        // Two rings are seen on any colour.
        ui.painter().circle_stroke(at, radius + 1.0, Stroke::new(1.0, Color32::BLACK));
        ui.painter().circle_stroke(at, radius, Stroke::new(1.0, Color32::WHITE));
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, say("Canvas", "画布")));
    changed
}

fn paint(ui: &Ui, response: &egui::Response, rect: Rect, pad: &mut Pad, brush: &mut Brush, grey: bool) -> bool {
    let place = |at: Pos2| {
        let share = (at - rect.min) / rect.size();
        [share.x, share.y].map(|share| share * pad.size() as f32)
    };
    let at = response.interact_pointer_pos().map(place);
    let [pressed, secondary] = ui.input(|input| {
        [PointerButton::Primary, PointerButton::Secondary].map(|button| input.pointer.button_down(button))
    });
    match at.filter(|_| response.is_pointer_button_down_on()) {
        Some(at) if secondary && !pressed => {
            let [x, y] = at.map(|value| (value.max(0.0) as usize).min(pad.size() - 1));
            let from = 3 * (y * pad.size() + x);
            let rgb = &pad.page().picture.rgb[from..from + 3];
            brush.take_up([rgb[0], rgb[1], rgb[2]], grey);
            false
        }
        Some(at) if pressed => {
            if pad.is_painting() {
                pad.to(at);
            } else {
                pad.begin(brush.tool(), brush.radius, at);
            }
            true
        }
        _ => pad.end(),
    }
}
