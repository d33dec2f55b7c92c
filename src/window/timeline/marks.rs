//! Marks of knob changes on the track: what was turned, from what to what, and when.

use egui::{Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2};

use super::{Axis, meta_iteration, track};
use crate::settings::Knob;
use crate::text::tell;
use crate::train::snapshot::{KnobMark, Snapshot};
use crate::window::losses::marks::one_per_turn;
use crate::window::numbers;
use crate::window::theme::{GRID, Palette, small_font};
use crate::window::tooltip::tooltip;

/// Changes of one knob that are closer than this were one turn of it.
const ONE_TURN: f32 = 10.0;
/// Width that answers to the pointer.
const WIDTH: f32 = 2.5 * GRID;

/// One turn of a knob.
struct Turn {
    mark: KnobMark,
    from: Option<f64>,
}

/// Draws them; gives the moment before one that was clicked.
pub fn ui(ui: &mut Ui, track: Rect, axis: Axis, snapshot: &Snapshot) -> Option<u64> {
    let past = &snapshot.timeline;
    let palette = Palette::of(ui);
    let rail = track::rail(track, axis);
    let per_point = axis.last / f64::from(rail.width().max(1.0));
    let (mut clicked, mut labelled) = (None, f32::NEG_INFINITY);
    for (index, turn) in turns(snapshot, f64::from(ONE_TURN) * per_point).iter().enumerate() {
        let KnobMark { at, knob, value } = turn.mark;
        let x = axis.x_of(at);
        let shown = numbers::knob_value(knob, value);
        let galley = ui.painter().layout_no_wrap(format!("{} {shown}", knob.short), small_font(), palette.accent);
        let width = galley.size().x;
        let mut area = Rect::from_x_y_ranges(x - 0.5 * WIDTH..=x + 0.5 * WIDTH, track.y_range());
        let left = if x + 4.0 + width > track.right() { x - 4.0 - width } else { x + 4.0 };
        let has_label = left > labelled;
        if has_label {
            area = area.union(Rect::from_min_size(pos2(left, track.top()), galley.size()));
        }
        let response = ui.interact(area, ui.scope_id().with(("mark", index)), Sense::click());
        let name = || {
            let change = match turn.from {
                Some(from) if from == value => {
                    tell(|| format!("turned and back to {shown}"), || format!("改动后又回到 {shown}"))
                }
                Some(from) => format!("{} -> {shown}", numbers::knob_value(knob, from)),
                None => shown.clone(),
            };
            let (knob, at) = (knob.short, meta_iteration(at));
            tell(|| format!("{knob} {change} at {at}"), || format!("{knob} {change}，在第 {at} 次元迭代"))
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name()));
        let colour = if response.hovered() { palette.text } else { palette.accent };
        ui.painter().vline(x, track.top() + 3.0..=rail.bottom() + 3.0, Stroke::new(1.0, colour));
        if has_label {
            labelled = left + width + GRID;
            ui.painter().galley_with_override_text_color(pos2(left, track.top() + 1.0), galley, colour);
        }
        let about = || {
            let name = name();
            tell(|| format!("{name}: click to look at the moment before"), || format!("{name}：点击回看之前的时刻"))
        };
        if tooltip(response, about).clicked() {
            clicked = Some(past.kept(at));
        }
    }
    clicked
}

fn turns(snapshot: &Snapshot, near: f64) -> Vec<Turn> {
    let start = snapshot.timeline.start.as_ref();
    let mut values: Vec<(Knob, f64)> = Vec::new();
    one_per_turn(&snapshot.marks, near)
        .into_iter()
        .map(|mark| {
            let before = values.iter().rev().find(|(knob, _)| *knob == mark.knob).map(|(_, value)| *value);
            values.push((mark.knob, mark.value));
            Turn { mark, from: before.or_else(|| start.map(|start| mark.knob.get(&start.live))) }
        })
        .collect()
}
