//! The columns before the first step: what is known of a task, and below it how the rows race.

use egui::{Mesh, Pos2, Rect, Ui, vec2};

use super::atlas::Slot;
use super::cells::{caption, describe};
use super::grid::Grid;
use super::panel;
use super::plots::{self, CommonRange};
use super::rows::Row;
use super::strip::Strip;
use crate::text::tell;
use crate::train::snapshot::{ProbeTask, Trace};
use crate::window::theme::{GRID, Palette};

impl Strip {
    /// What is known of the task, and below it how the rows race.
    pub(super) fn given(
        &mut self,
        ui: &mut Ui,
        grid: &Grid,
        (origin, index): (Pos2, usize),
        (task, rows): (&ProbeTask, &[(Row, &Trace)]),
        common: &CommonRange,
        pictures: &mut Option<Mesh>,
    ) {
        let palette = Palette::of(ui);
        for (column, given) in task.given.iter().enumerate() {
            let rect = grid.cell_rect(origin, 0, column);
            let picture = |rect| self.picture(pictures, rect, index, Slot::Given(column));
            panel::draw(ui.painter(), rect, &given.panel, common, (palette.query, palette), picture);
            let reaches = !given.reaches.is_empty();
            caption(
                ui,
                rect,
                grid.caption_width(),
                &given.caption,
                if column == 0 || reaches { palette.text } else { palette.weak },
            );
            let name = || {
                let reached = if reaches { format!(" {}", given.caption) } else { String::new() };
                format!("{} {}{reached}", given.title, task.name)
            };
            let cell = describe(ui, rect, name, || given.says.to_string());
            if column == 0 {
                self.closer.on_hover(cell, index);
            }
        }
        let last = grid.cell_rect(origin, rows.len().saturating_sub(1), grid.given_columns - 1);
        let mut race = Rect::from_min_max(grid.cell_rect(origin, 1, 0).min + vec2(0.0, GRID), last.max);
        race.max.y = race.max.y.min(race.min.y + 1.2 * race.width());
        plots::race(ui.painter(), race, task, rows, palette);
        let name = || tell(|| format!("race {}", task.name), || format!("起点对比 {}", task.name));
        describe(ui, race, name, || plots::race_text(rows));
    }
}
