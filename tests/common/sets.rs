//! Small image sets.

use std::sync::Arc;

use metascope::images::ImageSet;
use metascope::images::built_in::built_in;
use metascope::settings::{ImageSource, Settings, TaskFamily};

/// Six images each of ten characters, two of which are held out.
#[allow(dead_code, reason = "each test file uses its part")]
pub fn characters() -> ImageSet {
    let mut set = built_in(&ImageSource::Hand).unwrap();
    set.images.retain(|image| image.class < 10);
    let mut index = 0;
    set.images.retain(|_| {
        index += 1;
        (index - 1) % 19 < 6
    });
    set.images.iter_mut().for_each(|image| image.held_out = image.class >= 8);
    set.classes.truncate(10);
    set.foreground = 10;
    set
}

/// A set that suits these settings.
#[allow(dead_code, reason = "each test file uses its part")]
pub fn for_settings(settings: &Settings) -> Arc<ImageSet> {
    Arc::new(match settings.run.tasks {
        TaskFamily::Class => characters(),
        _ => built_in(&settings.run.images).unwrap(),
    })
}
