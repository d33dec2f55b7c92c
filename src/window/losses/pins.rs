//! Earlier runs that stay in the plot: the held-out losses of a pinned run, or of a branch that was left.

use std::sync::Arc;

use egui::{Button, Color32, Role, Shape, Stroke, Ui, WidgetInfo, vec2};
use egui_plot::{Line, LineStyle, PlotPoint, PlotPoints, PlotUi};

use super::legend::TOGGLE;
use super::series::{self, Series};
use crate::settings::{Knob, Settings};
use crate::text::{say, tell};
use crate::train::snapshot::{Curve, Snapshot};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette, small_font};
use crate::window::toggle::toggle;

/// Most runs that are pinned at once.
const MOST: usize = 5;
/// Columns that a line is divided into.
const COLUMNS: usize = 50;
/// Length of a dash.
const DASH: f32 = 3.0;

/// One earlier run.
struct Pin {
    settings: Arc<Settings>,
    name: Name,
    /// Which of the colours it has.
    colour: usize,
    shown: bool,
    /// Held-out tasks before and after adaptation.
    curves: [Curve; 2],
    last: f64,
    prepared: Option<(f64, [Vec<PlotPoint>; 2])>,
}

/// What tells an earlier run from the others.
#[derive(PartialEq, Eq)]
struct Name {
    /// Its tasks or images, its algorithm, and what was turned, as they are read.
    text: String,
    /// Where it was gone on from another way.
    left: Option<u64>,
    /// Of those that are alike otherwise, which one, from 1.
    number: usize,
}

/// All of them, oldest first.
#[derive(Default)]
pub struct Pins(Vec<Pin>);

impl Pins {
    /// Whether no other run can be pinned beside those of the same tasks.
    pub fn are_full(&self, now: &Settings) -> bool {
        self.0.iter().filter(|pin| pin.is_of(now)).count() >= MOST
    }

    /// Pins the run as it is; `left` is where it was gone on from another way. Of too many the
    /// oldest goes, of other tasks if there is one.
    pub fn add(&mut self, snapshot: &Snapshot, left: Option<u64>) {
        let curves = [&snapshot.curves.held_out_before, &snapshot.curves.held_out_after].map(Curve::clone);
        let ends = curves.iter().filter_map(|curve| curve.points.last());
        let last = ends.map(|point| point.at).fold(0.0, f64::max);
        if self.0.len() >= MOST {
            let other = self.0.iter().position(|pin| !pin.is_of(&snapshot.settings));
            self.0.remove(other.unwrap_or(0));
        }
        let mut name = Name::of(snapshot, left);
        while self.0.iter().any(|pin| pin.name == name) {
            name.number += 1;
        }
        let colour = (0..MOST).find(|colour| self.0.iter().all(|pin| pin.colour != *colour)).unwrap_or(0);
        let settings = Arc::clone(&snapshot.settings);
        self.0.push(Pin { settings, name, colour, shown: true, curves, last, prepared: None });
    }

    /// A toggle for each of the same tasks as the present run, and a button that removes it.
    pub fn legend(&mut self, ui: &mut Ui, now: &Settings) {
        if !self.0.iter().any(|pin| pin.is_of(now)) {
            return;
        }
        let mut removed = None;
        let usual = ui.spacing().interact_size.y;
        ui.spacing_mut().interact_size.y = 4.0 * GRID;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(GRID, 0.0);
            for (index, pin) in self.0.iter_mut().enumerate().filter(|(_, pin)| pin.is_of(now)) {
                pin.entry(ui);
                let remove = Button::new("×").small().frame(false);
                let name = pin.name.said();
                let name = tell(|| format!("Remove {name}"), || format!("移除 {name}"));
                let about = say("Takes this earlier run out of the plot", "把这次先前的运行从图中移除");
                let response = ui.add(remove).on_hover_text(about);
                response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
                if response.clicked() {
                    removed = Some(index);
                }
                ui.add_space(1.5 * GRID);
            }
        });
        ui.spacing_mut().interact_size.y = usual;
        if let Some(index) = removed {
            self.0.remove(index);
        }
    }

    /// Makes the lines of the same tasks ready; gives how far they reach.
    pub fn prepare(&mut self, now: &Settings, smoothing: f64) -> f64 {
        let mut last: f64 = 0.0;
        for pin in self.0.iter_mut().filter(|pin| pin.is_of(now) && pin.shown) {
            last = last.max(pin.last);
            if pin.prepared.as_ref().is_none_or(|(known, _)| *known != smoothing) {
                let window = 0.01 * smoothing * pin.last;
                let lines =
                    pin.curves.each_ref().map(|curve| series::prepare_smooth(curve, pin.last, window, COLUMNS).smooth);
                pin.prepared = Some((smoothing, lines));
            }
        }
        last
    }

    fn visible<'a>(&'a self, now: &'a Settings) -> impl Iterator<Item = (&'a Pin, &'a [Vec<PlotPoint>; 2])> {
        let shown = self.0.iter().filter(move |pin| pin.is_of(now) && pin.shown);
        shown.filter_map(|pin| pin.prepared.as_ref().map(|(_, lines)| (pin, lines)))
    }

    /// The heights of what is drawn up to `last`, where before and after adaptation are shown or not.
    pub fn values<'a>(&'a self, now: &'a Settings, shown: [bool; 2], last: f64) -> impl Iterator<Item = f64> + 'a {
        let lines = self.visible(now).flat_map(move |(_, lines)| lines.iter().zip(shown));
        let points = lines.filter(|(_, shown)| *shown).flat_map(|(points, _)| points);
        points.filter(move |point| point.x <= last).map(|point| point.y)
    }

    /// Draws them.
    pub fn draw<'a>(&'a self, plot: &mut PlotUi<'a>, now: &'a Settings, shown: [bool; 2], palette: &Palette) {
        for (pin, [before, after]) in self.visible(now) {
            let colour = pin.colour(palette);
            let name = pin.name.said();
            let line = |series: Series, points: &'a [PlotPoint]| {
                let series = series.label();
                let name = tell(|| format!("{name}, {series}"), || format!("{name}，{series}"));
                Line::new(name, PlotPoints::Borrowed(points))
            };
            if shown[0] {
                let style = LineStyle::Dotted { spacing: 2.0 * GRID };
                plot.line(
                    line(Series::HeldOutBefore, before).color(colour.gamma_multiply(0.7)).width(1.0).style(style),
                );
            }
            if shown[1] {
                let style = LineStyle::Dashed { length: DASH };
                plot.line(line(Series::HeldOutAfter, after).color(colour).width(1.5).style(style));
            }
        }
    }
}

impl Pin {
    /// Whether its losses are of the same held-out tasks, after as many steps, as those of a run with these settings.
    fn is_of(&self, now: &Settings) -> bool {
        let (own, other) = (&self.settings.run, &now.run);
        let images = || !own.tasks.needs_images() || own.image_key() == other.image_key();
        let turned = self.settings.live.turned(&now.live);
        (own.tasks, own.seed, own.ways) == (other.tasks, other.seed, other.ways)
            && images()
            && !turned.iter().any(|knob| knob.shapes_probes || *knob == Knob::TEST_STEPS)
    }

    /// A colour that no other line of the plot has.
    fn colour(&self, palette: &Palette) -> Color32 {
        palette.series[[6, 8, 4, 2, 1][self.colour % MOST]]
    }

    fn entry(&mut self, ui: &mut Ui) {
        let (name, colour) = (self.name.said(), self.colour(Palette::of(ui)));
        let about = say(
            "An earlier run: its held-out losses before (dotted) and after adaptation (dashed)",
            "先前的一次运行：适应前（点线）和适应后（虚线）的留出损失",
        );
        toggle(ui, [&name, about], &mut self.shown, (small_font(), TOGGLE), |painter, ends, strength| {
            let stroke = Stroke::new(1.5, colour.gamma_multiply(strength));
            painter.extend(Shape::dashed_line(&ends, stroke, DASH, DASH));
        });
    }
}

impl Name {
    fn of(snapshot: &Snapshot, left: Option<u64>) -> Self {
        let run = &snapshot.settings.run;
        let images = run.images.name().filter(|_| run.tasks.needs_images()).map(|name| name.label.get());
        let usual = Settings::preset(run.tasks, run.algorithm).live;
        let turned = Knob::ALL.into_iter().filter(|knob| knob.why_dead(run).is_none()).filter_map(|knob| {
            let value = last_value(snapshot, knob);
            (value != knob.get(&usual)).then(|| format!("{} {}", knob.short, numbers::compact(value)))
        });
        let parts = [images.unwrap_or(run.tasks.label()), run.algorithm.label()].map(str::to_owned);
        let text = parts.into_iter().chain(turned).collect::<Vec<_>>().join(say(", ", "，"));
        Self { text, left, number: 1 }
    }

    /// With where a branch was left.
    fn said(&self) -> String {
        let mut name = self.text.clone();
        if let Some(left) = self.left {
            let left = numbers::thousands(left);
            name += &tell(|| format!(", left at {left}"), || format!("，在 {left} 处分叉"));
        }
        if self.number > 1 {
            name += &format!(" ({})", self.number);
        }
        name
    }
}

/// What a knob of the run was set to last, whatever moment is shown.
fn last_value(snapshot: &Snapshot, knob: Knob) -> f64 {
    let past = &snapshot.timeline;
    let start = past.start.as_ref().filter(|_| past.shown.is_some()).unwrap_or(&snapshot.settings);
    let mark = snapshot.marks.iter().rev().find(|mark| mark.knob == knob).filter(|_| past.shown.is_some());
    mark.map_or_else(|| knob.get(&start.live), |mark| mark.value)
}
