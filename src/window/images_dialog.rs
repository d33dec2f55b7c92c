//! The user's own images: choose, drop or type a path; watch them being read; see what was skipped.

mod choices;
mod preview;
mod procedural;
mod split;
mod thumbnails;
mod typed;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Align2, Context, Id, Label, ProgressBar, RichText, ScrollArea, TextEdit, Ui, Vec2, Window, vec2};

use self::preview::Preview;
use self::procedural::Procedural;
use super::commands::{Commands, UiCommand};
use super::numbers;
use super::pacing;
use super::picker::{Picked, Picker, Wanted};
use super::recent::Recent;
use super::theme::{GRID, Palette};
use crate::images::ImageSet;
use crate::images::loader::Loader;
use crate::settings::table::Name;
use crate::settings::{ImageReading, ImageSource, RunSettings, TaskFamily};
use crate::tasks;
use crate::text::{Text, Words, say, tell, text};

/// What is said when no file dialog can be had.
const NO_DIALOG: Text = text(
    "No file dialog here: drop a folder on the window or type a path",
    "这里没有文件对话框：把文件夹拖到窗口上，或键入路径",
);

/// What is said when reading was broken off.
const CANCELLED: Text = text("Reading was cancelled", "读取已取消");

/// What can be read.
const KINDS: Text = text(
    "A folder (each sub-folder one class), .zip, .tar, .npz, .npy or MNIST; \
     drop it on the window, type its path or choose it",
    "文件夹（每个子文件夹为一类）、.zip、.tar、.npz、.npy 或 MNIST；拖到窗口上，键入路径，或选择",
);
/// Widths of the two halves.
const WIDTHS: [f32; 2] = [300.0, 396.0];
/// Size of all, where there is room for it.
const SIZE: Vec2 = vec2(WIDTHS[0] + WIDTHS[1] + 16.0 * GRID, 130.0 * GRID);

/// The window.
#[derive(Default)]
pub struct ImagesDialog {
    open: bool,
    /// Since the last frame.
    opened: bool,
    path: String,
    picker: Option<Picker>,
    loading: Option<(ImageReading, Loader)>,
    outcome: Option<Outcome>,
    /// How images are to be read, where that is not what the run has.
    chosen: Option<ImageReading>,
    procedural: Procedural,
    preview: Preview,
    suited: Suited,
    /// Whether a run begins with what is read.
    awaited: bool,
}

enum Outcome {
    Failed(Words),
    Note(Text),
}

impl ImagesDialog {
    /// Shows or hides it.
    pub fn toggle(&mut self) {
        self.open = !self.open;
        self.opened = self.open;
    }

    /// Whether it is shown.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Begins to read `path` as it is chosen here; a load that still runs is cancelled.
    pub fn load(&mut self, ctx: &Context, path: PathBuf, run: &RunSettings) {
        self.begin(ctx, path, self.reading(run));
    }

    /// The same as the run has it.
    pub fn load_for_run(&mut self, ctx: &Context, path: PathBuf, run: &RunSettings) {
        self.chosen = None;
        self.begin(ctx, path, run.image_reading());
        self.awaited = true;
    }

    fn begin(&mut self, ctx: &Context, path: PathBuf, reading: ImageReading) {
        self.cancel();
        self.open = true;
        self.path = path.display().to_string();
        self.outcome = None;
        let loader = Loader::start(path, reading, pacing::waker(ctx));
        self.loading = Some((reading, loader));
        self.awaited = false;
        ctx.request_repaint();
    }

    fn cancel(&mut self) {
        if let Some((_, loader)) = self.loading.take() {
            loader.cancel();
        }
    }

    /// Whether a run waits for what is read.
    pub fn is_awaited(&self) -> bool {
        self.awaited && self.loading.is_some()
    }

    /// Whether a run waited for what could not be read, said once.
    pub fn take_in_vain(&mut self) -> bool {
        self.loading.is_none() && std::mem::take(&mut self.awaited)
    }

    /// Takes results of the file dialog and of the loader, and draws the window.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        run: &RunSettings,
        images: Option<&Arc<ImageSet>>,
        recent: &Recent,
        commands: &mut Commands,
    ) {
        let ctx = ui.ctx().clone();
        self.take_picked(commands);
        self.take_loaded(recent, commands);
        if !self.open {
            return;
        }
        if let (true, ImageSource::Path(path)) = (self.path.is_empty() && self.opened, &run.images) {
            self.path = path.display().to_string();
        }
        self.opened = false;
        let mut open = true;
        // What has no room can be scrolled to.
        let room = ctx.content_rect().size() - vec2(10.0 * GRID, 20.0 * GRID);
        Window::new(say("Images", "图像"))
            .default_size(room.min(SIZE))
            .id(Id::unique("images-window"))
            .open(&mut open)
            .collapsible(false)
            .resizable(false)
            .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0))
            .show(&ctx, |ui| {
                let area = ScrollArea::both().max_width(room.x).max_height(room.y);
                area.show(ui, |ui| self.contents(ui, run, images, recent, commands));
            });
        let covered = ctx.memory(|memory| memory.top_modal_layer().is_some());
        self.open &= open && (covered || !ctx.input(|input| input.key_pressed(egui::Key::Escape)));
    }

    fn contents(
        &mut self,
        ui: &mut Ui,
        run: &RunSettings,
        images: Option<&Arc<ImageSet>>,
        recent: &Recent,
        commands: &mut Commands,
    ) {
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(WIDTHS[0]);
                self.controls(ui, run, recent, commands);
            });
            ui.add_space(GRID);
            ui.separator();
            ui.add_space(GRID);
            ui.vertical(|ui| {
                ui.set_width(WIDTHS[1]);
                match images {
                    Some(set) => {
                        used_for(ui, self.suited.of(set, run.seed), run, commands);
                        self.preview.ui(ui, set, run);
                    }
                    None => {
                        let note = say(
                            "No images in use: choose a built-in set or your own",
                            "没有在用的图像：选一个内置的图像集，或用自己的图像",
                        );
                        ui.label(RichText::new(note).color(Palette::of(ui).weak));
                    }
                }
            });
        });
    }

    fn controls(&mut self, ui: &mut Ui, run: &RunSettings, recent: &Recent, commands: &mut Commands) {
        let palette = Palette::of(ui);
        ui.label(RichText::new(say("Built in", "内置")).color(palette.weak));
        ui.horizontal_wrapped(|ui| {
            for source in ImageSource::BUILT_IN {
                let Some(Name { label, about, .. }) = source.name() else { continue };
                if ui.selectable_label(run.images == source, label.get()).on_hover_text(about.get()).clicked() {
                    commands.push(UiCommand::ChooseImages(source));
                }
            }
        });
        ui.add_space(2.0 * GRID);
        ui.label(RichText::new(say("Your own", "自己的图像")).color(palette.weak));
        self.path_row(ui, commands);
        ui.add(Label::new(RichText::new(KINDS.get()).small().color(palette.weak)).wrap());
        if !recent.paths().is_empty() {
            ui.horizontal_wrapped(|ui| recent.ui(ui, &run.images, commands));
        }
        ui.add_space(2.0 * GRID);
        if run.images.is_procedural() {
            ui.label(RichText::new(say("How the set is made", "图像集如何生成")).color(palette.weak));
            if let Some(run) = self.procedural.ui(ui, run) {
                commands.push(UiCommand::ApplyRun(Box::new(run)));
            }
        } else {
            self.how_own_are_read(ui, run, commands);
        }
        self.progress(ui);
        match &self.outcome {
            Some(Outcome::Failed(error)) => {
                ui.add_space(2.0 * GRID);
                ui.add(Label::new(RichText::new(error.get()).color(palette.as_text(palette.danger))).wrap());
                let note = say("The run goes on with the images that it has", "运行继续使用现有的图像");
                ui.label(RichText::new(note).small().color(palette.weak));
            }
            Some(Outcome::Note(note)) => {
                ui.add_space(2.0 * GRID);
                ui.add(Label::new(RichText::new(note.get())).wrap());
            }
            None => {}
        }
    }

    fn how_own_are_read(&mut self, ui: &mut Ui, run: &RunSettings, commands: &mut Commands) {
        ui.label(RichText::new(say("How your own are read", "自己的图像如何读取")).color(Palette::of(ui).weak));
        let reading = self.reading(run);
        if let Some(changed) = choices::ui(ui, reading) {
            self.chosen = Some(changed);
            if let ImageSource::Path(path) = &run.images {
                commands.push(UiCommand::LoadImages(path.clone()));
            }
        }
    }

    /// How images are to be read next.
    fn reading(&self, run: &RunSettings) -> ImageReading {
        let mut wanted = run.clone();
        if let Some(chosen) = self.chosen {
            wanted.set_image_reading(chosen);
        }
        wanted.image_reading()
    }

    fn path_row(&mut self, ui: &mut Ui, commands: &mut Commands) {
        let edit =
            TextEdit::singleline(&mut self.path).hint_text("/home/me/pictures").desired_width(ui.available_width());
        let field = ui
            .add(edit)
            .on_hover_text(say(
                "The path of a folder of images, an archive or an array",
                "图像文件夹、压缩包或数组的路径",
            ))
            .accessible_name(say("Path", "路径"));
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        ui.horizontal(|ui| {
            let open = UiCommand::LoadImages(PathBuf::new());
            let clicked = ui.button(open.label()).on_hover_text(open.tooltip()).clicked();
            if entered || clicked {
                let path = self.path.trim();
                if path.is_empty() {
                    let error =
                        text("Type the path of a folder or a file of images first", "先键入图像文件夹或文件的路径");
                    self.outcome = Some(Outcome::Failed(error.into()));
                } else {
                    commands.push(UiCommand::LoadImages(typed::path_of(path, std::env::home_dir())));
                }
            }
            let waiting = self.picker.is_some();
            let choose = ui.add_enabled(!waiting, egui::Button::new(say("Choose folder…", "选择文件夹…")));
            let choose = choose
                .on_hover_text(say("Opens the system's file dialog", "打开系统的文件对话框"))
                .on_disabled_hover_text(say("The file dialog is open", "文件对话框已打开"));
            if choose.clicked() {
                self.outcome = None;
                self.picker = Some(Picker::open(ui.ctx(), Wanted::Images));
            }
        });
    }

    fn progress(&mut self, ui: &mut Ui) {
        let Some((_, loader)) = &self.loading else { return };
        let (path, progress) = (loader.path(), loader.progress());
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let [done, found, skipped] = [progress.done, progress.found, progress.skipped].map(numbers::thousands);
        let text = match progress.finished_listing {
            true => tell(
                || format!("{name} · {done} of {found} read, {skipped} skipped"),
                || format!("{name} · 已读 {done} / {found}，跳过 {skipped}"),
            ),
            false => tell(
                || format!("{name} · {done} of {found} read, {skipped} skipped, still listing"),
                || format!("{name} · 已读 {done} / {found}，跳过 {skipped}，仍在列出文件"),
            ),
        };
        let share = if progress.finished_listing { progress.done as f32 / progress.found.max(1) as f32 } else { 0.0 };
        ui.add_space(GRID);
        ui.add(Label::new(text).wrap());
        let mut cancelled = false;
        ui.horizontal(|ui| {
            let width = ui.available_width() - 72.0;
            let accent = Palette::of(ui).accent;
            ui.add(ProgressBar::new(share).desired_width(width).desired_height(2.0 * GRID).fill(accent))
                .accessible_name(say("Reading images", "正在读取图像"));
            cancelled = ui
                .button(say("Cancel", "取消"))
                .on_hover_text(say(
                    "Stops reading; the run goes on with the images that it has",
                    "停止读取；运行继续使用现有的图像",
                ))
                .clicked();
        });
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
        if cancelled {
            self.cancel();
            self.chosen = None;
            self.outcome = Some(Outcome::Note(CANCELLED));
        }
    }

    fn take_picked(&mut self, commands: &mut Commands) {
        match self.picker.as_ref().and_then(Picker::poll) {
            None => return,
            Some(Picked::Path(path)) => commands.push(UiCommand::LoadImages(path)),
            Some(Picked::Nothing) => {}
            Some(Picked::NoDialog { .. }) => self.outcome = Some(Outcome::Note(NO_DIALOG)),
        }
        self.picker = None;
    }

    fn take_loaded(&mut self, recent: &Recent, commands: &mut Commands) {
        let Some(result) = self.loading.as_ref().and_then(|(_, loader)| loader.poll()) else { return };
        let Some((reading, loader)) = self.loading.take() else { return };
        match result {
            Ok(set) => {
                self.chosen = None;
                self.awaited = false;
                commands.push(UiCommand::UseImages(loader.path().clone(), reading, Arc::new(set)));
            }
            Err(error) => {
                let gone = recent.why_gone(loader.path());
                self.outcome = Some(Outcome::Failed(gone.unwrap_or_else(|| Words::told(|| error.to_string()))));
            }
        }
    }
}

/// The families that a set suits, for a seed; found once for each.
#[derive(Default)]
struct Suited(Option<(Arc<ImageSet>, u64)>, Vec<TaskFamily>);

impl Suited {
    fn of(&mut self, set: &Arc<ImageSet>, seed: u64) -> &[TaskFamily] {
        if self.0.as_ref().is_none_or(|(known, own)| !Arc::ptr_eq(known, set) || *own != seed) {
            self.0 = Some((Arc::clone(set), seed));
            self.1 = TaskFamily::ALL.into_iter().filter(|tasks| tasks::suits(*tasks, set, seed)).collect();
        }
        &self.1
    }
}

/// What the images can be used for: the families of tasks that they can give.
fn used_for(ui: &mut Ui, suited: &[TaskFamily], run: &RunSettings, commands: &mut Commands) {
    ui.label(RichText::new(say("What to do with them", "用来做什么")).color(Palette::of(ui).weak));
    ui.horizontal_wrapped(|ui| {
        for &tasks in suited {
            let chosen = tasks == run.tasks;
            let about = tasks.card().about.get();
            if ui.selectable_label(chosen, tasks.label()).on_hover_text(about).clicked() && !chosen {
                commands.push(UiCommand::ChooseTasks(tasks));
            }
        }
    });
    ui.add_space(GRID);
}
