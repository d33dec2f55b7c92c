//! What the tasks are judged by beside their losses, over meta-iterations: shares in percent.

use egui::{Role, Ui, WidgetInfo};
use egui_plot::{GridMark, HoverPosition, Line, LineStyle, Plot, PlotBounds, PlotPoints, PlotTransform};

use super::grid::whole_within;
use super::{even_grid, fixed, marks};
use crate::text::{say, tell};
use crate::train::snapshot::{Curve, Init, KnobMark, Snapshot};
use crate::window::numbers;
use crate::window::theme::{Palette, init_label};

/// Points of a line, about.
const POINTS: usize = 300;
/// Room below 0 % for its label.
const BOTTOM: f64 = -6.0;
/// Room above 100 % for the labels of marks.
const TOP: f64 = 112.0;

/// In less height there is room for few numbers.
const LOW: f32 = 160.0;

/// Draws them in all the space that is left, for meta-iterations up to `last`; says where the plot is.
pub fn ui(
    ui: &mut Ui,
    name: &str,
    snapshot: &Snapshot,
    shown: impl Fn(Init) -> bool,
    marks: &[KnobMark],
    last: f64,
) -> PlotTransform {
    let palette = Palette::of(ui);
    let lines: Vec<(Init, Vec<[f64; 2]>)> = Init::ALL
        .into_iter()
        .filter(|&init| shown(init))
        .map(|init| (init, points(&snapshot.curves.scores[init as usize])))
        .collect();
    let every = if ui.available_height() < LOW { 50 } else { 20 };
    let width = ui.available_width();
    let plot = fixed(Plot::new("task-scores"))
        .grid_color(palette.line)
        .y_axis_min_width(36.0)
        .x_grid_spacer(|input| even_grid(input.bounds))
        .y_grid_spacer(move |_| marks_every(every))
        .y_axis_formatter(|mark, _| if mark.value > 100.5 { String::new() } else { format!("{:.0} %", mark.value) })
        .x_axis_formatter(whole_within(width))
        .label_formatter(|position: &HoverPosition<'_>| match position {
            HoverPosition::NearDataPoint { plot_name, position, .. } if !plot_name.is_empty() => {
                let at = numbers::thousands(position.x.round() as i64);
                let share = position.y;
                Some(tell(
                    || format!("{plot_name} {share:.0} %\nmeta-iteration {at}"),
                    || format!("{plot_name} {share:.0} %\n第 {at} 次元迭代"),
                ))
            }
            HoverPosition::NearDataPoint { .. } => None,
            HoverPosition::Elsewhere { position } => Some(format!("{:.0} %", position.y)),
        });
    let response = plot.show(ui, |plot| {
        plot.set_plot_bounds(PlotBounds::from_min_max([0.0, BOTTOM], [last.max(10.0), TOP]));
        marks::draw(plot, marks, palette);
        if let Some(run) = &snapshot.beside {
            let name = run.settings.run.algorithm.label();
            let line = Line::new(name, PlotPoints::from(points(&run.curves.scores[Init::Learned as usize])));
            plot.line(line.color(palette.adapted).width(2.4).style(LineStyle::Dashed { length: 6.0 }));
        }
        for (init, points) in lines.iter().rev() {
            let width = if *init == Init::Learned { 2.4 } else { 1.6 };
            let init_name = init_label(*init);
            let name = tell(|| format!("{name}, {init_name}"), || format!("{name}，{init_name}"));
            plot.line(Line::new(name, PlotPoints::from(points.clone())).color(palette.init(*init)).width(width));
        }
    });
    let ends = lines.iter().filter_map(|(init, points)| Some((init_label(*init), points.last()?[1])));
    let ends = || ends.clone().map(|(init, end)| format!("{init} {end:.0} %")).collect::<Vec<_>>();
    let about = || {
        let ends = ends().join(say(", ", "，"));
        tell(|| format!("{name} so far: {ends}"), || format!("到目前为止的{name}：{ends}"))
    };
    response.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, about()));
    response.transform
}

/// A line at each of these shares.
fn marks_every(percent: usize) -> Vec<GridMark> {
    (0..=100).step_by(percent).map(|value| GridMark { value: f64::from(value), step_size: percent as f64 }).collect()
}

/// A curve in percent, of many points only so many as can be told apart and the last.
fn points(curve: &Curve) -> Vec<[f64; 2]> {
    let every = (curve.points.len() / POINTS).max(1);
    let last = curve.points.len().saturating_sub(1);
    let kept = curve.points.iter().enumerate().filter(|(index, _)| index % every == 0 || *index == last);
    kept.map(|(_, point)| [point.at, 100.0 * f64::from(point.mean)]).collect()
}
