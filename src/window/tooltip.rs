//! Tooltips whose text is made only when it can be read: under the pointer, or by a screen reader.

use egui::Response;

/// Shows this text where the pointer rests, as [`Response::on_hover_text`] does.
pub fn tooltip(response: Response, text: impl FnOnce() -> String) -> Response {
    let read = response.contains_pointer() || response.ctx.has_accesskit_node(response.id);
    if read { response.on_hover_text(text()) } else { response }
}
