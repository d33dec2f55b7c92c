//! Opens the window, or says what is missing for one.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use egui::{Context, ViewportBuilder, ViewportCommand};

use super::opening::{Opening, Sessions};
use super::pacing;
use crate::keep::keeper::Keeper;
use crate::train::link::{Command, Wake, WindowEnd};
use crate::train::session::KeepSink;

/// Under which name the system knows the program.
const NAME: &str = "metascope";
/// How often it is asked whether it has to end.
const LOOKS_EVERY: Duration = Duration::from_millis(200);

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

/// Opens the window and returns when it is closed, by whoever uses it or once `ends` says so. `start` begins the training;
/// it gets what wakes the window, what keeps its runs, and what is to be begun with, if anything is before the window does.
///
/// # Errors
/// When there is no display or a library is missing; the message says what to do.
pub fn run(
    opening: Opening,
    start: impl FnOnce(Wake, KeepSink, Option<Command>) -> std::io::Result<WindowEnd>,
    ends: impl Fn() -> bool + Send + 'static,
) -> Result<(), WindowError> {
    let script = opening.script.is_some();
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
        persistence_path: script.then(|| std::env::temp_dir().join(format!("metascope-{}.ron", std::process::id()))),
        persist_window: !script,
        ..Default::default()
    };
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
    let folder = eframe::storage_dir(NAME).filter(|_| !script).map(|folder| folder.join("sessions"));
    let sessions = Sessions::begin(folder.as_deref());
    let link = start(wake, keeper.sink(sessions.own()), opening.first()).map_err(failed)?;
    let open = || {
        eframe::run_native(
            NAME,
            options,
            Box::new(|creation| {
                let ctx = &creation.egui_ctx;
                let _ = late.set(pacing::waker(ctx));
                close_when(ends, ctx.clone())?;
                Ok(Box::new(opening.app(ctx, creation.storage, link, keeper, sessions)))
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

/// Closes the window as its user would, once `ends` says so.
fn close_when(ends: impl Fn() -> bool + Send + 'static, ctx: Context) -> std::io::Result<()> {
    let close = move || {
        while !ends() {
            thread::sleep(LOOKS_EVERY);
        }
        ctx.send_viewport_cmd(ViewportCommand::Close);
        ctx.request_repaint();
    };
    thread::Builder::new().name("ends".to_owned()).spawn(close).map(drop)
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
