//! Runs as files and as text: saved, opened, offered again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use egui::{Area, Context, Event, Id, Order, Rect};

use super::App;
use super::begin::From;
use crate::keep::keeper::{Keeper, News};
use crate::keep::kinds::{self, KINDS, Kind};
use crate::keep::run_file::{ENDING, ImageFacts, RunFile, RunFileError};
use crate::keep::sessions::{Earlier, Session};
use crate::keep::share::{PREFIX, Share};
use crate::settings::ImageSource;
use crate::text::{Words, say, tell};
use crate::train::link::Command;
use crate::train::snapshot::KnobMark;
use crate::window::commands::Commands;
use crate::window::notices;
use crate::window::numbers;
use crate::window::offer::Offer;
use crate::window::picker::{Picked, Picker, Wanted};
use crate::window::watching::Observer as _;

/// What the window has to do with files of runs.
#[derive(Default)]
pub(super) struct Keeping {
    keeper: Option<Keeper>,
    /// The folder of this window's own run.
    _session: Option<Session>,
    /// Runs of windows that were closed.
    pub earlier: Vec<Earlier>,
    offer: Option<Offer>,
    /// A file that is being read, and whether it is only to be offered.
    reading: Option<Reading>,
    /// Where the run was saved last.
    place: Option<PathBuf>,
    picker: Option<(Picker, Option<&'static Kind>)>,
    /// Whether somebody was told that nothing can be kept.
    told: bool,
}

struct Reading {
    path: PathBuf,
    result: Receiver<Result<RunFile, RunFileError>>,
    offers: Option<Earlier>,
}

impl Reading {
    fn start(ctx: &Context, path: PathBuf, offers: Option<Earlier>) -> Self {
        let (sender, result) = channel();
        let (ctx, own) = (ctx.clone(), path.clone());
        let spawned = std::thread::Builder::new().name("run-file".to_owned()).spawn(move || {
            let _ = sender.send(RunFile::read(&own));
            ctx.request_repaint();
        });
        // Without a thread the channel is closed.
        drop(spawned);
        Self { path, result, offers }
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
}

impl App {
    /// The same window, whose runs are kept; it offers the newest of those of earlier windows.
    pub fn with_keeper(
        mut self,
        ctx: &Context,
        keeper: Keeper,
        session: Option<(Session, Vec<Earlier>)>,
        unkept: Option<&std::io::Error>,
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
        let reading = earlier.first().map(|first| Reading::start(ctx, first.run(), Some(first.clone())));
        self.keeping = Keeping { keeper: Some(keeper), _session: session, earlier, reading, ..Keeping::default() };
        self
    }

    /// The same window, whose first run turns these knobs by itself.
    pub fn with_coming(mut self, coming: Vec<KnobMark>) -> Self {
        if !coming.is_empty() {
            self.send(Command::Schedule(coming.clone()));
            self.coming = coming;
        }
        self
    }

    /// The same window, which opens a run at once.
    pub fn with_run(mut self, ctx: &Context, path: Option<PathBuf>) -> Self {
        if let Some(path) = path {
            self.open_run(ctx, path);
        }
        self
    }

    /// The same window, which begins what a line of text says.
    pub fn with_text(mut self, ctx: &Context, text: Option<String>) -> Self {
        if let Some(text) = text {
            self.open_text(ctx, &text);
        }
        self
    }

    pub(super) fn ask_for_run(&mut self, ctx: &Context) {
        self.keeping.picker = Some((Picker::open(ctx, Wanted::Run), None));
    }

    pub(super) fn open_run(&mut self, ctx: &Context, path: PathBuf) {
        self.watching.get_mut().obeyed(format_args!("open={}", path.display()));
        self.keeping.offer = None;
        self.keeping.reading = Some(Reading::start(ctx, path, None));
    }

    pub(super) fn save(&mut self, ctx: &Context, elsewhere: bool) {
        match self.keeping.place.clone().filter(|_| !elsewhere) {
            Some(path) => self.send(Command::Keep(path)),
            None => self.take_out(ctx, &KINDS[0]),
        }
    }

    /// Asks where the run is to be written as such a file.
    pub(super) fn take_out(&mut self, ctx: &Context, kind: &'static Kind) {
        let wanted = Wanted::Place(kind, self.file_name(kind));
        self.keeping.picker = Some((Picker::open(ctx, wanted), Some(kind)));
    }

    fn file_name(&self, kind: &Kind) -> String {
        let run = &self.settings.run;
        format!("{}-{}.{}", run.tasks.id(), run.algorithm.id(), kind.ending)
    }

    /// Has the run written to this path.
    fn save_to(&mut self, path: PathBuf, kind: &Kind) {
        let path = if path.extension().is_none() { path.with_extension(kind.ending) } else { path };
        if kinds::of(&path).ending == ENDING {
            self.keeping.place = Some(path.clone());
        }
        self.send(Command::Keep(path));
    }

    pub(super) fn copy_text(&mut self, ctx: &Context) {
        let text = self.share().to_text();
        let said = tell(|| format!("Copied: {text}"), || format!("已复制：{text}"));
        ctx.copy_text(text);
        self.notices.add(notices::Kind::Done, said);
    }

    /// What runs here, as a line of text says it.
    fn share(&self) -> Share {
        let snapshot = self.snapshot.as_deref();
        let start = snapshot.and_then(|snapshot| snapshot.timeline.start.as_deref()).unwrap_or(&self.settings);
        let marks = snapshot.map(|snapshot| snapshot.marks.to_vec()).unwrap_or_default();
        let own = matches!(start.run.images, ImageSource::Path(_));
        let images = self.image_set.as_ref().filter(|_| own).map(|(_, set)| ImageFacts::of(set));
        Share {
            beside: self.beside.map(|(algorithm, _)| algorithm),
            view: self.stage.view_id(self.settings.run.tasks),
            ..Share::of(start.clone(), &marks, images.as_ref())
        }
    }

    /// Begins what a line of text says.
    pub(super) fn open_text(&mut self, ctx: &Context, text: &str) {
        self.watching.get_mut().obeyed(format_args!("text"));
        let share = match Share::parse(text) {
            Ok(share) => share,
            Err(error) => return self.notices.add(notices::Kind::Error, Words::told(|| error.to_string())),
        };
        let mut settings = share.experiment.settings;
        if let Some(own) = share.own {
            let here = self.image_set.as_ref().filter(|((source, _), set)| {
                matches!(source, ImageSource::Path(_)) && format!("{:016x}", set.fingerprint()) == own.fingerprint
            });
            let Some(((source, _), _)) = here else {
                let name = own.name;
                let text = tell(
                    || format!("This run learns from images of its author: open “{name}” first, then the text again"),
                    || format!("这次运行用的是作者自己的图像：请先打开“{name}”，再打开这段文本"),
                );
                return self.notices.add(notices::Kind::Error, text);
            };
            settings.run.images = source.clone();
        }
        self.beside = share.beside.filter(|beside| *beside != settings.run.algorithm).map(|beside| (beside, false));
        self.settings = settings;
        self.begin(ctx, From::Text(share.experiment.changes));
        if let Some(view) = share.view {
            self.stage.show_id(self.settings.run.tasks, &view);
        }
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
        if let Some((picker, kind)) = &self.keeping.picker
            && let Some(picked) = picker.poll()
        {
            let kind = *kind;
            self.keeping.picker = None;
            match (picked, kind) {
                (Picked::Path(path), Some(kind)) => self.save_to(path, kind),
                (Picked::Path(path), None) => self.open_run(ctx, path),
                (Picked::Nothing, _) => {}
                // Without a dialog it is written in the present folder, which is said.
                (Picked::NoDialog, Some(kind)) => {
                    let name = self.file_name(kind);
                    self.save_to(std::path::absolute(&name).unwrap_or_else(|_| PathBuf::from(name)), kind);
                }
                (Picked::NoDialog, None) => {
                    let text = say(
                        "No file dialog came up: drop the file onto the window",
                        "没有出现文件对话框：请把文件拖到窗口上",
                    );
                    self.notices.add(notices::Kind::Error, text);
                }
            }
        }
        if let Some(reading) = &self.keeping.reading {
            let result = match reading.result.try_recv() {
                Err(TryRecvError::Empty) => None,
                Ok(result) => Some(result),
                Err(TryRecvError::Disconnected) => {
                    let source = std::io::Error::other("no thread");
                    Some(Err(RunFileError::Read { path: reading.path.clone(), source }))
                }
            };
            if let Some(result) = result
                && let Some(reading) = self.keeping.reading.take()
            {
                self.read(ctx, reading, result);
            }
        }
        if let Some(keeper) = &self.keeping.keeper {
            keeper.speak(self.language);
        }
        while let Some(news) = self.keeping.keeper.as_ref().and_then(Keeper::news) {
            self.written(news);
        }
    }

    fn read(&mut self, ctx: &Context, reading: Reading, result: Result<RunFile, RunFileError>) {
        match (result, reading.offers) {
            (Ok(file), Some(earlier)) => self.keeping.offer = Some(Offer::new(earlier, &Arc::new(file))),
            (Ok(file), None) => self.begin_file(ctx, file, reading.path),
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
        self.settings = file.experiment.settings.clone();
        self.beside = None;
        if !file.coming.is_empty() {
            let text = say(
                "The knobs that this run was still to turn by itself are left as they are",
                "这次运行原本还要自行改动的设置保持不变",
            );
            self.notices.add(notices::Kind::Done, text);
        }
        self.begin(ctx, From::File(Arc::new(file), path));
    }

    fn written(&mut self, News { path, in_passing, meta_iteration, written }: News) {
        let (path, at) = (path.display(), numbers::thousands(i64::try_from(meta_iteration).unwrap_or(i64::MAX)));
        match written {
            Ok(()) if in_passing => {}
            Ok(()) => {
                self.watching.get_mut().obeyed(format_args!("saved={path}"));
                let text = tell(
                    || format!("Written at meta-iteration {at}: {path}"),
                    || format!("已写入第 {at} 次元迭代：{path}"),
                );
                self.notices.add(notices::Kind::Done, text);
            }
            // Said once: the run goes on, and every half a minute it is tried again.
            Err(_) if in_passing && std::mem::replace(&mut self.keeping.told, true) => {}
            Err(error) => self.notices.add(notices::Kind::Error, Words::told(|| error.to_string())),
        }
    }

    /// Offers the run of the window that was closed last, over the large view.
    pub(super) fn offer(&mut self, ctx: &Context, room: Rect, commands: &mut Commands) {
        let Some(offer) = &mut self.keeping.offer else { return };
        let mut stays = true;
        Area::new(Id::unique("offer")).order(Order::Middle).fixed_pos(room.min).show(ctx, |ui| {
            ui.set_width(room.width());
            stays = offer.ui(ui, commands);
        });
        if !stays {
            self.keeping.offer = None;
        }
    }
}
