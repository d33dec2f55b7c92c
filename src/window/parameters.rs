//! Adaptation in parameter space: the loss around φ with the paths of the inner loop, and how far
//! each layer moves.

mod contours;
mod frame;
mod heights;
mod landscape;
pub(super) mod movement;
pub(super) mod rates;
mod walked;
mod what_if;

use egui::{Rect, RichText, Ui, pos2};

use self::landscape::LandscapeView;
use super::choices::choose;
use super::theme::{GRID, Palette, small_font};
use super::views::View;
use crate::text::{Text, say, text};
use crate::train::snapshot::Snapshot;
use crate::train::views::Focus;

/// Bars need at least this width.
const LEAST_BARS: f32 = 180.0;

/// The view.
#[derive(Default)]
pub struct Parameters {
    landscape: LandscapeView,
    side: Side,
}

/// What is drawn beside the map.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Side {
    #[default]
    Movement,
    Rates,
    History,
}

impl View for Parameters {
    fn look(&self, focus: &mut Focus) {
        let (map, what_if) = self.landscape.looks_at();
        (focus.landscape, focus.what_if) = (Some(map), what_if);
    }

    // There it first brings φ back.
    fn takes_escape(&self) -> bool {
        self.landscape.looks_at().1.is_some()
    }

    fn ui(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>, _: bool) {
        let palette = Palette::of(ui);
        let landscape = snapshot.and_then(|snapshot| snapshot.landscape.as_ref());
        let evaluation = snapshot
            .and_then(|snapshot| snapshot.evaluation.as_ref())
            .filter(|evaluation| !evaluation.movement.is_empty());
        if let Some(landscape) = landscape {
            let tasks = evaluation.map_or(&[][..], |evaluation| &evaluation.tasks);
            ui.horizontal(|ui| self.landscape.choose(ui, landscape, tasks));
        }
        let room = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(room);
        if landscape.is_none() && evaluation.is_none() {
            let text = say("The first adaptation is coming", "第一次适应即将到来");
            ui.put(room, egui::Label::new(RichText::new(text).color(palette.weak)));
            return;
        }
        // Bars where there is room for them beside a map of full height.
        let evaluation = evaluation.filter(|_| room.width() >= room.height() + LEAST_BARS);
        let side = room.height().min(if evaluation.is_some() { 0.6 * room.width() } else { room.width() });
        let map = Rect::from_min_max(room.min, pos2(room.left() + side, room.bottom()));
        match landscape {
            Some(landscape) => self.landscape.ui(ui, map, landscape, snapshot),
            None => {
                let reason = snapshot.and_then(|snapshot| snapshot.closeups.no_landscape);
                let text = reason.map_or_else(|| say("The map is being measured", "正在测量曲面"), Text::get);
                ui.put(map, egui::Label::new(RichText::new(text).color(palette.weak)).wrap());
            }
        }
        if let Some(evaluation) = evaluation {
            let bars = Rect::from_min_max(pos2(map.right() + 4.0 * GRID, room.top()), room.max);
            let learned = !evaluation.rates.is_empty();
            if learned {
                self.choose_side(ui, bars);
            }
            let beside = if learned { bars.with_min_y(bars.top() + 6.0 * GRID) } else { bars };
            match (self.side, snapshot) {
                (Side::Rates, _) if learned => rates::map(ui, beside, &evaluation.rates, &evaluation.tensors),
                (Side::History, Some(snapshot)) if learned => {
                    rates::history(ui, beside, &snapshot.curves.rates, &evaluation.tensors, evaluation.rates.len())
                }
                _ => movement::ui(ui, beside, &evaluation.movement),
            }
        }
    }
}

impl Parameters {
    /// The three views of an algorithm that learns its rates.
    fn choose_side(&mut self, ui: &mut Ui, rect: Rect) {
        let row = rect.with_max_y(rect.top() + 5.0 * GRID);
        ui.scope_builder(egui::UiBuilder::new().max_rect(row), |ui| {
            let about = text("How far adaptation moves each layer", "适应使每一层移动多远");
            let sides = [
                (Side::Movement, text("Movement", "移动"), about),
                (Side::Rates, rates::MAP.0, rates::MAP.1),
                (Side::History, rates::HISTORY.0, rates::HISTORY.1),
            ];
            ui.horizontal(|ui| choose(ui, &mut self.side, &small_font(), sides));
        });
    }
}
