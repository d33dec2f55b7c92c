//! Tooltips whose text is made only when it can be read: under the pointer, or by a screen reader.

use egui::{Label, Response, RichText, TextStyle, TextWrapMode, Ui, WidgetText};

/// Shows this text where the pointer rests, as [`Response::on_hover_text`] does.
pub fn tooltip(response: Response, text: impl FnOnce() -> String) -> Response {
    let read = response.contains_pointer() || response.ctx.has_accesskit_node(response.id);
    if read { response.on_hover_text(text()) } else { response }
}

/// A line that is cut where it has no room, with one tooltip: where it is cut all of it, and then what is said `about` it.
pub fn line(ui: &mut Ui, text: RichText, about: &str) -> Response {
    let whole = text.text().to_owned();
    let galley =
        WidgetText::from(text.clone()).into_galley(ui, Some(TextWrapMode::Extend), f32::INFINITY, TextStyle::Body);
    let is_cut = galley.size().x > ui.available_width();
    let response = ui.add(Label::new(text).truncate().show_tooltip_when_elided(false));
    match (is_cut, about) {
        (false, "") => response,
        (false, about) => response.on_hover_text(about),
        (true, "") => response.on_hover_text(whole),
        (true, about) => response.on_hover_text(format!("{whole}\n\n{about}")),
    }
}
