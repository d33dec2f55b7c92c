//! Adaptation in parameter space: the loss around φ with the paths of the inner loop, and how far
//! each layer moves.

mod contours;
mod landscape;
mod movement;

use egui::{Rect, RichText, Ui, pos2};

use self::landscape::LandscapeView;
use super::theme::{GRID, Palette};
use crate::train::snapshot::Snapshot;

/// The view.
#[derive(Default)]
pub struct Parameters {
    landscape: LandscapeView,
}

impl Parameters {
    /// Draws it in all the space that is left.
    pub fn ui(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>) {
        let palette = Palette::of(ui);
        let landscape = snapshot.and_then(|snapshot| snapshot.landscape.as_ref());
        let evaluation = snapshot
            .and_then(|snapshot| snapshot.evaluation.as_ref())
            .filter(|evaluation| !evaluation.movement.is_empty());
        ui.horizontal(|ui| {
            ui.heading("Adapted parameters").on_hover_text("Where the inner loop goes from each initialisation");
            if let Some(landscape) = landscape {
                let (word, about) = if landscape.exact {
                    ("exact", "These are all the parameters: nothing is left out")
                } else {
                    ("slice", "A plane through φ and adapted parameters; the losses on it are real, everything off it is projected")
                };
                let text = RichText::new(format!("{word} · {}", landscape.title)).small().color(palette.weak);
                ui.add(egui::Label::new(text).truncate()).on_hover_text(about);
            }
        });
        let room = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(room);
        if landscape.is_none() && evaluation.is_none() {
            let text = "The first adaptation is coming";
            ui.put(room, egui::Label::new(RichText::new(text).color(palette.weak)));
            return;
        }
        let side = room.height().min(if evaluation.is_some() { 0.6 * room.width() } else { room.width() });
        let map = Rect::from_min_max(room.min, pos2(room.left() + side, room.bottom()));
        match landscape {
            Some(landscape) => self.landscape.ui(ui, map, landscape),
            None => drop(ui.put(map, egui::Label::new(RichText::new("The map is being measured").color(palette.weak)))),
        }
        if let Some(evaluation) = evaluation {
            let bars = Rect::from_min_max(pos2(map.right() + 4.0 * GRID, room.top()), room.max);
            movement::ui(ui, bars, &evaluation.movement);
        }
    }
}
