//! Views and tables that are taken out of the window.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use egui::containers::menu::menu_style;
use egui::{Align, Context, Layout, Popup, PopupKind, Pos2, Rect, RichText, Ui, vec2};

use super::App;
use super::keeping::Asked;
use crate::keep::png;
use crate::keep::run_file::RunFileError;
use crate::keep::work::Work;
use crate::text::say;
use crate::window::commands::Commands;
use crate::window::darkroom::camera::{Camera, Shot};
use crate::window::darkroom::views::{Place, ViewKind};
use crate::window::notices::Kind;
use crate::window::picker::{Picker, Wanted};
use crate::window::stage::Page;
use crate::window::take_out;
use crate::window::theme::{GRID, Palette};

/// Where what can be taken stands, and the menu of one of them.
#[derive(Default)]
pub(super) struct Taking {
    places: Vec<(Place, Rect)>,
    menu: Option<(Place, Pos2)>,
}

/// What has been taken, and is to be written where the user says.
pub(super) struct Taken {
    coming: Receiver<Shot>,
    shot: Option<Shot>,
    kind: &'static ViewKind,
    text: String,
}

impl Taken {
    /// Whether it is there; a frame has to be drawn for it.
    pub fn is_there(&mut self) -> bool {
        match self.coming.try_recv() {
            Ok(shot) => self.shot = Some(shot),
            Err(TryRecvError::Empty) => {}
            // It will not come any more, which is said when it is to be written.
            Err(TryRecvError::Disconnected) => return true,
        }
        self.shot.is_some()
    }

    /// The file's content.
    pub fn bytes(self, work: &Work) -> Result<Vec<u8>, RunFileError> {
        let shot = self.shot.ok_or(RunFileError::Cancelled)?;
        work.done(1, 3)?;
        if self.kind.ending == "svg" {
            return Ok(shot.drawing().into_bytes());
        }
        let picture = shot.picture().ok_or(RunFileError::Cancelled)?;
        work.done(2, 3)?;
        png::picture(&picture, &self.text)
    }
}

impl Taking {
    /// Notes where something stands in this frame.
    pub fn is_at(&mut self, place: Place, rect: Rect) {
        self.places.push((place, rect));
    }

    /// A new frame: nothing stands anywhere.
    pub fn begin(&mut self) {
        self.places.clear();
    }
}

impl App {
    /// A right click on a view opens the menu of what it can be written as.
    pub(super) fn take_out_menu(&mut self, ui: &Ui, commands: &mut Commands) {
        let ctx = ui.ctx();
        let clicked = ctx.input(|input| input.pointer.secondary_clicked().then(|| input.pointer.interact_pos()));
        let free = |at: &Pos2| ctx.layer_id_at(*at).is_none_or(|layer| layer.order == egui::Order::Background);
        if let Some(at) = clicked.flatten().filter(|at| free(at) && !self.stage.has_canvas()) {
            let place = self.taking.places.iter().find(|(_, rect)| rect.contains(at));
            self.taking.menu = place.map(|(place, _)| (*place, at));
        }
        let Some((place, at)) = self.taking.menu else { return };
        let mut open = true;
        let table = place == Place::Large && self.stage.page(&[]) == Page::Compare && self.compare.has_table();
        let popup = Popup::new(egui::Id::unique("take-out"), ctx.clone(), at, ui.layer_id()).open_bool(&mut open);
        let layout = Layout::top_down_justified(Align::Min);
        popup.kind(PopupKind::Menu).layout(layout).style(menu_style).gap(0.0).show(|ui| {
            ui.label(RichText::new(place.name().get()).color(Palette::of(ui).weak));
            take_out::view(ui, place, commands);
            if table {
                take_out::compared(ui, commands);
            }
            ui.separator();
            let about = say("What it can be written as", "可以写成哪些文件");
            let run = ui.menu_button(say("The run", "这次运行"), |ui| take_out::run(ui, commands));
            run.response.on_hover_text(about);
        });
        if !open {
            self.taking.menu = None;
        }
    }

    /// Takes a view now, and asks where it is to be written.
    pub(super) fn take_view(&mut self, ctx: &Context, place: Place, kind: &'static ViewKind) {
        let rect = match place {
            Place::Window => Some(ctx.content_rect()),
            place => self.taking.places.iter().find(|(other, _)| *other == place).map(|(_, rect)| *rect),
        };
        let rect = rect.map(|rect| rect.expand2(vec2(2.0 * GRID, 0.0)).intersect(ctx.content_rect()));
        let Some(rect) = rect else {
            let text = say("This view is not on the screen now", "这个视图现在不在屏幕上");
            return self.notices.add(Kind::Error, text);
        };
        self.taking.menu = None;
        let (sender, coming) = channel();
        let ground = Palette::of_ctx(ctx).panel;
        Camera::take(ctx, rect, kind.sharper, ground, move |shot| drop(sender.send(shot)));
        let taken = Taken { coming, shot: None, kind, text: self.share().to_text() };
        let run = &self.settings.run;
        let sharp = if kind.sharper > 1.0 { "-2x" } else { "" };
        let name = format!("{}-{}-{}{sharp}.{}", run.tasks.id(), run.algorithm.id(), place.id(), kind.ending);
        let wanted = Wanted::Place { name, kinds: vec![(kind.name.get(), kind.ending)] };
        self.keeping.ask(Picker::open(ctx, wanted), Asked::View(taken));
    }

    /// Has what was taken written.
    pub(super) fn write_view(&mut self, path: &Path, taken: Taken) {
        let ending = taken.kind.ending;
        let at = self.snapshot.as_ref().map_or(0, |snapshot| snapshot.meta_iteration);
        self.write_other(with_ending(path, ending), Some(at), move |work| taken.bytes(work));
    }

    /// Asks where what sweeps or races have found is to be written as a table.
    pub(super) fn take_table(&mut self, ctx: &Context) {
        let Some((name, table)) = self.compare.table() else {
            let text = say("No sweep and no race has found anything yet", "参数扫描和算法对比都还没有结果");
            return self.notices.add(Kind::Error, text);
        };
        let kinds = vec![(say("Table", "表格"), "csv")];
        let wanted = Wanted::Place { name: format!("{name}.csv"), kinds };
        self.keeping.ask(Picker::open(ctx, wanted), Asked::Table(table));
    }

    pub(super) fn write_table(&mut self, path: &Path, table: Vec<u8>) {
        self.write_other(with_ending(path, "csv"), None, move |_| Ok(table));
    }

    /// Has a file written that is no run; `at` is the meta-iteration that it shows, if it shows one.
    pub(super) fn write_other(
        &mut self,
        path: PathBuf,
        at: Option<u64>,
        make: impl FnOnce(&Work) -> Result<Vec<u8>, RunFileError> + Send + 'static,
    ) {
        if let Some(keeper) = self.keeping.keeper() {
            keeper.write(path, at, make);
        }
    }
}

/// A path that was given without an ending gets one.
pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    if path.extension().is_none() { path.with_extension(ending) } else { path.to_owned() }
}
