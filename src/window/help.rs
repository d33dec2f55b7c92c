//! The help: keys, and what the colours mean.

use egui::{Color32, Context, Grid, Id, Modal, RichText, Sense, Ui, vec2};

use super::commands::UiCommand;
use super::theme::{GRID, Palette, init_label, init_tooltip};
use crate::train::snapshot::Init;

/// The overlay.
#[derive(Debug, Default)]
pub struct Help {
    open: bool,
}

impl Help {
    /// Shows or hides it.
    pub fn toggle(&mut self) {
        self.open = !self.open;
    }

    /// Whether it is shown.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Draws it over everything else, if it is open.
    pub fn ui(&mut self, ctx: &Context) {
        if !self.open {
            return;
        }
        let frame = egui::Frame::window(&ctx.global_style()).inner_margin(5.0 * GRID);
        // A veil over the whole window would be as much to paint as all that it covers.
        let modal = Modal::new(Id::unique("help")).frame(frame).backdrop_color(Color32::TRANSPARENT);
        let response = modal.show(ctx, |ui| {
            ui.set_width(640.0);
            ui.heading("Keys");
            Grid::new("keys").num_columns(3).spacing(vec2(4.0 * GRID, GRID)).show(ui, |ui| {
                for command in UiCommand::WITH_SHORTCUT {
                    ui.label(RichText::new(command.key_names()).monospace());
                    ui.label(command.label());
                    ui.add(
                        egui::Label::new(RichText::new(command.tooltip()).small().color(Palette::of(ui).weak)).wrap(),
                    );
                    ui.end_row();
                }
            });
            ui.add_space(2.0 * GRID);
            ui.heading("Colours");
            colours(ui);
            ui.add_space(2.0 * GRID);
            ui.button("Close").on_hover_text("Back to the run (Escape)").clicked()
        });
        if response.should_close() || response.inner {
            self.open = false;
        }
    }
}

fn colours(ui: &mut Ui) {
    let palette = Palette::of(ui);
    let meanings = [
        (palette.support, "Support", "What adaptation sees"),
        (palette.query, "Query and truth", "What it is measured on"),
        (palette.initial, "Before adaptation", "Drawn dashed in the curves"),
        (palette.adapted, init_label(Init::Learned), init_tooltip(Init::Learned)),
        (palette.random, init_label(Init::Random), init_tooltip(Init::Random)),
        (palette.joint, init_label(Init::Joint), init_tooltip(Init::Joint)),
        (palette.danger, "Danger", "Overflow and divergence"),
    ];
    Grid::new("colours").num_columns(3).spacing(vec2(3.0 * GRID, GRID)).show(ui, |ui| {
        for (colour, name, about) in meanings {
            let (rect, _) = ui.allocate_exact_size(vec2(4.0 * GRID, 3.0 * GRID), Sense::hover());
            ui.painter().rect_filled(rect, 2.0, colour);
            ui.label(name);
            ui.add(egui::Label::new(RichText::new(about).small().color(palette.weak)).wrap());
            ui.end_row();
        }
    });
}
