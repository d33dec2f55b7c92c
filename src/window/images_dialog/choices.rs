//! How own images are read: size, colours, cropped or not, inverted or not.

use egui::{ComboBox, Grid, RichText, Ui};

use crate::settings::table::{Setting, setting};
use crate::settings::{ImageColour, ImageFit, ImageReading};
use crate::text::{Text, say, text};
use crate::window::theme::Palette;

/// Sizes that can be chosen; an experiment file may name others.
const SIZES: [usize; 6] = [8, 16, 24, 32, 48, 64];

const BY_ITSELF: Text = text("By itself", "自动");
const SIZE: &Setting = setting("run.image_size");
const COLOUR: &Setting = setting("run.image_colour");
const FIT: &Setting = setting("run.image_fit");
const INVERT: &Setting = setting("run.image_invert");

/// Draws the choices; returns what they are now, if they were changed.
pub fn ui(ui: &mut Ui, reading: ImageReading) -> Option<ImageReading> {
    let weak = Palette::of(ui).weak;
    let mut now = reading;
    let named = |ui: &mut Ui, label: &str, about: Text| {
        ui.label(RichText::new(label).color(weak)).on_hover_text(about.get());
    };
    let label = |ui: &mut Ui, setting: &Setting| named(ui, setting.label.get(), setting.about);
    Grid::new("image-choices").num_columns(2).show(ui, |ui| {
        label(ui, SIZE);
        let shown = |size: usize| format!("{size} × {size}");
        ComboBox::from_id_salt("image-size")
            .selected_text(if now.by_strokes { BY_ITSELF.get().to_owned() } else { shown(now.size) })
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut now.by_strokes, true, BY_ITSELF.get());
                for size in SIZES {
                    if ui.selectable_label(!now.by_strokes && now.size == size, shown(size)).clicked() {
                        (now.size, now.by_strokes) = (size, false);
                    }
                }
            })
            .response
            .on_hover_text(SIZE.about.get())
            .accessible_name(SIZE.label.get());
        ui.end_row();

        label(ui, COLOUR);
        ui.horizontal(|ui| {
            for colour in ImageColour::ALL {
                let name = colour.name();
                ui.selectable_value(&mut now.colour, colour, name.label.get()).on_hover_text(name.about.get());
            }
        });
        ui.end_row();

        label(ui, FIT);
        ui.horizontal(|ui| {
            for fit in ImageFit::ALL {
                let name = fit.name();
                ui.selectable_value(&mut now.fit, fit, name.label.get()).on_hover_text(name.about.get());
            }
        });
        ui.end_row();

        named(ui, say("Shade", "明暗"), INVERT.about);
        ui.checkbox(&mut now.invert, INVERT.label.get()).on_hover_text(INVERT.about.get());
        ui.end_row();
    });
    (now != reading).then_some(now)
}
