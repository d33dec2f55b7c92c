//! What comes into the page: files that are dropped, which a browser reads in its own time, and links that are followed
//! while it is open.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use egui::{Context, DroppedFile, Event, Plugin, RawInput};
use wasm_bindgen_futures::JsFuture;
use web_time::SystemTime;

use crate::files;

/// Where files of the user's own lie.
pub const OWN: &str = "/own";

/// Hands files on once they are in the page's memory, and texts as if they were pasted.
pub struct Arrivals {
    files: Arc<Mutex<Vec<PathBuf>>>,
    text: Option<String>,
}

/// A file in the page's memory.
#[derive(Debug)]
struct Taken(PathBuf);

impl Arrivals {
    /// Begins with this text, if there is one.
    pub fn new(text: Option<String>) -> Self {
        Self { files: Arc::default(), text }
    }
}

impl DroppedFile for Taken {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes_async(&self) -> Pin<Box<dyn Future<Output = Result<Vec<u8>, String>> + '_>> {
        Box::pin(async { files::read(&self.0).map_err(|error| error.to_string()) })
    }
}

impl Plugin for Arrivals {
    fn debug_name(&self) -> &'static str {
        "arrivals"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        input.events.extend(self.text.take().map(Event::Paste));
        let dropped: Vec<_> = input.dropped_files.drain(..).collect();
        let known = self.files.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect::<Vec<_>>();
        input.dropped_files.extend(known.into_iter().map(|path| Arc::new(Taken(path)) as _));
        let dropped: Vec<_> = dropped.iter().filter_map(|file| file.web_file().cloned()).collect();
        if dropped.is_empty() {
            return;
        }
        let (all, ctx) = (Arc::clone(&self.files), ctx.clone());
        wasm_bindgen_futures::spawn_local(async move {
            let taken = take_in(dropped).await;
            all.lock().unwrap_or_else(PoisonError::into_inner).extend(taken);
            ctx.request_repaint();
        });
    }
}

/// Copies files into the page's memory, into a folder of their own that outlasts the page.
pub async fn take_in(chosen: Vec<web_sys::File>) -> Vec<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let folder = format!("{}-{}", now.as_millis(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = Path::new(OWN).join(folder);
    let mut taken = Vec::new();
    for file in chosen {
        let path = folder.join(file.name());
        if let Ok(buffer) = JsFuture::from(file.array_buffer()).await
            && files::write_whole(&path, &js_sys::Uint8Array::new(&buffer).to_vec()).is_ok()
        {
            taken.push(path);
        }
    }
    taken
}
