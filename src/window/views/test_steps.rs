//! Losses of held-out tasks over many more steps than were trained for: where more adaptation does harm.

use std::sync::Arc;

use egui::{Align2, Color32, RichText, Role, Ui, WidgetInfo};
use egui_plot::{
    HoverPosition, Line, LineStyle, MarkerShape, PlotBounds, PlotPoint, PlotPoints, PlotUi, Points, Text, VLine,
};

use super::{LARGE_TEXT, View, font, line, lines, nothing, toggles};
use crate::text::{say, tell, text};
use crate::train::snapshot::{Init, Snapshot};
use crate::train::views::{Adapted, Focus, TestSteps};
use crate::window::losses::{half_decades, log, log_plot};
use crate::window::numbers;
use crate::window::theme::{Palette, SMALL_TEXT, init_label};

/// From so many times the least mean query loss on, the one at the end has risen.
const RISEN: f64 = 1.05;

/// The view.
pub struct TestStepsView {
    shown: [bool; 3],
    run: u64,
    prepared: Option<Prepared>,
}

impl Default for TestStepsView {
    fn default() -> Self {
        Self { shown: [true; 3], run: 0, prepared: None }
    }
}

/// Made once for each study; decimal logarithms by inner step.
struct Prepared {
    source: Arc<TestSteps>,
    lines: [Lines; 3],
}

struct Lines {
    query: Vec<PlotPoint>,
    support: Vec<PlotPoint>,
    /// The query losses of each task.
    tasks: Vec<Vec<PlotPoint>>,
}

impl View for TestStepsView {
    fn look(&self, focus: &mut Focus) {
        focus.test_steps = true;
    }

    fn ui(&mut self, ui: &mut Ui, snapshot: Option<&Snapshot>, large: bool) {
        let found = snapshot.and_then(|snapshot| snapshot.closeups.test_steps.as_ref());
        self.prepare(snapshot.map_or(0, |snapshot| snapshot.run), found);
        let Some(prepared) = &self.prepared else {
            let text = say(
                "Held-out tasks are being adapted to, which a pause makes faster",
                "正在适应留出任务；暂停会快一些",
            );
            return nothing(ui, text, large);
        };
        let palette = Palette::of(ui);
        let found = &prepared.source;
        toggles(ui, &mut self.shown, large);
        let about = say(
            "Strong lines are means, solid of the query loss and dashed of the support loss; thin lines are the query losses of single tasks",
            "粗线是平均值，实线为查询损失，虚线为支持集损失；细线是单个任务的查询损失",
        );
        let points = query_points(found);
        let outdated = snapshot.is_some_and(|snapshot| is_outdated(found, snapshot));
        let weak = if outdated { palette.as_text(palette.query) } else { palette.weak };
        let when = when(found, outdated);
        let stop = say(". ", "。");
        let about = points.iter().fold(about.to_owned(), |about, points| format!("{about}{stop}{points}"));
        let shown = Init::ALL.into_iter().zip(self.shown).filter(|(_, shown)| *shown).map(|(init, _)| init);
        if large {
            for init in shown.filter(|init| !found.adapted[*init as usize].mean_query.is_empty()) {
                let text = verdict(init, &found.adapted[init as usize], found.tasks);
                lines(ui, RichText::new(text).color(palette.as_text(palette.init(init))), large, &about);
            }
            let marks = say(
                "Solid: query loss, dashed: support loss, thin: single tasks",
                "实线：查询损失，虚线：支持集损失，细线：单个任务",
            );
            let text = points.iter().fold(marks.to_owned(), |text, points| format!("{text}{stop}{points}"));
            line(ui, RichText::new(text).color(palette.weak), large, &about);
            line(ui, RichText::new(when).color(weak), large, &about);
        } else {
            let verdict = verdict(Init::Learned, &found.adapted[0], found.tasks);
            let (text, about) = if outdated { (when, verdict) } else { (verdict, format!("{about}{stop}{when}")) };
            line(ui, RichText::new(text).color(weak), large, &about);
        }
        self.plot(ui, prepared, large);
    }
}

impl TestStepsView {
    fn prepare(&mut self, run: u64, found: Option<&Arc<TestSteps>>) {
        if run != self.run {
            (self.run, self.prepared) = (run, None);
        }
        let Some(found) = found else { return };
        let new = self.prepared.as_ref().is_none_or(|known| !Arc::ptr_eq(&known.source, found));
        if new && !found.adapted[0].mean_query.is_empty() {
            let lines = found.adapted.each_ref().map(|adapted| Lines {
                query: points(adapted.mean_query.iter().copied()),
                support: points(adapted.mean_support.iter().copied()),
                tasks: adapted.query.iter().map(|task| points(task.iter().copied().map(f64::from))).collect(),
            });
            self.prepared = Some(Prepared { source: Arc::clone(found), lines });
        }
    }

    fn plot(&self, ui: &mut Ui, prepared: &Prepared, large: bool) {
        let palette = Palette::of(ui);
        let shown: Vec<_> = Init::ALL.into_iter().filter(|init| self.shown[*init as usize]).collect();
        let lines = shown.iter().map(|init| &prepared.lines[*init as usize]);
        let means = lines.flat_map(|lines| lines.query.iter().chain(&lines.support));
        let Some([low, high]) = half_decades(means.map(|point| point.y)) else {
            let text = match shown.is_empty() {
                true => say("Every line is switched off", "所有曲线都已关闭"),
                false => say("Every loss overflowed", "所有损失都已溢出"),
            };
            return nothing(ui, text, large);
        };
        let trained = prepared.source.trained_steps as f64;
        let bounds = PlotBounds::from_min_max([0.0, low], [TestSteps::STEPS as f64, high]);
        ui.style_mut().text_styles.insert(egui::TextStyle::Body, font(large));
        let plot = log_plot("test-steps", palette)
            .y_axis_min_width(if large { 56.0 } else { 40.0 })
            .x_axis_formatter(|mark, _| numbers::thousands(mark.value.round() as i64))
            .label_formatter(hover_text)
            .show(ui, |plot| {
                plot.set_plot_bounds(bounds);
                plot.vline(
                    VLine::new("", trained).color(palette.accent.gamma_multiply(0.55)).width(1.0).allow_hover(false),
                );
                let text = RichText::new(format!("K = {trained}")).size(if large { LARGE_TEXT } else { SMALL_TEXT });
                let position = PlotPoint::new(trained + 0.4, high);
                plot.text(
                    Text::new("", position, text).color(palette.accent).anchor(Align2::LEFT_TOP).allow_hover(false),
                );
                for &init in shown.iter().rev() {
                    let (lines, adapted) = (&prepared.lines[init as usize], &prepared.source.adapted[init as usize]);
                    draw(plot, init_label(init), lines, adapted.turning, palette.init(init), large);
                }
            });
        let found = &prepared.source;
        let verdicts = || shown.iter().map(|init| verdict(*init, &found.adapted[*init as usize], found.tasks));
        let name = || verdicts().collect::<Vec<_>>().join(say(". ", "。"));
        plot.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name()));
    }
}

fn draw<'a>(
    plot: &mut PlotUi<'a>,
    name: &'static str,
    lines: &'a Lines,
    turning: Option<usize>,
    colour: Color32,
    large: bool,
) {
    let width = if large { 3.5 } else { 2.0 };
    for task in &lines.tasks {
        let line = Line::new("", PlotPoints::Borrowed(task)).color(colour.gamma_multiply(0.3)).width(0.4 * width);
        plot.line(line.allow_hover(false));
    }
    let dashed = LineStyle::Dashed { length: 5.0 };
    let support = tell(|| format!("{name}, support"), || format!("{name}，支持集"));
    let support = Line::new(support, PlotPoints::Borrowed(&lines.support)).style(dashed);
    plot.line(support.color(colour.gamma_multiply(0.8)).width(0.6 * width));
    let query = tell(|| format!("{name}, query"), || format!("{name}，查询集"));
    plot.line(Line::new(query, PlotPoints::Borrowed(&lines.query)).color(colour).width(width));
    if let Some(point) = turning.and_then(|step| lines.query.get(step)) {
        let name = tell(|| format!("{name}: smallest query loss"), || format!("{name}：最小的查询损失"));
        let mark = Points::new(name, vec![[point.x, point.y]]);
        plot.points(mark.shape(MarkerShape::Diamond).radius(2.5 * width).color(colour));
    }
}

/// Decimal logarithms up to the first value that overflowed.
fn points(losses: impl Iterator<Item = f64>) -> Vec<PlotPoint> {
    let finite = losses.enumerate().take_while(|(_, loss)| loss.is_finite());
    finite.map(|(step, loss)| PlotPoint::new(step as f64, log(loss))).collect()
}

/// Whether α or K was turned since.
fn is_outdated(found: &TestSteps, snapshot: &Snapshot) -> bool {
    let live = &snapshot.settings.live;
    (found.inner_rate, found.trained_steps) != (live.inner_rate, live.inner_steps)
}

/// When it was measured.
fn when(found: &TestSteps, outdated: bool) -> String {
    let at = numbers::thousands(found.meta_iteration);
    tell(
        || {
            let then = if outdated { ", before a knob was turned: being measured again" } else { "" };
            format!("Measured at meta-iteration {at}{then}")
        },
        || {
            let then = if outdated { "，在旋钮转动之前；正在重新测量" } else { "" };
            format!("在第 {at} 次元迭代测得{then}")
        },
    )
}

/// At how many points query losses are measured, where that is not all of them.
fn query_points(found: &TestSteps) -> Option<String> {
    let [some, all] = found.query_points;
    let [few, of] = [some, all].map(numbers::thousands);
    let text = || {
        tell(
            || format!("Query losses are measured at {few} of {of} points"),
            || format!("查询损失在 {of} 个点中的 {few} 个上测量"),
        )
    };
    (some < all).then(text)
}

fn steps(count: usize) -> String {
    numbers::plural(count, "step", "steps")
}

/// Where the mean query loss over all tasks is smallest, or how far it has come.
fn verdict(init: Init, adapted: &Adapted, tasks: usize) -> String {
    let name = init_label(init);
    let last = adapted.mean_query.len().saturating_sub(1);
    let done = adapted.query.len();
    if done < tasks {
        let loss = adapted.mean_query.last().copied().filter(|loss| loss.is_finite()).map(numbers::significant);
        return tell(
            || {
                let loss = loss.as_deref().unwrap_or("has overflowed");
                let of = if done == 0 { "the first".to_owned() } else { format!("the mean of {done}") };
                format!("{name}: query loss {loss} after {}, {of} of {tasks} tasks so far", steps(last))
            },
            || {
                let loss = loss.as_ref().map_or_else(|| "已溢出".to_owned(), |loss| format!("为 {loss}"));
                let of = if done == 0 { "第一个".to_owned() } else { format!(" {done} 个的平均") };
                format!("{name}：{last} 步之后查询损失{loss}，目前只算了 {tasks} 个任务中的{of}")
            },
        );
    }
    if let Some(step) = adapted.turning {
        let [least, end] = [step, last].map(|step| adapted.mean_query.get(step).copied().unwrap_or(f64::INFINITY));
        if !end.is_finite() {
            let least = numbers::significant(least);
            return tell(
                || format!("{name}: query loss lowest after {} ({least}), then it diverges", steps(step)),
                || format!("{name}：查询损失第 {step} 步最低（{least}），之后发散"),
            );
        }
        let then = match (end >= RISEN * least, adapted.overfits) {
            (false, _) => text("it hardly changes", "基本不变"),
            (true, true) => text("it overfits", "已经过拟合"),
            (true, false) => text("it rises", "有所上升"),
        };
        let [least, end] = [least, end].map(numbers::significant);
        return tell(
            || format!("{name}: query loss lowest after {} ({least}), {end} after {last}: {then}", steps(step)),
            || format!("{name}：查询损失第 {step} 步最低（{least}），到第 {last} 步为 {end}，{then}"),
        );
    }
    match adapted.mean_query.last() {
        Some(loss) if loss.is_finite() => {
            let loss = numbers::significant(*loss);
            tell(
                || format!("{name}: query loss is smallest at the end, {loss} after {}", steps(last)),
                || format!("{name}：查询损失在最后最小，{last} 步之后为 {loss}"),
            )
        }
        _ => tell(|| format!("{name}: adaptation overflowed"), || format!("{name}：适应过程溢出")),
    }
}

fn hover_text(position: &HoverPosition<'_>) -> Option<String> {
    match position {
        HoverPosition::NearDataPoint { plot_name, position, .. } if !plot_name.is_empty() => {
            let loss = numbers::significant(10f64.powf(position.y));
            let step = position.x.round();
            Some(tell(
                || format!("{plot_name} {loss}\nafter {}", steps(step as usize)),
                || format!("{plot_name} {loss}\n{step} 步之后"),
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let adapted = |mean_query: Vec<f64>, turning| Adapted { mean_query, turning, ..Adapted::default() };
        let cases = [
            (adapted(vec![1.0, 0.5, 0.8], Some(1)), "query loss lowest after 1 step (0.500), 0.800 after 2: it rises"),
            (
                Adapted { overfits: true, ..adapted(vec![1.0, 0.5, 0.8], Some(1)) },
                "query loss lowest after 1 step (0.500), 0.800 after 2: it overfits",
            ),
            (
                Adapted { overfits: true, ..adapted(vec![1.0, 0.5, 0.51], Some(1)) },
                "query loss lowest after 1 step (0.500), 0.510 after 2: it hardly changes",
            ),
            (adapted(vec![1.0, 0.5, f64::INFINITY], Some(1)), "lowest after 1 step (0.500), then it diverges"),
            (adapted(vec![1.0, 0.5], None), "smallest at the end, 0.500 after 1 step"),
            (adapted(vec![1.0, f64::INFINITY], None), "overflowed"),
        ];
        for (adapted, text) in cases {
            let said = verdict(Init::Learned, &adapted, 0);
            assert!(said.contains(text), "{said}");
            // As long as tasks are missing, only how far it has come.
            let said = verdict(Init::Learned, &adapted, 3);
            assert!(said.contains("the first of 3 tasks so far") && !said.contains("smallest"), "{said}");
        }
        let one = Adapted { query: vec![vec![1.0, 0.5]], mean_query: vec![1.0, 0.5], ..Adapted::default() };
        assert!(verdict(Init::Random, &one, 4).contains("0.500 after 1 step, the mean of 1 of 4 tasks so far"));
        assert_eq!(points([1.0, 0.1, f64::INFINITY, 1.0].into_iter()).len(), 2);
    }
}
