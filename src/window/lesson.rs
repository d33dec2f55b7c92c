//! The lesson under way in the window: its card, which knobs it shows, its solution when that is played.

mod answers;
mod card;
mod desk;
pub mod dots;
mod last_page;
mod replay;

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Context, Rect, ScrollArea, Shape, Stroke, Ui, vec2};

pub use self::desk::Desk;
use self::replay::Replay;
use super::commands::{Ask, Commands};
use super::theme::{GRID, Palette};
use crate::lessons::lesson::{Kind, Lesson};
use crate::lessons::progress::{Progress, Stage};
use crate::lessons::result::LessonResult;
use crate::lessons::said::Said;
use crate::settings::Knob;
use crate::text::Language;
use crate::train::snapshot::{Phase, Snapshot};
use crate::train::views::Focus;

/// Height of a knob, of what is above and below the knobs, and of a card that can still be read.
const KNOB: f32 = 12.0 * GRID;
const ABOVE: f32 = 10.0 * GRID;
const BELOW: f32 = 40.0 * GRID;
const LEAST: f32 = 50.0 * GRID;

/// What is below a card stays where it is until that is higher than this.
const FIRM: f32 = 100.0 * GRID;

/// A card has this share of the room at least.
const SHARE: f32 = 0.6;

/// Texts that come take a few frames to find their places.
const REVEALS: u8 = 4;

/// A lesson in the window.
pub struct Classroom {
    progress: Progress,
    /// When it began, on the window's clock.
    began: f64,
    folded: bool,
    /// Whether every control is shown.
    pub all_shown: bool,
    /// The step that is looked at, if it is an earlier one.
    viewed: Option<usize>,
    chosen: Option<usize>,
    written: String,
    name: String,
    replay: Option<Replay>,
    /// Whether the result was written.
    saved: bool,
    /// Frames for which the end of the card is still brought into sight.
    reveals: u8,
    /// The step that was to be done when it was looked at last, and whether it was.
    was: (usize, bool),
    /// Whether a knob was being dragged when the run was looked at last.
    looks_away: bool,
    /// Of the goal that is due, by step and place: how it stood when that was known last.
    stood: Option<((usize, usize), String)>,
    /// Texts with the numbers of the moment at which they were first said: a text that is read stands still.
    told: HashMap<(usize, usize, Language), String>,
}

impl Classroom {
    /// At the beginning of a lesson.
    pub fn new(ctx: &Context, lesson: Arc<Lesson>) -> Self {
        Self::at(ctx, Progress::new(lesson))
    }

    /// Where a lesson is.
    pub fn at(ctx: &Context, progress: Progress) -> Self {
        let written = progress.outcomes().get(progress.now()).map(|outcome| outcome.written.clone());
        Self {
            began: ctx.input(|input| input.time) - progress.secs(),
            progress,
            folded: false,
            all_shown: false,
            viewed: None,
            chosen: None,
            written: written.unwrap_or_default(),
            name: String::new(),
            replay: None,
            saved: false,
            told: HashMap::new(),
            was: (0, false),
            looks_away: false,
            stood: None,
            reveals: 0,
        }
    }

    /// Where it is.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The same, to be answered.
    pub fn progress_mut(&mut self) -> &mut Progress {
        &mut self.progress
    }

    /// The knobs that are shown; `None` for everything.
    pub fn knobs(&self) -> Option<&[Knob]> {
        Some(self.progress.lesson().window.knobs.as_slice()).filter(|_| !self.all_shown)
    }

    /// Looks at the run, and sees what has come about.
    pub fn see(&mut self, ctx: &Context, snapshot: &Snapshot) {
        self.progress.tick(ctx.input(|input| input.time) - self.began);
        // What a knob passes while it is dragged is nobody's choice.
        self.looks_away = ctx.dragged_id().is_some() && ctx.input(|input| input.pointer.is_decidedly_dragging());
        if self.looks_away { self.progress.look_away() } else { self.progress.see(snapshot) }
    }

    /// Looks again, if it looked away and need not any more.
    pub fn look_again(&mut self, ctx: &Context, snapshot: &Snapshot) {
        if self.looks_away {
            self.see(ctx, snapshot);
        }
    }

    /// Whether the run is to stand still: a prediction comes before anything moves.
    pub fn holds(&self) -> bool {
        let predicts = self.progress.step().is_some_and(|step| step.kind == Kind::Predict);
        predicts && self.progress.stage(self.progress.now()) == Stage::Open && self.progress.is_own_run()
    }

    /// Whether the step was done a moment ago: the run stands still, so that what is said of it can be seen.
    pub fn takes_done(&mut self) -> bool {
        let done = (self.progress.now(), self.progress.stage(self.progress.now()) == Stage::Done);
        let before = std::mem::replace(&mut self.was, done);
        let now = done.1 && before == (done.0, false);
        if now {
            self.reveals = REVEALS;
        }
        now
    }

    /// What its step looks at.
    pub fn look(&self, focus: &mut Focus, snapshot: Option<&Snapshot>) {
        self.progress.looks(focus);
        self.replay.iter().for_each(|replay| replay.look(focus, snapshot));
    }

    /// Does what the solution does next, if it is played.
    pub fn play(&mut self, snapshot: &Snapshot, phase: Phase, commands: &mut Commands) {
        let done = self.progress.stage(self.progress.now()) != Stage::Open;
        if let Some(replay) = &mut self.replay
            && (!replay.act(snapshot, phase, commands) || done)
        {
            self.replay.take_if(|replay| !replay.holds_phi() || done);
        }
    }

    /// What came of it so far.
    pub fn result(&self) -> LessonResult {
        LessonResult::of(&self.progress, self.name.trim())
    }

    /// Its result was written.
    pub fn is_saved(&mut self) {
        self.saved = true;
    }

    /// Draws the card above the settings.
    pub fn ui(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        // A hint whose time comes must be drawn then.
        if self.progress.waits_for_hint() {
            ui.ctx().request_repaint_after(std::time::Duration::from_secs(1));
        }
        self.progress.tick(ui.input(|input| input.time) - self.began);
        self.head(ui, commands);
        if self.folded {
            return;
        }
        let height = self.height(ui.available_height());
        // Until the lesson's run has begun there is nothing to be read.
        let snapshot = snapshot.filter(|run| self.progress.is_seen(run));
        let card = ScrollArea::vertical().id_salt("lesson").max_height(height).auto_shrink([false, true]);
        let card = card.show(ui, |ui| {
            ui.set_width(ui.available_width() - 2.0 * GRID);
            let now = self.progress.now();
            let count = self.progress.lesson().steps.len();
            match self.viewed.unwrap_or(now) {
                shown if shown >= count => self.last_page(ui, commands),
                shown => self.step(ui, shown, snapshot, commands),
            }
        });
        ui.add_space((FIRM.min(height) - card.content_size.y).max(0.0));
        let hidden = card.content_size.y - card.state.clamped_offset().y - card.inner_rect.height();
        if hidden > 2.0 * GRID {
            more(ui, card.inner_rect);
        }
    }

    /// Height of the card in so much room. Where all has no room the formulas are left out, then knobs are scrolled to.
    fn height(&self, room: f32) -> f32 {
        let Some(knobs) = self.knobs() else { return (0.5 * room).max(LEAST.min(SHARE * room)) };
        let (count, knobs) = (knobs.len(), KNOB * knobs.len() as f32);
        match room - BELOW - knobs {
            height if height >= LEAST => height,
            _ if count == 0 => room - GRID,
            _ => (room - ABOVE - knobs).max(SHARE * room),
        }
    }

    /// A text of a step, the so-maniest, with the numbers that it had when it was first said in full.
    fn tell(&mut self, step: usize, place: usize, said: &Said, snapshot: Option<&Snapshot>) -> String {
        let key = (step, place, Language::spoken());
        if let Some(told) = self.told.get(&key) {
            return told.clone();
        }
        let (text, complete) = said.with_numbers(snapshot);
        if complete {
            self.told.insert(key, text.clone());
        }
        text
    }

    fn go(&mut self, to: usize) {
        let now = self.progress.now();
        self.viewed = Some(to).filter(|to| *to != now);
    }

    /// Goes to the next step, or to the next one that was looked at before.
    fn next(&mut self, commands: &mut Commands) {
        match self.viewed {
            Some(viewed) => self.go(viewed + 1),
            None if self.progress.go_on() => {
                (self.chosen, self.replay) = (None, None);
                self.written.clear();
                if self.progress.step().is_some_and(|step| step.kind == Kind::Do && !step.stands) {
                    commands.push(Ask::GoOn.into());
                }
            }
            None => {}
        }
    }
}

/// Marks at the lower edge of a card that it goes on below.
fn more(ui: &Ui, card: Rect) {
    let (tip, half) = (card.center_bottom() - vec2(0.0, 0.5 * GRID), 1.5 * GRID);
    let points = vec![tip, tip - vec2(half, half), tip + vec2(half, -half)];
    let palette = Palette::of(ui);
    let mark = Shape::convex_polygon(points, palette.accent, Stroke::new(2.0, palette.panel));
    ui.painter().add(mark);
}
