//! What all sets made from formulas have in common.

use std::sync::Arc;

use rayon::prelude::*;

use super::{ImageSet, Kind, LabelledImage, Origin};
use crate::settings::ProceduralSettings;
use crate::text::Text;

/// Side in pixels.
pub const SIZE: usize = 16;

/// The colour set of which `image` draws one image of one class (by their numbers from 0).
pub(super) fn set(
    name: &str,
    word: Text,
    settings: &ProceduralSettings,
    image: impl Fn(usize, usize) -> Arc<[u8]> + Sync,
) -> ImageSet {
    let (ProceduralSettings { classes, each, .. }, of_class) = (*settings, word.en());
    let labelled = |place: usize| {
        let (class, index) = (place / each, place % each);
        LabelledImage {
            name: format!("{of_class} {} {}", class + 1, index + 1),
            class,
            held_out: class >= classes - settings.held_out(),
            validates: false,
            pixels: image(class, index),
        }
    };
    let side = (SIZE as u32, SIZE as u32);
    ImageSet {
        name: name.to_owned(),
        size: SIZE,
        channels: 3,
        images: (0..classes * each).into_par_iter().map(labelled).collect(),
        classes: (1..=classes).map(|class| format!("{of_class} {class}")).collect(),
        foreground: classes,
        skipped: Vec::new(),
        notes: Vec::new(),
        origin: Origin { kind: Kind::BuiltIn, smallest: side, largest: side, divided: false, classes: Some(word) },
    }
}
