//! A typed value: what was typed stays until it is right, with a message about what is wrong.

use egui::layers::ShapeIdx;
use egui::text::CCursorRange;
use egui::{Align2, Response, TextEdit, Ui};

use super::theme::Palette;

/// The state of one field.
#[derive(Debug, Default)]
pub struct ValueField {
    text: String,
    editing: bool,
    error: Option<String>,
}

impl ValueField {
    /// Shows `shown`, or what is being typed. When a person finishes, `read` gives the value or
    /// says what is wrong.
    pub fn ui<T>(
        &mut self,
        ui: &mut Ui,
        name: &str,
        width: f32,
        shown: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> (Response, Option<T>) {
        if !self.editing && self.error.is_none() {
            shown.clone_into(&mut self.text);
        }
        let palette = Palette::of(ui);
        let wrong = self.error.is_some();
        let edit = TextEdit::singleline(&mut self.text)
            .desired_width(width)
            .align(Align2::RIGHT_CENTER)
            .margin(egui::Margin::symmetric(4, 2))
            .text_color_opt(wrong.then(|| palette.as_text(palette.danger)));
        let first = next_shape(ui);
        let mut output = edit.show(ui);
        let response = output.response.response.clone().accessible_name(name);
        // What is typed takes the place of what was there: a second click would choose half of a decimal.
        if response.gained_focus() || response.double_clicked() {
            let all = CCursorRange::select_all(&output.galley);
            output.state.cursor.set_char_range(Some(all));
            output.state.store(ui.ctx(), response.id);
        }
        self.editing = response.has_focus();
        if !self.editing && !wrong {
            share_clip(ui, first);
        }
        if !response.lost_focus() {
            return (response, None);
        }
        if self.text == shown || ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            self.error = None;
            return (response, None);
        }
        match read(&self.text) {
            Ok(value) => {
                self.error = None;
                (response, Some(value))
            }
            Err(error) => {
                self.error = Some(error);
                (response, None)
            }
        }
    }

    /// Forgets what was typed.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Shows what is wrong, if anything is.
    pub fn error_ui(&self, ui: &mut Ui) {
        if let Some(error) = &self.error {
            let palette = Palette::of(ui);
            let text = egui::RichText::new(error).small().color(palette.as_text(palette.danger));
            ui.add(egui::Label::new(text).wrap());
        }
    }
}

fn next_shape(ui: &Ui) -> ShapeIdx {
    ui.ctx().graphics_mut(|graphics| graphics.entry(ui.layer_id()).next_idx())
}

/// Has the shapes since `first` painted in the clip rectangle of what is around them: each change of it
/// costs two draw calls, and a panel has many fields.
fn share_clip(ui: &Ui, first: ShapeIdx) {
    let (clip, end) = (ui.clip_rect(), next_shape(ui));
    ui.ctx().graphics_mut(|graphics| {
        let shapes = graphics.entry(ui.layer_id());
        for index in first.0..end.0 {
            shapes.mutate_shape(ShapeIdx(index), |shape| shape.clip_rect = clip);
        }
    });
}
