//! What of the window outlives it: what the user chose for all runs to come.

use std::path::PathBuf;

use egui::Context;

use super::{App, PRESENT_ZOOM};
use crate::settings::ImageSource;
use crate::text::Language;
use crate::window::recent::Recent;

/// Under which name it is kept.
const KEPT: &str = "window";

/// What is kept.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    language: Language,
    /// Then the zoom is not the user's.
    present: bool,
    /// Own images that were used, the newest first; an older window kept none.
    #[serde(default)]
    recent: Vec<String>,
    /// Runs that were opened and saved, the newest first.
    #[serde(default)]
    recent_runs: Vec<String>,
}

impl App {
    /// The same window as it was left. A language that is asked for outright comes before the one that was spoken then.
    pub fn as_it_was_left(self, ctx: &Context, storage: Option<&dyn eframe::Storage>, asked: Option<Language>) -> Self {
        let kept: Option<Kept> = storage.and_then(|storage| eframe::get_value(storage, KEPT));
        if kept.as_ref().is_some_and(|kept| kept.present) {
            ctx.set_zoom_factor(ctx.zoom_factor() / PRESENT_ZOOM);
        }
        let language = asked.or(kept.as_ref().map(|kept| kept.language)).unwrap_or(self.language);
        let (images, runs) = kept.map(|kept| (kept.recent, kept.recent_runs)).unwrap_or_default();
        let [mut recent, recent_runs] = [images, runs].map(|paths| Recent::new(paths.into_iter().map(PathBuf::from)));
        if let (ImageSource::Path(path), Some(_)) = (&self.settings.run.images, &self.image_set) {
            recent.used(path);
        }
        Self { language, recent, recent_runs, ..self }
    }

    pub(super) fn keep(&self, storage: &mut dyn eframe::Storage) {
        // A path that is no text could not be written, and with it nothing else.
        let [recent, recent_runs] = [&self.recent, &self.recent_runs]
            .map(|recent| recent.paths().iter().filter_map(|path| path.to_str()).map(str::to_owned).collect());
        let kept = Kept { language: self.language, present: self.present, recent, recent_runs };
        eframe::set_value(storage, KEPT, &kept);
        self.keep_lesson();
    }
}
