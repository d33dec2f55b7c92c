//! The help: meta-learning in a minute, what is often asked, the keys, and what the colours mean.

mod answers;
mod lessons;
mod questions;
mod teaching;

use egui::{Color32, Context, Grid, Id, Label, Modal, Rect, RichText, ScrollArea, Sense, Ui, vec2};

use self::questions::Questions;
use super::commands::{Commands, UiCommand};
use super::theme::{GRID, Palette, init_label, init_tooltip};
use crate::aside::THREADS;
use crate::settings::Settings;
use crate::text::{Text, say, text};
use crate::train::snapshot::Init;

/// What a newcomer reads first.
const IN_A_MINUTE: [Text; 10] = [
    text(
        "Meta-learning looks for a start from which a few steps are enough to learn a new task.",
        "元学习寻找一个起点：从它出发，几步就足以学会一个新任务。",
    ),
    text(
        "Each task is small, such as one face to complete or one curve to fit.",
        "每个任务都很小，例如补全一张人脸，或拟合一条曲线。",
    ),
    text(
        "Its support set is what adaptation sees; its query set is what the result is judged by.",
        "支持集是适应过程能看到的数据，查询集用来评判适应的结果。",
    ),
    text(
        "The inner loop begins at the start φ and takes K gradient steps of size α on the support loss.",
        "内循环从起点 φ 出发，沿支持集损失的梯度走 K 步，每一步的大小由 α 决定。",
    ),
    text(
        "The outer loop moves φ itself, at the rate β, so that the query loss after those steps falls; each such move is a meta-iteration.",
        "外循环以学习率 β 移动 φ 本身，使这些步之后的查询损失下降；每移动一次就是一次元迭代。",
    ),
    text(
        "The three rows adapt to tasks that were never trained on, from three starts: learned, random, and pretrained on all tasks at once.",
        "三行都在适应从未训练过的任务，但起点不同：学到的、随机的、在所有任务上联合预训练的。",
    ),
    text(
        "k counts the inner steps taken so far: k = 0 is the start itself, before it has seen anything of the task.",
        "k 是已经走过的内循环步数：k = 0 就是起点本身，它还没有看过这个任务。",
    ),
    text(
        "Lower losses are better; what counts is the loss on held-out tasks after adaptation, and it should fall below those of the other two starts.",
        "损失越低越好；要看的是留出任务在适应后的损失，它应当降到另外两个起点之下。",
    ),
    text(
        "To begin with, let it run and watch the first row overtake the other two.",
        "先让它运行，看第一行怎样超过另外两行。",
    ),
    text(
        "Then drag α into the hatched part of its track, and see steps that are too long undo what was learned.",
        "再把 α 拖进滑轨的斜线部分，看过大的步长怎样毁掉学到的东西。",
    ),
];

/// What is otherwise where there are no threads.
const ON_A_PAGE: [Text; 1] = [text(
    "This is the program on a page: it has one thread and trains more slowly, sweeps and races are in the desktop program alone, and its numbers differ from the desktop's in their last digits. It stands still while the page is hidden.",
    "这是网页上的程序：只有一个线程，训练较慢；参数扫描和算法对比只在桌面程序中；数值的最后几位与桌面程序不同。页面隐藏时，它停着。",
)];

/// Its width, and the height of a page, where there is room for them.
const WIDTH: f32 = 640.0;
const HEIGHT: f32 = 460.0;

/// Size of a text that is to be read.
const READ: f32 = 15.0;

/// Space around what it holds.
const AROUND: f32 = 5.0 * GRID;

/// Height of a row of controls with the space below it.
const ROW: f32 = 9.0 * GRID;

/// One of its pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Page {
    #[default]
    Minute,
    Lessons,
    Questions,
    Keys,
    Colours,
    Teaching,
}

impl Page {
    const ALL: [Self; 6] = [Self::Minute, Self::Lessons, Self::Questions, Self::Keys, Self::Colours, Self::Teaching];

    /// Its name, and one sentence about it.
    fn texts(self) -> [Text; 2] {
        match self {
            Self::Minute => [
                text("In a minute", "一分钟入门"),
                text("What meta-learning is, and what to try first", "什么是元学习，先试什么"),
            ],
            Self::Lessons => [
                text("Lessons", "课程"),
                text("Predict, do, see: lessons that measure what comes about", "预测、动手、观察：由测量来判断的课程"),
            ],
            Self::Questions => [
                text("Questions", "常见问题"),
                text(
                    "What is often asked about meta-learning, with answers that the program can show",
                    "关于元学习的常见问题，回答可以在程序里演示",
                ),
            ],
            Self::Keys => [text("Keys", "按键"), text("What can be done by a key", "可以用按键完成的操作")],
            Self::Teaching => [
                text("For teachers", "给老师"),
                text("A plan, which lesson answers what, how to grade", "教学安排，哪一课回答什么，怎样评分"),
            ],
            Self::Colours => {
                [text("Colours", "颜色"), text("What each colour means everywhere", "每种颜色在各处代表什么")]
            }
        }
    }
}

/// The overlay.
#[derive(Debug, Default)]
pub struct Help {
    open: bool,
    page: Page,
    questions: Questions,
    /// Where it was drawn last: it is put in the middle by the size that it had then.
    place: Option<Rect>,
}

impl Help {
    /// Shows or hides it.
    pub fn toggle(&mut self) {
        self.open = !self.open;
    }

    /// Shows which lessons there are.
    pub fn show_lessons(&mut self) {
        (self.open, self.page) = (true, Page::Lessons);
    }

    /// Hides it.
    pub fn close(&mut self) {
        self.open = false;
    }

    /// Whether it is shown.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Draws it over everything else, if it is open.
    pub fn ui(&mut self, ctx: &Context, settings: &Settings, commands: &mut Commands) {
        if !self.open {
            return;
        }
        let frame = egui::Frame::window(&ctx.global_style()).inner_margin(AROUND);
        // A veil over the whole window would be as much to paint as all that it covers.
        let modal = Modal::new(Id::unique("help")).frame(frame).backdrop_color(Color32::TRANSPARENT);
        let room = ctx.content_rect().size() - vec2(4.0 * AROUND, 4.0 * AROUND + 2.0 * ROW);
        let response = modal.show(ctx, |ui| {
            ui.set_width(room.x.min(WIDTH));
            let opened = self.choose(ui);
            let mut height = room.y.min(HEIGHT);
            if self.page == Page::Questions {
                let top = ui.cursor().top();
                self.questions.field(ui, opened);
                ui.add_space(GRID);
                height -= ui.cursor().top() - top;
            }
            ScrollArea::vertical().id_salt(self.page.texts()[0].en()).max_height(height).auto_shrink(false).show(
                ui,
                |ui| {
                    // Room for the scroll bar, so that it never lies on a word.
                    ui.set_width(ui.available_width() - 3.0 * GRID);
                    match self.page {
                        Page::Minute => {
                            IN_A_MINUTE.iter().chain(ON_A_PAGE.iter().filter(|_| !THREADS)).for_each(|sentence| {
                                ui.add(Label::new(RichText::new(sentence.get()).size(READ)).wrap());
                                ui.add_space(GRID);
                            })
                        }
                        Page::Lessons => lessons::ui(ui, commands),
                        Page::Questions => self.questions.ui(ui, settings, commands),
                        Page::Keys => keys(ui),
                        Page::Colours => colours(ui),
                        Page::Teaching => teaching::ui(ui),
                    }
                },
            );
            ui.add_space(2.0 * GRID);
            ui.button(say("Close", "关闭"))
                .on_hover_text(say("Back to the run (Escape)", "回到运行（Escape）"))
                .clicked()
        });
        let place = Some(response.response.rect);
        if std::mem::replace(&mut self.place, place) != place {
            ctx.request_repaint();
        }
        if response.should_close() || response.inner {
            self.open = false;
        }
    }

    /// Draws the names of the pages; whether another one was chosen.
    fn choose(&mut self, ui: &mut Ui) -> bool {
        let before = self.page;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = GRID;
            for page in Page::ALL {
                let [name, about] = page.texts();
                ui.selectable_value(&mut self.page, page, name.get()).on_hover_text(about.get());
            }
        });
        ui.add_space(2.0 * GRID);
        self.page != before
    }
}

/// Keys that give no command: what they are called, and what they do.
const WITHOUT_COMMAND: [[Text; 3]; 3] = [
    [text("1 … 9", "1 … 9"), text("The tabs", "各个标签页"), text("", "")],
    [
        text("Tab", "Tab"),
        text("The next control", "下一个控件"),
        text(
            "Space or Enter presses it, arrows move a slider, Escape lets go of it",
            "空格或回车按下它，方向键移动滑块，Escape 放开它",
        ),
    ],
    [
        text("Ctrl + - 0", "Ctrl + - 0"),
        text("Zoom", "缩放"),
        text("Makes everything larger or smaller, or as it was", "放大、缩小，或恢复原来的大小"),
    ],
];

fn keys(ui: &mut Ui) {
    Grid::new("keys").num_columns(3).spacing(vec2(4.0 * GRID, GRID)).show(ui, |ui| {
        for [keys, name, about] in WITHOUT_COMMAND.map(|row| row.map(Text::get)) {
            ui.label(RichText::new(keys).monospace());
            ui.label(name);
            explain(ui, about);
            ui.end_row();
        }
        for command in UiCommand::WITH_SHORTCUT {
            ui.label(RichText::new(command.key_names()).monospace());
            ui.label(command.label());
            explain(ui, command.tooltip());
            ui.end_row();
        }
    });
}

fn colours(ui: &mut Ui) {
    let palette = Palette::of(ui);
    let start = |init: Init| (palette.init(init), init_label(init), init_tooltip(init));
    let meanings = [
        (palette.support, say("Support", "支持集"), say("What adaptation sees", "适应过程看到的")),
        (palette.query, say("Query and truth", "查询集和真值"), say("What it is measured on", "用来衡量结果的")),
        (palette.initial, say("Before adaptation", "适应之前"), say("Drawn dashed in the curves", "在曲线中画成虚线")),
        start(Init::Learned),
        start(Init::Random),
        start(Init::Joint),
        (palette.danger, say("Danger", "危险"), say("Overflow and divergence", "溢出和发散")),
    ];
    Grid::new("colours").num_columns(3).spacing(vec2(3.0 * GRID, GRID)).show(ui, |ui| {
        for (colour, name, about) in meanings {
            let (rect, _) = ui.allocate_exact_size(vec2(4.0 * GRID, 3.0 * GRID), Sense::hover());
            ui.painter().rect_filled(rect, 2.0, colour);
            ui.label(name);
            explain(ui, about);
            ui.end_row();
        }
    });
}

fn explain(ui: &mut Ui, text: &str) {
    ui.add(Label::new(RichText::new(text).small().color(Palette::of(ui).weak)).wrap());
}
