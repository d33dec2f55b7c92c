//! What has to be so, chosen among what is read now.

use egui::{Button, ComboBox, DragValue, Ui};

use crate::lessons::condition::{Comparison, Condition};
use crate::lessons::draft::{condition, readable};
use crate::text::{Text, say, tell, text};
use crate::train::snapshot::Snapshot;
use crate::window::theme::GRID;

/// The comparisons, by name.
const NAMES: [Text; 4] = [text("above", "大于"), text("below", "小于"), text("between", "介于"), text("is", "等于")];

fn index(is: Comparison) -> usize {
    match is {
        Comparison::Above(_) => 0,
        Comparison::Below(_) | Comparison::RatioToStartBelow(_) => 1,
        Comparison::Between(..) => 2,
        Comparison::Is(_) => 3,
    }
}

fn bound(is: Comparison) -> f64 {
    match is {
        Comparison::Above(bound) | Comparison::Below(bound) | Comparison::RatioToStartBelow(bound) => bound,
        Comparison::Between(low, _) => low,
        Comparison::Is(value) => value,
    }
}

/// Draws them, each with its comparison, and a list to add one from.
pub(super) fn conditions(ui: &mut Ui, all: &mut Vec<Condition>, snapshot: Option<&Snapshot>) {
    let mut removed = None;
    for (place, one) in all.iter_mut().enumerate() {
        ui.push_id(place, |ui| {
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = GRID;
                let about = say("Takes this condition away", "去掉这个条件");
                if ui.add(Button::new("×").small()).on_hover_text(about).clicked() {
                    removed = Some(place);
                }
                ui.label(one.asked.said()).on_hover_text(one.asked.to_text());
                compare(ui, &mut one.is);
            });
        });
    }
    removed.map(|place| all.remove(place));
    let Some(snapshot) = snapshot else { return };
    let label = say("Add what is read now…", "添加现在读到的……");
    let menu = ComboBox::from_id_salt("readable").selected_text(label).width(ui.available_width() - 4.0 * GRID);
    let menu = menu.height(320.0).show_ui(ui, |ui| {
        for (asked, value) in readable(snapshot) {
            let value_said = asked.measure.unit.said(value);
            let name = asked.said();
            let name = tell(|| format!("{name}: {value_said}"), || format!("{name}：{value_said}"));
            if ui.selectable_label(false, name).on_hover_text(asked.to_text()).clicked() {
                all.push(condition(&asked, value));
            }
        }
    });
    let about = say(
        "Everything that a lesson can measure, with what it reads on this run now",
        "课程能测量的一切，以及现在的读数",
    );
    menu.response.on_hover_text(about).accessible_name(label);
}

fn compare(ui: &mut Ui, is: &mut Comparison) {
    let (before, first) = (index(*is), bound(*is));
    let mut chosen = before;
    let shown = |index: usize| NAMES.get(index).map_or("", |name| name.get());
    ComboBox::from_id_salt("comparison")
        .width(72.0)
        .show_index(ui, &mut chosen, NAMES.len(), shown)
        .on_hover_text(say("How it has to be", "要满足的关系"));
    if chosen != before {
        *is = match chosen {
            0 => Comparison::Above(first),
            1 => Comparison::Below(first),
            2 => Comparison::Between(first, 1.5 * first),
            _ => Comparison::Is(first.round()),
        };
    }
    let number = |ui: &mut Ui, value: &mut f64| {
        let speed = (0.01 * value.abs()).max(0.001);
        ui.add(DragValue::new(value).speed(speed)).on_hover_text(say("The bound", "界限"));
    };
    match is {
        Comparison::Above(bound) | Comparison::Below(bound) | Comparison::RatioToStartBelow(bound) => number(ui, bound),
        Comparison::Is(value) => number(ui, value),
        Comparison::Between(low, high) => {
            number(ui, low);
            number(ui, high);
        }
    }
}
