//! Settings that begin the run again: the seed at once, the network and the optimiser on "Apply".

use std::collections::HashMap;

use egui::{CollapsingHeader, ComboBox, Grid, Ui};

use super::commands::{Commands, UiCommand};
use super::numbers;
use super::theme::Palette;
use super::value_field::ValueField;
use crate::settings::table::{self, Field, Group, Setting, setting};
use crate::settings::{LiveSettings, RunSettings, Settings};
use crate::text::{Text, say};

const SEED: &Setting = setting("run.seed");

/// The lower part of the left panel.
#[derive(Default)]
pub struct RunPanel {
    seed: ValueField,
    draft: Option<Draft>,
    /// Frames for which the unfolding advanced settings are still followed.
    revealing: u8,
    fields: HashMap<&'static str, ValueField>,
}

/// The unfolding takes a few frames.
const REVEALING_FRAMES: u8 = 10;

/// Changes that were not applied yet, and the run that they belong to.
struct Draft {
    base: RunSettings,
    run: RunSettings,
}

impl RunPanel {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, run: &RunSettings, commands: &mut Commands) {
        if self.draft.as_ref().is_some_and(|draft| draft.base != *run) {
            self.draft = None;
            self.fields.clear();
        }
        let title = say("What begins again", "更改后重新开始的设置");
        let advanced = CollapsingHeader::new(title).id_salt("advanced").show(ui, |ui| {
            self.seed(ui, run, commands);
            self.advanced(ui, run, commands);
        });
        if advanced.header_response.clicked() {
            self.revealing = REVEALING_FRAMES;
        }
        if self.revealing > 0 {
            // What was opened must be seen, all of it if it fits.
            ui.scroll_to_cursor(Some(egui::Align::BOTTOM));
            self.revealing -= 1;
            ui.ctx().request_repaint();
        }
        advanced.header_response.on_hover_text(say(
            "The seed, the network, the outer optimiser and what belongs to the algorithm: changing them begins the run again",
            "随机种子、网络、外循环优化器和算法自己的设置：改变它们会重新开始运行",
        ));
    }

    fn seed(&mut self, ui: &mut Ui, run: &RunSettings, commands: &mut Commands) {
        ui.horizontal(|ui| {
            let [label, about] = [SEED.label, SEED.about].map(Text::get);
            ui.label(label).on_hover_text(about);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let (response, seed) = self.seed.ui(ui, label, 60.0, &run.seed.to_string(), read_seed);
                response.on_hover_text(about);
                if let Some(seed) = seed {
                    commands.push(UiCommand::ApplyRun(Box::new(RunSettings { seed, ..run.clone() })));
                }
            });
        });
        self.seed.error_ui(ui);
    }

    fn advanced(&mut self, ui: &mut Ui, run: &RunSettings, commands: &mut Commands) {
        let draft = &mut self.draft.get_or_insert_with(|| Draft { base: run.clone(), run: run.clone() }).run;
        let width = (ui.available_width() - 88.0).max(72.0);
        Grid::new("network").num_columns(2).show(ui, |ui| {
            for setting in table::all().filter(|setting| is_advanced(setting, run)) {
                if setting.group.why_dead(draft).is_some() {
                    continue;
                }
                ui.label(setting.label.get()).on_hover_text(setting.about.get());
                let field = self.fields.entry(setting.path).or_default();
                let reason = setting.why_dead(draft);
                ui.add_enabled_ui(reason.is_none(), |ui| {
                    row(ui, setting, field, width, draft).map(|response| {
                        response.on_hover_text(setting.about.get()).on_disabled_hover_text(reason.map_or("", Text::get))
                    });
                });
                ui.end_row();
            }
        });
        for field in table::all().filter_map(|setting| self.fields.get(setting.path)) {
            field.error_ui(ui);
        }
        let valid = Settings { live: LiveSettings::default(), run: draft.clone() }.validate();
        if let Err(error) = &valid {
            let palette = Palette::of(ui);
            ui.colored_label(palette.as_text(palette.danger), error.to_string());
        }
        let command = UiCommand::ApplyRun(Box::new(draft.clone()));
        let response = ui
            .add_enabled(valid.is_ok() && draft != run, egui::Button::new(command.label()))
            .on_hover_text(command.tooltip())
            .on_disabled_hover_text(say("Nothing was changed yet", "还没有改动"));
        if response.clicked() {
            commands.push(command);
        }
    }
}

/// Whether a setting stands under "Advanced".
fn is_advanced(setting: &Setting, run: &RunSettings) -> bool {
    match setting.group {
        Group::Tasks(_) | Group::Network | Group::Outer => !matches!(setting.field, Field::Live(_)),
        Group::Method(part) => run.algorithm.has(part),
        Group::Run | Group::Inner | Group::Images | Group::OwnImages | Group::Formulas => false,
    }
}

/// Draws a setting's value; a new one goes into the draft.
fn row(
    ui: &mut Ui,
    setting: &Setting,
    field: &mut ValueField,
    width: f32,
    draft: &mut RunSettings,
) -> Option<egui::Response> {
    let name = setting.label.get();
    match &setting.field {
        Field::Run(number) => {
            let shown = numbers::compact(number.get(draft));
            let read = |text: &str| numbers::read(name, number.range, text);
            let (response, typed) = field.ui(ui, name, width - 8.0, &shown, read);
            if let Some(value) = typed {
                number.set(draft, value);
            }
            Some(response)
        }
        Field::Widths(range) => {
            let hidden = &mut draft.network.hidden;
            let shown = hidden.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
            let (response, typed) = field.ui(ui, name, width - 8.0, &shown, |text| range.read_widths(text));
            if let Some(widths) = typed {
                *hidden = widths;
            }
            Some(response)
        }
        Field::Choice(choice) => {
            let mut chosen = (choice.get)(draft);
            let names = setting.names();
            let shown = |index: usize| names.get(index).map_or("", |name| name.label.get());
            let combo =
                ComboBox::from_id_salt(setting.path).width(width).show_index(ui, &mut chosen, names.len(), shown);
            (choice.set)(draft, chosen);
            Some(combo.accessible_name(name))
        }
        Field::Live(_) | Field::Switch | Field::Seed | Field::Images => None,
    }
}

fn read_seed(text: &str) -> Result<u64, String> {
    text.trim().parse().map_err(|_| String::from(table::SEED))
}
