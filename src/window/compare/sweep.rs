//! The sweep: which two settings, the heat map as it fills, and going on from a cell.

use std::sync::Arc;

use egui::{Button, ComboBox, RichText, Ui, vec2};

use super::progress::{Clock, Counted, Progress};
use super::{Base, Ended, map, no_thread, read_iterations, threads};
use crate::compare::axis::{Axis, AxisError, Range, Swept};
use crate::compare::background::{self, Background, SweepNews};
use crate::compare::sweep::{CellResult, Sweep};
use crate::compare::tables;
use crate::experiment::Experiment;
use crate::images::ImageSet;
use crate::settings::Settings;
use crate::text::{Text, Words, say, tell, text};
use crate::train::trainer::Checkpoint;
use crate::window::commands::{Commands, UiCommand};
use crate::window::notices::Kind;
use crate::window::numbers;
use crate::window::pacing;
use crate::window::theme::{GRID, Palette};
use crate::window::value_field::ValueField;
use crate::window::watching::spot;

/// Numbers of values that an axis can have.
const COUNTS: [usize; 5] = [3, 4, 6, 8, 10];

/// The tab.
pub struct SweepTab {
    axes: [AxisChoice; 2],
    /// Meta-iterations of each cell; `None` for what suits the task family.
    iterations: Option<u64>,
    iterations_field: ValueField,
    running: Option<Background<SweepNews>>,
    shown: Option<Shown>,
    error: Option<Words>,
}

/// A setting and its values as typed.
struct AxisChoice {
    swept: Swept,
    values: String,
    count: usize,
}

/// A sweep and what it found so far.
struct Shown {
    sweep: Arc<Sweep>,
    /// The images of the run that it started from; the cells train on a part of them.
    images: Option<Arc<ImageSet>>,
    clock: Clock,
    results: Vec<Option<CellResult>>,
    checkpoints: Vec<Option<Arc<Checkpoint>>>,
}

impl Default for SweepTab {
    fn default() -> Self {
        Self {
            axes: [AxisChoice::new(Swept::INNER_RATE), AxisChoice::new(Swept::OUTER_RATE)],
            iterations: None,
            iterations_field: ValueField::default(),
            running: None,
            shown: None,
            error: None,
        }
    }
}

impl AxisChoice {
    fn new(swept: Swept) -> Self {
        Self { swept, values: swept.usual_values(), count: 6 }
    }

    fn axis(&self) -> Result<Axis, Words> {
        let range: Result<Range, AxisError> = format!("{}={}", self.swept.id(), self.values).parse();
        Ok(range.map_err(|error| Words::told(|| error.to_string()))?.axis(self.count))
    }

    /// `width` is that of its values.
    fn ui(&mut self, ui: &mut Ui, name: Text, width: f32, settings: &Settings) {
        ui.label(RichText::new(name.get()).color(Palette::of(ui).weak));
        let before = self.swept;
        ComboBox::from_id_salt(("swept", name.en()))
            .width(128.0)
            .selected_text(self.swept.label())
            .show_ui(ui, |ui| {
                for swept in Swept::all() {
                    let reason = swept.why_no_effect(settings);
                    ui.add_enabled_ui(reason.is_none(), |ui| {
                        ui.selectable_value(&mut self.swept, swept, swept.label())
                            .on_disabled_hover_text(reason.map_or("", Text::get));
                    });
                }
            })
            .response
            .on_hover_text(say("The setting that this axis varies", "这条轴所改变的设置"))
            .accessible_name(tell(|| format!("Setting {name}"), || format!("{name}的设置")));
        if self.swept != before {
            self.values = self.swept.usual_values();
        }
        let edit = egui::TextEdit::singleline(&mut self.values)
            .margin(egui::Margin::symmetric(4, 2))
            .align(egui::Align2::LEFT_CENTER);
        ui.add_sized(vec2(width, 6.0 * GRID), edit)
            .on_hover_text(say(
                "Its values: LOW..HIGH, or a list such as 0.01, 0.1, 1",
                "它的取值：下限..上限，或一个列表，如 0.01, 0.1, 1",
            ))
            .accessible_name(tell(|| format!("Values {name}"), || format!("{name}的取值")));
        let list = !self.values.contains("..");
        ui.add_enabled_ui(!list, |ui| {
            ComboBox::from_id_salt(("count", name.en()))
                .width(48.0)
                .selected_text(self.count.to_string())
                .show_ui(ui, |ui| {
                    for count in COUNTS {
                        ui.selectable_value(&mut self.count, count, count.to_string());
                    }
                })
                .response
                .on_hover_text(say(
                    "How many values between the two ends; rates are spaced logarithmically",
                    "两端之间取多少个值；学习率按对数间隔",
                ))
                .on_disabled_hover_text(say("A list has its own values", "列表有自己的取值"))
                .accessible_name(tell(|| format!("Number {name}"), || format!("{name}的个数")));
        });
        ui.end_row();
    }
}

impl SweepTab {
    /// Takes what finished since the last frame; what is said if that was the end.
    pub fn receive(&mut self) -> Ended {
        let running = self.running.as_ref()?;
        let mut ended = None;
        for news in running.take() {
            match news {
                SweepNews::Cell(cell, result, checkpoint) => {
                    if let Some(shown) = &mut self.shown {
                        shown.results[cell] = Some(result);
                        shown.checkpoints[cell] = Some(checkpoint);
                        shown.clock.note(shown.results.iter().flatten().count() as u64);
                    }
                }
                SweepNews::Done => {
                    let text = text("The sweep is finished: see Sweep and race", "参数扫描已完成：在“批量实验”中查看");
                    ended = Some((Kind::Done, text.into()));
                }
                SweepNews::Failed(error) => {
                    let text = Words::told(|| {
                        tell(|| format!("The sweep stopped: {error}"), || format!("参数扫描已停止：{error}"))
                    });
                    self.error = Some(text.clone());
                    ended = Some((Kind::Error, text));
                }
            }
        }
        if ended.is_some() {
            self.running = None;
        }
        ended
    }

    /// The cells that are finished, in CSV, if any is.
    pub fn table(&self) -> Option<Vec<u8>> {
        let shown = self.shown.as_ref().filter(|_| self.has_found())?;
        tables::sweep(&shown.sweep, &shown.results).ok()
    }

    /// Whether a cell is finished.
    pub fn has_found(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.results.iter().any(Option::is_some))
    }

    /// How far it is, if it runs.
    pub fn progress(&self) -> Option<Progress> {
        let shown = self.shown.as_ref().filter(|_| self.running.is_some())?;
        Some(shown.clock.progress(Counted::Cells, shown.results.len() as u64, threads() as u64))
    }

    /// Draws the tab.
    pub fn ui(&mut self, ui: &mut Ui, base: Base<'_>, commands: &mut Commands) {
        let palette = Palette::of(ui);
        let idle = self.running.is_none();
        let mut iterations = self.iterations.unwrap_or(base.settings.run.tasks.card().usual_iterations[0]);
        ui.add_enabled_ui(idle, |ui| {
            // What stands beside the values in their row.
            let width = (ui.available_width() - 270.0).clamp(80.0, 280.0);
            egui::Grid::new("sweep-axes").num_columns(4).show(ui, |ui| {
                let [x, y] = &mut self.axes;
                x.ui(ui, text("across", "横轴"), width, base.settings);
                y.ui(ui, text("upwards", "纵轴"), width, base.settings);
            });
        });
        ui.horizontal(|ui| {
            ui.label(RichText::new(say("Meta-iterations of each cell", "每格的元迭代数")).color(palette.weak));
            ui.add_enabled_ui(idle, |ui| {
                let shown = numbers::thousands(iterations);
                let name = say("Meta-iterations", "元迭代数");
                let (response, typed) = self.iterations_field.ui(ui, name, 64.0, &shown, read_iterations);
                response.on_hover_text(say(
                    "How long each cell trains before it is judged on the validation tasks",
                    "每格训练多久，然后在验证任务上评判",
                ));
                if let Some(typed) = typed {
                    self.iterations = Some(typed);
                    iterations = typed;
                }
            });
            if idle {
                let start = ui.button(say("Start sweep", "开始扫描")).on_hover_text(say(
                    "Trains every cell from the same seed, in the background; the run in the window goes on",
                    "在后台用相同的随机种子训练每一格；窗口中的运行照常进行",
                ));
                spot(ui.ctx(), "Start sweep", start.rect);
                if start.clicked() {
                    self.start(ui, base, iterations);
                }
            } else {
                let about = say("Keeps the cells that are finished", "保留已完成的格");
                if ui.button(say("Stop", "停止")).on_hover_text(about).clicked() {
                    self.running = None;
                }
            }
            self.use_best(ui, base, commands);
        });
        self.iterations_field.error_ui(ui);
        if let Some(error) = &self.error {
            ui.add(egui::Label::new(RichText::new(error.get()).color(palette.as_text(palette.danger))).wrap());
        }
        ui.add_space(GRID);
        let Some(shown) = &self.shown else {
            let text = say(
                "Each cell will be a run of its own, coloured by its loss on validation tasks:\n\
                 tasks that are neither trained on nor shown in the film-strip.",
                "每格是一次单独的运行，按验证任务上的损失着色：\n这些任务既不用于训练，也不在胶片条中显示。",
            );
            ui.centered_and_justified(|ui| ui.label(RichText::new(text).color(palette.weak)));
            return;
        };
        progress(ui, shown, self.progress());
        let rect = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(rect);
        if let Some(cell) = map::ui(ui, rect, &shown.sweep, &shown.results) {
            go_on(shown, cell, base, commands);
        }
    }

    fn use_best(&mut self, ui: &mut Ui, base: Base<'_>, commands: &mut Commands) {
        let best = self.shown.as_ref().and_then(|shown| Some((shown, shown.sweep.best(&shown.results)?)));
        let response = ui
            .add_enabled(best.is_some(), Button::new(say("Use the best", "采用最佳")))
            .on_hover_text(say(
                "Goes on from the cell with the lowest loss on the validation tasks",
                "从验证任务上损失最低的一格继续",
            ))
            .on_disabled_hover_text(say("No cell is finished yet", "还没有完成的格"));
        if let (true, Some((shown, cell))) = (response.clicked(), best) {
            go_on(shown, cell, base, commands);
        }
    }

    fn start(&mut self, ui: &Ui, base: Base<'_>, iterations: u64) {
        self.error = None;
        let wake = pacing::waker(ui.ctx());
        let started = self.plan(base, iterations).and_then(|sweep| {
            let sweep = Arc::new(sweep);
            let running = background::sweep(sweep.clone(), threads(), wake).map_err(|error| no_thread(&error))?;
            Ok((sweep, running))
        });
        match started {
            Err(error) => self.error = Some(error),
            Ok((sweep, running)) => {
                let cells = sweep.cells();
                let images = base.images.cloned();
                let (results, checkpoints) = (vec![None; cells], vec![None; cells]);
                self.shown = Some(Shown { sweep, images, clock: Clock::start(), results, checkpoints });
                self.running = Some(running);
            }
        }
    }

    fn plan(&self, base: Base<'_>, iterations: u64) -> Result<Sweep, Words> {
        base.check_images()?;
        let [x, y] = &self.axes;
        let axes = [x.axis()?, y.axis()?];
        let experiment = Experiment { settings: base.settings.clone(), ..Experiment::default() };
        Sweep::new(&experiment, axes, iterations, base.images.cloned())
            .map_err(|error| Words::told(|| error.to_string()))
    }
}

/// The cell's settings and what it learned, in the window's run.
fn go_on(shown: &Shown, cell: usize, base: Base<'_>, commands: &mut Commands) {
    let Some(checkpoint) = &shown.checkpoints[cell] else { return };
    let mut settings = shown.sweep.settings(cell);
    settings.run.held_out_tasks = base.settings.run.held_out_tasks;
    commands.push(UiCommand::ContinueFrom(Box::new(settings), shown.images.clone(), checkpoint.clone()));
}

fn progress(ui: &mut Ui, shown: &Shown, running: Option<Progress>) {
    let palette = Palette::of(ui);
    let done = shown.results.iter().flatten().count();
    let diverged = shown.results.iter().flatten().filter(|result| result.loss.is_none()).count();
    let run = &shown.sweep.base().run;
    let all = shown.results.len();
    let mut text = tell(|| format!("{done} of {all} cells"), || format!("已完成 {done} / {all} 格"));
    if let Some(left) = running.and_then(|running| running.left()) {
        text += &format!(" · {left}");
    }
    if diverged > 0 {
        text += &tell(|| format!(" · {diverged} diverged (hatched)"), || format!(" · {diverged} 格发散（斜线）"));
    }
    let (tasks, each) = (run.tasks.label(), numbers::thousands(shown.sweep.iterations()));
    text += &tell(
        || format!(" · {tasks} · {each} meta-iterations each · ring: the settings at the start"),
        || format!(" · {tasks} · 每格 {each} 次元迭代 · 圆环：开始时的设置"),
    );
    ui.horizontal(|ui| {
        if running.is_some() {
            ui.add(egui::Spinner::new().size(12.0));
        }
        ui.label(RichText::new(text).small().color(palette.weak));
    });
}
