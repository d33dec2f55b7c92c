//! The film-strip: what the network puts out after every inner step, from the learned
//! initialisation and from the two baselines. The largest thing on the screen.

mod answers;
mod atlas;
mod closer;
mod gallery;
mod grid;
mod plots;
mod steps;

use std::sync::Arc;

use egui::{
    Align2, Color32, Mesh, Pos2, Rect, Response, RichText, Role, ScrollArea, Sense, Shape, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

use self::atlas::{Atlas, Slot};
use self::closer::Closer;
use self::gallery::{Look, Sheets};
use self::grid::{CAPTION, Content, Grid};
use self::plots::View;
use super::numbers;
use super::theme::{GRID, Palette, init_label, init_tooltip, small_font};
use crate::train::evaluation::psnr;
use crate::train::snapshot::{Evaluation, Given, Init, Marks, Output, ProbeTask, Snapshot, Trace};

/// Height of the line with the column names.
const HEADER: f32 = 20.0;

/// The view.
#[derive(Default)]
pub struct Samples {
    atlas: Option<Atlas>,
    look: Look,
    sheets: Sheets,
    closer: Closer,
}

impl Samples {
    /// Draws it in all the space that is left.
    pub fn ui(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>) {
        let palette = Palette::of(ui);
        self.closer.update(snapshot.and_then(|snapshot| snapshot.enlarged.as_ref()));
        let evaluation = snapshot
            .and_then(|snapshot| snapshot.evaluation.as_ref())
            .filter(|evaluation| !evaluation.tasks.is_empty());
        ui.horizontal(|ui| {
            ui.heading("Samples");
            if let Some(evaluation) = evaluation {
                let at = numbers::thousands(i64::try_from(evaluation.meta_iteration).unwrap_or(i64::MAX));
                ui.label(
                    RichText::new(format!("held-out tasks while they adapt, at meta-iteration {at}"))
                        .small()
                        .color(palette.weak),
                );
                if has_gallery(evaluation) {
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        gallery::choose(ui, &mut self.look);
                    });
                }
            }
        });
        match evaluation {
            Some(evaluation) if self.look != Look::Strip && has_gallery(evaluation) => {
                self.sheets.ui(ui, self.look, evaluation);
            }
            Some(evaluation) => self.strip(ui, evaluation),
            None => {
                let text =
                    if snapshot.is_some() { "The first evaluation is coming" } else { "The trainer is starting" };
                ui.centered_and_justified(|ui| ui.label(RichText::new(text).color(palette.weak)));
            }
        }
    }

    fn strip(&mut self, ui: &mut Ui, evaluation: &Arc<Evaluation>) {
        let palette = Palette::of(ui);
        let last_step = last_step(evaluation);
        let content = evaluation
            .tasks
            .iter()
            .find_map(atlas::picture_size)
            .map_or(Content::Plot, |size| Content::Picture(size, 2 + usize::from(completes(evaluation))));
        let room = ui.available_size() - vec2(3.0 * GRID, HEADER);
        let grid = Grid::fit(content, last_step, room, ui.ctx().pixels_per_point());
        let curve_columns = grid.given_columns == 1;
        if curve_columns {
            self.atlas = None;
        } else {
            let dark = ui.visuals().dark_mode;
            self.atlas = Some(Atlas::update(self.atlas.take(), ui.ctx(), evaluation, &grid.steps, dark, palette));
        }
        let (header, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEADER), Sense::hover());
        headers(ui, header, &grid, evaluation);
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut pictures = self.atlas.as_ref().map(|atlas| Mesh::with_texture(atlas.id()));
        ScrollArea::vertical().id_salt("film-strip").auto_shrink(false).show_viewport(ui, |ui, viewport| {
            let size = vec2(ui.available_width(), grid.height(evaluation.tasks.len()));
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            // All pictures are one mesh: alternating with captions, each would be a draw call.
            let place = ui.painter().add(Shape::Noop);
            for (index, task) in evaluation.tasks.iter().enumerate() {
                let top = grid.task_top(index);
                if top > viewport.max.y || top + grid.task_height() < viewport.min.y {
                    continue;
                }
                let origin = snap(ui, rect.min + vec2(0.0, top));
                self.task(ui, &grid, origin, index, task, &mut pictures);
            }
            if let Some(pictures) = pictures.take() {
                ui.painter().set(place, pictures);
            }
        });
    }

    fn task(
        &mut self,
        ui: &mut Ui,
        grid: &Grid,
        origin: Pos2,
        index: usize,
        task: &ProbeTask,
        pictures: &mut Option<Mesh>,
    ) {
        let palette = Palette::of(ui);
        let common = CommonRange::of(task, &grid.steps);
        self.given(ui, grid, (origin, index), task, &common, pictures);
        for (row, (init, trace)) in Init::ALL.into_iter().zip(&task.traces).enumerate() {
            row_label(ui, grid.label_rect(origin, row), init, trace);
            for (column, &step) in grid.steps.iter().enumerate() {
                let Some(output) = trace.outputs.get(step) else { continue };
                let rect = grid.cell_rect(origin, row, grid.given_columns + column);
                match (output, &task.given) {
                    (Output::Picture(_), _) => self.picture(pictures, rect, index, Slot::Output(row, column)),
                    (Output::Values(values), Given::Curve { support, xs, truth }) => {
                        let view = View { rect, x: common.x, y: common.y };
                        plots::curve(
                            ui.painter(),
                            view,
                            (xs, truth, support),
                            Some((values, palette.init(init))),
                            palette,
                        );
                    }
                    (Output::Values(values), Given::Scatter { actual, support }) => {
                        let view = View { rect, x: common.x, y: common.x };
                        plots::scatter(ui.painter(), view, actual, *support, values, palette.init(init), palette);
                    }
                    (Output::Answer(answer), given) => answers::draw(ui.painter(), rect, answer, given, palette),
                    (Output::Values(_), Given::Classify { .. } | Given::Cluster { .. }) => {}
                    (Output::Values(_), Given::Picture { .. } | Given::Class { .. }) => {}
                }
                let cell = cell_caption(ui, rect, init, trace, step);
                if init == Init::Learned && step + 1 == trace.outputs.len() {
                    self.closer.on_hover(cell, index);
                }
            }
        }
    }

    fn picture(&self, pictures: &mut Option<Mesh>, rect: Rect, task: usize, slot: Slot) {
        if let (Some(atlas), Some(pictures)) = (&self.atlas, pictures) {
            pictures.add_rect_with_uv(rect, atlas.uv(task, slot), Color32::WHITE);
        }
    }

    /// What is known of the task, and below it how the three initialisations race.
    fn given(
        &mut self,
        ui: &mut Ui,
        grid: &Grid,
        (origin, index): (Pos2, usize),
        task: &ProbeTask,
        common: &CommonRange,
        pictures: &mut Option<Mesh>,
    ) {
        let palette = Palette::of(ui);
        let first = grid.cell_rect(origin, 0, 0);
        let mut race_row = 1;
        match &task.given {
            Given::Picture { mask, interpolation, .. } => {
                self.picture(pictures, first, index, Slot::Target);
                let about = format!("{} is the image that the network has to draw", task.name);
                let cell = describe(ui, first, format!("target {}", task.name), about);
                self.closer.on_hover(cell, index);
                caption(ui, first, &task.name, palette.text);
                let second = grid.cell_rect(origin, 0, 1);
                self.picture(pictures, second, index, Slot::Support);
                let seen = mask.iter().filter(|seen| **seen).count();
                let text =
                    if seen == mask.len() { "all pixels".to_owned() } else { format!("{seen} of {} px", mask.len()) };
                describe(
                    ui,
                    second,
                    format!("support {}", task.name),
                    "What adaptation may see of it; checked pixels are hidden".to_owned(),
                );
                caption(ui, second, &text, palette.weak);
                if let Some(interpolation) = interpolation {
                    let third = grid.cell_rect(origin, 0, 2);
                    self.picture(pictures, third, index, Slot::Interpolated);
                    let text = format!("{:.1} dB", psnr(interpolation.loss));
                    let about = "Without learning: each unseen pixel is the mean of the four nearest given ones, weighted by one over their distance";
                    describe(ui, third, format!("interpolated {} {text}", task.name), about.to_owned());
                    caption(ui, third, &text, palette.text);
                }
            }
            Given::Class { shots, .. } => {
                self.picture(pictures, first, index, Slot::Target);
                let about = format!("Images of {} that adaptation does not see", task.name);
                describe(ui, first, format!("target {}", task.name), about);
                caption(ui, first, &task.name, palette.text);
                let second = grid.cell_rect(origin, 0, 1);
                self.picture(pictures, second, index, Slot::Support);
                let text = if *shots == 1 { "1 image".to_owned() } else { format!("{shots} images") };
                let about = "What adaptation sees; at most nine are shown".to_owned();
                describe(ui, second, format!("support {}", task.name), about);
                caption(ui, second, &text, palette.weak);
            }
            Given::Classify { shots, .. } => {
                self.picture(pictures, first, index, Slot::Target);
                let about =
                    "Images that adaptation does not see, a row for each class: it is judged by them".to_owned();
                describe(ui, first, format!("target {}", task.name), about);
                caption(ui, first, &task.name, palette.text);
                let second = grid.cell_rect(origin, 0, 1);
                self.picture(pictures, second, index, Slot::Support);
                let text = if *shots == 1 { "1 image each".to_owned() } else { format!("{shots} images each") };
                let about = "What adaptation sees of each class, in the same rows".to_owned();
                describe(ui, second, format!("support {}", task.name), about);
                caption(ui, second, &text, palette.weak);
            }
            Given::Cluster { raw, chance, .. } => {
                self.picture(pictures, first, index, Slot::Target);
                let about = "The pile, in rows by its true classes, which adaptation does not know".to_owned();
                describe(ui, first, format!("target {}", task.name), about);
                caption(ui, first, &task.name, palette.text);
                let second = grid.cell_rect(origin, 0, 1);
                answers::clusters(ui.painter(), second, raw, &task.given, palette);
                let text = format!("{:.0} %", 100.0 * raw.purity);
                let about = format!(
                    "Clusters of the pixels themselves: purity {text}; clusters drawn by chance have {:.0} %",
                    100.0 * chance
                );
                describe(ui, second, format!("raw pixels {} {text}", task.name), about);
                caption(ui, second, &text, palette.text);
            }
            Given::Curve { support, xs, truth } => {
                let view = View { rect: first, x: common.x, y: common.y };
                plots::curve(ui.painter(), view, (xs, truth, support), None, palette);
                describe(
                    ui,
                    first,
                    format!("target {}", task.name),
                    format!("The true curve and {} support points", support.len()),
                );
                caption(ui, first, &task.name, palette.text);
            }
            Given::Scatter { .. } => race_row = 0,
        }
        let last = grid.cell_rect(origin, 2, grid.given_columns - 1);
        let mut race = Rect::from_min_max(grid.cell_rect(origin, race_row, 0).min + vec2(0.0, GRID), last.max);
        if race_row == 0 {
            let font = small_font();
            ui.painter().text(first.left_top(), Align2::LEFT_TOP, &task.name, font, palette.text);
            race.min.y += 4.0 * GRID;
        }
        race.max.y = race.max.y.min(race.min.y + 1.2 * race.width());
        plots::race(ui.painter(), race, task, palette);
        describe(ui, race, format!("race {}", task.name), plots::race_text(task));
    }
}

/// The scales that all small plots of a task share.
struct CommonRange {
    x: [f32; 2],
    y: [f32; 2],
}

impl CommonRange {
    fn of(task: &ProbeTask, steps: &[usize]) -> Self {
        match &task.given {
            Given::Curve { support, xs, truth } => {
                let x = [xs.first().copied().unwrap_or(0.0), xs.last().copied().unwrap_or(1.0)];
                let learned = task
                    .traces
                    .first()
                    .into_iter()
                    .flat_map(|trace| steps.iter().filter_map(|step| trace.outputs.get(*step)));
                let [low, high] = plots::range(truth.iter().copied().chain(support.iter().map(|point| point[1])));
                // The learned curves widen the range, but one that flies off does not flatten the rest.
                let reach = 0.35 * (high - low);
                let fitted = learned.filter_map(|output| match output {
                    Output::Values(values) => {
                        Some(values.iter().copied().map(|value| value.clamp(low - reach, high + reach)))
                    }
                    _ => None,
                });
                Self { x, y: plots::range(fitted.flatten().chain([low, high])) }
            }
            Given::Scatter { actual, .. } => {
                let x = plots::range(actual.iter().copied());
                Self { x, y: x }
            }
            _ => Self { x: [0.0, 1.0], y: [0.0, 1.0] },
        }
    }
}

/// Whether interpolation stands beside the network's own guess.
fn completes(evaluation: &Evaluation) -> bool {
    evaluation.tasks.iter().any(|task| matches!(&task.given, Given::Picture { interpolation: Some(_), .. }))
}

fn last_step(evaluation: &Evaluation) -> usize {
    let lengths = evaluation.tasks.iter().flat_map(|task| &task.traces).map(|trace| trace.outputs.len());
    lengths.max().unwrap_or(1).saturating_sub(1)
}

fn headers(ui: &mut Ui, header: Rect, grid: &Grid, evaluation: &Evaluation) {
    let palette = Palette::of(ui);
    let given: &[(&str, &str)] = match evaluation.tasks.first().map(|task| &task.given) {
        Some(Given::Picture { interpolation: Some(_), .. }) => &[
            ("target", "The held-out image that the network has to complete; it is judged by the unseen pixels alone"),
            ("support", "The pixels of it that adaptation may see"),
            ("interpolated", "What interpolation makes of these pixels, without learning"),
        ],
        Some(Given::Picture { .. }) => &[
            ("target", "The held-out image that the network has to draw"),
            ("support", "The pixels of it that adaptation may see"),
        ],
        Some(Given::Class { .. }) => &[
            ("target", "Images of a class that was never trained on; the network has to make new ones like them"),
            ("support", "The few images of it that adaptation sees"),
        ],
        Some(Given::Classify { .. }) => &[
            ("target", "Images of classes that were never trained on: which belongs to which?"),
            ("support", "The few images of each class that adaptation sees"),
        ],
        Some(Given::Cluster { .. }) => &[
            ("pile", "Images of classes that were never trained on, without their labels: which belong together?"),
            ("raw pixels", "Clusters of the pixels themselves; dots are images, coloured by their true class"),
        ],
        Some(Given::Curve { .. }) => &[("target", "The true curve and the support points that adaptation sees")],
        _ => &[("task", "The held-out task; each plot beside it shows predicted against actual values")],
    };
    let steps = grid.steps.iter().map(|&step| {
        let about =
            if step == 0 { "Before adaptation: the initialisation itself" } else { "After this many adaptation steps" };
        (format!("k = {step}"), about)
    });
    let names = given.iter().map(|(name, about)| ((*name).to_owned(), *about)).chain(steps);
    for (column, (name, about)) in names.enumerate() {
        let corner = pos2(header.left() + grid.column_left(column), header.top());
        let rect = Rect::from_min_size(corner, vec2(grid.cell.x, HEADER));
        place(ui, rect, |ui| ui.label(RichText::new(name).small().color(palette.weak)).on_hover_text(about));
    }
}

fn row_label(ui: &mut Ui, rect: Rect, init: Init, trace: &Trace) {
    let palette = Palette::of(ui);
    let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
    ui.painter().rect_filled(bar, 1.0, palette.init(init));
    place(ui, rect.with_min_x(rect.left() + 2.5 * GRID), |ui| {
        ui.vertical(|ui| {
            ui.label(init_label(init)).on_hover_text(init_tooltip(init));
            let rate = format!("α {}", numbers::compact(trace.inner_rate));
            ui.label(RichText::new(rate).small().color(palette.weak))
                .on_hover_text("The inner rate that this row adapts with");
        });
    });
}

/// Whether the tasks are classes.
fn has_gallery(evaluation: &Evaluation) -> bool {
    evaluation.tasks.iter().any(|task| matches!(task.given, Given::Class { .. }))
}

fn cell_caption(ui: &mut Ui, rect: Rect, init: Init, trace: &Trace, step: usize) -> Response {
    let palette = Palette::of(ui);
    let loss =
        |losses: &[f32]| losses.get(step).map_or_else(|| "-".to_owned(), |loss| numbers::significant(f64::from(*loss)));
    let psnr = trace.psnr.as_ref().and_then(|values| values.get(step)).map(|psnr| format!("{psnr:.1} dB"));
    let score = trace.scores.get(step).map(|score| format!("{:.0} %", 100.0 * score));
    let psnr = psnr.or(score);
    let overflow = trace.query_loss.get(step).is_some_and(|loss| !loss.is_finite());
    let marks = trace.marks.filter(|_| step + 1 == trace.outputs.len());
    let recognised = |marks: Marks| format!("{} · {:.0} %", loss(&trace.query_loss), 100.0 * marks.recognised_held_out);
    let plain = || marks.map_or_else(|| loss(&trace.query_loss), recognised);
    let text = if overflow { "overflow".to_owned() } else { psnr.unwrap_or_else(plain) };
    let colour = match (overflow, step) {
        (true, _) => palette.danger,
        (false, 0) => palette.weak,
        (false, _) => palette.text,
    };
    caption(ui, rect, &text, colour);
    let mut about = format!("Query loss {}, support loss {}", loss(&trace.query_loss), loss(&trace.support_loss));
    if let Some(marks) = marks {
        about += &format!(
            "\nOf 24 samples {:.0} % are recognised among the held-out classes, {:.0} % among all\n\
             Mean distance between samples {}, to the nearest support image {}",
            100.0 * marks.recognised_held_out,
            100.0 * marks.recognised_all,
            numbers::significant(marks.diversity),
            numbers::significant(marks.nearest_support),
        );
    }
    describe(ui, rect, format!("{} k = {step} {text}", init_label(init)), about)
}

fn caption(ui: &Ui, rect: Rect, text: &str, colour: Color32) {
    let job = egui::text::LayoutJob::simple_singleline(text.to_owned(), small_font(), colour);
    let job = egui::text::LayoutJob { wrap: egui::text::TextWrapping::truncate_at_width(rect.width()), ..job };
    let galley = ui.painter().layout_job(job);
    ui.painter().galley(pos2(rect.left(), rect.bottom() + 0.5 * (CAPTION - 2.0 - galley.size().y)), galley, colour);
}

/// Gives something painted a name for screen readers and a tooltip.
fn describe(ui: &mut Ui, rect: Rect, name: String, about: String) -> Response {
    let id = ui.make_persistent_id(("strip", rect.min.x as i32, rect.min.y as i32));
    let response = ui.interact(rect, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    response.on_hover_text(about)
}

fn place<R>(ui: &mut Ui, rect: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.scope_builder(UiBuilder::new().max_rect(rect), add).inner
}

fn snap(ui: &Ui, at: Pos2) -> Pos2 {
    let scale = ui.ctx().pixels_per_point();
    pos2((at.x * scale).round() / scale, (at.y * scale).round() / scale)
}
