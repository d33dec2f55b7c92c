//! The top bar: what is learned, by which algorithm, and how the run goes.

mod compare;
mod line;

use std::sync::Arc;

use egui::scroll_area::ScrollBarVisibility;
use egui::{
    Align, Button, ColorImage, ComboBox, Image, Label, Layout, PopupCloseBehavior, Pos2, Rect, Response, RichText,
    ScrollArea, Slider, TextStyle, TextWrapMode, TextureHandle, TextureOptions, Ui, Vec2, WidgetText, pos2, vec2,
};

use super::commands::{Commands, UiCommand};
use super::compare::Progress;
use super::lesson::dots::{self, Dots};
use super::menu::MainMenu;
use super::recent::Recent;
use super::theme::{GRID, Palette};
use super::tooltip::tooltip;
use super::verdict;
use crate::images::ImageSet;
use crate::keep::sessions::Earlier;
use crate::settings::table::Name;
use crate::settings::{Algorithm, ImageSource, Settings, TaskFamily};
use crate::text::{say, tell};
use crate::train::link::Pace;
use crate::train::snapshot::{Phase, Snapshot};

/// Height of an open list: all of its choices are seen without scrolling.
const TALLEST: f32 = 480.0;

/// In less width than this it scrolls.
const LEAST: f32 = 960.0;

/// In less width than this what runs beside the training is told by its count alone.
const ROOMY: f32 = 1200.0;

/// In less width than this images have no name in a hall, where all is larger.
const HALL: f32 = 640.0;

/// Size of a button, at least.
pub(super) const SIZE: Vec2 = vec2(7.0 * GRID, 6.0 * GRID);

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
    /// Own images that were used.
    pub recent: &'a Recent,
    /// Runs that were opened and saved.
    pub recent_runs: &'a Recent,
    /// How far is what runs beside the training.
    pub running: [Option<Progress>; 2],
    /// Runs of windows that were closed.
    pub earlier: &'a [Earlier],
    /// Whether sweeps or races have found something.
    pub table: bool,
    /// The lesson under way.
    pub lesson: Option<Dots>,
}

/// The bar.
#[derive(Default)]
pub struct TopBar {
    thumbnails: Option<(Arc<ImageSet>, TextureHandle, usize)>,
    /// Whether another algorithm begins with the present rates.
    keeps_rates: bool,
    menu: MainMenu,
}

impl TopBar {
    /// Draws the bar; to a hall what is needed there alone.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        settings: &Settings,
        status: &Status<'_>,
        present: bool,
        commands: &mut Commands,
    ) {
        let brief = ui.available_width() < ROOMY;
        let name_room = match present {
            true if ui.available_width() < HALL => 0.0,
            false if brief => 16.0 * GRID,
            _ => 28.0 * GRID,
        };
        if ui.available_width() < LEAST && !present {
            let scroll = ScrollArea::horizontal().scroll_bar_visibility(ScrollBarVisibility::AlwaysHidden);
            scroll.show(ui, |ui| {
                ui.horizontal_centered(|ui| {
                    self.left(ui, settings, status, name_room, commands);
                    speed(ui, status.pace, commands);
                    ui.separator();
                    line::ui(ui, status);
                    self.right(ui, status, brief, commands);
                });
            });
            return;
        }
        ui.horizontal_centered(|ui| {
            self.left(ui, settings, status, name_room, commands);
            if !present {
                speed(ui, status.pace, commands);
            }
            ui.separator();
            if let Some(lesson) = &status.lesson {
                dots::ui(ui, lesson, 1.25 * GRID);
                ui.separator();
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if present {
                    push(ui, UiCommand::Present, "⛶", true, commands);
                } else {
                    self.right(ui, status, brief, commands);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| match present {
                    true => verdict::line(ui, status.snapshot),
                    false => line::ui(ui, status),
                });
            });
        });
    }

    fn left(&mut self, ui: &mut Ui, settings: &Settings, status: &Status<'_>, name_room: f32, commands: &mut Commands) {
        ui.spacing_mut().item_spacing.x = GRID;
        tasks(ui, settings.run.tasks, commands);
        if settings.run.tasks.needs_images() {
            self.images(ui, &settings.run.images, status, name_room, commands);
        }
        algorithm(ui, settings.run.algorithm, &mut self.keeps_rates, commands);
        ui.separator();
        transport(ui, status, commands);
    }

    /// What concerns the window alone, from right to left.
    fn right(&mut self, ui: &mut Ui, status: &Status<'_>, brief: bool, commands: &mut Commands) {
        self.menu.ui(ui, status.recent_runs, status.earlier, status.table, commands);
        push(ui, UiCommand::Help, "?", false, commands);
        push(ui, UiCommand::Language, say("中文", "EN"), false, commands);
        push(ui, UiCommand::Present, "⛶", false, commands);
        compare::ui(ui, status.running, brief, commands);
    }

    fn images(
        &mut self,
        ui: &mut Ui,
        source: &ImageSource,
        status: &Status<'_>,
        name_room: f32,
        commands: &mut Commands,
    ) {
        let name = match (source.name(), source, status.image_set) {
            (Some(name), ..) => name.label.get().to_owned(),
            (None, _, Some(set)) => set.name.clone(),
            (None, ImageSource::Path(path), None) => {
                path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
            }
            (None, _, None) => String::new(),
        };
        let cut = WidgetText::from(&name).into_galley(ui, Some(TextWrapMode::Truncate), name_room, TextStyle::Button);
        let button = match self.thumbnail(ui, status.image_set) {
            Some(image) if name_room == 0.0 => Button::image(first(image)),
            Some(image) => Button::image_and_text(image, cut),
            None => Button::new(cut),
        };
        let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
            for option in ImageSource::BUILT_IN {
                let Some(Name { label, about, .. }) = option.name() else { continue };
                if ui.selectable_label(*source == option, label.get()).on_hover_text(about.get()).clicked() {
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
            if status.recent.ui(ui, source, commands) {
                ui.close();
            }
        });
        let tooltip = UiCommand::ChooseImages(ImageSource::Faces).tooltip();
        response.on_hover_text(format!("{name}\n\n{tooltip}")).accessible_name(say("Images", "图像"));
    }

    /// The first images of the set, side by side.
    fn thumbnail(&mut self, ui: &Ui, image_set: Option<&Arc<ImageSet>>) -> Option<Image<'static>> {
        const SHOWN: usize = 3;
        let set = image_set?;
        if self.thumbnails.as_ref().is_none_or(|(known, ..)| !Arc::ptr_eq(known, set)) {
            let shown = set.images.len().min(SHOWN);
            let size = set.size;
            let row = |row: usize| (0..shown).flat_map(move |index| set.rgb(index).skip(row * size).take(size));
            let rgb: Vec<u8> = (0..size).flat_map(row).flatten().collect();
            let pixels = ColorImage::from_rgb([shown * size, size], &rgb);
            let texture = ui.ctx().load_texture("image-set", pixels, TextureOptions::LINEAR);
            self.thumbnails = Some((Arc::clone(set), texture, shown));
        }
        let (_, texture, shown) = self.thumbnails.as_ref()?;
        let side = 4.0 * GRID;
        Some(Image::new(texture).fit_to_exact_size(vec2(side * *shown as f32, side)))
    }
}

/// The first of images side by side.
fn first(image: Image<'_>) -> Image<'_> {
    let size = image.size().unwrap_or_default();
    let share = size.y / size.x.max(1.0);
    let part = image.uv(Rect::from_min_max(Pos2::ZERO, pos2(share, 1.0)));
    part.maintain_aspect_ratio(false).fit_to_exact_size(Vec2::splat(4.0 * GRID))
}

fn tasks(ui: &mut Ui, current: TaskFamily, commands: &mut Commands) {
    ComboBox::from_id_salt("tasks")
        .height(TALLEST)
        .width(120.0)
        .selected_text(current.label())
        .show_ui(ui, |ui| {
            for tasks in TaskFamily::ALL {
                let response =
                    ui.selectable_label(tasks == current, tasks.label()).on_hover_text(tasks.card().about.get());
                if response.clicked() && tasks != current {
                    commands.push(UiCommand::ChooseTasks(tasks));
                }
            }
        })
        .response
        .on_hover_text(UiCommand::ChooseTasks(current).tooltip())
        .accessible_name(say("Tasks", "任务"));
}

fn algorithm(ui: &mut Ui, current: Algorithm, keeps_rates: &mut bool, commands: &mut Commands) {
    ComboBox::from_id_salt("algorithm")
        .height(TALLEST)
        .width(88.0)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .selected_text(current.label())
        .show_ui(ui, |ui| {
            for algorithm in Algorithm::ALL {
                let response =
                    ui.selectable_label(algorithm == current, algorithm.label()).on_hover_text(algorithm.about());
                if response.clicked() {
                    if algorithm != current {
                        commands.push(UiCommand::ChooseAlgorithm(algorithm, *keeps_rates));
                    }
                    ui.close();
                }
            }
            ui.separator();
            let about = say(
                "Another algorithm begins with α, β and K as they stand; otherwise with its usual ones",
                "换算法时保留当前的 α、β 和 K；否则用该算法通常的取值",
            );
            ui.checkbox(keeps_rates, say("Keep my rates", "保留我的学习率")).on_hover_text(about);
        })
        .response
        .on_hover_text(UiCommand::ChooseAlgorithm(current, *keeps_rates).tooltip())
        .accessible_name(say("Algorithm", "算法"));
}

fn transport(ui: &mut Ui, status: &Status<'_>, commands: &mut Commands) {
    let running = status.phase == Phase::Running;
    let play = push(ui, UiCommand::PlayPause, if running { "⏸" } else { "▶" }, false, commands);
    play.accessible_name(if running { say("Pause", "暂停") } else { say("Play", "播放") });
    push(ui, UiCommand::Step, "⏭", false, commands);
    push(ui, UiCommand::Reset, "⟲", false, commands);
    if status.snapshot.is_some_and(|snapshot| snapshot.can_bring_back) {
        push(ui, UiCommand::BringBack, "↶", false, commands);
    }
}

/// A slider from slow motion to full speed.
fn speed(ui: &mut Ui, pace: Pace, commands: &mut Commands) {
    let last = Pace::ALL.len() - 1;
    let known = Pace::ALL.iter().position(|other| *other == pace).unwrap_or(last);
    let mut chosen = known;
    ui.spacing_mut().slider_width = 76.0;
    ui.add_space(GRID);
    let slider = ui.add(Slider::new(&mut chosen, 0..=last).show_value(false)).accessible_name(say("Speed", "速度"));
    tooltip(slider, || {
        let (about, keys) = (UiCommand::SetPace(pace).tooltip(), UiCommand::SlowMotion.key_names());
        tell(|| format!("{about}. Slow motion: {keys}"), || format!("{about}。慢动作：{keys}"))
    });
    let text = match Pace::ALL[chosen] {
        Pace::Slow => say("slow motion", "慢动作").to_owned(),
        Pace::PerSecond(rate) => tell(|| format!("{rate}/s"), || format!("{rate} 次/秒")),
        Pace::Full => say("full speed", "全速").to_owned(),
    };
    let weak = Palette::of(ui).weak;
    ui.add_sized(
        vec2(64.0, ui.spacing().interact_size.y),
        Label::new(RichText::new(text).small().color(weak)).halign(Align::LEFT),
    );
    if chosen != known {
        commands.push(UiCommand::SetPace(Pace::ALL[chosen]));
    }
}

fn push(ui: &mut Ui, command: UiCommand, icon: &str, selected: bool, commands: &mut Commands) -> Response {
    let button = Button::new(RichText::new(icon).size(14.0)).selected(selected).min_size(SIZE);
    let response = ui.add(button).accessible_name(command.label());
    let response = tooltip(response, || command.tooltip_with_key());
    if response.clicked() {
        commands.push(command);
    }
    response
}
