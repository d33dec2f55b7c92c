//! What the map is of: its heights, and the tasks that span its plane.

use egui::{Button, Popup, PopupCloseBehavior, RichText, ScrollArea, Ui};

use crate::text::{say, tell};
use crate::train::snapshot::{Landscape, ProbeTask};
use crate::train::views::{Heights, Map};
use crate::window::theme::{GRID, Palette};

/// A button that says what is drawn, with a menu of what else may be.
///
/// With something `beside` it, it leaves room for that.
pub fn choose(ui: &mut Ui, landscape: &Landscape, tasks: &[ProbeTask], map: &mut Map, beside: bool) {
    let palette = Palette::of(ui);
    let (word, about) = if landscape.exact {
        let about = say(
            "These are all the parameters: nothing is left out. Click for other heights",
            "这就是全部参数，没有遗漏。点击可换成其他高度",
        );
        (say("exact", "精确"), about)
    } else {
        let about = say(
            "A plane through φ and adapted parameters; the losses on it are real, everything off it is projected. Click for other heights or another plane",
            "过 φ 和适应后的参数的一个平面；平面上的损失是真实的，平面外的一切都是投影。点击可换成其他高度或另一个平面",
        );
        (say("slice", "切面"), about)
    };
    let text = RichText::new(format!("⏷ {word} · {}", landscape.title)).small().color(palette.weak);
    ui.spacing_mut().interact_size.y = 5.0 * GRID;
    let room = ui.available_width() - if beside { 20.0 * GRID } else { 0.0 };
    let button = ui.scope(|ui| {
        ui.set_max_width(room.max(20.0 * GRID));
        ui.add(Button::new(text).truncate())
    });
    let button = button.inner.on_hover_text(about).accessible_name(say("Heights", "高度"));
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
    title(ui, say("Heights", "高度"));
    let about = say(
        "At each place: adapt to held-out tasks from there with the run's steps and rates, then take the mean query loss. Meta-training goes downhill on the same mean over training tasks",
        "在每一处：从那里出发，用这次运行的步数和学习率适应留出任务，再取平均查询损失。元训练就是在训练任务的同一个平均上走下坡",
    );
    let name = say("Mean loss after adaptation", "适应后的平均损失");
    let before = map.heights;
    ui.selectable_value(&mut map.heights, Heights::Adapted, name).on_hover_text(about);
    let about =
        say("The query loss of this held-out task, without any adaptation", "这个留出任务的查询损失，不做任何适应");
    for (index, task) in tasks.iter().enumerate() {
        let task = &task.name;
        let name = tell(|| format!("Loss of {task}"), || format!("{task} 的损失"));
        ui.selectable_value(&mut map.heights, Heights::Task(index), name).on_hover_text(about);
    }
    if map.heights != before {
        ui.close();
    }
    if landscape.exact || tasks.len() < 2 {
        return;
    }
    ui.separator();
    let sides = [
        (
            0,
            say("Across: from φ towards", "横向：从 φ 朝向"),
            say(
                "The plane's first axis leads from φ to what adapts to this task",
                "平面的第一根轴从 φ 指向适应这个任务后的参数",
            ),
        ),
        (
            1,
            say("Up: towards", "纵向：朝向"),
            say(
                "The plane's other axis leans towards what adapts to this task",
                "平面的另一根轴偏向适应这个任务后的参数",
            ),
        ),
    ];
    let taken = say("The other axis leads there already", "另一根轴已经指向那里");
    ui.columns(2, |columns| {
        for (side, heading, about) in sides {
            let ui = &mut columns[side];
            title(ui, heading);
            for (index, task) in tasks.iter().enumerate() {
                let other = map.through[1 - side] == index;
                let name = format!("{} {}", ["→", "↑"][side], task.name);
                let option = Button::selectable(map.through[side] == index, name).truncate();
                let option = ui.add_enabled(!other, option).on_hover_text(about);
                if option.on_disabled_hover_text(taken).clicked() {
                    map.through[side] = index;
                }
            }
        }
    });
}
