//! The timeline: the whole run in one bar. Its handle looks back; buttons go on from there or return.

mod marks;
mod track;

use egui::{Align, Button, Layout, RichText, Sense, Ui, vec2};

use super::commands::{Commands, UiCommand};
use super::numbers;
use super::theme::{GRID, Palette, small_font};
use super::tooltip::tooltip;
use crate::train::snapshot::Snapshot;

/// Height of the bar.
pub const HEIGHT: f32 = 9.0 * GRID;
/// Room for "256 of 256 MB".
const MEMORY: f32 = 88.0;
/// Room for "1,000,000 of 1,000,000".
const POSITION: f32 = 132.0;

/// The view.
#[derive(Debug, Default)]
pub struct Timeline {
    /// What was asked for and not shown yet, and what was shown then.
    asked: Option<Asked>,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    target: Option<u64>,
    shown: Option<u64>,
}

impl Timeline {
    /// Draws it. Nothing in it changes its width while the handle is dragged.
    pub fn ui(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        let palette = Palette::of(ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            memory(ui, snapshot);
            let looking = snapshot.is_some_and(|snapshot| snapshot.timeline.shown.is_some());
            for command in [UiCommand::BackToNow, UiCommand::ContinueHere] {
                let response = ui
                    .add_enabled(looking, Button::new(command.label()))
                    .on_hover_text(command.tooltip())
                    .on_disabled_hover_text("Look back first: drag the handle of the timeline to the left");
                if response.clicked() {
                    commands.push(command);
                }
            }
            let position = snapshot.map(|snapshot| self.position(snapshot));
            fixed(ui, POSITION, &position.map_or_else(String::new, |at| at.1), palette.text);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.label(RichText::new("Timeline").color(palette.weak));
                let Some(snapshot) = snapshot else { return };
                let (target, _) = self.position(snapshot);
                let past = &snapshot.timeline;
                let size = vec2(ui.available_width(), ui.available_height());
                let (response, mut wanted) = track::ui(ui, size, past, target);
                wanted = marks::ui(ui, response.rect, snapshot).map(Some).or(wanted);
                if let Some(asked) = self.asked
                    && (past.shown == asked.target
                        || past.shown != asked.shown && !response.is_pointer_button_down_on())
                {
                    self.asked = None;
                }
                if let Some(wanted) = wanted.filter(|wanted| *wanted != target) {
                    self.asked = Some(Asked { target: wanted, shown: past.shown });
                    commands.push(wanted.map_or(UiCommand::BackToNow, UiCommand::LookBack));
                }
            });
        });
    }

    /// The moment under the handle, and its name.
    fn position(&self, snapshot: &Snapshot) -> (Option<u64>, String) {
        let past = &snapshot.timeline;
        let at = self.asked.map_or(past.shown, |asked| asked.target);
        let name = match at {
            Some(at) => format!("{} of {}", meta_iteration(at), meta_iteration(past.head)),
            None => meta_iteration(past.head),
        };
        (at, name)
    }
}

fn memory(ui: &mut Ui, snapshot: Option<&Snapshot>) {
    let Some(past) = snapshot.map(|snapshot| &snapshot.timeline) else { return };
    let megabytes = |bytes: usize| bytes as f64 / f64::from(1 << 20);
    let (taken, cap) = (megabytes(past.bytes), megabytes(past.cap));
    let taken = if taken < 10.0 { format!("{taken:.1}") } else { format!("{taken:.0}") };
    let shown = fixed(ui, MEMORY, &format!("{taken} of {cap:.0} MB"), Palette::of(ui).weak);
    tooltip(shown, || {
        format!(
            "Memory of the states that can be looked back at, one every {} meta-iterations; at {cap:.0} MB every other one is dropped",
            meta_iteration(past.every)
        )
    });
}

/// Small text at the right of so much room, whatever it says.
fn fixed(ui: &mut Ui, width: f32, text: &str, colour: egui::Color32) -> egui::Response {
    let galley = ui.painter().layout_no_wrap(text.to_owned(), small_font(), colour);
    let (rect, response) = ui.allocate_exact_size(vec2(width, galley.size().y), Sense::hover());
    ui.painter().galley(egui::pos2(rect.right() - galley.size().x, rect.top()), galley, colour);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
    response
}

/// A meta-iteration as people read it.
fn meta_iteration(at: u64) -> String {
    numbers::thousands(i64::try_from(at).unwrap_or(i64::MAX))
}
