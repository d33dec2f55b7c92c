//! The first images of the first classes, in one texture that is made once for each set.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{
    Color32, ColorImage, Context, Mesh, Rect, Sense, Shape, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui,
    WidgetInfo, pos2, vec2,
};

use super::preview::drawable;
use crate::images::ImageSet;
use crate::text::tell;
use crate::window::theme::{GRID, Palette};

const ROWS: usize = 2;
const COLUMNS: usize = 10;
/// Images that are shown.
pub const PLACES: usize = ROWS * COLUMNS;
const GAP: f32 = GRID;

/// The texture, and the set that it was made from.
pub struct Thumbnails {
    set: Arc<ImageSet>,
    shown: Vec<usize>,
    texture: TextureHandle,
}

impl Thumbnails {
    /// The texture of this set: `old` if it is that already. Of at most so many classes images are shown.
    pub fn update(old: Option<Self>, ctx: &Context, set: &Arc<ImageSet>, most_classes: usize) -> Self {
        if let Some(old) = old.filter(|old| Arc::ptr_eq(&old.set, set)) {
            return old;
        }
        let shown = chosen(set, most_classes);
        let texture = ctx.load_texture("image-thumbnails", sheet(set, &shown), TextureOptions::LINEAR);
        Self { set: Arc::clone(set), shown, texture }
    }

    /// Draws them over the whole width, each with its name.
    pub fn ui(&self, ui: &mut Ui) {
        let side = ((ui.available_width() + GAP) / COLUMNS as f32 - GAP).floor();
        let rows = self.shown.len().div_ceil(COLUMNS).max(1) as f32;
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        // All pictures are one mesh, all edges come after it: alternating, each would be a draw call.
        let (place, mut pictures) = (ui.painter().add(Shape::Noop), Mesh::with_texture(self.texture.id()));
        for (row, line) in self.shown.chunks(COLUMNS).enumerate() {
            ui.horizontal(|ui| {
                for (column, &index) in line.iter().enumerate() {
                    let uv = Rect::from_min_max(
                        pos2(column as f32 / COLUMNS as f32, row as f32 / rows),
                        pos2((column + 1) as f32 / COLUMNS as f32, (row + 1) as f32 / rows),
                    );
                    let (name, class) =
                        (self.set.image_title(index), self.set.class_title(self.set.images[index].class));
                    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
                    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name.get()));
                    response.on_hover_ui(|ui| {
                        let (name, class) = (drawable(ui, &name), drawable(ui, &class));
                        ui.label(tell(|| format!("{name}, of {class}"), || format!("{name}，属于 {class}")));
                    });
                    pictures.add_rect_with_uv(rect, uv, Color32::WHITE);
                    // A white picture would have no edge on a white ground.
                    let edge = Stroke::new(1.0, Palette::of(ui).line);
                    ui.painter().rect_stroke(rect, 0.0, edge, StrokeKind::Inside);
                }
            });
        }
        ui.painter().set(place, pictures);
    }
}

/// The images to be shown: as many of each of the first classes, `most_classes` at most, as there is room for.
fn chosen(set: &ImageSet, most_classes: usize) -> Vec<usize> {
    let classes = set.classes.len().min(most_classes).clamp(1, PLACES);
    let each = PLACES / classes;
    let mut of_class = vec![Vec::new(); classes];
    for (index, image) in set.images.iter().enumerate() {
        if let Some(of_class) = of_class.get_mut(image.class).filter(|of_class| of_class.len() < each) {
            of_class.push(index);
        }
    }
    of_class.concat()
}

/// The images in rows of [`COLUMNS`].
fn sheet(set: &ImageSet, shown: &[usize]) -> ColorImage {
    let size = set.size;
    let width = COLUMNS * size;
    let rows = shown.len().div_ceil(COLUMNS).max(1);
    let mut rgb = vec![0; width * rows * size * 3];
    for (place, &index) in shown.iter().enumerate() {
        let corner = place / COLUMNS * size * width + place % COLUMNS * size;
        for (at, pixel) in set.rgb(index).enumerate() {
            rgb[3 * (corner + at / size * width + at % size)..][..3].copy_from_slice(&pixel);
        }
    }
    ColorImage::from_rgb([width, rows * size], &rgb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::{LabelledImage, Origin};

    fn set(classes: usize, images: usize) -> ImageSet {
        let image = |index: usize| LabelledImage {
            name: index.to_string(),
            class: index % classes,
            held_out: false,
            validates: false,
            pixels: vec![index as u8; 4].into(),
        };
        ImageSet {
            name: String::new(),
            size: 2,
            channels: 1,
            images: (0..images).map(image).collect(),
            classes: (0..classes).map(|class| class.to_string()).collect(),
            foreground: classes,
            skipped: Vec::new(),
            notes: Vec::new(),
            origin: Origin::default(),
        }
    }

    #[test]
    fn few_classes_show_several_images_and_many_one() {
        assert_eq!(chosen(&set(1, 50), PLACES), (0..20).collect::<Vec<_>>());
        assert_eq!(chosen(&set(2, 50), PLACES)[8..12], [16, 18, 1, 3]);
        assert_eq!(chosen(&set(3, 5), PLACES), [0, 3, 1, 4, 2]);
        assert_eq!(chosen(&set(40, 80), PLACES), (0..20).collect::<Vec<_>>());
        assert_eq!(chosen(&set(40, 80), 10)[..5], [0, 40, 1, 41, 2]);
    }

    #[test]
    fn images_lie_in_rows_of_ten() {
        let set = set(40, 40);
        let sheet = sheet(&set, &chosen(&set, PLACES));
        assert_eq!(sheet.size, [20, 4]);
        let grey = |x: usize, y: usize| sheet.pixels[y * 20 + x].r();
        assert_eq!([grey(0, 0), grey(19, 1), grey(0, 2), grey(18, 3)], [0, 9, 10, 19]);
    }
}
