//! The window's state, and one frame of it.

mod apply;
mod begin;
mod look;
mod past;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use egui::{CentralPanel, Color32, Context, Frame, Margin, Panel, Ui};

use self::begin::Waiting;
use self::past::Moment;
use super::banner;
use super::commands::{self, Commands, UiCommand};
use super::compare::Compare;
use super::frames::pacing::Pacing;
use super::frames::tessellation::FewTriangles;
use super::help::Help;
use super::images_dialog::ImagesDialog;
use super::knobs::Knobs;
use super::losses::Losses;
use super::microscope::Microscope;
use super::notices::{Kind, Notices};
use super::samples::Samples;
use super::theme::{self, GRID, Palette};
use super::timeline::{self, Timeline};
use super::top_bar::{Status, TopBar};
use super::watching::{Observer as _, Script, Watching};
use crate::images::ImageSet;
use crate::settings::{ImageKey, ImageSource, ProceduralSettings, Settings, TaskFamily};
use crate::train::link::{Command, Event, Pace, WindowEnd};
use crate::train::snapshot::{Phase, Snapshot};
use crate::train::views::Focus;

/// The whole window. It owns the settings; the trainer owns everything else.
pub struct App {
    link: WindowEnd,
    settings: Settings,
    /// The last images, with the [`RunSettings::image_key`] that they were read for.
    image_set: Option<(ImageKey, Arc<ImageSet>)>,
    waiting: Option<Waiting>,
    /// The images that each family had last.
    sets: HashMap<TaskFamily, (ImageSource, ProceduralSettings)>,
    snapshot: Option<Arc<Snapshot>>,
    /// What was asked for last, until a snapshot confirms it.
    intent: Option<Phase>,
    pace: Pace,
    top_bar: TopBar,
    knobs: Knobs,
    samples: Samples,
    losses: Losses,
    timeline: Timeline,
    /// Knobs that were turned, at the moment that is shown.
    moment: Moment,
    microscope: Microscope,
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
    /// Whether the window is cleared to the colour of its panels, which then need not be painted.
    cleared: bool,
}

impl App {
    /// The window on a trainer that already runs with these settings. The images are needed by the
    /// picture family only.
    pub fn new(ctx: &Context, link: WindowEnd, settings: Settings, image_set: Option<Arc<ImageSet>>) -> Self {
        theme::install(ctx);
        FewTriangles::install(ctx);
        let run = settings.run.clone();
        Self {
            link,
            image_set: image_set.map(|set| (settings.run.image_key(), set)),
            settings,
            waiting: None,
            sets: HashMap::from([(run.tasks, (run.images, run.procedural))]),
            snapshot: None,
            intent: None,
            pace: Pace::default(),
            top_bar: TopBar::default(),
            knobs: Knobs::default(),
            samples: Samples::default(),
            losses: Losses::default(),
            timeline: Timeline::default(),
            moment: Moment::default(),
            microscope: Microscope::default(),
            fitted: None,
            hushed: None,
            focus: Focus::default(),
            images: ImagesDialog::default(),
            compare: Compare::default(),
            help: Help::default(),
            notices: Notices::default(),
            pacing: Pacing::of(ctx),
            watching: RefCell::new(Watching::new(None)),
            cleared: false,
        }
    }

    /// The same window, driven by a script.
    pub fn with_script(self, script: Option<Script>) -> Self {
        Self { watching: RefCell::new(Watching::new(script)), ..self }
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
        self.receive();
        let mut commands = Commands::new();
        let canvas = self.samples.has_canvas() && !self.microscope.is_large();
        commands::take_shortcuts(&ctx, canvas, &mut commands);
        commands.append(&mut self.watching.get_mut().commands());
        self.panels(ui, &mut commands);
        self.say_what_is_looked_at();
        let key = self.settings.run.image_key();
        let images = self.image_set.as_ref().filter(|(known, _)| *known == key).map(|(_, set)| set);
        self.images.ui(ui, &self.settings.run, images, &mut commands);
        self.compare.ui(&ctx, &self.settings, images, &mut commands);
        self.help.ui(&ctx);
        self.watching.get_mut().ui(&ctx);
        self.notices.ui(&ctx, timeline::HEIGHT);
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
        let status = Status { snapshot, phase: self.phase(), pace: self.pace, image_set: image_set.as_ref() };
        let ground = Frame::new().fill(if self.cleared { Color32::TRANSPARENT } else { palette.panel });
        let bar = ground.inner_margin(Margin::symmetric(12, 0));
        Panel::top("top-bar")
            .exact_size(10.0 * GRID)
            .frame(bar)
            .show(ui, |ui| self.top_bar.ui(ui, &self.settings, &status, commands));
        Panel::bottom("timeline")
            .exact_size(timeline::HEIGHT)
            .frame(bar)
            .show(ui, |ui| self.timeline.ui(ui, snapshot, commands));
        let can_undo = self.moment.turns.can_undo();
        let before = commands.len();
        let side = ground.inner_margin(Margin { left: 12, right: 2, top: 8, bottom: 4 });
        Panel::left("knobs")
            .exact_size(54.0 * GRID)
            .frame(side)
            .show(ui, |ui| self.knobs.ui(ui, &self.settings, snapshot, can_undo, commands));
        // At once, so that this frame's plots have the mark.
        for command in commands.extract_if(before.., |command| matches!(command, UiCommand::SetKnob(..))) {
            self.apply(ui.ctx(), command);
            ui.ctx().request_repaint();
        }
        let plots_height = (0.36 * ui.available_height()).clamp(196.0, 380.0);
        let area = ground.inner_margin(Margin { left: 16, right: 12, top: 8, bottom: 8 });
        Panel::bottom("plots").exact_size(plots_height).frame(area).show(ui, |ui| {
            let room = ui.available_rect_before_wrap();
            if self.microscope.is_large() {
                return self.losses.ui(ui, snapshot, &self.settings.live, commands);
            }
            ui.advance_cursor_after_rect(room);
            let split = (room.left() + 0.54 * room.width()).round();
            let [left, right] = [room.with_max_x(split - 3.0 * GRID), room.with_min_x(split + 2.0 * GRID)];
            ui.scope_builder(egui::UiBuilder::new().id_salt("losses").max_rect(left), |ui| {
                self.losses.ui(ui, snapshot, &self.settings.live, commands)
            });
            ui.scope_builder(egui::UiBuilder::new().id_salt("parameters").max_rect(right), |ui| {
                self.microscope.ui(ui, snapshot, commands)
            });
        });
        CentralPanel::default().frame(area).show(ui, |ui| {
            if let Some(divergence) =
                snapshot.and_then(|snapshot| snapshot.divergence.as_ref()).filter(|_| status.phase == Phase::Diverged)
            {
                banner::ui(ui, divergence, &self.settings.run, commands);
            } else if let Some(snapshot) = snapshot {
                banner::astray(ui, snapshot, &mut self.hushed, commands);
            }
            let covered = self.compare.is_open() || self.help.is_open() || self.images.is_open();
            self.microscope.take_escape(ui, covered);
            if self.microscope.is_large() {
                self.microscope.ui(ui, snapshot, commands);
            } else {
                self.samples.ui(ui, snapshot, status.image_set, commands);
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
            self.notices.add(Kind::Error, "The trainer has stopped; close the window and start again");
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

    // Asked for after every frame that was shown, and nowhere else can a frame's end be seen; nothing is saved.
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
