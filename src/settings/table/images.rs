//! The images that tasks are made from.

use super::{Choice, Field, Group, Name, Number, Range, Setting};
use crate::settings::{ImageColour, ImageFit};
use crate::text::text;

/// Their settings.
pub static IMAGES: [Setting; 10] = [
    Setting {
        path: "run.images",
        option: Some("set"),
        label: text("Images", "图像"),
        about: text("A set of images that comes with the program", "程序自带的图像集"),
        group: Group::Images,
        field: Field::Images,
        ..Setting::BLANK
    },
    Setting {
        path: "run.image_size",
        label: text("Size", "尺寸"),
        about: text(
            "Images are made square and resized to so many pixels a side; fewer train faster. By itself: 32, for tasks of classes 16, and for drawings from 16 to 32, by their strokes",
            "图像会变成正方形，并缩放到每边这么多像素；越少训练越快。自动选择时为 32，类别任务为 16，线条画按笔画取 16 到 32",
        ),
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
        label: text("Colour", "颜色"),
        about: text("Which colours the images are read with", "读取图像时使用哪些颜色"),
        ..choice!(run.image_colour, Group::OwnImages, ImageColour)
    },
    Setting {
        label: text("Shape", "形状"),
        about: text("What becomes of images that are not square", "不是正方形的图像如何处理"),
        ..choice!(run.image_fit, Group::OwnImages, ImageFit)
    },
    Setting {
        path: "run.image_invert",
        option: Some("invert"),
        label: text("Invert", "反色"),
        about: text(
            "Black becomes white and white black. Class tasks expect light strokes on dark ground; drawings of thin strokes in grey are turned by themselves",
            "黑变白，白变黑。类别任务需要深色背景上的浅色笔画；细笔画的灰度线条画会自动反色",
        ),
        group: Group::OwnImages,
        ..Setting::BLANK
    },
    Setting {
        option: Some("set-classes"),
        label: text("Classes", "类别数"),
        about: text(
            "Classes of the set, an eighth of them held out: with more, the shared prior is learned from more",
            "图像集的类别数，其中八分之一留出：类别越多，共享的先验就从越多的类别中学到",
        ),
        ..number!(run.procedural.classes, Group::Formulas, Range::whole(8, 480))
    },
    Setting {
        option: Some("set-each"),
        label: text("Images of each", "每类图像数"),
        about: text(
            "Images of each class: the shots are taken from them, the others judge",
            "每个类别的图像数：样本从中抽取，其余的用于评判",
        ),
        ..number!(run.procedural.each, Group::Formulas, Range::whole(4, 60))
    },
    Setting {
        option: Some("set-variety"),
        label: text("Variety", "变化程度"),
        about: text(
            "How much the images of one class differ in pose, size, squash, place, gaze and light, or in where the pattern lies: the more, the less a few of them tell",
            "同一类别的图像在姿态、大小、压扁程度、位置、视线和光照上，或在图案所处位置上相差多少：相差越大，少数几张能说明的就越少",
        ),
        ..number!(run.procedural.variety, Group::Formulas, Range::real(0.0, 2.0))
    },
    Setting {
        option: Some("set-sameness"),
        label: text("Sameness", "颜色相近度"),
        about: text(
            "How little colour gives a class away: fewer colours for more of it, and at 1 the classes differ in shape alone",
            "靠颜色认出类别有多难：值越大颜色越少，为 1 时各类别只有形状不同",
        ),
        ..number!(run.procedural.sameness, Group::Formulas, Range::real(0.0, 1.0))
    },
    Setting {
        option: Some("set-seed"),
        label: text("Seed of the set", "图像集的随机种子"),
        about: text("Another seed makes other classes in the same way", "换一个随机种子，会以同样的方式生成另一批类别"),
        ..number!(run.procedural.seed, Group::Formulas, Range::whole(0, 9999))
    },
];

impl ImageColour {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Grey, Self::Colour];

    /// Its name.
    pub fn name(self) -> Name {
        let (id, label, about) = match self {
            Self::Auto => (
                "auto",
                text("As they are", "原样"),
                text("One channel if every image is grey, else three", "所有图像都是灰度时用一个通道，否则用三个"),
            ),
            Self::Grey => (
                "grey",
                text("Grey", "灰度"),
                text(
                    "One channel: brightness alone, so that coloured drawings can be learned as drawings",
                    "一个通道：只取亮度，使彩色线条画可以当作线条画来学",
                ),
            ),
            Self::Colour => (
                "colour",
                text("Colour", "彩色"),
                text("Three channels, for grey images too", "三个通道，灰度图像也一样"),
            ),
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
            Self::Crop => (
                "crop",
                text("Crop", "裁剪"),
                text("The largest square in the middle of each image", "取每张图像中央最大的正方形"),
            ),
            Self::Fit => (
                "fit",
                text("Fit", "完整放入"),
                text(
                    "All of each image, with bars of its edge's colour beside it; for sheets and panoramas",
                    "保留整张图像，两旁用其边缘的颜色补成条；适合整页的图和全景图",
                ),
            ),
        };
        Name { id, label, about }
    }
}
