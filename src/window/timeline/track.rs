//! The track and its handle: a slider over all meta-iterations, which stops where states are kept.

use egui::accesskit::{Action, ActionData};
use egui::{EventFilter, Key, Rect, Response, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2};

use super::meta_iteration;
use crate::train::snapshot::Past;
use crate::window::theme::{GRID, Palette};
use crate::window::watching::spot;

/// Radius of the handle.
const HANDLE: f32 = 6.0;
/// The pointer this near to the right end means now.
const NEAR: f32 = 4.0;

/// Draws it with the handle at `at`; gives the moment that is asked for (`Some(None)` for now).
pub fn ui(ui: &mut Ui, size: Vec2, past: &Past, at: Option<u64>) -> (Response, Option<Option<u64>>) {
    let enabled = past.head > past.first;
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    spot(ui.ctx(), "timeline", rect);
    let value = at.unwrap_or(past.head) as f64;
    response.widget_info(|| WidgetInfo::slider(enabled, value, "Timeline"));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(past.first as f64);
        node.set_max_numeric_value(past.head as f64);
        node.set_numeric_value_step(past.every as f64);
        for action in [Action::SetValue, Action::Increment, Action::Decrement] {
            node.add_action(action);
        }
    });
    let rail = rail(rect);
    let wanted = if enabled {
        let pointed = response.interact_pointer_pos().map(|pointer| pointed_at(rail, past, pointer.x));
        pointed.or_else(|| typed(ui, &response, past, at))
    } else {
        None
    };
    paint(ui, rail, &response, past, at);
    let about = match response.hover_pos().filter(|_| enabled).map(|pointer| pointed_at(rail, past, pointer.x)) {
        Some(Some(at)) => format!("Drag or click to look back at {}{}", meta_iteration(at), best_of(past)),
        Some(None) => "Drag to look back at the run as it was; training pauses".to_owned(),
        None => "There is nothing to look back at before the first step".to_owned(),
    };
    let response = response.on_hover_text(about);
    (response, wanted)
}

/// Where the triangle is, in words.
fn best_of(past: &Past) -> String {
    past.best.map_or_else(String::new, |best| {
        format!("; the best state by its error on held-out tasks was at {}", meta_iteration(best))
    })
}

/// Where the handle can be.
pub fn rail(rect: Rect) -> Rect {
    Rect::from_x_y_ranges(rect.x_range().shrink(HANDLE + 2.0), rect.bottom() - 14.0..=rect.bottom() - 10.0)
}

/// Where a meta-iteration lies on it.
pub fn x_of(rail: Rect, past: &Past, at: u64) -> f32 {
    let whole = past.head.saturating_sub(past.first).max(1) as f64;
    rail.left() + (at.saturating_sub(past.first) as f64 / whole).min(1.0) as f32 * rail.width()
}

/// The kept state for a place of the pointer; `None` for now.
fn pointed_at(rail: Rect, past: &Past, x: f32) -> Option<u64> {
    let share = f64::from(((x - rail.left()) / rail.width()).clamp(0.0, 1.0));
    let value = past.first as f64 + share * past.head.saturating_sub(past.first) as f64;
    if x > rail.right() - NEAR { None } else { moment(past, value) }
}

/// The kept state for a place on the track; `None` for now.
fn moment(past: &Past, value: f64) -> Option<u64> {
    (value < past.head as f64).then(|| past.kept(value.max(0.0) as u64))
}

/// What keys and assistive technology ask for.
fn typed(ui: &Ui, response: &Response, past: &Past, at: Option<u64>) -> Option<Option<u64>> {
    let given = ui.input(|input| {
        let requests = input.accesskit_action_requests(response.id, Action::SetValue);
        let values = requests.filter_map(|request| match request.data {
            Some(ActionData::NumericValue(value)) => Some(value),
            _ => None,
        });
        values.last()
    });
    if let Some(value) = given {
        return Some(moment(past, value));
    }
    let has_focus = response.has_focus();
    if has_focus {
        let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    }
    let [left, right, home, end] = ui.input(|input| {
        let key = |key| has_focus && input.key_pressed(key);
        let does = |action| input.has_accesskit_action_request(response.id, action);
        [
            key(Key::ArrowLeft) || does(Action::Decrement),
            key(Key::ArrowRight) || does(Action::Increment),
            key(Key::Home),
            key(Key::End),
        ]
    });
    let every = past.every.max(1);
    let now = at.unwrap_or(past.head);
    if home {
        Some(Some(past.first))
    } else if end {
        Some(None)
    } else if left {
        Some(Some(past.kept(now.saturating_sub(1)).min(now.max(past.first))))
    } else if right {
        let next = now - now % every + every;
        Some((next <= past.last).then_some(next))
    } else {
        None
    }
}

fn paint(ui: &Ui, rail: Rect, response: &Response, past: &Past, at: Option<u64>) {
    let palette = Palette::of(ui);
    let painter = ui.painter();
    painter.rect_filled(rail, 2.0, palette.control);
    if let Some(best) = past.best {
        let top = pos2(x_of(rail, past, best), rail.top() - 3.0);
        let corners = [top, top + Vec2::new(-4.0, -6.0), top + Vec2::new(4.0, -6.0)];
        painter.add(egui::Shape::convex_polygon(corners.to_vec(), palette.adapted, Stroke::NONE));
    }
    let x = x_of(rail, past, at.unwrap_or(past.head));
    painter.rect_filled(rail.with_max_x(x), 2.0, palette.accent.gamma_multiply(0.55));
    let radius = if response.hovered() || response.dragged() { HANDLE + 1.0 } else { HANDLE };
    let centre = pos2(x, rail.center().y);
    let fill = if at.is_some() { palette.accent } else { palette.text };
    painter.circle(centre, radius, fill, Stroke::new(2.0, palette.panel));
    if response.has_focus() {
        painter.circle_stroke(centre, radius + 2.0, Stroke::new(1.5, palette.accent));
    }
    if past.head > past.first {
        for value in crate::window::numbers::ticks(past.first as f64, past.head as f64, 8) {
            let x = x_of(rail, past, value as u64);
            painter.vline(x, rail.bottom() + 2.0..=rail.bottom() + GRID + 1.0, Stroke::new(1.0, palette.line));
        }
    }
}
