//! The left panel: a slider and a typed value for every live setting that has an effect; what begins again; whether it
//! works.

mod limit;

use std::sync::Arc;

use egui::{CollapsingHeader, Frame, Galley, Margin, Panel, RichText, ScrollArea, Slider, Ui, Vec2, vec2};

use self::limit::Limit;
use super::commands::{Commands, UiCommand};
use super::formula;
use super::numbers;
use super::run_panel::RunPanel;
use super::theme::{GRID, Palette, small_font};
use super::tooltip::tooltip;
use super::value_field::ValueField;
use super::verdict;
use super::watching::spot;
use crate::settings::{Knob, Settings};
use crate::text::{Text, say, tell, text};
use crate::train::snapshot::{Phase, Snapshot};
use crate::train::walk::{SubStep, Walk};

const FIELD_WIDTH: f32 = 60.0;

/// Height of what is below the knobs until it was drawn, and of the knobs above which it has room.
const BELOW: f32 = 24.0 * GRID;
const LEAST: f32 = 12.0 * GRID;

/// The panel.
#[derive(Default)]
pub struct Knobs {
    fields: [ValueField; Knob::ALL.len()],
    run: RunPanel,
    limit: Limit,
    /// Height of what is below the knobs, once it was drawn.
    below: Option<f32>,
    /// Width of the verdict, and the greatest height that it had at that: what is above it does not move with its words.
    verdict: Vec2,
}

impl Knobs {
    /// Draws the panel.
    ///
    /// The snapshot says where the run is now, for a rate that changes by itself, and how long an inner step may be;
    /// `can_undo` whether a knob was turned. Where a lesson shows some knobs `only`, nothing else is there.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        settings: &Settings,
        snapshot: Option<&Snapshot>,
        can_undo: bool,
        only: Option<&[Knob]>,
        commands: &mut Commands,
    ) {
        let meta_iteration = snapshot.map_or(0, |snapshot| snapshot.meta_iteration);
        let measured = snapshot.and_then(|snapshot| snapshot.closeups.stability.as_ref());
        self.limit.update(measured, snapshot.is_some_and(|snapshot| snapshot.phase == Phase::Running));
        let preset = Settings::preset(settings.run.tasks, settings.run.algorithm);
        let at_work = snapshot.and_then(|snapshot| snapshot.walk.as_ref()).and_then(|walk| at_work(walk.now()));
        let is_empty = only.is_some_and(<[Knob]>::is_empty);
        let least = if is_empty { 0.0 } else { LEAST };
        if ui.available_height() >= least + self.below.unwrap_or(BELOW) {
            let frame = Frame::new().inner_margin(Margin { right: 10, top: 8, ..Margin::ZERO });
            let below = Panel::bottom("verdict").frame(frame).show(ui, |ui| {
                let sub_step = snapshot.and_then(|snapshot| snapshot.walk.as_ref()).map(Walk::now);
                formula::ui(ui, settings.run.algorithm, sub_step);
                ui.add_space(GRID);
                if self.verdict.x != ui.available_width() {
                    self.verdict = vec2(ui.available_width(), 0.0);
                }
                let drawn = ui.scope(|ui| {
                    ui.set_min_height(self.verdict.y);
                    verdict::ui(ui, snapshot);
                });
                self.verdict.y = drawn.response.rect.height();
            });
            self.below = Some(below.response.rect.height());
        }
        let shown = |knob: Knob| {
            let value = knob.get(&settings.live);
            let outer = &settings.run.outer;
            let now = (knob == Knob::OUTER_RATE && outer.moves_the_rate())
                .then(|| value * outer.share_of_rate(meta_iteration));
            let limit = Some(&self.limit).filter(|_| knob == Knob::INNER_RATE);
            let beside = snapshot.and_then(|snapshot| snapshot.beside.as_ref());
            let beside = beside.map(|run| (run.settings.run.algorithm.label(), knob.get(&run.settings.live)));
            let beside = beside.filter(|(_, other)| *other != value);
            Shown { value, default: knob.get(&preset.live), now, limit, beside, at_work: at_work == Some(knob) }
        };
        let mut draw = |ui: &mut Ui, fields: &mut [ValueField], wanted: &dyn Fn(Knob) -> bool| {
            for (knob, field) in Knob::ALL.into_iter().zip(fields) {
                if wanted(knob)
                    && knob.why_dead(&settings.run).is_none()
                    && let Some(new) = if knob.range().is_switch() {
                        switch(ui, knob, shown(knob).value)
                    } else {
                        one_knob(ui, knob, field, shown(knob))
                    }
                {
                    commands.push(UiCommand::SetKnob(knob, new));
                }
            }
        };
        let fields = &mut self.fields;
        let mut undone = Vec::new();
        ScrollArea::vertical().auto_shrink(false).min_scrolled_height(0.0).show(ui, |ui| {
            // Room for the scroll bar, so that it never lies on a number.
            ui.set_width(ui.available_width() - 2.0 * GRID);
            if is_empty {
                return;
            }
            ui.horizontal(|ui| {
                ui.heading(say("Settings", "设置"));
                // What a lesson begins with need not be the preset.
                let resets = settings.live != preset.live && only.is_none();
                let ways = [(UiCommand::Undo, can_undo), (UiCommand::ResetKnobs, resets)];
                for (command, _) in ways.into_iter().filter(|(_, wanted)| *wanted) {
                    if ui.small_button(command.label()).on_hover_text(command.tooltip_with_key()).clicked() {
                        undone.push(command);
                    }
                }
            });
            if let Some(only) = only {
                return draw(ui, fields, &|knob| only.contains(&knob));
            }
            draw(ui, fields, &|knob| Knob::MAIN.contains(&knob));
            let more = CollapsingHeader::new(say("More", "更多")).id_salt("more").show(ui, |ui| {
                ui.set_width(ui.available_width() - GRID);
                draw(ui, fields, &|knob| !Knob::MAIN.contains(&knob));
            });
            let about = say("What else can be turned while it trains", "训练时还能调的设置");
            more.header_response.on_hover_text(about);
            self.run.ui(ui, &settings.run, &mut undone);
        });
        if undone.iter().any(|command| matches!(command, UiCommand::Undo | UiCommand::ResetKnobs)) {
            self.fields.iter_mut().for_each(ValueField::clear);
        }
        commands.append(&mut undone);
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
    /// The name of the run beside and its value, where that is another one.
    beside: Option<(&'a str, f64)>,
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

/// Draws a knob that is no or yes; gives the value that a person chose.
fn switch(ui: &mut Ui, knob: Knob, value: f64) -> Option<f64> {
    let mut on = value != 0.0;
    let response = ui.checkbox(&mut on, knob.label.get()).on_hover_text(knob.about.get());
    response.changed().then_some(if on { 1.0 } else { 0.0 })
}

/// Draws one knob; gives the value that a person chose.
fn one_knob(
    ui: &mut Ui,
    knob: Knob,
    field: &mut ValueField,
    Shown { value, default, now, limit, beside, at_work }: Shown<'_>,
) -> Option<f64> {
    let palette = Palette::of(ui);
    let range = knob.range();
    let (low, high) = (range.low, range.high);
    let about = || {
        let usual = numbers::knob_value(knob, default);
        let limit = limit.and_then(Limit::tooltip).map_or_else(String::new, |about| format!("\n{about}"));
        let about = knob.about;
        let beside = beside.map_or_else(String::new, |(name, other)| {
            let other = numbers::knob_value(knob, other);
            tell(
                || format!("\n{name} has {other} until this is turned"),
                || format!("\n{name} 目前为 {other}，改动后两者相同"),
            )
        });
        let scale = match range.logarithmic {
            true => say("; the track is logarithmic", "；滑轨为对数刻度"),
            false => "",
        };
        tell(
            || format!("{about} (double-click for {usual}{scale}){limit}{beside}"),
            || format!("{about}（双击恢复为 {usual}{scale}）{limit}{beside}"),
        )
    };
    let mut chosen = None;
    let mut said_now = now.map(|now| say_now(ui, now));
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.spacing_mut().interact_size.y = 5.0 * GRID;
    let changed = value != default;
    let row = ui.horizontal(|ui| {
        let label = RichText::new(knob.label.get());
        let label = ui.label(if changed { label.color(palette.accent) } else { label });
        if at_work {
            let line = egui::Stroke::new(3.0, palette.accent);
            ui.painter().vline(label.rect.left() - 2.0 * GRID, label.rect.y_range(), line);
        }
        let room = ui.available_width() - FIELD_WIDTH - ui.spacing().item_spacing.x;
        if let Some((now, _)) = said_now.take_if(|(_, wanted)| *wanted <= room) {
            ui.label(now).on_hover_text(ABOUT_NOW.get());
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let name = knob.label.get();
            field.ui(ui, name, FIELD_WIDTH, &numbers::knob_value(knob, value), |text| numbers::read(name, range, text))
        })
        .inner
    });
    let (typed, typed_value) = row.inner;
    chosen = typed_value.or(chosen);
    let mut slid = value;
    // Beside the slider there always is room.
    let said = said_now.as_ref().map_or(0.0, |(_, wanted)| wanted + ui.spacing().item_spacing.x);
    ui.spacing_mut().slider_width = ui.available_width() - said;
    ui.spacing_mut().interact_size.y = 3.5 * GRID;
    let mut slider = Slider::new(&mut slid, low..=high).show_value(false).logarithmic(range.logarithmic);
    if range.whole {
        slider = slider.integer();
    }
    let row_of_slider = ui.horizontal(|ui| {
        let slider = ui.add(slider).accessible_name(knob.label.get());
        if let Some((now, _)) = said_now {
            ui.label(now).on_hover_text(ABOUT_NOW.get());
        }
        slider
    });
    let slider = row_of_slider.inner;
    spot(ui.ctx(), knob.key(), slider.rect);
    // Where the slider's handle would stand.
    let track = slider.rect.x_range().shrink(slider.rect.height() / 2.5);
    let place = |value: f64| {
        let share = match range.logarithmic && low > 0.0 {
            true => (value / low).ln() / (high / low).ln(),
            false => (value - low) / (high - low),
        };
        egui::pos2(track.min + share as f32 * track.span(), slider.rect.center().y)
    };
    let ticks = [now.map(|now| (now, palette.adapted)), beside.map(|(_, other)| (other, palette.weak))];
    for (value, colour) in ticks.into_iter().flatten().filter(|(value, _)| (low..=high).contains(value)) {
        let at = place(value);
        ui.painter().vline(at.x, at.y - 6.0..=at.y + 6.0, egui::Stroke::new(2.0, colour));
    }
    if let Some(limit) = limit {
        limit.draw(ui.painter(), slider.rect, range, value, palette);
    }
    if slider.changed() {
        chosen = Some(if range.whole { slid } else { numbers::rounded(slid, 3) });
    }
    let double_clicked = ui.input(|input| input.pointer.button_double_clicked(egui::PointerButton::Primary));
    if double_clicked && (slider.contains_pointer() || row.response.contains_pointer() && !typed.contains_pointer()) {
        chosen = Some(default);
    }
    if chosen.is_some() && typed_value.is_none() {
        field.clear();
    }
    for response in [slider, typed, row.response.interact(egui::Sense::hover())] {
        tooltip(response, about);
    }
    field.error_ui(ui);
    ui.add_space(GRID);
    chosen
}

const ABOUT_NOW: Text =
    text("What its schedule makes of it at this meta-iteration", "按学习率调度，这次元迭代实际使用的值");

/// The value that is in force now, and the room that it wants however small it becomes.
fn say_now(ui: &Ui, now: f64) -> (Arc<Galley>, f32) {
    let say = |now: String| tell(|| format!("now {now}"), || format!("现为 {now}"));
    let layout = |text| ui.painter().layout_no_wrap(text, small_font(), Palette::of(ui).weak);
    // Two digits are enough.
    let now = numbers::rounded(now, 2);
    let now = layout(say(numbers::compact(now)));
    let wanted = layout(say("0.00088".to_owned())).size().x.max(now.size().x);
    (now, wanted)
}
