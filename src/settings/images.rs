//! Where images come from, and how the user's own are read.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::table::Name;
use super::{ProceduralSettings, RunSettings};
use crate::text::text;

/// The images that tasks are made from.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageSource {
    /// 124 colour faces of 32x32 pixels.
    #[default]
    Faces,
    /// 62 handwritten-like characters, grey, 16x16 pixels.
    Hand,
    /// 480 letters of 30 alphabets, grey, 16x16 pixels.
    Scripts,
    /// Handwriting and world scripts together; held out are the former's held-out characters.
    Characters,
    /// 10 handwritten digits, grey, 8x8 pixels.
    Digits,
    /// Species of animals, made from formulas, colour, 16x16 pixels.
    Creatures,
    /// Patterns, made from formulas, colour, 16x16 pixels.
    Textures,
    /// A folder of the user's own.
    Path(PathBuf),
}

/// Which colours own images are read with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageColour {
    /// Grey if all of them are grey, else colour.
    #[default]
    Auto,
    /// All of them in shades of grey.
    Grey,
    /// All of them with three channels, grey ones too.
    Colour,
}

/// What becomes of own images that are not square.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageFit {
    /// The largest square in the middle is read.
    #[default]
    Crop,
    /// All of an image is read, with bars of its edge's colour beside it.
    Fit,
}

/// How own images are read; another one asks for reading them again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageReading {
    /// Side of the square images in pixels.
    pub size: usize,
    /// Whether drawings have another one, from 16 to 32, chosen by their strokes.
    pub by_strokes: bool,
    /// Chooses the images that are held out.
    pub seed: u64,
    /// Their colours.
    pub colour: ImageColour,
    /// Whether black and white change places.
    pub invert: bool,
    /// What becomes of those that are not square.
    pub fit: ImageFit,
    /// Whether a single one is enough, as they are only to be adapted to.
    pub alone: bool,
}

/// How the images of a set come about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ImageMaking {
    /// They come with the program.
    AsTheyAre,
    /// They are the user's own, and read.
    Read(ImageReading),
    /// They are made from formulas.
    Made(ProceduralSettings),
}

/// What a loaded image set depends on: where it comes from, and how it comes about.
pub type ImageKey = (ImageSource, ImageMaking);

impl ImageSource {
    /// The sets that come with the program.
    pub const BUILT_IN: [Self; 7] =
        [Self::Faces, Self::Hand, Self::Scripts, Self::Characters, Self::Digits, Self::Creatures, Self::Textures];

    /// Its names and what is in it; `None` for the user's own images.
    pub fn name(&self) -> Option<Name> {
        let (id, label, about) = match self {
            Self::Faces => (
                "faces",
                text("Faces", "人脸"),
                text(
                    "124 colour faces of 32 × 32 pixels; one class, so not for class tasks",
                    "124 张彩色人脸，32 × 32 像素；只有一个类别，因此不能用于类别任务",
                ),
            ),
            Self::Hand => (
                "hand",
                text("Handwriting", "手写体"),
                text(
                    "62 handwritten-like characters in 19 hands, grey, 16 × 16 pixels",
                    "62 个仿手写的字符，19 种笔迹，灰度，16 × 16 像素",
                ),
            ),
            Self::Scripts => (
                "scripts",
                text("World scripts", "世界文字"),
                text(
                    "480 letters of 30 alphabets, twenty of each, grey, 16 × 16 pixels",
                    "30 种文字的 480 个字母，每个 20 张，灰度，16 × 16 像素",
                ),
            ),
            Self::Characters => (
                "characters",
                text("Characters", "字符"),
                text(
                    "Handwriting and world scripts together: 542 characters",
                    "手写体和世界文字合在一起：共 542 个字符",
                ),
            ),
            Self::Digits => (
                "digits",
                text("Digits", "数字"),
                text(
                    "10 handwritten digits, a hundred of each, grey, 8 × 8 pixels",
                    "10 个手写数字，每个 100 张，灰度，8 × 8 像素",
                ),
            ),
            Self::Creatures => (
                "creatures",
                text("Creatures", "生物"),
                text(
                    "Species of animals, made from formulas with knobs of their own, colour, 16 × 16 pixels",
                    "由公式生成的各种动物，有自己的旋钮，彩色，16 × 16 像素",
                ),
            ),
            Self::Textures => (
                "textures",
                text("Textures", "纹理"),
                text(
                    "Patterns, made from formulas with knobs of their own, colour, 16 × 16 pixels",
                    "由公式生成的图案，有自己的旋钮，彩色，16 × 16 像素",
                ),
            ),
            Self::Path(_) => return None,
        };
        Some(Name { id, label, about })
    }
}

impl ImageReading {
    /// Images of this size as they are.
    pub fn of_size(size: usize, seed: u64) -> Self {
        let (colour, fit) = (ImageColour::Auto, ImageFit::Crop);
        Self { size, by_strokes: false, seed, colour, invert: false, fit, alone: false }
    }
}

impl RunSettings {
    /// The key of the images that this run needs.
    pub fn image_key(&self) -> ImageKey {
        let making = match &self.images {
            ImageSource::Path(_) => ImageMaking::Read(self.image_reading()),
            source if source.is_procedural() => ImageMaking::Made(self.procedural),
            _ => ImageMaking::AsTheyAre,
        };
        (self.images.clone(), making)
    }

    /// How own images are to be read.
    pub fn image_reading(&self) -> ImageReading {
        ImageReading {
            size: self.image_size.unwrap_or(if self.tasks.needs_classes() { 16 } else { 32 }),
            by_strokes: self.image_size.is_none(),
            seed: self.seed,
            colour: self.image_colour,
            invert: self.image_invert,
            fit: self.image_fit,
            alone: false,
        }
    }

    /// Takes over how own images were read; the seed stays.
    pub fn set_image_reading(&mut self, reading: ImageReading) {
        self.image_size = (!reading.by_strokes).then_some(reading.size);
        self.image_fit = reading.fit;
        (self.image_colour, self.image_invert) = (reading.colour, reading.invert);
    }
}
