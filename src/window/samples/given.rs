//! The columns before the first step: what is known of a task, and below it how the three initialisations
//! race.

use egui::{Align2, Mesh, Pos2, Rect, Ui, vec2};

use super::answers;
use super::atlas::Slot;
use super::cells::{caption, describe};
use super::grid::Grid;
use super::plots::{self, CommonRange, View};
use super::strip::Strip;
use crate::train::evaluation::psnr;
use crate::train::snapshot::{Evaluation, Given, ProbeTask};
use crate::window::theme::{GRID, Palette, small_font};

impl Strip {
    /// What is known of the task, and below it how the three initialisations race.
    pub(super) fn given(
        &mut self,
        ui: &mut Ui,
        grid: &Grid,
        (origin, index): (Pos2, usize),
        task: &ProbeTask,
        common: &CommonRange,
        pictures: &mut Option<Mesh>,
    ) {
        let palette = Palette::of(ui);
        let rects: [Rect; 3] = std::array::from_fn(|row| grid.cell_rect(origin, 0, row));
        let mut race_row = 1;
        let name = &task.name;
        let mut show = |ui: &mut Ui, slot: Slot, (what, text): (&str, &str), about: &str| {
            let column = slot.given_column();
            self.picture(pictures, rects[column], index, slot);
            caption(ui, rects[column], text, if slot == Slot::Support { palette.weak } else { palette.text });
            describe(ui, rects[column], || format!("{what} {name}"), || about.to_owned())
        };
        match &task.given {
            Given::Picture { mask, interpolation, .. } => {
                let about = format!("{name} is the image that the network has to draw");
                let target = show(ui, Slot::Target, ("target", name), &about);
                let seen = mask.iter().filter(|seen| **seen).count();
                let text =
                    if seen == mask.len() { "all pixels".to_owned() } else { format!("{seen} of {} px", mask.len()) };
                let about = "What adaptation may see of it; checked pixels are hidden";
                show(ui, Slot::Support, ("support", &text), about);
                if let Some(interpolation) = interpolation {
                    let text = format!("{:.1} dB", psnr(interpolation.loss));
                    let about = "Without learning: each unseen pixel is the mean of the four nearest given ones, weighted by one over their distance";
                    show(ui, Slot::Interpolated, ("interpolated", &text), about);
                }
                self.closer.on_hover(target, index);
            }
            Given::Class { shots, .. } => {
                let about = format!("Images of {name} that adaptation does not see");
                show(ui, Slot::Target, ("target", name), &about);
                let text = if *shots == 1 { "1 image".to_owned() } else { format!("{shots} images") };
                show(ui, Slot::Support, ("support", &text), "What adaptation sees; at most nine are shown");
            }
            Given::Classify { shots, .. } => {
                let about = "Images that adaptation does not see, a row for each class: it is judged by them";
                show(ui, Slot::Target, ("target", name), about);
                let text = if *shots == 1 { "1 image each".to_owned() } else { format!("{shots} images each") };
                show(ui, Slot::Support, ("support", &text), "What adaptation sees of each class, in the same rows");
            }
            Given::Query { names, .. } => {
                show(ui, Slot::Target, ("target", name), "Your image: which of the classes is it?");
                let about = format!("What adaptation sees, a row for each class: {}", names.join(", "));
                show(ui, Slot::Support, ("support", &names.join(" ")), &about);
            }
            Given::Cluster { raw, chance, .. } => {
                let about = "The pile, in rows by its true classes, which adaptation does not know";
                show(ui, Slot::Target, ("target", name), about);
                answers::clusters(ui.painter(), rects[1], raw, &task.given, palette);
                let text = format!("{:.0} %", 100.0 * raw.purity);
                let about = || {
                    format!(
                        "Clusters of the pixels themselves: purity {text}; clusters drawn by chance have {:.0} %",
                        100.0 * chance
                    )
                };
                describe(ui, rects[1], || format!("raw pixels {name} {text}"), about);
                caption(ui, rects[1], &text, palette.text);
            }
            Given::Curve { support, xs, truth } => {
                let view = View { rect: rects[0], x: common.x, y: common.y };
                plots::curve(ui.painter(), view, (xs, truth, support), None, palette);
                let about = || format!("The true curve and {} support points", support.len());
                describe(ui, rects[0], || format!("target {name}"), about);
                caption(ui, rects[0], name, palette.text);
            }
            Given::Scatter { .. } => {
                race_row = 0;
                ui.painter().text(rects[0].left_top(), Align2::LEFT_TOP, name, small_font(), palette.text);
            }
        }
        let last = grid.cell_rect(origin, 2, grid.given_columns - 1);
        let mut race = Rect::from_min_max(grid.cell_rect(origin, race_row, 0).min + vec2(0.0, GRID), last.max);
        if race_row == 0 {
            race.min.y += 4.0 * GRID;
        }
        race.max.y = race.max.y.min(race.min.y + 1.2 * race.width());
        plots::race(ui.painter(), race, task, palette);
        describe(ui, race, || format!("race {}", task.name), || plots::race_text(task));
    }
}

/// Names of these columns, and what they show.
pub fn headers_of(evaluation: &Evaluation) -> &'static [(&'static str, &'static str)] {
    match evaluation.tasks.first().map(|task| &task.given) {
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
        Some(Given::Query { .. }) => &[
            ("your image", "Which of the classes is it?"),
            ("classes", "A row for each class: what adaptation sees of it; the bars lie in the same rows"),
        ],
        Some(Given::Cluster { .. }) => &[
            ("pile", "Images of classes that were never trained on, without their labels: which belong together?"),
            ("raw pixels", "Clusters of the pixels themselves; dots are images, coloured by their true class"),
        ],
        Some(Given::Curve { .. }) => &[("target", "The true curve and the support points that adaptation sees")],
        _ => &[("task", "The held-out task; each plot beside it shows predicted against actual values")],
    }
}
