//! The task losses over meta-iterations, on a logarithmic axis.

mod beside;
mod grid;
mod legend;
mod limits;
pub(super) mod marks;
mod past;
mod pins;
mod scores;
mod series;

use std::sync::Arc;

use egui::PopupCloseBehavior;
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{RichText, Role, Ui, WidgetInfo};
use egui_plot::{FilledArea, HoverPosition, Line, LineStyle, PlotBounds, PlotPoint, PlotPoints, PlotTransform};

use self::beside::Beside;
use self::grid::whole_within;
pub(super) use self::grid::{FLOOR, even_grid, fixed, half_decades, log, log_grid, log_label, log_plot};
use self::limits::Limits;
use self::pins::Pins;
use self::series::{Prepared, Raw, Series};
use super::choices::choose;
use super::commands::{Commands, UiCommand};
use super::numbers;
use super::pacing;
use super::theme::{Palette, small_font};
use super::timeline::{Axis, HEIGHT, Timeline};
use crate::settings::LiveSettings;
use crate::tasks::card::Score;
use crate::text::{say, tell, text};
use crate::train::snapshot::{Curves, Snapshot};

/// Height of the labels of knob changes.
const MARK_LABEL: f32 = 22.0;

/// Length of a dash, in points.
const DASH: f32 = 9.0;

/// Seconds that the axis moves on by in a frame at the most, however long ago the last one was.
const LONGEST_STEP: f64 = 0.2;

/// The view.
pub struct Losses {
    shown: [bool; Series::ALL.len()],
    /// Whether shares are drawn in place of losses, where tasks have them.
    scores: bool,
    /// Share of the run that an average looks back, in percent.
    smoothing: f64,
    limits: Limits,
    pins: Pins,
    beside: Beside,
    prepared: Option<PreparedCurves>,
    run: Option<u64>,
}

/// All curves, made ready from one snapshot's histories.
struct PreparedCurves {
    source: Arc<Curves>,
    smoothing: f64,
    lines: Vec<(Series, Vec<Prepared>)>,
    last: f64,
}

impl Default for Losses {
    fn default() -> Self {
        Self {
            shown: Series::ALL.map(|series| !matches!(series, Series::TrainingBefore | Series::EachTask)),
            scores: false,
            smoothing: 1.0,
            limits: Limits::default(),
            pins: Pins::default(),
            beside: Beside::default(),
            prepared: None,
            run: None,
        }
    }
}

impl Losses {
    /// Draws it in all the space that is left.
    ///
    /// A knob of `live` that the trainer has not obeyed yet is marked where the run is now.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        snapshot: Option<&Snapshot>,
        live: &LiveSettings,
        timeline: &mut Timeline,
        commands: &mut Commands,
    ) {
        let score = snapshot.and_then(|snapshot| snapshot.settings.run.tasks.card().score());
        let score_shown = score.filter(|_| self.scores);
        ui.horizontal(|ui| {
            ui.heading(say("Task losses", "任务损失"));
            if let Some(Score { name, about, .. }) = score {
                let loss = text("The mean query loss, on a logarithmic axis", "平均查询损失，对数坐标");
                let choices = [(false, text("Loss", "损失"), loss), (true, name, about)];
                choose(ui, &mut self.scores, &small_font(), choices);
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let about = say(
                    "Which lines are drawn, how far back their average looks, and earlier runs to compare with",
                    "画哪些曲线，平均回看多远，与哪些先前的运行比较",
                );
                let menu = MenuButton::from_button(egui::Button::new(RichText::new(say("Lines", "曲线")).small()));
                let menu = menu.config(MenuConfig::default().close_behavior(PopupCloseBehavior::CloseOnClickOutside));
                menu.ui(ui, |ui| self.menu(ui, score_shown.is_some(), snapshot, commands)).0.on_hover_text(about);
                if let Some(snapshot) = snapshot {
                    timeline.ways_on(ui, snapshot, commands);
                }
            });
        });
        let entries = Self::entries(score_shown.is_some());
        let palette = Palette::of(ui);
        let shown = entries.iter().copied().filter(|series| self.is_shown(*series));
        let mut names: Vec<_> = shown.map(|series| legend::Entry::of(series, palette)).collect();
        // Behind the learned start, which it is compared with.
        let place =
            entries.iter().filter(|series| self.is_shown(**series)).position(|series| *series == Series::Random);
        let place = place.unwrap_or(names.len());
        let beside = snapshot.filter(|_| self.is_shown(Series::HeldOutAfter));
        let beside = beside.and_then(|snapshot| beside::entry(snapshot, palette));
        names.splice(place..place, beside);
        legend::names(ui, names.into_iter());
        let Some(snapshot) = snapshot else {
            ui.centered_and_justified(|ui| {
                ui.label(RichText::new(say("No losses yet", "还没有损失")).color(palette.weak))
            });
            return;
        };
        if self.run != Some(snapshot.run) {
            self.run = Some(snapshot.run);
            self.limits.reset();
        }
        self.prepare(&snapshot.curves);
        if score_shown.is_none() {
            self.pins.legend(ui, &snapshot.settings);
        }
        let pinned = self.pins.prepare(&snapshot.settings, self.smoothing);
        let room = ui.available_rect_before_wrap();
        let [room, track] = [room.with_max_y(room.bottom() - HEIGHT), room.with_min_y(room.bottom() - HEIGHT)];
        let place = egui::UiBuilder::new().max_rect(room);
        let axis = ui.scope_builder(place, |ui| self.plot(ui, score_shown, snapshot, live, pinned)).inner;
        if let Some(axis) = axis {
            timeline.ui(ui, track, axis, snapshot, commands);
        }
    }

    /// Draws the lines; says where meta-iterations are.
    fn plot(
        &mut self,
        ui: &mut Ui,
        score: Option<Score>,
        snapshot: &Snapshot,
        live: &LiveSettings,
        pinned: f64,
    ) -> Option<Axis> {
        let palette = Palette::of(ui);
        let prepared = self.prepared.as_ref()?;
        let axis = |plot: &PlotTransform, last: f64| Axis { x: plot.frame().x_range(), last };
        if let Some(Score { name, .. }) = score {
            let marks = marks::with_pending(snapshot, live);
            ui.style_mut().text_styles.insert(egui::TextStyle::Body, small_font());
            let shown = |init| self.is_shown(Series::after(init));
            let plot = scores::ui(ui, name.get(), snapshot, shown, &marks, prepared.last);
            past::veil(ui, &plot, snapshot);
            return Some(axis(&plot, prepared.last.max(10.0)));
        }
        let visible: Vec<_> = prepared.lines.iter().filter(|(series, _)| self.is_shown(*series)).collect();
        let mut values: Vec<f64> =
            visible.iter().flat_map(|(_, lines)| lines).flat_map(|line| &line.smooth).map(|point| point.y).collect();
        // Of an earlier run that went further as much is shown as leaves half of the plot to this one.
        let last = prepared.last.max(10.0);
        let last = last.max(pinned.min(2.0 * last));
        self.beside.prepare(snapshot, self.smoothing, last);
        let pins_shown = [Series::HeldOutBefore, Series::HeldOutAfter].map(|series| self.is_shown(series));
        if !values.is_empty() {
            values.extend(self.pins.values(&snapshot.settings, pins_shown, last));
            values.extend(self.beside.values().filter(|_| self.is_shown(Series::HeldOutAfter)));
        }
        let latest =
            visible.iter().flat_map(|(_, lines)| lines).filter_map(|line| line.smooth.last()).map(|point| point.y);
        match limits::target(&mut values, latest) {
            Some(target) => {
                let since = f64::from(ui.input(|input| input.unstable_dt)).min(LONGEST_STEP);
                if self.limits.ease(target, since) {
                    pacing::move_on(ui.ctx());
                }
            }
            None => {
                let text = match prepared.last > 0.0 {
                    true => say("Every curve is switched off", "所有曲线都已关闭"),
                    false => say("The first losses are coming", "首批损失即将到来"),
                };
                ui.centered_and_justified(|ui| ui.label(RichText::new(text).color(palette.weak)));
                return None;
            }
        }
        let [low, high] = self.limits.shown();
        let marks = marks::with_pending(snapshot, live);
        // Room above the curves for the labels of the marks.
        let labels = if marks.is_empty() { 0.0 } else { f64::from(MARK_LABEL / ui.available_height().max(60.0)) };
        let bounds = PlotBounds::from_min_max([0.0, low], [last, high + labels * (high - low)]);
        let smoothed = self.smoothing > 0.0;
        ui.style_mut().text_styles.insert(egui::TextStyle::Body, small_font());
        let width = ui.available_width();
        let plot = log_plot("task-losses", palette)
            .y_axis_min_width(36.0)
            .x_grid_spacer(|input| even_grid(input.bounds))
            .x_axis_formatter(whole_within(width))
            .label_formatter(hover_text);
        let response = plot.show(ui, |plot| {
            plot.set_plot_bounds(bounds);
            marks::draw(plot, &marks, palette);
            self.pins.draw(plot, &snapshot.settings, pins_shown, palette);
            if self.is_shown(Series::HeldOutAfter) {
                self.beside.draw(plot, palette);
            }
            // Thin lines first, so that the ones that count lie on top.
            for (series, lines) in visible.iter().rev() {
                let (colour, width, dashed) = series.look(palette);
                for line in lines {
                    match &line.raw {
                        Raw::Points(points) if smoothed && !points.is_empty() => {
                            let line = raw_line(*series, points).color(colour.gamma_multiply(0.3));
                            plot.line(line.width(1.0).allow_hover(false));
                        }
                        Raw::Points(_) => {}
                        Raw::Band(band) => plot.add(range(band, colour)),
                    }
                    let style = if dashed { LineStyle::Dashed { length: DASH } } else { LineStyle::Solid };
                    plot.line(raw_line(*series, &line.smooth).color(colour).width(width).style(style));
                }
            }
        });
        past::veil(ui, &response.transform, snapshot);
        response.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, in_words(&visible)));
        Some(axis(&response.transform, last))
    }

    /// What can be chosen of the lines.
    fn menu(&mut self, ui: &mut Ui, scores: bool, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        legend::toggles(ui, &mut self.shown, Self::entries(scores));
        if !scores {
            ui.separator();
            legend::smoothing(ui, &mut self.smoothing);
            self.pin_button(ui, snapshot, commands);
        }
    }

    fn entries(scores: bool) -> &'static [Series] {
        const AFTER: [Series; 3] = [Series::HeldOutAfter, Series::Random, Series::Joint];
        if scores { &AFTER } else { &Series::ALL }
    }

    /// Keeps a run's held-out losses in the plot; `left` is where it was gone on from another way.
    pub fn pin(&mut self, snapshot: &Snapshot, left: Option<u64>) {
        self.pins.add(snapshot, left);
    }

    /// Why no run can be pinned now.
    pub fn why_no_pin(&self, snapshot: Option<&Snapshot>) -> Option<&'static str> {
        match snapshot {
            None => Some(say("There is no run yet", "还没有运行")),
            Some(snapshot) if self.pins.are_full(&snapshot.settings) => Some(say(
                "Five runs are pinned: take one out of the legend first",
                "已固定五次运行：先从图例中移除一次运行",
            )),
            Some(_) => None,
        }
    }

    fn pin_button(&self, ui: &mut Ui, snapshot: Option<&Snapshot>, commands: &mut Commands) {
        let why_not = self.why_no_pin(snapshot);
        let command = UiCommand::Pin;
        let button = egui::Button::new(command.label());
        let response = ui
            .add_enabled(why_not.is_none(), button)
            .on_hover_text(command.tooltip_with_key())
            .on_disabled_hover_text(why_not.unwrap_or_default());
        if response.accessible_name(command.label()).clicked() {
            commands.push(command);
        }
    }

    fn is_shown(&self, series: Series) -> bool {
        Series::ALL.iter().zip(self.shown).any(|(other, shown)| *other == series && shown)
    }

    fn prepare(&mut self, curves: &Arc<Curves>) {
        let smoothing = self.smoothing;
        if self
            .prepared
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(&known.source, curves) && known.smoothing == smoothing)
        {
            return;
        }
        let ends =
            Series::ALL.into_iter().flat_map(|series| series.curves(curves)).filter_map(|curve| curve.points.last());
        let last = ends.map(|point| point.at).fold(0.0, f64::max);
        let window = 0.01 * smoothing * last;
        let lines: Vec<(Series, Vec<Prepared>)> = Series::ALL
            .into_iter()
            .map(|series| {
                let prepare = if series.draws_raw() { series::prepare } else { series::prepare_smooth };
                let prepare = |curve| prepare(curve, last, window, series.columns());
                (series, series.curves(curves).iter().map(prepare).collect())
            })
            .collect();
        self.prepared = Some(PreparedCurves { source: Arc::clone(curves), smoothing, lines, last });
    }
}

fn raw_line(series: Series, points: &[PlotPoint]) -> Line<'_> {
    Line::new(series.label(), PlotPoints::Borrowed(points))
}

/// What a screen reader says about the plot.
fn in_words(lines: &[&(Series, Vec<Prepared>)]) -> String {
    let ends = lines.iter().filter_map(|(series, lines)| {
        let [line] = lines.as_slice() else { return None };
        let loss = numbers::significant(10f64.powf(line.smooth.last()?.y));
        Some(format!("{} {loss}", series.label()))
    });
    let ends = ends.collect::<Vec<_>>().join(say(", ", "，"));
    tell(|| format!("Task losses so far: {ends}"), || format!("到目前为止的任务损失：{ends}"))
}

/// The range of the measurements, behind their average.
fn range(band: &[[f64; 3]], colour: egui::Color32) -> FilledArea {
    let of = |index: usize| band.iter().map(|column| column[index]).collect::<Vec<f64>>();
    FilledArea::new("", &of(0), &of(1), &of(2)).fill_color(colour.gamma_multiply(0.2)).allow_hover(false)
}

fn hover_text(position: &HoverPosition<'_>) -> Option<String> {
    match position {
        HoverPosition::NearDataPoint { plot_name, position, .. } if !plot_name.is_empty() => {
            let loss = numbers::significant(10f64.powf(position.y));
            let at = numbers::thousands(position.x.round() as i64);
            Some(tell(
                || format!("{plot_name} {loss}\nmeta-iteration {at}"),
                || format!("{plot_name} {loss}\n第 {at} 次元迭代"),
            ))
        }
        HoverPosition::NearDataPoint { .. } => None,
        HoverPosition::Elsewhere { position } => Some(numbers::significant(10f64.powf(position.y))),
    }
}
