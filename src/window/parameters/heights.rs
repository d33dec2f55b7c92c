//! What the map is of: its heights, and the tasks that span its plane.

use egui::{Button, Popup, PopupCloseBehavior, RichText, ScrollArea, Ui};

use crate::train::snapshot::{Landscape, ProbeTask};
use crate::train::views::{Heights, Map};
use crate::window::theme::{GRID, Palette};

/// A button that says what is drawn, with a menu of what else may be.
///
/// With something `beside` it, it leaves room for that.
pub fn choose(ui: &mut Ui, landscape: &Landscape, tasks: &[ProbeTask], map: &mut Map, beside: bool) {
    let palette = Palette::of(ui);
    let (word, about) = if landscape.exact {
        ("exact", "These are all the parameters: nothing is left out. Click for other heights")
    } else {
        (
            "slice",
            "A plane through φ and adapted parameters; the losses on it are real, everything off it is projected. Click for other heights or another plane",
        )
    };
    let text = RichText::new(format!("⏷ {word} · {}", landscape.title)).small().color(palette.weak);
    ui.spacing_mut().interact_size.y = 5.0 * GRID;
    let room = ui.available_width() - if beside { 20.0 * GRID } else { 0.0 };
    let button = ui.scope(|ui| {
        ui.set_max_width(room.max(20.0 * GRID));
        ui.add(Button::new(text).truncate())
    });
    let button = button.inner.on_hover_text(about).accessible_name("Heights");
    let menu = Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    menu.show(|ui| {
        ui.set_max_width(96.0 * GRID);
        ui.spacing_mut().interact_size.y = 5.0 * GRID;
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().max_height(110.0 * GRID).show(ui, |ui| options(ui, landscape, tasks, map));
    });
}

fn options(ui: &mut Ui, landscape: &Landscape, tasks: &[ProbeTask], map: &mut Map) {
    let palette = Palette::of(ui);
    let title = |ui: &mut Ui, text: &str| ui.label(RichText::new(text).small().color(palette.weak));
    title(ui, "Heights");
    let about = "At each place: adapt to held-out tasks from there with the run's steps and rates, then take the mean query loss. Meta-training goes downhill on the same mean over training tasks";
    ui.selectable_value(&mut map.heights, Heights::Adapted, "Mean loss after adaptation").on_hover_text(about);
    for (index, task) in tasks.iter().enumerate() {
        let about = "The query loss of this held-out task, without any adaptation";
        ui.selectable_value(&mut map.heights, Heights::Task(index), format!("Loss of {}", task.name))
            .on_hover_text(about);
    }
    if landscape.exact || tasks.len() < 2 {
        return;
    }
    ui.separator();
    let sides = [
        (0, "Across: from φ towards", "The plane's first axis leads from φ to what adapts to this task"),
        (1, "Up: towards", "The plane's other axis leans towards what adapts to this task"),
    ];
    ui.columns(2, |columns| {
        for (side, heading, about) in sides {
            let ui = &mut columns[side];
            title(ui, heading);
            for (index, task) in tasks.iter().enumerate() {
                let other = map.through[1 - side] == index;
                let name = format!("{} {}", ["→", "↑"][side], task.name);
                let option = Button::selectable(map.through[side] == index, name).truncate();
                let option = ui.add_enabled(!other, option).on_hover_text(about);
                if option.on_disabled_hover_text("The other axis leads there already").clicked() {
                    map.through[side] = index;
                }
            }
        }
    });
}
