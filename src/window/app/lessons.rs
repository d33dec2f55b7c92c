//! Lessons: begun, answered, written down.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Context;

use super::App;
use super::begin::From;
use super::keeping::Asked;
use crate::files;
use crate::keep::run_file::RunFile;
use crate::lessons::draft::Draft;
use crate::lessons::lesson::Lesson;
use crate::lessons::progress::Progress;
use crate::lessons::result::ENDING;
use crate::settings::ProceduralSettings;
use crate::text::{Words, say};
use crate::train::link::{Command, Pace};
use crate::train::snapshot::Phase;
use crate::window::commands::{Ask, Commands};
use crate::window::lesson::{Classroom, Desk};
use crate::window::notices::Kind;
use crate::window::picker::{Picker, Wanted};
use crate::window::watching::Observer as _;

impl App {
    /// The same window, which begins a lesson at once.
    pub fn with_lesson(mut self, ctx: &Context, lesson: Option<Arc<Lesson>>) -> Self {
        lesson.into_iter().for_each(|lesson| self.begin_lesson(ctx, lesson));
        self
    }

    /// Takes up a lesson where it is, with the view that it shows.
    pub fn take_up_lesson(&mut self, ctx: &Context, progress: Progress) {
        let view = progress.lesson().window.view.clone();
        self.show_view(view.as_deref());
        self.classroom = Some(Classroom::at(ctx, progress));
    }

    /// The lesson under way, if there is one.
    pub fn classroom(&self) -> Option<&Classroom> {
        self.classroom.as_ref()
    }

    pub(super) fn lesson(&mut self, ctx: &Context, ask: Ask) {
        match &ask {
            Ask::Begin(lesson) => self.watching.get_mut().obeyed(format_args!("lesson={}", lesson.id)),
            ask => self.watching.get_mut().obeyed(format_args!("lesson {ask:?}")),
        }
        match ask {
            Ask::List => self.help.show_lessons(),
            Ask::Begin(lesson) => self.begin_lesson(ctx, lesson),
            Ask::Restart => {
                let lesson = self.classroom.as_ref().map(|classroom| Arc::clone(classroom.progress().lesson()));
                lesson.into_iter().for_each(|lesson| self.begin_lesson(ctx, lesson));
            }
            Ask::End => self.classroom = None,
            Ask::GoOn if self.phase() == Phase::Paused => self.ask(Command::Play, Phase::Running),
            Ask::GoOn => {}
            Ask::Answer(choice) => self.answer(ctx, choice),
            Ask::Save => self.ask_for_result(ctx),
            Ask::Draft => {
                self.help.close();
                match &mut self.desk {
                    Some(desk) => desk.open(),
                    None => self.begin_draft(),
                }
            }
            Ask::NewDraft => self.begin_draft(),
            Ask::SaveDraft => self.ask_for_draft(ctx),
        }
    }

    /// Opens the desk with what is on the screen.
    fn begin_draft(&mut self) {
        let beside = self.beside.map(|(algorithm, _)| algorithm.id().to_owned());
        // What was done to the run since may become the solution.
        let start = self.snapshot.as_ref().and_then(|snapshot| snapshot.timeline.start.clone());
        let start = start.filter(|start| start.run == self.settings.run);
        let settings = start.as_deref().unwrap_or(&self.settings);
        let draft = Draft::of(settings, beside, self.stage.view_id(self.settings.run.tasks));
        self.desk = Some(Desk::new(draft));
    }

    pub(super) fn begin_lesson(&mut self, ctx: &Context, lesson: Arc<Lesson>) {
        self.help.close();
        self.settings = lesson.settings().clone();
        self.beside = lesson.beside().map(|algorithm| (algorithm, false));
        self.pace_lesson(&lesson);
        self.begin(ctx, From::Lesson);
        match &lesson.window.view {
            Some(view) => self.show_view(Some(view)),
            None => self.stage.show_first(),
        }
        self.classroom = Some(Classroom::new(ctx, lesson));
    }

    fn pace_lesson(&mut self, lesson: &Lesson) {
        // Slow enough that what is looked at closely keeps up.
        let pace = if lesson.window.slow { Pace::Slow } else { Pace::PerSecond(100) };
        if pace != self.pace {
            self.set_pace(pace);
        }
    }

    /// Takes up the lesson of a window that was closed, with its run. A run that had one beside it begins again, since
    /// that other one was not kept, with the knobs as they stood.
    pub(super) fn go_on_with_lesson(&mut self, ctx: &Context, progress: Progress, file: RunFile, path: PathBuf) {
        let lesson = Arc::clone(progress.lesson());
        self.pace_lesson(&lesson);
        self.beside = lesson.beside().map(|algorithm| (algorithm, false));
        match self.beside {
            Some(_) => {
                let live = &mut self.settings.live;
                // What a prediction that is asked for again has turned is turned again with it.
                let before = progress.waits_since().unwrap_or(u64::MAX);
                let changes = file.experiment.changes.iter().filter(|change| change.at < before);
                changes.for_each(|change| change.knob.set(live, change.value));
                self.begin(ctx, From::Lesson);
            }
            None => self.begin(ctx, From::File(Arc::new(file), path)),
        }
        self.take_up_lesson(ctx, progress);
    }

    /// Keeps the lesson under way beside this window's own run; what cannot be written is lost with the window.
    pub(super) fn keep_lesson(&self) {
        let Some(session) = self.keeping.session() else { return };
        match &self.classroom {
            Some(classroom) => classroom.progress().keep_at(&session.lesson()),
            None => session.lesson().into_iter().for_each(|file| drop(files::remove_file(file))),
        }
    }

    /// Takes an answer, and changes what changes with it.
    fn answer(&mut self, ctx: &Context, choice: usize) {
        let Some((classroom, snapshot)) = self.classroom.as_mut().zip(self.snapshot.clone()) else { return };
        let turns = classroom.progress_mut().answer(choice, &snapshot);
        let images = turns.iter().find_map(|turn| turn.images.clone());
        for (knob, value) in turns.iter().filter_map(|turn| turn.knob.zip(turn.value)) {
            match images {
                // The run on other images begins with it.
                Some(_) => knob.set(&mut self.settings.live, value),
                None => self.turn(|live| knob.set(live, value)),
            }
            self.moment.turns.let_go();
        }
        if let Some(source) = images {
            self.settings.run.procedural = ProceduralSettings::of(&source);
            self.settings.run.images = source;
            self.begin(ctx, From::Itself);
        }
    }

    /// Whatever a lesson does by itself in a frame.
    pub(super) fn follow_lesson(&mut self, commands: &mut Commands) {
        let phase = self.phase();
        let Some((classroom, snapshot)) = self.classroom.as_mut().zip(self.snapshot.as_ref()) else { return };
        if classroom.holds() && phase == Phase::Running && self.waiting.is_none() {
            return self.ask(Command::Pause, Phase::Paused);
        }
        if let Some(at) = classroom.progress().awaited(snapshot).filter(|_| phase == Phase::Paused) {
            // Exactly there the outcome is measured.
            return self.ask(Command::PlayUntil(at), Phase::Running);
        }
        if classroom.progress().is_to_go_on() && phase == Phase::Paused {
            return self.ask(Command::Play, Phase::Running);
        }
        if classroom.takes_done() {
            self.keep_lesson();
            if phase == Phase::Running {
                return self.ask(Command::Pause, Phase::Paused);
            }
        }
        let Some((classroom, snapshot)) = self.classroom.as_mut().zip(self.snapshot.as_ref()) else { return };
        classroom.play(snapshot, phase, commands);
    }

    pub(super) fn desk_ui(&mut self, ctx: &Context, commands: &mut Commands) {
        let snapshot = self.snapshot.as_deref();
        self.desk.iter_mut().for_each(|desk| desk.ui(ctx, snapshot, commands));
    }

    fn ask_for_draft(&mut self, ctx: &Context) {
        let Some(desk) = &mut self.desk else { return };
        if desk.lesson().is_some() {
            let kinds = vec![(say("Lesson", "课程"), "toml")];
            let wanted = Wanted::Place { name: format!("{}.toml", desk.id()), kinds };
            self.keeping.ask(Picker::open(ctx, wanted), Asked::Draft);
        }
    }

    /// Writes the lesson that is being made, and has it checked.
    pub(super) fn write_draft(&mut self, ctx: &Context, path: &Path) {
        let Some((_, text)) = self.desk.as_mut().and_then(Desk::lesson) else { return };
        self.write_other(super::taking::with_ending(path, "toml"), None, move |_| Ok(text.into_bytes()));
        self.desk.iter_mut().for_each(|desk| desk.check(ctx));
    }

    fn ask_for_result(&mut self, ctx: &Context) {
        let Some(classroom) = &self.classroom else { return };
        let name = format!("{}.{ENDING}", classroom.progress().lesson().id);
        let wanted = Wanted::Place { name, kinds: vec![(say("Result of a lesson", "课程结果"), "toml")] };
        self.keeping.ask(Picker::open(ctx, wanted), Asked::Result);
    }

    pub(super) fn write_result(&mut self, path: &Path) {
        let Some(classroom) = &mut self.classroom else { return };
        match classroom.result().to_text() {
            Ok(text) => {
                classroom.is_saved();
                self.write_other(super::taking::with_ending(path, "toml"), None, move |_| Ok(text.into_bytes()));
            }
            Err(error) => self.notices.add(Kind::Error, Words::told(|| error.to_string())),
        }
    }

    /// Begins the lesson of a file, or says why it is none.
    pub(super) fn open_lesson(&mut self, ctx: &Context, path: &Path) {
        match crate::lessons::file::read(path) {
            Ok(lesson) => self.begin_lesson(ctx, Arc::new(lesson)),
            Err(error) => self.notices.add(Kind::Error, Words::told(|| error.to_string())),
        }
    }
}
