//! The strip: a row for each start, a column for each inner step.

use std::sync::Arc;

use egui::{Color32, Label, Mesh, Pos2, Rect, Response, RichText, ScrollArea, Sense, Shape, Stroke, Ui, pos2, vec2};

use super::atlas::{self, Atlas, Slot};
use super::cells::{caption, describe, place, snap};
use super::closer::Closer;
use super::grid::{Content, Grid};
use super::panel;
use super::plots::CommonRange;
use super::rows::{Row, Rows};
use crate::text::{Words, say, tell};
use crate::train::snapshot::{Enlarged, Evaluation, Init, Marks, Panel, ProbeTask, Trace};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette, init_tooltip};

/// Height of the line with the column names.
const HEADER: f32 = 20.0;

/// So much of a task is seen, or nothing.
const LEAST: f32 = 5.0 * GRID;

/// Width of a share and a loss beside it.
const BOTH: f32 = 92.0;

/// The view, and the textures that it draws from.
#[derive(Default)]
pub struct Strip {
    atlas: Option<Atlas>,
    pub(super) closer: Closer,
}

impl Strip {
    /// Takes the enlarged pictures that hovering shows.
    pub fn update(&mut self, enlarged: Option<&Arc<Enlarged>>) {
        self.closer.update(enlarged);
    }

    /// Draws it in all the space that is left.
    pub fn ui(&mut self, ui: &mut Ui, rows: &Rows) {
        let palette = Palette::of(ui);
        let evaluation = &rows.evaluation;
        let last_step = if rows.only.is_some() { 0 } else { last_step(evaluation) };
        let content = evaluation
            .tasks
            .iter()
            .find_map(atlas::picture_size)
            .map_or(Content::Plot, |size| Content::Picture(size, atlas::given_columns(evaluation)));
        let room = ui.available_size() - vec2(3.0 * GRID, HEADER);
        let mut grid = Grid::fit(content, rows.count(), last_step, room, ui.ctx().pixels_per_point());
        if let Some(step) = rows.only {
            grid.steps = vec![step];
        }
        let dark = ui.visuals().dark_mode;
        self.atlas = match content {
            Content::Picture(..) => Some(Atlas::update(self.atlas.take(), ui.ctx(), rows, &grid.steps, dark, palette)),
            Content::Plot => None,
        };
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
                // Of a task at the lower edge a sliver would look like a fault.
                if top > viewport.max.y - LEAST || top + grid.task_height() < viewport.min.y {
                    continue;
                }
                let origin = snap(ui, rect.min + vec2(0.0, top));
                self.task(ui, &grid, origin, (index, task), &rows.task(index), &mut pictures);
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
        (index, task): (usize, &ProbeTask),
        rows: &[(Row, &Trace)],
        pictures: &mut Option<Mesh>,
    ) {
        let palette = Palette::of(ui);
        let common = CommonRange::of(task, &grid.steps);
        self.given(ui, grid, (origin, index), (task, rows), &common, pictures);
        for (row, &(kind, trace)) in rows.iter().enumerate() {
            row_label(ui, grid.label_rect(origin, row), kind, trace);
            for (column, &step) in grid.steps.iter().enumerate() {
                let Some(output) = trace.outputs.get(step) else { continue };
                let rect = grid.cell_rect(origin, row, grid.given_columns + column);
                if ui.is_rect_visible(rect) {
                    let picture = |rect| self.picture(pictures, rect, index, Slot::Output(row, column));
                    panel::draw(ui.painter(), rect, output, &common, (kind.colour(palette), palette), picture);
                }
                let cell = cell_caption(ui, (rect, grid.caption_width()), kind, trace, step);
                if kind.init == Init::Learned && !kind.beside && step + 1 == trace.outputs.len() {
                    self.closer.on_hover(cell, index);
                }
            }
        }
    }

    /// A picture of the atlas, to be painted with the others.
    pub(super) fn picture(&self, pictures: &mut Option<Mesh>, rect: Rect, task: usize, slot: Slot) {
        if let (Some(atlas), Some(pictures)) = (&self.atlas, pictures) {
            pictures.add_rect_with_uv(rect, atlas.uv(task, slot), Color32::WHITE);
        }
    }
}

fn last_step(evaluation: &Evaluation) -> usize {
    let lengths = evaluation.tasks.iter().flat_map(|task| &task.traces).map(|trace| trace.outputs.len());
    lengths.max().unwrap_or(1).saturating_sub(1)
}

fn headers(ui: &mut Ui, header: Rect, grid: &Grid, evaluation: &Evaluation) {
    let palette = Palette::of(ui);
    let given = evaluation.tasks.first().map_or(&[][..], |task| &task.given);
    let steps = grid.steps.iter().map(|&step| {
        let about = match step {
            0 => say(
                "Before adaptation: the start itself. It need not look good, it has to become good in a few steps",
                "适应之前：起点本身。它不求一开始就像，只求几步就能变好",
            ),
            _ => say("After this many adaptation steps", "经过这么多步适应之后"),
        };
        (format!("k = {step}"), about)
    });
    let names = given.iter().map(|given| (given.title.get().to_owned(), given.about.get())).chain(steps);
    for (column, (name, about)) in names.enumerate() {
        let corner = pos2(header.left() + grid.column_left(column), header.top());
        let rect = Rect::from_min_size(corner, vec2(grid.caption_width(), HEADER));
        let name = Label::new(RichText::new(name).small().color(palette.weak)).truncate();
        place(ui, rect, |ui| ui.add(name).on_hover_text(about));
    }
}

fn row_label(ui: &mut Ui, rect: Rect, row: Row, trace: &Trace) {
    let palette = Palette::of(ui);
    let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
    if row.beside {
        let ends = [bar.center_top(), bar.center_bottom()];
        ui.painter().extend(Shape::dashed_line(&ends, Stroke::new(bar.width(), row.colour(palette)), 6.0, 4.0));
    } else {
        ui.painter().rect_filled(bar, 1.0, row.colour(palette));
    }
    place(ui, rect.with_min_x(rect.left() + 2.5 * GRID), |ui| {
        ui.vertical(|ui| {
            ui.label(row.label()).on_hover_text(init_tooltip(row.init));
            let rate = numbers::compact(trace.inner_rate);
            let rate = match (row.is_median, row.at_best) {
                (true, _) => tell(|| format!("median α {rate}"), || format!("α 中位数 {rate}")),
                (false, true) => tell(|| format!("α {rate}, its best"), || format!("α {rate}（最佳）")),
                (false, false) => format!("α {rate}"),
            };
            let about = match row.is_median {
                true => say(
                    "The median of the learned inner rates that this row adapts with",
                    "这一行适应时所用的、学到的各个内循环学习率的中位数",
                ),
                false => say("The inner rate that this row adapts with", "这一行适应时所用的内循环学习率"),
            };
            // In one line: a second one would lie on the next row where rows are low.
            let rate = Label::new(RichText::new(rate).small().color(palette.weak)).truncate();
            ui.add(rate.show_tooltip_when_elided(false)).on_hover_text(about);
        });
    });
}

fn cell_caption(ui: &mut Ui, (rect, width): (Rect, f32), row: Row, trace: &Trace, step: usize) -> Response {
    let palette = Palette::of(ui);
    let loss =
        |losses: &[f32]| losses.get(step).map_or_else(|| "-".to_owned(), |loss| numbers::significant(f64::from(*loss)));
    let psnr = trace.psnr.as_ref().and_then(|values| values.get(step)).map(|psnr| format!("{psnr:.1} dB"));
    let score = trace.scores.get(step).map(|score| format!("{:.0} %", 100.0 * score));
    let likely = likeliest(trace, step);
    let psnr = psnr.or(likely.as_ref().map(|(short, _)| short.clone())).or(score);
    let overflow = trace.query_loss.get(step).is_some_and(|loss| !loss.is_finite());
    let marks = trace.marks.filter(|_| step + 1 == trace.outputs.len());
    let recognised = |marks: Marks| {
        let share = format!("{:.0} %", 100.0 * marks.recognised_held_out);
        // Where both have no room, what counts stands alone; the tooltip has both.
        if width < BOTH { share } else { format!("{share} · {}", loss(&trace.query_loss)) }
    };
    let plain = || marks.map_or_else(|| loss(&trace.query_loss), recognised);
    let text = if overflow { say("overflow", "溢出").to_owned() } else { psnr.unwrap_or_else(plain) };
    let colour = match (overflow, step) {
        (true, _) => palette.as_text(palette.danger),
        (false, 0) => palette.weak,
        (false, _) => palette.text,
    };
    caption(ui, rect, width, &text, colour);
    let about = || {
        let [query, support] = [&trace.query_loss, &trace.support_loss].map(|losses| loss(losses));
        let mut about = tell(
            || format!("Query loss {query}, support loss {support}"),
            || format!("查询损失 {query}，支持集损失 {support}"),
        );
        if let Some((_, all)) = likely {
            about = all;
        }
        if let Some(marks) = marks {
            let [held_out, all] = [marks.recognised_held_out, marks.recognised_all].map(|share| 100.0 * share);
            let [apart, nearest] = [marks.diversity, marks.nearest_support].map(numbers::significant);
            about += &tell(
                || {
                    format!(
                        "\nOf 24 samples {held_out:.0} % are recognised among the held-out classes, \
                         {all:.0} % among all\n\
                         Mean distance between samples {apart}, to the nearest support image {nearest}"
                    )
                },
                || {
                    format!(
                        "\n24 个生成样本中，{held_out:.0} % 在留出类别里被识别，{all:.0} % 在全部类别里被识别\n\
                         生成样本之间的平均距离 {apart}，到最近支持图像的平均距离 {nearest}"
                    )
                },
            );
            if let Some(taught) = marks.taught {
                let [support, samples, both] =
                    [taught.by_support, taught.by_samples, taught.by_both].map(|share| 100.0 * share);
                about += &tell(
                    || {
                        format!(
                            "\nReal images of it that a classifier knows: taught by the support {support:.0} %, \
                             by samples {samples:.0} %, by both {both:.0} %"
                        )
                    },
                    || {
                        format!(
                            "\n分类器认出该类真实图像的比例：用支持集训练 {support:.0} %，\
                             用生成样本训练 {samples:.0} %，两者都用 {both:.0} %"
                        )
                    },
                );
            }
        }
        about
    };
    describe(ui, rect, || format!("{} k = {step} {text}", row.label()), about)
}

/// The likeliest class with its probability, and all of them; where the task is a question.
fn likeliest(trace: &Trace, step: usize) -> Option<(String, String)> {
    let Panel::Bars { chances, names } = trace.outputs.get(step)? else { return None };
    let text = |(name, chance): (&Words, &f32)| format!("{name} {:.0} %", 100.0 * chance);
    let best = names.iter().zip(chances).max_by(|a, b| a.1.total_cmp(b.1));
    Some((best.map(text)?, names.iter().zip(chances).map(text).collect::<Vec<_>>().join(", ")))
}
