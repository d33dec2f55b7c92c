//! Drawing: a canvas whose picture is a task of its own, and beside it how the network adapts to it.

mod canvas;
mod pages;
mod tools;

use std::sync::Arc;

use egui::{Rect, RichText, Ui, UiBuilder, vec2};

use self::canvas::Textures;
use self::tools::Brush;
use super::strip::Strip;
use crate::images::ImageSet;
use crate::settings::{RunSettings, TaskFamily};
use crate::tasks::sketch::Sketch;
use crate::tasks::sketch::fit::Fit;
use crate::tasks::sketch::pad::{Pad, Page, Rgb, paper_and_ink};
use crate::train::snapshot::{Evaluation, Given, Picture, Snapshot};
use crate::window::commands::{Commands, UiCommand};
use crate::window::theme::{GRID, Palette};

/// Height of a row of tools.
const ROW: f32 = 26.0;
/// The canvas takes at most this share of the width.
const SHARE: f32 = 0.38;
/// The tools need at least this width.
const NARROWEST: f32 = 244.0;

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
    names: Vec<String>,
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
    use_as: UseAs,
    size: usize,
    paper: Rgb,
    ink: Rgb,
    grey: bool,
    ways: usize,
    /// How the set's images lie, where drawings can be made to lie so too.
    fit: Option<Fit>,
}

/// What becomes of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UseAs {
    /// One image to be drawn or completed.
    Picture,
    /// Each page is an image of one class.
    Class,
    /// The first page is asked about; the others are a class each.
    Query,
}

impl UseAs {
    fn of(family: TaskFamily) -> Option<Self> {
        match family {
            TaskFamily::Picture | TaskFamily::Completion => Some(Self::Picture),
            TaskFamily::Class => Some(Self::Class),
            TaskFamily::Classify => Some(Self::Query),
            TaskFamily::Plane | TaskFamily::Sine | TaskFamily::Cluster => None,
        }
    }

    /// What is to be done, while nothing is drawn.
    fn hint(self) -> &'static str {
        match self {
            Self::Picture => "Paint a picture, or start from one: the network adapts while you paint",
            Self::Class => "Draw a few images of something new: at every pen-up the network makes more of them",
            Self::Query => "Draw an image: the bars show which class the adapted network takes it for",
        }
    }
}

impl Draw {
    /// Draws it in all the space that is left.
    pub fn ui(&mut self, ui: &mut Ui, snapshot: &Snapshot, images: Option<&Arc<ImageSet>>, commands: &mut Commands) {
        self.prepare(snapshot, images);
        let (Some(kind), Some(_)) = (self.kind, &self.pad) else {
            let text = RichText::new("The images are being read").color(Palette::of(ui).weak);
            ui.centered_and_justified(|ui| ui.label(text));
            return;
        };
        let room = ui.available_rect_before_wrap();
        let rows = if kind.use_as == UseAs::Picture { 3.0 } else { 2.0 };
        let pages = if kind.use_as == UseAs::Picture { 0.0 } else { pages::HEIGHT };
        let side = (room.height() - rows * ROW - pages - GRID).min(SHARE * room.width());
        let width = side.max(NARROWEST);
        let left = Rect::from_min_size(room.min, vec2(width, room.height()));
        ui.advance_cursor_after_rect(room);
        ui.scope_builder(UiBuilder::new().id_salt("canvas").max_rect(left), |ui| {
            ui.spacing_mut().item_spacing = vec2(GRID, GRID);
            self.left(ui, kind, side, snapshot);
        });
        self.send(kind, commands);
        let right = room.with_min_x(left.right() + 4.0 * GRID);
        ui.scope_builder(UiBuilder::new().id_salt("sketch").max_rect(right), |ui| match &snapshot.sketch {
            Some(evaluation) if self.sent.is_some() => self.strip.ui(ui, evaluation),
            _ => {
                let text = RichText::new(kind.use_as.hint()).color(Palette::of(ui).weak);
                ui.centered_and_justified(|ui| ui.add(egui::Label::new(text).wrap()));
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
        let run = &snapshot.settings.run;
        let (Some(use_as), Some(set)) = (UseAs::of(run.tasks), images) else { return };
        let names = class_names(snapshot.evaluation.as_deref(), self.task);
        if names != self.names {
            self.names = names;
            self.changed = true;
            self.show_classes(snapshot.evaluation.as_deref());
        }
        let ways = self.names.len();
        let same = |kind: &Kind| {
            kind.use_as == use_as && kind.size == set.size && kind.grey == (set.channels == 1) && kind.ways == ways
        };
        if self.kind.as_ref().is_some_and(same) {
            return;
        }
        let [paper, ink] = paper_and_ink(set);
        let fit = if use_as == UseAs::Picture { None } else { Fit::of(set) };
        let kind = Kind { use_as, size: set.size, paper, ink, grey: set.channels == 1, ways, fit };
        let mut pad = Pad::new(set.size, paper, 1 + ways);
        if use_as == UseAs::Picture {
            begin_with_a_task(&mut pad, snapshot.evaluation.as_deref(), run);
        }
        self.brush = Brush::for_size(set.size, ink);
        (self.kind, self.pad, self.changed) = (Some(kind), Some(pad), true);
        self.show_classes(snapshot.evaluation.as_deref());
    }

    /// Puts the first image of each class under its page.
    fn show_classes(&mut self, evaluation: Option<&Evaluation>) {
        let task = evaluation.and_then(|evaluation| evaluation.tasks.get(self.task));
        if let (Some(pad), Some(Given::Classify { support, .. })) = (&mut self.pad, task.map(|task| &task.given)) {
            let size = pad.size();
            for class in 0..self.names.len() {
                let rows = support.rgb.chunks_exact(3 * support.width.max(1)).skip(class * (size + 1)).take(size);
                let rgb = rows.filter_map(|row| row.get(..3 * size)).flatten().copied().collect();
                pad.underlay(1 + class, &Picture { width: size, height: size, rgb });
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
        match kind.use_as {
            UseAs::Picture => {}
            UseAs::Class => self.changed |= pages::drawings(ui, pad, &mut self.textures),
            UseAs::Query => {
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
        if kind.use_as == UseAs::Class && pad.is_painting() {
            return;
        }
        self.changed = false;
        let fit = kind.fit.filter(|_| !self.unfitted);
        let sketch = sketch(kind.use_as, fit, pad, self.task).map(Arc::new);
        if sketch != self.sent {
            self.sent = sketch.clone();
            commands.push(UiCommand::Sketch(sketch));
        }
    }
}

/// The task that the pages stand for; `None` while there is nothing on them.
fn sketch(use_as: UseAs, fit: Option<Fit>, pad: &Pad, task: usize) -> Option<Sketch> {
    let drawn = |page: usize| pad.pages().get(page).filter(|page| page.touched);
    let laid = |page: &Arc<Page>| fit.map_or_else(|| page.picture.clone(), |fit| fit.apply(&page.picture));
    match use_as {
        UseAs::Picture => {
            let page = drawn(0)?;
            Some(Sketch::Picture { picture: page.picture.clone(), seen: page.seen.clone() })
        }
        UseAs::Class => {
            let images: Vec<Picture> = (0..pad.pages().len()).filter_map(drawn).map(laid).collect();
            (!images.is_empty()).then_some(Sketch::Class { images })
        }
        UseAs::Query => {
            let redrawn = (1..pad.pages().len()).map(|page| drawn(page).map(laid)).collect();
            Some(Sketch::Query { query: laid(drawn(0)?), task, redrawn })
        }
    }
}

/// The classes of a classify task.
fn class_names(evaluation: Option<&Evaluation>, task: usize) -> Vec<String> {
    match evaluation.and_then(|evaluation| evaluation.tasks.get(task)).map(|task| &task.given) {
        Some(Given::Classify { names, .. }) => names.clone(),
        _ => Vec::new(),
    }
}

/// Begins with the first held-out image; to be completed, as much of it is hidden as there.
fn begin_with_a_task(pad: &mut Pad, evaluation: Option<&Evaluation>, run: &RunSettings) {
    let Some(Given::Picture { target, mask, .. }) =
        evaluation.and_then(|evaluation| evaluation.tasks.first()).map(|task| &task.given)
    else {
        return;
    };
    if pad.start_from(target) && run.tasks == TaskFamily::Completion && mask.len() == pad.size() * pad.size() {
        pad.set_seen(|pixel| mask[pixel]);
    }
}
