//! Close-up views of what meta-learning does: adapted parameters, the outer step taken apart, many test-time steps, and
//! layers. A view is a file and a line of [`VIEWS`].

mod arrows;
mod heat;
mod layers;
mod outer_step;
mod tasks;
mod test_steps;
mod words;

use egui::{FontId, Label, Painter, RichText, Stroke, Ui, vec2};

use self::layers::LayersView;
use self::outer_step::OuterStepView;
use self::test_steps::TestStepsView;
use super::parameters::Parameters;
use super::theme::{GRID, Palette, SMALL_TEXT, init_label, init_tooltip};
use super::toggle::toggle;
use super::tooltip;
use crate::text::{Text, text};
use crate::train::snapshot::{Init, Snapshot};
use crate::train::views::Focus;

/// Size of the text in a large view.
const LARGE_TEXT: f32 = 16.0;

/// A close-up view.
pub trait View {
    /// Has the trainer look at what it draws.
    fn look(&self, focus: &mut Focus);

    /// Draws it in all the space that is left, in the large place or in the small one.
    fn ui(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>, large: bool);

    /// Whether Escape means something to it now.
    fn takes_escape(&self) -> bool {
        false
    }
}

/// What is known of a view.
pub struct Entry {
    /// The name shown to people.
    pub name: Text,
    /// One sentence: what is seen.
    pub about: Text,
    /// Makes it.
    pub open: fn() -> Box<dyn View>,
}

/// All of them, in the order of their tabs.
pub static VIEWS: [Entry; 4] = [
    Entry {
        name: text("Parameters", "参数"),
        about: text(
            "Where the inner loop goes from each start: φ, the paths of adaptation, and the loss around them",
            "内循环从每个起点走到哪里：φ、适应的路径，以及周围的损失",
        ),
        open: || Box::new(Parameters::default()),
    },
    Entry {
        name: text("Outer step", "外循环步"),
        about: text(
            "The coming outer step taken apart: each task's gradient, what second derivatives add, and which way other algorithms would go",
            "把下一个外循环步拆开来看：每个任务的梯度、二阶导数增加了什么，以及其他算法会走的方向",
        ),
        open: || Box::new(OuterStepView::default()),
    },
    Entry {
        name: text("Test steps", "测试步"),
        about: text(
            "Losses of tasks that it never saw, over many more steps than were trained for",
            "从未见过的任务的损失，步数远多于训练时的步数",
        ),
        open: || Box::new(TestStepsView::default()),
    },
    Entry {
        name: text("Layers", "层"),
        about: text(
            "What adaptation does to each layer: how alike its representation stays, and how far it moves",
            "适应对每一层做了什么：表示保持得多相似，参数移动得多远",
        ),
        open: || Box::new(LayersView::default()),
    },
];

/// Text in a view: larger where it is to be read from afar.
fn font(large: bool) -> FontId {
    FontId::proportional(if large { LARGE_TEXT } else { SMALL_TEXT })
}

/// A line of text across the view, cut off where it is too long; see [`tooltip::line`].
fn line(ui: &mut Ui, text: RichText, large: bool, about: &str) {
    tooltip::line(ui, text.font(font(large)), about);
}

/// In a large view that is narrower, sentences are smaller, as they need several lines.
const NARROW: f32 = 130.0 * GRID;

/// Text across the view, in as many lines as it needs where the view is large, as a hall has no pointer for the rest.
fn lines(ui: &mut Ui, text: RichText, large: bool, about: &str) {
    if !large {
        return line(ui, text, large, about);
    }
    let font = font(ui.available_width() >= NARROW);
    let response = ui.add(Label::new(text.font(font)).wrap());
    if !about.is_empty() {
        response.on_hover_text(about);
    }
}

/// The first of two texts that has room, or the second.
fn fitting(texts: [&'static str; 2], room: f32, width: impl Fn(&str) -> f32) -> &'static str {
    let [long, short] = texts;
    if width(long) <= room { long } else { short }
}

/// A toggle for each of [`Init::ALL`], in its colour.
fn toggles(ui: &mut Ui, shown: &mut [bool; 3], large: bool) {
    let font = font(large);
    let room = vec2(1.4 * font.size, font.size + GRID);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(2.5 * GRID, 0.0);
        for (init, shown) in Init::ALL.into_iter().zip(shown) {
            let colour = Palette::of(ui).init(init);
            let sample = |painter: &Painter, ends, strength| {
                let stroke = Stroke::new(if large { 4.0 } else { 2.0 }, colour.gamma_multiply(strength));
                painter.line_segment(ends, stroke);
            };
            toggle(ui, [init_label(init), init_tooltip(init)], shown, (font.clone(), room), sample);
        }
    });
}

/// What is said in an empty view.
fn nothing(ui: &mut Ui, text: &str, large: bool) {
    let text = RichText::new(text).font(font(large)).color(Palette::of(ui).weak);
    ui.centered_and_justified(|ui| ui.add(Label::new(text).wrap()));
}
