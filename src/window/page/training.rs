//! Training between whatever else the browser does.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use js_sys::Promise;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::{Closure, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

use crate::train::session::{Next, Session};

/// How long the browser waits, but for a meta-iteration that takes longer.
const TURN: Duration = Duration::from_millis(10);
/// How often a hidden page looks whether it is seen again.
const HIDDEN: Duration = Duration::from_millis(500);

/// Gives the session turns as long as it wants some and the page is seen.
pub fn begin(session: Rc<RefCell<Option<Session>>>) {
    wasm_bindgen_futures::spawn_local(async move {
        loop {
            let next = match &mut *session.borrow_mut() {
                None => return,
                Some(_) if is_hidden() => Next::After(HIDDEN),
                Some(session) => session.turn(TURN),
            };
            let waited = match next {
                Next::AtOnce => JsFuture::from(breath()).await,
                Next::After(limit) => JsFuture::from(pause(limit)).await,
                Next::Never => return,
            };
            if waited.is_err() {
                return;
            }
        }
    });
}

fn is_hidden() -> bool {
    web_sys::window().and_then(|window| window.document()).is_some_and(|document| document.hidden())
}

/// Lets the browser do whatever waits. A timer would cost 4 ms each time.
pub fn breath() -> Promise {
    Promise::new(&mut |resolve, reject| match MessageChannel::new() {
        Ok(channel) => {
            let end = channel.port1();
            let closed = end.clone();
            let heard = Closure::once_into_js(move || {
                closed.close();
                let _ = resolve.call0(&JsValue::NULL);
            });
            end.set_onmessage(Some(heard.unchecked_ref()));
            let _ = channel.port2().post_message(&JsValue::NULL);
        }
        Err(error) => drop(reject.call1(&JsValue::NULL, &error)),
    })
}

fn pause(limit: Duration) -> Promise {
    Promise::new(&mut |resolve, _| {
        let window = web_sys::window();
        let millis = i32::try_from(limit.as_millis()).unwrap_or(i32::MAX);
        window.map(|window| window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis));
    })
}
