//! Opens the window, or says what is missing for one.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use egui::ViewportBuilder;

use super::app::App;
use super::pacing;
use super::watching::Script;
use crate::images::ImageSet;
use crate::keep::keeper::Keeper;
use crate::keep::sessions::Session;
use crate::lessons::lesson::Lesson;
use crate::settings::{Algorithm, Settings};
use crate::text::Language;
use crate::train::link::{Wake, WindowEnd};
use crate::train::session::KeepSink;
use crate::train::snapshot::KnobMark;

/// Under which name the system knows the program.
const NAME: &str = "metascope";

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
#[error(
    "no window could be opened: {cause}\n\
     A desktop session is needed, and on Debian or Ubuntu these libraries:\n  \
     sudo apt-get install libxcursor1 libxi6 libx11-xcb1 libxkbcommon-x11-0 libgl1\n\
     Without a display the same training runs with:\n  \
     metascope run"
)]
pub struct WindowError {
    /// What the window system said.
    cause: String,
}

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

/// Opens the window and returns when it is closed. `start` begins the training; it gets what wakes the window, and what
/// keeps its runs.
///
/// # Errors
/// When there is no display or a library is missing; the message says what to do.
pub fn run(
    opening: Opening,
    start: impl FnOnce(Wake, KeepSink) -> std::io::Result<WindowEnd>,
) -> Result<(), WindowError> {
    let Opening { settings, image_set, coming, beside, view, script, languages, run_file, lesson } = opening;
    let options = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Metascope")
            .with_app_id(NAME)
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([1024.0, 640.0])
            .with_drag_and_drop(true),
        // Of use to soft gradients, of which there are none; without a graphics card it is work for every pixel.
        dithering: false,
        // A script finds the window as it is at first.
        persistence_path: script
            .as_ref()
            .map(|_| std::env::temp_dir().join(format!("metascope-{}.ron", std::process::id()))),
        persist_window: script.is_none(),
        ..Default::default()
    };
    let [asked, system] = languages;
    // The trainer begins while the window opens, and wakes it once it is there.
    let late = Arc::new(OnceLock::<Wake>::new());
    let wake = {
        let late = late.clone();
        Arc::new(move || late.get().into_iter().for_each(|wake| wake()))
    };
    let failed = |error: std::io::Error| WindowError { cause: error.to_string() };
    let told = Arc::clone(&wake);
    let keeper = Keeper::start(move || told()).map_err(failed)?;
    // A script finds nothing of earlier windows.
    let sessions = eframe::storage_dir(NAME).filter(|_| script.is_none()).map(|folder| folder.join("sessions"));
    let begun = sessions.map(|folder| Session::begin(&folder));
    let (session, unkept) = match begun {
        Some(Ok(session)) => (Some(session), None),
        Some(Err(error)) => (None, Some(error)),
        None => (None, None),
    };
    let link = start(wake, keeper.sink(session.as_ref().map(|(session, _)| session))).map_err(failed)?;
    let open = || {
        eframe::run_native(
            NAME,
            options,
            Box::new(|creation| {
                let ctx = creation.egui_ctx.clone();
                let _ = late.set(pacing::waker(&ctx));
                let app = App::new(&ctx, link, settings, image_set).with_script(script);
                let app = app.in_language(system.unwrap_or_default()).as_it_was_left(&ctx, creation.storage, asked);
                let app = app.with_keeper(&ctx, keeper, session, unkept.as_ref()).with_coming(coming);
                let app = app.showing(beside, view.as_deref()).with_run(&ctx, run_file);
                let app = app.with_lesson(&ctx, lesson);
                Ok(Box::new(app))
            }),
        )
    };
    match catch_unwind(AssertUnwindSafe(open)) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(WindowError { cause: error.to_string() }),
        Err(panic) => match missing_library(panic.as_ref()) {
            Some(cause) => Err(WindowError { cause }),
            None => resume_unwind(panic),
        },
    }
}

/// The panic of a window library that could not load another one.
fn missing_library(panic: &(dyn Any + Send)) -> Option<String> {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied())?;
    let names = ["xkbcommon", "could not be loaded", "libX", "libxcb", "libwayland", "libEGL", "libGL"];
    names.iter().any(|name| text.contains(name)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_says_what_to_do() {
        let text = WindowError { cause: "no display".to_owned() }.to_string();
        for part in ["no display", "libxkbcommon-x11-0", "libgl1", "metascope run"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn only_library_panics_are_turned_into_errors() {
        let library: Box<dyn Any + Send> = Box::new("Library libxkbcommon-x11.so could not be loaded.".to_owned());
        let own: Box<dyn Any + Send> = Box::new("index out of bounds");
        assert!(missing_library(library.as_ref()).is_some());
        assert!(missing_library(own.as_ref()).is_none());
    }
}
