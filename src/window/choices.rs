//! A row of choices, of which one is taken.

use egui::{FontId, RichText, Ui};

use super::theme::GRID;
use crate::text::Text;

/// Draws them side by side: what each stands for, its name, and one sentence about it.
pub fn choose<T: PartialEq>(
    ui: &mut Ui,
    chosen: &mut T,
    font: &FontId,
    choices: impl IntoIterator<Item = (T, Text, Text)>,
) {
    ui.spacing_mut().item_spacing.x = GRID;
    for (choice, label, about) in choices {
        let label = RichText::new(label.get()).font(font.clone());
        ui.selectable_value(chosen, choice, label).on_hover_text(about.get());
    }
}
