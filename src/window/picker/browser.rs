//! The browser's file dialog. What is chosen is copied into the page's memory; what is written is a download, and goes
//! where those go.

use std::path::PathBuf;
use std::sync::mpsc::Sender;

use egui::Context;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::Closure;
use web_sys::HtmlInputElement;

use super::{Picked, Wanted};
use crate::keep::run_file::ENDING;
use crate::window::page::arrivals;

/// Opens it. Without a dialog the sender is dropped.
pub fn ask(ctx: &Context, wanted: Wanted, sender: Sender<Picked>) {
    let (accepted, several) = match wanted {
        Wanted::Place { name, .. } => {
            let _ = sender.send(Picked::Path(PathBuf::from(name)));
            return ctx.request_repaint();
        }
        Wanted::Images => (String::new(), true),
        Wanted::Run => (format!(".{ENDING}"), false),
        Wanted::Lesson => (".toml".to_owned(), false),
    };
    let document = web_sys::window().and_then(|window| window.document());
    let input = document.and_then(|document| document.create_element("input").ok());
    let Some(input) = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else { return };
    input.set_type("file");
    input.set_multiple(several);
    input.set_accept(&accepted);
    let (ctx, chosen, cancelled) = (ctx.clone(), input.clone(), sender.clone());
    let changed = Closure::once_into_js(move || {
        let files = chosen.files();
        let files = (0..files.as_ref().map_or(0, |files| files.length()))
            .filter_map(|index| files.as_ref()?.get(index))
            .collect();
        wasm_bindgen_futures::spawn_local(async move {
            let paths = arrivals::take_in(files).await;
            let path = match &*paths {
                [one] => Some(one.clone()),
                several => several.first().and_then(|path| path.parent()).map(PathBuf::from),
            };
            let _ = sender.send(path.map_or(Picked::Nothing, Picked::Path));
            ctx.request_repaint();
        });
    });
    let given_up = Closure::once_into_js(move || drop(cancelled.send(Picked::Nothing)));
    input.set_onchange(Some(changed.unchecked_ref()));
    input.set_oncancel(Some(given_up.unchecked_ref()));
    input.click();
}
