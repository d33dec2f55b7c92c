//! Slow motion on the map: the inner loop of the present training task, as far as it has come. Off a slice it has no
//! honest place, so it is drawn where the map is the whole parameter space.

use egui::{Painter, Pos2, Stroke};

use super::frame::{Frame, arrow_head};
use crate::train::walk::{SubStep, Walk};
use crate::window::theme::Palette;

/// Draws it.
pub fn draw(painter: &Painter, frame: Frame, walk: &Walk, palette: &Palette) {
    let (task, states) = match walk.now() {
        SubStep::Inner { task, step } => (task, step + 2),
        SubStep::Query { task } | SubStep::Back { task } => (task, usize::MAX),
        SubStep::Draw | SubStep::Others | SubStep::Outer => return,
    };
    let Some(passage) = walk.ground.passages.get(task) else { return };
    let finite = |theta: &&[f32; 2]| theta.iter().all(|value| value.is_finite());
    let states = passage.path.iter().take(states).take_while(finite);
    let points: Vec<Pos2> = states.map(|theta| frame.screen(theta.map(f64::from))).collect();
    for pair in points.windows(2) {
        painter.line_segment([pair[0], pair[1]], Stroke::new(2.5, palette.accent));
        arrow_head(painter, pair[0], pair[1], 8.0, palette.accent);
    }
    if let Some(last) = points.last() {
        painter.circle(*last, 4.5, palette.accent, Stroke::new(1.5, palette.ground));
    }
}
