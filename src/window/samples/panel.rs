//! Draws a [`Panel`], whatever its kind.

use egui::{Color32, Painter, Rect};

use super::answers;
use super::plots::{self, CommonRange, View};
use crate::train::snapshot::Panel;
use crate::window::theme::Palette;

/// Draws a panel in a cell, what the network made of it in `colour`. A picture is left to `picture`: those of all cells
/// are one mesh.
pub fn draw(
    painter: &Painter,
    rect: Rect,
    panel: &Panel,
    common: &CommonRange,
    (colour, palette): (Color32, &Palette),
    picture: impl FnOnce(Rect),
) {
    match panel {
        Panel::Picture { .. } => picture(rect),
        Panel::Curve { support, xs, truth, fitted } => {
            let view = View { rect, x: common.x, y: common.y };
            let fitted = fitted.as_ref().map(|values| (&values[..], colour));
            plots::curve(painter, view, (xs, truth, support), fitted, palette);
        }
        Panel::Scatter { actual, support, predicted } => {
            let view = View { rect, x: common.x, y: common.x };
            let predicted = predicted.as_deref().unwrap_or(actual);
            plots::scatter(painter, view, actual, *support, predicted, colour, palette);
        }
        Panel::Matrix(confusion) => answers::confused(painter, rect, confusion, palette),
        Panel::Points { clustering, labels } => answers::clusters(painter, rect, clustering, labels, palette),
        Panel::Bars { chances, .. } => answers::bars(painter, rect, chances, colour, palette),
    }
}
