//! The track and its handle: a slider over all meta-iterations, which stops where states are kept.

use egui::accesskit::{Action, ActionData};
use egui::{EventFilter, Key, Rect, Response, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2};

use super::{Axis, meta_iteration};
use crate::text::{say, tell};
use crate::train::snapshot::Past;
use crate::window::theme::Palette;
use crate::window::watching::spot;

/// Radius of the handle.
const HANDLE: f32 = 6.0;
/// The pointer this near to the run's end means now.
const NEAR: f32 = 4.0;

/// Draws it with the handle at `at`; gives the moment that is asked for (`Some(None)` for now).
pub fn ui(ui: &mut Ui, rect: Rect, axis: Axis, past: &Past, at: Option<u64>) -> (Response, Option<Option<u64>>) {
    let enabled = past.head > past.first;
    let rect = Rect::from_x_y_ranges(axis.x, rect.y_range()).expand2(Vec2::new(HANDLE, 0.0));
    let response = ui.interact(rect, ui.scope_id().with("timeline"), Sense::click_and_drag());
    spot(ui.ctx(), "timeline", rect);
    let value = at.unwrap_or(past.head) as f64;
    response.widget_info(|| WidgetInfo::slider(enabled, value, say("Timeline", "时间线")));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(past.first as f64);
        node.set_max_numeric_value(past.head as f64);
        node.set_numeric_value_step(past.every as f64);
        for action in [Action::SetValue, Action::Increment, Action::Decrement] {
            node.add_action(action);
        }
    });
    let rail = rail(rect, axis);
    let wanted = if enabled {
        let pointed = response.interact_pointer_pos().map(|pointer| pointed_at(axis, past, pointer.x));
        pointed.or_else(|| typed(ui, &response, past, at))
    } else {
        None
    };
    paint(ui, rail, axis, &response, past, at);
    let about = match response.hover_pos().filter(|_| enabled).map(|pointer| pointed_at(axis, past, pointer.x)) {
        Some(Some(at)) => {
            let (at, best, kept) = (meta_iteration(at), best_of(past), kept(past));
            tell(
                || format!("Drag or click to look back at {at}{best}. {kept}"),
                || format!("拖动或点击，回看第 {at} 次元迭代{best}。{kept}"),
            )
        }
        Some(None) => {
            say("Drag to look back at the run as it was; training pauses", "拖动以回看运行的过去；训练会暂停")
                .to_owned()
        }
        None => say("There is nothing to look back at before the first step", "第一步之前没有可以回看的").to_owned(),
    };
    let response = response.on_hover_text(about);
    (response, wanted)
}

/// Where the triangle is, in words.
fn best_of(past: &Past) -> String {
    past.best.map_or_else(String::new, |best| {
        let best = meta_iteration(best);
        tell(
            || format!("; the best state by its error on held-out tasks was at {best}"),
            || format!("；留出任务误差最小的最佳状态在第 {best} 次"),
        )
    })
}

/// Which moments are kept, and what they take.
fn kept(past: &Past) -> String {
    let [bytes, cap] = [past.bytes, past.cap].map(|bytes| bytes as f64 / f64::from(1 << 20));
    let every = meta_iteration(past.every);
    tell(
        || {
            format!(
                "One state every {every} meta-iterations is kept, in {bytes:.1} of {cap:.0} MB; when these are full, every other one is dropped"
            )
        },
        || format!("每 {every} 次元迭代保存一个状态，已用 {bytes:.1} MB，上限 {cap:.0} MB；存满后每两个删去一个"),
    )
}

/// Where the handle can be.
pub fn rail(rect: Rect, axis: Axis) -> Rect {
    Rect::from_x_y_ranges(axis.x, rect.bottom() - 10.0..=rect.bottom() - 6.0)
}

/// The kept state for a place of the pointer; `None` for now.
fn pointed_at(axis: Axis, past: &Past, x: f32) -> Option<u64> {
    if x > axis.x_of(past.head) - NEAR { None } else { moment(past, axis.at(x)) }
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

fn paint(ui: &Ui, rail: Rect, axis: Axis, response: &Response, past: &Past, at: Option<u64>) {
    let palette = Palette::of(ui);
    let painter = ui.painter();
    painter.rect_filled(rail, 2.0, palette.control);
    if let Some(best) = past.best {
        let top = pos2(axis.x_of(best), rail.top() - 3.0);
        let corners = [top, top + Vec2::new(-4.0, -6.0), top + Vec2::new(4.0, -6.0)];
        painter.add(egui::Shape::convex_polygon(corners.to_vec(), palette.adapted, Stroke::NONE));
    }
    let x = axis.x_of(at.unwrap_or(past.head));
    painter.rect_filled(rail.with_max_x(x), 2.0, palette.accent.gamma_multiply(0.55));
    let radius = if response.hovered() || response.dragged() { HANDLE + 1.0 } else { HANDLE };
    let centre = pos2(x, rail.center().y);
    let fill = if at.is_some() { palette.accent } else { palette.text };
    painter.circle(centre, radius, fill, Stroke::new(2.0, palette.panel));
    if response.has_focus() {
        painter.circle_stroke(centre, radius + 2.0, Stroke::new(1.5, palette.accent));
    }
}
