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
        group: Group::OwnImages,
        ..choice!(run.image_colour, COLOURS)
    },
    Setting {
        label: "Shape",
        about: "What becomes of images that are not square",
        group: Group::OwnImages,
        ..choice!(run.image_fit, FITS)
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
        group: Group::Formulas,
        ..number!(Run, run.procedural.classes, Range::whole(8, 480))
    },
    Setting {
        option: Some("set-each"),
        label: "Images of each",
        about: "Images of each class: the shots are taken from them, the others judge",
        group: Group::Formulas,
        ..number!(Run, run.procedural.each, Range::whole(4, 60))
    },
    Setting {
        option: Some("set-variety"),
        label: "Variety",
        about: "How much the images of one class differ in pose, size, squash, place, gaze and light, or in where the pattern lies: the more, the less a few of them tell",
        group: Group::Formulas,
        ..number!(Run, run.procedural.variety, Range::real(0.0, 2.0))
    },
    Setting {
        option: Some("set-sameness"),
        label: "Sameness",
        about: "How little colour gives a class away: fewer colours for more of it, and at 1 the classes differ in shape alone",
        group: Group::Formulas,
        ..number!(Run, run.procedural.sameness, Range::real(0.0, 1.0))
    },
    Setting {
        option: Some("set-seed"),
        label: "Seed of the set",
        about: "Another seed makes other classes in the same way",
        group: Group::Formulas,
        ..number!(Run, run.procedural.seed, Range::whole(0, 9999))
    },
];

/// Which colours own images can be read with.
pub static COLOURS: [(ImageColour, Name); 3] = [
    (
        ImageColour::Auto,
        Name { id: "auto", label: "As they are", about: "One channel if every image is grey, else three" },
    ),
    (
        ImageColour::Grey,
        Name {
            id: "grey",
            label: "Grey",
            about: "One channel: brightness alone, so that coloured drawings can be learned as drawings",
        },
    ),
    (ImageColour::Colour, Name { id: "colour", label: "Colour", about: "Three channels, for grey images too" }),
];

/// What can become of own images that are not square.
pub static FITS: [(ImageFit, Name); 2] = [
    (ImageFit::Crop, Name { id: "crop", label: "Crop", about: "The largest square in the middle of each image" }),
    (
        ImageFit::Fit,
        Name {
            id: "fit",
            label: "Fit",
            about: "All of each image, with bars of its edge's colour beside it; for sheets and panoramas",
        },
    ),
];
