//! Close-up views of what meta-learning does: adapted parameters, the outer step taken apart, many test-time steps,
//! and layers. One at a time, in a corner of the window or in its centre.

mod arrows;
mod heat;
mod layers;
mod outer_step;
mod tasks;
mod test_steps;
mod toggle;
mod words;

use egui::{Align, FontId, Key, Layout, RichText, Ui};

use self::layers::LayersView;
use self::outer_step::OuterStepView;
use self::test_steps::TestStepsView;
use super::commands::{Commands, UiCommand};
use super::parameters::Parameters;
use super::theme::{GRID, Palette, SMALL_TEXT};
use super::watching::spot;
use crate::train::snapshot::Snapshot;
use crate::train::views::Focus;

/// Size of the text in an enlarged view.
const LARGE_TEXT: f32 = 16.0;

/// The view.
#[derive(Default)]
pub struct Microscope {
    tab: Tab,
    large: bool,
    parameters: Parameters,
    outer_step: OuterStepView,
    test_steps: TestStepsView,
    layers: LayersView,
}

/// Which close-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Parameters,
    OuterStep,
    TestSteps,
    Layers,
}

impl Tab {
    const ALL: [Self; 4] = [Self::Parameters, Self::OuterStep, Self::TestSteps, Self::Layers];

    fn label(self) -> &'static str {
        match self {
            Self::Parameters => "Parameters",
            Self::OuterStep => "Outer step",
            Self::TestSteps => "Test steps",
            Self::Layers => "Layers",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Parameters => "Adapted parameters: where the inner loop goes from each initialisation",
            Self::OuterStep => {
                "The coming outer step taken apart: each task's gradient, what second derivatives add, and which way other algorithms would go"
            }
            Self::TestSteps => "Losses of held-out tasks over many more steps than were trained for",
            Self::Layers => {
                "What adaptation does to each layer: how alike its representation stays, and how far it moves"
            }
        }
    }
}

impl Microscope {
    /// Gives the present view the centre of the window, or takes it back.
    pub fn toggle(&mut self) {
        self.large = !self.large;
    }

    /// Whether the present view has the centre of the window.
    pub fn is_large(&self) -> bool {
        self.large
    }

    /// What is looked at, added to what others look at.
    pub fn look(&self, focus: &mut Focus) {
        focus.outer_step = self.tab == Tab::OuterStep;
        focus.test_steps = self.tab == Tab::TestSteps;
        focus.layers = self.tab == Tab::Layers;
        if self.tab == Tab::Parameters {
            (focus.landscape, focus.what_if) = self.parameters.looks_at();
        }
    }

    /// Escape leaves the centre, where nothing `covers` it that Escape would close first.
    pub fn take_escape(&mut self, ui: &Ui, covered: bool) {
        // On the map Escape first brings φ back.
        let dragged = self.tab == Tab::Parameters && self.parameters.looks_at().1.is_some();
        let free = self.large && !covered && !dragged && ui.memory(|memory| memory.focused().is_none());
        if free && ui.input(|input| input.key_pressed(Key::Escape)) {
            self.large = false;
        }
    }

    /// Draws the heading and the present view in all the space that is left.
    pub fn ui(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        ui.horizontal(|ui| {
            let gap = ui.spacing().item_spacing.x;
            ui.spacing_mut().item_spacing.x = GRID;
            ui.spacing_mut().button_padding.x = 1.5 * GRID;
            for tab in Tab::ALL {
                let text = RichText::new(tab.label());
                let text = if self.large { text.heading() } else { text };
                let response = ui.selectable_value(&mut self.tab, tab, text).on_hover_text(tab.about());
                spot(ui.ctx(), tab.label(), response.rect);
            }
            ui.spacing_mut().item_spacing.x = gap;
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let (sign, name) = if self.large { ("⊟", "Back to the corner") } else { ("⊞", "Enlarge") };
                let button = ui.button(sign).on_hover_text(UiCommand::Microscope.tooltip_with_key());
                button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
                if button.clicked() {
                    commands.push(UiCommand::Microscope);
                }
            });
        });
        let closeups = snapshot.map(|snapshot| &snapshot.closeups);
        match self.tab {
            Tab::Parameters => self.parameters.ui(ui, snapshot),
            Tab::OuterStep => {
                let found = closeups.and_then(|closeups| closeups.outer_step.as_deref());
                self.outer_step.ui(ui, found, self.large);
            }
            Tab::TestSteps => {
                let found = closeups.and_then(|closeups| closeups.test_steps.as_ref());
                let run = snapshot.map_or(0, |snapshot| snapshot.run);
                self.test_steps.ui(ui, run, found, self.large);
            }
            Tab::Layers => self.layers.ui(ui, snapshot, self.large),
        }
    }
}

/// Text in a view: larger where it is to be read from afar.
fn font(large: bool) -> FontId {
    FontId::proportional(if large { LARGE_TEXT } else { SMALL_TEXT })
}

/// A line of text across the view, cut off where it is too long.
fn line(ui: &mut Ui, text: RichText, large: bool) -> egui::Response {
    ui.add(egui::Label::new(text.font(font(large))).truncate())
}

/// What is said in an empty view.
fn nothing(ui: &mut Ui, text: &str, large: bool) {
    let text = RichText::new(text).font(font(large)).color(Palette::of(ui).weak);
    ui.centered_and_justified(|ui| ui.add(egui::Label::new(text).wrap()));
}
