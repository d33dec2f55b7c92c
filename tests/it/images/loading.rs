//! Reading beside the window: progress, the way to break it off, and that nothing waits for it.

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};

use metascope::images::{ImageError, ImageSet, Loader, Progress};
use metascope::settings::ImageReading;
use tempfile::TempDir;

use super::{SIZE, png};
use crate::common::waiting::{DEADLINE, wait_until};

/// 10,000 tiny pictures.
fn many() -> TempDir {
    let folder = TempDir::new().unwrap();
    let pictures: Vec<_> = (0..16).map(|index| png(SIZE as u32, SIZE as u32, index)).collect();
    for index in 0..10_000 {
        fs::write(folder.path().join(format!("{index:05}.png")), &pictures[index % 16]).unwrap();
    }
    folder
}

/// A loader whose threads wait at the gate whenever they wake the window, until it is opened or gone.
fn start(path: PathBuf) -> (Loader, Gate) {
    let (at_the_gate, waiting) = channel();
    let (open, gate) = sync_channel::<()>(0);
    let gate = Mutex::new(gate);
    let wake = move || {
        let _ = at_the_gate.send(());
        let _ = gate.lock().unwrap().recv();
    };
    (Loader::start(path, ImageReading::of_size(SIZE, 0), Arc::new(wake)), Gate { waiting, open })
}

struct Gate {
    waiting: Receiver<()>,
    open: SyncSender<()>,
}

/// Lets the threads through until files are read.
fn first_read(loader: &Loader, gate: &Gate) -> Progress {
    loop {
        gate.waiting.recv_timeout(DEADLINE).unwrap();
        let progress = loader.progress();
        if progress.done > 0 {
            return progress;
        }
        gate.open.send(()).unwrap();
    }
}

/// The result; each progress on the way is given to `look`.
fn wait(loader: &Loader, mut look: impl FnMut(Progress)) -> Result<ImageSet, ImageError> {
    wait_until("a result", || {
        look(loader.progress());
        loader.poll()
    })
}

#[test]
fn ten_thousand_files_load_with_progress_and_can_be_cancelled_or_dropped() {
    let folder = many();
    let (loader, gate) = start(folder.path().to_owned());
    let on_the_way = first_read(&loader, &gate);
    assert!((1..10_000).contains(&on_the_way.done), "there was no progress on the way: {on_the_way:?}");
    drop(gate);
    let mut seen = vec![Progress::default(), on_the_way];
    let set = wait(&loader, |progress| seen.push(progress)).unwrap();
    assert_eq!(set.images.len(), 10_000);
    assert!(seen.iter().map(|progress| progress.done).is_sorted(), "the bar went back");
    let end = Progress { found: 10_000, done: 10_000, skipped: 0, finished_listing: true };
    assert_eq!(loader.progress(), end);

    let (loader, gate) = start(folder.path().to_owned());
    first_read(&loader, &gate);
    loader.cancel();
    drop(gate);
    let result = wait(&loader, |_| {});
    assert_eq!(result.map(|set| set.images.len()), Err(ImageError::Cancelled));
    assert!(loader.progress().done < 10_000);

    // Whoever drops it does not wait for the threads at the gate.
    let (loader, gate) = start(folder.path().to_owned());
    first_read(&loader, &gate);
    drop(loader);
    drop(gate.open);
}

#[test]
fn a_loader_wakes_the_window_and_reports_a_missing_path() {
    let (loader, gate) = start("/no/such/folder".into());
    gate.waiting.recv_timeout(DEADLINE).unwrap();
    assert!(matches!(wait(&loader, |_| {}), Err(ImageError::Path { .. })));
}
