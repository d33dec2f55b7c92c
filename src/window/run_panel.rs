//! Settings that begin the run again: the seed at once, the network and the optimiser on "Apply".

use egui::{CollapsingHeader, ComboBox, Grid, Ui};

use super::commands::{Commands, UiCommand};
use super::numbers;
use super::theme::Palette;
use super::value_field::ValueField;
use crate::settings::{
    ActivationKind, LiveSettings, MethodKnob, OuterOptimiser, OuterSettings, RunSettings, Schedule, Settings,
    TaskFamily,
};

/// The lower part of the left panel.
#[derive(Default)]
pub struct RunPanel {
    seed: ValueField,
    draft: Option<Draft>,
    /// Frames for which the unfolding advanced settings are still followed.
    revealing: u8,
    ways: ValueField,
    widths: ValueField,
    w0: ValueField,
    outer: [ValueField; OuterNumber::ALL.len()],
    method: [ValueField; MethodKnob::ALL.len()],
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
        ui.horizontal(|ui| {
            let tooltip =
                "The number that every random stream is derived from; another seed begins again with other tasks";
            ui.label("Seed").on_hover_text(tooltip);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let (response, seed) = self.seed.ui(ui, "Seed", 60.0, &run.seed.to_string(), read_seed);
                response.on_hover_text(tooltip);
                if let Some(seed) = seed {
                    commands.push(UiCommand::ApplyRun(Box::new(RunSettings { seed, ..run.clone() })));
                }
            });
        });
        self.seed.error_ui(ui);
        if self.draft.as_ref().is_some_and(|draft| draft.base != *run) {
            self.draft = None;
            self.ways.clear();
            self.widths.clear();
            self.w0.clear();
            self.outer.iter_mut().chain(&mut self.method).for_each(ValueField::clear);
        }
        let advanced =
            CollapsingHeader::new("Advanced").id_salt("advanced").show(ui, |ui| self.advanced(ui, run, commands));
        if advanced.header_response.clicked() {
            self.revealing = REVEALING_FRAMES;
        }
        if self.revealing > 0 {
            // What was opened must be seen, all of it if it fits.
            ui.scroll_to_cursor(Some(egui::Align::BOTTOM));
            self.revealing -= 1;
            ui.ctx().request_repaint();
        }
        advanced.header_response.on_hover_text(
            "The network, the outer optimiser and what belongs to the algorithm; changing them begins again",
        );
    }

    fn advanced(&mut self, ui: &mut Ui, run: &RunSettings, commands: &mut Commands) {
        let draft = &mut self.draft.get_or_insert_with(|| Draft { base: run.clone(), run: run.clone() }).run;
        let width = (ui.available_width() - 88.0).max(72.0);
        Grid::new("network").num_columns(2).show(ui, |ui| {
            let told_apart = matches!(run.tasks, TaskFamily::Classify | TaskFamily::Cluster);
            let ways = Number {
                label: "Ways",
                tooltip: "Classes of a task; fewer where the images have not so many to train on or to test on",
                range: [2.0, 20.0],
                whole: true,
                reason: (!told_apart).then_some("Only classify and cluster tasks tell classes apart"),
            };
            if let Some(value) = ways.ui(ui, &mut self.ways, width, draft.ways as f64) {
                draft.ways = value as usize;
            }
            ui.label("Layers");
            let shown = show_widths(&draft.network.hidden);
            let (response, hidden) = self.widths.ui(ui, "Layers", width - 8.0, &shown, read_widths);
            response.on_hover_text("Width of each hidden layer, e.g. 64, 64; empty makes the model linear");
            if let Some(hidden) = hidden {
                draft.network.hidden = hidden;
            }
            ui.end_row();

            ui.label("Activation");
            let tooltip = "The non-linearity between layers: sine draws sharp pictures, ReLU and tanh soft ones";
            choose(ui, "Activation", tooltip, width, &ACTIVATIONS, &mut draft.network.activation);
            ui.end_row();

            ui.label("Frequency w0");
            let sine = draft.network.activation == ActivationKind::Sine;
            ui.add_enabled_ui(sine, |ui| {
                let (response, w0) =
                    self.w0.ui(ui, "Frequency w0", width - 8.0, &numbers::compact(draft.network.w0), |text| {
                        numbers::parse(text)
                            .filter(|value| (0.01..=1000.0).contains(value))
                            .ok_or("Choose a value from 0.01 to 1000".to_owned())
                    });
                response
                    .on_hover_text(
                        "How fast the sine activation turns: higher draws finer detail and is harder to adapt",
                    )
                    .on_disabled_hover_text("Only the sine activation has a frequency");
                if let Some(w0) = w0 {
                    draft.network.w0 = w0;
                }
            });
            ui.end_row();

            ui.label("Optimiser");
            choose(
                ui,
                "Optimiser",
                "How the outer direction becomes a step of φ",
                width,
                &OPTIMISERS,
                &mut draft.optimiser,
            );
            ui.end_row();

            ui.label("Schedule");
            let tooltip = "How the outer rate changes by itself; the mark on its track shows where it is";
            choose(ui, "Schedule", tooltip, width, &Schedule::ALL, &mut draft.outer.schedule);
            ui.end_row();

            for (number, field) in OuterNumber::ALL.into_iter().zip(&mut self.outer) {
                let value = number.get(&draft.outer);
                if let Some(value) = number.about(&draft.outer).ui(ui, field, width, value) {
                    number.set(&mut draft.outer, value);
                }
            }
            for (knob, field) in MethodKnob::ALL.into_iter().zip(&mut self.method) {
                if knob.algorithm() == run.algorithm {
                    let about = Number {
                        label: knob.label(),
                        tooltip: knob.tooltip(),
                        range: knob.range(),
                        whole: knob.is_whole(),
                        reason: None,
                    };
                    if let Some(value) = about.ui(ui, field, width, knob.get(&draft.method)) {
                        knob.set(&mut draft.method, value);
                    }
                }
            }
        });
        for field in [&self.ways, &self.widths, &self.w0].into_iter().chain(&self.outer).chain(&self.method) {
            field.error_ui(ui);
        }
        let valid = Settings { live: LiveSettings::default(), run: draft.clone() }.validate();
        if let Err(error) = &valid {
            ui.colored_label(Palette::of(ui).danger, error.to_string());
        }
        let command = UiCommand::ApplyRun(Box::new(draft.clone()));
        let response = ui
            .add_enabled(valid.is_ok() && draft != run, egui::Button::new(command.label()))
            .on_hover_text(command.tooltip())
            .on_disabled_hover_text("Nothing was changed yet");
        if response.clicked() {
            commands.push(command);
        }
    }
}

/// A number of the outer loop.
#[derive(Clone, Copy)]
enum OuterNumber {
    WarmUp,
    Knee,
    Period,
    Factor,
    ClipNorm,
    WeightDecay,
}

impl OuterNumber {
    const ALL: [Self; 6] = [Self::WarmUp, Self::Knee, Self::Period, Self::Factor, Self::ClipNorm, Self::WeightDecay];

    fn get(self, outer: &OuterSettings) -> f64 {
        match self {
            Self::WarmUp => outer.warm_up as f64,
            Self::Knee => outer.knee as f64,
            Self::Period => outer.period as f64,
            Self::Factor => outer.factor,
            Self::ClipNorm => outer.clip_norm,
            Self::WeightDecay => outer.weight_decay,
        }
    }

    fn set(self, outer: &mut OuterSettings, value: f64) {
        match self {
            Self::WarmUp => outer.warm_up = value as u64,
            Self::Knee => outer.knee = value as u64,
            Self::Period => outer.period = value as u64,
            Self::Factor => outer.factor = value,
            Self::ClipNorm => outer.clip_norm = value,
            Self::WeightDecay => outer.weight_decay = value,
        }
    }

    fn about(self, outer: &OuterSettings) -> Number {
        let periodic = matches!(outer.schedule, Schedule::Cosine | Schedule::Step);
        let reason = (!periodic).then_some("Only cosine and steps have a period and a factor");
        let root = outer.schedule == Schedule::InverseSquareRoot;
        let (label, tooltip, range, reason) = match self {
            Self::WarmUp => (
                "Warm-up",
                "Meta-iterations over which the outer rate rises to its value; 0 for none",
                [0.0, 1e9],
                None,
            ),
            Self::Knee => (
                "Knee",
                "Meta-iterations before the outer rate begins to fall as 1/√t; it is half at four times as many",
                [1.0, 1e9],
                (!root).then_some("Only the schedule 1/√t has a knee"),
            ),
            Self::Period => (
                "Period",
                "Cosine: meta-iterations until the floor is reached; steps: meta-iterations between two of them",
                [1.0, 1e9],
                reason,
            ),
            Self::Factor => (
                "Factor",
                "Cosine: the floor as a share of the outer rate; steps: what it is multiplied by at each",
                [0.0, 1.0],
                reason,
            ),
            Self::ClipNorm => (
                "Clip at",
                "A longer outer direction is shortened to this length: it tames rare bad tasks; 0 for no clipping",
                [0.0, 1e6],
                None,
            ),
            Self::WeightDecay => (
                "Weight decay",
                "Draws the initialisation towards 0; with AdamW apart from its averages, else as a part of the gradient",
                [0.0, 10.0],
                None,
            ),
        };
        Number { label, tooltip, range, whole: matches!(self, Self::WarmUp | Self::Knee | Self::Period), reason }
    }
}

/// A row with a typed number.
struct Number {
    label: &'static str,
    tooltip: &'static str,
    range: [f64; 2],
    whole: bool,
    /// Why it has no effect, if it has none.
    reason: Option<&'static str>,
}

impl Number {
    /// Draws label and field; returns a new value.
    fn ui(&self, ui: &mut Ui, field: &mut ValueField, width: f32, value: f64) -> Option<f64> {
        let Self { label, tooltip, range: [low, high], whole, reason } = *self;
        ui.label(label);
        let read = |text: &str| {
            let kind = if whole { "whole " } else { "" };
            let [low_text, high_text] = [low, high].map(numbers::compact);
            numbers::parse(text)
                .filter(|value| (low..=high).contains(value) && (!whole || value.fract() == 0.0))
                .ok_or(format!("{label}: a {kind}number from {low_text} to {high_text}"))
        };
        let typed = ui.add_enabled_ui(reason.is_none(), |ui| {
            let (response, typed) = field.ui(ui, label, width - 8.0, &numbers::compact(value), read);
            response.on_hover_text(tooltip).on_disabled_hover_text(reason.unwrap_or_default());
            typed
        });
        ui.end_row();
        typed.inner
    }
}

const ACTIVATIONS: [(ActivationKind, &str); 4] = [
    (ActivationKind::Sine, "Sine"),
    (ActivationKind::Relu, "ReLU"),
    (ActivationKind::Tanh, "Tanh"),
    (ActivationKind::Silu, "SiLU"),
];

const OPTIMISERS: [(OuterOptimiser, &str); 4] = [
    (OuterOptimiser::Adam, "Adam"),
    (OuterOptimiser::AdamW, "AdamW"),
    (OuterOptimiser::Momentum, "Momentum"),
    (OuterOptimiser::Sgd, "SGD"),
];

fn choose<T: Copy + PartialEq>(
    ui: &mut Ui,
    name: &str,
    tooltip: &str,
    width: f32,
    options: &[(T, &'static str)],
    value: &mut T,
) {
    let selected = options.iter().find(|(option, _)| option == value).map_or("", |(_, label)| label);
    ComboBox::from_id_salt(name)
        .width(width)
        .selected_text(selected)
        .show_ui(ui, |ui| {
            for (option, label) in options {
                ui.selectable_value(value, *option, *label);
            }
        })
        .response
        .on_hover_text(tooltip)
        .accessible_name(name);
}

fn read_seed(text: &str) -> Result<u64, String> {
    text.trim().parse().map_err(|_| "A seed is a whole number from 0".to_owned())
}

fn show_widths(widths: &[usize]) -> String {
    widths.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

fn read_widths(text: &str) -> Result<Vec<usize>, String> {
    let widths: Result<Vec<usize>, _> =
        text.split([',', ' ', '×', 'x']).map(str::trim).filter(|part| !part.is_empty()).map(str::parse).collect();
    match widths {
        Ok(widths) if widths.len() <= 8 && widths.iter().all(|width| (1..=1024).contains(width)) => Ok(widths),
        _ => Err("At most 8 widths from 1 to 1024, e.g. 64, 64".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths() {
        assert_eq!(read_widths("64, 64,32"), Ok(vec![64, 64, 32]));
        assert_eq!(read_widths(" "), Ok(vec![]));
        for text in ["0", "64, wide", "2000", "1 1 1 1 1 1 1 1 1", "-3"] {
            assert!(read_widths(text).is_err(), "{text}");
        }
        assert_eq!(read_widths(&show_widths(&[40, 40])), Ok(vec![40, 40]));
    }
}
