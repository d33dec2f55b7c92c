//! How data walks through a meta-iteration: five boxes, the present one filled, and what happens in it in words.

use egui::{Align2, Color32, Painter, Pos2, Rect, RichText, Sense, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

use super::number;
use crate::meta::recipe::{Moves, Rates, Through};
use crate::text::{say, tell};
use crate::train::snapshot::Init;
use crate::train::walk::{Passage, Route, SubStep, Walk};
use crate::window::numbers;
use crate::window::theme::{GRID, Palette, small_font};

/// Height of a box.
const BOX: f32 = 40.0;
/// Space between two boxes, for the arrow.
const ARROW: f32 = 24.0;
/// Below the boxes, for the way back to the next task.
const RETURN: f32 = 14.0;

/// Draws it.
pub fn ui(ui: &mut Ui, walk: &Walk) {
    let palette = Palette::of(ui);
    let names = names(walk.ground.route);
    let present = match walk.now() {
        SubStep::Draw => 0..1,
        SubStep::Inner { .. } => 1..2,
        SubStep::Query { .. } => 2..3,
        SubStep::Back { .. } => 3..4,
        // While the other tasks follow, everything that is done for each of them is lit.
        SubStep::Others => 1..4,
        SubStep::Outer => 4..5,
    };
    let size = vec2(ui.available_width() - 2.0, BOX + RETURN);
    let (room, _) = ui.allocate_exact_size(size, Sense::hover());
    let width = (room.width() - 4.0 * ARROW) / 5.0;
    let rects: [Rect; 5] = std::array::from_fn(|i| {
        Rect::from_min_size(pos2(room.left() + i as f32 * (width + ARROW), room.top()), vec2(width, BOX))
    });
    for (index, (rect, (name, about))) in rects.iter().zip(names).enumerate() {
        let lit = present.contains(&index);
        let (fill, ink) = if lit { (palette.accent, palette.on_accent) } else { (palette.ground, palette.text) };
        ui.painter().rect(*rect, 4.0, fill, Stroke::new(1.0, palette.line), StrokeKind::Inside);
        let painter = ui.painter().with_clip_rect(rect.shrink(2.0));
        let left = rect.left_center() + vec2(2.0 * GRID, 0.0);
        painter.text(left - vec2(0.0, 1.0), Align2::LEFT_BOTTOM, format!("{} {name}", index + 1), small_font(), ink);
        let weak = if lit { ink } else { palette.weak };
        painter.text(left + vec2(0.0, 1.0), Align2::LEFT_TOP, under(walk, index), small_font(), weak);
        super::describe(ui, *rect, || format!("{} {name}", index + 1), || about.to_owned());
    }
    for pair in rects.windows(2) {
        arrow(ui.painter(), pair[0].right_center(), pair[1].left_center(), palette.weak);
    }
    let back = [rects[3].center_bottom(), rects[1].center_bottom()];
    let low = room.bottom() - 5.0;
    let line = Stroke::new(1.0, palette.weak);
    ui.painter().line(vec![back[0], pos2(back[0].x, low), pos2(back[1].x, low)], line);
    arrow(ui.painter(), pos2(back[1].x, low), back[1], palette.weak);
    let words = ui.painter().layout_no_wrap(say("each task", "每个任务").to_owned(), small_font(), palette.weak);
    let at = pos2(rects[2].center().x - 0.5 * words.size().x, low - 0.5 * words.size().y);
    let behind = Rect::from_min_size(at, words.size()).expand2(vec2(GRID, 0.0));
    ui.painter().rect_filled(behind, 0.0, palette.panel);
    ui.painter().galley(at, words, palette.weak);
    ui.horizontal(|ui| {
        let (at, all) = (walk.at + 1, walk.ground.sub_steps.len());
        let count = tell(|| format!("{at} of {all}"), || format!("{at} / {all}"));
        ui.label(RichText::new(count).strong()).on_hover_text(say(
            "The present sub-step; the step key goes to the next one",
            "当前的子步；单步键前进到下一个子步",
        ));
        ui.add(egui::Label::new(RichText::new(sentence(walk))).truncate());
    });
}

fn names(route: Route) -> [(&'static str, &'static str); 5] {
    let back = match route {
        Route::Sweep => (
            say("Backward sweep", "反向传播"),
            say(
                "From the query gradient back through every inner step to φ",
                "从查询梯度出发，反向穿过每个内循环步回到 φ",
            ),
        ),
        Route::FirstOrder => (
            say("First order", "一阶近似"),
            say("The query gradient is taken as it is: no second derivative", "直接使用查询梯度：不计二阶导数"),
        ),
        Route::EveryStep => (
            say("Every step", "每一步"),
            say(
                "The query losses after every inner step count, each with its weight",
                "每个内循环步之后的查询损失都计入，各有权重",
            ),
        ),
        Route::Difference => {
            (say("Difference", "参数差"), say("The way from the adapted parameters to φ", "从适应后的参数到 φ 的路"))
        }
        Route::Implicit => (
            say("Implicit gradient", "隐式梯度"),
            say("A linear system in place of the way back", "解一个线性方程组，代替反向的路"),
        ),
    };
    let draw = say("The meta-batch: some tasks, each with support and query", "元批次：若干任务，各有支持集和查询集");
    let inner = say("The parameters adapt to the task's support, step by step", "参数一步步适应任务的支持集");
    let query = say("What adaptation came to is judged by the task's query", "用任务的查询集评判适应的结果");
    let outer = say("The initialisation moves by the mean of all tasks' directions", "初始化按所有任务方向的均值移动");
    [
        (say("Draw tasks", "抽取任务"), draw),
        (say("Inner loop", "内循环"), inner),
        (say("Query loss", "查询损失"), query),
        back,
        (say("Outer step", "外循环步"), outer),
    ]
}

/// A few words on the state of a box.
fn under(walk: &Walk, index: usize) -> String {
    let ground = &walk.ground;
    let all = ground.passages.len() + ground.others;
    match (index, walk.now()) {
        (0, _) if all == 1 => say("1 task", "1 个任务").to_owned(),
        (0, _) => tell(|| format!("{all} tasks"), || format!("{all} 个任务")),
        (1, SubStep::Inner { task, step }) => {
            let (task, step, steps) = (task + 1, step + 1, steps(walk, task));
            tell(|| format!("task {task} · step {step} of {steps}"), || format!("任务 {task} · 第 {step} / {steps} 步"))
        }
        (1, _) => format!("K = {}", ground.settings.live.inner_steps),
        (2, SubStep::Query { task }) | (3, SubStep::Back { task }) => {
            tell(|| format!("task {}", task + 1), || format!("任务 {}", task + 1))
        }
        (4, _) => format!("β = {}", numbers::compact(ground.outer_rate)),
        _ => say("each task", "每个任务").to_owned(),
    }
}

fn steps(walk: &Walk, task: usize) -> usize {
    walk.ground.passages.get(task).map_or(0, |passage| passage.moved.len())
}

/// What happens in the present sub-step, with its numbers.
fn sentence(walk: &Walk) -> String {
    let ground = &walk.ground;
    let settings = &ground.settings;
    let trace = |task: usize| ground.shown.tasks.get(task).map(|task| &task.traces[Init::Learned as usize]);
    let at = |losses: &[f32], k: usize| losses.get(k).map_or_else(|| "-".to_owned(), |loss| number(*loss));
    match walk.now() {
        SubStep::Draw => {
            say("The tasks are drawn; each starts from the same φ", "任务已抽取；每个都从同一个 φ 出发").to_owned()
        }
        SubStep::Inner { task, step } => {
            let losses = trace(task).map_or(&[][..], |trace| &trace.support_loss);
            let passage = ground.passages.get(task);
            let of =
                |numbers: fn(&Passage) -> &Vec<f32>| passage.map_or_else(|| "-".to_owned(), |of| at(numbers(of), step));
            let (moved, to) = (of(|passage| &passage.moved), of(|passage| &passage.after));
            let given = format!("α = {}", numbers::compact(settings.live.inner_rate));
            let recipe = settings.run.algorithm.recipe();
            let rate = match (recipe.rates, recipe.through, recipe.moves) {
                (Rates::Model, ..) => {
                    say("learned rates and shares of θ to keep", "学到的学习率和 θ 的保留比例").to_owned()
                }
                (Rates::PerParameter | Rates::PerTensorAndStep, ..) => say("learned rates", "学到的学习率").to_owned(),
                (Rates::Given, Through::Implicit, _) => {
                    let held = numbers::compact(settings.run.method.regularisation);
                    tell(|| format!("{given}, held to φ by λ = {held}"), || format!("{given}，由 λ = {held} 拉向 φ"))
                }
                (Rates::Given, _, Moves::All) => given,
                (Rates::Given, _, Moves::Head) => {
                    tell(|| format!("{given} on the head"), || format!("{given}，只作用于输出层"))
                }
                (Rates::Given, _, Moves::Body) => {
                    tell(|| format!("{given} on all but the head"), || format!("{given}，作用于输出层以外的部分"))
                }
                (Rates::Given, _, Moves::Context) => {
                    tell(|| format!("{given} on the context"), || format!("{given}，只作用于上下文参数"))
                }
            };
            let from = at(losses, step);
            tell(
                || {
                    format!(
                        "θ steps against the support gradient, {rate}: it moves by {moved}, \
                         the support loss goes from {from} to {to}"
                    )
                },
                || format!("θ 沿支持集梯度的反方向走一步（{rate}）：移动了 {moved}，支持集损失从 {from} 变为 {to}"),
            )
        }
        SubStep::Query { task } => {
            let losses = trace(task).map_or(&[][..], |trace| &trace.query_loss);
            let [from, to] = [at(losses, 0), at(losses, losses.len().saturating_sub(1))];
            tell(
                || format!("Judged by the task's query, adaptation brings the loss from {from} to {to}"),
                || format!("用任务的查询集评判，适应使损失从 {from} 变为 {to}"),
            )
        }
        SubStep::Back { task } => {
            let passage = ground.passages.get(task);
            let [from, to] = [0, 1]
                .map(|i| passage.map_or_else(|| "-".to_owned(), |of| number([of.query_gradient, of.direction][i])));
            match ground.route {
                Route::Sweep => {
                    let steps = steps(walk, task);
                    tell(
                        || {
                            let way = match steps {
                                1 => "the inner step".to_owned(),
                                steps => format!("{steps} inner steps"),
                            };
                            format!("The query gradient goes back through {way}: its length turns from {from} to {to}")
                        },
                        || format!("查询梯度反向穿过 {steps} 个内循环步：长度从 {from} 变为 {to}"),
                    )
                }
                Route::FirstOrder => tell(
                    || {
                        format!(
                            "The query gradient, {from} long, is taken for the gradient by φ: \
                             no way back through the inner steps"
                        )
                    },
                    || format!("查询梯度长 {from}，直接当作对 φ 的梯度：不反向穿过内循环步"),
                ),
                Route::EveryStep => tell(
                    || format!("The query gradients after every inner step, each with its weight, come to {to} at φ"),
                    || format!("每个内循环步之后的查询梯度按各自的权重，在 φ 处合成的长度为 {to}"),
                ),
                Route::Difference => tell(
                    || format!("φ − θ is {to} long: the task asks φ to come to where adaptation ended"),
                    || format!("φ − θ 长 {to}：任务要求 φ 走到适应结束的地方"),
                ),
                Route::Implicit => tell(
                    || {
                        format!(
                            "A linear system makes a gradient by φ of the query gradient: \
                             its length turns from {from} to {to}"
                        )
                    },
                    || format!("解线性方程组，由查询梯度得到对 φ 的梯度：长度从 {from} 变为 {to}"),
                ),
            }
        }
        SubStep::Others => {
            let others = ground.others;
            tell(|| format!("{others} more tasks go the same way"), || format!("另有 {others} 个任务同样处理"))
        }
        SubStep::Outer => {
            let (long, rate) = (number(ground.direction), numbers::compact(ground.outer_rate));
            match walk.moved.map(number) {
                Some(moved) => tell(
                    || format!("φ steps against the mean direction, {long} long, at β = {rate}: it moved by {moved}"),
                    || format!("φ 沿平均方向的反方向走一步，方向长 {long}，β = {rate}：移动了 {moved}"),
                ),
                None => tell(
                    || format!("φ steps against the mean direction, {long} long, at β = {rate}"),
                    || format!("φ 沿平均方向的反方向走一步，方向长 {long}，β = {rate}"),
                ),
            }
        }
    }
}

fn arrow(painter: &Painter, from: Pos2, to: Pos2, colour: Color32) {
    let along = (to - from).normalized();
    let head = to - 6.0 * along;
    painter.line_segment([from, head], Stroke::new(1.0, colour));
    let across = 3.0 * along.rot90();
    painter.add(Shape::convex_polygon(vec![to, head + across, head - across], colour, Stroke::NONE));
}
