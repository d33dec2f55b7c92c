//! The window on a page: what a system does for it elsewhere. There is one thread: it trains whenever the browser has
//! nothing else to do, and the window draws as it does beside a thread.

mod address;
pub mod arrivals;
mod download;
mod narrow;
mod proof;
mod ready;
mod storage;
mod training;
mod watched;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use eframe::{WebOptions, WebRunner};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::{Closure, JsValue};
use web_sys::HtmlCanvasElement;

use self::address::Address;
use self::arrivals::{Arrivals, OWN};
use self::narrow::Narrow;
use self::ready::Ready;
use self::watched::{Controls, Facts, Told};
use super::opening::Sessions;
use super::pacing;
use crate::files;
use crate::keep::keeper::Keeper;
use crate::maths::kernels;
use crate::train::link::link;
use crate::train::session::Session;

/// Where the runs of this window and of earlier ones are kept.
const SESSIONS: &str = "/sessions";
/// So many times that files of the user's own were brought in are remembered.
const MOST_OWN: usize = 5;

/// Opens the window in the page's canvas `metascope`; what goes wrong is said in the element `said`.
pub fn open() {
    wasm_bindgen_futures::spawn_local(async {
        if let Err(error) = opened().await {
            let why = error.as_string().unwrap_or_else(|| format!("{error:?}"));
            let said = web_sys::window().and_then(|window| window.document()?.get_element_by_id("said"));
            said.iter().for_each(|said| said.set_text_content(Some(&why)));
        }
    });
}

async fn opened() -> Result<(), JsValue> {
    kernels::use_vectors();
    // Without a database nothing outlasts the page.
    let _ = storage::load().await;
    files::tell(changed);
    forget_old();
    let window = web_sys::window().ok_or("no window")?;
    let document = window.document().ok_or("no document")?;
    let canvas: HtmlCanvasElement = document.get_element_by_id("metascope").ok_or("no canvas")?.dyn_into()?;
    let address = Address::of(&window);
    let sessions = Sessions::begin(Some(Path::new(SESSIONS)));
    let (watched, home) = (address.watched, address.home.clone());
    if address.proves {
        proof::prove().await;
    }
    let (opening, text) = address.opening(&sessions).map_err(|error| error.to_string())?;
    let trained: Rc<RefCell<Option<Session>>> = Rc::default();
    let made = Rc::clone(&trained);
    let create = Box::new(move |creation: &eframe::CreationContext<'_>| {
        let ctx = &creation.egui_ctx;
        let wake = pacing::waker(ctx);
        let told = wake.clone();
        let keeper = Keeper::start(move || told())?;
        let (window_end, trainer_end) = link(wake);
        let session = Session::new(trainer_end, 1, None).keeping(keeper.sink(sessions.own()));
        opening.first().map(|first| window_end.send(first));
        *made.borrow_mut() = Some(session);
        ctx.add_plugin(Arrivals::new(text));
        ctx.add_plugin(Narrow::default());
        let app = opening.app(ctx, creation.storage, window_end, keeper, sessions).at(home);
        let app = app.watched_by(Ready::new(ctx.clone()));
        let Some(told) = watched else { return Ok(Box::new(app) as Box<dyn eframe::App>) };
        if told == Told::Everything {
            ctx.add_plugin(Controls);
        }
        Ok(Box::new(app.watched_by(Facts::new(told))))
    });
    let options = WebOptions { dithering: false, ..WebOptions::default() };
    WebRunner::new().start(canvas, options, create).await?;
    if let Some(said) = document.get_element_by_id("said") {
        said.set_attribute("hidden", "")?;
    }
    keep_when_hidden(&document, &trained)?;
    training::begin(trained);
    Ok(())
}

/// Nobody knows whether a page that is hidden will be seen again.
fn keep_when_hidden(document: &web_sys::Document, session: &Rc<RefCell<Option<Session>>>) -> Result<(), JsValue> {
    let (own, session) = (document.clone(), Rc::clone(session));
    let hidden = Closure::<dyn FnMut()>::new(move || {
        if own.hidden()
            && let Ok(mut session) = session.try_borrow_mut()
        {
            session.iter_mut().for_each(Session::keep_changed);
        }
    });
    document.add_event_listener_with_callback("visibilitychange", hidden.as_ref().unchecked_ref())?;
    hidden.forget();
    Ok(())
}

/// Lets go of files of the user's own that came long before others.
fn forget_old() {
    let mut folders = files::list(Path::new(OWN)).unwrap_or_default();
    // They are called after when they came.
    folders.sort();
    for folder in folders.iter().rev().skip(MOST_OWN) {
        files::below(folder).iter().for_each(|file| drop(files::remove_file(file)));
    }
}

/// What was written below certain folders outlasts the page, what was written elsewhere is handed to its user.
fn changed(path: &Path, bytes: Option<&[u8]>) {
    let lasting = path.starts_with(SESSIONS) || path.starts_with(OWN);
    match bytes {
        _ if lasting => storage::keep(path, bytes),
        Some(bytes) => {
            download::offer(path, bytes);
            files::forget(path);
        }
        None => {}
    }
}
