//! Drawing: a canvas whose picture is a task of its own, and beside it how the network adapts to it.

mod canvas;
mod pages;
mod tools;

use std::sync::Arc;

use egui::{Rect, RichText, Ui, UiBuilder, vec2};

use self::canvas::Textures;
use self::tools::Brush;
use super::rows::Rows;
use super::strip::Strip;
use crate::images::ImageSet;
use crate::tasks::blocks::fewer;
use crate::tasks::card::{Drawing, Pages};
use crate::tasks::sketch::fit::Fit;
use crate::tasks::sketch::pad::{Pad, Page, Rgb, paper_and_ink};
use crate::tasks::sketch::{Sketch, SketchedPage};
use crate::text::{Text, Words, say};
use crate::train::snapshot::{Evaluation, Panel, Snapshot};
use crate::window::commands::{Commands, UiCommand};
use crate::window::theme::{GRID, Palette};

/// Height of a row of tools.
const ROW: f32 = 26.0;
/// In less height than this it scrolls.
pub const LEAST: f32 = 32.0 * GRID;
/// The canvas takes at most this share of the width.
const SHARE: f32 = 0.38;
/// The tools need at least this width.
const NARROWEST: f32 = 244.0;
/// Beside the tools the strip has at least this width.
const STRIP: f32 = 80.0 * GRID;

/// The view. It keeps its drawing while the tasks are of the same kind.
#[derive(Default)]
pub struct Draw {
    kind: Option<Kind>,
    /// `None` until the images are there.
    pad: Option<Pad>,
    brush: Brush,
    textures: Textures,
    strip: Strip,
    /// The held-out task whose classes a drawn image may belong to, and their names.
    task: usize,
    names: Vec<Words>,
    /// Whether drawings are used as they are, and not laid as the set's images lie.
    unfitted: bool,
    /// What the trainer was told last.
    sent: Option<Arc<Sketch>>,
    /// Whether the pad may differ from that.
    changed: bool,
}

/// What a drawing is for; another one begins with a new pad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    pages: Pages,
    /// Whether pixels can be hidden.
    masks: bool,
    hint: Text,
    size: usize,
    paper: Rgb,
    ink: Rgb,
    grey: bool,
    ways: usize,
    /// How the set's images lie, where drawings can be made to lie so too.
    fit: Option<Fit>,
}

impl Draw {
    /// Draws it in all the space that is left.
    pub fn ui(&mut self, ui: &mut Ui, snapshot: &Snapshot, images: Option<&Arc<ImageSet>>, commands: &mut Commands) {
        self.prepare(snapshot, images);
        let (Some(kind), Some(_)) = (self.kind, &self.pad) else {
            let text = RichText::new(say("The images are being read", "正在读取图像")).color(Palette::of(ui).weak);
            ui.centered_and_justified(|ui| ui.label(text));
            return;
        };
        let room = ui.available_rect_before_wrap();
        let rows = if kind.masks { 3.0 } else { 2.0 };
        let pages = if kind.pages == Pages::One { 0.0 } else { pages::HEIGHT };
        let side = (room.height() - rows * ROW - pages - GRID).min(SHARE * room.width());
        let width = side.max(NARROWEST);
        let left = Rect::from_min_size(room.min, vec2(width, room.height()));
        ui.advance_cursor_after_rect(room);
        ui.scope_builder(UiBuilder::new().id_salt("canvas").max_rect(left), |ui| {
            ui.spacing_mut().item_spacing = vec2(GRID, GRID);
            self.left(ui, kind, side, snapshot);
        });
        self.send(kind, commands);
        let mut right = room.with_min_x(left.right() + 4.0 * GRID);
        // In a hall the tools are much wider than the canvas: there the strip begins below them.
        if kind.pages == Pages::One && right.width() < STRIP && side < 0.75 * NARROWEST {
            right = Rect::from_min_max(room.min + vec2(side.max(0.0) + 4.0 * GRID, rows * ROW), room.max);
        }
        ui.scope_builder(UiBuilder::new().id_salt("sketch").max_rect(right), |ui| {
            match Rows::of(snapshot, |snapshot| snapshot.sketch.as_ref()) {
                Some(rows) if self.sent.is_some() => self.strip.ui(ui, &rows),
                _ => {
                    let text = RichText::new(kind.hint.get()).color(Palette::of(ui).weak);
                    ui.centered_and_justified(|ui| ui.add(egui::Label::new(text).wrap()));
                }
            }
        });
    }

    /// The view is not shown: the trainer need not adapt to the drawing, which is kept.
    pub fn rest(&mut self, commands: &mut Commands) {
        if self.sent.take().is_some() {
            commands.push(UiCommand::Sketch(None));
        }
        self.changed = true;
    }

    fn prepare(&mut self, snapshot: &Snapshot, images: Option<&Arc<ImageSet>>) {
        let settings = &snapshot.settings;
        let (Some(drawing), Some(set)) = (settings.run.tasks.card().drawing, images) else { return };
        let Drawing { pages, masks, coarser, hint } = drawing;
        let size = fewer(set.size, coarser(&settings.live));
        let names = class_names(snapshot.evaluation.as_deref(), self.task);
        if names != self.names {
            self.names = names;
            self.changed = true;
            self.show_classes(snapshot.evaluation.as_deref());
        }
        let ways = self.names.len();
        let same = |kind: &Kind| {
            (kind.pages, kind.masks, kind.size, kind.ways) == (pages, masks, size, ways)
                && kind.grey == (set.channels == 1)
        };
        if self.kind.as_ref().is_some_and(same) {
            return;
        }
        let [paper, ink] = paper_and_ink(set);
        let fit = if pages == Pages::One { None } else { Fit::of(set) };
        let kind = Kind { pages, masks, hint, size, paper, ink, grey: set.channels == 1, ways, fit };
        let mut pad = Pad::new(size, paper, 1 + ways);
        if pages == Pages::One {
            begin_with_a_task(&mut pad, snapshot.evaluation.as_deref());
        }
        self.brush = Brush::for_size(size, ink);
        (self.kind, self.pad, self.changed) = (Some(kind), Some(pad), true);
        self.show_classes(snapshot.evaluation.as_deref());
    }

    /// Puts the first image of each class under its page.
    fn show_classes(&mut self, evaluation: Option<&Evaluation>) {
        let task = evaluation.and_then(|evaluation| evaluation.tasks.get(self.task));
        if let (Some(pad), Some(task)) = (&mut self.pad, task) {
            for (class, choice) in task.choices.iter().enumerate() {
                pad.underlay(1 + class, &choice.image);
            }
        }
    }

    fn left(&mut self, ui: &mut Ui, kind: Kind, side: f32, snapshot: &Snapshot) {
        let Some(pad) = &mut self.pad else { return };
        let evaluation = snapshot.evaluation.as_deref();
        self.changed |= tools::ui(
            ui,
            (pad, &mut self.brush, &mut self.unfitted),
            kind,
            ROW,
            (evaluation, snapshot.sketch.as_deref()),
        );
        self.changed |= canvas::ui(ui, pad, &mut self.brush, kind.grey, side, &mut self.textures);
        match kind.pages {
            Pages::One => {}
            Pages::OfOneClass => self.changed |= pages::drawings(ui, pad, &mut self.textures),
            Pages::Question => {
                if pages::classes(ui, pad, &self.names, &mut self.textures) {
                    self.task = (self.task + 1) % evaluation.map_or(1, |evaluation| evaluation.tasks.len().max(1));
                    self.changed = true;
                }
            }
        }
    }

    /// Tells the trainer of what was drawn since the last frame.
    fn send(&mut self, kind: Kind, commands: &mut Commands) {
        let Some(pad) = self.pad.as_ref().filter(|_| self.changed) else { return };
        if kind.pages == Pages::OfOneClass && pad.is_painting() {
            return;
        }
        self.changed = false;
        let fit = kind.fit.filter(|_| !self.unfitted);
        let sketch = sketch(kind.pages, fit, pad, self.task).map(Arc::new);
        if sketch != self.sent {
            self.sent = sketch.clone();
            commands.push(UiCommand::Sketch(sketch));
        }
    }
}

/// The task that the pages stand for; `None` while there is nothing on them, or nothing on the one that is asked about.
fn sketch(pages: Pages, fit: Option<Fit>, pad: &Pad, task: usize) -> Option<Sketch> {
    let drawn = |page: &Arc<Page>| SketchedPage {
        picture: fit.map_or_else(|| page.picture.clone(), |fit| fit.apply(&page.picture)),
        seen: page.seen.clone(),
    };
    let mut drawn: Vec<_> = pad.pages().iter().map(|page| page.touched.then(|| drawn(page))).collect();
    if pages == Pages::OfOneClass {
        drawn.retain(Option::is_some);
    }
    let enough = drawn.first().is_some_and(Option::is_some);
    enough.then_some(Sketch { pages: drawn, task })
}

/// The names of the classes that can be the answer.
fn class_names(evaluation: Option<&Evaluation>, task: usize) -> Vec<Words> {
    let task = evaluation.and_then(|evaluation| evaluation.tasks.get(task));
    task.map_or_else(Vec::new, |task| task.choices.iter().map(|choice| choice.name.clone()).collect())
}

/// Begins with the first held-out image, as much of it hidden as there.
fn begin_with_a_task(pad: &mut Pad, evaluation: Option<&Evaluation>) {
    let Some(task) = evaluation.and_then(|evaluation| evaluation.tasks.first()) else { return };
    let Some(picture) = task.given.first().and_then(|given| given.panel.picture()) else { return };
    let seen = task.given.iter().find_map(|given| match &given.panel {
        Panel::Picture { seen, .. } => seen.as_ref(),
        _ => None,
    });
    if pad.start_from(picture)
        && let Some(seen) = seen.filter(|seen| seen.len() == pad.size() * pad.size())
    {
        pad.set_seen(|pixel| seen[pixel]);
    }
}
