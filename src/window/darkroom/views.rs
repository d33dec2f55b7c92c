//! Which parts of the window can be taken, and what they can be written as.

use crate::text::{Text, text};

/// A part of the window that can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The large view.
    Large,
    /// The small view.
    Small,
    /// The losses.
    Losses,
    /// All of it.
    Window,
}

/// What a view can be written as.
#[derive(Debug)]
pub struct ViewKind {
    /// What its file's name ends in.
    pub ending: &'static str,
    /// The name shown to people.
    pub name: Text,
    /// One sentence: what is in it.
    pub about: Text,
    /// How many times sharper than the screen.
    pub sharper: f32,
}

/// All of them.
pub static VIEW_KINDS: [ViewKind; 3] = [
    ViewKind {
        ending: "png",
        name: text("Picture", "图片"),
        about: text(
            "This view as it is on the screen; dropped on the window, the picture begins the run that it shows",
            "这个视图在屏幕上的样子；把图片拖到窗口上，就会开始它所显示的运行",
        ),
        sharper: 1.0,
    },
    ViewKind {
        ending: "png",
        name: text("Picture, twice as sharp", "图片，两倍清晰"),
        about: text("The same with twice as many pixels each way", "同样的图片，横竖像素各两倍"),
        sharper: 2.0,
    },
    ViewKind {
        ending: "svg",
        name: text("Drawing", "矢量图"),
        about: text(
            "This view as a drawing, to be enlarged as far as one likes; its text stays text",
            "把这个视图存为矢量图，可任意放大；其中的文字仍是文字",
        ),
        sharper: 1.0,
    },
];

impl Place {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 4] = [Self::Large, Self::Small, Self::Losses, Self::Window];

    /// The name shown to people.
    pub fn name(self) -> Text {
        match self {
            Self::Large => text("The large view", "大视图"),
            Self::Small => text("The small view", "小视图"),
            Self::Losses => text("The losses", "损失图"),
            Self::Window => text("The whole window", "整个窗口"),
        }
    }

    /// The same for the name of a file.
    pub fn id(self) -> &'static str {
        match self {
            Self::Large => "view",
            Self::Small => "small-view",
            Self::Losses => "losses",
            Self::Window => "window",
        }
    }
}
