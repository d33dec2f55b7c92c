//! Small image sets.

use std::sync::Arc;

use metascope::images::ImageSet;
use metascope::images::built_in::built_in;
use metascope::settings::{ImageSource, Settings};

/// Six images of 8 x 8 pixels each of ten characters, two of which are held out.
pub fn characters() -> ImageSet {
    let mut set = built_in(&ImageSource::Hand).unwrap();
    set.images.retain(|image| image.class < 10);
    let mut index = 0;
    set.images.retain(|_| {
        index += 1;
        (index - 1) % 19 < 6
    });
    let (size, half) = (set.size, set.size / 2);
    for image in &mut set.images {
        image.held_out = image.class >= 8;
        let brightest = |i: usize| {
            let corner = i / half * 2 * size + i % half * 2;
            [0, 1, size, size + 1].into_iter().map(|step| image.pixels[corner + step]).max().unwrap()
        };
        image.pixels = (0..half * half).map(brightest).collect();
    }
    set.size = half;
    set.classes.truncate(10);
    set.foreground = 10;
    set
}

/// A set that suits these settings.
pub fn for_settings(settings: &Settings) -> Arc<ImageSet> {
    let classes = settings.run.tasks.needs_classes();
    Arc::new(if classes { characters() } else { built_in(&settings.run.images).unwrap() })
}
