//! Small image sets.

use std::sync::{Arc, LazyLock, Mutex};

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

/// A set that comes with the program, read once for all tests.
pub fn read_once(source: &ImageSource) -> Arc<ImageSet> {
    static READ: Mutex<Vec<(ImageSource, Arc<ImageSet>)>> = Mutex::new(Vec::new());
    let mut read = READ.lock().unwrap();
    if let Some((_, set)) = read.iter().find(|(known, _)| known == source) {
        return Arc::clone(set);
    }
    let set = Arc::new(built_in(source).unwrap());
    read.push((source.clone(), Arc::clone(&set)));
    set
}

/// A set that suits these settings.
pub fn for_settings(settings: &Settings) -> Arc<ImageSet> {
    static CHARACTERS: LazyLock<Arc<ImageSet>> = LazyLock::new(|| Arc::new(characters()));
    if settings.run.tasks.needs_classes() { Arc::clone(&CHARACTERS) } else { read_once(&settings.run.images) }
}
