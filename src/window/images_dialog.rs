//! The user's own images: choose, drop or type a path; watch them being read; see what was skipped.

mod picker;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{
    Align2, Area, Color32, Context, Id, Order, ProgressBar, RichText, ScrollArea, Sense, TextEdit, Ui, Window, vec2,
};

use self::picker::{Picked, Picker};
use super::commands::{Commands, UiCommand};
use super::numbers;
use super::theme::{GRID, Palette};
use crate::images::ImageSet;
use crate::images::loader::Loader;
use crate::settings::{ImageSource, RunSettings};

/// What is said when no file dialog can be had.
const NO_DIALOG: &str = "No file dialog here: drop a folder on the window or type a path";

/// The window.
#[derive(Default)]
pub struct ImagesDialog {
    open: bool,
    path: String,
    picker: Option<Picker>,
    loading: Option<(PathBuf, Loader)>,
    outcome: Option<Outcome>,
}

enum Outcome {
    Read(Arc<ImageSet>),
    Failed(String),
    Note(&'static str),
}

impl ImagesDialog {
    /// Shows or hides it.
    pub fn toggle(&mut self) {
        self.open = !self.open;
    }

    /// Begins to read `path`; a load that still runs is cancelled.
    pub fn load(&mut self, ctx: &Context, path: PathBuf, run: &RunSettings) {
        self.cancel();
        self.open = true;
        self.path = path.display().to_string();
        self.outcome = None;
        let wake_ctx = ctx.clone();
        let loader =
            Loader::start(path.clone(), run.image_size, run.seed, Arc::new(move || wake_ctx.request_repaint()));
        self.loading = Some((path, loader));
        ctx.request_repaint();
    }

    fn cancel(&mut self) {
        if let Some((_, loader)) = self.loading.take() {
            loader.cancel();
        }
    }

    /// Takes dropped files, results of the file dialog and of the loader, and draws the window.
    pub fn ui(&mut self, ui: &mut Ui, run: &RunSettings, commands: &mut Commands) {
        let ctx = ui.ctx().clone();
        self.take_drop(&ctx, commands);
        self.take_picked(commands);
        self.take_loaded(commands);
        drop_overlay(&ctx);
        if !self.open {
            return;
        }
        let mut open = true;
        Window::new("Images")
            .id(Id::unique("images-window"))
            .open(&mut open)
            .collapsible(false)
            .resizable(false)
            .default_width(440.0)
            .anchor(Align2::CENTER_CENTER, vec2(0.0, -6.0 * GRID))
            .show(&ctx, |ui| {
                ui.set_width(440.0);
                self.contents(ui, run, commands);
            });
        self.open &= open && !ctx.input(|input| input.key_pressed(egui::Key::Escape));
    }

    fn contents(&mut self, ui: &mut Ui, run: &RunSettings, commands: &mut Commands) {
        let palette = Palette::of(ui);
        ui.label(RichText::new("Built in").color(palette.weak));
        ui.horizontal(|ui| {
            for source in ImageSource::BUILT_IN {
                let label = source.label().unwrap_or_default();
                if ui.selectable_label(run.images == source, label).on_hover_text(source.about()).clicked() {
                    commands.push(UiCommand::ChooseImages(source));
                }
            }
        });
        ui.add_space(GRID);
        ui.label(
            RichText::new("Your own: a folder (each sub-folder one class), .zip, .npz, .npy or MNIST")
                .color(palette.weak),
        );
        self.path_row(ui, commands);
        ui.label(RichText::new("You can also drop a folder or a file on the window").small().color(palette.weak));
        self.progress(ui);
        match &self.outcome {
            Some(Outcome::Read(set)) => summary(ui, set),
            Some(Outcome::Failed(error)) => {
                ui.add_space(GRID);
                ui.add(egui::Label::new(RichText::new(error).color(palette.danger)).wrap());
                ui.label(RichText::new("The run goes on with the images that it has").small().color(palette.weak));
            }
            Some(Outcome::Note(note)) => {
                ui.add_space(GRID);
                ui.add(egui::Label::new(RichText::new(*note)).wrap());
            }
            None => {}
        }
    }

    fn path_row(&mut self, ui: &mut Ui, commands: &mut Commands) {
        ui.horizontal(|ui| {
            let width = ui.available_width() - 168.0;
            let edit = TextEdit::singleline(&mut self.path).hint_text("/home/me/pictures").desired_width(width);
            let field = ui
                .add(edit)
                .on_hover_text("The path of a folder of images, an archive or an array")
                .accessible_name("Path");
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let open = UiCommand::LoadImages(PathBuf::new());
            let clicked = ui.button(open.label()).on_hover_text(open.tooltip()).clicked();
            if entered || clicked {
                let path = self.path.trim();
                if path.is_empty() {
                    self.outcome =
                        Some(Outcome::Failed("Type the path of a folder or a file of images first".to_owned()));
                } else {
                    commands.push(UiCommand::LoadImages(PathBuf::from(path)));
                }
            }
            let waiting = self.picker.is_some();
            let choose = ui.add_enabled(!waiting, egui::Button::new("Choose folder…"));
            let choose = choose
                .on_hover_text("Opens the system's file dialog")
                .on_disabled_hover_text("The file dialog is open");
            if choose.clicked() {
                self.outcome = None;
                self.picker = Some(Picker::open(ui.ctx()));
            }
        });
    }

    fn progress(&mut self, ui: &mut Ui) {
        let Some((path, loader)) = &self.loading else { return };
        let progress = loader.progress();
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let counts = format!("{} of {} read, {} skipped", progress.done, progress.found, progress.skipped);
        let text = if progress.finished_listing {
            format!("{name} · {counts}")
        } else {
            format!("{name} · {counts}, still listing")
        };
        let share = if progress.finished_listing { progress.done as f32 / progress.found.max(1) as f32 } else { 0.0 };
        ui.add_space(GRID);
        ui.label(text);
        let mut cancelled = false;
        ui.horizontal(|ui| {
            let width = ui.available_width() - 72.0;
            let accent = Palette::of(ui).accent;
            ui.add(ProgressBar::new(share).desired_width(width).desired_height(2.0 * GRID).fill(accent))
                .accessible_name("Reading images");
            cancelled = ui
                .button("Cancel")
                .on_hover_text("Stops reading; the run goes on with the images that it has")
                .clicked();
        });
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
        if cancelled {
            self.cancel();
            self.outcome = Some(Outcome::Note("Reading was cancelled"));
        }
    }

    fn take_drop(&mut self, ctx: &Context, commands: &mut Commands) {
        let dropped = ctx.input(|input| input.raw.dropped_files.clone());
        let Some(first) = dropped.first() else { return };
        commands.push(UiCommand::LoadImages(common_path(
            first.path().to_owned(),
            dropped.iter().map(|file| file.path().to_owned()),
        )));
    }

    fn take_picked(&mut self, commands: &mut Commands) {
        match self.picker.as_ref().and_then(Picker::poll) {
            None => return,
            Some(Picked::Path(path)) => commands.push(UiCommand::LoadImages(path)),
            Some(Picked::Nothing) => {}
            Some(Picked::NoDialog) => self.outcome = Some(Outcome::Note(NO_DIALOG)),
        }
        self.picker = None;
    }

    fn take_loaded(&mut self, commands: &mut Commands) {
        let Some(result) = self.loading.as_mut().and_then(|(_, loader)| loader.poll()) else { return };
        let Some((path, _)) = self.loading.take() else { return };
        self.outcome = Some(match result {
            Ok(set) => {
                let set = Arc::new(set);
                commands.push(UiCommand::UseImages(path, Arc::clone(&set)));
                Outcome::Read(set)
            }
            Err(error) => Outcome::Failed(error.to_string()),
        });
    }
}

/// One dropped thing is opened as it is; several files stand for the folder that they share.
fn common_path(first: PathBuf, all: impl ExactSizeIterator<Item = PathBuf>) -> PathBuf {
    let alone = all.len() < 2;
    let parent = first.parent().map(PathBuf::from);
    match parent {
        Some(parent)
            if !alone
                && all.map(|path| path.parent().map(PathBuf::from)).all(|other| other.as_ref() == Some(&parent)) =>
        {
            parent
        }
        _ => first,
    }
}

fn summary(ui: &mut Ui, set: &ImageSet) {
    let palette = Palette::of(ui);
    let count = |number: usize| numbers::thousands(i64::try_from(number).unwrap_or(i64::MAX));
    let plural =
        |number: usize, one: &str, many: &str| format!("{} {}", count(number), if number == 1 { one } else { many });
    ui.add_space(GRID);
    let held_out = set.images.iter().filter(|image| image.held_out).count();
    ui.label(RichText::new(format!("{} in use", set.name)).strong());
    ui.label(format!(
        "{} of {} × {} pixels in {}, {} held out",
        plural(set.images.len(), "image", "images"),
        set.size,
        set.size,
        plural(set.classes.len(), "class", "classes"),
        count(held_out)
    ));
    ui.label(RichText::new(understood(set)).small().color(palette.weak));
    if set.skipped.is_empty() {
        return;
    }
    ui.label(RichText::new(format!("{} skipped", plural(set.skipped.len(), "file", "files"))).color(palette.danger));
    ScrollArea::vertical().id_salt("skipped").max_height(140.0).auto_shrink([false, true]).show(ui, |ui| {
        for skipped in &set.skipped {
            let name = skipped.path.file_name().unwrap_or(skipped.path.as_os_str()).to_string_lossy();
            let text = RichText::new(format!("{name} · {}", skipped.reason)).small();
            ui.add(egui::Label::new(text).wrap()).on_hover_text(skipped.path.display().to_string());
        }
    });
}

/// How the files were understood: what they are, how many images a class has, and of what size.
fn understood(set: &ImageSet) -> String {
    let count = |number: usize| numbers::thousands(i64::try_from(number).unwrap_or(i64::MAX));
    let (fewest, most) = set.class_sizes();
    let sizes = if fewest == most { count(most) } else { format!("{} to {}", count(fewest), count(most)) };
    let side = |(width, height): (u32, u32)| format!("{width} × {height}");
    let (smallest, largest) = (side(set.origin.smallest), side(set.origin.largest));
    let original = if smallest == largest { largest } else { format!("{smallest} to {largest}") };
    format!("{} · {sizes} in each class · {original} before resizing", set.origin.kind.label())
}

/// Covers the window while files hover over it.
fn drop_overlay(ctx: &Context) {
    if ctx.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    Area::new(Id::unique("drop-overlay"))
        .order(Order::Foreground)
        .fixed_pos(egui::Pos2::ZERO)
        .interactable(false)
        .show(ctx, |ui| {
            let screen = ctx.content_rect();
            let palette = Palette::of(ui);
            let (rect, _) = ui.allocate_exact_size(screen.size(), Sense::hover());
            let veil: Color32 = palette.ground.gamma_multiply(0.85);
            ui.painter().rect_filled(rect, 0.0, veil);
            let frame = rect.shrink(6.0 * GRID);
            ui.painter().rect_stroke(frame, 8.0, egui::Stroke::new(2.0, palette.accent), egui::StrokeKind::Inside);
            ui.put(frame, egui::Label::new(RichText::new("Drop images or a folder to meta-learn on them").heading()));
        });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::{Kind, LabelledImage, Origin};

    #[test]
    fn it_says_how_files_were_understood() {
        let image = |class: usize| LabelledImage {
            name: String::new(),
            class,
            held_out: false,
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
            origin: Origin { kind: Kind::Folder, smallest: (20, 30), largest: (400, 300) },
        };
        assert_eq!(understood(&set), "Folder · 1 to 2 in each class · 20 × 30 to 400 × 300 before resizing");
        set.images = (0..2_400).map(|i| image(i % 2)).collect();
        set.origin = Origin { kind: Kind::Idx, smallest: (28, 28), largest: (28, 28) };
        assert_eq!(understood(&set), "IDX · 1,200 in each class · 28 × 28 before resizing");
    }

    #[test]
    fn several_files_stand_for_their_folder() {
        let path = |text: &str| PathBuf::from(text);
        let common = |paths: &[&str]| {
            common_path(path(paths[0]), paths.iter().map(|text| path(text)).collect::<Vec<_>>().into_iter())
        };
        assert_eq!(common(&["/a/b.png"]), path("/a/b.png"));
        assert_eq!(common(&["/a/b.png", "/a/c.png"]), path("/a"));
        assert_eq!(common(&["/a/b.png", "/z/c.png"]), path("/a/b.png"));
    }
}
