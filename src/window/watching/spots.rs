//! Where controls are on the screen, by name, so that a script's pointer finds them.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Context, Id, Rect};

/// There only while a script runs.
#[derive(Clone, Default)]
struct Spots(Arc<egui::mutex::Mutex<BTreeMap<&'static str, Rect>>>);

fn known(ctx: &Context) -> Option<Spots> {
    ctx.data(|data| data.get_temp(Id::unique("spots")))
}

/// Begins to note them.
pub fn watch(ctx: &Context) {
    ctx.data_mut(|data| {
        data.get_temp_mut_or_default::<Spots>(Id::unique("spots"));
    });
}

/// Notes where a control is, if there is a script.
pub fn spot(ctx: &Context, name: &'static str, rect: Rect) {
    if let Some(Spots(spots)) = known(ctx) {
        spots.lock().insert(name, rect);
    }
}

/// Where it was when it was drawn last.
pub fn find(ctx: &Context, name: &str) -> Option<Rect> {
    known(ctx)?.0.lock().get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_noted_without_a_script() {
        let ctx = Context::default();
        spot(&ctx, "knob", Rect::ZERO);
        assert_eq!(find(&ctx, "knob"), None);
        watch(&ctx);
        spot(&ctx, "knob", Rect::ZERO);
        watch(&ctx);
        assert_eq!(find(&ctx, "knob"), Some(Rect::ZERO));
    }
}
