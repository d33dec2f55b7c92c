//! What a page's address asks for: `?lang=zh#metascope:1 sine maml view=landscape`, or `#lesson=NAME`.

use std::path::PathBuf;
use std::sync::Arc;

use web_sys::Window;

use super::watched::Told;
use crate::experiment::{Experiment, ExperimentError, Given};
use crate::images;
use crate::keep::share::{PREFIX, Share};
use crate::lessons;
use crate::settings::table::{Setting, setting};
use crate::tasks::OPENING;
use crate::text::Language;
use crate::window::opening::{Opening, Sessions};

const TASKS: &Setting = setting("run.tasks");
/// Under which name the browser keeps, as long as the tab is open, which text was opened in it.
const OPENED: &str = "metascope-opened";

/// And where the run of the page in it is kept: of several tabs each has its own.
const SESSION: &str = "metascope-session";

/// An address.
pub struct Address {
    /// A line of text that a run is shared as.
    text: Option<String>,
    /// Whether it was opened in this tab before.
    again: bool,
    language: Option<Language>,
    browser: Language,
    /// Where the page is, without what it is asked for.
    pub home: Option<String>,
    /// What a script wants to see of what happens.
    pub watched: Option<Told>,
    /// Whether the page is to prove itself first.
    pub proves: bool,
}

impl Address {
    /// The page's own.
    pub fn of(window: &Window) -> Self {
        let location = window.location();
        let hash = location.hash().unwrap_or_default();
        let text = js_sys::decode_uri_component(hash.trim_start_matches('#')).map(String::from).unwrap_or_default();
        let text = match text.trim() {
            "" => None,
            text if text.starts_with(PREFIX) => Some(text.to_owned()),
            // Family and algorithm are the lesson's.
            text if text.starts_with("lesson=") => Some(format!("{PREFIX}1 {} maml {text}", OPENING.id())),
            text => Some(format!("{PREFIX}1 {text}")),
        };
        let asked = location.search().unwrap_or_default();
        let mut parts = asked.trim_start_matches('?').split('&');
        let watched = parts.clone().find_map(|part| match part {
            "watch" => Some(Told::Everything),
            "watch=facts" => Some(Told::Facts),
            _ => None,
        });
        let proves = parts.clone().any(|part| part == "prove");
        let asked = parts.find_map(|part| part.strip_prefix("lang="));
        let kept = window.session_storage().ok().flatten();
        let before = kept.as_ref().and_then(|kept| kept.get_item(OPENED).ok().flatten());
        let again = before.is_some() && before == text;
        if let (Some(kept), Some(text)) = (kept, &text) {
            let _ = kept.set_item(OPENED, text);
        }
        let home = location.href().ok().and_then(|all| all.split(['?', '#']).next().map(str::to_owned));
        let browser = Language::of_locale(&window.navigator().language().unwrap_or_default());
        Self { text, again, language: asked.map(Language::of_locale), browser, watched, proves, home }
    }

    /// What the window opens with: what the text says, if it is new to this tab or begins a lesson, or else the run that
    /// was in the window last; and the text where something is to be said of it.
    ///
    /// # Errors
    /// None that its user could do something about.
    pub fn opening(self, sessions: &Sessions) -> Result<(Opening, Option<String>), ExperimentError> {
        let mut given = Given::default();
        given.set(TASKS, OPENING.id().into());
        let (Experiment { settings, .. }, _) = Experiment::resolve(None, &given)?;
        let languages = [self.language, Some(self.browser)];
        let mut opening = Opening {
            settings,
            image_set: None,
            coming: Vec::new(),
            beside: None,
            view: None,
            script: None,
            languages,
            run_file: None,
            lesson: None,
        };
        let share = self.text.as_deref().map(Share::parse);
        let before = swap_session(sessions);
        let mut said = None;
        match share {
            Some(Ok(Share { lesson: Some(id), .. })) if lessons::named(&id).is_some() => {
                opening.lesson = lessons::named(&id).map(Arc::clone);
            }
            _ if self.again || self.text.is_none() => opening.run_file = sessions.last(before.as_deref()),
            Some(Ok(share)) if share.own.is_none() && share.lesson.is_none() => {
                let Share { experiment, beside, view, .. } = share;
                opening.beside = beside.filter(|beside| *beside != experiment.settings.run.algorithm);
                (opening.settings, opening.coming, opening.view) = (experiment.settings, experiment.changes, view);
            }
            _ => said = self.text,
        }
        if opening.lesson.is_none() {
            opening.image_set = images::for_run(&opening.settings.run).ok().flatten();
        }
        Ok((opening, said))
    }
}

/// Notes where the page's run is kept, and says where that of the page was that was in this tab before.
fn swap_session(sessions: &Sessions) -> Option<PathBuf> {
    let kept = web_sys::window()?.session_storage().ok()??;
    let before = kept.get_item(SESSION).ok().flatten();
    if let Some(own) = sessions.own() {
        let _ = kept.set_item(SESSION, &own.run().to_string_lossy());
    }
    before.map(PathBuf::from)
}
