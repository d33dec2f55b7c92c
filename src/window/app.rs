//! The window's state, and one frame of it.

mod apply;
mod begin;
mod look;
mod past;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use egui::{Area, CentralPanel, Color32, Context, Frame, Id, Margin, Order, Panel, Rect, Ui, Vec2, vec2};

use self::begin::{Left, Waiting};
use self::past::Moment;
use super::banner;
use super::commands::{self, Commands, UiCommand};
use super::compare::Compare;
use super::frames::pacing::Pacing;
use super::frames::tessellation::FewTriangles;
use super::help::Help;
use super::images_dialog::ImagesDialog;
use super::keyboard;
use super::knobs::Knobs;
use super::losses::Losses;
use super::notices::{Kind, Notices};
use super::stage::{Page, Stage};
use super::theme::{self, GRID, Palette};
use super::timeline::Timeline;
use super::top_bar::{Status, TopBar};
use super::watching::{Observer as _, Script, Watching};
use crate::images::ImageSet;
use crate::settings::{ImageKey, ImageSource, ProceduralSettings, Settings, TaskFamily};
use crate::text::{Language, say};
use crate::train::link::{Command, Event, Pace, WindowEnd};
use crate::train::snapshot::{Phase, Snapshot};
use crate::train::views::Focus;

/// Width of the settings, until somebody drags their edge.
const SETTINGS: f32 = 54.0 * GRID;

/// Share of the height that is below the large view, and share of that place's width for the small view, until somebody
/// drags.
const BELOW: f32 = 0.28;
const SMALL: f32 = 0.4;

/// In less room than this there is one place alone, and tabs for all.
const ROOM: Vec2 = vec2(190.0 * GRID, 130.0 * GRID);

/// Space around a view.
const AROUND: Margin = Margin { left: 16, right: 12, top: 6, bottom: 6 };

/// How many times larger everything is in a hall.
const PRESENT_ZOOM: f32 = 2.0;

/// Under which name the window's own state is kept.
const KEPT: &str = "window";

/// What of the window's state outlives it.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    language: Language,
    /// Then the zoom is not the user's.
    present: bool,
}

/// The whole window. It owns the settings; the trainer owns everything else.
pub struct App {
    link: WindowEnd,
    settings: Settings,
    /// The last images, with the [`RunSettings::image_key`] that they were read for.
    image_set: Option<(ImageKey, Arc<ImageSet>)>,
    waiting: Option<Waiting>,
    /// The images of the present run, and the run that it took the place of.
    images_in_use: Option<(ImageKey, Arc<ImageSet>)>,
    left: Option<Left>,
    /// The images that each family had last.
    sets: HashMap<TaskFamily, (ImageSource, ProceduralSettings)>,
    snapshot: Option<Arc<Snapshot>>,
    /// What was asked for last, until a snapshot confirms it.
    intent: Option<Phase>,
    pace: Pace,
    /// The pace outside slow motion.
    brisk: Pace,
    top_bar: TopBar,
    knobs: Knobs,
    stage: Stage,
    losses: Losses,
    timeline: Timeline,
    /// Knobs that were turned, at the moment that is shown.
    moment: Moment,
    /// The inner rate that the run began with in place of its preset's, if that would have overshot.
    fitted: Option<f64>,
    /// The run, and its best state, of which it was said that it has left it.
    hushed: Option<(u64, u64)>,
    /// What the trainer was told last of what is looked at closely.
    focus: Focus,
    images: ImagesDialog,
    compare: Compare,
    help: Help,
    notices: Notices,
    pacing: Pacing,
    watching: RefCell<Watching>,
    language: Language,
    /// Whether it is shown to a hall: everything larger, one place alone.
    present: bool,
    /// Whether the window is cleared to the colour of its panels, which then need not be painted.
    cleared: bool,
}

impl App {
    /// The window on a trainer that already runs with these settings. The images are needed by the
    /// picture family only.
    pub fn new(ctx: &Context, link: WindowEnd, settings: Settings, image_set: Option<Arc<ImageSet>>) -> Self {
        theme::install(ctx);
        FewTriangles::install(ctx);
        keyboard::install(ctx);
        let run = settings.run.clone();
        Self {
            link,
            image_set: image_set.clone().map(|set| (settings.run.image_key(), set)),
            settings,
            waiting: None,
            images_in_use: image_set.map(|set| (run.image_key(), set)),
            left: None,
            sets: HashMap::from([(run.tasks, (run.images, run.procedural))]),
            snapshot: None,
            intent: None,
            pace: Pace::default(),
            brisk: Pace::default(),
            top_bar: TopBar::default(),
            knobs: Knobs::default(),
            stage: Stage::default(),
            losses: Losses::default(),
            timeline: Timeline::default(),
            moment: Moment::default(),
            fitted: None,
            hushed: None,
            focus: Focus::default(),
            images: ImagesDialog::default(),
            compare: Compare::default(),
            help: Help::default(),
            notices: Notices::default(),
            pacing: Pacing::of(ctx),
            watching: RefCell::new(Watching::from_env()),
            language: Language::default(),
            present: false,
            cleared: false,
        }
    }

    /// The same window, driven by a script.
    pub fn with_script(self, script: Option<Script>) -> Self {
        script.into_iter().for_each(|script| self.watching.borrow_mut().add(script));
        self
    }

    /// The same window in a language.
    pub fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// The same window as it was left. A language that is asked for outright comes before the one that was spoken then.
    pub fn as_it_was_left(self, ctx: &Context, storage: Option<&dyn eframe::Storage>, asked: Option<Language>) -> Self {
        let kept: Option<Kept> = storage.and_then(|storage| eframe::get_value(storage, KEPT));
        if kept.as_ref().is_some_and(|kept| kept.present) {
            ctx.set_zoom_factor(ctx.zoom_factor() / PRESENT_ZOOM);
        }
        let language = asked.or(kept.map(|kept| kept.language)).unwrap_or(self.language);
        Self { language, ..self }
    }

    /// The settings as the user has them now.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What it shows of the run.
    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.snapshot.as_deref()
    }

    /// One frame.
    pub fn show(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.language.speak();
        self.receive();
        let mut commands = Commands::new();
        let canvas = self.stage.has_canvas();
        commands::take_shortcuts(&ctx, canvas, &mut commands);
        keyboard::take_zoom(&ctx, if self.present { PRESENT_ZOOM } else { 1.0 });
        commands.append(&mut self.watching.get_mut().commands());
        self.panels(ui, &mut commands);
        self.say_what_is_looked_at();
        let key = self.settings.run.image_key();
        let images = self.image_set.as_ref().filter(|(known, _)| *known == key).map(|(_, set)| set);
        self.images.ui(ui, &self.settings.run, images, &mut commands);
        self.compare.ui(&ctx, &self.settings, images, &mut commands);
        self.help.ui(&ctx);
        self.watching.get_mut().ui(&ctx);
        self.notices.ui(&ctx);
        if !commands.is_empty() {
            ctx.request_repaint();
        }
        for command in commands {
            self.apply(&ctx, command);
        }
        if !ctx.input(|input| input.pointer.any_down()) {
            self.moment.turns.let_go();
        }
    }

    fn panels(&mut self, ui: &mut Ui, commands: &mut Commands) {
        let palette = Palette::of(ui);
        let snapshot = self.snapshot.clone();
        let snapshot = snapshot.as_deref();
        let key = self.settings.run.image_key();
        let image_set = self.image_set.as_ref().filter(|(known, _)| *known == key).map(|(_, set)| Arc::clone(set));
        let status = Status {
            snapshot,
            phase: self.phase(),
            pace: self.pace,
            image_set: image_set.as_ref(),
            can_bring_back: self.left.is_some(),
        };
        let ground = Frame::new().fill(if self.cleared { Color32::TRANSPARENT } else { palette.panel });
        Panel::top("top-bar")
            .exact_size(if self.present { 8.0 * GRID } else { 10.0 * GRID })
            .frame(ground.inner_margin(Margin::symmetric(12, 0)))
            .show(ui, |ui| self.top_bar.ui(ui, &self.settings, &status, self.present, commands));
        let room = ui.available_size();
        let alone = self.present || room.x < ROOM.x || room.y < ROOM.y;
        if !alone {
            self.beside(ui, ground, snapshot, commands);
        }
        let family = self.settings.run.tasks;
        let around = if self.present { Margin { top: 4, bottom: 2, ..AROUND } } else { AROUND };
        CentralPanel::default().frame(ground.inner_margin(around)).show(ui, |ui| {
            if self.present {
                ui.spacing_mut().item_spacing.y = 0.5 * GRID;
            }
            let covered = self.compare.is_open() || self.help.is_open() || self.images.is_open();
            self.stage.take_escape(ui, covered);
            ui.horizontal_wrapped(|ui| self.stage.tabs(ui, family, alone));
            let room = ui.available_rect_before_wrap();
            match self.stage.page(alone) {
                Page::Losses => self.losses.ui(ui, snapshot, &self.settings.live, &mut self.timeline, commands),
                Page::Settings => self.settings_ui(ui, snapshot, commands),
                Page::Samples | Page::View => self.stage.large(ui, family, snapshot, status.image_set, commands),
            }
            self.warn(ui.ctx(), room, snapshot, status.phase, commands);
        });
    }

    /// What stands beside the large view: settings, losses with the timeline, the small view.
    fn beside(&mut self, ui: &mut Ui, ground: Frame, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        Panel::left("settings")
            .resizable(true)
            .default_size(SETTINGS)
            .size_range(44.0 * GRID..=80.0 * GRID)
            .frame(ground.inner_margin(Margin { left: 12, right: 2, top: 8, bottom: 8 }))
            .show(ui, |ui| self.settings_ui(ui, snapshot, commands));
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
                    .show(ui, |ui| self.stage.small(ui, family, snapshot, commands));
                CentralPanel::default()
                    .frame(ground.inner_margin(AROUND))
                    .show(ui, |ui| self.losses.ui(ui, snapshot, &self.settings.live, &mut self.timeline, commands));
            });
    }

    fn settings_ui(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        let before = commands.len();
        self.knobs.ui(ui, &self.settings, snapshot, self.moment.turns.can_undo(), commands);
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
        Area::new(Id::unique("banner")).order(Order::Middle).fixed_pos(room.min).show(ctx, |ui| {
            ui.set_width(room.width());
            match divergence {
                Some(divergence) => banner::ui(ui, divergence, &self.settings.run, commands),
                None => banner::astray(ui, snapshot, &mut self.hushed, commands),
            }
        });
    }

    fn phase(&self) -> Phase {
        self.intent.or_else(|| self.snapshot.as_ref().map(|snapshot| snapshot.phase)).unwrap_or(Phase::Running)
    }

    /// Takes what the trainer sent since the last frame.
    fn receive(&mut self) {
        if let Some(snapshot) = self.link.take_snapshot() {
            self.watching.get_mut().snapshot_came(&snapshot, self.snapshot.as_deref());
            if self.intent == Some(snapshot.phase) || snapshot.phase == Phase::Diverged {
                self.intent = None;
            }
            self.moment_changes(&snapshot);
            self.snapshot = Some(snapshot);
        }
        self.take_made();
        while let Some(event) = self.link.next_event() {
            self.watching.get_mut().event_came(&event);
            match event {
                Event::Diverged(_) => self.intent = None,
                Event::Failed(text) => {
                    if self.waiting.is_none() {
                        self.keep_old_run();
                    }
                    self.intent = None;
                    self.notices.add(Kind::Error, text);
                }
            }
        }
    }

    fn ask(&mut self, command: Command, phase: Phase) {
        self.intent = Some(phase);
        self.send(command);
    }

    fn send(&mut self, command: Command) {
        if !self.link.send(command) {
            let text =
                say("The trainer has stopped; close the window and start again", "训练器已停止；请关闭窗口，重新启动");
            self.notices.add(Kind::Error, text);
        }
    }

    fn send_live(&mut self) {
        self.watching.get_mut().knobs_sent(&self.settings.live);
        // Knobs of a run that has not begun mean nothing to the old one; it begins with them.
        if self.waiting.is_none() {
            let shown = self.snapshot.as_ref().and_then(|snapshot| snapshot.timeline.shown);
            self.link.set_live_at(self.settings.live.clone(), shown);
        }
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        self.cleared = true;
        let own = frame.info().cpu_usage;
        self.watching.get_mut().frame_begins(own);
        self.pacing.begin(ui.ctx(), own.and_then(|secs| Duration::try_from_secs_f32(secs).ok()));
        self.show(ui);
    }

    // Without a graphics card, painting the panels over it would take half of a frame's time.
    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    // Dividers, folds, zoom and theme egui keeps by itself.
    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        eframe::set_value(storage, KEPT, &Kept { language: self.language, present: self.present });
    }

    // Asked for after every frame that was shown, and nowhere else can a frame's end be seen; saved is at the end alone.
    fn auto_save_interval(&self) -> Duration {
        if let Some(whole) = self.pacing.end() {
            self.watching.borrow_mut().frame_shown(whole, self.snapshot.as_deref());
        }
        Duration::MAX
    }

    fn raw_input_hook(&mut self, ctx: &Context, raw: &mut egui::RawInput) {
        self.watching.get_mut().input(ctx, raw);
    }
}
