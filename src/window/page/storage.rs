//! Files of the page's memory that outlast it, in the browser's database.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::{Closure, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbObjectStore, IdbRequest, IdbTransactionMode};
use web_time::SystemTime;

use crate::files;

/// Of the database, and of the one store in it.
const NAME: &str = "metascope";

thread_local! {
    static DATABASE: RefCell<Option<IdbDatabase>> = const { RefCell::new(None) };
}

/// Puts all that is there into memory.
pub async fn load() -> Result<(), JsValue> {
    let factory = web_sys::window().ok_or("no window")?.indexed_db()?.ok_or("no database")?;
    let opening = factory.open(NAME)?;
    let begun = opening.clone();
    let made = Closure::once_into_js(move || {
        let database = begun.result().and_then(JsValue::dyn_into::<IdbDatabase>);
        database.and_then(|database| database.create_object_store(NAME)).map(drop)
    });
    opening.set_onupgradeneeded(Some(made.unchecked_ref()));
    let database: IdbDatabase = done(&opening).await?.dyn_into()?;
    let store = database.transaction_with_str(NAME)?.object_store(NAME)?;
    let [keys, values] = [store.get_all_keys()?, store.get_all()?].map(|request| done(&request));
    let [keys, values] = [keys.await?, values.await?].map(|list| Array::from(&list));
    for (key, value) in keys.iter().zip(values.iter()) {
        let pair = Array::from(&value);
        let bytes = Uint8Array::new(&pair.get(0)).to_vec();
        let since = Duration::from_secs_f64(pair.get(1).as_f64().unwrap_or_default().max(0.0));
        let path = PathBuf::from(key.as_string().unwrap_or_default());
        files::put(&path, bytes, SystemTime::UNIX_EPOCH + since);
    }
    DATABASE.set(Some(database));
    Ok(())
}

/// Keeps a file, or (`None`) keeps it no longer.
pub fn keep(path: &Path, bytes: Option<&[u8]>) {
    let key = JsValue::from_str(&path.to_string_lossy());
    // What the browser has no room for is lost with the page, and the run goes on.
    let _ = DATABASE.with_borrow(|database| {
        let Some(store) = database.as_ref().and_then(|database| writable(database).ok()) else { return Ok(()) };
        let request = match bytes {
            Some(bytes) => {
                let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                let value = Array::of2(&Uint8Array::from(bytes), &JsValue::from_f64(now.as_secs_f64()));
                store.put_with_key(&value, &key)
            }
            None => store.delete(&key),
        };
        request.map(drop)
    });
}

fn writable(database: &IdbDatabase) -> Result<IdbObjectStore, JsValue> {
    database.transaction_with_str_and_mode(NAME, IdbTransactionMode::Readwrite)?.object_store(NAME)
}

/// What comes of a request.
fn done(request: &IdbRequest) -> JsFuture {
    let promise = Promise::new(&mut |resolve, reject| {
        let own = request.clone();
        let succeeded = Closure::once_into_js(move || {
            let _ = resolve.call1(&JsValue::NULL, &own.result().unwrap_or(JsValue::NULL));
        });
        let failed = Closure::once_into_js(move || drop(reject.call0(&JsValue::NULL)));
        request.set_onsuccess(Some(succeeded.unchecked_ref()));
        request.set_onerror(Some(failed.unchecked_ref()));
    });
    JsFuture::from(promise)
}
