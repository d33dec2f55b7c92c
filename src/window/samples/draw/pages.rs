//! The row of pages under the canvas, where a drawing has more than one.

use std::sync::Arc;

use egui::{
    Align2, Button, Color32, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::canvas::Textures;
use crate::tasks::sketch::pad::Pad;
use crate::text::{Words, say, tell};
use crate::window::theme::{GRID, Palette, small_font};

/// Height of the row.
pub const HEIGHT: f32 = 64.0;
/// Side of a page.
const SIDE: f32 = 32.0;
/// Images of one class that can be drawn.
const MOST: usize = 20;

/// Images of one class; true if any was added or taken away.
pub fn drawings(ui: &mut Ui, pad: &mut Pad, textures: &mut Textures) -> bool {
    let mut changed = false;
    row(ui, |ui| {
        for index in 0..pad.pages().len() {
            let name = tell(|| format!("Drawing {}", index + 1), || format!("绘图 {}", index + 1));
            let about = say("Paint on this one", "在这一张上画");
            if page(ui, pad, index, (&name, ""), about, textures).clicked() {
                pad.select(index);
            }
        }
        let full = pad.pages().len() >= MOST;
        let add = ui.add_enabled(!full && pad.page().touched, Button::new("+").min_size(vec2(24.0, SIDE)));
        let why = match full {
            true => say("A class has 20 images at most", "一个类别最多有 20 张图像"),
            false => say("This page is still blank", "这一页还是空白"),
        };
        let about = say("Another image of the same class", "同一类别的另一张图像");
        let add = add.on_hover_text(about).on_disabled_hover_text(why);
        if add.accessible_name(say("Another drawing", "再画一张")).clicked() {
            pad.add_page();
            changed = true;
        }
        let remove = ui.add_enabled(pad.pages().len() > 1, Button::new("−").min_size(vec2(24.0, SIDE)));
        let remove = remove
            .on_hover_text(say("Takes this image away; can be undone", "移除这张图像；可以撤销"))
            .on_disabled_hover_text(say("The only page", "只有这一页"));
        if remove.accessible_name(say("Remove this drawing", "移除这张绘图")).clicked() {
            pad.remove_page(pad.current());
            changed = true;
        }
    });
    changed
}

/// The image that is asked about, and the classes; true if others are wanted.
pub fn classes(ui: &mut Ui, pad: &mut Pad, names: &[Words], textures: &mut Textures) -> bool {
    let mut others = false;
    row(ui, |ui| {
        for index in 0..pad.pages().len() {
            let (name, short, about) = match index.checked_sub(1).and_then(|class| names.get(class)) {
                None => {
                    let about = say("The image that is asked about", "要分辨的图像");
                    (say("Your image", "你的图像").to_owned(), "?", about)
                }
                Some(name) => {
                    let about = say(
                        "Draw a class of your own here: it replaces this one",
                        "在此画一个你自己的类别：它会替换这一个",
                    );
                    (tell(|| format!("Class {name}"), || format!("类别 {name}")), name.get(), about)
                }
            };
            if page(ui, pad, index, (&name, short), about, textures).clicked() {
                pad.select(index);
            }
        }
        let about = say("Asks about the classes of the next held-out task", "换成下一个留出任务的类别");
        let next = ui.button(say("Others", "换一组")).on_hover_text(about);
        others = next.clicked();
    });
    others
}

fn row(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ScrollArea::horizontal().id_salt("pages").auto_shrink([false, true]).show(ui, |ui| ui.horizontal(add));
}

fn page(
    ui: &mut Ui,
    pad: &Pad,
    index: usize,
    (name, short): (&str, &str),
    about: &str,
    textures: &mut Textures,
) -> Response {
    let palette = Palette::of(ui);
    let line = if short.is_empty() { 0.0 } else { 4.0 * GRID };
    let (all, response) = ui.allocate_exact_size(vec2(SIDE, SIDE + line), Sense::click());
    let rect = Rect::from_min_size(all.min, vec2(SIDE, SIDE));
    let shown = Arc::clone(&pad.pages()[index]);
    let texture = textures.of(ui.ctx(), index, &shown, palette);
    let tint = if shown.touched || index == pad.current() { Color32::WHITE } else { Color32::from_gray(160) };
    ui.painter().image(texture, rect, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), tint);
    let chosen = index == pad.current();
    let stroke = if chosen { Stroke::new(2.0, palette.accent) } else { Stroke::new(1.0, palette.line) };
    ui.painter().rect_stroke(rect, 0.0, stroke, StrokeKind::Inside);
    if !short.is_empty() {
        let at = rect.center_bottom() + vec2(0.0, 1.0);
        ui.painter().text(at, Align2::CENTER_TOP, short, small_font(), palette.weak);
    }
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, name));
    response.on_hover_text(tell(|| format!("{name}: {about}"), || format!("{name}：{about}")))
}
