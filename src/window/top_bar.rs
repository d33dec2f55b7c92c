//! The top bar: what is learned, by which algorithm, and how the run goes.

use std::sync::Arc;

use egui::{Button, ColorImage, ComboBox, Image, Response, RichText, TextureHandle, TextureOptions, Ui, vec2};

use super::commands::{Commands, UiCommand};
use super::numbers;
use super::theme::{GRID, Palette};
use super::tooltip::tooltip;
use crate::images::ImageSet;
use crate::settings::table::Name;
use crate::settings::{Algorithm, ImageSource, Settings, TaskFamily};
use crate::train::link::Pace;
use crate::train::snapshot::{Phase, Snapshot};

/// Height of an open list: all of its choices are seen without scrolling.
const TALLEST: f32 = 480.0;

/// What the bar shows besides the settings.
pub struct Status<'a> {
    /// The newest snapshot.
    pub snapshot: Option<&'a Snapshot>,
    /// What the user asked for last, or what the trainer does.
    pub phase: Phase,
    /// The pace in force.
    pub pace: Pace,
    /// The image set in use.
    pub image_set: Option<&'a Arc<ImageSet>>,
}

/// The bar.
#[derive(Default)]
pub struct TopBar {
    thumbnails: Option<(Arc<ImageSet>, TextureHandle, usize)>,
}

impl TopBar {
    /// Draws the bar.
    pub fn ui(&mut self, ui: &mut Ui, settings: &Settings, status: &Status<'_>, commands: &mut Commands) {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = GRID;
            name(ui, "Tasks");
            tasks(ui, settings.run.tasks, commands);
            if settings.run.tasks.needs_images() {
                self.images(ui, &settings.run.images, status.image_set, commands);
            }
            ui.add_space(GRID);
            name(ui, "Algorithm");
            algorithm(ui, settings.run.algorithm, commands);
            ui.separator();
            transport(ui, status, commands);
            ui.separator();
            progress(ui, status);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                push(ui, UiCommand::Help, "?", false, commands);
                let icon = if ui.visuals().dark_mode { "☀" } else { "🌙" };
                push(ui, UiCommand::Theme, icon, false, commands);
                push(ui, UiCommand::Compare, UiCommand::Compare.label(), false, commands);
            });
        });
    }

    fn images(
        &mut self,
        ui: &mut Ui,
        source: &ImageSource,
        image_set: Option<&Arc<ImageSet>>,
        commands: &mut Commands,
    ) {
        let name = match (source.name(), source, image_set) {
            (Some(name), ..) => name.label.to_owned(),
            (None, _, Some(set)) => short(&set.name),
            (None, ImageSource::Path(path), None) => {
                short(&path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()))
            }
            (None, _, None) => String::new(),
        };
        let tooltip = UiCommand::ChooseImages(ImageSource::Faces).tooltip();
        let button = match self.thumbnail(ui, image_set) {
            Some(image) => Button::image_and_text(image, name),
            None => Button::new(name),
        };
        let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
            for option in ImageSource::BUILT_IN {
                let Some(Name { label, about, .. }) = option.name() else { continue };
                if ui.selectable_label(*source == option, label).on_hover_text(about).clicked() {
                    commands.push(UiCommand::ChooseImages(option));
                    ui.close();
                }
            }
            let own = UiCommand::OpenImages;
            if ui
                .selectable_label(matches!(source, ImageSource::Path(_)), own.label())
                .on_hover_text(own.tooltip_with_key())
                .clicked()
            {
                commands.push(own);
                ui.close();
            }
        });
        response.on_hover_text(tooltip).accessible_name("Images");
    }

    /// The first images of the set, side by side.
    fn thumbnail(&mut self, ui: &Ui, image_set: Option<&Arc<ImageSet>>) -> Option<Image<'static>> {
        const SHOWN: usize = 3;
        let set = image_set?;
        if self.thumbnails.as_ref().is_none_or(|(known, ..)| !Arc::ptr_eq(known, set)) {
            let shown = set.images.len().min(SHOWN);
            let (size, channels) = (set.size, set.channels.max(1));
            let mut rgb = Vec::with_capacity(shown * size * size * 3);
            for row in 0..size {
                for image in &set.images[..shown] {
                    for column in 0..size {
                        let at = (row * size + column) * channels;
                        let value =
                            |channel: usize| image.pixels.get(at + channel.min(channels - 1)).copied().unwrap_or(0);
                        rgb.extend([value(0), value(1), value(2)]);
                    }
                }
            }
            let pixels = ColorImage::from_rgb([shown * size, size], &rgb);
            let texture = ui.ctx().load_texture("image-set", pixels, TextureOptions::LINEAR);
            self.thumbnails = Some((Arc::clone(set), texture, shown));
        }
        let (_, texture, shown) = self.thumbnails.as_ref()?;
        let side = 4.0 * GRID;
        Some(Image::new(texture).fit_to_exact_size(vec2(side * *shown as f32, side)))
    }
}

fn name(ui: &mut Ui, name: &str) {
    ui.label(RichText::new(name).color(Palette::of(ui).weak));
}

fn short(name: &str) -> String {
    const LONGEST: usize = 14;
    if name.chars().count() <= LONGEST {
        name.to_owned()
    } else {
        name.chars().take(LONGEST - 1).chain(['…']).collect()
    }
}

fn tasks(ui: &mut Ui, current: TaskFamily, commands: &mut Commands) {
    ComboBox::from_id_salt("tasks")
        .height(TALLEST)
        .width(80.0)
        .selected_text(current.label())
        .show_ui(ui, |ui| {
            for tasks in TaskFamily::ALL {
                if ui.selectable_label(tasks == current, tasks.label()).on_hover_text(tasks.card().about).clicked()
                    && tasks != current
                {
                    commands.push(UiCommand::ChooseTasks(tasks));
                }
            }
        })
        .response
        .on_hover_text(UiCommand::ChooseTasks(current).tooltip())
        .accessible_name("Tasks");
}

fn algorithm(ui: &mut Ui, current: Algorithm, commands: &mut Commands) {
    ComboBox::from_id_salt("algorithm")
        .height(TALLEST)
        .width(88.0)
        .selected_text(current.label())
        .show_ui(ui, |ui| {
            for algorithm in Algorithm::ALL {
                let response =
                    ui.selectable_label(algorithm == current, algorithm.label()).on_hover_text(algorithm.about());
                if response.clicked() && algorithm != current {
                    commands.push(UiCommand::ChooseAlgorithm(algorithm));
                }
            }
        })
        .response
        .on_hover_text(UiCommand::ChooseAlgorithm(current).tooltip())
        .accessible_name("Algorithm");
}

fn transport(ui: &mut Ui, status: &Status<'_>, commands: &mut Commands) {
    let running = status.phase == Phase::Running;
    let play = push(ui, UiCommand::PlayPause, if running { "⏸" } else { "▶" }, false, commands);
    play.accessible_name(if running { "Pause" } else { "Play" });
    push(ui, UiCommand::Step, "⏭", false, commands);
    push(ui, UiCommand::SlowMotion, "🐢", status.pace == Pace::Slow, commands);
    push(ui, UiCommand::Reset, "⟲", false, commands);
}

fn push(ui: &mut Ui, command: UiCommand, icon: &str, selected: bool, commands: &mut Commands) -> Response {
    let button = Button::new(RichText::new(icon).size(14.0)).selected(selected).min_size(vec2(7.0 * GRID, 6.0 * GRID));
    let response = ui.add(button).accessible_name(command.label());
    let response = tooltip(response, || command.tooltip_with_key());
    if response.clicked() {
        commands.push(command);
    }
    response
}

fn progress(ui: &mut Ui, status: &Status<'_>) {
    let palette = Palette::of(ui);
    let Some(snapshot) = status.snapshot else {
        ui.label(RichText::new("Starting").color(palette.weak));
        return;
    };
    if let Some(at) = snapshot.timeline.shown {
        let [at, head] =
            [at, snapshot.timeline.head].map(|at| numbers::thousands(i64::try_from(at).unwrap_or(i64::MAX)));
        ui.label(RichText::new(format!("looking back at {at} of {head}")).color(palette.accent))
            .on_hover_text("The window shows an earlier moment; Play goes on from the last one");
        return;
    }
    ui.label(RichText::new("meta-iteration").color(palette.weak)).on_hover_text("Steps of the initialisation so far");
    ui.label(RichText::new(numbers::thousands(i64::try_from(snapshot.meta_iteration).unwrap_or(i64::MAX))).strong());
    let (word, colour) = match status.phase {
        Phase::Running => ("running", palette.weak),
        Phase::Paused => ("paused", palette.weak),
        Phase::Diverged => ("diverged", palette.danger),
    };
    if status.phase == Phase::Running && snapshot.per_second > 0.0 {
        ui.label(RichText::new(format!("· {}/s", numbers::significant(snapshot.per_second))).color(palette.weak))
            .on_hover_text("Meta-iterations per second");
    }
    ui.label(RichText::new(format!("· {word}")).color(colour)).on_hover_text("What the trainer is doing");
}
