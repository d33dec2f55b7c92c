//! The button of the window that compares: with what runs there, and how long it still takes.

use egui::{Button, Rect, RichText, TextStyle, Ui, pos2, vec2};

use super::SIZE;
use crate::text::tell;
use crate::window::commands::{Commands, UiCommand};
use crate::window::compare::Progress;
use crate::window::theme::{GRID, Palette};
use crate::window::tooltip::tooltip;

/// Draws it; with the count alone where there is little room.
pub fn ui(ui: &mut Ui, running: [Option<Progress>; 2], brief: bool, commands: &mut Commands) {
    let command = UiCommand::Compare;
    // Of two the one that was there first in the tabs: taking turns, they would move the bar.
    let first = running.iter().flatten().next();
    let text = first.map_or_else(|| command.label().to_owned(), |first| label(first.count(), first.left(), brief));
    let mut size = SIZE;
    if let Some(first) = first {
        // The bar is as wide from the beginning to the end of it.
        let widest = label(first.widest_count(), Some(Progress::widest_left()), brief);
        let mut font = TextStyle::Button.resolve(ui.style());
        font.size = TEXT;
        let width = ui.painter().layout_no_wrap(widest, font, Palette::of(ui).text).size().x;
        size.x = size.x.max((width + 2.0 * ui.spacing().button_padding.x).ceil());
    }
    let button = Button::new(RichText::new(text).size(TEXT)).min_size(size);
    let response = ui.add(button).accessible_name(command.label());
    if let Some(first) = first {
        bar(ui, response.rect, first.share());
    }
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
