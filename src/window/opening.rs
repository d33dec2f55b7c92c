//! What a window opens with, wherever it opens.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Context;

use super::app::App;
use super::watching::Script;
use crate::images::ImageSet;
use crate::keep::keeper::Keeper;
use crate::keep::sessions::{Earlier, Session};
use crate::lessons::lesson::Lesson;
use crate::settings::{Algorithm, Settings};
use crate::text::Language;
use crate::train::link::{Command, WindowEnd};
use crate::train::snapshot::KnobMark;

/// What the window opens with.
pub struct Opening {
    /// The settings of the run that begins with it.
    pub settings: Settings,
    /// Its images, where tasks are made of some.
    pub image_set: Option<Arc<ImageSet>>,
    /// Knobs that the run turns by itself.
    pub coming: Vec<KnobMark>,
    /// The algorithm of the run beside it.
    pub beside: Option<Algorithm>,
    /// The id of what has the large place.
    pub view: Option<String>,
    /// What drives the window, if anything does.
    pub script: Option<Script>,
    /// It speaks the first of these if it is there, else what it spoke last, else the second.
    pub languages: [Option<Language>; 2],
    /// A kept run to go on with in place of the one that begins.
    pub run_file: Option<PathBuf>,
    /// A lesson to begin in place of it.
    pub lesson: Option<Arc<Lesson>>,
}

/// Where a window's runs are kept, and those of earlier ones.
pub struct Sessions {
    begun: Option<(Session, Vec<Earlier>)>,
    unkept: Option<io::Error>,
}

impl Sessions {
    /// Begins one in this folder of all, where there is a folder.
    pub fn begin(folder: Option<&Path>) -> Self {
        match folder.map(Session::begin) {
            Some(Ok(begun)) => Self { begun: Some(begun), unkept: None },
            Some(Err(error)) => Self { begun: None, unkept: Some(error) },
            None => Self { begun: None, unkept: None },
        }
    }

    /// The run at this path if it is that of a window that was closed, else that of the one that was closed last.
    pub fn last(&self, wanted: Option<&Path>) -> Option<PathBuf> {
        let (_, earlier) = self.begun.as_ref()?;
        let runs = || earlier.iter().map(Earlier::run);
        runs().find(|run| Some(run.as_path()) == wanted).or_else(|| runs().next())
    }

    /// This window's own.
    pub fn own(&self) -> Option<&Session> {
        self.begun.as_ref().map(|(own, _)| own)
    }
}

impl Opening {
    /// What the trainer is to begin with, but for a lesson, which begins its own run.
    pub fn first(&self) -> Option<Command> {
        if self.lesson.is_some() {
            return None;
        }
        let (own, images) = (Arc::new(self.settings.clone()), self.image_set.clone());
        Some(match self.beside {
            Some(beside) => Command::Pair([own, Arc::new(self.settings.by(beside, false))], images),
            None => Command::Restart(own, images),
        })
    }

    /// The window on a trainer that has been told.
    pub fn app(
        self,
        ctx: &Context,
        storage: Option<&dyn eframe::Storage>,
        link: WindowEnd,
        keeper: Keeper,
        sessions: Sessions,
    ) -> App {
        let [asked, system] = self.languages;
        let Sessions { begun, unkept } = sessions;
        let app = App::new(ctx, link, self.settings, self.image_set);
        let app = if let Some(script) = self.script { app.watched_by(script) } else { app };
        let app = app.in_language(system.unwrap_or_default()).as_it_was_left(ctx, storage, asked);
        let app = app.with_keeper(ctx, keeper, begun, unkept.as_ref()).with_coming(self.coming);
        let app = app.showing(self.beside, self.view.as_deref()).with_run(ctx, self.run_file);
        app.with_lesson(ctx, self.lesson)
    }
}
