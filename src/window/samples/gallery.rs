//! Further looks at adapted tasks: one sheet of pictures for each held-out task.

use std::sync::Arc;

use egui::{
    Align2, Context, Rect, RichText, Role, ScrollArea, Sense, TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

use super::cells::snap;
use crate::settings::TaskFamily;
use crate::tasks;
use crate::text::{Text, say, tell, text};
use crate::train::snapshot::{Evaluation, Init, Picture};
use crate::window::theme::{GRID, Palette, small_font};

/// Height of a line above or below a sheet.
const LINE: f32 = 4.5 * GRID;

/// Which look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// The film-strip.
    #[default]
    Strip,
    /// A further look, by its title.
    Sheet(tasks::Look),
    /// The user's own drawing.
    Draw,
}

impl Look {
    /// The looks that tasks of a family have.
    pub fn of(family: TaskFamily) -> Vec<Self> {
        let card = family.card();
        let sheets = card.looks.iter().copied().map(Self::Sheet);
        [Self::Strip].into_iter().chain(sheets).chain(card.drawing.map(|_| Self::Draw)).collect()
    }

    /// The same or, by its name, a like one of these; else the film-strip.
    pub fn among(self, looks: &[Self]) -> Self {
        looks.iter().copied().find(|look| look.name().en() == self.name().en()).unwrap_or(Self::Strip)
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        self.name().get()
    }

    /// The same in both languages.
    pub fn name(self) -> Text {
        match self {
            Self::Strip => text("What it makes", "网络输出"),
            Self::Sheet(look) => look.title,
            Self::Draw => text("Draw", "绘制"),
        }
    }

    /// One sentence: what is seen.
    pub fn about(self) -> &'static str {
        self.says().get()
    }

    /// The same in both languages.
    pub fn says(self) -> Text {
        match self {
            Self::Strip => text(
                "What comes out after every step of adaptation, from each start",
                "从每个起点出发，每一步适应之后的输出",
            ),
            Self::Sheet(look) => look.about,
            Self::Draw => text(
                "Paint a task of your own, and see the network adapt to it",
                "画一个你自己的任务，看网络如何适应它",
            ),
        }
    }
}

/// The sheets on the screen, as textures.
#[derive(Default)]
pub struct Sheets {
    held: Vec<(Arc<Picture>, TextureHandle)>,
}

impl Sheets {
    /// Draws the sheets of all held-out classes in the room that is left.
    pub fn ui(&mut self, ui: &mut Ui, look: Look, evaluation: &Evaluation) {
        let palette = Palette::of(ui);
        let sheets = evaluation.tasks.iter().filter_map(|task| {
            let sheet = task.gallery.as_deref()?.iter().find(|sheet| Look::Sheet(sheet.look) == look)?;
            Some((task, &sheet.picture, &sheet.ends))
        });
        let sheets: Vec<_> = sheets.collect();
        let Some(widest) =
            sheets.iter().map(|(_, picture, _)| vec2(picture.width as f32, picture.height as f32)).reduce(Vec2::max)
        else {
            let overflowed = !evaluation.tasks.is_empty()
                && evaluation.tasks.iter().all(|task| {
                    let last = task.traces[Init::Learned as usize].query_loss.last();
                    last.is_some_and(|loss| !loss.is_finite())
                });
            let text = match overflowed {
                true => say(
                    "Adaptation overflowed, so there are no samples: turn α down, or go back",
                    "适应过程溢出，因此没有生成样本：调低 α，或退回",
                ),
                false => say("The samples are being drawn", "正在生成样本"),
            };
            ui.centered_and_justified(|ui| ui.label(RichText::new(text).color(palette.weak)));
            return;
        };
        self.held.truncate(sheets.len());
        let room = ui.available_size() - vec2(3.0 * GRID, 0.0);
        let scale = ui.ctx().pixels_per_point();
        let (across, size) = best_fit(widest, sheets.len(), room, scale);
        ScrollArea::vertical().id_salt("sheets").auto_shrink(false).show(ui, |ui| {
            let cell = size + vec2(4.0 * GRID, 2.0 * LINE + GRID);
            let rows = sheets.len().div_ceil(across);
            let (all, _) = ui.allocate_exact_size(vec2(ui.available_width(), rows as f32 * cell.y), Sense::hover());
            for (index, (task, picture, [left, right])) in sheets.into_iter().enumerate() {
                let corner = all.min + vec2((index % across) as f32 * cell.x, (index / across) as f32 * cell.y);
                let rect = Rect::from_min_size(snap(ui, corner + vec2(0.0, LINE)), size);
                let texture = self.texture(ui.ctx(), index, picture);
                let painter = ui.painter();
                painter.image(texture, rect, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), egui::Color32::WHITE);
                painter.text(corner, Align2::LEFT_TOP, &task.name, small_font(), palette.text);
                painter.text(rect.left_bottom() + vec2(0.0, 2.0), Align2::LEFT_TOP, left, small_font(), palette.weak);
                painter.text(
                    rect.right_bottom() + vec2(0.0, 2.0),
                    Align2::RIGHT_TOP,
                    right,
                    small_font(),
                    palette.weak,
                );
                let response = ui.interact(rect, ui.make_persistent_id(("sheet", index)), Sense::hover());
                let (label, of) = (look.label(), &task.name);
                let name = tell(|| format!("{label} of {of}"), || format!("{of} 的{label}"));
                response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
                response.on_hover_text(look.about());
            }
        });
    }

    fn texture(&mut self, ctx: &Context, index: usize, picture: &Arc<Picture>) -> egui::TextureId {
        let image = || egui::ColorImage::from_rgb([picture.width, picture.height], &picture.rgb);
        match self.held.get_mut(index) {
            Some((held, texture)) => {
                if !Arc::ptr_eq(held, picture) {
                    texture.set(image(), TextureOptions::NEAREST);
                    *held = Arc::clone(picture);
                }
                texture.id()
            }
            None => {
                let texture = ctx.load_texture(format!("sheet-{index}"), image(), TextureOptions::NEAREST);
                let id = texture.id();
                self.held.push((Arc::clone(picture), texture));
                id
            }
        }
    }
}

/// A smaller multiple of pixels is too small to be looked at: the sheets scroll instead.
const LEAST: f32 = 2.0;

/// How many sheets stand side by side, and how large each is: the largest whole multiple of its pixels
/// with which all can be seen at once, or else the smallest legible one that is not wider than the room.
fn best_fit(sheet: Vec2, count: usize, room: Vec2, pixels_per_point: f32) -> (usize, Vec2) {
    let multiple = |across: usize, high: f32| {
        let width = room.x / across as f32 - 4.0 * GRID;
        let height = high - 2.0 * LINE - GRID;
        (width / sheet.x).min(height / sheet.y) * pixels_per_point
    };
    let (across, fits) = (1..=count.max(1))
        .map(|across| (across, multiple(across, room.y / count.div_ceil(across) as f32).floor()))
        .fold((1, 0.0), |best, next| if next.1 > best.1 { next } else { best });
    let least = LEAST * pixels_per_point.round().max(1.0);
    if fits >= least {
        return (across, sheet * fits / pixels_per_point);
    }
    let widest = |across: usize| multiple(across, f32::INFINITY).floor();
    let across = (1..=count.max(1)).rev().find(|&across| widest(across) >= least).unwrap_or(1);
    (across, sheet * widest(across).clamp(1.0, least) / pixels_per_point)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_whole_multiples_and_fit() {
        let sheet = vec2(135.0, 67.0);
        let (across, size) = best_fit(sheet, 4, vec2(900.0, 420.0), 1.0);
        assert_eq!(across, 2);
        assert_eq!(size, 2.0 * sheet);
        // Where nothing fits, what is as wide as the room; the rest scrolls.
        assert_eq!(best_fit(sheet, 4, vec2(300.0, 100.0), 1.0), (1, 2.0 * sheet));
        assert_eq!(best_fit(sheet, 4, vec2(10.0, 10.0), 2.0), (1, 0.5 * sheet));
    }
}
