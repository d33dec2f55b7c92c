//! Runs that were trained for the page's users, beside the page: offered once, where their tasks are chosen.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use egui::Context;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;
use web_time::SystemTime;

use crate::files;
use crate::settings::TaskFamily;
use crate::train::snapshot::Snapshot;
use crate::window::commands::{Commands, UiCommand};
use crate::window::watching::Observer;

/// Says of which tasks there is one, an id in each line.
const LIST: &str = "ready/list.txt";
/// Who has seen so many meta-iterations need not be offered more.
const SOON: u64 = 200;

/// Looks for what is ready for the tasks that are chosen.
pub struct Ready {
    ctx: Context,
    families: Arc<Mutex<Vec<String>>>,
    asked: Option<TaskFamily>,
    found: Arc<Mutex<Option<PathBuf>>>,
}

impl Ready {
    /// It wakes this window.
    pub fn new(ctx: Context) -> Self {
        let families = Arc::new(Mutex::new(Vec::new()));
        let own = Arc::clone(&families);
        wasm_bindgen_futures::spawn_local(async move {
            let list = fetched(LIST).await.unwrap_or_default();
            *lock(&own) = String::from_utf8_lossy(&list).lines().map(str::to_owned).collect();
        });
        Self { ctx, families, asked: None, found: Arc::default() }
    }
}

impl Observer for Ready {
    fn snapshot_came(&mut self, snapshot: &Snapshot, _: Option<&Snapshot>) {
        let tasks = snapshot.settings.run.tasks;
        let is_there = lock(&self.families).iter().any(|family| family == tasks.id());
        if self.asked == Some(tasks) || !is_there || snapshot.meta_iteration > SOON {
            return;
        }
        self.asked = Some(tasks);
        let (ctx, found) = (self.ctx.clone(), Arc::clone(&self.found));
        wasm_bindgen_futures::spawn_local(async move {
            let name = format!("{}.safetensors", tasks.id());
            if let Ok(bytes) = fetched(&format!("ready/{name}")).await {
                let path = PathBuf::from("/ready").join(name);
                files::put(&path, bytes, SystemTime::now());
                *lock(&found) = Some(path);
                ctx.request_repaint();
            }
        });
    }

    fn commands(&mut self) -> Commands {
        let found = lock(&self.found).take();
        found.into_iter().map(UiCommand::OfferRun).collect()
    }
}

/// A file that lies beside the page.
async fn fetched(address: &str) -> Result<Vec<u8>, JsValue> {
    let window = web_sys::window().ok_or("no window")?;
    let response: Response = JsFuture::from(window.fetch_with_str(address)).await?.dyn_into()?;
    if !response.ok() {
        return Err("not there".into());
    }
    Ok(Uint8Array::new(&JsFuture::from(response.array_buffer()?).await?).to_vec())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
