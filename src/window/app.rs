//! The window's state, and one frame of it.

mod apply;
mod begin;
mod keeping;
mod kept;
mod lessons;
mod look;
mod panels;
mod past;
mod scene;
mod sharing;
mod taking;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use egui::{Context, Ui};

use self::begin::{From, Waiting};
use self::keeping::Keeping;
use self::past::Moment;
use self::taking::Taking;
use super::beside;
use super::commands::{self, Commands};
use super::compare::Compare;
use super::darkroom::camera::Camera;
use super::dropped;
use super::help::Help;
use super::images_dialog::ImagesDialog;
use super::keyboard;
use super::knobs::Knobs;
use super::lesson::{Classroom, Desk};
use super::losses::Losses;
use super::notices::{Kind, Notices};
use super::pacing::Pacing;
use super::recent::Recent;
use super::stage::{Page, Stage};
use super::theme;
use super::timeline::Timeline;
use super::top_bar::TopBar;
use super::watching::{Observer, Watching};
use super::works;
use crate::images::ImageSet;
use crate::keep::keeper::Keeper;
use crate::settings::{Algorithm, ImageKey, ImageSource, ProceduralSettings, Settings, TaskFamily};
use crate::text::{Language, say};
use crate::train::link::{Command, Event, Pace, WindowEnd};
use crate::train::snapshot::{KnobMark, Phase, Snapshot};
use crate::train::views::Focus;

/// How often dividers, theme and the like are kept before the end, of which a page does not hear, nor does a window
/// whose system breaks down.
const KEPT_EVERY: Duration = Duration::from_secs(10);

/// How many times larger everything is in a hall.
const PRESENT_ZOOM: f32 = 2.0;

/// The whole window. It owns the settings; the trainer owns everything else.
pub struct App {
    link: WindowEnd,
    settings: Settings,
    /// The last images, with the [`RunSettings::image_key`] that they were read for.
    image_set: Option<(ImageKey, Arc<ImageSet>)>,
    waiting: Option<Waiting>,
    /// The images of the present run, and those of runs before it that can be brought back.
    images_in_use: Vec<(ImageKey, Arc<ImageSet>)>,
    /// The user's own images that a run waits for, and what it begins with.
    waits_for_files: Option<(PathBuf, From)>,
    /// Whether settings are to be taken over from the run that was asked for last, when it comes.
    awaited: bool,
    /// Knobs that the run is still to turn by itself.
    coming: Vec<KnobMark>,
    /// The algorithm of the run beside this one, and whether that begins with this one's rates.
    beside: Option<(Algorithm, bool)>,
    beside_menu: beside::Menu,
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
    /// The run, and its best state, of which it was said that it has left it.
    hushed: Option<(u64, u64)>,
    /// What the trainer was told last of what is looked at closely.
    focus: Focus,
    images: ImagesDialog,
    /// Own images that were used.
    recent: Recent,
    /// Runs that were opened and saved.
    recent_runs: Recent,
    compare: Compare,
    keeping: Keeping,
    taking: Taking,
    help: Help,
    classroom: Option<Classroom>,
    /// A lesson that is being made.
    desk: Option<Desk>,
    notices: Notices,
    pacing: Pacing,
    watching: RefCell<Watching>,
    language: Language,
    /// Where the page is that it is on, if it is on one.
    address: Option<String>,
    /// Whether it is shown to a hall: everything larger, one place alone.
    present: bool,
    /// Whether somebody typed into a field in the frame before: Escape takes its focus away before anything is drawn.
    typing: bool,
    /// Whether the window is cleared to the colour of its panels, which then need not be painted.
    cleared: bool,
}

impl App {
    /// The window on a trainer that already runs with these settings, and with these images if its tasks are of any.
    pub fn new(ctx: &Context, link: WindowEnd, settings: Settings, image_set: Option<Arc<ImageSet>>) -> Self {
        theme::install(ctx);
        keyboard::install(ctx);
        ctx.add_plugin(Camera::default());
        let run = settings.run.clone();
        Self {
            link,
            image_set: image_set.clone().map(|set| (settings.run.image_key(), set)),
            settings,
            waiting: None,
            images_in_use: image_set.map(|set| (run.image_key(), set)).into_iter().collect(),
            waits_for_files: None,
            awaited: false,
            coming: Vec::new(),
            beside: None,
            beside_menu: beside::Menu::default(),
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
            hushed: None,
            focus: Focus::default(),
            images: ImagesDialog::default(),
            recent: Recent::default(),
            recent_runs: Recent::default(),
            compare: Compare::default(),
            keeping: Keeping::default(),
            taking: Taking::default(),
            help: Help::default(),
            classroom: None,
            desk: None,
            notices: Notices::default(),
            pacing: Pacing::of(ctx),
            watching: RefCell::new(Watching::from_env()),
            language: Language::default(),
            address: None,
            present: false,
            typing: false,
            cleared: false,
        }
    }

    /// The same window on a page, which a line of text leads to.
    pub fn at(self, address: Option<String>) -> Self {
        Self { address, ..self }
    }

    /// The same window, watched by one more.
    pub fn watched_by(self, observer: impl Observer + 'static) -> Self {
        self.watching.borrow_mut().add(observer);
        self
    }

    /// The same window in a language.
    pub fn in_language(self, language: Language) -> Self {
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
        self.receive(&ctx);
        self.take_kept(&ctx);
        self.compare.receive(&ctx, self.stage.page(&[]) == Page::Compare, &mut self.notices);
        let mut commands = Commands::new();
        let canvas = self.stage.has_canvas();
        commands::take_shortcuts(&ctx, canvas, self.help.is_open(), &mut commands);
        keyboard::take_zoom(&ctx, if self.present { PRESENT_ZOOM } else { 1.0 });
        commands.append(&mut self.watching.get_mut().commands());
        self.follow_lesson(&mut commands);
        self.panels(ui, &mut commands);
        self.say_what_is_looked_at();
        dropped::ui(&ctx, &mut commands);
        let key = self.settings.run.image_key();
        let images = self.image_set.as_ref().filter(|(known, _)| *known == key).map(|(_, set)| set);
        self.images.ui(ui, &self.settings.run, images, &self.recent, &mut commands);
        if self.images.take_in_vain() {
            self.keep_old_run();
        }
        self.help.ui(&ctx, &self.settings, &mut commands);
        self.desk_ui(&ctx, &mut commands);
        self.watching.get_mut().ui(&ctx);
        let above = works::ui(&ctx, &self.keeping.keeper().map(Keeper::works).unwrap_or_default());
        self.notices.ui(&ctx, above);
        if !commands.is_empty() {
            ctx.request_repaint();
        }
        for command in commands {
            self.apply(&ctx, command);
        }
        if !ctx.input(|input| input.pointer.any_down()) {
            self.moment.turns.let_go();
        }
        self.typing = ctx.text_edit_focused();
    }

    fn phase(&self) -> Phase {
        self.intent.or_else(|| self.snapshot.as_ref().map(|snapshot| snapshot.phase)).unwrap_or(Phase::Running)
    }

    /// Takes what the trainer sent since the last frame.
    fn receive(&mut self, ctx: &Context) {
        if let Some(snapshot) = self.link.take_snapshot() {
            self.watching.get_mut().snapshot_came(&snapshot, self.snapshot.as_deref());
            if self.intent == Some(snapshot.phase) || snapshot.phase == Phase::Diverged {
                self.intent = None;
            }
            self.returns(&snapshot);
            self.moment_changes(&snapshot);
            self.follow_coming(&snapshot);
            // The run before may have a lesson's settings, too.
            let begun = self.waiting.is_none() && self.waits_for_files.is_none() && self.link.is_answered_by(&snapshot);
            if let Some(classroom) = self.classroom.as_mut().filter(|_| begun) {
                classroom.see(ctx, &snapshot);
            }
            self.snapshot = Some(snapshot);
        }
        if let Some((classroom, snapshot)) = self.classroom.as_mut().zip(self.snapshot.as_ref()) {
            classroom.look_again(ctx, snapshot);
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
        if self.waiting.is_none() && !self.images.is_awaited() {
            let shown = self.snapshot.as_ref().and_then(|snapshot| snapshot.timeline.shown);
            self.link.set_live(self.settings.live.clone(), shown);
        }
    }
}

impl eframe::App for App {
    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        self.cleared = true;
        let own = frame.info().cpu_usage;
        self.watching.get_mut().frame_begins(own);
        self.pacing.begin(ui.ctx());
        self.show(ui);
    }

    // Without a graphics card, painting the panels over it would take half of a frame's time.
    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    // Dividers, folds, zoom and theme egui keeps by itself.
    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        self.keep(storage);
    }

    // Asked for after every frame that was shown, and nowhere else can a frame's end be seen.
    fn auto_save_interval(&self) -> Duration {
        if let Some(whole) = self.pacing.end() {
            self.watching.borrow_mut().frame_shown(whole, self.snapshot.as_deref());
        }
        KEPT_EVERY
    }

    fn raw_input_hook(&mut self, ctx: &Context, raw: &mut egui::RawInput) {
        self.watching.get_mut().input(ctx, raw);
    }
}
