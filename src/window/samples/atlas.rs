//! One texture for all pictures of the strip, made again only when they change.

use std::sync::Arc;

use egui::{Color32, ColorImage, Context, Rect, TextureHandle, TextureId, TextureOptions, pos2};

use super::rows::Rows;
use crate::train::snapshot::{Evaluation, Panel, Picture, ProbeTask};
use crate::window::theme::Palette;

/// Side in pixels of the squares that mark unseen pixels.
const UNSEEN_SQUARE: usize = 4;

/// The texture and what it was made from.
pub struct Atlas {
    rows: Rows,
    steps: Vec<usize>,
    dark: bool,
    texture: TextureHandle,
    /// Its pixels, kept for the next ones: fresh memory of this size has to be cleared by the system first.
    pixels: Arc<ColorImage>,
    cell: [usize; 2],
    /// Places for what is given of a task, and all of them.
    given: usize,
    columns: usize,
}

/// A place in the atlas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The column of what is given.
    Given(usize),
    /// Row and column (index into the chosen steps) of an output.
    Output(usize, usize),
}

impl Atlas {
    /// The atlas for these pictures: `old` if it still holds them.
    pub fn update(
        old: Option<Self>,
        ctx: &Context,
        rows: &Rows,
        steps: &[usize],
        dark: bool,
        palette: &Palette,
    ) -> Self {
        if let Some(old) = old.as_ref().filter(|old| old.rows.same(rows))
            && old.steps == steps
            && old.dark == dark
        {
            return Self {
                texture: old.texture.clone(),
                pixels: Arc::clone(&old.pixels),
                rows: rows.clone(),
                steps: steps.to_vec(),
                ..*old
            };
        }
        let evaluation = &rows.evaluation;
        let cell = evaluation.tasks.iter().find_map(picture_size).unwrap_or([1, 1]);
        let drawn = evaluation.tasks.iter().flat_map(|task| &task.traces).flat_map(|trace| &trace.outputs);
        let draws = drawn.into_iter().any(|output| output.picture().is_some());
        let given = given_columns(evaluation);
        let columns = given + if draws { rows.count() * steps.len() } else { 0 };
        let size = [cell[0] * columns, cell[1] * evaluation.tasks.len().max(1)];
        let (texture, pixels) = old.map_or((None, None), |old| (Some(old.texture), Some(old.pixels)));
        let mut pixels = pixels.filter(|pixels| pixels.size == size).unwrap_or_default();
        // The texture has let go of them when it was uploaded.
        let image = Arc::make_mut(&mut pixels);
        if image.size == size {
            image.pixels.fill(Color32::TRANSPARENT);
        } else {
            *image = ColorImage::filled(size, Color32::TRANSPARENT);
        }
        for (row, task) in evaluation.tasks.iter().enumerate() {
            let traces = rows.task(row);
            let outputs = traces.iter().flat_map(|(_, trace)| steps.iter().map(|&step| trace.outputs.get(step)));
            let panels = task.given.iter().map(|given| Some(&given.panel)).enumerate();
            for (column, panel) in panels.chain((given..).zip(outputs)) {
                let Some(Panel::Picture { picture, seen }) = panel else { continue };
                let corner = [column * cell[0], row * cell[1]];
                copy(picture, image, corner, cell);
                if let Some(seen) = seen {
                    hide_unseen(seen, image, corner, cell, palette.unseen);
                }
            }
        }
        let texture = match texture {
            Some(mut texture) => {
                texture.set(Arc::clone(&pixels), TextureOptions::NEAREST);
                texture
            }
            None => ctx.load_texture("film-strip", Arc::clone(&pixels), TextureOptions::NEAREST),
        };
        Self { rows: rows.clone(), steps: steps.to_vec(), dark, texture, pixels, cell, given, columns }
    }

    /// The texture.
    pub fn id(&self) -> TextureId {
        self.texture.id()
    }

    /// Where a picture of a task is, in texture coordinates.
    pub fn uv(&self, task: usize, slot: Slot) -> Rect {
        let column = match slot {
            Slot::Given(column) => column,
            Slot::Output(row, step) => self.given + row * self.steps.len() + step,
        };
        let (columns, rows) = (self.columns as f32, self.rows.evaluation.tasks.len().max(1) as f32);
        // A little inside, so that rounding never shows the neighbour.
        let inset = [0.02 / (columns * self.cell[0] as f32), 0.02 / (rows * self.cell[1] as f32)];
        Rect::from_min_max(
            pos2(column as f32 / columns + inset[0], task as f32 / rows + inset[1]),
            pos2((column + 1) as f32 / columns - inset[0], (task + 1) as f32 / rows - inset[1]),
        )
    }
}

/// Width and height of a task's pictures, if there are any.
pub fn picture_size(task: &ProbeTask) -> Option<[usize; 2]> {
    let picture = task.given.iter().find_map(|given| given.panel.picture())?;
    Some([picture.width, picture.height])
}

/// Columns before those of the steps.
pub fn given_columns(evaluation: &Evaluation) -> usize {
    evaluation.tasks.iter().map(|task| task.given.len()).max().unwrap_or(0)
}

fn copy(picture: &Picture, image: &mut ColorImage, corner: [usize; 2], cell: [usize; 2]) {
    let across = image.size[0];
    for (y, row) in picture.rgb.chunks_exact((picture.width * 3).max(1)).take(cell[1].min(picture.height)).enumerate() {
        let from = (corner[1] + y) * across + corner[0];
        let Some(place) = image.pixels.get_mut(from..from + cell[0]) else { return };
        for (place, &[red, green, blue]) in place.iter_mut().zip(row.as_chunks::<3>().0) {
            *place = Color32::from_rgb(red, green, blue);
        }
    }
}

fn hide_unseen(mask: &[bool], image: &mut ColorImage, corner: [usize; 2], cell: [usize; 2], unseen: [Color32; 2]) {
    let across = image.size[0];
    for (index, seen) in mask.iter().enumerate().take(cell[0] * cell[1]) {
        if !seen {
            let (x, y) = (index % cell[0], index / cell[0]);
            let square = (x / UNSEEN_SQUARE + y / UNSEEN_SQUARE) % 2;
            image.pixels[(corner[1] + y) * across + corner[0] + x] = unseen[square];
        }
    }
}
