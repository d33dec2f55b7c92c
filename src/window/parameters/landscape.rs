//! The map: heights and contour lines of log loss, the paths of adaptation on it.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, ColorImage, Painter, Pos2, Rect, Role, Sense, Stroke, TextureHandle, TextureOptions, Ui,
    WidgetInfo, pos2, vec2,
};

use super::contours::{self, Polyline};
use super::frame::{Frame, one_path};
use super::walked;
use super::what_if::Moved;
use crate::text::{say, tell};
use crate::train::snapshot::{Init, Landscape, ProbeTask, Snapshot};
use crate::train::views::{Map, WhatIf};
use crate::window::losses::FLOOR;
use crate::window::numbers;
use crate::window::theme::{Palette, blend, init_label, small_font};

/// Contour lines on the map.
const LEVELS: usize = 11;

/// Room for the names and numbers of the axes.
const AXES: egui::Vec2 = vec2(50.0, 30.0);

/// In less there is nothing to be seen.
const LEAST: f32 = 24.0;

/// The view.
#[derive(Default)]
pub struct LandscapeView {
    drawn: Option<Drawn>,
    wanted: Map,
    moved: Moved,
}

/// What is made once for each landscape and theme.
struct Drawn {
    source: Arc<Landscape>,
    dark: bool,
    texture: TextureHandle,
    lines: Vec<Polyline>,
    grid: [f32; 2],
}

impl LandscapeView {
    /// What the trainer is asked for.
    pub fn looks_at(&self) -> (Map, Option<WhatIf>) {
        (self.wanted, self.moved.asked().cloned())
    }

    /// What is drawn, with a menu of what else may be.
    pub fn choose(&mut self, ui: &mut Ui, landscape: &Landscape, tasks: &[ProbeTask]) {
        super::heights::choose(ui, landscape, tasks, &mut self.wanted, self.moved.is_on());
        self.moved.offer_back(ui);
    }

    /// Draws it into `rect`.
    pub fn ui(&mut self, ui: &mut Ui, rect: Rect, landscape: &Arc<Landscape>, snapshot: Option<&Snapshot>) {
        let palette = Palette::of(ui);
        let dark = ui.visuals().dark_mode;
        if self.drawn.as_ref().is_none_or(|drawn| !Arc::ptr_eq(&drawn.source, landscape) || drawn.dark != dark) {
            let texture = self.drawn.take().map(|drawn| drawn.texture);
            self.drawn = Drawn::new(ui, texture, landscape, dark, palette);
        }
        let plot =
            Rect::from_min_max(pos2(rect.left() + AXES.x, rect.top()), pos2(rect.right(), rect.bottom() - AXES.y));
        if plot.width().min(plot.height()) < LEAST {
            return;
        }
        let frame = Frame { rect: plot, x: landscape.x, y: landscape.y };
        let painter = ui.painter().with_clip_rect(plot);
        let tried = snapshot.and_then(|snapshot| snapshot.closeups.tried.as_deref());
        let phi = landscape.paths.iter().find(|path| path.init == Init::Learned).and_then(|path| path.points.first());
        let phi = phi.map(|start| frame.screen(*start));
        let response = ui.interact(plot, ui.make_persistent_id("landscape"), Sense::click_and_drag());
        self.moved.drag(ui, &response, frame, landscape, phi, snapshot);
        if let Some(map) = &self.drawn {
            let half = vec2(0.5 / map.grid[0], 0.5 / map.grid[1]);
            // Grid points lie at pixel centres; the first row is the lowest.
            let uv = Rect::from_min_max(pos2(half.x, 1.0 - half.y), pos2(1.0 - half.x, half.y));
            painter.image(map.texture.id(), plot, uv, Color32::WHITE);
            let to_screen = |[column, row]: [f32; 2]| {
                let share = vec2(column / (map.grid[0] - 1.0), row / (map.grid[1] - 1.0));
                pos2(plot.left() + share.x * plot.width(), plot.bottom() - share.y * plot.height())
            };
            let stroke = Stroke::new(1.0, palette.weak.gamma_multiply(0.4));
            for line in &map.lines {
                painter.line(line.iter().copied().map(to_screen).collect(), stroke);
            }
        }
        paths(&painter, frame, landscape, phi, palette, if self.moved.is_on() { 0.35 } else { 1.0 });
        self.moved.draw(&painter, frame, landscape, tried, palette);
        if let Some(walk) = snapshot.and_then(|snapshot| snapshot.walk.as_ref()).filter(|_| landscape.exact) {
            walked::draw(&painter, frame, walk, palette);
        }
        axes(ui.painter(), frame, rect, landscape, palette);
        let title = &landscape.title;
        let name = || tell(|| format!("map of {title}"), || format!("损失曲面：{title}"));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name()));
        if let Some(pointer) = response.hover_pos().filter(|_| !self.moved.is_held()) {
            let text = under_pointer(landscape, frame.value(pointer));
            response.on_hover_text_at_pointer(text);
        }
        self.moved.verdict(ui, frame, landscape, phi, tried);
    }
}

impl Drawn {
    fn new(
        ui: &Ui,
        texture: Option<TextureHandle>,
        landscape: &Arc<Landscape>,
        dark: bool,
        palette: &Palette,
    ) -> Option<Self> {
        let columns = landscape.columns;
        let rows = landscape.loss.len().checked_div(columns)?;
        if columns < 2 || rows < 2 {
            return None;
        }
        let logs: Vec<f32> = landscape.loss[..rows * columns]
            .iter()
            .map(|loss| if loss.is_finite() { loss.max(FLOOR as f32).log10() } else { f32::INFINITY })
            .collect();
        let finite = logs.iter().copied().filter(|value| value.is_finite());
        let (low, high) =
            finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let pixels = logs.iter().enumerate().map(|(index, value)| {
            if value.is_finite() {
                let share = if high > low { (value - low) / (high - low) } else { 0.0 };
                blend(palette.heights[0], palette.heights[1], share)
            } else {
                // Hatched, so that colour is not the only sign.
                let stripe = (index % columns + index / columns) % 4 < 2;
                blend(palette.ground, palette.danger, if stripe { 0.45 } else { 0.25 })
            }
        });
        let image = ColorImage::new([columns, rows], pixels.collect());
        let texture = match texture {
            Some(mut texture) => {
                texture.set(image, TextureOptions::LINEAR);
                texture
            }
            None => ui.ctx().load_texture("landscape", image, TextureOptions::LINEAR),
        };
        let levels = contours::levels(&logs, LEVELS);
        let lines = levels.into_iter().flat_map(|level| contours::lines(&logs, columns, level)).collect();
        Some(Self { source: Arc::clone(landscape), dark, texture, lines, grid: [columns as f32, rows as f32] })
    }
}

fn paths(painter: &Painter, frame: Frame, landscape: &Landscape, phi: Option<Pos2>, palette: &Palette, strength: f32) {
    // Other tasks first, the task whose loss is drawn on top of them.
    let order = landscape.paths.iter().filter(|path| !path.own).chain(landscape.paths.iter().filter(|path| path.own));
    for path in order {
        one_path(painter, frame, path, palette, strength);
    }
    let small = Stroke::new(1.2, palette.query.gamma_multiply(0.7));
    for optimum in &landscape.optima {
        let at = frame.screen(*optimum);
        for arm in [vec2(3.0, 3.0), vec2(3.0, -3.0)] {
            painter.line_segment([at - arm, at + arm], small);
        }
    }
    if let Some(optimum) = landscape.optimum {
        let at = frame.screen(optimum);
        let stroke = Stroke::new(2.0, palette.query);
        for arm in [vec2(5.0, 5.0), vec2(5.0, -5.0)] {
            painter.line_segment([at - arm, at + arm], stroke);
        }
        let name = painter.layout_no_wrap(say("optimum", "最优点").to_owned(), small_font(), palette.text);
        let marker = phi.map(|phi| Rect::from_center_size(phi - vec2(0.0, 6.0), vec2(14.0, 28.0)));
        let (half, down) = (0.5 * name.size(), 14.0);
        let beside = vec2(half.x + 8.0, 0.0);
        let places =
            [beside, -beside, vec2(0.0, down), vec2(0.0, -down), beside + vec2(0.0, down), vec2(0.0, down) - beside];
        let rect = |place: &egui::Vec2| Rect::from_center_size(at + *place, name.size());
        let free = |place: &&egui::Vec2| {
            let rect = rect(place);
            frame.rect.contains_rect(rect) && !marker.is_some_and(|marker| marker.intersects(rect))
        };
        // Where there is no room for it the cross speaks for itself.
        if let Some(place) = places.iter().find(free) {
            painter.galley(rect(place).min, name, palette.text);
        }
    }
    if let Some(at) = phi {
        painter.circle(at, 5.0, palette.initial, Stroke::new(1.5, palette.ground));
        painter.text(at + vec2(0.0, -7.0), Align2::CENTER_BOTTOM, "φ", small_font(), palette.text);
    }
}

fn axes(painter: &Painter, frame: Frame, rect: Rect, landscape: &Landscape, palette: &Palette) {
    let plot = frame.rect;
    let text = |at: Pos2, align: Align2, text: &str| painter.text(at, align, text, small_font(), palette.weak);
    for value in numbers::ticks(frame.x[0], frame.x[1], 3) {
        let x = frame.screen([value, frame.y[0]]).x;
        painter.vline(x, plot.bottom()..=plot.bottom() + 3.0, Stroke::new(1.0, palette.line));
        text(pos2(x, plot.bottom() + 2.0), Align2::CENTER_TOP, &numbers::compact(value));
    }
    for value in numbers::ticks(frame.y[0], frame.y[1], 4) {
        let y = frame.screen([frame.x[0], value]).y;
        painter.hline(plot.left() - 3.0..=plot.left(), y, Stroke::new(1.0, palette.line));
        let y = y.clamp(plot.top() + 6.0, plot.bottom() - 6.0);
        text(pos2(plot.left() - 4.0, y), Align2::RIGHT_CENTER, &numbers::compact(value));
    }
    let name = |axis: usize, room: f32| {
        let mut job = LayoutJob::simple_singleline(landscape.axes[axis].get().to_owned(), small_font(), palette.weak);
        job.wrap = TextWrapping::truncate_at_width(room);
        painter.layout_job(job)
    };
    // Beside the middle of the plot, if there is room for it on both sides; clear of each other.
    let galley = name(0, rect.right() - plot.left());
    let size = galley.size();
    let left = (plot.center().x - 0.5 * size.x).min(rect.right() - size.x).max(rect.left() + size.y);
    painter.galley(pos2(left, rect.bottom() - size.y), galley, palette.weak);
    let galley = name(1, rect.height());
    let bottom = (plot.center().y + 0.5 * galley.size().x).max(rect.top() + galley.size().x).min(rect.bottom());
    let corner = pos2(rect.left(), bottom);
    painter.add(egui::epaint::TextShape::new(corner, galley, palette.weak).with_angle(-std::f32::consts::FRAC_PI_2));
}

fn under_pointer(landscape: &Landscape, [x, y]: [f64; 2]) -> String {
    let share = |value: f64, [low, high]: [f64; 2], count: usize| {
        ((value - low) / (high - low) * (count.max(1) - 1) as f64).round().max(0.0) as usize
    };
    let rows = landscape.loss.len().checked_div(landscape.columns).unwrap_or(0);
    let index = share(y, landscape.y, rows) * landscape.columns
        + share(x, landscape.x, landscape.columns).min(landscape.columns.max(1) - 1);
    let loss = match landscape.loss.get(index) {
        Some(loss) if loss.is_finite() => numbers::significant(f64::from(*loss)),
        _ => say("overflow", "溢出").to_owned(),
    };
    let own = landscape.paths.iter().filter(|path| path.own).map(|path| init_label(path.init));
    let ends = own.collect::<Vec<_>>().join(say(", ", "、"));
    let legend = match ends.is_empty() {
        true => String::new(),
        false => tell(|| format!("\nstrong paths: {ends}"), || format!("\n粗的路径：{ends}")),
    };
    let [across, up] = &landscape.axes;
    let [x, y] = [x, y].map(numbers::significant);
    tell(
        || format!("loss {loss}\n{across} {x}, {up} {y}{legend}\ndrag φ to begin elsewhere"),
        || format!("损失 {loss}\n{across} {x}，{up} {y}{legend}\n拖动 φ 从别处开始"),
    )
}
