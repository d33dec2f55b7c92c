//! Opens the window, or says what is missing for one.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, OnceLock};

use egui::ViewportBuilder;

use super::app::App;
use super::frames::pacing;
use super::watching::Script;
use crate::background;
use crate::images::ImageSet;
use crate::settings::Settings;
use crate::text::Language;
use crate::train::link::{Wake, WindowEnd};

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

/// Opens the window and returns when it is closed. `start` begins the training and gets the
/// function that wakes the window. A script, if there is one, drives it. It speaks the first of the `languages` if it
/// is there, else what it spoke last, else the second.
///
/// # Errors
/// When there is no display or a library is missing; the message says what to do.
pub fn run(
    settings: Settings,
    image_set: Option<Arc<ImageSet>>,
    script: Option<Script>,
    languages: [Option<Language>; 2],
    start: impl FnOnce(Wake) -> std::io::Result<WindowEnd>,
) -> Result<(), WindowError> {
    let options = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Metascope")
            .with_app_id("metascope")
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
    background::window_opens();
    // The trainer begins while the window opens, and wakes it once it is there.
    let late = Arc::new(OnceLock::<Wake>::new());
    let wake = {
        let late = late.clone();
        Arc::new(move || late.get().into_iter().for_each(|wake| wake()))
    };
    let link = start(wake).map_err(|error| WindowError { cause: error.to_string() })?;
    let open = || {
        eframe::run_native(
            "metascope",
            options,
            Box::new(|creation| {
                let ctx = creation.egui_ctx.clone();
                let _ = late.set(pacing::waker(&ctx));
                let app = App::new(&ctx, link, settings, image_set).with_script(script);
                let app = app.in_language(system.unwrap_or_default()).as_it_was_left(&ctx, creation.storage, asked);
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
