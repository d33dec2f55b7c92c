//! What sweeps and races are at, and how long they still take: a button that leads to them.

use egui::{Button, Rect, RichText, TextStyle, Ui, pos2, vec2};

use super::SIZE;
use crate::text::{say, tell};
use crate::window::commands::{Commands, UiCommand};
use crate::window::compare::Progress;
use crate::window::theme::{GRID, Palette};
use crate::window::tooltip::tooltip;

/// Draws it while something runs; with the count alone where there is little room.
pub fn ui(ui: &mut Ui, running: [Option<Progress>; 2], brief: bool, commands: &mut Commands) {
    // Of two the one that was there first in the tabs: taking turns, they would move the bar.
    let Some(first) = running.iter().flatten().next() else { return };
    let command = UiCommand::Compare;
    // The bar is as wide from the beginning to the end of it.
    let widest = label(first.widest_count(), Some(Progress::widest_left()), brief);
    let mut font = TextStyle::Button.resolve(ui.style());
    font.size = TEXT;
    let width = ui.painter().layout_no_wrap(widest, font, Palette::of(ui).text).size().x;
    let size = vec2((width + 2.0 * ui.spacing().button_padding.x).ceil().max(SIZE.x), SIZE.y);
    let text = label(first.count(), first.left(), brief);
    let response = ui
        .add(Button::new(RichText::new(text).size(TEXT)).min_size(size))
        .accessible_name(say("Under way", "正在进行"));
    bar(ui, response.rect, first.share());
    let response = tooltip(response, || {
        let mut lines: Vec<String> = running.iter().flatten().map(Progress::sentence).collect();
        lines.push(command.tooltip_with_key());
        lines.join("\n")
    });
    if response.clicked() {
        commands.push(command);
    }
}

/// Size of its text.
const TEXT: f32 = 14.0;

fn label(count: String, left: Option<String>, brief: bool) -> String {
    let name = UiCommand::Compare.label();
    match left {
        _ if brief => count,
        None => format!("{name} {count}"),
        Some(left) => tell(|| format!("{name} {count}, {left}"), || format!("{name} {count}，{left}")),
    }
}

/// A thin bar under the label.
fn bar(ui: &Ui, button: Rect, share: f32) {
    let palette = Palette::of(ui);
    let bottom = button.bottom() - 1.0;
    let track = Rect::from_min_max(pos2(button.left() + GRID, bottom - 2.0), pos2(button.right() - GRID, bottom));
    let done = Rect::from_min_size(track.min, vec2(share.clamp(0.0, 1.0) * track.width(), track.height()));
    ui.painter().rect_filled(track, 1.0, palette.line);
    ui.painter().rect_filled(done, 1.0, palette.accent);
}
