//! Small screens, such as those of phones: everything smaller, so that it finds room.

use egui::{Context, Plugin, Ui};

/// The window is never laid out narrower than this.
const LEAST: f32 = 600.0;

/// Makes everything smaller where there is little room.
#[derive(Default)]
pub struct Narrow {
    /// The zoom that was there before, and what was made of it.
    made: Option<[f32; 2]>,
}

impl Plugin for Narrow {
    fn debug_name(&self) -> &'static str {
        "narrow"
    }

    fn on_begin_pass(&mut self, ui: &mut Ui) {
        let ctx: &Context = ui.ctx();
        let now = ctx.zoom_factor();
        // What its user has chosen since counts from then on.
        let wanted = self.made.filter(|[_, made]| *made == now).map_or(now, |[wanted, _]| wanted);
        let made = wanted.min(now * ctx.content_rect().width() / LEAST);
        if (made - now).abs() > 0.01 {
            ctx.set_zoom_factor(made);
            self.made = Some([wanted, made]);
        }
    }
}
