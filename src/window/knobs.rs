//! The left panel: a slider and a typed value for every live setting.

mod limit;

use egui::{Button, RichText, ScrollArea, Slider, Ui};

use self::limit::Limit;
use super::commands::{Commands, UiCommand};
use super::numbers;
use super::run_panel::RunPanel;
use super::theme::{GRID, Palette};
use super::tooltip::tooltip;
use super::value_field::ValueField;
use super::watching::spot;
use crate::settings::{Knob, Settings};
use crate::train::snapshot::{Phase, Snapshot};
use crate::train::walk::SubStep;

const FIELD_WIDTH: f32 = 60.0;

/// The panel.
#[derive(Default)]
pub struct Knobs {
    fields: [ValueField; Knob::ALL.len()],
    run: RunPanel,
    limit: Limit,
}

impl Knobs {
    /// Draws the panel.
    ///
    /// The snapshot says where the run is now, for a rate that changes by itself, and how long an inner step may be;
    /// `can_undo` whether a knob was turned.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        settings: &Settings,
        snapshot: Option<&Snapshot>,
        can_undo: bool,
        commands: &mut Commands,
    ) {
        let meta_iteration = snapshot.map_or(0, |snapshot| snapshot.meta_iteration);
        let measured = snapshot.and_then(|snapshot| snapshot.closeups.stability.as_ref());
        self.limit.update(measured, snapshot.is_some_and(|snapshot| snapshot.phase == Phase::Running));
        let preset = Settings::preset(settings.run.tasks, settings.run.algorithm);
        let at_work = snapshot.and_then(|snapshot| snapshot.walk.as_ref()).and_then(|walk| at_work(walk.now()));
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            // Room for the scroll bar, so that it never lies on a number.
            ui.set_width(ui.available_width() - 2.0 * GRID);
            ui.horizontal(|ui| {
                ui.heading("Knobs");
                let command = UiCommand::Undo;
                let response = ui
                    .add_enabled(can_undo, Button::new(command.label()).small())
                    .on_hover_text(command.tooltip_with_key())
                    .on_disabled_hover_text("No knob was turned yet");
                if response.clicked() {
                    self.fields.iter_mut().for_each(ValueField::clear);
                    commands.push(command);
                }
                if settings.live != preset.live {
                    let command = UiCommand::ResetKnobs;
                    let response = ui.small_button(command.label()).on_hover_text(command.tooltip_with_key());
                    if response.clicked() {
                        self.fields.iter_mut().for_each(ValueField::clear);
                        commands.push(command);
                    }
                }
            });
            for (knob, field) in Knob::ALL.into_iter().zip(&mut self.fields) {
                let value = knob.get(&settings.live);
                let reason = knob.why_dead(&settings.run);
                let default = knob.get(&preset.live);
                let outer = &settings.run.outer;
                let now = (knob == Knob::OUTER_RATE && outer.moves_the_rate())
                    .then(|| value * outer.share_of_rate(meta_iteration));
                let limit = Some(&self.limit).filter(|_| knob == Knob::INNER_RATE && reason.is_none());
                let shown = Shown { value, default, now, limit, at_work: at_work == Some(knob) };
                let inner = ui.add_enabled_ui(reason.is_none(), |ui| one_knob(ui, knob, field, shown, reason));
                if let Some(new) = inner.inner {
                    commands.push(UiCommand::SetKnob(knob, new));
                }
            }
            ui.add_space(GRID);
            ui.separator();
            self.run.ui(ui, &settings.run, commands);
        });
    }
}

/// What a knob shows.
#[derive(Clone, Copy)]
struct Shown<'a> {
    value: f64,
    default: f64,
    /// The value in force where a schedule moves it.
    now: Option<f64>,
    /// From where on it is too much.
    limit: Option<&'a Limit>,
    /// Whether the present sub-step of slow motion goes by it.
    at_work: bool,
}

/// The knob that a sub-step goes by.
fn at_work(sub_step: SubStep) -> Option<Knob> {
    match sub_step {
        SubStep::Draw | SubStep::Others => Some(Knob::META_BATCH),
        SubStep::Inner { .. } => Some(Knob::INNER_RATE),
        SubStep::Query { .. } | SubStep::Back { .. } => None,
        SubStep::Outer => Some(Knob::OUTER_RATE),
    }
}

/// Draws one knob; gives the value that a person chose.
fn one_knob(
    ui: &mut Ui,
    knob: Knob,
    field: &mut ValueField,
    Shown { value, default, now, limit, at_work }: Shown<'_>,
    reason: Option<&'static str>,
) -> Option<f64> {
    let palette = Palette::of(ui);
    let range = knob.range();
    let (low, high) = (range.low, range.high);
    let about = || {
        let usual = numbers::knob_value(knob, default);
        let limit = limit.and_then(Limit::tooltip).map_or_else(String::new, |about| format!("\n{about}"));
        format!("{} (double-click for {usual}){limit}", knob.about)
    };
    let mut chosen = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.spacing_mut().interact_size.y = 5.0 * GRID;
    let changed = value != default;
    let row = ui.horizontal(|ui| {
        let label = RichText::new(knob.label);
        let label = ui.label(if changed { label.color(palette.accent) } else { label });
        if at_work {
            let line = egui::Stroke::new(3.0, palette.accent);
            ui.painter().vline(label.rect.left() - 2.0 * GRID, label.rect.y_range(), line);
        }
        if let Some(now) = now {
            // Two digits leave the field its room, however small β has become.
            let now = format!("{now:.1e}").parse().unwrap_or(now);
            ui.label(RichText::new(format!("now {}", numbers::compact(now))).small().color(palette.weak));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            field.ui(ui, knob.label, FIELD_WIDTH, &numbers::knob_value(knob, value), |text| {
                numbers::read(knob.label, range, text)
            })
        })
        .inner
    });
    let (typed, typed_value) = row.inner;
    chosen = typed_value.or(chosen);
    let mut slid = value;
    ui.spacing_mut().slider_width = ui.available_width();
    ui.spacing_mut().interact_size.y = 3.5 * GRID;
    let mut slider = Slider::new(&mut slid, low..=high).show_value(false).logarithmic(range.logarithmic);
    if range.whole {
        slider = slider.integer();
    }
    let slider = ui.add(slider).accessible_name(knob.label);
    spot(ui.ctx(), knob.key(), slider.rect);
    if let Some(now) = now.filter(|now| (low..=high).contains(now)) {
        // Where the slider's handle would stand.
        let track = slider.rect.x_range().shrink(slider.rect.height() / 2.5);
        let share = ((now / low).ln() / (high / low).ln()) as f32;
        let at = egui::pos2(track.min + share * track.span(), slider.rect.center().y);
        ui.painter().vline(at.x, at.y - 6.0..=at.y + 6.0, egui::Stroke::new(2.0, palette.adapted));
    }
    if let Some(limit) = limit {
        limit.draw(ui.painter(), slider.rect, range, value, palette);
    }
    if slider.changed() {
        chosen = Some(if range.whole { slid } else { rounded(slid) });
    }
    let double_clicked = ui.input(|input| input.pointer.button_double_clicked(egui::PointerButton::Primary));
    if slider.enabled()
        && double_clicked
        && (slider.contains_pointer() || row.response.contains_pointer() && !typed.contains_pointer())
    {
        chosen = Some(default);
    }
    if chosen.is_some() && typed_value.is_none() {
        field.clear();
    }
    for response in [slider, typed, row.response.interact(egui::Sense::hover())] {
        match reason {
            None => tooltip(response, about),
            Some(reason) => response.on_disabled_hover_text(reason),
        };
    }
    field.error_ui(ui);
    ui.add_space(GRID);
    chosen
}

/// A slider's value is rounded to three significant digits, which is what the field shows.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_slider_gives_is_what_its_field_shows() {
        assert_eq!(rounded(0.123_456), 0.123);
    }
}
