//! Making a built-in set in the background, for the window: pictures are decoded or drawn, which takes longer
//! than a frame may.

use std::sync::Arc;

use super::{ImageError, ImageSet, set_for};
use crate::aside::{Coming, Lost};
use crate::settings::{ImageKey, RunSettings};
use crate::text::{Words, text};

/// A set on its way.
pub struct Making {
    key: ImageKey,
    result: Coming<Result<ImageSet, ImageError>>,
}

impl Making {
    /// Begins to make the set of this run. `wake` is called when it is there.
    pub fn start(run: &RunSettings, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let own = run.clone();
        Self { key: run.image_key(), result: Coming::begin("images", move || set_for(&own), move || wake()) }
    }

    /// What the set is known by.
    pub fn key(&self) -> &ImageKey {
        &self.key
    }

    /// The set, once it is made.
    pub fn poll(&self) -> Option<Result<Arc<ImageSet>, ImageError>> {
        let failed = |lost| {
            let reason = match lost {
                Lost::Refused(error) => Words::of_error(&error),
                Lost::Broke => {
                    text("making it broke off through a fault in Metascope", "生成时因 Metascope 的故障而中断").into()
                }
            };
            let name = self.key.0.name().map(|name| name.label.into()).unwrap_or_default();
            Err(ImageError::BuiltIn { name, reason })
        };
        Some(self.result.poll()?.unwrap_or_else(failed).map(Arc::new))
    }
}

#[cfg(test)]
#[expect(clippy::panic, clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::mpsc::sync_channel;

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
        let (wake, woken) = sync_channel(1);
        let result = Coming::begin("images", || panic!("on purpose"), move || wake.send(()).unwrap());
        woken.recv().unwrap();
        let making = Making { key: RunSettings::default().image_key(), result };
        assert!(making.poll().unwrap().unwrap_err().to_string().contains("Faces"));
    }
}
