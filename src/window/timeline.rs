//! The timeline: the whole run in one bar, on the axis of the plot above it. Its handle looks back; buttons go on from
//! there or return.

mod marks;
mod track;

use egui::{Rangef, Rect, RichText, Ui};

use super::commands::{Commands, UiCommand};
use super::numbers;
use super::theme::{GRID, Palette};
use crate::text::tell;
use crate::train::snapshot::Snapshot;

/// Height of the track.
pub const HEIGHT: f32 = 7.0 * GRID;

/// The meta-iterations that a plot shows, and where: the timeline below it has the same.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    /// From left to right on the screen.
    pub x: Rangef,
    /// The meta-iteration at its right end; 0 is at its left.
    pub last: f64,
}

impl Axis {
    /// Where a meta-iteration is.
    fn x_of(self, at: u64) -> f32 {
        self.x.min + (at as f64 / self.last.max(1.0)).min(1.0) as f32 * self.x.span()
    }

    /// Which meta-iteration is there.
    fn at(self, x: f32) -> f64 {
        f64::from(((x - self.x.min) / self.x.span()).clamp(0.0, 1.0)) * self.last
    }
}

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
    /// Draws the track along the axis of the plot above it.
    pub fn ui(&mut self, ui: &mut Ui, room: Rect, axis: Axis, snapshot: &Snapshot, commands: &mut Commands) {
        let (target, _) = self.position(snapshot);
        let past = &snapshot.timeline;
        let (response, mut wanted) = track::ui(ui, room, axis, past, target);
        wanted = marks::ui(ui, room, axis, snapshot).map(Some).or(wanted);
        if let Some(asked) = self.asked
            && (past.shown == asked.target || past.shown != asked.shown && !response.is_pointer_button_down_on())
        {
            self.asked = None;
        }
        if let Some(wanted) = wanted.filter(|wanted| *wanted != target) {
            self.asked = Some(Asked { target: wanted, shown: past.shown });
            commands.push(wanted.map_or(UiCommand::BackToNow, UiCommand::LookBack));
        }
    }

    /// While it looks back: which moment is shown, and the ways on; from right to left.
    pub fn ways_on(&self, ui: &mut Ui, snapshot: &Snapshot, commands: &mut Commands) {
        if snapshot.timeline.shown.is_none() {
            return;
        }
        for command in [UiCommand::BackToNow, UiCommand::ContinueHere] {
            let text = RichText::new(command.label()).small();
            if ui.button(text).on_hover_text(command.tooltip()).clicked() {
                commands.push(command);
            }
        }
        ui.label(RichText::new(self.position(snapshot).1).small().color(Palette::of(ui).accent));
    }

    /// The moment under the handle, and its name.
    fn position(&self, snapshot: &Snapshot) -> (Option<u64>, String) {
        let past = &snapshot.timeline;
        let at = self.asked.map_or(past.shown, |asked| asked.target);
        let name = match at {
            Some(at) => {
                let (at, head) = (meta_iteration(at), meta_iteration(past.head));
                tell(|| format!("{at} of {head}"), || format!("第 {at} 次，共 {head} 次"))
            }
            None => meta_iteration(past.head),
        };
        (at, name)
    }
}

/// A meta-iteration as people read it.
fn meta_iteration(at: u64) -> String {
    numbers::thousands(at)
}
