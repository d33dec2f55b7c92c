//! What the keyboard alone needs: the control that has it is marked and comes into view, what egui names itself is named
//! in the window's language, and the zoom goes by keys.

use egui::accesskit::{Action, ActionRequest, TreeId};
use egui::gui_zoom::kb_shortcuts::{ZOOM_IN, ZOOM_IN_SECONDARY, ZOOM_OUT, ZOOM_RESET};
use egui::{Context, Event, FullOutput, Id, LayerId, Order, Plugin, RawInput, Rect, Stroke, StrokeKind, Ui};

use super::theme::Palette;
use crate::text::{Text, text};

/// Between these zooms all controls are whole, or can be scrolled to, in a window of usual size.
const ZOOMS: [f32; 2] = [0.8, 2.5];

/// How much a key zooms.
const ZOOM_STEP: f32 = 0.1;

/// Width of the mark.
const MARK: f32 = 2.0;

/// What egui names itself, always in English.
const NAMED: [Text; 3] =
    [text("Resize panel", "调整面板大小"), text("Close window", "关闭窗口"), text("Color", "颜色")];

/// The control that has the keyboard.
#[derive(Debug, Default)]
struct Keyboard {
    had: Option<Id>,
    /// It is not all seen.
    hidden: Option<Id>,
}

/// From now on, in all windows of this context.
pub fn install(ctx: &Context) {
    // [`take_zoom`] knows how far.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    ctx.add_plugin(Keyboard::default());
}

/// Takes the keys that zoom out of this frame's input; `usual` is the zoom that the user's own is on top of.
pub fn take_zoom(ctx: &Context, usual: f32) {
    let pressed = |shortcut| ctx.input_mut(|input| input.consume_shortcut(shortcut));
    let zoom = (ctx.zoom_factor() / usual).clamp(ZOOMS[0], ZOOMS[1]);
    let zoom = if pressed(&ZOOM_RESET) {
        1.0
    } else if pressed(&ZOOM_IN) || pressed(&ZOOM_IN_SECONDARY) {
        zoom + ZOOM_STEP
    } else if pressed(&ZOOM_OUT) {
        zoom - ZOOM_STEP
    } else {
        return;
    };
    // Sums of tenths are not quite tenths.
    let zoom = (zoom.clamp(ZOOMS[0], ZOOMS[1]) / ZOOM_STEP).round() * ZOOM_STEP;
    ctx.set_zoom_factor(usual * zoom);
}

impl Plugin for Keyboard {
    fn debug_name(&self) -> &'static str {
        "keyboard"
    }

    fn input_hook(&mut self, _: &Context, input: &mut RawInput) {
        let (action, target_tree) = (Action::ScrollIntoView, TreeId::ROOT);
        input.events.extend(self.hidden.take().map(|id| {
            let target_node = id.accesskit_id();
            Event::AccessKitActionRequest(ActionRequest { action, target_tree, target_node, data: None })
        }));
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx();
        let now = ctx.memory(|memory| memory.focused());
        let places = now.and_then(|id| ctx.read_response(id)).map(|control| (control.rect, control.interact_rect));
        if let Some((_, seen)) = places {
            mark(ctx, seen);
        }
        if std::mem::replace(&mut self.had, now) != now {
            self.hidden = now.filter(|_| places.is_some_and(|(whole, seen)| !seen.expand(1.0).contains_rect(whole)));
            if self.hidden.is_some() {
                ctx.request_repaint();
            }
        }
    }

    fn output_hook(&mut self, _: &Context, output: &mut FullOutput) {
        let tree = output.platform_output.accesskit_update.as_mut();
        for (_, node) in tree.into_iter().flat_map(|tree| &mut tree.nodes) {
            if let Some(name) = NAMED.iter().find(|name| node.label() == Some(name.en())) {
                node.set_label(name.get());
            }
        }
    }
}

/// Draws a frame around what is seen of a control.
fn mark(ctx: &Context, seen: Rect) {
    if seen.is_positive() {
        let stroke = Stroke::new(MARK, Palette::of_theme(ctx.theme()).accent);
        let painter = ctx.layer_painter(LayerId::new(Order::Tooltip, Id::unique("keyboard")));
        painter.rect_stroke(seen, 2.0, stroke, StrokeKind::Outside);
    }
}
