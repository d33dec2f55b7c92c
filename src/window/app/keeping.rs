//! Runs as files and as text: saved, opened, offered again.

use std::io::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Align2, Area, Context, Event, Id, Order, Rect};

use super::App;
use super::begin::From;
use super::taking::{Taken, with_ending};
use crate::aside::Coming;
use crate::files::{self, FileError};
use crate::keep::keeper::{Keeper, News};
use crate::keep::kinds::{self, KINDS, Kind};
use crate::keep::png;
use crate::keep::run_file::{ENDING, RunFile, RunFileError};
use crate::keep::sessions::{Earlier, Session};
use crate::keep::share::PREFIX;
use crate::lessons::progress::Progress;
use crate::settings::Algorithm;
use crate::text::{Words, say, tell};
use crate::train::link::Command;
use crate::train::snapshot::KnobMark;
use crate::window::commands::Commands;
use crate::window::notices;
use crate::window::numbers;
use crate::window::offer::{Offer, Offered};
use crate::window::picker::{Picked, Picker, Wanted};
use crate::window::watching::Observer as _;

/// What the window has to do with files of runs.
#[derive(Default)]
pub(super) struct Keeping {
    keeper: Option<Keeper>,
    /// The folder of this window's own run.
    session: Option<Session>,
    /// Runs of windows that were closed.
    pub earlier: Vec<Earlier>,
    offer: Option<Offer>,
    /// A file that is being read, and what for.
    reading: Option<Reading>,
    /// Where the run was saved last.
    place: Option<PathBuf>,
    picker: Option<(Picker, Asked)>,
    /// Whether somebody was told that nothing can be kept.
    told: bool,
}

/// What a path is asked for.
pub(super) enum Asked {
    /// A run to be opened.
    Run,
    /// A run whose φ another one is to start from.
    Phi,
    /// Where the run is to be written, as which kind of file.
    Place(&'static Kind),
    /// Where a view is to be written.
    View(Taken),
    /// Where a table is to be written.
    Table(Vec<u8>),
    /// A lesson to begin.
    Lesson,
    /// Where the lesson that is being made is to be written.
    Draft,
    /// Where the result of a lesson is to be written.
    Result,
}

impl Asked {
    /// Whether what is to be written is there.
    fn is_ready(&mut self) -> bool {
        if let Self::View(taken) = self { taken.is_there() } else { true }
    }
}

struct Reading {
    path: PathBuf,
    result: Coming<Result<RunFile, RunFileError>>,
    wanted: For,
}

/// What a run is read for.
enum For {
    /// To go on with it.
    GoingOn,
    /// To offer that.
    Offering(Offered),
    /// To start from its φ.
    Phi,
}

impl Reading {
    fn start(ctx: &Context, path: PathBuf, wanted: For) -> Self {
        let (ctx, own) = (ctx.clone(), path.clone());
        let result = Coming::begin("run-file", move || RunFile::read(&own), move || ctx.request_repaint());
        Self { path, result, wanted }
    }

    /// What was read, once.
    fn poll(&self) -> Option<Result<RunFile, RunFileError>> {
        let failed = |lost| Err(RunFileError::Read(FileError::read(&self.path, Error::from(lost))));
        Some(self.result.poll()?.unwrap_or_else(failed))
    }
}

impl Keeping {
    /// Another run is in the window: it must not be written over the file of the last one.
    pub fn is_another_run(&mut self) {
        self.place = None;
    }

    /// It is the run of this file, and is saved there again, but for that of an earlier window.
    pub fn is_of(&mut self, path: PathBuf) {
        self.place = Some(path).filter(|path| self.earlier.iter().all(|earlier| earlier.run() != *path));
    }

    /// Where this window's own run is kept.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// What writes, where there is something.
    pub fn keeper(&self) -> Option<&Keeper> {
        self.keeper.as_ref()
    }

    /// Waits for the answer to what is asked; what was asked before is not wanted any more.
    pub fn ask(&mut self, picker: Picker, asked: Asked) {
        self.picker = Some((picker, asked));
    }
}

impl App {
    /// The same window, whose runs are kept; it offers the newest of those of earlier windows.
    pub fn with_keeper(
        mut self,
        ctx: &Context,
        keeper: Keeper,
        session: Option<(Session, Vec<Earlier>)>,
        unkept: Option<&Error>,
    ) -> Self {
        if let Some(error) = unkept {
            let text = tell(
                || format!("This run will not outlast the window unless it is saved: {error}"),
                || format!("除非保存，这次运行不会在关闭窗口之后保留：{error}"),
            );
            self.notices.add(notices::Kind::Error, text);
        }
        let (session, earlier) = session.unzip();
        let earlier = earlier.unwrap_or_default();
        let reading = earlier
            .first()
            .map(|first| Reading::start(ctx, first.run(), For::Offering(Offered::Earlier(first.clone()))));
        self.keeping = Keeping { keeper: Some(keeper), session, earlier, reading, ..Keeping::default() };
        self
    }

    /// The same window, whose first run turns these knobs by itself.
    pub fn with_coming(mut self, coming: Vec<KnobMark>) -> Self {
        self.schedule(coming);
        self
    }

    /// The same window, which opens a run at once, or begins the one that a picture shows.
    pub fn with_run(mut self, ctx: &Context, path: Option<PathBuf>) -> Self {
        match path.map(|path| (png::text_in(&path), path)) {
            Some((Some(text), _)) => self.open_text(ctx, &text),
            Some((None, path)) => self.open_run(ctx, path),
            None => {}
        }
        self
    }

    /// The same window, whose first run has one by this algorithm beside it, and which shows the view of this id.
    pub fn showing(mut self, beside: Option<Algorithm>, view: Option<&str>) -> Self {
        self.beside = beside.map(|beside| (beside, false));
        self.show_view(view);
        self
    }

    pub(super) fn open_run(&mut self, ctx: &Context, path: PathBuf) {
        self.watching.get_mut().obeyed(format_args!("open={}", path.display()));
        self.keeping.offer = None;
        self.keeping.reading = Some(Reading::start(ctx, path, For::GoingOn));
    }

    pub(super) fn offer_run(&mut self, ctx: &Context, path: PathBuf) {
        self.keeping.reading = Some(Reading::start(ctx, path.clone(), For::Offering(Offered::Ready(path))));
    }

    pub(super) fn save(&mut self, ctx: &Context, elsewhere: bool) {
        match self.keeping.place.clone().filter(|_| !elsewhere) {
            Some(path) => self.send(Command::Keep(path)),
            None => self.take_out(ctx, &KINDS[0]),
        }
    }

    /// Asks where the run is to be written as such a file.
    pub(super) fn take_out(&mut self, ctx: &Context, kind: &'static Kind) {
        let others = KINDS.iter().filter(|other| other.ending != kind.ending);
        let kinds = std::iter::once(kind).chain(others).map(|kind| (kind.name.get(), kind.ending)).collect();
        let wanted = Wanted::Place { name: self.file_name(kind), kinds };
        self.keeping.ask(Picker::open(ctx, wanted), Asked::Place(kind));
    }

    fn file_name(&self, kind: &Kind) -> String {
        let run = &self.settings.run;
        format!("{}-{}{}.{}", run.tasks.id(), run.algorithm.id(), kind.suffix, kind.ending)
    }

    /// Has the run written to this path.
    fn save_to(&mut self, path: &Path, kind: &'static Kind) {
        let path = with_ending(path, kind.ending);
        let named = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(kind.ending));
        let kind = if named { kind } else { kinds::of(&path) };
        if kind.ending == ENDING {
            self.keeping.place = Some(path.clone());
        }
        if let Some(keeper) = &self.keeping.keeper {
            keeper.expect(path.clone(), kind);
        }
        self.send(Command::Keep(path));
    }

    /// Takes what came of reading, writing and asking.
    pub(super) fn take_kept(&mut self, ctx: &Context) {
        let pasted = ctx.input(|input| {
            let text = |event: &Event| if let Event::Paste(text) = event { Some(text.trim().to_owned()) } else { None };
            input.events.iter().find_map(text).filter(|text| text.starts_with(PREFIX))
        });
        if let Some(text) = pasted.filter(|_| !ctx.text_edit_focused()) {
            self.open_text(ctx, &text);
        }
        if let Some((picker, asked)) = &mut self.keeping.picker
            && asked.is_ready()
            && let Some(picked) = picker.poll()
            && let Some((_, asked)) = self.keeping.picker.take()
        {
            self.take_picked(ctx, picked, asked);
        }
        if let Some(result) = self.keeping.reading.as_ref().and_then(Reading::poll)
            && let Some(reading) = self.keeping.reading.take()
        {
            self.read(ctx, reading, result);
        }
        if let Some(keeper) = &self.keeping.keeper {
            keeper.speak(self.language);
        }
        while let Some(news) = self.keeping.keeper.as_ref().and_then(Keeper::news) {
            self.written(news);
        }
    }

    fn take_picked(&mut self, ctx: &Context, picked: Picked, asked: Asked) {
        let path = match picked {
            Picked::Path(path) => path,
            Picked::Nothing => return,
            // Without a dialog it is written in the present folder, which is said.
            Picked::NoDialog { name: Some(name) } => free(Path::new(&name)),
            Picked::NoDialog { name: None } => {
                let text = say(
                    "No file dialog came up: drop the file onto the window",
                    "没有出现文件对话框：请把文件拖到窗口上",
                );
                return self.notices.add(notices::Kind::Error, text);
            }
        };
        match asked {
            Asked::Run => self.open_run(ctx, path),
            Asked::Phi => self.keeping.reading = Some(Reading::start(ctx, path, For::Phi)),
            Asked::Place(kind) => self.save_to(&path, kind),
            Asked::View(taken) => self.write_view(&path, taken),
            Asked::Table(table) => self.write_table(&path, table),
            Asked::Draft => self.write_draft(ctx, &path),
            Asked::Lesson => self.open_lesson(ctx, &path),
            Asked::Result => self.write_result(&path),
        }
    }

    fn read(&mut self, ctx: &Context, reading: Reading, result: Result<RunFile, RunFileError>) {
        match (result, reading.wanted) {
            (Ok(file), For::Offering(offered)) => self.keeping.offer = Some(Offer::new(offered, &file)),
            (Ok(file), For::GoingOn) => self.begin_file(ctx, file, reading.path),
            (Ok(file), For::Phi) => {
                self.recent_runs.used(&reading.path);
                self.begin(ctx, From::Phi(Arc::new(file)));
            }
            (Err(error), _) => self.cannot_open(&reading.path, &error),
        }
    }

    /// Says why a file cannot be opened. The run of an earlier window is set aside: it is not offered again.
    pub(super) fn cannot_open(&mut self, path: &Path, error: &RunFileError) {
        self.notices.add(notices::Kind::Error, Words::told(|| error.to_string()));
        if let Some(index) = self.keeping.earlier.iter().position(|earlier| earlier.run() == path) {
            let aside = self.keeping.earlier.remove(index).set_aside();
            let aside = aside.display();
            let text = tell(
                || format!("The last window's run cannot be opened; it was set aside as {aside}"),
                || format!("上次窗口的运行无法打开，已移到 {aside}"),
            );
            self.notices.add(notices::Kind::Error, text);
        }
    }

    fn begin_file(&mut self, ctx: &Context, file: RunFile, path: PathBuf) {
        if self.keeping.earlier.iter().all(|earlier| earlier.run() != path) {
            self.recent_runs.used(&path);
        }
        let earlier = self.keeping.earlier.iter().find(|earlier| earlier.run() == path);
        let run = &file.experiment.settings.run;
        let lesson = earlier.and_then(|earlier| Progress::kept_at(&earlier.lesson(), run));
        self.settings = file.experiment.settings.clone();
        self.beside = None;
        match lesson {
            Some(lesson) => self.go_on_with_lesson(ctx, lesson, file, path),
            None => self.begin(ctx, From::File(Arc::new(file), path)),
        }
    }

    fn written(&mut self, News { path, in_passing, meta_iteration, written }: News) {
        let place = path;
        let (path, at) = (place.display(), meta_iteration.map(numbers::thousands));
        match written {
            Ok(()) if in_passing => {}
            Ok(()) => {
                self.watching.get_mut().obeyed(format_args!("saved={path}"));
                if kinds::of(&place).ending == ENDING {
                    self.recent_runs.used(&place);
                }
                let text = match at {
                    Some(at) => tell(
                        || format!("Written at meta-iteration {at}: {path}"),
                        || format!("已写入（在第 {at} 次元迭代）：{path}"),
                    ),
                    None => tell(|| format!("Written: {path}"), || format!("已写入：{path}")),
                };
                self.notices.add(notices::Kind::Done, text);
            }
            // Said once: the run goes on, and every half a minute it is tried again.
            Err(_) if in_passing && std::mem::replace(&mut self.keeping.told, true) => {}
            Err(error) => self.notices.add(notices::Kind::Error, Words::told(|| error.to_string())),
        }
    }

    /// Offers the run of the window that was closed last, over the lower end of the large view, where it hides least.
    pub(super) fn offer(&mut self, ctx: &Context, room: Rect, commands: &mut Commands) {
        let Some(offer) = &mut self.keeping.offer else { return };
        let mut stays = true;
        let area = Area::new(Id::unique("offer")).order(Order::Middle);
        area.pivot(Align2::LEFT_BOTTOM).fixed_pos(room.left_bottom()).show(ctx, |ui| {
            ui.set_width(room.width());
            stays = offer.ui(ui, commands);
        });
        if !stays {
            self.keeping.offer = None;
        }
    }
}

/// The path from the root on, with a number behind its name where something is there already: nobody was asked whether
/// that may be replaced.
fn free(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let [stem, ending] = [path.file_stem(), path.extension()].map(|part| part.unwrap_or_default().to_string_lossy());
    let numbered = (2..).map(|number| path.with_file_name(format!("{stem}-{number}.{ending}")));
    std::iter::once(path.clone()).chain(numbered).find(|path| !files::exists(path)).unwrap_or(path.clone())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_written_over_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("view.png");
        assert_eq!(free(&path), path);
        std::fs::write(&path, "").unwrap();
        std::fs::write(folder.path().join("view-2.png"), "").unwrap();
        assert_eq!(free(&path), folder.path().join("view-3.png"));
    }
}
