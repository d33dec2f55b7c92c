//! How sets made from formulas are made: a slider and a typed value for each of their knobs.

use std::collections::HashMap;

use egui::{RichText, Slider, Ui, vec2};

use crate::settings::table::{self, Field, Group, Range, Setting};
use crate::settings::{ProceduralSettings, RunSettings};
use crate::text::tell;
use crate::window::numbers;
use crate::window::theme::{GRID, Palette};
use crate::window::value_field::ValueField;

const LABEL_WIDTH: f32 = 100.0;
const FIELD_WIDTH: f32 = 44.0;

/// The sliders, and what they show while they are held.
#[derive(Default)]
pub struct Procedural {
    fields: HashMap<&'static str, ValueField>,
    /// The setting that is being turned, and where it is.
    held: Option<(&'static Setting, f64)>,
}

impl Procedural {
    /// Draws the settings; returns the run as it is now, if one was turned. A slider counts when it is released:
    /// every value makes another set and another run.
    pub fn ui(&mut self, ui: &mut Ui, run: &RunSettings) -> Option<RunSettings> {
        let first = RunSettings { procedural: ProceduralSettings::of(&run.images), ..run.clone() };
        let mut now = run.clone();
        for setting in table::all().filter(|setting| setting.group == Group::Formulas) {
            let Field::Run(number) = &setting.field else { continue };
            let field = self.fields.entry(setting.path).or_default();
            let values = [run, &first].map(|of| number.get(of));
            if let Some(value) = row(ui, setting, number.range, field, &mut self.held, values) {
                number.set(&mut now, value);
            }
            field.error_ui(ui);
        }
        (now != *run).then_some(now)
    }
}

/// One knob; gives the value that a person chose.
fn row(
    ui: &mut Ui,
    setting: &'static Setting,
    range: Range,
    field: &mut ValueField,
    held: &mut Option<(&'static Setting, f64)>,
    [value, default]: [f64; 2],
) -> Option<f64> {
    let palette = Palette::of(ui);
    let (name, about) = (setting.label.get(), setting.about.get());
    let usual = numbers::compact(default);
    let tooltip = tell(|| format!("{about} (double-click for {usual})"), || format!("{about}（双击恢复为 {usual}）"));
    let mut turned = held.filter(|(turning, _)| *turning == setting).map_or(value, |(_, turned)| turned);
    let mut chosen = None;
    ui.horizontal(|ui| {
        let text = RichText::new(name);
        let text = text.color(if value == default { palette.weak } else { palette.accent });
        let label = egui::Label::new(text).halign(egui::Align::Min);
        let label = ui.allocate_ui(vec2(LABEL_WIDTH, ui.spacing().interact_size.y), |ui| {
            ui.set_width(LABEL_WIDTH);
            ui.add(label)
        });
        label.inner.on_hover_text(&tooltip);
        ui.spacing_mut().slider_width = ui.available_width() - FIELD_WIDTH - 5.0 * GRID;
        let mut slider = Slider::new(&mut turned, range.low..=range.high).show_value(false);
        // A step of the slider's own would move a typed value that lies between two of them.
        if range.whole {
            slider = slider.integer();
        }
        let slider = ui.add(slider).accessible_name(name).on_hover_text(&tooltip);
        turned = if slider.changed() { (100.0 * turned).round() / 100.0 } else { turned };
        if slider.dragged() {
            *held = Some((setting, turned));
        } else if slider.drag_stopped() || slider.changed() {
            *held = None;
            chosen = Some(turned);
        }
        let double_clicked = ui.input(|input| input.pointer.button_double_clicked(egui::PointerButton::Primary));
        if double_clicked && slider.contains_pointer() {
            (*held, chosen) = (None, Some(default));
        }
        if chosen.is_some() {
            field.clear();
        }
        let shown = numbers::compact(turned);
        let (typed, typed_value) = field.ui(ui, name, FIELD_WIDTH, &shown, |text| numbers::read(name, range, text));
        typed.on_hover_text(&tooltip);
        chosen = typed_value.or(chosen);
    });
    chosen
}
