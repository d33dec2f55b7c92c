//! Where every cell of the film-strip goes: pictures at whole multiples of their pixels, as large
//! as one task with its three rows allows, two tasks if they stay large enough.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::steps;
use crate::window::theme::GRID;

/// Width of the column with the names of the rows.
const LABEL_WIDTH: f32 = 124.0;
/// Height of the line under a cell.
pub const CAPTION: f32 = 16.0;
/// Space between two tasks.
const TASK_GAP: f32 = 14.0;
/// Steps that should be visible before pictures grow.
const WANTED_STEPS: usize = 3;
/// Two tasks are better than one if a picture keeps this many points.
const LARGE: f32 = 120.0;
/// Smaller pictures cannot be read: the strip scrolls instead.
const SMALLEST: f32 = 60.0;

/// A column is at least this wide: a caption such as "10.4 dB" has room.
const READABLE: f32 = 52.0;

/// What the cells hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Content {
    /// Pictures of this many pixels, and the columns for what is given: target, support, perhaps more.
    Picture([usize; 2], usize),
    /// Plots that stretch: one column for what is given.
    Plot,
}

/// The geometry of the strip.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Columns before k = 0.
    pub given_columns: usize,
    /// Inner steps that have a column.
    pub steps: Vec<usize>,
    /// Size of a cell.
    pub cell: Vec2,
    /// Rows of a task.
    pub rows: usize,
    /// Space from one column to the next.
    gap: f32,
}

impl Grid {
    /// Fits a strip of so many rows for each task into `room`.
    pub fn fit(content: Content, rows: usize, last_step: usize, room: Vec2, pixels_per_point: f32) -> Self {
        let width = (room.x - LABEL_WIDTH).max(64.0);
        match content {
            Content::Picture(size, given) => {
                Self::pictures((size, given), rows, last_step, vec2(width, room.y), pixels_per_point)
            }
            Content::Plot => Self::plots(rows, last_step, vec2(width, room.y)),
        }
    }

    fn pictures(
        (size, given): ([usize; 2], usize),
        rows: usize,
        last_step: usize,
        room: Vec2,
        pixels_per_point: f32,
    ) -> Self {
        let unit = vec2(size[0].max(1) as f32, size[1].max(1) as f32) / pixels_per_point.max(0.1);
        let wanted_columns = given + WANTED_STEPS.min(last_step + 1);
        let largest = |tasks: f32| {
            let by_width = (room.x / wanted_columns as f32 - GRID) / unit.x;
            let by_height = ((room.y - (tasks - 1.0) * TASK_GAP) / (tasks * rows as f32) - CAPTION) / unit.y;
            by_width.min(by_height).floor()
        };
        let two = Some(largest(2.0)).filter(|scale| scale * unit.y >= LARGE);
        let least = (SMALLEST / unit.x.max(unit.y)).ceil().max(1.0);
        // Nothing is cut off at the side, where the strip does not scroll.
        let whole = |columns: usize| ((room.x / columns as f32 - GRID) / unit.x).floor();
        let both_ends = given + 2.min(last_step + 1);
        let fewest = if whole(both_ends) < 1.0 { given + 1 } else { both_ends };
        let scale = if whole(fewest) >= 1.0 {
            two.unwrap_or_else(|| largest(1.0)).max(least).min(whole(fewest))
        } else {
            // Where not even these have room, they are smaller than their pixels.
            ((room.x / fewest as f32 - GRID) / unit.x).max(0.1)
        };
        let cell = unit * scale;
        let columns = ((room.x / (cell.x + GRID).max(READABLE)).floor() as usize).clamp(fewest, given + 1 + last_step);
        let gap = (room.x / columns as f32 - cell.x).clamp(GRID, 5.0 * GRID);
        Self {
            given_columns: given,
            steps: steps::choose(last_step, columns - given),
            cell,
            rows,
            gap: snap(gap, pixels_per_point),
        }
    }

    fn plots(rows: usize, last_step: usize, room: Vec2) -> Self {
        let gap = 2.0 * GRID;
        // What is known, the start, and what comes of it are always there.
        let least = 2 + last_step.min(1);
        let columns = ((room.x / 104.0).floor() as usize).clamp(least, 2 + last_step.min(9));
        let width = room.x / columns as f32 - gap;
        let height = |tasks: f32| (room.y - (tasks - 1.0) * TASK_GAP) / (tasks * rows as f32) - CAPTION;
        let height = [3.0, 2.0].into_iter().map(height).find(|height| *height >= LARGE).unwrap_or_else(|| height(1.0));
        let cell = vec2(width.floor(), height.floor().clamp(36.0, width.max(36.0)));
        Self { given_columns: 1, steps: steps::choose(last_step, columns - 1), cell, rows, gap }
    }

    /// Height of one task.
    pub fn task_height(&self) -> f32 {
        self.rows as f32 * (self.cell.y + CAPTION)
    }

    /// Height of this many tasks.
    pub fn height(&self, tasks: usize) -> f32 {
        (self.task_height() + TASK_GAP) * tasks as f32 - TASK_GAP.min(tasks as f32 * TASK_GAP)
    }

    /// Top of a task, counted from the top of the strip.
    pub fn task_top(&self, task: usize) -> f32 {
        task as f32 * (self.task_height() + TASK_GAP)
    }

    /// Left edge of a column, counted from the left of the strip; the given columns come first.
    pub fn column_left(&self, column: usize) -> f32 {
        LABEL_WIDTH + column as f32 * (self.cell.x + self.gap)
    }

    /// Width of what stands above and below a cell.
    pub fn caption_width(&self) -> f32 {
        self.cell.x + self.gap - 2.0
    }

    /// A cell of the task whose upper left corner is `origin`.
    pub fn cell_rect(&self, origin: Pos2, row: usize, column: usize) -> Rect {
        let corner = pos2(origin.x + self.column_left(column), origin.y + row as f32 * (self.cell.y + CAPTION));
        Rect::from_min_size(corner, self.cell)
    }

    /// The column with the names of the rows.
    pub fn label_rect(&self, origin: Pos2, row: usize) -> Rect {
        let corner = pos2(origin.x, origin.y + row as f32 * (self.cell.y + CAPTION));
        Rect::from_min_size(corner, vec2(LABEL_WIDTH - 2.0 * GRID, self.cell.y))
    }
}

fn snap(value: f32, pixels_per_point: f32) -> f32 {
    (value * pixels_per_point).floor() / pixels_per_point
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_whole_multiples_and_fit() {
        for (size, given, points) in [
            ([32, 32], 2, vec2(800.0, 350.0)),
            ([32, 32], 3, vec2(800.0, 350.0)),
            ([16, 16], 2, vec2(1060.0, 430.0)),
            ([32, 32], 2, vec2(1700.0, 640.0)),
        ] {
            for scale in [1.0, 1.5, 2.0] {
                let grid = Grid::fit(Content::Picture(size, given), 3, 10, points, scale);
                let multiple = grid.cell.x * scale / size[0] as f32;
                assert!((multiple - multiple.round()).abs() < 1e-3 && multiple >= 1.0);
                assert!(grid.task_height() <= points.y, "{grid:?} in {points:?}");
                assert!(
                    grid.column_left(given + grid.steps.len() - 1) + grid.cell.x <= points.x,
                    "{grid:?} in {points:?}"
                );
                assert!(grid.steps.len() >= WANTED_STEPS);
            }
        }
    }

    /// Pictures that cannot be made smaller: the last step alone is better than two of which one is cut.
    #[test]
    fn in_a_narrow_room_the_last_step_stays() {
        for width in [420.0, 340.0] {
            let grid = Grid::fit(Content::Picture([84, 84], 2), 3, 10, vec2(width, 160.0), 1.0);
            assert_eq!(grid.steps, [10]);
            assert!(grid.column_left(2) + grid.cell.x <= width, "{grid:?}");
            assert_eq!(grid.cell.x == 84.0, width == 420.0);
        }
    }

    #[test]
    fn absurd_rooms_do_not_panic() {
        for room in [vec2(0.0, 0.0), vec2(10.0, 10.0), vec2(5000.0, 20.0)] {
            for content in [Content::Picture([128, 128], 2), Content::Picture([0, 0], 3), Content::Plot] {
                let grid = Grid::fit(content, 4, 0, room, 1.0);
                assert!(!grid.steps.is_empty() && grid.height(0) <= 0.0);
            }
        }
    }
}
