//! The images that tasks are made from.

use super::{Choice, Field, Group, Name, Number, Range, Setting};
use crate::settings::{ImageColour, ImageFit};

/// Their settings.
pub static IMAGES: [Setting; 10] = [
    Setting {
        path: "run.images",
        option: Some("set"),
        label: "Images",
        about: "A set of images that comes with the program",
        group: Group::Images,
        field: Field::Images,
        ..Setting::BLANK
    },
    Setting {
        path: "run.image_size",
        label: "Size",
        about: "Images are made square and resized to so many pixels a side; fewer train faster. By itself: 32, for tasks of classes 16, and for drawings from 16 to 32, by their strokes",
        unit: Some("pixels"),
        group: Group::OwnImages,
        field: Field::Run(Number {
            range: Range::whole(4, 128),
            get: |run| run.image_reading().size as f64,
            set: |run, size| run.image_size = Some(size as usize),
        }),
        ..Setting::BLANK
    },
    Setting {
        label: "Colour",
        about: "Which colours the images are read with",
        ..choice!(run.image_colour, Group::OwnImages, ImageColour)
    },
    Setting {
        label: "Shape",
        about: "What becomes of images that are not square",
        ..choice!(run.image_fit, Group::OwnImages, ImageFit)
    },
    Setting {
        path: "run.image_invert",
        option: Some("invert"),
        label: "Invert",
        about: "Black becomes white and white black. Class tasks expect light strokes on dark ground; drawings of thin strokes in grey are turned by themselves",
        group: Group::OwnImages,
        ..Setting::BLANK
    },
    Setting {
        option: Some("set-classes"),
        label: "Classes",
        about: "Classes of the set, an eighth of them held out: with more, the shared prior is learned from more",
        ..number!(run.procedural.classes, Group::Formulas, Range::whole(8, 480))
    },
    Setting {
        option: Some("set-each"),
        label: "Images of each",
        about: "Images of each class: the shots are taken from them, the others judge",
        ..number!(run.procedural.each, Group::Formulas, Range::whole(4, 60))
    },
    Setting {
        option: Some("set-variety"),
        label: "Variety",
        about: "How much the images of one class differ in pose, size, squash, place, gaze and light, or in where the pattern lies: the more, the less a few of them tell",
        ..number!(run.procedural.variety, Group::Formulas, Range::real(0.0, 2.0))
    },
    Setting {
        option: Some("set-sameness"),
        label: "Sameness",
        about: "How little colour gives a class away: fewer colours for more of it, and at 1 the classes differ in shape alone",
        ..number!(run.procedural.sameness, Group::Formulas, Range::real(0.0, 1.0))
    },
    Setting {
        option: Some("set-seed"),
        label: "Seed of the set",
        about: "Another seed makes other classes in the same way",
        ..number!(run.procedural.seed, Group::Formulas, Range::whole(0, 9999))
    },
];

impl ImageColour {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Grey, Self::Colour];

    /// Its name.
    pub fn name(self) -> Name {
        let (id, label, about) = match self {
            Self::Auto => ("auto", "As they are", "One channel if every image is grey, else three"),
            Self::Grey => {
                ("grey", "Grey", "One channel: brightness alone, so that coloured drawings can be learned as drawings")
            }
            Self::Colour => ("colour", "Colour", "Three channels, for grey images too"),
        };
        Name { id, label, about }
    }
}

impl ImageFit {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::Crop, Self::Fit];

    /// Its name.
    pub fn name(self) -> Name {
        let (id, label, about) = match self {
            Self::Crop => ("crop", "Crop", "The largest square in the middle of each image"),
            Self::Fit => {
                ("fit", "Fit", "All of each image, with bars of its edge's colour beside it; for sheets and panoramas")
            }
        };
        Name { id, label, about }
    }
}
