//! How far a lesson is: a dot for each step.

use egui::{Sense, Stroke, Ui, vec2};

use crate::lessons::progress::Progress;
use crate::text::tell;
use crate::window::theme::Palette;

/// What they show.
#[derive(Clone, Debug)]
pub struct Dots {
    now: usize,
    count: usize,
    title: String,
}

impl Dots {
    /// Of a lesson under way.
    pub fn of(progress: &Progress) -> Self {
        let lesson = progress.lesson();
        Self { now: progress.now(), count: lesson.steps.len(), title: lesson.title.get().to_owned() }
    }
}

/// Draws them with this radius: filled where a step is done, a ring with a point where one is under way.
pub fn ui(ui: &mut Ui, dots: &Dots, radius: f32) {
    let Dots { now, count, ref title } = *dots;
    let pitch = 3.4 * radius;
    let (rect, response) = ui.allocate_exact_size(vec2(pitch * count as f32, 2.0 * radius + 4.0), Sense::hover());
    let palette = Palette::of(ui);
    for index in 0..count {
        let centre = rect.left_center() + vec2((index as f32 + 0.5) * pitch, 0.0);
        if index < now {
            ui.painter().circle_filled(centre, radius, palette.accent);
        } else {
            let colour = if index == now { palette.accent } else { palette.weak };
            ui.painter().circle_stroke(centre, radius - 0.5, Stroke::new(1.0, colour));
            if index == now {
                ui.painter().circle_filled(centre, 0.45 * radius, palette.accent);
            }
        }
    }
    let about = tell(
        || format!("{title}: {} of {count} steps done", now.min(count)),
        || format!("{title}：已完成 {} 步，共 {count} 步", now.min(count)),
    );
    response.on_hover_text(about);
}
