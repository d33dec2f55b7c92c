//! What was understood: the set in use, its first images, its classes and what was skipped.

use std::sync::Arc;

use egui::epaint::text::FontsView;
use egui::{Align, Label, Layout, RichText, ScrollArea, TextStyle, Ui};

use super::split::{self, ClassCounts};
use super::thumbnails::{PLACES, Thumbnails};
use crate::images::{ImageSet, Kind, Skipped};
use crate::settings::{RunSettings, TaskFamily};
use crate::text::{Words, say, tell};
use crate::window::numbers::{plural, thousands};
use crate::window::theme::{GRID, Palette};

/// Height of the list of classes where nothing was skipped.
const CLASSES: f32 = 216.0;
/// The same, and that of the skipped files below it.
const SHARED: [f32; 2] = [112.0, 72.0];
/// Height of the notes, at most; the list of classes is as much shorter.
const NOTES: f32 = 64.0;

/// The right half of the images window.
#[derive(Default)]
pub struct Preview {
    thumbnails: Option<Thumbnails>,
    /// The classes of the set that was shown last, for that run.
    counted: Option<Counted>,
}

struct Counted {
    set: Arc<ImageSet>,
    /// What the division hangs on beside the set.
    by: (TaskFamily, u64),
    classes: Vec<ClassCounts>,
}

impl Preview {
    /// Draws the set.
    pub fn ui(&mut self, ui: &mut Ui, set: &Arc<ImageSet>, run: &RunSettings) {
        let palette = Palette::of(ui);
        let by = (run.tasks, run.seed);
        if self.counted.as_ref().is_none_or(|known| !Arc::ptr_eq(&known.set, set) || known.by != by) {
            self.counted = Some(Counted { set: Arc::clone(set), by, classes: split::counts(set, run) });
        }
        let counts = self.counted.as_ref().map_or(&[][..], |known| &known.classes);
        ui.add(Label::new(RichText::new(set.title()).strong()).truncate());
        ui.label(sizes(set));
        ui.add(Label::new(RichText::new(understood(set, counts)).small().color(palette.weak)).wrap());
        let notes = notes(ui, &set.notes);
        ui.add_space(GRID);
        // Two of each class: side by side they show what the knobs of such a set do.
        let most_classes = if run.images.is_procedural() { PLACES / 2 } else { PLACES };
        let thumbnails = Thumbnails::update(self.thumbnails.take(), ui.ctx(), set, most_classes);
        ui.scope(|ui| thumbnails.ui(ui));
        self.thumbnails = Some(thumbnails);
        ui.add_space(GRID);
        ui.horizontal(|ui| {
            ui.label(RichText::new(say("Classes", "类别")).color(palette.weak));
            ui.label(split::line(counts, run));
        });
        let height = (if set.skipped.is_empty() { CLASSES } else { SHARED[0] }) - notes;
        ui.scope(|ui| classes(ui, set, counts, run, height));
        if !set.skipped.is_empty() {
            ui.add_space(GRID);
            let text = tell(
                || format!("{} skipped", plural(set.skipped.len(), "file", "files")),
                || format!("跳过 {} 个文件", thousands(set.skipped.len())),
            );
            ui.label(RichText::new(text).color(palette.as_text(palette.danger)));
            skipped(ui, &set.skipped);
        }
    }
}

/// What was understood, guessed or changed while the files were read; returns the height that it takes.
fn notes(ui: &mut Ui, notes: &[Words]) -> f32 {
    if notes.is_empty() {
        return 0.0;
    }
    let list = ScrollArea::vertical().id_salt("notes").max_height(NOTES).auto_shrink([false, true]);
    let shown = list.show(ui, |ui| {
        for note in notes {
            ui.add(Label::new(RichText::new(note.get()).small()).wrap());
        }
    });
    shown.inner_rect.height() + ui.spacing().item_spacing.y
}

/// A row for each class: its number, name, images, and what it is used for.
fn classes(ui: &mut Ui, set: &ImageSet, counts: &[ClassCounts], run: &RunSettings, height: f32) {
    let weak = Palette::of(ui).weak;
    let row_height = ui.text_style_height(&TextStyle::Body);
    let digits = set.classes.len().to_string().len();
    let (number_width, count_width, use_width) = (8.0 * digits as f32 + GRID, 14.0 * GRID, 20.0 * GRID);
    let list = ScrollArea::vertical().id_salt("classes").max_height(height).auto_shrink([false, false]);
    ui.spacing_mut().item_spacing.y = 2.0;
    list.show_rows(ui, row_height, set.classes.len(), |ui, rows| {
        let first = rows.start;
        let names: Vec<String> = rows.clone().map(|index| drawable(ui, &set.class_title(index))).collect();
        for index in rows {
            let class = counts.get(index).copied().unwrap_or_default();
            ui.horizontal(|ui| {
                let name_width =
                    ui.available_width() - number_width - count_width - use_width - 3.0 * ui.spacing().item_spacing.x;
                let mut cell = |width: f32, align: Align, text: RichText| {
                    let layout = Layout::top_down(align);
                    ui.allocate_ui_with_layout(egui::vec2(width, row_height), layout, |ui| {
                        ui.set_width(width);
                        ui.add(Label::new(text).truncate())
                    })
                    .inner
                };
                cell(number_width, Align::Max, RichText::new((index + 1).to_string()).color(weak));
                cell(name_width, Align::Min, RichText::new(&names[index - first]));
                cell(count_width, Align::Max, RichText::new(thousands(class.images)));
                cell(use_width, Align::Min, RichText::new(split::word(class, run)).color(weak));
            });
        }
    });
}

fn skipped(ui: &mut Ui, skipped: &[Skipped]) {
    let list = ScrollArea::vertical().id_salt("skipped").max_height(SHARED[1]).auto_shrink([false, true]);
    list.show(ui, |ui| {
        for skipped in skipped {
            let name = skipped.path.file_name().unwrap_or(skipped.path.as_os_str()).to_string_lossy();
            let text = RichText::new(format!("{name} · {}", skipped.reason)).small();
            ui.add(Label::new(text).wrap()).on_hover_text(skipped.path.display().to_string());
        }
    });
}

/// A name without the letters that no font of the window has.
pub(super) fn drawable(ui: &Ui, name: &str) -> String {
    let font = TextStyle::Body.resolve(ui.style());
    let known = |fonts: &mut FontsView<'_>| name.chars().filter(|&letter| fonts.has_glyph(&font, letter)).collect();
    let known: String = ui.ctx().fonts_mut(known);
    known.trim().to_owned()
}

fn sizes(set: &ImageSet) -> String {
    let (images, classes, size) = (set.images.len(), set.classes.len(), set.size);
    let colour = if set.channels == 1 { say("grey", "灰度") } else { say("colour", "彩色") };
    tell(
        || {
            let (images, classes) = (plural(images, "image", "images"), plural(classes, "class", "classes"));
            format!("{images} of {size} × {size} pixels in {classes}, {colour}")
        },
        || format!("{} 张 {size} × {size} 像素的{colour}图像，{} 个类别", thousands(images), thousands(classes)),
    )
}

/// How the files were understood: what they are, how many images a class has, and of what size.
fn understood(set: &ImageSet, counts: &[ClassCounts]) -> String {
    let sizes = || counts.iter().map(|class| class.images);
    let (fewest, most) = (sizes().min().unwrap_or_default(), sizes().max().unwrap_or_default());
    let range = |from: String, to: String| match from == to {
        true => to,
        false => tell(|| format!("{from} to {to}"), || format!("{from} 到 {to}")),
    };
    let (kind, sizes) = (set.origin.kind.label(), range(thousands(fewest), thousands(most)));
    if set.origin.kind == Kind::BuiltIn {
        return tell(|| format!("{kind} · {sizes} in each class"), || format!("{kind} · 每类 {sizes} 张"));
    }
    let side = |(width, height): (u32, u32)| format!("{width} × {height}");
    let original = range(side(set.origin.smallest), side(set.origin.largest));
    tell(
        || format!("{kind} · {sizes} in each class · {original} before resizing"),
        || format!("{kind} · 每类 {sizes} 张 · 缩放前 {original}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::{LabelledImage, Origin};

    #[test]
    fn it_says_how_files_were_understood() {
        let image = |class: usize| LabelledImage {
            name: String::new(),
            class,
            held_out: false,
            validates: false,
            pixels: [0; 16].as_slice().into(),
        };
        let mut set = ImageSet {
            name: "mine".to_owned(),
            size: 4,
            channels: 1,
            images: [0, 0, 1].map(image).into(),
            classes: vec!["a".to_owned(), "b".to_owned()],
            foreground: 2,
            skipped: Vec::new(),
            notes: Vec::new(),
            origin: Origin { kind: Kind::Folder, smallest: (20, 30), largest: (400, 300), ..Origin::default() },
        };
        let said = |set: &ImageSet| understood(set, &split::counts(set, &RunSettings::default()));
        assert_eq!(said(&set), "Folder · 1 to 2 in each class · 20 × 30 to 400 × 300 before resizing");
        set.images = (0..2_400).map(|i| image(i % 2)).collect();
        set.origin = Origin { kind: Kind::Idx, smallest: (28, 28), largest: (28, 28), ..Origin::default() };
        assert_eq!(said(&set), "IDX · 1,200 in each class · 28 × 28 before resizing");
    }
}
