//! How sets made from formulas are made: a slider and a typed value for each of their knobs.

use egui::{RichText, Slider, Ui, vec2};

use crate::settings::{ImageSource, ProceduralKnob, ProceduralSettings};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette};
use crate::window::value_field::ValueField;

const LABEL_WIDTH: f32 = 100.0;
const FIELD_WIDTH: f32 = 44.0;

/// The sliders, and what they show while they are held.
#[derive(Default)]
pub struct Procedural {
    fields: [ValueField; ProceduralKnob::ALL.len()],
    /// The knob that is being turned, and where it is.
    held: Option<(ProceduralKnob, f64)>,
}

impl Procedural {
    /// Draws the knobs; returns what they are now, if one was turned. A slider counts when it is released:
    /// every value makes another set and another run.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        source: &ImageSource,
        settings: &ProceduralSettings,
    ) -> Option<ProceduralSettings> {
        let first = ProceduralSettings::of(source);
        let mut chosen = None;
        for (knob, field) in ProceduralKnob::ALL.into_iter().zip(&mut self.fields) {
            if let Some(value) = row(ui, knob, field, &mut self.held, [settings, &first].map(|of| knob.get(of))) {
                chosen = Some((knob, value));
            }
            field.error_ui(ui);
        }
        let (knob, value) = chosen?;
        let mut now = *settings;
        knob.set(&mut now, value);
        (now != *settings).then_some(now)
    }
}

/// One knob; gives the value that a person chose.
fn row(
    ui: &mut Ui,
    knob: ProceduralKnob,
    field: &mut ValueField,
    held: &mut Option<(ProceduralKnob, f64)>,
    [value, default]: [f64; 2],
) -> Option<f64> {
    let palette = Palette::of(ui);
    let [low, high] = knob.range();
    let tooltip = format!("{} (double-click for {})", knob.tooltip(), numbers::compact(default));
    let mut turned = held.filter(|(turning, _)| *turning == knob).map_or(value, |(_, turned)| turned);
    let mut chosen = None;
    ui.horizontal(|ui| {
        let text = RichText::new(knob.label());
        let text = text.color(if value == default { palette.weak } else { palette.accent });
        let label = egui::Label::new(text).halign(egui::Align::Min);
        let label = ui.allocate_ui(vec2(LABEL_WIDTH, ui.spacing().interact_size.y), |ui| {
            ui.set_width(LABEL_WIDTH);
            ui.add(label)
        });
        label.inner.on_hover_text(&tooltip);
        ui.spacing_mut().slider_width = ui.available_width() - FIELD_WIDTH - 5.0 * GRID;
        let mut slider = Slider::new(&mut turned, low..=high).show_value(false);
        // A step of the slider's own would move a typed value that lies between two of them.
        if knob.is_whole() {
            slider = slider.integer();
        }
        let slider = ui.add(slider).accessible_name(knob.label()).on_hover_text(&tooltip);
        turned = if slider.changed() { (100.0 * turned).round() / 100.0 } else { turned };
        if slider.dragged() {
            *held = Some((knob, turned));
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
        let (typed, typed_value) = field.ui(ui, knob.label(), FIELD_WIDTH, &shown, |text| read(knob, text));
        typed.on_hover_text(&tooltip);
        chosen = typed_value.or(chosen);
    });
    chosen
}

fn read(knob: ProceduralKnob, text: &str) -> Result<f64, String> {
    let [low, high] = knob.range().map(numbers::compact);
    let kind = if knob.is_whole() { "whole " } else { "" };
    numbers::parse(text)
        .filter(|value| (knob.range()[0]..=knob.range()[1]).contains(value))
        .filter(|value| !knob.is_whole() || value.fract() == 0.0)
        .ok_or(format!("{}: a {kind}number from {low} to {high}", knob.label()))
}
