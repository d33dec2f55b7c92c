//! Where everything stands in the window.

use std::sync::Arc;

use egui::{
    Align2, Area, CentralPanel, Color32, Context, Frame, Id, Margin, Order, Panel, Popup, Rect, Ui, Vec2, vec2,
};

use super::App;
use crate::train::snapshot::{Phase, Snapshot};
use crate::window::banner;
use crate::window::commands::{Commands, UiCommand};
use crate::window::darkroom::views::Place;
use crate::window::lesson::Classroom;
use crate::window::lesson::dots::Dots;
use crate::window::stage::Page;
use crate::window::theme::{GRID, Palette};
use crate::window::top_bar::Status;

/// Width of the settings, until somebody drags their edge.
const SETTINGS: f32 = 54.0 * GRID;

/// The same with a lesson above them.
const LESSON: f32 = 80.0 * GRID;

/// Share of the height that is below the large view, and share of that place's width for the small view, until somebody
/// drags.
const BELOW: f32 = 0.28;
const SMALL: f32 = 0.4;

/// In less room than this there is one place alone, and tabs for all.
const ROOM: Vec2 = vec2(190.0 * GRID, 130.0 * GRID);

/// In less height than this a second run would have no room, and its menu would take that of the first.
const CROWDED: f32 = 75.0 * GRID;

/// Space around a view.
const AROUND: Margin = Margin { left: 16, right: 12, top: 6, bottom: 6 };

impl App {
    /// The bar, the large view, and what stands beside it.
    pub(super) fn panels(&mut self, ui: &mut Ui, commands: &mut Commands) {
        let palette = Palette::of(ui);
        let snapshot = self.snapshot.clone();
        let snapshot = snapshot.as_deref();
        let key = self.settings.run.image_key();
        let image_set = self.image_set.as_ref().filter(|(known, _)| *known == key).map(|(_, set)| Arc::clone(set));
        let (recent, recent_runs) = (self.recent.clone(), self.recent_runs.clone());
        let earlier = self.keeping.earlier.clone();
        let status = Status {
            snapshot,
            phase: self.phase(),
            pace: self.pace,
            image_set: image_set.as_ref(),
            recent: &recent,
            recent_runs: &recent_runs,
            running: self.compare.progress(),
            earlier: &earlier,
            table: self.compare.has_table(),
            lesson: self.classroom.as_ref().map(|classroom| Dots::of(classroom.progress())),
        };
        self.taking.begin();
        // The bar's own closes at the key that is asked for below.
        let menu = Popup::is_any_open(ui.ctx());
        let ground = Frame::new().fill(if self.cleared { Color32::TRANSPARENT } else { palette.panel });
        Panel::top("top-bar")
            .exact_size(if self.present { 8.0 * GRID } else { 10.0 * GRID })
            .frame(ground.inner_margin(Margin::symmetric(12, 0)))
            .show(ui, |ui| self.top_bar.ui(ui, &self.settings, &status, self.present, commands));
        let room = ui.available_size();
        let alone = self.present || room.x < ROOM.x || room.y < ROOM.y;
        // A lesson is read by a hall too.
        let left = !alone || self.present && self.classroom.is_some();
        if left {
            self.left(ui, ground, snapshot, commands);
        }
        if !alone {
            self.beside(ui, ground, snapshot, commands);
        }
        let homeless = match (alone, left) {
            (false, _) => &[][..],
            (true, true) => &[Page::Losses],
            (true, false) => &Page::BESIDE,
        };
        let family = self.settings.run.tasks;
        let around = if self.present { Margin { top: 4, bottom: 2, ..AROUND } } else { AROUND };
        CentralPanel::default().frame(ground.inner_margin(around)).show(ui, |ui| {
            if self.present {
                ui.spacing_mut().item_spacing.y = 0.5 * GRID;
            }
            let covered = self.help.is_open() || self.images.is_open() || menu || self.typing;
            if self.stage.take_escape(ui, covered) && self.present {
                commands.push(UiCommand::Present);
            }
            let crowded = ui.available_height() < CROWDED;
            ui.horizontal_wrapped(|ui| {
                self.stage.tabs(ui, family, homeless);
                if !crowded {
                    ui.separator();
                    let beside = self.beside.map(|(algorithm, _)| algorithm);
                    self.beside_menu.ui(ui, self.settings.run.algorithm, beside, commands);
                }
            });
            let room = ui.available_rect_before_wrap();
            self.taking.is_at(Place::Large, room);
            match self.stage.page(homeless) {
                Page::Losses => self.losses.ui(ui, snapshot, &self.settings.live, &mut self.timeline, commands),
                Page::Settings => self.settings_ui(ui, snapshot, commands),
                Page::Compare => self.compare.ui(ui, &self.settings, image_set.as_ref(), commands),
                Page::Samples | Page::View => self.stage.large(ui, family, snapshot, status.image_set, commands),
            }
            self.offer(ui.ctx(), room, commands);
            self.warn(ui.ctx(), room, snapshot, status.phase, commands);
        });
        self.take_out_menu(ui, commands);
    }

    /// The settings, below the lesson's card if there is a lesson.
    fn left(&mut self, ui: &mut Ui, ground: Frame, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        // A lesson has a width of its own, and leaves that of the settings as it was.
        let (name, width) = match &self.classroom {
            Some(_) => ("lesson", LESSON),
            None => ("settings", SETTINGS),
        };
        Panel::left(name)
            .resizable(true)
            .default_size(width)
            .size_range(44.0 * GRID..=100.0 * GRID)
            .frame(ground.inner_margin(Margin { left: 12, right: 2, top: 8, bottom: 8 }))
            .show(ui, |ui| self.settings_ui(ui, snapshot, commands));
    }

    /// What else stands beside the large view: losses with the timeline, the small view.
    fn beside(&mut self, ui: &mut Ui, ground: Frame, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        let family = self.settings.run.tasks;
        let height = ui.available_height();
        Panel::bottom("below")
            .resizable(true)
            .default_size((BELOW * height).clamp(150.0, 320.0).round())
            .size_range(140.0..=0.6 * height)
            .frame(Frame::NONE)
            .show(ui, |ui| {
                let width = ui.available_width();
                Panel::right("small")
                    .resizable(true)
                    .default_size((SMALL * width).round())
                    .size_range(180.0..=0.6 * width)
                    .frame(ground.inner_margin(AROUND))
                    .show(ui, |ui| {
                        self.taking.is_at(Place::Small, ui.max_rect());
                        self.stage.small(ui, family, snapshot, commands);
                    });
                CentralPanel::default().frame(ground.inner_margin(AROUND)).show(ui, |ui| {
                    self.taking.is_at(Place::Losses, ui.max_rect());
                    self.losses.ui(ui, snapshot, &self.settings.live, &mut self.timeline, commands);
                });
            });
    }

    fn settings_ui(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        let before = commands.len();
        if let Some(classroom) = &mut self.classroom {
            classroom.ui(ui, snapshot, commands);
            if classroom.knobs().is_none_or(|knobs| !knobs.is_empty()) {
                ui.separator();
            }
        }
        let only = self.classroom.as_ref().and_then(Classroom::knobs);
        self.knobs.ui(ui, &self.settings, snapshot, self.moment.turns.can_undo(), only, commands);
        // At once, so that this frame's plots have the mark.
        for command in commands.extract_if(before.., |command| matches!(command, UiCommand::SetKnob(..))) {
            self.apply(ui.ctx(), command);
            ui.ctx().request_repaint();
        }
    }

    /// Says over the large view that the run has diverged, or has left its best state.
    fn warn(&mut self, ctx: &Context, room: Rect, snapshot: Option<&Snapshot>, phase: Phase, commands: &mut Commands) {
        let Some(snapshot) = snapshot else { return };
        let divergence = snapshot.divergence.as_ref().filter(|_| phase == Phase::Diverged);
        // The first row, which is the learned start's, stays in sight.
        let area = Area::new(Id::unique("banner")).order(Order::Middle).pivot(Align2::LEFT_BOTTOM);
        area.fixed_pos(room.left_bottom()).show(ctx, |ui| {
            ui.set_width(room.width());
            match divergence {
                Some(divergence) => banner::ui(ui, divergence, &self.settings.run, commands),
                None => banner::astray(ui, snapshot, &mut self.hushed, commands),
            }
        });
    }
}
