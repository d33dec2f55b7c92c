//! Slow motion: the tasks of one meta-iteration, and how far each has come.

mod flow;

use egui::{Align2, Mesh, Pos2, Rect, RichText, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::atlas::{self, Atlas, Slot};
use super::cells::{caption, describe, place, snap};
use super::grid::CAPTION;
use super::panel;
use super::plots::CommonRange;
use super::rows::Rows;
use super::steps;
use crate::text::{say, tell};
use crate::train::snapshot::{Init, ProbeTask};
use crate::train::walk::{Passage, Route, SubStep, Walk};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette, small_font};
use crate::window::tooltip;

/// Width of the column with the tasks' names.
const LABEL: f32 = 124.0;
/// Width of a column of numbers.
const NUMBERS: f32 = 104.0;
/// Height of the line with the names of the columns, and of the last line.
const LINE: f32 = 20.0;
/// Space between cells.
const GAP: f32 = 8.0;
/// Lower rows cannot be read: fewer tasks are shown at a time.
const LOWEST: f32 = 86.0;

/// The view, and the texture that it draws from.
#[derive(Default)]
pub struct WalkView {
    atlas: Option<Atlas>,
}

/// How far a task has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Reached {
    /// Columns k = 0 … that are there.
    states: usize,
    query: bool,
    back: bool,
}

impl Reached {
    fn of(walk: &Walk, task: usize) -> Self {
        let done = walk.ground.sub_steps.iter().take(walk.at + 1);
        done.fold(Self { states: 1, query: false, back: false }, |reached, &sub_step| match sub_step {
            SubStep::Inner { task: of, .. } if of == task => Self { states: reached.states + 1, ..reached },
            SubStep::Query { task: of } if of == task => Self { query: true, ..reached },
            SubStep::Back { task: of } if of == task => Self { back: true, ..reached },
            _ => reached,
        })
    }
}

/// Where everything goes.
struct Table {
    origin: Pos2,
    steps: Vec<usize>,
    cell: egui::Vec2,
    row: f32,
    /// The tasks that are shown at the moment.
    tasks: std::ops::Range<usize>,
}

impl Table {
    fn fit(room: Rect, walk: &Walk) -> Self {
        let ground = &walk.ground;
        let height = room.height() - 2.0 * LINE;
        let all = ground.shown.tasks.len().max(1);
        let rows = ((height / LOWEST).floor() as usize).clamp(1, all);
        let present = match walk.now() {
            SubStep::Draw => 0,
            SubStep::Inner { task, .. } | SubStep::Query { task } | SubStep::Back { task } => task,
            SubStep::Others | SubStep::Outer => all - 1,
        };
        let first = (present + 1).saturating_sub(rows);
        let row = (height / rows as f32).max(CAPTION + 24.0);
        let side = (row - CAPTION - GRID).max(20.0);
        let width = room.width() - LABEL - 2.0 * NUMBERS;
        let last = ground.passages.iter().map(|passage| passage.moved.len()).max().unwrap_or(0);
        let cell = match ground.shown.tasks.iter().find_map(atlas::picture_size) {
            Some([across, _]) => {
                // Whole multiples of the pixels, where there is room for one.
                let (pixels, side) = (across.max(1) as f32, side.min(0.5 * width));
                let side = if side >= pixels { (side / pixels).floor() * pixels } else { side };
                vec2(side, side)
            }
            None => vec2((width / (last + 2) as f32 - GAP).clamp(side.min(96.0), 2.0 * side), side),
        };
        let columns = ((width / (cell.x + GAP)).floor() as usize).saturating_sub(1).max(2);
        Self { origin: room.min, steps: steps::choose(last, columns), cell, row, tasks: first..first + rows }
    }

    /// Column 0 is the task, the others are the steps.
    fn left(&self, column: usize) -> f32 {
        self.origin.x + LABEL + column as f32 * (self.cell.x + GAP)
    }

    fn cell(&self, ui: &Ui, task: usize, column: usize) -> Rect {
        let top = self.origin.y + LINE + (task - self.tasks.start) as f32 * self.row;
        Rect::from_min_size(snap(ui, pos2(self.left(column), top)), self.cell)
    }

    /// The columns of numbers: query loss, direction.
    fn numbers(&self, ui: &Ui, task: usize, which: usize) -> Rect {
        let first = self.cell(ui, task, self.steps.len() + 1);
        let left = first.left() + GRID + which as f32 * NUMBERS;
        Rect::from_min_size(pos2(left, first.top()), vec2(NUMBERS - GAP, self.cell.y))
    }
}

impl WalkView {
    /// Draws it in all the space that is left.
    pub fn ui(&mut self, ui: &mut Ui, walk: &Walk) {
        let palette = Palette::of(ui);
        flow::ui(ui, walk);
        let room = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(room);
        let table = Table::fit(room, walk);
        let pictures = walk.ground.shown.tasks.iter().any(|task| atlas::picture_size(task).is_some());
        self.atlas = pictures.then(|| {
            let dark = ui.visuals().dark_mode;
            Atlas::update(self.atlas.take(), ui.ctx(), &Rows::alone(&walk.ground.shown), &table.steps, dark, palette)
        });
        headers(ui, &table, walk.ground.route);
        let mut mesh = self.atlas.as_ref().map(|atlas| Mesh::with_texture(atlas.id()));
        let tasks = walk.ground.shown.tasks.iter().zip(&walk.ground.passages).enumerate();
        for (index, (task, passage)) in tasks.filter(|(index, _)| table.tasks.contains(index)) {
            self.task(ui, &table, walk, (index, task, passage), &mut mesh);
        }
        if let Some(mesh) = mesh {
            ui.painter().add(mesh);
        }
        last_line(ui, &table, walk, room);
    }

    fn task(
        &self,
        ui: &mut Ui,
        table: &Table,
        walk: &Walk,
        (index, task, passage): (usize, &ProbeTask, &Passage),
        mesh: &mut Option<Mesh>,
    ) {
        let palette = Palette::of(ui);
        let reached = Reached::of(walk, index);
        let trace = &task.traces[Init::Learned as usize];
        let now = walk.now();
        let mine = matches!(now, SubStep::Inner { task, .. } | SubStep::Query { task } | SubStep::Back { task } if task == index);
        let target = table.cell(ui, index, 0);
        let label = Rect::from_min_max(pos2(table.origin.x, target.top()), pos2(target.left() - GAP, target.bottom()));
        let bar = Rect::from_min_size(label.min, vec2(3.0, label.height()));
        ui.painter().rect_filled(bar, 1.0, if mine { palette.accent } else { palette.line });
        place(ui, label.with_min_x(label.left() + 2.5 * GRID), |ui| {
            ui.vertical(|ui| {
                ui.label(tell(|| format!("Task {}", index + 1), || format!("任务 {}", index + 1)))
                    .on_hover_text(say("A training task of this meta-batch", "这个元批次中的一个训练任务"));
                let name = RichText::new(task.name.get()).small().color(palette.weak);
                tooltip::line(ui, name, "");
            });
        });
        let common = CommonRange::of(task, &table.steps);
        let picture = |mesh: &mut Option<Mesh>, rect, slot| {
            if let (Some(atlas), Some(mesh)) = (&self.atlas, mesh) {
                mesh.add_rect_with_uv(rect, atlas.uv(index, slot), egui::Color32::WHITE);
            }
        };
        if let Some(given) = task.given.first() {
            let picture = |rect| picture(mesh, rect, Slot::Given(0));
            panel::draw(ui.painter(), target, &given.panel, &common, (palette.query, palette), picture);
        }
        for (column, &step) in table.steps.iter().enumerate() {
            let rect = table.cell(ui, index, column + 1);
            if step >= reached.states {
                ui.painter().rect_stroke(rect, 0.0, Stroke::new(1.0, palette.line), StrokeKind::Inside);
                continue;
            }
            let colour = palette.init(Init::Learned);
            if let Some(output) = trace.outputs.get(step) {
                let picture = |rect| picture(mesh, rect, Slot::Output(Init::Learned as usize, column));
                panel::draw(ui.painter(), rect, output, &common, (colour, palette), picture);
            }
            // On what the step to it went by: with mini-batches each step has its own.
            let loss = match step.checked_sub(1) {
                Some(before) => passage.after.get(before),
                None => trace.support_loss.first(),
            };
            let loss = loss.map_or_else(|| "-".to_owned(), |loss| number(*loss));
            caption(ui, rect, rect.width(), &loss, if step == 0 { palette.weak } else { palette.text });
            let moved = step.checked_sub(1).and_then(|before| passage.moved.get(before));
            let moved = moved.map_or_else(String::new, |moved| {
                let moved = number(*moved);
                tell(|| format!("\nThis step moved θ by {moved}"), || format!("\n这一步使 θ 移动了 {moved}"))
            });
            let about = tell(
                || format!("Loss on the support of this step {loss}{moved}"),
                || format!("这一步所用支持集上的损失 {loss}{moved}"),
            );
            let name = || {
                let task = index + 1;
                tell(|| format!("task {task} k = {step} {loss}"), || format!("任务 {task} k = {step} {loss}"))
            };
            describe(ui, rect, name, || about);
            let current = match now {
                SubStep::Inner { task, step: inner } => task == index && inner + 1 == step,
                SubStep::Draw => step == 0,
                _ => false,
            };
            if current {
                let outline = Stroke::new(2.0, palette.accent);
                ui.painter().rect_stroke(rect.expand(2.0), 0.0, outline, StrokeKind::Outside);
            }
        }
        let end = trace.query_loss.len().saturating_sub(1);
        let at = |k: usize| trace.query_loss.get(k).map_or_else(|| "-".to_owned(), |loss| number(*loss));
        let query = reached
            .query
            .then(|| [format!("{} → {}", at(0), at(end)), say("before → after", "适应前 → 后").to_owned()]);
        let back = reached.back.then(|| {
            let from = number(passage.query_gradient);
            [format!("{from} → {}", number(passage.direction)), back_words(walk.ground.route).to_owned()]
        });
        let lines = [
            (query, matches!(now, SubStep::Query { task } if task == index), say("query loss", "查询损失")),
            (back, matches!(now, SubStep::Back { task } if task == index), say("direction", "方向")),
        ];
        for (which, (lines, current, name)) in lines.into_iter().enumerate() {
            let rect = table.numbers(ui, index, which);
            let Some([value, words]) = lines else {
                ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, "–", small_font(), palette.weak);
                continue;
            };
            let middle = rect.left_center();
            let colour = if current { palette.accent } else { palette.text };
            ui.painter().text(middle - vec2(0.0, 2.0), Align2::LEFT_BOTTOM, &value, small_font(), colour);
            ui.painter().text(middle + vec2(0.0, 2.0), Align2::LEFT_TOP, words, small_font(), palette.weak);
            let about = column_about(which, walk.ground.route).to_owned();
            let name = || {
                let task = index + 1;
                tell(|| format!("task {task} {name} {value}"), || format!("任务 {task} {name} {value}"))
            };
            describe(ui, rect, name, || about);
        }
    }
}

fn number(value: f32) -> String {
    if value.is_finite() { numbers::significant(f64::from(value)) } else { say("overflow", "溢出").to_owned() }
}

fn back_words(route: Route) -> &'static str {
    match route {
        Route::Sweep => "‖∇L‖ → ‖∂J/∂φ‖",
        Route::FirstOrder => say("‖∇L‖, as it is", "‖∇L‖，原样"),
        Route::EveryStep => say("‖∇L‖, ‖Σ w ∇L‖", "‖∇L‖，‖Σ w ∇L‖"),
        Route::Difference => say("‖∇L‖, ‖φ − θ‖", "‖∇L‖，‖φ − θ‖"),
        Route::Implicit => say("‖∇L‖ → solved", "‖∇L‖ → 求解后"),
    }
}

fn column_about(which: usize, route: Route) -> &'static str {
    match (which, route) {
        (0, _) => {
            say("The query loss at φ, and at the adapted parameters", "φ 处的查询损失，以及适应后的参数处的查询损失")
        }
        (_, Route::Sweep) => say(
            "Length of the query gradient at the adapted parameters, and after the backward sweep, which takes it \
             through every inner step by a Hessian-vector product",
            "适应后的参数处查询梯度的长度，以及反向传播之后的长度；反向传播用海森向量积让它穿过每个内循环步",
        ),
        (_, Route::FirstOrder) => say(
            "First order: the query gradient at the adapted parameters is taken for the gradient by φ",
            "一阶近似：把适应后的参数处的查询梯度当作对 φ 的梯度",
        ),
        (_, Route::EveryStep) => say(
            "Length of the last query gradient, and of what the query gradients after every inner step come to at φ, \
             each with its weight",
            "最后一个查询梯度的长度，以及每个内循环步之后的查询梯度按各自权重在 φ 处合成的长度",
        ),
        (_, Route::Difference) => say(
            "Reptile looks at no query: its direction is the way from the adapted parameters back to φ",
            "Reptile 不看查询集：它的方向是从适应后的参数回到 φ 的路",
        ),
        (_, Route::Implicit) => say(
            "Length of the query gradient, and of the implicit gradient that conjugate gradients make of it",
            "查询梯度的长度，以及共轭梯度法由它求出的隐式梯度的长度",
        ),
    }
}

fn headers(ui: &mut Ui, table: &Table, route: Route) {
    let palette = Palette::of(ui);
    let tall = table.origin.y;
    let mut name = |left: f32, width: f32, text: String, about: &str| {
        let rect = Rect::from_min_size(pos2(left, tall), vec2(width, LINE));
        place(ui, rect, |ui| ui.label(RichText::new(text).small().color(palette.weak)).on_hover_text(about));
    };
    let task = say("task", "任务").to_owned();
    name(table.left(0), table.cell.x, task, say("What this training task is", "这个训练任务是什么"));
    for (column, step) in table.steps.iter().enumerate() {
        let about = match step {
            0 => say("φ, which all tasks start from", "φ，所有任务的起点"),
            _ => say("After this many inner steps", "经过这么多内循环步之后"),
        };
        name(table.left(column + 1), table.cell.x, format!("k = {step}"), about);
    }
    let first = table.left(table.steps.len() + 1) + GRID;
    name(first, NUMBERS, say("query loss", "查询损失").to_owned(), column_about(0, route));
    name(first + NUMBERS, NUMBERS, say("direction for φ", "φ 的方向").to_owned(), column_about(1, route));
}

/// What all tasks together come to.
fn last_line(ui: &mut Ui, table: &Table, walk: &Walk, room: Rect) {
    let palette = Palette::of(ui);
    let ground = &walk.ground;
    let tasks = ground.shown.tasks.len();
    let top = (table.origin.y + LINE + table.tasks.len() as f32 * table.row).min(room.bottom() - LINE);
    let rect = Rect::from_min_size(pos2(room.left(), top), vec2(room.width(), LINE));
    let others = match ground.others {
        0 => String::new(),
        1 => say("1 more task, the same way. ", "另有 1 个任务，同样处理。").to_owned(),
        others => {
            tell(|| format!("{others} more tasks, the same way. "), || format!("另有 {others} 个任务，同样处理。"))
        }
    };
    let all = tasks + ground.others;
    let long = number(ground.direction);
    let done = match (walk.now(), walk.moved.map(number)) {
        (SubStep::Outer, Some(moved)) => tell(
            || format!("The mean of {all} directions is {long} long; φ moved by {moved}."),
            || format!("{all} 个方向的均值长 {long}；φ 移动了 {moved}。"),
        ),
        (SubStep::Outer, None) => tell(
            || format!("The mean of {all} directions is {long} long; φ moves."),
            || format!("{all} 个方向的均值长 {long}；φ 随之移动。"),
        ),
        _ => tell(
            || format!("Then φ moves by the mean of {all} directions."),
            || format!("然后 φ 按 {all} 个方向的均值移动。"),
        ),
    };
    let colour = match walk.now() {
        SubStep::Others | SubStep::Outer => palette.text,
        _ => palette.weak,
    };
    place(ui, rect, |ui| ui.add(egui::Label::new(RichText::new(others + &done).small().color(colour)).truncate()));
    ui.interact(rect, ui.make_persistent_id("walk-end"), Sense::hover());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::cancel::Cancel;
    use crate::settings::{Algorithm, Settings, TaskFamily};
    use crate::train::trainer::Trainer;

    #[test]
    fn what_is_shown_follows_the_sub_steps() {
        let settings = Settings::preset(TaskFamily::named("sine"), Algorithm::default());
        let trainer = Trainer::new(settings, None, 1);
        let Some(mut walk) = trainer.ok().and_then(|mut trainer| trainer.walk(Cancel::NEVER)) else { unreachable!() };
        let last = walk.ground.sub_steps.len() - 1;
        let at = |walk: &Walk| (0..2).map(|task| Reached::of(walk, task)).collect::<Vec<_>>();
        let reached = |states, query, back| Reached { states, query, back };
        assert_eq!(at(&walk), [reached(1, false, false); 2]);
        walk.at = 2;
        assert_eq!(at(&walk), [reached(2, true, false), reached(1, false, false)]);
        walk.at = last;
        assert_eq!(at(&walk), [reached(2, true, true); 2]);
    }
}
