//! Making a built-in set in the background, for the window: pictures are decoded or drawn, which takes longer
//! than a frame may.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use super::{ImageError, ImageSet, set_for};
use crate::aside;
use crate::settings::{ImageKey, RunSettings};
use crate::text::{Words, text};

/// A set on its way.
pub struct Making {
    key: ImageKey,
    result: Receiver<Result<ImageSet, ImageError>>,
}

impl Making {
    /// Begins to make the set of this run. `wake` is called when it is there.
    pub fn start(run: &RunSettings, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (sender, result) = sync_channel(1);
        let own = (run.clone(), sender.clone());
        let work = move || {
            let (run, sender) = own;
            // If the window has gone, nobody wants it. A panic drops the sender, which `poll` sees.
            let _ = sender.send(set_for(&run));
            wake();
        };
        let key = run.image_key();
        if let Err(error) = aside::begin("images", work) {
            let _ = sender.send(Err(failed(&key, Words::of_error(&error))));
        }
        Self { key, result }
    }

    /// What the set is known by.
    pub fn key(&self) -> &ImageKey {
        &self.key
    }

    /// The set, once it is made.
    pub fn poll(&self) -> Option<Result<Arc<ImageSet>, ImageError>> {
        match self.result.try_recv() {
            Ok(result) => Some(result.map(Arc::new)),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                let fault = text("making it broke off through a fault in Metascope", "生成时因 Metascope 的故障而中断");
                Some(Err(failed(&self.key, fault.into())))
            }
        }
    }
}

fn failed(key: &ImageKey, reason: Words) -> ImageError {
    ImageError::BuiltIn { name: key.0.name().map(|name| name.label.into()).unwrap_or_default(), reason }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::settings::ImageSource;

    #[test]
    fn it_is_the_same_set_and_wakes_the_window() {
        let run = RunSettings { images: ImageSource::Digits, ..RunSettings::default() };
        let (wake, woken) = sync_channel(1);
        let making = Making::start(&run, Arc::new(move || wake.send(()).unwrap()));
        woken.recv().unwrap();
        assert_eq!(*making.key(), run.image_key());
        assert_eq!(making.poll().unwrap().unwrap().images, set_for(&run).unwrap().images);
    }

    #[test]
    fn a_fault_becomes_an_error() {
        let (sender, result) = sync_channel(1);
        drop(sender);
        let making = Making { key: RunSettings::default().image_key(), result };
        assert!(making.poll().unwrap().unwrap_err().to_string().contains("Faces"));
    }
}
