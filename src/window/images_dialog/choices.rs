//! How own images are read: size, colours, cropped or not, inverted or not.

use egui::{ComboBox, Grid, RichText, Ui};

use crate::settings::{ImageColour, ImageFit, ImageReading};
use crate::window::theme::Palette;

/// Sizes that can be chosen; an experiment file may name others.
const SIZES: [usize; 6] = [8, 16, 24, 32, 48, 64];

const BY_ITSELF: &str = "By itself";
const SIZE: &str = "Images are made square and resized to so many pixels a side; fewer train faster. By itself: 32, for tasks of classes 16, and for drawings from 16 to 32, by their strokes";
const INVERT: &str = "Black becomes white and white black. Class tasks expect light strokes on dark ground; drawings of thin strokes in grey are turned by themselves";

/// Draws the choices; returns what they are now, if they were changed.
pub fn ui(ui: &mut Ui, reading: ImageReading) -> Option<ImageReading> {
    let weak = Palette::of(ui).weak;
    let mut now = reading;
    let label = |ui: &mut Ui, text: &str| ui.label(RichText::new(text).color(weak));
    Grid::new("image-choices").num_columns(2).show(ui, |ui| {
        label(ui, "Size").on_hover_text(SIZE);
        let shown = |size: usize| format!("{size} × {size}");
        ComboBox::from_id_salt("image-size")
            .selected_text(if now.by_strokes { BY_ITSELF.to_owned() } else { shown(now.size) })
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut now.by_strokes, true, BY_ITSELF);
                for size in SIZES {
                    if ui.selectable_label(!now.by_strokes && now.size == size, shown(size)).clicked() {
                        (now.size, now.by_strokes) = (size, false);
                    }
                }
            })
            .response
            .on_hover_text(SIZE)
            .accessible_name("Size");
        ui.end_row();

        label(ui, "Colour").on_hover_text("Which colours the images are read with");
        ui.horizontal(|ui| {
            for colour in ImageColour::ALL {
                ui.selectable_value(&mut now.colour, colour, colour.label()).on_hover_text(colour.about());
            }
        });
        ui.end_row();

        label(ui, "Shape").on_hover_text("What becomes of images that are not square");
        ui.horizontal(|ui| {
            for fit in ImageFit::ALL {
                ui.selectable_value(&mut now.fit, fit, fit.label()).on_hover_text(fit.about());
            }
        });
        ui.end_row();

        label(ui, "Shade").on_hover_text(INVERT);
        ui.checkbox(&mut now.invert, "Invert").on_hover_text(INVERT);
        ui.end_row();
    });
    (now != reading).then_some(now)
}
