//! The window for all: text that can be read, everything by the keyboard and by name, and whole at every zoom.

mod contrast;
mod keyboard;
mod zoom;

use std::collections::HashMap;

use egui::accesskit::{NodeId, Role};
use egui::{Id, LayerId, Rect};
use egui_kittest::kittest::{By, NodeT as _, Queryable as _};

use crate::common::bench::Bench;

/// What takes the keyboard.
#[derive(Clone, Debug)]
pub struct Control {
    pub id: Id,
    pub layer: LayerId,
    /// Where it is, and what of it is seen.
    pub whole: Rect,
    pub seen: Rect,
    /// What a screen reader says; `None` where it finds nothing.
    pub role: Option<Role>,
    pub name: String,
}

impl Control {
    /// Whether anything of it is seen.
    pub fn is_seen(&self) -> bool {
        self.seen.width() > 1.0 && self.seen.height() > 1.0
    }
}

/// All controls that are enabled, from back to front in each layer.
pub fn controls(bench: &Bench) -> Vec<Control> {
    let nodes = bench.harness.query_all(By::new().predicate(|_| true));
    let named: HashMap<NodeId, (Role, String)> = nodes
        .map(|node| node.accesskit_node())
        .map(|node| (node.locate().0, (node.role(), node.label().unwrap_or_default())))
        .collect();
    bench.harness.ctx.viewport(|viewport| {
        let widgets = viewport.prev_pass.widgets.layers().flat_map(|(layer, widgets)| {
            widgets.iter().filter(|widget| widget.enabled && widget.sense.is_focusable()).map(|widget| (*layer, widget))
        });
        let control = |(layer, widget): (LayerId, &egui::WidgetRect)| {
            let (role, name) = named.get(&widget.id.accesskit_id()).cloned().unzip();
            let (whole, seen, name) = (widget.rect, widget.interact_rect, name.unwrap_or_default());
            Control { id: widget.id, layer, whole, seen, role, name }
        };
        widgets.map(control).collect()
    })
}
